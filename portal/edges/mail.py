"""How a parcel leaves the building: by SMTP, into a folder, or onto the console. One transport serves one thread."""

import contextlib
import hashlib
import os
import smtplib
import ssl
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol, TextIO
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from portal.edges.parcel import Parcel, Undeliverable, build, is_international, one_line

__all__ = ["Parcel", "Transport", "TryAgain", "Undeliverable", "build", "transport_for"]

SECONDS_TO_WAIT = 20.0
LONGEST_REPLY = 200
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class TryAgain(Exception):
    """Not now. `whole_lane`: the fault is ours or the server's, no mail would get through, so count no attempt."""

    def __init__(self, reason: str, *, whole_lane: bool = False) -> None:
        super().__init__(reason)
        self.whole_lane = whole_lane


class Transport(Protocol):
    """A way out. `send` returns when the mail is taken, else raises TryAgain or Undeliverable."""

    def send(self, parcel: Parcel) -> None:
        """Hand over one mail."""

    def close(self) -> None:
        """Let go of connections; the next `send` opens a new one."""


def transport_for(url: str, *, tls: ssl.SSLContext | None = None) -> Transport:
    """Open the way a mail URL names: smtp://user:password@host:port?tls=starttls|none, smtps://, file:/folder, console:."""
    parts = _split(url)
    if parts.scheme in {"smtp", "smtps"}:
        return SmtpTransport(_smtp_door(parts), tls=tls)
    if parts.scheme == "file" and parts.path and not parts.netloc:
        return FolderTransport(Path(unquote(parts.path)))
    if parts.scheme == "console":
        return ConsoleTransport(sys.stdout)
    raise ValueError("the mail URL must begin with smtp://, smtps://, file:/ or console:")


@dataclass(frozen=True, kw_only=True)
class SmtpDoor:
    """Where the mail server is and how to get in; printing it never shows the password."""

    host: str
    port: int
    tls: str  # "starttls", "whole" (smtps) or "none"
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpTransport:
    """Send over one SMTP connection, kept for a batch and opened again when the server has hung up meanwhile."""

    def __init__(self, door: SmtpDoor, *, tls: ssl.SSLContext | None = None) -> None:
        self._door = door
        self._tls = tls or ssl.create_default_context()
        self._server: smtplib.SMTP | None = None

    def send(self, parcel: Parcel) -> None:
        """Send one mail; until the server takes our sender, trouble is everybody's, afterwards this mail's alone."""
        message = build(parcel)
        sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
        server = self._begin(sender, international=is_international(message))
        try:
            if is_international(message) and not server.has_extn("smtputf8"):
                raise Undeliverable("the mail server cannot write to addresses outside ASCII")
            trouble = _verdict(server.rcpt(recipient), at_recipient=True) or _verdict(_hand_over(server, message))
        except OSError as broken:
            self.close()
            raise TryAgain(f"the connection broke while sending: {_reason(broken)}") from None
        if trouble is not None:
            self._forget_mail()
            raise trouble

    def close(self) -> None:
        """Say goodbye and hang up."""
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(OSError):
                server.quit()
            server.close()

    def _begin(self, sender: str, *, international: bool) -> smtplib.SMTP:
        """Name the sender on the kept connection, or on a new one when the kept one has gone stale."""
        if self._server is not None:
            with contextlib.suppress(OSError):
                code, _ = self._server.mail(sender, _options(self._server, international=international))
                if code == 250:
                    return self._server
            self.close()
        server = self._server = self._open()
        try:
            code, words = server.mail(sender, _options(server, international=international))
        except OSError as trouble:
            self.close()
            raise TryAgain(f"the mail server hung up: {_reason(trouble)}", whole_lane=True) from None
        if code != 250:
            self.close()
            raise TryAgain(f"the mail server does not take mail from {sender}: {_words(code, words)}", whole_lane=True)
        return server

    def _open(self) -> smtplib.SMTP:
        """Connect, encrypt and sign in; whatever goes wrong here stops every mail, so it is never one mail's fault."""
        door = self._door
        server: smtplib.SMTP | None = None
        try:
            if door.tls == "whole":
                server = smtplib.SMTP_SSL(door.host, door.port, timeout=SECONDS_TO_WAIT, context=self._tls)
            else:
                server = smtplib.SMTP(door.host, door.port, timeout=SECONDS_TO_WAIT)
            if door.tls == "starttls":
                server.starttls(context=self._tls)
            server.ehlo_or_helo_if_needed()
            if door.user:
                server.login(door.user, door.password)
        except (OSError, UnicodeError) as trouble:
            if server is not None:
                server.close()
            raise TryAgain(_why_not_open(trouble, door), whole_lane=True) from None
        return server

    def _forget_mail(self) -> None:
        """Leave a clean connection behind a refused mail, or none."""
        if self._server is None:
            return
        try:
            self._server.rset()
        except OSError:
            self.close()


class FolderTransport:
    """Write each mail as one .eml file; the same Message-ID always ends in the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, parcel: Parcel) -> None:
        """Write the mail under its final name in one step, so that a reader never sees half a mail."""
        data = build(parcel).as_bytes()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_at_once(self._place_for(parcel), data)
        except OSError as trouble:
            raise TryAgain(f"the mail folder cannot be written: {trouble.strerror}", whole_lane=True) from None

    def close(self) -> None:
        """Nothing is kept open."""

    def _place_for(self, parcel: Parcel) -> Path:
        digest = hashlib.sha256(parcel.message_id.encode()).hexdigest()[:16]
        earlier = next(self._folder.glob(f"*-{digest}.eml"), None)
        moment = parcel.dated.astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
        return earlier or self._folder / f"{moment}-{digest}.eml"


class ConsoleTransport:
    """Print the text of each mail, for trying things out."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def send(self, parcel: Parcel) -> None:
        """Print whom it is for, what it is about and what it says."""
        message = build(parcel)
        self._out.write(f"To: {message['To']}\nSubject: {message['Subject']}\n\n{parcel.text}\n{'-' * 72}\n")
        self._out.flush()

    def close(self) -> None:
        """The console stays."""


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> tuple[int, bytes]:
    """Send the words themselves; a refusal before or after them is an answer like any other."""
    try:
        return server.data(message.as_bytes())
    except smtplib.SMTPDataError as refusal:
        words = refusal.smtp_error
        return refusal.smtp_code, words if isinstance(words, bytes) else words.encode()


def _verdict(answer: tuple[int, bytes], *, at_recipient: bool = False) -> TryAgain | Undeliverable | None:
    """Sort the server's answer: 2xx is taken, 5xx is for good, everything else is for later."""
    code, words = answer
    if 200 <= code < 300:
        return None
    if 500 <= code < 600:
        return Undeliverable(_words(code, words), code=code, bad_address=at_recipient)
    return TryAgain(_words(code, words))


def _options(server: smtplib.SMTP, *, international: bool) -> list[str]:
    """Ask for international addresses only when this mail has one and the server knows them."""
    return ["SMTPUTF8"] if international and server.has_extn("smtputf8") else []


def _words(code: int, words: bytes) -> str:
    """The server's answer as one short, harmless line."""
    return one_line(f"{code} {words.decode('utf-8', 'replace')}", longest=LONGEST_REPLY)


def _reason(trouble: OSError) -> str:
    return one_line(trouble.strerror or str(trouble) or type(trouble).__name__, longest=LONGEST_REPLY)


def _why_not_open(trouble: OSError | UnicodeError, door: SmtpDoor) -> str:
    """Say why the server did not let us in, without repeating what we told it."""
    where = f"{door.host}:{door.port}"
    if isinstance(trouble, smtplib.SMTPAuthenticationError):
        return f"{where} did not accept the user name and password ({trouble.smtp_code})"
    if isinstance(trouble, smtplib.SMTPNotSupportedError):
        return f"{where} does not offer {'STARTTLS' if door.tls == 'starttls' else 'signing in'} here"
    if isinstance(trouble, smtplib.SMTPResponseException):
        return f"{where} turned us away ({trouble.smtp_code})"
    if isinstance(trouble, UnicodeError):
        return f"{where} or its account has characters that SMTP cannot carry"
    return f"{where} cannot be reached: {_reason(trouble)}"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("the mail URL cannot be read; write special characters of the password as %XX") from None
    return parts


def _smtp_door(parts: SplitResult) -> SmtpDoor:
    """Read host, port, encryption and account out of an smtp URL; only this very machine is spoken to in the clear unasked."""
    usual = "none" if parts.hostname in _THIS_MACHINE else "starttls"
    tls = "whole" if parts.scheme == "smtps" else parse_qs(parts.query).get("tls", [usual])[0]
    if not parts.hostname or parts.path.strip("/") or parts.fragment or tls not in {"whole", "starttls", "none"}:
        raise ValueError("the mail URL must look like smtp://user:password@host:587?tls=starttls")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpDoor(host=parts.hostname, port=parts.port or (465 if tls == "whole" else 587), tls=tls, user=user, password=password)


def _write_at_once(place: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
