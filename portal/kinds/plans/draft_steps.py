"""The changes of a template's draft, one behind the other: each can be undone, and done again until something else is changed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import delete, select

from portal.kernel.db import db
from portal.models.templates import DraftStep, ProjectTemplate

MOST = 50


def change(row: ProjectTemplate, text: str, *, goes_on: bool) -> None:
    """Make this the draft; what was undone before cannot be done again. What `goes_on` is undone together with the change before."""
    _forget(row, DraftStep.n >= row.step)
    if not goes_on:
        db.session.add(DraftStep(template_id=row.id, n=row.step, draft=row.draft))
        row.step += 1
        _forget(row, DraftStep.n < row.step - MOST)
    row.draft = text


def walk(row: ProjectTemplate, by: int) -> bool:
    """Make the draft one change back (-1) or on (1) the one that stands; False where there is none."""
    there = db.session.get(DraftStep, (row.id, row.step + by))
    if there is None:
        return False
    db.session.merge(DraftStep(template_id=row.id, n=row.step, draft=row.draft))
    row.draft, row.step = there.draft, row.step + by
    return True


def ways(row: ProjectTemplate) -> dict[str, bool]:
    """Whether there is something to undo, and something to redo."""
    near = (DraftStep.template_id == row.id, DraftStep.n.in_((row.step - 1, row.step + 1)))
    there = set(db.session.scalars(select(DraftStep.n).where(*near)))
    return {"undo": row.step - 1 in there, "redo": row.step + 1 in there}


def _forget(row: ProjectTemplate, which: sa.ColumnElement[bool]) -> None:
    db.session.execute(delete(DraftStep).where(DraftStep.template_id == row.id, which))
