"""What contacts never see: other clients' events, internal ones, and the names beside them; internal comments; guests, what they
are not named for; and those who were asked for a part, all the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import sqlalchemy as sa
from sqlalchemy import select

from portal.kernel.record import Audience, Event, EventDetail
from portal.kernel.scope import Seen, hide_from_clients
from portal.kernel.viewer import Viewer
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.deliveries import HandOver
from portal.models.files import Incoming, Upload
from portal.models.heard import Heard
from portal.models.items import Item
from portal.models.pins import Pin, PinReply
from portal.models.questionnaires import Answer, AnswerChange, AnswerRow, AnswerVerdict
from portal.models.sharing import Share, ShareFile, SharePerson
from portal.models.silence import Silence
from portal.models.snags import Snag
from portal.models.talk import Message, MessageFile
from portal.models.templates import ItemNeed
from portal.models.turns import ItemPerson, Turn


def _events(viewer: Viewer) -> Seen[Event]:
    ids = tuple(sorted(viewer.clients or ()))
    return lambda event: sa.and_(event.client_id.in_(ids), event.audience == Audience.SHARED.value)


hide_from_clients(Event, _events)
hide_from_clients(EventDetail, lambda viewer: lambda detail: sa.false())
hide_from_clients(Pin, lambda viewer: lambda pin: pin.audience == Audience.SHARED)
hide_from_clients(PinReply, lambda viewer: lambda reply: reply.audience == Audience.SHARED)


def _named_items(viewer: Viewer) -> Seen[Item] | None:
    guest_of, person_id = viewer.guest_of, viewer.person_id
    if not guest_of:
        return None
    return lambda item: sa.or_(
        item.client_id.not_in(guest_of),
        item.id.in_(select(ItemPerson.item_id).where(ItemPerson.person_id == person_id, ItemPerson.ended_at.is_(None))),
    )


def _of_named_items(viewer: Viewer) -> Seen[Incoming] | None:
    guest_of, person_id = viewer.guest_of, viewer.person_id
    if not guest_of:
        return None
    return lambda row: sa.or_(
        row.client_id.not_in(guest_of),
        row.item_id.in_(select(ItemPerson.item_id).where(ItemPerson.person_id == person_id, ItemPerson.ended_at.is_(None))),
    )


def _of_whole_items(viewer: Viewer) -> Seen[HandOver] | None:
    limited = tuple(sorted(viewer.limited))
    return (lambda row: row.item_id.not_in(limited)) if limited else None


def _of_asked_questions(model: type[Answer]) -> Callable[[Viewer], sa.ColumnElement[bool] | None]:
    """One expression over all items, for two lambdas of the same code would share their values."""

    def rule(viewer: Viewer) -> sa.ColumnElement[bool] | None:
        each = [
            sa.or_(model.item_id.is_(None), model.item_id != item_id, model.question_key.in_(sorted(viewer.parts[item_id])))
            for item_id in sorted(viewer.limited)
        ]
        return sa.and_(*each) if each else None

    return rule


def _uploads_of_guests(viewer: Viewer) -> Seen[Upload] | None:
    guest_of, person_id = viewer.guest_of, viewer.person_id
    if not guest_of:
        return None
    return lambda upload: sa.or_(
        upload.client_id.not_in(guest_of),
        upload.item_id.in_(select(ItemPerson.item_id).where(ItemPerson.person_id == person_id, ItemPerson.ended_at.is_(None))),
        upload.id.in_(
            select(ShareFile.upload_id)
            .join(SharePerson, SharePerson.share_id == ShareFile.share_id)
            .where(SharePerson.person_id == person_id)
        ),
        upload.id.in_(
            select(MessageFile.upload_id)
            .join(Message, Message.id == MessageFile.message_id)
            .join(ItemPerson, ItemPerson.item_id == Message.item_id)
            .where(ItemPerson.person_id == person_id, ItemPerson.ended_at.is_(None))
        ),
    )


def _shares_of_guests(viewer: Viewer) -> Seen[Share] | None:
    guest_of, person_id = viewer.guest_of, viewer.person_id
    if not guest_of:
        return None
    return lambda share: sa.or_(
        share.client_id.not_in(guest_of), share.id.in_(select(SharePerson.share_id).where(SharePerson.person_id == person_id))
    )


hide_from_clients(Item, _named_items)
hide_from_clients(Upload, _uploads_of_guests)
hide_from_clients(Share, _shares_of_guests)
WHOLE = (HandOver, AnswerVerdict, ApprovalVersion, Decision, Heard, Pin, PinReply, Silence, Snag, Turn, ItemNeed)
OF_AN_ITEM = (Incoming, Answer, AnswerChange, AnswerRow, *WHOLE)
for part in cast("tuple[type[Incoming], ...]", OF_AN_ITEM):  # all have client_id and item_id
    hide_from_clients(part, _of_named_items)
for whole in cast("tuple[type[HandOver], ...]", WHOLE):
    hide_from_clients(whole, _of_whole_items)
for answered in cast("tuple[type[Answer], ...]", (Answer, AnswerChange, AnswerRow, Incoming, Upload)):
    hide_from_clients(answered, _of_asked_questions(answered))
