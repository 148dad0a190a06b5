"""What is known of a client from before: their projects and what each was worth, what was learned, how they found it, and open ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, or_, select

from portal.kernel.db import db
from portal.kinds.agreed.papers import Paper, papers_of
from portal.kinds.agreed.standing import costs_of, summed
from portal.models.closings import Closing, Feedback, Lesson
from portal.models.item_states import OPEN, ItemState, Subject
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project, ProjectState
from portal.models.snapshots import Money

OVER = (ProjectState.DONE, ProjectState.ARCHIVED)


@dataclass
class Past:
    """One project: what was agreed for it in money, how it ended, what they said of it, and what stayed open or was let go."""

    project: Project
    worth: list[Money] = field(default_factory=list)
    closing: Closing | None = None
    said: list[tuple[Feedback, Person]] = field(default_factory=list)
    ends: list[Item] = field(default_factory=list)

    @property
    def comes_again(self) -> bool:
        """Whether we still have to get in touch about it."""
        return bool(self.closing and self.closing.again_on and not self.closing.met_at)


@dataclass(frozen=True)
class Known:
    """A client from before: projects with the newest first, all money added up, and what we learned."""

    projects: list[Past]
    worth: list[Money]
    lessons: list[tuple[Lesson, Person]]

    @property
    def is_there(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.worth or self.lessons or len(self.projects) > 1 or any(one.closing for one in self.projects))

    @property
    def open_ends(self) -> list[Past]:
        """The projects that are over and in which something is left."""
        return [one for one in self.projects if one.ends or one.comes_again]

    @property
    def stars(self) -> Decimal | None:
        """How they found it on the whole."""
        given = [said.stars for one in self.projects for said, _who in one.said]
        return (Decimal(sum(given)) / len(given)).quantize(Decimal("0.1")) if given else None


def known_of(client_id: UUID) -> Known:
    """What is known of a client, in a fixed number of queries. For staff: it holds what no client sees."""
    sent = (Project.client_id == client_id, Project.state != ProjectState.DRAFT)
    projects = db.session.scalars(select(Project).where(*sent).order_by(Project.created_at.desc(), Project.id))
    found = {one.id: Past(one) for one in projects}
    papers = _papers(client_id)
    for past in found.values():
        past.worth = costs_of(papers[past.project.id])
    for closing in db.session.scalars(select(Closing).where(Closing.client_id == client_id, Closing.undone_at.is_(None))):
        found[closing.project_id].closing = closing
    told = select(Feedback, Person).join(Person, Person.id == Feedback.person_id).where(Feedback.client_id == client_id)
    for given, person in db.session.execute(told.order_by(Feedback.at)):
        found[given.project_id].said.append((given, person))
    for item in _ends(client_id):
        found[item.project_id].ends.append(item)
    learned = select(Lesson, Person).join(Person, Person.id == Lesson.by_id).where(Lesson.client_id == client_id)
    lessons = [(row[0], row[1]) for row in db.session.execute(learned.order_by(Lesson.at.desc(), Lesson.id))]
    return Known(list(found.values()), summed([sum_ for one in found.values() for sum_ in one.worth]), lessons)


@dataclass(frozen=True)
class Repeat:
    """How much of the firm's work is for clients who came back: projects begun, clients, and how many of each were not the first."""

    projects: int
    again: int
    clients: int
    came_back: int
    feedback: int
    stars: Decimal | None

    @property
    def share(self) -> int:
        """How many of a hundred projects were for somebody we knew."""
        return round(100 * self.again / self.projects) if self.projects else 0


def repeat_work() -> Repeat:
    """The share of repeat work over the firm, and the mean of what clients said; in two reads."""
    per_client = select(func.count(Project.id).label("n")).where(Project.state != ProjectState.DRAFT).group_by(Project.client_id).subquery()
    n = per_client.c.n
    counts = select(func.coalesce(func.sum(n), 0), func.count(), func.count().filter(n > 1)).select_from(per_client)
    projects, clients, came_back = db.session.execute(counts).one()
    given, stars = db.session.execute(select(func.count(Feedback.id), func.sum(Feedback.stars))).one()
    mean = (Decimal(stars) / given).quantize(Decimal("0.1")) if given else None
    return Repeat(int(projects), int(projects) - clients, clients, came_back, given, mean)


def _papers(client_id: UUID) -> dict[UUID, list[Paper]]:
    """Scopes and change requests, by project."""
    about = Item.spec["subject"].as_string().in_((Subject.SCOPE.value, Subject.CHANGE.value))
    found: dict[UUID, list[Paper]] = defaultdict(list)
    for paper in papers_of(db.session.scalars(select(Item).where(Item.client_id == client_id, about))):
        found[paper.item.project_id].append(paper)
    return found


def _ends(client_id: UUID) -> Iterable[Item]:
    """What was still open when a project was put away, or was let go with a reason when it was closed."""
    left = or_(Item.state.in_(OPEN), (Item.state == ItemState.WAIVED) & (Item.reason != ""))
    query = select(Item).join(Project, Project.id == Item.project_id).where(Item.client_id == client_id, Project.state.in_(OVER), left)
    return db.session.scalars(query.order_by(Item.project_id, Item.position, Item.id))
