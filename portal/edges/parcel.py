"""What one mail is, and the only place that turns it into an e-mail message."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy

LONGEST_ADDRESS = 254
LONGEST_NAME = 70
LONGEST_SUBJECT = 200

_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_EXTRA_NAME = re.compile(r"(?:List-[A-Za-z-]+|Precedence|X-[A-Za-z0-9-]+)")
_JOINERS = "\u200c\u200d"  # Persian words and emoji families need these two invisible characters


class Undeliverable(Exception):
    """This mail can never reach this recipient; `bad_address` says whether the address itself is why."""

    def __init__(self, reason: str, *, code: int | None = None, bad_address: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        self.bad_address = bad_address


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One letter to one person, complete: a retry sends the same parcel with the same `message_id`."""

    to_address: str
    to_name: str = ""
    from_address: str
    from_name: str = ""
    reply_to: str = ""
    subject: str
    text: str
    html: str = ""
    message_id: str
    dated: datetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name the mail without its words: sign-in links must not reach a log."""
        return f"<Parcel {self.message_id}>"


class _OurPolicy(EmailPolicy):
    """Never fold ids and list headers: the standard library would encode a long id or URL into something else."""

    _unfolded = ("message-id", "in-reply-to", "references")

    def fold(self, name: str, value: str) -> str:
        """Keep the headers that machines compare on one line."""
        if name.lower() in self._unfolded or _EXTRA_NAME.fullmatch(name):
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same for bytes."""
        if name.lower() in self._unfolded or _EXTRA_NAME.fullmatch(name):
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


PLAIN = _OurPolicy(linesep="\r\n", cte_type="7bit")
INTERNATIONAL = PLAIN.clone(utf8=True)


def build(parcel: Parcel) -> EmailMessage:
    """Make the message: exactly one recipient, clean headers, a text part and, if there is one, its HTML twin."""
    recipient = _recipient(parcel)
    sender = one_address(parcel.from_address, name=parcel.from_name)
    addresses = (recipient, sender, *([one_address(parcel.reply_to)] if parcel.reply_to else []))
    message = EmailMessage(policy=PLAIN if all(_is_ascii(one) for one in addresses) else INTERNATIONAL)
    message["From"] = sender
    message["To"] = recipient
    if parcel.reply_to:
        message["Reply-To"] = addresses[2]
    message["Subject"] = one_line(parcel.subject, longest=LONGEST_SUBJECT)
    message["Date"] = _aware(parcel.dated)
    _thread(message, parcel)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    _add_extra(message, parcel.headers)
    message.set_content(parcel.text)
    if parcel.html:
        message.add_alternative(parcel.html, subtype="html")
    return message


def is_international(message: EmailMessage) -> bool:
    """Does this mail need a server that knows addresses outside ASCII?"""
    return message.policy is INTERNATIONAL


def one_address(text: str, *, name: str = "") -> Address:
    """Read exactly one address, with the domain in its ASCII spelling; anything else is a ValueError."""
    local, at, domain = text.rpartition("@")
    if not at or len(text) > LONGEST_ADDRESS or not _LOCAL.fullmatch(local):
        raise ValueError("this is not one e-mail address")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise ValueError("this is not one e-mail address")
    ascii_domain = _ascii_domain(domain)
    if not all(_LABEL.fullmatch(label) for label in ascii_domain.split(".")):
        raise ValueError("this is not one e-mail address")
    return Address(display_name=one_line(name, longest=LONGEST_NAME), username=local, domain=ascii_domain)


def one_line(text: str, *, longest: int) -> str:
    """Make text safe for a header: one line, no control, direction-changing or decoding tricks, not too long."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    visible = "".join(character for character in spaced if character in _JOINERS or not _is_hidden(character))
    line = " ".join(visible.replace("=?", "= ?").split())  # "=?" would start an encoded word
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _is_ascii(address: Address) -> bool:
    return address.username.isascii()


def _ascii_domain(domain: str) -> str:
    try:
        return domain.lower() if domain.isascii() else domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ValueError("this is not one e-mail address") from None


def _recipient(parcel: Parcel) -> Address:
    try:
        return one_address(parcel.to_address, name=parcel.to_name)
    except ValueError:
        raise Undeliverable("the recipient is not one e-mail address", bad_address=True) from None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a mail needs a date with a time zone")
    return moment.replace(microsecond=0)


def _thread(message: EmailMessage, parcel: Parcel) -> None:
    """Name the mail and what it answers, so that mail programs keep a project together."""
    for one in (parcel.message_id, *([parcel.in_reply_to] if parcel.in_reply_to else []), *parcel.references):
        if not _MESSAGE_ID.fullmatch(one):
            raise ValueError("a message id looks like <something@somewhere>")
    message["Message-ID"] = parcel.message_id
    if parcel.in_reply_to:
        message["In-Reply-To"] = parcel.in_reply_to
    if parcel.references:
        message["References"] = " ".join(parcel.references[-10:])


def _add_extra(message: EmailMessage, headers: Mapping[str, str]) -> None:
    """Add list, precedence and X- headers; nobody adds a second recipient this way."""
    for name, value in headers.items():
        if not _EXTRA_NAME.fullmatch(name) or name in message:
            raise ValueError(f"a mail does not carry the extra header {name!r}")
        if not value.isascii() or not value.isprintable() or "=?" in value:
            raise ValueError(f"the extra header {name!r} must be one plain line")
        message[name] = value
