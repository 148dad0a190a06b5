"""The words a client's story is told in: each of them is something a person does, and goes through the same action a page would call."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import update

from portal.demo import deciding, papers
from portal.demo.coming_in import acting_as, come_in
from portal.demo.days import Days
from portal.features.approvals import deputies, presenting
from portal.features.clients import actions as clients
from portal.features.exports import actions as exports
from portal.features.nudges import actions as nudging
from portal.features.projects import actions as projects
from portal.features.questionnaires import actions as questionnaires
from portal.features.sharing import actions as sharing
from portal.kernel.action import marking
from portal.kernel.clock import now
from portal.kernel.db import db, insert_or_ignore, open_session
from portal.kernel.scope import find
from portal.kernel.viewer import SYSTEM, Role, Viewer
from portal.kernel.words import best
from portal.kinds import life, reading
from portal.kinds.approvals import kind as approvals
from portal.kinds.approvals import pinning, pins
from portal.kinds.files import landing
from portal.kinds.files.incoming import Arrived
from portal.kinds.files.kind import FileSpec, spec_of
from portal.kinds.plans import planning
from portal.kinds.plans.starting import Start, start
from portal.kinds.plans.templates import published_templates, read_template
from portal.models.approvals import Choice
from portal.models.clients import Client
from portal.models.files import Incoming
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.marks import Seen
from portal.models.people import Person
from portal.models.pins import Fate
from portal.models.projects import Project
from portal.models.reminders import Tone
from portal.models.snapshots import Statement
from portal.storage.arrival import look_into
from portal.storage.current import store

Verb = Callable[..., Any]


class Tale:
    """One client with one project, and everybody in it by first name."""

    def __init__(self, days: Days, staff: Mapping[str, UUID], questionnaires: Mapping[str, UUID]) -> None:
        self.days = days
        self._people = dict(staff)
        self._questionnaires = questionnaires
        self._stages: dict[str, UUID] = {}
        self._items: dict[str, UUID] = {}

    # --- time ---------------------------------------------------------------------------------------------------------

    def at(self, day: int, clock: str) -> datetime:
        """A moment of the firm's working day, counted from today."""
        return self.days.at(day, clock)

    # --- what staff prepare -------------------------------------------------------------------------------------------

    def client(self, name: str, *, language: str, zone: str, lead: str = "mara") -> None:
        """Take a client on."""
        self.lead, self.language, self.zone = lead, language, zone
        with self.acting(lead) as viewer:
            company = clients.Company(name, language, zone, db.session.get_one(Person, self._people[lead]))
            self.client_id = clients.create_client(company, by=viewer).id

    def contact(self, key: str, name: str, email: str, *, role: Role = Role.DECIDE, phone: str = "") -> None:
        """Add somebody who speaks for the client."""
        with self.acting(self.lead) as viewer:
            wanted = clients.Contact(name, email, self.language, self.zone, role, phone)
            self._people[key] = clients.add_contact(find(Client, self.client_id), wanted, by=viewer).person_id

    def project(self, name: str, *stages: tuple[str, int, int | None]) -> None:
        """Open a project with stages: (name, first day, last day), counted from today."""
        on = self.days.on
        with self.acting(self.lead) as viewer:
            client = find(Client, self.client_id)
            made = planning.open_project(client, name=name, lead_id=self._people[self.lead], starts_on=on(stages[0][1]), by=viewer)
            self.project_id = made.id
            for stage, first, last in stages:
                milestone = planning.add_milestone(made, planning.Stage(stage, on(first), None if last is None else on(last)), by=viewer)
                self._stages[stage] = milestone.id

    def begins_from(self, template: str, *, on: int, called: str = "", **roles: tuple[str, ...]) -> None:
        """Begin the project from a template and send it; each person by first name stands behind some of its roles."""
        people: dict[str, tuple[UUID, ...]] = {}
        for who, keys in roles.items():
            people |= {key: (*people.get(key, ()), self._people[who]) for key in keys}
        with self.acting(self.lead) as viewer:
            version = next(version for row, version in published_templates() if row.name == template)
            client, drawn = find(Client, self.client_id), read_template(version.document)
            wish = Start(version, called or best(drawn.name, self.language), self._people[self.lead], self.days.on(on), people)
            self.project_id = start(client, wish, send=True, by=viewer).id
            self._items |= {str(item.template_key): item.id for item in reading.items_of(self.project_id)}

    def ask(
        self,
        key: str,
        kind: str,
        title: str,
        why: str = "",
        *,
        stage: str,
        due: int,
        holds: str = "",
        quiz: str = "",
        whose: tuple[str, ...] = (),
        **more: Any,
    ) -> None:
        """Write down a thing to ask for, of everybody or of those named, in their order; `due` counts from today."""
        wish = planning.Ask(
            ItemKind(kind),
            title,
            why,
            due_on=self.days.on(due),
            milestone_id=self._stages[stage],
            holds_up_id=self._stages[holds] if holds else None,
            questionnaire_version_id=self._questionnaires[quiz] if quiz else None,
            people=tuple(self._people[who] for who in whose),
            **more,
        )
        with self.acting(self.lead) as viewer:
            self._items[key] = planning.ask(find(Project, self.project_id), wish, by=viewer).id

    def send(self) -> None:
        """Send the whole list."""
        with self.acting(self.lead) as viewer:
            planning.send_drafts(self.project_id, by=viewer)

    def ids(self, who: str, key: str) -> tuple[UUID, UUID]:
        """The ids of somebody and of a thing in it."""
        return self._people[who], self._items[key]

    # --- what happens -------------------------------------------------------------------------------------------------

    def does(self, who: str, verb: Verb, key: str, *words: Any, **more: Any) -> Any:
        """Let somebody do something with an item."""
        with self.acting(who) as viewer:
            return verb(find(Item, self._items[key]), *words, by=viewer, **more)

    def begins(self, who: str, verb: Verb, key: str, *words: Any) -> None:
        """Let somebody begin a thing of the project that is not on its list."""
        with self.acting(who) as viewer:
            self._items[key] = verb(find(Project, self.project_id), *words, by=viewer).id

    def gives(self, who: str, key: str, *names: str) -> None:
        """Let a contact add files; they are kept as any others are."""
        self.opens(who, key)
        with self.acting(who) as viewer:
            coming = landing.announce(landing.OnItem(find(Item, self._items[key])), names, by=viewer)
        arrived = [_arrive(row) for row in coming]
        with self.acting(who) as viewer:
            landing.OnItem(find(Item, self._items[key])).keep(arrived, by=viewer)

    def opens(self, who: str, key: str) -> None:
        """Let a contact look at an item: the mark that its page leaves."""
        open_session(SYSTEM, writes=False)
        ids = {"person_id": self._people[who], "kind": "item", "object_id": self._items[key]}
        with marking() as marks:
            if not insert_or_ignore(Seen, ids | {"first_at": now(), "last_at": now()}, session=marks):
                marks.execute(update(Seen).filter_by(**ids).values(last_at=now()))

    def hands_in(self, who: str, key: str, *names: str, note: str = "") -> None:
        """Let a contact add files and send them."""
        if names:
            self.gives(who, key, *names)
        self.does(who, life.hand_over, key, note=note)

    def settles(self, key: str, who: str = "", by: str = "", *names: str) -> None:
        """Let a contact send something and the lead accept it at once."""
        self.hands_in(who, key, *names)
        self.does(by or self.lead, life.accept, key)

    def acting(self, who: str) -> AbstractContextManager[Viewer]:
        """A session in which somebody acts."""
        return acting_as(self._people[who])

    def signs_in(self, who: str) -> None:
        """Let somebody come in for the first time, from their telephone."""
        come_in(self._people[who])

    def answers(self, who: str, key: str, /, *, again: bool = False, **given: str | list[str]) -> None:
        """Let a contact answer questions, or one again."""
        self.opens(who, key)
        for question, said in given.items():
            told = [said] if isinstance(said, str) else said
            self.does(who, questionnaires.save_answer, key, question, told, rev=int(again), language="en")

    def writes_rows(self, who: str, key: str, question: str, *rows: Mapping[str, str]) -> None:
        """Let a contact write rows into a table; they are called row1, row2 and so on."""
        for n, row in enumerate(rows, start=1):
            cells = [f"{column}={text}" for column, text in row.items()]
            self.does(who, questionnaires.save_answer, key, question, cells, row=f"row{n}", rev=0, language="en")

    def presents(self, key: str, words: str, *names: str, became: Mapping[int, str] | None = None, until: int | None = None) -> None:
        """Let the lead lay a version before the client, for some days if wanted; from the second one on, the words say what changed, and
        `became` what was done about the client's comments, by their number; with "but" in front, the comment was left as it is."""
        with self.acting(self.lead) as viewer:
            coming = landing.announce(landing.InVersion(find(Item, self._items[key])), names, by=viewer)
        arrived = [_arrive(row) for row in coming]
        with self.acting(self.lead) as viewer:
            landing.InVersion(find(Item, self._items[key])).keep(arrived, by=viewer)
        with self.acting(self.lead) as viewer:
            item = find(Item, self._items[key])
            first = approvals.standing_version(item.id) is None
            last = datetime.combine(self.days.on(until), time(17), ZoneInfo(self.zone)).astimezone(UTC) if until else None
            statement = Statement(words) if item.kind is ItemKind.CONFIRMATION else None
            alts = {file.id: item.text("title", self.language) for file in approvals.ready_files(item.id)}
            text = words if (first or not names) and not statement else ""
            answers = {
                told.pin.id: _answer((became or {})[told.pin.n]) for told in pins.open_of_client(item.id) if told.pin.n in (became or {})
            }
            draft = presenting.Draft(text, "" if first else words, statement, alts, answers=answers, until=last)
            presenting.present(item, draft, by=viewer)

    def comments(self, who: str, key: str, words: str, *, at: tuple[int, int], inside: bool = False) -> UUID:
        """Let somebody pin a comment to the first file of the version that stands, so many per cent from the left and from the top."""
        with self.acting(who) as viewer:
            item = find(Item, self._items[key])
            shown = approvals.history(item.id)[0].shown
            spot = pinning.Spot(1, at[0] * 10, at[1] * 10)
            return pinning.pin(item, shown.files[0].id, spot, words, by=viewer, inside=inside).id

    def replies(self, who: str, key: str, pin_id: UUID, words: str) -> None:
        """Let somebody answer a comment."""
        self.does(who, pinning.reply, key, pin_id, words)

    def sends_files(self, note: str, *names: str) -> None:
        """Let the lead send files without being asked, for everybody there."""
        with self.acting(self.lead) as viewer:
            coming = landing.announce(landing.ToGive(find(Project, self.project_id)), names, by=viewer)
        arrived = [_arrive(row) for row in coming]
        with self.acting(self.lead) as viewer:
            landing.ToGive(find(Project, self.project_id)).keep(arrived, by=viewer)
        with self.acting(self.lead) as viewer:
            sharing.give(find(Project, self.project_id), note, to=(), by=viewer)

    def decides(self, who: str, key: str, choice: str, words: str = "") -> None:
        """Let a contact decide on what was presented."""
        self.opens(who, key)
        self.does(who, deciding.answer, key, Choice(choice), words)

    def is_away(self, who: str, deputy: str, key: str, first: int, last: int) -> None:
        """Let a contact name who decides in their place for some days; `key` is where they do it."""
        days = self.days.on(first), self.days.on(last)
        self.does(who, deputies.name_deputy, key, self._people[deputy], *days)

    def nudges(self, who: str, tone: str = "friendly") -> None:
        """Let staff remind the client."""
        with self.acting(who) as viewer:
            nudging.nudge(find(Project, self.project_id), Tone(tone), by=viewer)

    def takes_answers_out(self, who: str, way: str) -> None:
        """Let staff take the project's answers out as a file."""
        with self.acting(who) as viewer:
            exports.note_export(find(Project, self.project_id), way=way, by=viewer)

    def pauses(self) -> None:
        """Let the project rest."""
        with self.acting(self.lead) as viewer:
            projects.move_project(self.project_id, "pause", by=viewer)

    def archives(self) -> None:
        """Put the client away."""
        with self.acting(self.lead) as viewer:
            projects.move_project(self.project_id, "archive", by=viewer)
        with self.acting(self.lead) as viewer:
            clients.archive_client(find(Client, self.client_id), by=viewer)


def _arrive(row: Incoming) -> Arrived:
    """Bring the bytes of an announced file to their place."""
    spec = spec_of(db.session.get_one(Item, row.item_id)) if row.item_id else FileSpec()
    received = store().receive(io.BytesIO(papers.content_of(row.name)), limit=10_000_000)
    with store().open(received.key_in_incoming) as stream:
        looked = look_into(stream, row.name, size=received.bytes, rules=spec.rules)
    store().promote(received, row.key)
    return Arrived(row.id, received, row.name, looked.kind.mime, looked)


def _answer(told: str) -> pinning.Answer:
    """What was done about a comment, or with "but" in front why it stays."""
    fate = Fate.LEFT if told.startswith("but ") else Fate.DONE
    return pinning.Answer(fate, told.removeprefix("but "))
