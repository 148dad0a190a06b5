"""Taking single changes of a newer version over into a running project. What nobody chose stays to be chosen another day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import delete, func, select

from portal.features.templates import comparing
from portal.features.templates.comparing import Difference, Running
from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kernel.words import best
from portal.kinds import life, reading
from portal.kinds.plans import embedding, planning, starting
from portal.kinds.plans.templates import newer_version, read_template
from portal.models import may
from portal.models.clients import Client
from portal.models.items import Item, stale
from portal.models.projects import Milestone, Project
from portal.models.template.shape import Piece
from portal.models.templates import ItemNeed, LaterDay, TemplateVersion, refuse_circles

PLAIN = ("minutes", "lead_days", "required", "needs_review", "reminders")
NO_NEWER = N_("There is nothing newer to take over: this project is as its template is now.")


def running(project: Project, version: TemplateVersion) -> Running:
    """A project beside a newer version of its template."""
    client = db.session.get_one(Client, project.client_id)
    new = read_template(version.document)
    return Running(
        old=read_template(db.session.get_one(TemplateVersion, project.template_version_id).document),
        new=new,
        items={item.template_key: item for item in reading.items_of(project.id) if item.template_key},
        milestones={row.template_key: row for row in reading.milestones_of(project.id) if row.template_key},
        versions=embedding.questionnaire_versions(new),
        starts_on=project.starts_on or client.calendar.today(),
        calendar=client.calendar,
        language=client.language,
        reminders=project.reminders,
    )


@action
def pull(project: Project, chosen: Collection[str], *, sha256: str, by: Viewer) -> int:
    """Take these changes over, all in one act; how many. `sha256` names the version that was looked at."""
    require(may.run_clients(by))
    planning.with_items(project.id)
    version = newer_version(project)
    if version is None:
        raise Refused(NO_NEWER)
    if version.sha256 != sha256:
        raise Refused(N_("A newer version was published in the meantime. Please look again."))
    now_running = running(project, version)
    all_of_them = comparing.differences(now_running)
    wanted = [one for one in all_of_them if one.key in chosen and not one.settled]
    if not wanted:
        raise Refused(N_("Choose at least one change."), field="changes", status=422)
    for one in wanted:
        _VERBS[one.verb](project, now_running, one, by)
    _add(project, now_running, [one for one in wanted if one.verb == "add"], by=by)
    refuse_circles(db.session.scalars(select(ItemNeed).join(Item, Item.id == ItemNeed.item_id).where(Item.project_id == project.id)))
    if len(wanted) == len(all_of_them):
        project.template_version_id = version.id
    facts = {"version": version.id, "sha256": version.sha256, "changes": len(wanted)}
    detail = {"name": best(now_running.new.name, now_running.language)}
    record(Kind.TEMPLATE_PULLED, project, by=by, audience=Audience.INTERNAL, detail=detail, **facts)
    return len(wanted)


def _change(project: Project, now: Running, one: Difference, by: Viewer) -> None:
    """Write the changed parts of one item, and leave what was written by hand."""
    key = one.key.partition(".")[2]
    item, piece = now.items[key], now.new.item(key)
    if piece is None:
        return
    fields = {line.field for line in one.lines}
    target = _as_it_is(item, piece, now, fields)
    version_id = now.versions.get(piece.questionnaire) if "questionnaire" in fields else item.questionnaire_version_id
    due_on = now.known.due.get(key) if "due" in fields else item.due_on
    milestone_id, holds_up_id = item.milestone_id, item.holds_up_id
    words = dict(item.words)
    starting.fill(item, target, now.new, due_on=due_on, milestones=_with_stages(project, now, piece), version_id=version_id)
    item.milestone_id = item.milestone_id if "stage" in fields else milestone_id
    item.holds_up_id = item.holds_up_id if "holds_up" in fields else holds_up_id
    if not fields & {"title", "why", "help"}:
        item.words = words
    if "due" in fields:
        db.session.execute(delete(LaterDay).where(LaterDay.item_id == item.id, LaterDay.set_on.is_(None)))
        made = starting.Made(now.milestones, now.items)
        starting.add_later_days(project, now.new, now.known, made, only=frozenset({one.key}))
    if "needs" in fields:
        db.session.execute(delete(ItemNeed).where(ItemNeed.item_id == item.id))
        starting.add_needs((piece,), now.items)
    item.rev += 1
    stale(item)
    db.session.flush()
    record(Kind.ITEM_CHANGED, item, by=by, detail={"title": item.text("title", now.language)})


def _as_it_is(item: Item, piece: Piece, now: Running, fields: Collection[str]) -> Piece:
    """The newer piece with every part that is not to change as the item has it now."""
    kept = {name: getattr(item, name) for name in (*PLAIN, "spec") if name not in fields}
    texts = {language: said for language, said in item.words.items() if isinstance(said, dict)}
    for name in ("title", "why", "help"):
        if name not in fields:
            kept[name] = {language: str(said.get(name, "")) for language, said in texts.items() if said.get(name)}
    return replace(piece, **kept)


def _rename(project: Project, now: Running, one: Difference, by: Viewer) -> None:
    stage = now.new.stage(one.key.partition(".")[2])
    if stage:
        now.milestones[stage.key].name = dict(stage.name)
        record(Kind.MILESTONES_CHANGED, project, by=by, milestone=now.milestones[stage.key].id)


def _move(project: Project, now: Running, one: Difference, by: Viewer) -> None:
    """Give a milestone the days of the template; what is counted from something yet to happen is set when it does."""
    stage = now.new.stage(one.key.partition(".")[2])
    if stage is None:
        return
    row, fields = now.milestones[stage.key], [f"{line.field}_on" for line in one.lines]
    for line, field in zip(one.lines, fields, strict=True):
        setattr(row, field, getattr(now.known, line.field).get(stage.key))
    planning.check_days(planning.Stage(row.title(now.language), row.starts_on, row.ends_on))
    gone = (LaterDay.milestone_id == row.id, LaterDay.which.in_(fields), LaterDay.set_on.is_(None))
    db.session.execute(delete(LaterDay).where(*gone))
    made = starting.Made(now.milestones, now.items)
    only = frozenset(f"milestones.{stage.key}.{field}" for field in fields)
    starting.add_later_days(project, now.new, now.known, made, only=only)
    for item in now.items.values():
        stale(item)
    detail = {"changed": row.title(now.language)}
    record(Kind.MILESTONES_CHANGED, project, by=by, milestone=row.id, starts_on=row.starts_on, ends_on=row.ends_on, detail=detail)


def _remove(_project: Project, now: Running, one: Difference, by: Viewer) -> None:
    item = now.items[one.key.partition(".")[2]]
    if item.is_draft:
        planning.remove_draft(item, by=by)
    else:
        life.waive(item, by=by)


def _add(project: Project, now: Running, wanted: list[Difference], *, by: Viewer) -> None:
    """Write down what is new behind the rest, and send it where the project runs."""
    keys = {one.key.partition(".")[2] for one in wanted}
    pieces = tuple(piece for piece in now.new.items if piece.key in keys)
    if not pieces:
        return
    client = db.session.get_one(Client, project.client_id)
    for piece in pieces:
        _with_stages(project, now, piece)
    last = db.session.scalar(select(func.max(Item.position)).where(Item.project_id == project.id)) or 0
    added = starting.add_items(project, now.new, pieces, now.known, now.milestones, client=client, position=last)
    everything = {**now.items, **added}
    starting.add_needs(pieces, everything)
    only = frozenset(f"items.{key}" for key in added)
    starting.add_later_days(project, now.new, now.known, starting.Made(now.milestones, everything), only=only)
    db.session.flush()
    for item in added.values():
        record(Kind.ITEM_CREATED, item, by=by, kind=item.kind, due_on=item.due_on, detail={"title": item.text("title", now.language)})
        if project.is_running:
            planning.send_drafts(project.id, by=by, only=item.id)


def _with_stages(project: Project, now: Running, piece: Piece) -> dict[str, Milestone]:
    """The project's milestones, with those a piece belongs to or holds up added where they are new."""
    for key in (piece.stage, piece.holds_up):
        stage = now.new.stage(key) if key and key not in now.milestones else None
        if stage:
            last = db.session.scalar(select(func.max(Milestone.position)).where(Milestone.project_id == project.id)) or 0
            row = Milestone(id=uuid4(), client_id=project.client_id, project_id=project.id, position=last + 1, name=dict(stage.name))
            row.starts_on, row.ends_on, row.template_key = now.known.starts[key], now.known.ends[key], key
            db.session.add(row)
            db.session.flush()
            now.milestones[key] = row
            made = starting.Made(now.milestones, now.items)
            starting.add_later_days(project, now.new, now.known, made, only=frozenset({f"milestones.{key}"}))
    return now.milestones


def _remind(project: Project, now: Running, _one: Difference, by: Viewer) -> None:
    """Let the project follow the schedule its template names now."""
    project.reminders = now.new.reminders
    record(Kind.REMINDERS_STEERED, project, by=by, audience=Audience.INTERNAL, verb="choose", detail={"schedule": project.reminders})


def _later(_project: Project, _now: Running, _one: Difference, _by: Viewer) -> None:
    """What is added comes together, after what changes."""


_VERBS = {"change": _change, "rename": _rename, "move": _move, "remind": _remind, "remove": _remove, "add": _later}
