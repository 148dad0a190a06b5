"""The client's home: what we need from you, and where your project stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds import reading
from portal.models.clients import Client
from portal.models.item_states import OPEN, ItemState
from portal.models.items import Item
from portal.models.people import Person, the_firm
from portal.models.projects import Milestone, Project, ProjectState
from portal.web.doors import find, viewer

pages = Blueprint("home", __name__)


@dataclass(frozen=True)
class Step:
    """One milestone on the client's timeline."""

    milestone: Milestone
    state: str
    here: int
    total: int


@dataclass(frozen=True)
class Promise:
    """What a date makes possible: if everything is here by `by`, `milestone` begins as planned."""

    by: date
    milestone: Milestone


@pages.get("/")
def show() -> ResponseReturnValue:
    """Show the one project, or all of them where there are several."""
    projects = list(db.session.scalars(select(Project).where(Project.state != ProjectState.ARCHIVED).order_by(Project.created_at.desc())))
    if len(projects) == 1:
        return _project(projects[0])
    clients = {c.id: c for c in db.session.scalars(select(Client))}
    waiting = reading.waiting_for(viewer())
    return render_template("client/home/projects.html", projects=projects, clients=clients, waiting=waiting)


@pages.get("/projects/<uuid:project_id>")
def project(project_id: UUID) -> ResponseReturnValue:
    """Show one project."""
    found = find(Project, project_id)
    if found.state is ProjectState.ARCHIVED:
        return redirect(url_for("client.home.show"), 303)
    return _project(found)


def _project(found: Project) -> str:
    items = reading.items_of(found.id)
    mine = reading.waiting_for(viewer(), found.id)
    ours = {item.id for item in mine}
    return render_template(
        "client/home/project.html",
        project=found,
        client=db.session.get(Client, found.client_id),
        mine=mine,
        checking=[i for i in items if i.state in (ItemState.SENT, ItemState.PREPARING, ItemState.NOT_AVAILABLE)],
        others=[i for i in items if i.id not in ours and i.state in OPEN and i.waiting_on.value == "client"],
        locked=[i for i in items if i.state is ItemState.LOCKED],
        done=[i for i in items if i.state is ItemState.ACCEPTED],
        progress=reading.progress(found.id),
        steps=steps(found, items),
        promise=promise(found, items),
        lead=db.session.get(Person, found.lead_id),
    )


def steps(found: Project, items: list[Item]) -> list[Step]:
    """The milestones in order: done when closed or when all that lies before the first open one is past."""
    milestones = list(db.session.scalars(select(Milestone).where(Milestone.project_id == found.id).order_by(Milestone.position)))
    open_ids = {i.milestone_id for i in items if i.state in OPEN}
    current = next((m.id for m in milestones if not m.closed_at and (m.id in open_ids or not _is_over(m))), None)
    result, seen_current = [], False
    for milestone in milestones:
        seen_current = seen_current or milestone.id == current
        state = "now" if milestone.id == current else "next" if seen_current else "done"
        own = [i for i in items if i.milestone_id == milestone.id and i.state is not ItemState.WAIVED]
        here = sum(i.state not in OPEN or i.state is ItemState.SENT for i in own)
        result.append(Step(milestone, state, here, len(own)))
    return result


def _is_over(milestone: Milestone) -> bool:
    firm = the_firm()
    ends = milestone.ends_on or milestone.starts_on
    return bool(firm and ends and ends < firm.calendar.today())


def promise(found: Project, items: list[Item]) -> Promise | None:
    """The next milestone that open items hold up, and the day by which they keep it where it is; None when that day is past."""
    holding = [i for i in items if i.holds_up_id and i.slips_on and i.waiting_on.value == "client"]
    first = min(holding, key=lambda i: i.slips_on or date.max, default=None)
    firm = the_firm()
    if first is None or first.slips_on is None or firm is None or first.slips_on < firm.calendar.today():
        return None
    return Promise(first.slips_on, db.session.get_one(Milestone, first.holds_up_id))
