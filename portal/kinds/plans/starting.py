"""A project from a published template: its milestones, items, questionnaires and days, and who does what, in one act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kernel.words import best
from portal.kinds import inviting
from portal.kinds.plans import embedding, planning
from portal.kinds.plans.templates import read_template
from portal.kinds.questionnaires.kind import ask_with
from portal.models import may
from portal.models.clients import Client
from portal.models.items import Item, ItemPerson, Part, new_item
from portal.models.projects import Milestone, Project
from portal.models.template.dating import Dates, dates, whens
from portal.models.template.publishing import speaks
from portal.models.template.shape import Piece, Template
from portal.models.templates import DayOf, ItemNeed, LaterDay, TemplateVersion


@dataclass(frozen=True)
class Start:
    """A project as it should begin; `people` are the contacts behind each role, nobody meaning everybody whose role allows."""

    version: TemplateVersion
    name: str
    lead_id: UUID
    starts_on: date
    people: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """What came of a template, by its keys."""

    milestones: Mapping[str, Milestone]
    items: Mapping[str, Item]


@action
def start(client: Client, wish: Start, *, send: bool, by: Viewer) -> Project:
    """Begin a project from a template, and send its list if wanted."""
    require(may.run_clients(by))
    template = read_template(wish.version.document)
    project = planning.open_project(client, name=wish.name, lead_id=wish.lead_id, starts_on=wish.starts_on, by=by)
    project.template_version_id, project.reminders = wish.version.id, template.reminders
    known = dates(template, starts_on=wish.starts_on, calendar=client.calendar)
    milestones = _milestones(project, template, known)
    made = Made(milestones, add_items(project, template, template.items, known, milestones, client=client))
    _name_people(template, made.items, wish.people, by=by)
    add_needs(template.items, made.items)
    add_later_days(project, template, known, made)
    db.session.flush()
    facts = {"version": wish.version.id, "sha256": wish.version.sha256, "items": len(made.items)}
    detail = {"name": best(template.name, client.language)}
    record(Kind.TEMPLATE_STARTED, project, by=by, audience=Audience.INTERNAL, detail=detail, **facts)
    if send:
        planning.send_drafts(project.id, by=by)
    return project


def add_items(
    project: Project,
    template: Template,
    pieces: tuple[Piece, ...],
    known: Dates,
    milestones: Mapping[str, Milestone],
    *,
    client: Client,
    position: int = 0,
) -> dict[str, Item]:
    """Write the template's items down as drafts, behind `position`."""
    versions = embedding.questionnaire_versions(template)
    made: dict[str, Item] = {}
    for n, piece in enumerate(pieces, start=position + 1):
        item = new_item(client_id=client.id, project_id=project.id, kind=piece.kind, position=n)
        item.template_key = piece.key
        fill(item, piece, template, due_on=known.due.get(piece.key), milestones=milestones, version_id=versions.get(piece.questionnaire))
        made[piece.key] = item
    db.session.add_all(made.values())
    db.session.flush()
    return made


def fill(
    item: Item, piece: Piece, template: Template, *, due_on: date | None, milestones: Mapping[str, Milestone], version_id: UUID | None
) -> None:
    """Write what a template says of an item onto it: texts only in languages in which all of it is said."""
    said = [language for language in template.languages if speaks(template, piece, language)]
    for language in said or [next(iter(piece.title), "en")]:
        texts = {name: getattr(piece, name).get(language, "") for name in ("title", "why", "help")}
        item.say(language, **texts)
    for name in ("minutes", "lead_days", "required", "needs_review", "reminders"):
        setattr(item, name, getattr(piece, name))
    item.spec, item.due_on = dict(piece.spec), due_on
    ask_with(item, version_id)
    item.milestone_id = milestones[piece.stage].id if piece.stage in milestones else None
    item.holds_up_id = milestones[piece.holds_up].id if piece.holds_up in milestones else None


def add_needs(pieces: tuple[Piece, ...], items: Mapping[str, Item]) -> None:
    """Write down what each of these items waits for."""
    for piece in pieces:
        for n, need in enumerate((need for need in piece.needs if need.item in items), start=1):
            item = items[piece.key]
            row = ItemNeed(client_id=item.client_id, item_id=item.id, position=n, needs_item_id=items[need.item].id, is_=need.is_)
            row.question_key, row.value, row.why = need.question, need.value, dict(need.why)
            db.session.add(row)


def add_later_days(project: Project, template: Template, known: Dates, made: Made, *, only: frozenset[str] | None = None) -> None:
    """Write down the days that hang on something yet to happen; `only` for some parts ("items.logo", "milestones.design.ends_on")."""
    days = {"due_on": known.due, "starts_on": known.starts, "ends_on": known.ends}
    for part, which, when in whens(template):
        kind, _, key = part.partition(".")
        if days[which].get(key) or (only is not None and not only & {part, f"{part}.{which}"}):
            continue
        thing = made.items.get(key) if kind == "items" else made.milestones.get(key)
        after_item, after_stage = made.items.get(when.item), made.milestones.get(when.stage)
        if thing is None or not (after_item or after_stage):
            continue
        row = LaterDay(id=uuid4(), client_id=project.client_id, project_id=project.id, which=DayOf(which), days=when.days)
        row.item_id, row.milestone_id = (thing.id, None) if kind == "items" else (None, thing.id)
        row.after_item_id, row.after_milestone_id = after_item.id if after_item else None, after_stage.id if after_stage else None
        db.session.add(row)


def _milestones(project: Project, template: Template, known: Dates) -> dict[str, Milestone]:
    made = {}
    for n, stage in enumerate(template.milestones, start=1):
        made[stage.key] = Milestone(
            id=uuid4(),
            client_id=project.client_id,
            project_id=project.id,
            position=n,
            name=dict(stage.name),
            starts_on=known.starts[stage.key],
            ends_on=known.ends[stage.key],
            template_key=stage.key,
        )
    db.session.add_all(made.values())
    db.session.flush()
    return made


def _name_people(template: Template, items: Mapping[str, Item], people: Mapping[str, tuple[UUID, ...]], *, by: Viewer) -> None:
    """Name the contacts behind each item's roles; an item of roles nobody stands behind is for everybody whose role allows."""
    speakers = {contact.person_id for contact in inviting.contacts_of(next(iter(items.values())).client_id)} if items and people else set()
    for piece in template.items:
        named = dict.fromkeys(person for key in piece.roles for person in people.get(key, ()))
        for n, person_id in enumerate(named):
            if person_id not in speakers:
                raise Refused(N_("This person does not speak for the client any more. Please look again."), field="people", status=422)
            item = items[piece.key]
            part = Part.DECIDE if piece.kind.is_decision else Part.DO
            row = ItemPerson(id=uuid4(), client_id=item.client_id, item_id=item.id, person_id=person_id, part=part, position=n)
            row.asked_by = by.person_id
            db.session.add(row)
