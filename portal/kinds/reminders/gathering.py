"""What waits for whom and what they did and got lately: a fixed number of reads, however many clients are asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select, union_all

from portal.kernel.clock import Calendar, now
from portal.kernel.db import db
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.record import Event, Kind
from portal.kernel.viewer import Role
from portal.kinds import reading
from portal.kinds.reminders.schedules import Schedules, called, schedules
from portal.kinds.reminders.steps import Around, Thing
from portal.models.clients import Client, Membership
from portal.models.item_states import WaitingOn
from portal.models.items import Item
from portal.models.marks import MailSent, Seen
from portal.models.people import Person, SignedIn
from portal.models.projects import Project, ProjectState

LETTER, NUDGE = "reminder", "nudge"
MOVED = (Kind.FILE_ADDED, Kind.ITEM_STARTED, Kind.ITEM_HANDED_OVER, Kind.ITEM_NOT_AVAILABLE, Kind.ITEM_PROMISED, Kind.DECISION_MADE)
LOOK_BACK = timedelta(days=60)
SWITCH = "reminders"


@dataclass(frozen=True)
class Reader:
    """A person with everything that waits for them and may be reminded of."""

    person: Person
    things: list[Thing]

    @property
    def zone(self) -> ZoneInfo:
        """Whose clocks count."""
        return ZoneInfo(self.person.zone)


def wants(person: Person) -> bool:
    """Whether a person can and will be reminded."""
    return not (person.disabled_at or person.mail_bounced_at) and person.mail_rules.get(SWITCH) is not False


def those(person_ids: Collection[UUID]) -> ColumnElement[bool]:
    """The items of the clients these people speak for."""
    theirs = select(Membership.client_id).where(Membership.person_id.in_(person_ids), Membership.ended_at.is_(None))
    return Item.client_id.in_(theirs)


def any_thing(_thing: Thing) -> bool:
    """Nothing is left out."""
    return True


def readers(
    at: datetime, *such: ColumnElement[bool], people: Collection[UUID] | None = None, such_things: Callable[[Thing], bool] = any_thing
) -> list[Reader]:
    """Who can be reminded of items that are such, each with theirs; of `people` only, if they are named."""
    known = schedules()
    waiting = [(row, _thing(row, known)) for row in db.session.execute(_waiting(at, known, *such)) if row.waiting_since]
    rows = [(row, thing) for row, thing in waiting if thing.steps and such_things(thing)]
    if not rows:
        return []
    named = _named(row for row, _ in rows)
    moved = _moved({thing.project_id for _, thing in rows}, at)
    of_client: dict[UUID, list[tuple[Any, Thing]]] = defaultdict(list)
    for row, thing in rows:
        of_client[thing.client_id].append((row, replace(thing, moved_at=moved.get(thing.project_id))))
    mine: dict[UUID, list[Thing]] = defaultdict(list)
    found: dict[UUID, Person] = {}
    for member, person in db.session.execute(_speakers(sorted(of_client))):
        if member.role is Role.WATCH or not wants(person) or (people is not None and person.id not in people):
            continue
        theirs = [thing for row, thing in of_client[member.client_id] if reading.is_for(person.id, member.role, row, named.get(row.id, ()))]
        found[person.id] = person
        mine[person.id] += theirs
    return [Reader(found[who], things) for who, things in sorted(mine.items()) if things]


def around(person_ids: Collection[UUID], at: datetime, *, but: UUID | None = None) -> dict[UUID, Around]:
    """What these people did and got lately; `but` is the mail that is being written just now."""
    ids = sorted(person_ids)
    sent: dict[UUID, list[MailSent]] = defaultdict(list)
    mails = select(MailSent).where(MailSent.person_id.in_(ids), MailSent.at > at - LOOK_BACK)
    for mail in db.session.scalars(mails.where(or_(MailSent.kind.in_((LETTER, NUDGE)), MailSent.at > at - timedelta(hours=5)))):
        if mail.person_id:
            sent[mail.person_id].append(mail)
    coming = _coming(ids, but)
    here = _last_here(ids)
    return {who: _around(sent[who], coming[who], here.get(who)) for who in ids}


def _around(sent: list[MailSent], coming: list[datetime], here: datetime | None) -> Around:
    return Around(
        reminders=[one.at for one in sent if one.kind == LETTER],
        mails=[one.at for one in sent if one.kind not in QUIET],
        coming=coming,
        here=here,
        nudges=_last_nudges(sent),
    )


def nudged(person_ids: Collection[UUID], at: datetime) -> dict[UUID, dict[UUID, datetime]]:
    """When these people were last nudged by staff, by project."""
    mails = select(MailSent).where(MailSent.person_id.in_(sorted(person_ids)), MailSent.kind == NUDGE, MailSent.at > at - LOOK_BACK)
    found: dict[UUID, list[MailSent]] = defaultdict(list)
    for mail in db.session.scalars(mails):
        if mail.person_id:
            found[mail.person_id].append(mail)
    return {who: _last_nudges(sent) for who, sent in found.items()}


def _last_nudges(sent: list[MailSent]) -> dict[UUID, datetime]:
    nudges: dict[UUID, datetime] = {}
    for one in sent:
        if one.kind == NUDGE and one.project_id:
            nudges[one.project_id] = max(one.at, nudges.get(one.project_id, one.at))
    return nudges


QUIET = ("sign_in", "step_up", "receipt", "decision_receipt")  # links and receipts come whenever they are asked for


def _waiting(at: datetime, known: Schedules, *such: ColumnElement[bool]) -> Any:
    day = func.coalesce(Item.promised_on, Item.due_on)
    offsets = [step.days for steps in known.values() for step in steps] or [0]
    first, last = at.date() - _reach(max(offsets)), at.date() + _reach(-min(offsets))
    columns = (Item.id, Item.client_id, Item.kind, Item.project_id, day.label("expected_on"), Item.waiting_since, Item.reminders)
    query = select(*columns, Project.reminders.label("of_project"), Project.reminders_after, Client)
    query = query.join(Project, Project.id == Item.project_id).join(Client, Client.id == Item.client_id)
    runs = (Project.state == ProjectState.ACTIVE, Project.reminders_off.is_(False), Client.archived_at.is_(None))
    return query.where(Item.waiting_on == WaitingOn.CLIENT, *runs, day.between(first, last), *such).order_by(Item.position, Item.id)


def _reach(working_days: int) -> timedelta:
    """Surely as far as so many working days go, holidays included."""
    return timedelta(days=max(working_days, 0) * 3 + 14)


def _thing(row: Any, known: Schedules) -> Thing:
    return thing_of(row, known, row.of_project, calendar=_calendar(row.Client), skip_until=row.reminders_after)


def thing_of(item: Item, known: Schedules, of_project: str, *, calendar: Calendar, skip_until: datetime | None) -> Thing:
    """An item that waits for the client and has a day, as its schedule sees it."""
    rule, steps = called(known, item.reminders, of_project)
    return Thing(
        item_id=item.id,
        project_id=item.project_id,
        client_id=item.client_id,
        day=item.expected_on or date.max,
        since=item.waiting_since or now(),
        rule=rule,
        steps=steps,
        calendar=calendar,
        skip_until=skip_until,
    )


def _calendar(client: Client) -> Calendar:
    kept: dict[UUID, Calendar] = db.session().info.setdefault("calendars", {})
    if client.id not in kept:
        kept[client.id] = client.calendar
    return kept[client.id]


def _named(rows: Iterable[Any]) -> dict[UUID, Collection[UUID]]:
    return dict(reading.named_on([row.id for row in rows]))


def _speakers(client_ids: list[UUID]) -> Any:
    query = select(Membership, Person).join(Person, Person.id == Membership.person_id)
    return query.where(Membership.client_id.in_(client_ids), Membership.ended_at.is_(None))


def _moved(project_ids: Collection[UUID], at: datetime) -> dict[UUID, datetime]:
    """When a contact last did something in these projects, as far as it matters."""
    kinds = [kind.value for kind in MOVED]
    lately = (Event.project_id.in_(sorted(project_ids)), Event.kind.in_(kinds), Event.at > at - timedelta(hours=72))
    query = select(Event.project_id, func.max(Event.at)).join(Person, Person.id == Event.actor_id)
    rows = db.session.execute(query.where(*lately, Person.staff_role.is_(None)).group_by(Event.project_id))
    return {project_id: moved_at for project_id, moved_at in rows if project_id}


def _coming(ids: list[UUID], but: UUID | None) -> dict[UUID, list[datetime]]:
    """When other mail to them is about to leave."""
    found: dict[UUID, list[datetime]] = defaultdict(list)
    others = (Outbox.state.in_((Stand.WAITING, Stand.LEASED)), Outbox.lane.in_((Lane.MESSAGE, Lane.ASK)), Outbox.person_id.in_(ids))
    for row in db.session.execute(select(Outbox.id, Outbox.person_id, Outbox.not_before, Outbox.kind).where(*others)):
        if row.id != but and row.kind != LETTER:
            found[row.person_id].append(row.not_before)
    return found


def _last_here(ids: list[UUID]) -> dict[UUID, datetime]:
    sessions = select(SignedIn.person_id, func.max(SignedIn.last_seen_at).label("at")).where(SignedIn.person_id.in_(ids))
    looks = select(Seen.person_id, func.max(Seen.last_at).label("at")).where(Seen.person_id.in_(ids))
    found: dict[UUID, datetime] = {}
    for who, when in db.session.execute(union_all(sessions.group_by(SignedIn.person_id), looks.group_by(Seen.person_id))):
        found[who] = max(when, found.get(who, when))
    return found
