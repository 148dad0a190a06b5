"""Let the real worker send what is due into the app's mail folder, and read it as a person would."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

from bs4 import BeautifulSoup
from flask import Flask

from portal.edges import worker
from portal.edges.mail import transport_for

CODE = re.compile(r"^[ >*]*((?:\d{3} ?\d{3})|(?:[2-9A-Z]{4} ?[2-9A-Z]{4}))[ *]*$", re.MULTILINE)
LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived."""

    subject: str
    to: str
    sender: str
    reply_to: str
    text: str
    html: str
    message: EmailMessage

    @property
    def links(self) -> list[str]:
        """Every address the plain text shows, in order."""
        return LINK.findall(self.text)

    @property
    def link(self) -> str:
        """The first address: what the button opens."""
        return self.links[0]

    @property
    def path(self) -> str:
        """Where the button leads, below the portal's address."""
        return "/" + self.link.split("/", 3)[3]

    @property
    def codes(self) -> list[str]:
        """Codes to type, as shown."""
        return CODE.findall(self.text)

    @property
    def code(self) -> str:
        """The one code of this mail."""
        (only,) = self.codes
        return only

    @property
    def words(self) -> str:
        """What a person reads in the HTML."""
        return " ".join(BeautifulSoup(self.html, "html.parser").get_text(" ").split())


def send_mail(app: Flask) -> list[Mail]:
    """Send what is due now; returns the mails that left by this call, oldest first."""
    before = set(_files(app))
    worker.drain(app, transport_for(app.config["MAIL_URL"]))
    return [_read(path) for path in _files(app) if path not in before]


def _files(app: Flask) -> list[Path]:
    return sorted(Path(app.config["MAIL_FOLDER"]).glob("*.eml"))


def _read(path: Path) -> Mail:
    mail = BytesParser(policy=default).parsebytes(path.read_bytes())
    assert isinstance(mail, EmailMessage)
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    return Mail(
        subject=str(mail["Subject"]),
        to=mail["To"].addresses[0].addr_spec,
        sender=str(mail["From"]),
        reply_to=mail["Reply-To"].addresses[0].addr_spec if mail["Reply-To"] else "",
        text=str(plain.get_content()).replace("\r\n", "\n") if plain else "",
        html=str(rich.get_content()) if rich else "",
        message=mail,
    )
