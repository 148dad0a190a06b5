"""Reads about the end of a project."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.models.closings import Closing, Feedback, Lesson
from portal.models.people import Person


def mine_about(closing: Closing | None, person_id: UUID | None) -> Feedback | None:
    """What this person said about how the project went."""
    if closing is None:
        return None
    return db.session.scalar(select(Feedback).where(Feedback.closing_id == closing.id, Feedback.person_id == person_id))


def lessons_of(project_id: UUID) -> list[tuple[Lesson, Person]]:
    """What we learned in a project, the newest first."""
    query = select(Lesson, Person).join(Person, Person.id == Lesson.by_id).where(Lesson.project_id == project_id)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Lesson.at.desc(), Lesson.id))]
