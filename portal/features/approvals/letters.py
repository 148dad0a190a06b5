"""Letters about decisions. Receipts say what was frozen and signed then, whatever has changed since."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from portal.features.approvals import queries
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds import reading
from portal.kinds.about import item_in, lead_of
from portal.kinds.approvals import kind as approvals
from portal.kinds.approvals import proofs
from portal.kinds.approvals.seats import seats_of
from portal.kinds.plans import standing
from portal.kinds.silence.standing import calendar_of, due_of, effect_day, running_on
from portal.models.approvals import ApprovalVersion
from portal.models.deputies import Deputy
from portal.models.heard import Heard
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import Person
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person


@letter("decision_asked")
def asked(person: Person, facts: dict[str, object]) -> Letter | None:
    """A version is ready; nothing if it has been decided or replaced meanwhile."""
    item = item_in(facts)
    version = approvals.standing_version(item.id) if item else None
    if item is None or version is None or str(version.id) != facts["version"] or not approvals.awaits_answer(item):
        return None
    seats = seats_of(item, version, approvals.live_decisions(version.id))
    if version.has_expired(at=now()) or not any(one.is_for(person.id) and one.is_turn and one.answer is None for one in seats):
        return None
    return print_letter(
        "approvals/asked",
        person,
        item=item,
        shown=version.shown,
        lead=_lead(item),
        stage=standing.opening(item),
        quiet_on=_quiet_on(item, version),
        until=version.expires_at,
        link=for_person(person, "client.approvals.decide", item_id=item.id),
    )


@letter("step_up")
def step_up(person: Person, facts: dict[str, object]) -> Letter | None:
    """The code for an important decision; nothing when it would be too old to use."""
    code, item = proofs.code_of(UUID(str(facts["request"]))), item_in(facts)
    version = approvals.version_by_id(item.id, UUID(str(facts["version"]))) if item else None
    if code is None or version is None:
        return None
    return print_letter("approvals/step_up", person, code=f"{code[:3]} {code[3:]}", shown=version.shown, answer=facts.get("choice", ""))


@letter("decision_receipt")
def receipt(person: Person, facts: dict[str, object]) -> Letter | None:
    """The decider's receipt."""
    told = _receipt(facts)
    if told is None:
        return None
    ids = {"item_id": told.item.id, "decision_id": told.decision.id}
    return _print("receipt", person, told, for_person(person, "client.approvals.receipt", **ids))


@letter("decision_news")
def news(person: Person, facts: dict[str, object]) -> Letter | None:
    """The lead's copy of the receipt, with what the client wrote."""
    told = _receipt(facts)
    if told is None:
        return None
    door = "staff" if person.is_staff else "client"
    return _print("news", person, told, for_person(person, f"{door}.approvals.receipt", item_id=told.item.id, decision_id=told.decision.id))


@letter("decision_taken_back")
def taken_back(person: Person, facts: dict[str, object]) -> Letter | None:
    """A receipt counts no more."""
    told = _receipt(facts)
    if told is None:
        return None
    door = "staff" if person.is_staff else "client"
    link = for_person(person, f"{door}.approvals.receipt", item_id=told.item.id, decision_id=told.decision.id)
    return _print("taken_back", person, told, link)


@letter("decision_heard")
def was_heard(person: Person, facts: dict[str, object]) -> Letter | None:
    """Is this what you decided? Nothing if it was answered, taken back or overtaken meanwhile."""
    item = item_in(facts)
    found = next((one.heard for one in approvals.heard_about(item) if str(one.heard.id) == facts["heard"]), None) if item else None
    if item is None or found is None:
        return None
    return _print_heard("heard", person, item, found, for_person(person, "client.approvals.decide", item_id=item.id))


@letter("decision_denied")
def was_denied(person: Person, facts: dict[str, object]) -> Letter | None:
    """What we noted was not so, in the client's words."""
    item = item_in(facts)
    found = approvals.heard_by_id(item.id, UUID(str(facts["heard"]))) if item else None
    if item is None or found is None:
        return None
    return _print_heard("denied", person, item, found, for_person(person, "staff.client_page.item", item_id=item.id))


def _print_heard(name: str, person: Person, item: Item, found: Heard, link: str) -> Letter:
    version = approvals.version_by_id(item.id, found.version_id)
    shown = version.shown if version else None
    who = {"by": reading.person(found.by_id), "decider": reading.person(found.person_id), "lead": _lead(item)}
    return print_letter(f"approvals/{name}", person, item=item, heard=found, shown=shown, link=link, **who)


@letter("version_expired")
def expired(person: Person, facts: dict[str, object]) -> Letter | None:
    """Nobody decided in time; nothing if a newer version stands meanwhile."""
    item = item_in(facts)
    version = approvals.standing_version(item.id) if item else None
    if item is None or version is None or str(version.id) != facts["version"] or item.state is not ItemState.PREPARING:
        return None
    link = for_person(person, "staff.approvals.present", item_id=item.id)
    return print_letter("approvals/expired", person, item=item, shown=version.shown, version=version, link=link)


@letter("deputy_named")
def deputy_named(person: Person, facts: dict[str, object]) -> Letter | None:
    """Somebody decides for somebody; nothing if that is over already."""
    return _deputy("deputy_named", person, facts, over=False)


@letter("deputy_ended")
def deputy_ended(person: Person, facts: dict[str, object]) -> Letter | None:
    """Somebody decides for somebody no longer."""
    return _deputy("deputy_ended", person, facts, over=True)


def _deputy(name: str, person: Person, facts: dict[str, object], *, over: bool) -> Letter | None:
    item, row = item_in(facts), db.session.scalar(select(Deputy).where(Deputy.id == UUID(str(facts["deputy"]))))
    if item is None or row is None or (row.ended_at is not None) is not over:
        return None
    owner, other = db.session.get_one(Person, row.person_id), db.session.get_one(Person, row.deputy_id)
    mine = person.id == owner.id
    link = for_person(person, "client.approvals.deputy", item_id=item.id) if mine else for_person(person, "client.home.show")
    return print_letter(f"approvals/{name}", person, owner=owner, other=other, row=row, mine=mine, link=link)


def _print(name: str, person: Person, told: approvals.Receipt, link: str) -> Letter:
    facts: dict[str, object] = {"item": told.item, "shown": told.shown, "decision": told.decision, "version": told.version}
    facts |= {"entry": told.entry, "waits": approvals.still_awaited(told), "heard": told.heard}
    return print_letter(f"approvals/{name}", person, lead=_lead(told.item), stage=standing.opening(told.item), link=link, **facts)


def _quiet_on(item: Item, version: ApprovalVersion) -> date | None:
    """After which day silence counts, if this mail leaves today; nothing where it does not."""
    if running_on(version.id) is None:
        return None
    calendar = calendar_of(item)
    return effect_day(due_of(item, version), calendar.today(), None, calendar)


def _receipt(facts: dict[str, object]) -> approvals.Receipt | None:
    item = item_in(facts)
    return queries.receipt(item, UUID(str(facts["decision"]))) if item else None


def _lead(item: Item) -> Person | None:
    return reading.person(lead_of(item))
