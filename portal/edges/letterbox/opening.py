"""Reads a mail that came in: who wrote it, what it answers, their own words and files, and whether a person wrote it at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import getaddresses, parseaddr
from itertools import islice
from typing import cast

from portal.edges.letterbox.bounces import returned
from portal.edges.letterbox.cutting import LONGEST, own_words, text_of
from portal.kernel.addresses import canonical_address
from portal.kernel.refusal import Refused
from portal.storage.names import clean_name

ORNAMENT = 30_000  # bytes: a picture inside the text that is smaller is a signature's
MOST_FILES = 10
MOST_PARTS = 60
MOST_OF_A_HEADER = 1000
MOST_EDGES = 2000  # lines that may begin a part: a part need not name its type
_PARTS = re.compile(rb"^content-type[ \t]*:", re.IGNORECASE | re.MULTILINE)
MOST_FIELDS = 50_000  # lines that look like those of a head; a list or a table sent as text may have many
_FIELDS = re.compile(rb"^[!-9;-~]{1,80}:", re.MULTILINE)
_EDGES = re.compile(rb"^--", re.MULTILINE)
_MOST = ((_PARTS, MOST_PARTS), (_EDGES, MOST_EDGES), (_FIELDS, MOST_FIELDS))
_ADDRESS = re.compile(r"[^\s<>\"(),:;@]{1,80}@[^\s<>\"(),:;@]{1,260}")
_NO_LETTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202d\u202e\ud800-\udfff]")
_IDS = re.compile(r"<[^<>\s]{3,300}>")
_MACHINES = ("X-Auto-Response", "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Failed-Recipients", "List-Id")
_BULK = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
_NOBODY = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+-].*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Attached:
    """A file that came with a mail."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Post:
    """A mail as far as it matters here. `source` tells it from every other one; `left` names files that are not taken in."""

    source: str
    sender: str
    recipients: tuple[str, ...]
    answers: tuple[str, ...]
    title: str
    words: str
    files: tuple[Attached, ...]
    is_automatic: bool
    is_forged: bool
    returned: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class _Short(EmailPolicy):
    """Reads the last part of a header that is very long: the standard library takes minutes over one made to that end."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The header, read as far as it is read at all."""
        found: str = super().header_fetch_parse(name, value[-MOST_OF_A_HEADER:])
        return found


SHORT = _Short()


def open_post(raw: bytes) -> Post:
    """Read a mail; raises ValueError where it has more parts than any person's. What else cannot be made sense of reads as empty."""
    if any(next(islice(found.finditer(raw), most, None), None) for found, most in _MOST):
        raise ValueError("a mail with so many parts was written by nobody")
    message = cast("EmailMessage", BytesParser(_class=EmailMessage, policy=SHORT).parsebytes(raw))
    own_id, sender, files = _header(message, "Message-ID"), _sender(message), list(_files(message))
    return Post(
        source=hashlib.sha256(f"{own_id} {sender}".encode() if own_id else raw).hexdigest(),
        sender=sender,
        recipients=tuple(_recipients(message)),
        answers=tuple(dict.fromkeys(_IDS.findall(f"{_header(message, 'In-Reply-To')} {_header(message, 'References')}"))),
        title=" ".join(_header(message, "Subject").split())[:300],
        words=_words(message),
        files=tuple(files[:MOST_FILES]),
        left=tuple(file.name for file in files[MOST_FILES:]) + tuple(_mails_inside(message)),
        is_automatic=_is_automatic(message),
        is_forged=_is_forged(message),
        returned=returned(message),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return _readable(str(message.get(name) or ""))
    except (ValueError, LookupError, AttributeError, IndexError):  # a header so broken that the standard library stumbles over it
        return ""


def _readable(text: str) -> str:
    """A text without what is no letter at all, which no database keeps, and without what turns the letters after it round."""
    return _NO_LETTERS.sub("", text)


def _sender(message: EmailMessage) -> str:
    """The one address it says it comes from, as we know people by; empty when anybody could read another one out of it.

    Mail servers vouch for the address in angle brackets, and ours must not take the name before it for one.
    """
    raw = [str(value) for name, value in message.raw_items() if name.lower() == "from"]
    if len(raw) != 1 or len(raw[0]) > MOST_OF_A_HEADER:
        return ""
    named = {found.strip("'").lower() for found in _ADDRESS.findall(f"{raw[0]} {_header(message, 'From')}")}
    try:
        return canonical_address(named.pop()) if len(named) == 1 else ""
    except Refused:
        return ""


def _recipients(message: EmailMessage) -> Iterator[str]:
    for name in ("Delivered-To", "X-Original-To", "To", "Cc"):
        for value in message.get_all(name) or []:
            yield from (address.lower() for _name, address in getaddresses([_readable(str(value))]) if address)


def _is_automatic(message: EmailMessage) -> bool:
    """Whether a program wrote it: an answer by itself, a bounce, a report, a list. Nobody is ever answered by us then."""
    said = _header(message, "Auto-Submitted").split(";")[0].strip().lower()
    if said not in ("", "no") or any(message.get(name) is not None for name in _MACHINES):
        return True
    if _header(message, "Precedence").strip().lower() in _BULK or _header(message, "Return-Path").strip() == "<>":
        return True
    if message.get_content_type() in ("multipart/report", "message/delivery-status", "message/disposition-notification"):
        return True
    local = parseaddr(_header(message, "From"))[1].rpartition("@")[0]
    return bool(_NOBODY.fullmatch(local))


def _is_forged(message: EmailMessage) -> bool:
    """Whether the server that took it in found that it was not sent from the address it names.

    Anybody can write that all is well; so praise counts only from the server that wrote the first of these headers, and blame from all.
    """
    verdicts = [str(value).lower() for value in message.get_all("Authentication-Results") or []]
    ours = [verdict for verdict in verdicts if verdict.split(";")[0] == verdicts[0].split(";")[0]]
    if any(re.search(r"\bdmarc=fail\b", verdict) for verdict in verdicts):
        return True
    well = any(re.search(r"\b(dmarc|dkim)=pass\b", verdict) for verdict in ours)
    return not well and any(re.search(r"\bspf=(hard)?fail\b", verdict) for verdict in verdicts)


def _words(message: EmailMessage) -> str:
    plain, rich = _readable(_body(message, "plain")), _readable(_body(message, "html"))
    if plain.strip():
        return own_words(plain)[:LONGEST]
    return own_words(text_of(rich))[:LONGEST] if rich.strip() else ""


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
    except (KeyError, AttributeError):
        return ""
    return _text(part) if part is not None else ""


def _text(part: MIMEPart) -> str:
    """The text of a part, whatever it says of its own letters."""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError, ValueError, KeyError):
        raw = part.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _mails_inside(message: EmailMessage) -> Iterator[str]:
    """The names of whole mails that were attached: what came with them is taken, they themselves are not."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and part is not message:
            yield clean_name(_readable(part.get_filename() or "mail.eml"))


def _files(message: EmailMessage) -> Iterator[Attached]:
    """What was attached on purpose: no ornaments of a signature, and no second copy of the text."""
    for part in message.walk():
        name = part.get_filename()
        if part.is_multipart() or not (name or part.get_content_disposition() == "attachment"):
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content:
            continue
        inside = part.get("Content-ID") is not None and part.get_content_disposition() != "attachment"
        if not (inside and len(content) < ORNAMENT):
            yield Attached(clean_name(_readable(str(name or f"file.{part.get_content_subtype()}"))), content)
