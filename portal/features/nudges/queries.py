"""Reads about nudges: whom we wait for, when we last asked, and what came of it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select, union_all

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.record import Event, EventDetail, Kind
from portal.kernel.viewer import Role
from portal.kinds import reading
from portal.kinds.reminders.outlook import went_in
from portal.models.board import open_items_first
from portal.models.clients import Membership
from portal.models.item_states import WaitingOn
from portal.models.items import Item
from portal.models.marks import Seen
from portal.models.people import Person, SignedIn
from portal.models.projects import Project
from portal.models.reminders import Tone

LETTER = "nudge"
LOOK_BACK = timedelta(days=120)
ANSWERS = (
    Kind.FILE_ADDED,
    Kind.ITEM_STARTED,
    Kind.ITEM_HANDED_OVER,
    Kind.ITEM_NOT_AVAILABLE,
    Kind.ITEM_PROMISED,
    Kind.DECISION_MADE,
)
WENT, WENT_LAST = "reminder", "reminder.last"
OURS = (Kind.NUDGED, Kind.NUDGE_CALLED_OFF, Kind.CALL_NOTED)


@dataclass(frozen=True)
class Speaker:
    """A person who speaks for a client, and how far."""

    person: Person
    role: Role
    client_id: UUID

    @property
    def acts(self) -> bool:
        """Whether the person may do things, not only watch."""
        return self.role in (Role.DECIDE, Role.CONTRIBUTE) and not self.person.disabled_at


@dataclass(frozen=True)
class Touch:
    """When we last asked a project's people, how, and what came of it."""

    at: datetime
    by_call: bool
    note: str
    unanswered: int
    opened: bool
    nudge: str
    by_itself: bool = False
    was_last: bool = False
    came: Counter[str] = field(default_factory=Counter)

    @property
    def is_nudge(self) -> bool:
        """Whether somebody of ours wrote it."""
        return not (self.by_call or self.by_itself)


@dataclass(frozen=True)
class Happened:
    """One thing that bears on a nudge: an event, or a reminder that went out by itself."""

    kind: str
    at: datetime
    actor_id: UUID | None = None
    nudge: str = ""
    detail: str = ""


@dataclass(frozen=True)
class OnItsWay:
    """Mail of a project that has not left: a nudge that still waits, mail that could not be delivered, and nudges none of which arrived."""

    leaves_at: datetime | None
    parked: int
    lost: frozenset[str] = frozenset()


def key(project_id: UUID, person_id: UUID) -> str:
    """Under which key a nudge to a person waits in the outbox."""
    return f"nudge:{project_id}:{person_id}"


def speakers(client_ids: Collection[UUID]) -> dict[UUID, list[Speaker]]:
    """Who speaks for these clients, those who decide first."""
    query = select(Membership, Person).join(Person, Person.id == Membership.person_id)
    query = query.where(Membership.client_id.in_(client_ids), Membership.ended_at.is_(None)).order_by(Membership.invited_at, Person.id)
    found: dict[UUID, list[Speaker]] = defaultdict(list)
    for member, person in db.session.execute(query):
        found[member.client_id].append(Speaker(person, member.role, member.client_id))
    for those in found.values():
        those.sort(key=lambda one: list(Role).index(one.role))
    return found


def asked_of(project_id: UUID) -> list[Item]:
    """What waits for the client in a project, what slips first first."""
    waits = (Item.project_id == project_id, Item.waiting_on == WaitingOn.CLIENT)
    return list(db.session.scalars(select(Item).where(*waits).order_by(*open_items_first())))


def recipients(project: Project) -> list[tuple[Person, list[Item]]]:
    """Whom we wait for in a project, each with what they can do: the named people of an item, else everybody whose role allows."""
    items = asked_of(project.id)
    named = reading.named_on([item.id for item in items])
    people = speakers([project.client_id]).get(project.client_id, [])
    theirs = [(one.person, [item for item in items if _can_do(one, item, named.get(item.id, ()))]) for one in people]
    return [(person, mine) for person, mine in theirs if mine]


def touches(projects: Iterable[Project], people: dict[UUID, list[Speaker]]) -> dict[UUID, Touch]:
    """The last nudge, reminder or call of each project and what came of it, in three reads however many there are."""
    found: dict[UUID, list[Happened]] = defaultdict(list)
    ids = [project.id for project in projects]
    query = select(Event, EventDetail.data).outerjoin(
        EventDetail, and_(EventDetail.chain_id == Event.chain_id, EventDetail.seq == Event.seq, Event.kind == Kind.CALL_NOTED.value)
    )
    kinds = [kind.value for kind in (*ANSWERS, *OURS)]
    query = query.where(Event.project_id.in_(ids), Event.kind.in_(kinds), Event.at >= now() - LOOK_BACK)
    for event, detail in db.session.execute(query.order_by(Event.at, Event.seq)):
        if event.project_id:
            found[event.project_id].append(Happened(event.kind, event.at, event.actor_id, str(_fact(event, "nudge") or ""), detail or ""))
    for project_id, letters in went_in(ids).items():
        found[project_id] += [Happened(WENT_LAST if one.was_last else WENT, one.at) for one in letters]
        found[project_id].sort(key=lambda one: one.at)
    here = _last_here([one.person.id for those in people.values() for one in those])
    result = {}
    for project in projects:
        contacts = {one.person.id for one in people.get(project.client_id, [])}
        touch = _touch(found.get(project.id, []), contacts, max((here[c] for c in contacts if c in here), default=None))
        if touch:
            result[project.id] = touch
    return result


def on_their_way(project_ids: Collection[UUID]) -> dict[UUID, OnItsWay]:
    """What has not left yet for these projects."""
    tells = or_(Outbox.state == Stand.PARKED, and_(Outbox.kind == LETTER, Outbox.state.in_((Stand.WAITING, Stand.LEASED, Stand.SENT))))
    query = select(Outbox.project_id, Outbox.kind, Outbox.state, Outbox.not_before, Outbox.facts)
    rows = db.session.execute(query.where(Outbox.project_id.in_(project_ids), Outbox.lane != Lane.WORK, tells)).all()
    result = {}
    for project_id in {row.project_id for row in rows}:
        mine = [row for row in rows if row.project_id == project_id]
        leaves = min((row.not_before for row in mine if row.state in (Stand.WAITING, Stand.LEASED)), default=None)
        nudges = [(str(row.facts["nudge"]), row.state is Stand.PARKED) for row in mine if row.kind == LETTER]
        lost = {number for number, parked in nudges if parked} - {number for number, parked in nudges if not parked}
        result[project_id] = OnItsWay(leaves, sum(row.state is Stand.PARKED for row in mine), frozenset(lost))
    return result


def parked_of(client_id: UUID) -> int:
    """How many emails to a client's people could not be delivered."""
    mine = (Outbox.client_id == client_id, Outbox.state == Stand.PARKED, Outbox.lane != Lane.WORK)
    return db.session.scalar(select(func.count()).select_from(Outbox).where(*mine)) or 0


def tone_for(touch: Touch | None) -> Tone:
    """How plainly to ask next: friendly at first, clear after one unanswered nudge, then for the last time."""
    return (Tone.FRIENDLY, Tone.CLEAR, Tone.LAST)[min(touch.unanswered if touch else 0, 2)]


def should_call(touch: Touch | None, *, bounced: bool) -> bool:
    """Whether a call is better than another mail: it does not arrive, two in a row changed nothing, or the last reminder has gone out."""
    silent = touch and not touch.by_call and (touch.unanswered >= 2 or (touch.was_last and touch.unanswered))
    return bounced or bool(silent)


def _touch(happened: list[Happened], contacts: set[UUID], here: datetime | None) -> Touch | None:
    dropped = {one.nudge for one in happened if one.kind == Kind.NUDGE_CALLED_OFF}
    last: Happened | None = None
    unanswered, came = 0, Counter[str]()
    for one in happened:
        if one.kind in (Kind.CALL_NOTED, WENT, WENT_LAST) or (one.kind == Kind.NUDGED and one.nudge not in dropped):
            last, came = one, Counter()
            unanswered += one.kind != Kind.CALL_NOTED
        elif one.kind in ANSWERS and one.actor_id in contacts:
            unanswered = 0
            came[one.kind] += 1
    if last is None:
        return None
    return Touch(
        at=last.at,
        by_call=last.kind == Kind.CALL_NOTED,
        note=str(json.loads(last.detail).get("note", "")) if last.detail else "",
        unanswered=unanswered,
        opened=bool(here and here >= last.at),
        nudge=last.nudge,
        by_itself=last.kind in (WENT, WENT_LAST),
        was_last=last.kind == WENT_LAST,
        came=came,
    )


def _fact(event: Event, name: str) -> object:
    return json.loads(event.facts).get(name)


def _last_here(person_ids: list[UUID]) -> dict[UUID, datetime]:
    """When these people last opened the portal, by their sessions and by what they looked at."""
    sessions = select(SignedIn.person_id, func.max(SignedIn.last_seen_at).label("at")).where(SignedIn.person_id.in_(person_ids))
    looks = select(Seen.person_id, func.max(Seen.last_at).label("at")).where(Seen.person_id.in_(person_ids))
    both = union_all(sessions.group_by(SignedIn.person_id), looks.group_by(Seen.person_id))
    here: dict[UUID, datetime] = {}
    for person_id, at in db.session.execute(both):
        here[person_id] = max(at, here.get(person_id, at))
    return here


def _can_do(one: Speaker, item: Item, named: Collection[UUID]) -> bool:
    if one.person.disabled_at or one.role is Role.WATCH:
        return False
    return reading.is_for(one.person.id, one.role, item, named)


def waiting_nudge(project_id: UUID) -> str | None:
    """The number of the nudge that still waits for a project's people."""
    query = select(Outbox.facts).where(Outbox.project_id == project_id, Outbox.kind == LETTER, Outbox.state == Stand.WAITING)
    facts = db.session.scalar(query.order_by(Outbox.made_at.desc()).limit(1))
    return str(facts["nudge"]) if facts else None
