"""Reads for the pages of messages."""

from __future__ import annotations

from sqlalchemy import select

from portal.kernel.db import db
from portal.models.projects import Project


def projects() -> list[Project]:
    """The projects the viewer sees, the newest first."""
    return list(db.session.scalars(select(Project).order_by(Project.created_at.desc(), Project.id)))
