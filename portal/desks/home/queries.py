"""Reads for the client's home."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select

from portal.features.closing.queries import mine_about
from portal.features.news import queries as news
from portal.kernel.db import db
from portal.kernel.refusal import NotFound
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.agreed.standing import Agreed, agreed_of
from portal.kinds.approvals.kind import shown_so_far
from portal.kinds.closing.standing import agreed_goals, closing_of
from portal.kinds.ground.home import ground_of
from portal.kinds.minutes import minutes
from portal.kinds.plans import standing
from portal.kinds.silence.standing import agreement_of, deemed_of
from portal.kinds.talk import reading as talk
from portal.kinds.waiting.booking import booked_of, shared
from portal.models import may
from portal.models.clients import Client
from portal.models.files import Upload
from portal.models.item_states import SENT_OR_DONE, WITH_CLIENT, ItemState, WaitingOn
from portal.models.items import Item
from portal.models.marks import Seen
from portal.models.people import Person
from portal.models.projects import Milestone, Project, ProjectState
from portal.models.sharing import Share, ShareFile

CAME_IN = SENT_OR_DONE | {ItemState.STARTED, ItemState.RETURNED}


@dataclass(frozen=True)
class Work:
    """A project with its client and whoever leads it."""

    project: Project
    client: Client
    lead: Person


def projects() -> list[Work]:
    """The viewer's projects, closed ones too, newest first."""
    return [Work(*row) for row in db.session.execute(_works().order_by(Project.created_at.desc(), Project.id))]


def project(project_id: UUID) -> Work:
    """One project the viewer may see; raises NotFound."""
    found = db.session.execute(_works().where(Project.id == project_id)).first()
    if found is None:
        raise NotFound
    return Work(*found)


def _works() -> Select[Project, Client, Person]:
    return select(Project, Client, Person).join(Client, Client.id == Project.client_id).join(Person, Person.id == Project.lead_id)


def home_of(found: Work, viewer: Viewer) -> dict[str, object]:
    """Everything the home page of a project shows."""
    project = found.project
    items = reading.items_of(project.id)
    waiting = [item for item in items if item.waiting_on is WaitingOn.CLIENT] if project.is_running else []
    mine = reading.for_person(viewer, waiting)
    ours = {item.id for item in mine}
    preparing = [item for item in items if item.state is ItemState.PREPARING]
    steps = standing.steps(project, items)
    update, bad_news = news.for_home(project.id, viewer.person_id)
    return {
        "project": project,
        "client": found.client,
        "lead": found.lead,
        "items": {item.id: item for item in items},
        "mine": mine,
        "takes": minutes(mine),
        "paused": project.state is ProjectState.PAUSED,
        "later": [] if project.is_running else [i for i in items if i.state in WITH_CLIENT],
        "others": [i for i in items if i.id not in ours and i.waiting_on is WaitingOn.CLIENT],
        "checking": [i for i in items if i.state in (ItemState.SENT, ItemState.NOT_AVAILABLE) or (i.stuck and project.is_running)],
        "preparing": preparing,
        "versions": shown_so_far([item.id for item in preparing]),
        "locked": [i for i in items if i.state is ItemState.LOCKED],
        "done": [i for i in items if i.state is ItemState.ACCEPTED],
        "deemed": deemed_of(items),
        "agreement": agreement_of(project.id) if project.silence else None,
        "progress": reading.progress(items),
        "steps": steps,
        "shared": shared(booked_of(items, found.client.calendar).values(), found.client.calendar),
        "given": new_from_us(project.id, viewer),
        "update": update,
        "bad_news": bad_news if project.is_running else [],
        "ground": ground_of(project, found.client.calendar.today()) if may.see_agreement(viewer, project.client_id) else None,
        "message": talk.newest_for(project.id, viewer),
        "promise": standing.promise(project, items) if project.is_running else None,
        "agreed": _agreed(found, items, [step.milestone for step in steps]) if may.see_agreement(viewer, project.client_id) else None,
        "may_ask": project.is_running and may.ask_change(viewer, project.client_id),
    }


def _agreed(found: Work, items: list[Item], milestones: list[Milestone]) -> Agreed:
    return agreed_of(items, milestones, found.client.calendar)


@dataclass(frozen=True)
class Given:
    """Files we gave that this person has not opened yet."""

    share: Share
    by: Person
    files: int
    name: str


def new_from_us(project_id: UUID, viewer: Viewer) -> list[Given]:
    """What we gave in a project and this person has not opened, the newest first."""
    opened = select(Seen.object_id).where(Seen.person_id == viewer.person_id, Seen.kind == "share")
    query = select(Share, Person, func.count(Upload.id), func.min(Upload.name)).join(Person, Person.id == Share.by_id)
    query = query.join(ShareFile, ShareFile.share_id == Share.id).join(Upload, Upload.id == ShareFile.upload_id)
    mine = (Share.project_id == project_id, Share.withdrawn_at.is_(None), Share.id.not_in(opened))
    rows = db.session.execute(query.where(*mine).group_by(Share.id, Person.id).order_by(Share.shared_at.desc()).limit(5))
    return [Given(*row) for row in rows]


def closed_page_of(found: Work, viewer: Viewer) -> dict[str, object]:
    """What a client still reads of a project that is over: what came in, and what was laid before them."""
    items = reading.items_of(found.project.id)
    shown = shown_so_far([item.id for item in items if item.kind.is_decision])
    agreed = _agreed(found, items, reading.milestones_of(found.project.id)) if may.see_agreement(viewer, found.project.client_id) else None
    kept = [item for item in items if item.id in shown or item.state in CAME_IN]
    deemed = deemed_of(items)
    closing = closing_of(found.project.id)
    left = [item for item in items if item.state is ItemState.WAIVED and item.reason] if closing else []
    ended = {"closing": closing, "said": mine_about(closing, viewer.person_id), "left": left, "goals": agreed_goals(found.project.id)}
    people = {"project": found.project, "client": found.client, "lead": found.lead}
    return {**people, **ended, "kept": kept, "agreed": agreed, "deemed": deemed}
