"""The letter about new messages, with their words: what both sides read and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds.talk import hearing, reading
from portal.kinds.talk.reading import Said
from portal.kinds.talk.subject import Subject, of_item, of_project
from portal.models.people import Person, SignedIn
from portal.models.projects import Project
from portal.models.talk import CHANGES, Thread
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import NotNow, letter
from portal.web.links import for_person

LONGEST_WAIT = timedelta(minutes=30)


@letter("message_said")
def message_said(person: Person, facts: dict[str, object]) -> Letter | None:
    """What the other side said since; nothing where it was read or taken back. It waits while the person is in the portal."""
    thread = db.session.scalar(select(Thread).where(Thread.id == UUID(str(facts["thread"]))))
    if thread is None:
        return None
    about = of_item(thread.item_id) if thread.item_id else of_project(thread.project_id)
    said = _unread(thread, person, datetime.fromisoformat(str(facts["since"])), datetime.fromisoformat(str(facts["until"])))
    if not said or not _reads(person, about):
        return None
    _wait_while_here(person, said)
    door = "staff" if person.is_staff else "client"
    page, ids = ("item", {"item_id": thread.item_id}) if thread.item_id else ("project", {"project_id": thread.project_id})
    link = for_person(person, f"{door}.talk.{page}", **ids)
    who = list(dict.fromkeys(one.by.name for one in said))
    return print_letter("talk/message", person, about=about, client=hearing.client_of(about), said=said, who=who, link=link)


def _unread(thread: Thread, person: Person, since: datetime, until: datetime) -> list[Said]:
    """What people of the other side said to both sides then, after the person last read the thread."""
    read = reading.read_at(thread.id, person.id)
    rows = reading.said_since(thread.id, since, until)
    fresh = [row for row in rows if row[1].is_staff is not person.is_staff and not (read and row[0].at and read >= row[0].at)]
    files = reading.files_of([message.id for message, _, _ in fresh])
    return [Said(message, by, update, files.get(message.id, [])) for message, by, update in fresh]


def _reads(person: Person, about: Subject) -> bool:
    """Whether the person may still read it."""
    return person.is_staff or person.id in {reader.person.id for reader in hearing.readers(about)}


def _wait_while_here(person: Person, said: list[Said]) -> None:
    """Hold the letter back while its reader works in the portal, where they see it anyway; but not for long."""
    here_at = db.session.scalar(select(func.max(SignedIn.last_seen_at)).where(SignedIn.person_id == person.id))
    oldest = min(one.message.at for one in said if one.message.at)
    if here_at and now() - here_at < CHANGES and now() - oldest < LONGEST_WAIT:
        raise NotNow(CHANGES.total_seconds())


@letter("mail_filed")
def mail_filed(person: Person, facts: dict[str, object]) -> Letter | None:
    """The receipt for an email that was filed."""
    project = db.session.scalar(select(Project).where(Project.id == UUID(str(facts["project"]))))
    if project is None:
        return None
    door = "staff" if person.is_staff else "client"
    page, ids = ("item", {"item_id": facts["item"]}) if facts.get("item") else ("project", {"project_id": project.id})
    link = for_person(person, f"{door}.talk.{page}", **ids)
    return print_letter("talk/filed", person, project=project, turned=facts.get("turned") or [], link=link)
