"""Mails of ours that came back: the report names the mail, the mail names its reader, who is called from then on.

A report is believed by the id of the mail it returns, which is random and known to its reader alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from email.message import EmailMessage, Message

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.viewer import SYSTEM
from portal.models.marks import MailSent
from portal.models.people import Person

_FOR_GOOD = re.compile(r"5\.[12]\.\d+")
"""What is wrong with the address or its mailbox; what a server says of the mail itself (5.3 to 5.7) tells nothing about its reader."""
_ID = re.compile(r"^message-id:\s*(<[^<>\s]{3,300}>)", re.IGNORECASE | re.MULTILINE)


def returned(report: EmailMessage) -> tuple[str, ...]:
    """The ids of the mails that a report says can never be delivered; none in whatever is no such report."""
    if report.get_content_type() != "multipart/report" or not any(_failed(report)):
        return ()
    return tuple(dict.fromkeys(_ids(report)))


def note(message_ids: Collection[str]) -> int:
    """Note at whoever these mails were for that they came back; how many there were."""
    open_session(SYSTEM, writes=True)
    return _note(message_ids)


@action
def _note(message_ids: Collection[str]) -> int:
    found = list(db.session.scalars(select(MailSent).where(MailSent.message_id.in_(message_ids), MailSent.bounced_at.is_(None))))
    for sent in found:
        sent.bounced_at = now()
        person = db.session.get(Person, sent.person_id) if sent.person_id else None
        if person:
            person.mail_bounced_at = sent.bounced_at
    return len(found)


def _failed(report: EmailMessage) -> Iterator[bool]:
    for part in report.walk():
        blocks = part.get_payload() if part.get_content_type() == "message/delivery-status" else []
        for block in blocks if isinstance(blocks, list) else []:
            if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed":
                yield bool(_FOR_GOOD.match(str(block.get("Status", "")).strip()))


def _ids(report: EmailMessage) -> Iterator[str]:
    """The ids of what was returned, whole or only its headers."""
    for part in report.walk():
        inside = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(inside, list) and isinstance(inside[0], Message):
            yield from _ID.findall(f"Message-ID: {inside[0].get('Message-ID', '')}")
        elif part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers") and isinstance(inside, str):
            yield from _ID.findall(inside)
