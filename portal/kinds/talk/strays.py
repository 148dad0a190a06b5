"""Mails that could not be filed by themselves: kept for the firm, which files them as a note or throws them away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, insert_or_ignore
from portal.kernel.policy import require
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.talk import saying
from portal.kinds.talk.saying import Writing
from portal.kinds.talk.subject import of_item, of_project
from portal.models import may
from portal.models.clients import Client, Membership
from portal.models.people import Person
from portal.models.projects import Project, ProjectState
from portal.models.talk import StrayMail

MOST_A_DAY = 200
MOST_SHOWN = 100
BY_ANYBODY = ("stranger", "forged", "unreadable", "too_large")
WHYS = {
    "stranger": N_("We do not know this address."),
    "not_theirs": N_("We know this address, but not in this project."),
    "nowhere": N_("It does not say which project it is about."),
    "forged": N_("The mail server says that it was not sent from this address."),
    "too_large": N_("It was too large to be taken in."),
    "too_many": N_("Too many mails came from this address within an hour."),
    "unreadable": N_("It could not be read."),
}
"""Why a mail was not filed, in a word and in a sentence."""


@dataclass(frozen=True)
class Found:
    """What is known of a mail that was not filed: out of which message, from whom, what it says, and where it may belong."""

    source: str
    sender: str
    title: str
    words: str
    files: tuple[str, ...]
    why: str
    project_id: UUID | None = None
    item_id: UUID | None = None


@dataclass(frozen=True)
class Stray:
    """A mail that waits, and the projects it may belong to."""

    mail: StrayMail
    projects: list[tuple[Project, Client]]


@action
def hold(found: Found, *, by: Viewer) -> bool:
    """Keep a mail for somebody to look at; not more than so many a day, so that nobody can fill our house.

    What anybody may send has a measure of its own, so that strangers take no room from those we know.
    """
    alike = StrayMail.why.in_(BY_ANYBODY) if found.why in BY_ANYBODY else StrayMail.why.not_in(BY_ANYBODY)
    today = select(func.count(StrayMail.id)).where(alike, StrayMail.at > now() - timedelta(days=1))
    if (db.session.scalar(today) or 0) >= MOST_A_DAY:
        return False
    row = {"id": uuid4(), "at": now(), "source": found.source, "sender": found.sender[:254], "title": found.title[:300]}
    row |= {"words": found.words, "files": list(found.files), "why": found.why, "project_id": found.project_id, "item_id": found.item_id}
    return insert_or_ignore(StrayMail, row)


@action
def file_as_note(stray: StrayMail, project: Project, *, by: Viewer) -> None:
    """Put it where it belongs, as a note of the firm: who wrote it was not proven."""
    _need_open(stray, by=by)
    subject = of_item(stray.item_id) if stray.item_id and stray.project_id == project.id else of_project(project.id)
    lines = [f"{stray.sender}: {stray.title}", "", stray.words, *(f"– {name}" for name in stray.files)]
    saying.say(subject, Writing("\n".join(lines).strip(), inside=True), by=by)
    _settle(stray, by=by)


@action
def throw_away(stray: StrayMail, *, by: Viewer) -> None:
    """Let it go."""
    _need_open(stray, by=by)
    _settle(stray, by=by)


def how_many() -> int:
    """How many mails wait for somebody to look."""
    return db.session.scalar(select(func.count(StrayMail.id)).where(StrayMail.settled_at.is_(None))) or 0


def strays() -> list[Stray]:
    """The mails that wait, the oldest first, with the projects they may belong to: the one they name, or those of their sender."""
    mails = list(db.session.scalars(select(StrayMail).where(StrayMail.settled_at.is_(None)).order_by(StrayMail.at).limit(MOST_SHOWN)))
    named = _projects(Project.id.in_([mail.project_id for mail in mails if mail.project_id])) if mails else []
    by_id = {project.id: (project, client) for project, client in named}
    theirs = _of_senders([mail.sender for mail in mails]) if mails else {}
    return [Stray(mail, [by_id[mail.project_id]] if mail.project_id in by_id else theirs.get(mail.sender, [])) for mail in mails]


def _of_senders(addresses: Sequence[str]) -> dict[str, list[tuple[Project, Client]]]:
    query = select(Person.email_canon, Project, Client).join(Membership, Membership.person_id == Person.id)
    query = query.join(Client, Client.id == Membership.client_id).join(Project, Project.client_id == Client.id)
    here = (Person.email_canon.in_(addresses), Membership.ended_at.is_(None), Project.state != ProjectState.ARCHIVED)
    found: dict[str, list[tuple[Project, Client]]] = {}
    for address, project, client in db.session.execute(query.where(*here).order_by(Client.sort_key, Project.name)):
        found.setdefault(address, []).append((project, client))
    return found


def _projects(which: ColumnElement[bool]) -> list[tuple[Project, Client]]:
    query = select(Project, Client).join(Client, Client.id == Project.client_id)
    return [(row[0], row[1]) for row in db.session.execute(query.where(which))]


def _need_open(stray: StrayMail, *, by: Viewer) -> None:
    require(may.write_note(by))
    if stray.settled_at:
        raise Refused(N_("Somebody has dealt with this mail already."))


def _settle(stray: StrayMail, *, by: Viewer) -> None:
    """Keep that it came, so that it is not taken in twice, and forget what it said."""
    stray.settled_at, stray.settled_by, stray.words, stray.title, stray.files = now(), by.person_id, "", "", []
