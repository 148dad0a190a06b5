"""Writes about who helps: a part is given by address and taken back at once; neither changes whose court the item is in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.features.helping.queries import path_of
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import acting_as, db
from portal.kernel.policy import require
from portal.kernel.record import Event, Kind, record
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kernel.viewer import SYSTEM, Role, Viewer
from portal.kinds import inviting, reading
from portal.kinds.helping import Piece, pieces_of, row_of
from portal.models import may
from portal.models.clients import Client, Membership
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item
from portal.models.people import Person, Purpose
from portal.models.sessions import viewer_of
from portal.models.sign_in import new_request, person_with
from portal.models.turns import ItemPerson, Part

MOST = 12  # people asked for one item, so that nobody's mailbox is filled through us
MOST_A_DAY = 3 * MOST  # times somebody is asked, for each is a mail, also after taking back


@dataclass(frozen=True)
class Colleague:
    """Somebody to ask, as typed."""

    name: str
    email: str
    note: str = ""


@action
def ask(item: Item, piece: str, colleague: Colleague, *, by: Viewer) -> ItemPerson:
    """Hand a part to a colleague; who is new here sees nothing else, who speaks for the client already keeps what they may."""
    require(may.ask_colleague(by, item, reading.people_of(item.id, Part.DO)))
    reading.need_running(item)
    if item.state not in WITH_CLIENT:
        raise Refused(N_("This has been sent already. Take it back first if somebody else should help."))
    _need_measure(item)
    part = next((one for one in pieces_of(item) if one.name == piece), None)
    if part is None:
        raise Refused(N_("Choose what they should answer."), field="piece", status=422)
    person = _person(item, colleague, by=by)
    _let_in(item, person, by=by)
    row = _give(item, part, person, colleague, by=by)
    detail = {"name": colleague.name.strip(), "address": person.email_typed, "note": colleague.note.strip()}
    record(Kind.PART_ASKED, item, by=by, person=person.id, questions=len(part.keys), request=_way_in(item, person), detail=detail)
    return row


@action
def take_back(item: Item, person_id: UUID, *, by: Viewer) -> str:
    """Take everything back from a colleague; what they answered stays. Returns what the asker calls them."""
    require(may.ask_colleague(by, item, reading.people_of(item.id, Part.DO)))
    row = row_of(item.id, person_id)
    if row is None:
        raise NotFound
    if row.ended_at:
        raise Refused(N_("This has been taken back already."))
    row.ended_at = now()
    record(Kind.PART_TAKEN_BACK, item, by=by, person=person_id)
    return str((row.scope or {}).get("called", ""))


def _need_measure(item: Item) -> None:
    """Refuse to ask over and over, such as by taking back and asking again."""
    today = (Event.item_id == item.id, Event.kind == Kind.PART_ASKED.value, Event.at > now() - timedelta(days=1))
    if (db.session.scalar(select(func.count(Event.seq)).where(*today)) or 0) >= MOST_A_DAY:
        raise Refused(N_("You have asked for help very often today. Please go on tomorrow, or write to us."))


def _person(item: Item, colleague: Colleague, *, by: Viewer) -> Person:
    """Whoever is known by this address, or somebody new."""
    known = person_with(colleague.email)
    if known is None:
        client = db.session.get_one(Client, item.client_id)
        return inviting.new_person(colleague.name, colleague.email, language=client.language, zone=client.zone)
    if known.id == by.person_id:
        raise Refused(N_("This is your own address. You can do it right here."), field="email", status=422)
    if known.is_staff:
        raise Refused(N_("This is an address of ours. Choose somebody on your side."), field="email", status=422)
    if known.disabled_at:
        raise Refused(N_("This address was closed. Use another one."), field="email", status=422)
    return known


def _let_in(item: Item, person: Person, *, by: Viewer) -> None:
    contact = db.session.get(Membership, (item.client_id, person.id))
    if contact and contact.ended_at:
        raise Refused(N_("The access of this address has ended. Ask us to give it back."), field="email", status=422)
    if contact is None:
        contact = Membership(client_id=item.client_id, person_id=person.id, role=Role.GUEST, invited_at=now())
        db.session.add(contact)
        db.session.flush()
        detail = {"name": person.name, "address": person.email_typed}
        record(Kind.CONTACT_ADDED, contact, by=by, person=person.id, role=Role.GUEST, detail=detail)


def _way_in(item: Item, person: Person) -> UUID | None:
    """A link and a code for whoever was never here and is let in for parts alone; all others sign in as they always do."""
    with acting_as(SYSTEM):  # what they are to other clients is not for the asker's eyes
        is_new = not inviting.has_joined(person.id) and viewer_of(person).helps_only
    if not is_new:
        return None
    return new_request(Purpose.INVITE, person.email_canon, person, next_path=path_of(item)).id


def _give(item: Item, part: Piece, person: Person, colleague: Colleague, *, by: Viewer) -> ItemPerson:
    row = row_of(item.id, person.id)
    if row is None:
        asked = db.session.scalar(select(func.count(ItemPerson.id)).where(ItemPerson.item_id == item.id, ItemPerson.part == Part.HELP)) or 0
        if asked >= MOST:
            raise Refused(N_("You have asked %(most)s people for this already. Please write to us if you need more."), most=MOST)
        row = ItemPerson(id=uuid4(), client_id=item.client_id, item_id=item.id, person_id=person.id, part=Part.HELP, position=asked)
        db.session.add(row)
    had = {} if row.ended_at else row.scope or {}
    pieces = [*cast("list[str]", had.get("pieces", [])), part.name]
    keys = [*cast("list[str]", had.get("questions", [])), *part.keys]
    if row.ended_at is None and part.name in pieces[:-1]:
        raise Refused(N_("They have this part already."), field="email", status=422)
    row.scope = {"pieces": pieces, "questions": sorted(set(keys)), "called": colleague.name.strip(), "note": colleague.note.strip()}
    row.asked_by, row.ended_at = by.person_id, None
    db.session.flush()
    return row
