"""Projects and their milestones."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import hide_from_clients
from portal.kernel.words import best


class ProjectState(StrEnum):
    """Where a project is in its life."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"
    ARCHIVED = "archived"


class Lane(StrEnum):
    """Whose move it is, seen over a whole project."""

    CLIENTS = "clients"
    US = "us"
    NOTHING = "nothing"


class Project(Identified, Owned, Base):
    """Work for one client. Lane, slips_on, waiting_since and the two counts are a kept projection: only `board` writes them."""

    __tablename__ = "project"

    client_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("client.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(sa.String(120))
    number: Mapped[int] = mapped_column(default=1)
    lead_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    starts_on: Mapped[date | None]
    state: Mapped[ProjectState] = mapped_column(default=ProjectState.DRAFT)
    lane: Mapped[Lane] = mapped_column(default=Lane.NOTHING)
    slips_on: Mapped[date | None]
    waiting_since: Mapped[datetime | None]
    waits_client: Mapped[int] = mapped_column(default=0)
    waits_us: Mapped[int] = mapped_column(default=0)
    naming: Mapped[str] = mapped_column(sa.String(120), default="")
    template_version_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("template_version.id", ondelete="RESTRICT"))
    reminders: Mapped[str] = mapped_column(sa.String(40), default="")
    reminders_off: Mapped[bool] = mapped_column(default=False)
    reminders_after: Mapped[datetime | None]
    silence: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    rev: Mapped[int] = mapped_column(default=0)

    __table_args__ = (sa.UniqueConstraint("client_id", "id"), sa.Index("ix_project_board", "state", "lane", "slips_on"))

    @property
    def is_running(self) -> bool:
        """Whether anything can wait for anybody here."""
        return self.state is ProjectState.ACTIVE

    @property
    def is_closed(self) -> bool:
        """Whether it is over: there to be read, and nothing more happens here."""
        return self.state in (ProjectState.DONE, ProjectState.ARCHIVED)

    def activate(self) -> None:
        """Let the project run: its list is out."""
        if self.state is ProjectState.DRAFT:
            self.state = ProjectState.ACTIVE

    def pause(self) -> None:
        """Hold everything; nothing waits for anybody until it is resumed."""
        self._leave(ProjectState.ACTIVE, N_("Only a running project can be paused."))
        self.state = ProjectState.PAUSED

    def resume(self) -> None:
        """Go on after a pause."""
        self._leave(ProjectState.PAUSED, N_("This project is not paused."))
        self.state = ProjectState.ACTIVE

    def finish(self) -> None:
        """Close the project: it is done."""
        if self.state not in (ProjectState.ACTIVE, ProjectState.PAUSED):
            raise Refused(N_("Only a project that runs or is paused can be closed."))
        self.state = ProjectState.DONE

    def reopen(self) -> None:
        """Go on with a project that was closed."""
        self._leave(ProjectState.DONE, N_("This project is not closed."))
        self.state = ProjectState.ACTIVE

    def archive(self) -> None:
        """Put the project away."""
        if self.state is ProjectState.ARCHIVED:
            raise Refused(N_("This project is archived already."))
        self.state = ProjectState.ARCHIVED

    def restore(self, *, was_sent: bool = True, was_done: bool = False) -> None:
        """Bring an archived project back: closed as it was, running, or as the draft it was when nothing of it was ever sent."""
        self._leave(ProjectState.ARCHIVED, N_("This project is not archived."))
        self.state = ProjectState.DONE if was_done else ProjectState.ACTIVE if was_sent else ProjectState.DRAFT

    def _leave(self, state: ProjectState, sentence: str) -> None:
        if self.state is not state:
            raise Refused(sentence)


class Milestone(Identified, Owned, Base):
    """One ordered stage of a project, with planned dates and, later, agreed ones."""

    __tablename__ = "milestone"

    project_id: Mapped[uuid.UUID]
    position: Mapped[int]
    name: Mapped[dict[str, str]]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    agreed_starts_on: Mapped[date | None]
    agreed_ends_on: Mapped[date | None]
    template_key: Mapped[str | None] = mapped_column(sa.String(64))

    __table_args__ = (
        owned_by("project"),
        sa.UniqueConstraint("client_id", "id"),
        sa.UniqueConstraint("client_id", "project_id", "id"),
        sa.Index("ix_milestone_project_position", "project_id", "position"),
    )

    @property
    def planned_on(self) -> date | None:
        """The day it is planned for: its first, else its last."""
        return self.starts_on or self.ends_on

    def title(self, *languages: str) -> str:
        """Its name in the first of these languages that has one, else in any."""
        return best(self.name, *languages)


hide_from_clients(Project, lambda viewer: lambda project: project.state != ProjectState.DRAFT)
