"""Markdown as people read it: as a short list of safe tags for pages, and as plain lines for mails and for comparing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {"p", "br", "strong", "em", "s", "ul", "ol", "li", "blockquote", "code", "pre", "a", "h3", "h4", "hr"}
SCHEMES = {"https", "mailto"}
OWN_DIRECTION = {tag: {"dir": "auto"} for tag in ("p", "ul", "ol", "h3", "h4", "blockquote")}


def _words_of_picture(_self: object, tokens: Sequence[Token], at: int, _options: object, _env: object) -> str:
    """A picture is never fetched from elsewhere; what it shows is said instead."""
    return nh3.clean_text(tokens[at].content)


def _heading(_self: object, tokens: Sequence[Token], at: int, _options: object, _env: object) -> str:
    """Headings of a text stand under those of the page."""
    tag = "h3" if tokens[at].tag in ("h1", "h2") else "h4"
    return f"<{tag}>" if tokens[at].nesting == 1 else f"</{tag}>\n"


def _is_safe(address: str) -> bool:
    """Whether a link leads to another site or a mailbox; all others stay the words they were written in."""
    return address.lower().startswith(("https://", "mailto:"))


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}).enable("strikethrough")
    reader.add_render_rule("image", _words_of_picture)
    for name in ("heading_open", "heading_close"):
        reader.add_render_rule(name, _heading)
    reader.validateLink = _is_safe  # type: ignore[method-assign, assignment]
    return reader


_READER = _reader()


def as_html(text: str) -> str:
    """Safe HTML: what the reader makes of it, then only the tags and addresses that are known to be harmless."""
    return nh3.clean(
        _READER.render(text),
        tags=TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}, **OWN_DIRECTION},
    )


def as_lines(text: str) -> list[str]:
    """The same words without any marks, one line for each block or line; a link is followed by its address."""
    lines: list[str] = []
    marks: list[str] = []
    for token in _READER.parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            marks.append("-" if token.type == "bullet_list_open" else str(token.attrs.get("start", 1)))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            marks.pop()
        elif token.type == "list_item_open" and token.info:
            marks[-1] = f"{token.info}{token.markup}"
        elif token.type == "inline":
            lines += _marked("".join(_words(token.children or [])), marks)
        elif token.type in ("fence", "code_block"):
            lines += _marked(token.content.rstrip("\n"), marks)
    return lines


def as_text(text: str) -> str:
    """The same words as one plain text."""
    return "\n".join(as_lines(text))


def _marked(words: str, marks: list[str]) -> Iterator[str]:
    """The lines of a block, the first with the mark of its list."""
    for n, line in enumerate(words.split("\n")):
        yield f"{marks[-1]} {line}" if marks and n == 0 else line


def _words(tokens: Sequence[Any]) -> Iterator[str]:
    address, said = "", ""
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.type == "link_open":
            address, said = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close":
            yield "" if said in (address, address.removeprefix("mailto:")) else f" ({address})"
        else:
            said += token.content
            yield token.content
