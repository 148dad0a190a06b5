"""The demo's mailbox: every mail the portal "sent", as a page. Registered behind the public door in demo mode only."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.policy import default
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

pages = Blueprint("mailbox", __name__)

MOST_SHOWN = 200
LINE, SHORT, MEDIUM = 70, 13, 20
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'self'"
)
MAY_IN_FRAME = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
MAIL_POLICY = (
    f"sandbox {MAY_IN_FRAME}; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'none'; frame-ancestors 'self'"
)
_NAME = re.compile(r"[0-9T]{10,30}-[0-9a-f]{16}")
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the mailbox shows of one mail; `text` and `html` stay empty in the list."""

    name: str
    subject: str
    sender: str
    sender_address: str
    to: str
    to_address: str
    written: datetime
    text: str = ""
    html: str = ""

    @property
    def length(self) -> str:
        """How much room the letter takes, guessed from its plain twin: nothing may measure inside its frame."""
        lines = sum(1 + len(line) // LINE for line in self.text.splitlines() if line.strip())
        return "short" if lines <= SHORT else "medium" if lines <= MEDIUM else "long"


@pages.get("/mailbox")
def box() -> ResponseReturnValue:
    """List the mails, newest first, all or those to one person."""
    mails = [_read(path, BytesHeaderParser(policy=default).parsebytes) for path in _newest()]
    wanted = request.args.get("to", "")
    shown = [mail for mail in mails if not wanted or mail.to_address == wanted]
    people = sorted({mail.to_address for mail in mails})
    return render_template("public/mailbox/box.html", mails=shown, people=people, wanted=wanted)


@pages.get("/mailbox/<name>")
def letter(name: str) -> ResponseReturnValue:
    """Show one mail: who, to whom, the letter as its reader sees it, and its plain twin."""
    page = make_response(render_template("public/mailbox/letter.html", mail=_open(name), may_in_frame=MAY_IN_FRAME))
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    return page


@pages.get("/mailbox/<name>/html")
def sheet(name: str) -> ResponseReturnValue:
    """Give the letter's HTML, locked into a sandbox; only a click on a link leads out, and then the whole page goes."""
    html = _open(name).html
    if not html:
        abort(404)
    page = Response(_HEAD.sub(lambda head: f'{head[0]}<base target="_top">', html, count=1), mimetype="text/html")
    page.headers["Content-Security-Policy"] = MAIL_POLICY
    page.headers["X-Frame-Options"] = "SAMEORIGIN"
    return page


def _folder() -> Path:
    return Path(current_app.config["MAIL_FOLDER"])


def _newest() -> list[Path]:
    """The newest mails; names begin with the time they were written."""
    found = (path for path in _folder().glob("*.eml") if _NAME.fullmatch(path.stem))
    return sorted(found, key=lambda path: path.name, reverse=True)[:MOST_SHOWN]


def _open(name: str) -> Shown:
    path = _folder() / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        abort(404)
    return _read(path, BytesParser(policy=default).parsebytes)


def _read(path: Path, parse: Callable[[bytes], EmailMessage]) -> Shown:
    mail = parse(path.read_bytes())
    sender, recipient = mail["From"].addresses[0], mail["To"].addresses[0]
    return Shown(
        name=path.stem,
        subject=str(mail["Subject"]),
        sender=sender.display_name,
        sender_address=sender.addr_spec,
        to=recipient.display_name or recipient.addr_spec,
        to_address=recipient.addr_spec,
        written=mail["Date"].datetime.astimezone(UTC),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    """The text of one twin; nothing while only the headers were read."""
    part = mail.get_body((kind,)) if mail.is_multipart() or kind == "plain" else None
    return str(part.get_content()) if part is not None else ""
