"""The cast of every test, and how to make more of them: through the real models, verbs and actions.

    Halden (the firm): ada (admin), abe (member)      Birch: bea (decides), ben (contributes)      Cedar: cal (decides)

Each client has one running project with three milestones. Builders open their own session, commit, and return rows that are no longer
attached to it: read their columns freely, and use `fresh(app, row)` to see what became of them.
"""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.features.approvals import actions as approvals
from portal.features.approvals import presenting
from portal.features.questionnaires import actions as questionnaires
from portal.features.sharing import actions as sharing
from portal.kernel.action import action
from portal.kernel.addresses import canonical_address
from portal.kernel.clock import now
from portal.kernel.db import Base, db, open_session
from portal.kernel.record import Kind, record
from portal.kernel.viewer import SYSTEM, Role, Viewer
from portal.kinds import life
from portal.kinds.approvals.kind import ready_files, standing_version
from portal.kinds.files import landing
from portal.kinds.files.incoming import Arrived
from portal.kinds.files.kind import FileSpec, spec_of
from portal.kinds.files.landing import InVersion, Landing, OnItem, ToGive
from portal.kinds.questionnaires import note_pictures
from portal.models import sessions
from portal.models.approvals import CHOICES, ApprovalVersion, Choice, Decision
from portal.models.clients import Client, Membership, sort_key
from portal.models.definition.canonical import dump, sha256
from portal.models.definition.shape import Definition, Question, Section, Type
from portal.models.files import Incoming, Upload
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item, ItemPerson, Part, new_item
from portal.models.people import Firm, Person, StaffRole
from portal.models.projects import Milestone, Project, ProjectState
from portal.models.questionnaires import Answer, Questionnaire, QuestionnaireVersion
from portal.models.sharing import Share
from portal.models.snapshots import Statement
from portal.storage.arrival import look_into
from portal.storage.current import store

Row = TypeVar("Row", bound=Base)
Result = TypeVar("Result")
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
PNG = bytes.fromhex(  # one grey dot
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Cast:
    """Who and what is there before a test begins."""

    ada: Person
    abe: Person
    bea: Person
    ben: Person
    cal: Person
    birch: Client
    cedar: Client
    project: Project
    cedar_project: Project
    milestones: tuple[Milestone, ...]
    cedar_milestones: tuple[Milestone, ...]


# --- sessions -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def reading(app: Flask, by: Viewer = SYSTEM) -> Iterator[Session]:
    """A session that reads as somebody (the system sees all); closed at the end."""
    with app.app_context():
        yield open_session(by, writes=False)


def act(app: Flask, work: Callable[[], Result], *, by: Viewer = SYSTEM) -> Result:
    """Do something as one action of somebody: committed, recorded, or rolled back."""
    with app.app_context():
        open_session(by, writes=True)
        return action(work)()


def as_viewer(app: Flask, person: Person) -> Viewer:
    """The rights a person holds now."""
    with reading(app):
        return sessions.viewer_of(person)


def fresh(app: Flask, row: Row) -> Row:
    """The row as the database has it now."""
    with reading(app) as session:
        return session.get_one(type(row), sa.inspect(row).identity)


# --- people and places --------------------------------------------------------------------------------------------------


def make_firm(app: Flask, name: str = "Halden", **columns: object) -> Firm:
    """The firm of this installation."""
    facts = {"zone": "Europe/Berlin", "mail_address": "projects@halden.example", "phone": "+49 30 1234567", **columns}
    return _add(app, Firm(name=name, **facts))


def make_staff(app: Flask, name: str = "Ann Other", *, admin: bool = False, **columns: object) -> Person:
    """Somebody who works for the firm."""
    return _add(app, _person(name, "halden.example", staff_role=StaffRole.ADMIN if admin else StaffRole.MEMBER, **columns))


def make_client(app: Flask, name: str = "", *, lead: Person | None = None, **columns: object) -> Client:
    """A client without contacts."""
    name = name or f"Client {next(_numbers)}"
    facts = {"zone": "Europe/Berlin", **columns}

    def work() -> Client:
        head = lead.id if lead else db.session.scalars(sa.select(Person.id).where(Person.staff_role.is_not(None)).limit(1)).one()
        client = Client(id=uuid4(), name=name, sort_key=sort_key(name), lead_id=head, created_at=now(), **facts)
        db.session.add(client)
        db.session.flush()
        record(Kind.CLIENT_CREATED, client, by=SYSTEM, detail={"name": name})
        return client

    return act(app, work)


def make_contact(app: Flask, client: Client, name: str = "", *, role: Role = Role.DECIDE, joined: bool = True, **columns: object) -> Person:
    """Somebody who speaks for a client."""
    person = _person(name or f"Contact {next(_numbers)}", f"{sort_key(client.name).replace(' ', '-')}.example", **columns)
    _add(app, person)
    add_membership(app, client, person, role=role, joined=joined)
    return person


def add_membership(app: Flask, client: Client, person: Person, *, role: Role = Role.DECIDE, joined: bool = True) -> Membership:
    """Let somebody speak for one more client."""
    row = Membership(client_id=client.id, person_id=person.id, role=role, invited_at=now(), joined_at=now() if joined else None)
    return _add(app, row)


def make_project(
    app: Flask, client: Client, name: str = "New website", *, lead: Person | None = None, state: ProjectState = ProjectState.ACTIVE
) -> Project:
    """A project with three milestones: begun, next week, next month."""

    def work() -> Project:
        project = Project(
            id=uuid4(), client_id=client.id, name=name, lead_id=lead.id if lead else client.lead_id, state=state, created_at=now()
        )
        project.starts_on = _day(-7)
        db.session.add(project)
        db.session.flush()
        stages = (("Kick-off", -7, 3), ("Design", 10, 24), ("Launch", 40, 45))
        db.session.add_all(
            Milestone(
                id=uuid4(), client_id=client.id, project_id=project.id, position=n, name={"en": said}, starts_on=_day(a), ends_on=_day(z)
            )
            for n, (said, a, z) in enumerate(stages)
        )
        record(Kind.PROJECT_CREATED, project, by=SYSTEM, detail={"name": name})
        return project

    return act(app, work)


def milestones_of(app: Flask, project: Project) -> tuple[Milestone, ...]:
    """A project's milestones in order."""
    with reading(app) as session:
        return tuple(session.scalars(sa.select(Milestone).where(Milestone.project_id == project.id).order_by(Milestone.position)))


# --- items --------------------------------------------------------------------------------------------------------------


def make_item(
    app: Flask,
    project: Project,
    title: str = "",
    *,
    kind: ItemKind | str = ItemKind.FILES,
    state: ItemState | str = ItemState.TO_DO,
    doer: Person | None = None,
    **columns: object,
) -> Item:
    """An item in a state, brought there by its own verbs: files are uploaded, questions answered and versions presented on the way.

    `doer` is the contact who sends or decides (default: the first who may decide). Other keywords are columns, `why=` is its text.
    """
    kind, state, number = ItemKind(kind), ItemState(state), next(_numbers)
    why = str(columns.pop("why", "We need it to begin."))

    if kind is ItemKind.QUESTIONNAIRE:
        columns.setdefault("questionnaire_version_id", make_questionnaire(app).id)

    def create() -> Item:
        item = new_item(client_id=project.client_id, project_id=project.id, kind=kind, position=number)
        item.say("en", title=title or f"{kind.value.capitalize()} {number}", why=why, help="")
        for column, value in columns.items():
            setattr(item, column, value)
        db.session.add(item)
        db.session.flush()
        record(Kind.ITEM_CREATED, item, by=SYSTEM, detail={"title": item.text("title", "en")})
        return item

    item = act(app, create)
    for verb in _way(kind, state):
        _walk(app, item, verb, doer)
        item = fresh(app, item)
    assert item.state is state, f"{item.state} is not {state}"
    return item


def _way(kind: ItemKind, state: ItemState) -> tuple[str, ...]:
    """The verbs that lead from a draft to a state."""
    first = ("send", "present") if kind.is_decision else ("send",)
    sent = first if kind.is_decision else (*first, "hand_over")
    ways: dict[ItemState, tuple[str, ...]] = {
        ItemState.DRAFT: (),
        ItemState.PREPARING: ("send",),
        ItemState.TO_DO: first,
        ItemState.STARTED: (*first, "start"),
        ItemState.SENT: sent,
        ItemState.ACCEPTED: (*sent, "decide") if kind.is_decision else (*sent, "accept"),
        ItemState.RETURNED: (*sent, "send_back"),
        ItemState.NOT_AVAILABLE: (*first, "not_available"),
        ItemState.WAIVED: (*first, "waive"),
    }
    return ways[state]


def _walk(app: Flask, item: Item, verb: str, doer: Person | None) -> None:
    staff = as_viewer(app, first_staff(app))
    contact = as_viewer(app, doer or _first_contact(app, item))
    if verb == "hand_over" and item.kind is ItemKind.FILES:
        make_upload(app, item, by=doer)
    if verb == "hand_over" and item.kind is ItemKind.QUESTIONNAIRE:
        answer(app, item, "q1", "Birch & Sons", by=doer)
    works: dict[str, tuple[Viewer, Callable[[Item], object]]] = {
        "send": (staff, lambda i: life.send(i, by=staff)),
        "present": (staff, lambda i: present(i, by=staff)),
        "start": (contact, lambda i: i.start(at=now())),
        "hand_over": (contact, lambda i: life.hand_over(i, by=contact)),
        "accept": (staff, lambda i: life.accept(i, by=staff)),
        "decide": (contact, lambda i: decide(i, by=contact)),
        "send_back": (staff, lambda i: life.send_back(i, "The second page is missing.", by=staff)),
        "not_available": (contact, lambda i: life.not_available(i, "We never had this.", by=contact)),
        "waive": (staff, lambda i: life.waive(i, by=staff)),
    }
    who, work = works[verb]
    act(app, lambda: work(db.session.get_one(Item, item.id)), by=who)


def present(item: Item, *, by: Viewer, text: str = "Look at the plan.", changed: str = "One more line") -> ApprovalVersion:
    """Lay a version before the client."""
    statement = Statement("The shop opens in May", "you said so in March", "two weeks") if item.kind is ItemKind.CONFIRMATION else None
    alts = {file.id: f"What {file.name} shows" for file in ready_files(item.id)}
    return presenting.present(item, presenting.Draft(text, changed, statement, alts), by=by)


def decide(item: Item, choice: Choice | str = "", *, by: Viewer, words: str = "", key: str = "") -> Decision:
    """Answer the version that stands, with yes unless told otherwise."""
    version = standing_version(item.id)
    chosen = Choice(choice) if choice else CHOICES[item.kind][0]
    given = approvals.Given(chosen, words, version.id if version else None, key or uuid4().hex)
    return approvals.decide(item, given, by=by)


def lay_ready(app: Flask, item: Item, *, name: str = "Design.png", content: bytes = PNG, by: Person | None = None) -> Upload:
    """A file staff laid ready for the next version of a decision."""
    staff = as_viewer(app, by or first_staff(app))
    return land(app, lambda: InVersion(db.session.get_one(Item, item.id)), name, content, by=staff)


def lay_for(app: Flask, project: Project, name: str, *, content: bytes = PDF, replaces: Upload | None = None) -> Upload:
    """A file of ours that lies ready to be given in a project."""
    older = replaces.id if replaces else None
    return land(app, lambda: ToGive(db.session.get_one(Project, project.id), older), name, content, by=as_viewer(app, first_staff(app)))


def give_files(app: Flask, project: Project, *names: str, note: str = "", to: Collection[Person] = ()) -> Share:
    """Files of ours given to a client in one act: really received, laid ready and sent."""
    for name in names:
        lay_for(app, project, name)
    staff, ids = as_viewer(app, first_staff(app)), [person.id for person in to]
    return act(app, lambda: sharing.give(db.session.get_one(Project, project.id), note, to=ids, by=staff), by=staff)


def _arrive(row: Incoming, content: bytes) -> Arrived:
    received = store().receive(io.BytesIO(content), limit=len(content))
    spec = spec_of(db.session.get_one(Item, row.item_id)) if row.item_id else FileSpec()
    rules = replace(spec.rules, types=())
    with store().open(received.key_in_incoming) as stream:
        looked = look_into(stream, row.name, size=received.bytes, rules=rules)
    store().promote(received, row.key)
    return Arrived(row.id, received, row.name, looked.kind.mime, looked)


def make_questionnaire(app: Flask, definition: Definition | None = None, name: str = "Your company") -> QuestionnaireVersion:
    """A published questionnaire; without a definition one with a required short text and an optional yes or no, in two sections."""
    definition = definition or Definition(
        sections=(
            Section(
                key="s1",
                title={"en": "The company"},
                questions=(Question(key="q1", type=Type.SHORT_TEXT, label={"en": "What is its name?"}, required=True),),
            ),
            Section(
                key="s2", title={"en": "The shop"}, questions=(Question(key="q2", type=Type.YES_NO, label={"en": "Do you sell online?"}),)
            ),
        )
    )

    def work() -> QuestionnaireVersion:
        one = Questionnaire(id=uuid4(), key=f"k{next(_numbers)}", name=name, draft=dump(definition))
        db.session.add(one)
        db.session.flush()
        version = QuestionnaireVersion(
            id=uuid4(), questionnaire_id=one.id, n=1, definition=dump(definition), sha256=sha256(definition), published_at=now()
        )
        db.session.add(version)
        return version

    return act(app, work)


def make_note_picture(app: Flask, content: bytes = PNG) -> str:
    """A picture for a note, drawn anew; the id under which notes name it."""
    return str(act(app, lambda: note_pictures.keep(*note_pictures.drawn(io.BytesIO(content)), by=SYSTEM)))


def answer(app: Flask, item: Item, key: str, *typed: str, by: Person | None = None, rev: int = 0) -> Answer | None:
    """An answer as a contact gives it."""
    viewer = as_viewer(app, by or _first_contact(app, item))
    return act(
        app, lambda: questionnaires.save_answer(db.session.get_one(Item, item.id), key, typed, rev=rev, language="en", by=viewer), by=viewer
    )


def name_person(app: Flask, item: Item, person: Person, part: Part = Part.DO) -> ItemPerson:
    """Name who does or decides an item."""
    return _add(app, ItemPerson(id=uuid4(), client_id=item.client_id, item_id=item.id, person_id=person.id, part=part))


def make_upload(app: Flask, item: Item, *, name: str = "Plan.pdf", content: bytes = PDF, by: Person | None = None) -> Upload:
    """A file a contact sent for an item that waits for them: really received, checked and promoted."""
    viewer = as_viewer(app, by or _first_contact(app, item))

    return land(app, lambda: OnItem(db.session.get_one(Item, item.id)), name, content, by=viewer)


def land(app: Flask, to: Callable[[], Landing], name: str, content: bytes = PDF, *, by: Viewer) -> Upload:
    """Bring a file to where it lands."""
    incoming_id = act(app, lambda: landing.announce(to(), [name], by=by)[0].id, by=by)

    def kept() -> Upload:
        (upload,) = to().keep([_arrive(db.session.get_one(Incoming, incoming_id), content)], by=by)
        return upload

    return act(app, kept, by=by)


# --- the cast itself ----------------------------------------------------------------------------------------------------


def hire(app: Flask) -> None:
    """Write the cast into a new database."""
    make_firm(app)
    ada = make_staff(app, "Ada Voss", admin=True)
    make_staff(app, "Abe Lund")
    birch = make_client(app, "Birch", lead=ada)
    cedar = make_client(app, "Cedar", lead=ada)
    make_contact(app, birch, "Bea Birch", role=Role.DECIDE)
    make_contact(app, birch, "Ben Moss", role=Role.CONTRIBUTE)
    make_contact(app, cedar, "Cal Cedar", role=Role.DECIDE)
    make_project(app, birch, "New website", lead=ada)
    make_project(app, cedar, "New office", lead=ada)


def meet(app: Flask) -> Cast:
    """Find the cast in the database."""
    with reading(app) as session:
        people = {p.name.split()[0].lower(): p for p in session.scalars(sa.select(Person))}
        clients = {c.name: c for c in session.scalars(sa.select(Client))}
        projects = {p.client_id: p for p in session.scalars(sa.select(Project))}
        stages = list(session.scalars(sa.select(Milestone).order_by(Milestone.position)))
        birch, cedar = clients["Birch"], clients["Cedar"]
        project, cedar_project = projects[birch.id], projects[cedar.id]
        session.expunge_all()
    return Cast(
        **{name: people[name] for name in ("ada", "abe", "bea", "ben", "cal")},
        birch=birch,
        cedar=cedar,
        project=project,
        cedar_project=cedar_project,
        milestones=tuple(m for m in stages if m.project_id == project.id),
        cedar_milestones=tuple(m for m in stages if m.project_id == cedar_project.id),
    )


def _person(name: str, domain: str, *, email: str = "", **columns: object) -> Person:
    address = email or f"{name.split()[0].lower()}-{next(_numbers)}@{domain}"
    first = name.split()[0].lower()
    address = email or (f"{first}@{domain}" if first in ("ada", "abe", "bea", "ben", "cal") else address)
    facts = {"zone": "Europe/Berlin", **columns}
    return Person(id=uuid4(), name=name, email_typed=address, email_canon=canonical_address(address), **facts)


def _add(app: Flask, row: Row) -> Row:
    act(app, lambda: db.session.add(row))
    return row


def _day(days: int) -> date:
    return (now() + timedelta(days=days)).date()


def first_staff(app: Flask) -> Person:
    with reading(app) as session:
        return session.scalars(sa.select(Person).where(Person.staff_role == StaffRole.ADMIN).limit(1)).one()


def _first_contact(app: Flask, item: Item) -> Person:
    mine = sa.select(Person).join(Membership, Membership.person_id == Person.id)
    mine = mine.where(Membership.client_id == item.client_id, Membership.role == Role.DECIDE, Membership.ended_at.is_(None))
    with reading(app) as session:
        return session.scalars(mine.order_by(Person.name).limit(1)).one()
