"""Who hears of messages: the other side, by one mail per thread and person once it has been quiet for a while. Of notes nobody does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from portal.kernel import outbox
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Audience, Fact, Kind
from portal.kinds.news.when import leaves_for
from portal.kinds.talk import hearing
from portal.kinds.talk.subject import Subject, of_message
from portal.models.files import FromSide
from portal.models.talk import CHANGES, Message

AWAKE = timedelta(hours=2)
"""Whoever wrote so lately may be written to, whatever the hour."""


@notice(Kind.MESSAGE_SENT)
def said(fact: Fact) -> None:
    """Tell the other side, when nothing more has come for a while."""
    message = fact.thing
    if not isinstance(message, Message):
        raise TypeError(f"{fact.kind} is recorded on its message")
    if message.audience is not Audience.SHARED or message.at is None:
        return
    about = of_message(message)
    for person_id, leaves in _hear(message, about):
        once = f"message_said:{message.thread_id}:{person_id}"
        since = outbox.waiting_facts(once).get("since") or message.at.isoformat()
        facts: dict[str, object] = {"thread": str(message.thread_id), "since": since, "until": message.at.isoformat()}
        facts |= {"item": str(message.item_id)} if message.item_id else {}
        wait = max(CHANGES, leaves - now())
        outbox.post(
            "message_said",
            lane=Lane.MESSAGE,
            person_id=person_id,
            facts=facts,
            client_id=message.client_id,
            project_id=message.project_id,
            dedupe=once,
            wait=wait,
        )


def _hear(message: Message, about: Subject) -> Iterator[tuple[UUID, datetime]]:
    """Who hears of it, and from when on it may reach them."""
    if message.side is FromSide.CLIENT:
        yield from ((person_id, now()) for person_id in hearing.staff(about))
        return
    client = hearing.client_of(about)
    lately = (Message.thread_id == message.thread_id, Message.at > now() - AWAKE)
    awake = set(db.session.scalars(select(Message.by_id).where(*lately)))
    for reader in hearing.readers(about):
        if reader.gets_mail:
            yield reader.person.id, now() if reader.person.id in awake else leaves_for(reader.person, client)
