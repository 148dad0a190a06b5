"""What a thread is about: a project, or one item of it; and the thread itself, opened by the first message."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select

from portal.kernel.db import acting_as, db
from portal.kernel.scope import find
from portal.kernel.viewer import SYSTEM
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.projects import Project, ProjectState
from portal.models.talk import Message, Thread


@dataclass(frozen=True)
class Subject:
    """A project, or one of its items, as what people talk about."""

    project: Project
    item: Item | None = None

    @property
    def client_id(self) -> UUID:
        """Whose it is."""
        return self.project.client_id

    @property
    def item_id(self) -> UUID | None:
        """The item, if it is about one."""
        return self.item.id if self.item else None

    @property
    def is_shown(self) -> bool:
        """Whether clients see it at all."""
        return self.project.state is not ProjectState.DRAFT and (self.item is None or self.item.state is not ItemState.DRAFT)

    @property
    def here(self) -> tuple[ColumnElement[bool], ...]:
        """Which messages are about it."""
        return Message.project_id == self.project.id, Message.item_id == self.item_id


def of_project(project_id: UUID) -> Subject:
    """The talk about a project the viewer may see; raises NotFound."""
    return Subject(find(Project, project_id))


def of_item(item_id: UUID) -> Subject:
    """The talk about an item the viewer may see; raises NotFound."""
    item = find(Item, item_id)
    return Subject(find(Project, item.project_id), item)


def of_message(message: Message) -> Subject:
    """What a message is about."""
    return of_item(message.item_id) if message.item_id else of_project(message.project_id)


def thread_of(subject: Subject) -> Thread | None:
    """The thread about it, whatever stands in it: of one that holds only notes a client would see nothing."""
    mine = (Thread.project_id == subject.project.id, Thread.item_id == subject.item_id)
    with acting_as(SYSTEM):
        return db.session.scalar(select(Thread).where(*mine))


def opened(subject: Subject) -> Thread:
    """The same, opened if this is the first message. The caller holds the lock of the project or the item."""
    thread = thread_of(subject)
    if thread is None:
        thread = Thread(id=uuid4(), client_id=subject.client_id, project_id=subject.project.id, item_id=subject.item_id)
        db.session.add(thread)
        db.session.flush()
    return thread
