"""What somebody wrote themselves in a mail: without the history below it, whatever program and language quoted it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser  # type: ignore[import-untyped]

LONGEST = 20_000
WIDTH, HEIGHT = 120, 200
LEADS = 2  # lines at most that lead into a quote
LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "cs", "ja", "ko", "zh"]
_QUOTES = {"gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix", "OutlookMessageHeader", "protonmail_quote"}
_QUOTE_IDS = {"divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container", "OLK_SRC_BODY_SECTION"}
_BLOCKS = {"p", "div", "tr", "li", "h1", "h2", "h3", "table", "ul", "ol", "blockquote"}
_SKIPPED = {"style", "script", "head", "title"}
_DEVICE = re.compile(r"\n+(?:Sent from my|Get Outlook for|Von meinem|Gesendet von|Envoyé de mon|Enviado desde mi|Inviato da)[^\n]{0,60}\Z")
_NO_TAG = re.compile(r"<(?![a-zA-Z/!?][^<>]{0,2000}>)")
_LEADS_IN = re.compile(r"[:：]\s*$")


def own_words(text: str) -> str:
    """The newest words of a mail; where somebody answered below the quote, what stands below it."""
    text = re.sub(r"\n{3,}", "\n\n", text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST]
    top = _without_leading_quote(_without_trailing_quote(text))
    newest = _newest(top)
    for found in (_without_trailing_quote(newest), top, text):
        if found.strip():
            return _tidy(found)
    return ""


def _newest(text: str) -> str:
    """The lines above the first head of an older mail, as the library knows heads of many programs and languages.

    It looks at the beginnings of lines only, and at so many: its patterns take very long over texts that somebody made to that end.
    """
    lines = text.split("\n")
    short = [line[:WIDTH] for line in lines[:HEIGHT]]
    latest = EmailReplyParser(languages=list(LANGUAGES)).read("\n".join(short)).latest_reply
    kept = (latest or "").rstrip().count("\n") + 1
    return text if latest is None or kept >= len(short) else "\n".join(lines[:kept])


def _without_leading_quote(text: str) -> str:
    """What stands below a quote with which a mail begins, and below the line that leads into it."""
    lines = text.strip("\n").split("\n")
    first = next((n for n, line in enumerate(lines) if _is_quoted(line)), None)
    if first is None or first > LEADS or (first and not _LEADS_IN.search(lines[first - 1])):
        return text
    return "\n".join(line for line in lines[first:] if not _is_quoted(line))


def text_of(html: str) -> str:
    """A mail that came as HTML alone, as text, up to where the quoted history begins."""
    reader = _Reader()
    reader.feed(_NO_TAG.sub("&lt;", _without_comments(html[: LONGEST * 20])))
    reader.close()
    return _tidy("".join(reader.parts))


def _without_comments(html: str) -> str:
    """A page without what nobody sees. With that gone, and each "<" that begins no tag, the reader never looks far ahead for an end."""
    kept, at = [], 0
    while (begin := html.find("<!--", at)) >= 0:
        kept.append(html[at:begin])
        end = html.find("-->", begin + 2)
        at = end + 3 if end >= 0 else len(html)
    return "".join([*kept, html[at:]])


def _without_trailing_quote(text: str) -> str:
    """Everything above a block of quoted lines at the end, and above the one or two lines that lead into it in any language."""
    lines = text.rstrip().split("\n")
    end = len(lines)
    while end and (_is_quoted(lines[end - 1]) or not lines[end - 1].strip()):
        end -= 1
    if not any(_is_quoted(line) for line in lines[end:]):
        return text
    if end and _LEADS_IN.search(lines[end - 1]):
        end -= 1
        while end and lines[end - 1].strip() and len(lines) - end < 400 and _continues(lines[end - 1]):
            end -= 1
    return "\n".join(lines[:end])


def _continues(line: str) -> bool:
    """Whether a line is the first half of one that leads into a quote: it names an address or a year."""
    return bool(re.search(r"\b\d{4}\b|@|<$", line))


def _is_quoted(line: str) -> bool:
    return line.lstrip("\u200e\u200f \t").startswith(">")


def _tidy(text: str) -> str:
    tidy = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.replace("\xa0", " ").split("\n"))).strip()
    return _DEVICE.sub("", tidy).strip()


class _Reader(HTMLParser):
    """Reads the words of a page, line by line, and stops where somebody else's mail begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipping = 0
        self._over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where a block begins, and stop at a quote."""
        known = dict(attrs)
        named = _QUOTES & set((known.get("class") or "").split()) or known.get("id") in _QUOTE_IDS
        drawn = "border-top:solid #e1e1e1" in (known.get("style") or "").lower()
        if named or drawn or (tag == "blockquote" and known.get("type") == "cite"):
            self._over = True
        self._skipping += tag in _SKIPPED
        if tag in _BLOCKS or tag == "br":
            self._line()

    def handle_endtag(self, tag: str) -> None:
        """End a line where a block ends."""
        self._skipping -= tag in _SKIPPED and self._skipping > 0
        if tag in _BLOCKS:
            self._line()

    def handle_data(self, data: str) -> None:
        """Keep the words, with one space between them."""
        if not self._over and not self._skipping:
            self.parts.append(re.sub(r"\s+", " ", data) if data.strip() else " " if self.parts and self.parts[-1] != "\n" else "")

    def _line(self) -> None:
        if not self._over and self.parts and self.parts[-1] != "\n":
            self.parts.append("\n")
