"""A stretch of time in which many clients are reminded, and a referee who knows nothing of the engine and looks at every single mail.

A worker looks several times a day, now and then two do; some days nobody does, the mail server is away for a while, and once the
clock goes back. Clients send things, name other days, work in the portal, get other mail, are nudged, bounce and end their reminders.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask

from portal.edges import worker
from portal.edges.mail import TryAgain
from portal.edges.parcel import Parcel
from portal.edges.queue import remind
from portal.kernel.clock import Calendar, stopped
from portal.kernel.db import db
from portal.kernel.record import Kind, record
from portal.kernel.viewer import Role, Side, Viewer
from portal.models.clients import Client, Membership
from portal.models.item_states import ItemKind
from portal.models.items import Item, new_item
from portal.models.marks import MailSent, Seen
from portal.models.people import Person
from portal.models.projects import Project, ProjectState
from tests.support.cast import act

ZONES = (
    *("Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "America/Los_Angeles", "Asia/Tokyo"),
    *("Asia/Kolkata", "Asia/Kathmandu", "Asia/Riyadh", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Auckland"),
)
REGIONS = {"Europe/Berlin": "DE", "Europe/London": "GB", "America/New_York": "US", "Asia/Tokyo": "JP", "Asia/Riyadh": "SA"}
STEPS = (-2, 0, 4)
STEP = ("friendly", "clear", "last")
SENDS, NAMES_A_DAY, WORKS, GETS_MAIL, NUDGED = 0.004, 0.003, 0.01, 0.006, 0.004  # chances of each client at each look
A_NUDGE_COUNTS = timedelta(days=30)
THING = re.compile(r"Thing (\d+)")


@dataclass
class Household:
    """One client with one contact, and all that the referee knows of them."""

    client_id: UUID
    person_id: UUID
    project_id: UUID
    address: str
    zone: ZoneInfo
    calendar: Calendar
    active: datetime | None = None
    mailed: datetime | None = None
    nudged: list[datetime] = field(default_factory=list)
    moved: list[datetime] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    silent: str = ""


@dataclass
class Asked:
    """One thing as the referee knows it."""

    id: UUID
    home: Household
    day: date
    since: datetime
    open: bool = True


@dataclass
class Year:
    """What happened, and what was wrong with it."""

    app: Flask
    chance: random.Random
    at: datetime
    homes: dict[str, Household] = field(default_factory=dict)
    things: dict[int, Asked] = field(default_factory=dict)
    sent: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    once: set[tuple[int, datetime]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    server_away: bool = False
    lead: str = ""

    def send(self, parcel: Parcel) -> None:
        """Take a mail as a server would, and look at it."""
        if self.server_away:
            raise TryAgain("away", whole_lane=True)
        home = self.homes.get(parcel.to_address)
        if home is None:
            self._judge_morning(parcel)
            return
        if "List-Unsubscribe" in parcel.headers:
            self._judge(home, parcel)
        else:
            home.mailed = self.at

    def close(self) -> None:
        """Nothing is kept open."""

    def _judge(self, home: Household, parcel: Parcel) -> None:
        local, before = self.at.astimezone(home.zone), self.sent[home.address]
        self.counts["reminders"] += 1
        self._must(time(8) <= local.time() < time(20), "at night", home)
        self._must(home.calendar.works_on(local.date()), "on a day off", home)
        self._must(all(one.astimezone(home.zone).date() != local.date() for one in before), "twice a day", home)
        self._must(sum(one > self.at - timedelta(days=7) for one in before) < 3, "four in a week", home)
        self._must(not home.active or home.active <= self.at - timedelta(hours=2), "while they work here", home)
        self._must(not home.mailed or home.mailed <= self.at - timedelta(hours=4), "soon after another mail", home)
        self._must(not home.silent, home.silent, home)
        numbers = {int(one) for one in THING.findall(parcel.text)}
        self._must(bool(numbers), "without a thing", home)
        for n in numbers:
            self._judge_thing(home, n)
        before.append(self.at)

    def _judge_morning(self, parcel: Parcel) -> None:
        """The letter of the one who leads all these projects: from eight o'clock in Berlin, Monday to Friday, once a day."""
        local = self.at.astimezone(ZoneInfo("Europe/Berlin"))
        fine = parcel.to_address == self.lead and time(8) <= local.time() < time(20) and local.weekday() < 5
        self.counts["mornings"] += 1
        if not fine or any(one.astimezone(local.tzinfo).date() == local.date() for one in self.sent[self.lead]):
            self.wrong.append(f"{self.at:%Y-%m-%d %H:%M} {parcel.to_address}: a morning letter at the wrong time, or twice")
        self.sent[self.lead].append(self.at)

    def _judge_thing(self, home: Household, n: int) -> None:
        thing = self.things[n]
        self.counts["things"] += 1
        self._must(thing.open and thing.home is home, "for something that is here", home)
        planned = self._steps(thing)
        steps = [one for one in planned if one > thing.since]
        come = [one for one in steps if self.at - timedelta(hours=36) < one <= self.at]
        self._must(bool(come), "on no day of its schedule, or too late", home)
        if not come:
            return
        step = come[-1]
        self.counts[STEP[planned.index(step)]] += 1
        self.counts["late"] += self.at - step > timedelta(hours=3)
        self._must((n, step) not in self.once, "twice for the same step", home)
        self.once.add((n, step))
        earlier = max([thing.since, step - A_NUDGE_COUNTS, *(one for one in steps if one < step)])
        self._must(not any(one > earlier for one in home.nudged), "although somebody nudged", home)
        if planned.index(step) == 0:
            self._must(not any(one > step - timedelta(hours=24) for one in home.moved), "friendly, although something moved", home)

    def _steps(self, thing: Asked) -> list[datetime]:
        """Nine o'clock of the days of the standard schedule, counted day by day."""
        return [datetime.combine(self._counted(thing.home.calendar, thing.day, n), time(9), thing.home.zone) for n in STEPS]

    @staticmethod
    def _counted(calendar: Calendar, day: date, n: int) -> date:
        left = abs(n)
        while left or not calendar.works_on(day):
            day += timedelta(days=-1 if n < 0 else 1)
            left -= calendar.works_on(day) and left > 0
        return day

    def _must(self, fine: bool, what: str, home: Household) -> None:
        if not fine:
            self.wrong.append(f"{self.at:%Y-%m-%d %H:%M} {home.zone}: {what}")


def live(
    app: Flask, *, clients: int, days: int, start: datetime, lead: Person, looks: int = 4, seed: int = 7, say: Callable[[str], object] = str
) -> Year:
    """Let so many clients live for so many days; what is wrong stands in the result, and is said every thirty days."""
    year = Year(app, random.Random(seed), start, lead=lead.email_typed)
    with stopped(start):
        act(app, lambda: setattr(db.session.get_one(Person, lead.id), "zone", "Europe/Berlin"))
        for n in range(clients):
            act(app, lambda n=n: _settle(year, n, lead))
    away = {year.chance.randrange(5, days) for _ in range(max(days // 20, 1))}
    no_server = {year.chance.randrange(5, days) for _ in range(max(days // 20, 1))}
    for look in range(days * looks):
        day = look // looks
        back = timedelta(hours=3) if look == days * looks // 2 else timedelta(0)
        year.at = start + timedelta(hours=24 / looks * look, minutes=1) - back
        year.server_away = day in no_server
        with stopped(year.at):
            _happen(year)
            if day not in away:
                _work(year)
        if look % (30 * looks) == 0:
            say(f"day {day}: {year.counts['reminders']} reminders, {year.counts['mornings']} morning letters, {len(year.wrong)} wrong")
    return year


def _work(year: Year) -> None:
    """One worker looks, sometimes two, and what is due leaves."""
    for _ in range(2 if year.chance.random() < 0.2 else 1):
        year.counts["put on their way"] += remind(year.app)
    worker.drain(year.app, year)


def _settle(year: Year, n: int, lead: Person) -> None:
    """Add one client with one contact, one project, and nothing to do."""
    zone = ZONES[n % len(ZONES)]
    days = [6, 0, 1, 2, 3] if zone in ("Asia/Riyadh", "Africa/Cairo") else [0, 1, 2, 3, 4]
    ids = uuid4(), uuid4(), uuid4()
    facts = {"name": f"Client {n}", "sort_key": f"client {n}", "zone": zone, "working_days": days, "region": REGIONS.get(zone, "")}
    client = Client(id=ids[0], lead_id=lead.id, created_at=year.at, **facts)
    address = f"contact{n}@client{n}.example"
    db.session.add_all([client, Person(id=ids[1], email_typed=address, email_canon=address, name=f"Contact {n}", zone=zone)])
    db.session.flush()
    db.session.add(Membership(client_id=ids[0], person_id=ids[1], role=Role.DECIDE, invited_at=year.at, joined_at=year.at))
    db.session.add(Project(id=ids[2], client_id=ids[0], name="New website", lead_id=lead.id, state=ProjectState.ACTIVE, created_at=year.at))
    db.session.flush()
    year.homes[address] = Household(*ids, address, ZoneInfo(zone), client.calendar)


def _happen(year: Year) -> None:
    """What clients and staff do before this look: all of it in one action."""
    chance, todo = year.chance, []
    for home in year.homes.values():
        waits = home.waits
        if len(waits) < 3 and chance.random() < 0.03:
            todo.append(partial(_ask, year, home))
        if waits and chance.random() < SENDS * len(waits):
            todo.append(partial(_send, year, chance.choice(waits)))
        if waits and chance.random() < NAMES_A_DAY:
            todo.append(partial(_promise, year, year.things[chance.choice(waits)]))
        if chance.random() < WORKS:
            todo.append(partial(_visit, year, home))
        if chance.random() < GETS_MAIL:
            todo.append(partial(_mail, year, home, "items_sent"))
        if waits and chance.random() < NUDGED:
            todo.append(partial(_mail, year, home, "nudge"))
        if not home.silent and chance.random() < 0.0001:
            todo.append(partial(_silence, year, home))
    if todo:
        act(year.app, lambda: [do() for do in todo])


def _ask(year: Year, home: Household) -> None:
    n = len(year.things) + 1
    day = year.at.astimezone(home.zone).date() + timedelta(days=year.chance.randrange(1, 15))
    item = new_item(client_id=home.client_id, project_id=home.project_id, kind=ItemKind.FILES, position=n)
    item.say("en", title=f"Thing {n}")
    item.due_on, item.needs_review = day, False
    db.session.add(item)
    db.session.flush()
    item.send(at=year.at)
    year.things[n] = Asked(item.id, home, day, year.at)
    home.waits.append(n)


def _send(year: Year, n: int) -> None:
    thing = year.things[n]
    item = db.session.get_one(Item, thing.id)
    item.hand_over(at=year.at)
    record(Kind.ITEM_HANDED_OVER, item, by=_contact(thing.home))
    thing.open = False
    thing.home.waits.remove(n)
    thing.home.moved.append(year.at)


def _promise(year: Year, thing: Asked) -> None:
    if not thing.open:
        return
    item, today = db.session.get_one(Item, thing.id), year.at.astimezone(thing.home.zone).date()
    day = today + timedelta(days=year.chance.randrange(1, 8))
    item.promise(day, today=today)
    record(Kind.ITEM_PROMISED, item, by=_contact(thing.home), day=day)
    thing.day = day
    thing.home.moved.append(year.at)


def _visit(year: Year, home: Household) -> None:
    db.session.add(Seen(person_id=home.person_id, kind="item", object_id=uuid4(), first_at=year.at, last_at=year.at))
    home.active = year.at


def _mail(year: Year, home: Household, kind: str) -> None:
    """Another mail has just left."""
    ids = {"person_id": home.person_id, "project_id": home.project_id}
    db.session.add(MailSent(message_id=f"<{uuid4().hex}@example>", kind=kind, at=year.at, **ids))
    home.mailed = year.at
    home.nudged += [year.at] if kind == "nudge" else []


def _silence(year: Year, home: Household) -> None:
    """Something after which nothing goes out by itself any more."""
    home.silent = year.chance.choice(["after they ended them", "after mail came back", "although they are paused"])
    person, project = db.session.get_one(Person, home.person_id), db.session.get_one(Project, home.project_id)
    if home.silent == "after they ended them":
        person.mail_rules = {"reminders": False}
    elif home.silent == "after mail came back":
        person.mail_bounced_at = year.at
    else:
        project.pause()
    year.counts[home.silent] += 1


def _contact(home: Household) -> Viewer:
    return Viewer(Side.CLIENT, person_id=home.person_id, clients=frozenset({home.client_id}))


def unwanted(app: Flask) -> int:
    """How many rows of the outbox are parked at the end."""
    with app.app_context():
        return int(db.session.scalar(sa.text("SELECT count(*) FROM outbox WHERE state = 'parked'")) or 0)


START = datetime(2026, 10, 5, tzinfo=UTC)  # six weeks from here hold the end of summer time in Europe and in America
