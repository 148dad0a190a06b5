"""What is still open in a project that is to be closed. Nothing ends unsaid: each thing is let go with a reason, or keeps it open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from portal.kernel.db import db
from portal.kernel.record import Audience
from portal.kernel.viewer import Viewer
from portal.kinds import life
from portal.kinds.agreed import asking
from portal.kinds.approvals import pinning, pins
from portal.models.files import FromSide
from portal.models.ground.goals import Goal, GoalReview
from portal.models.item_states import ItemKind, Subject
from portal.models.items import Item
from portal.models.news import UpdateReply
from portal.models.pins import Fate, Pin
from portal.models.talk import Thread


@dataclass(frozen=True)
class StillOpen:
    """Open things by what they are, how many comments nobody answered hang on each, and what the client asked: under updates
    (`asked`) and in messages (`talk`). `goals` says how many both agreed to that we have not looked back on."""

    things: list[Item]
    questions: list[Item]
    decisions: list[Item]
    comments: Mapping[UUID, int]
    asked: list[UpdateReply]
    talk: list[Thread]
    goals: int
    drafts: int

    @property
    def items(self) -> list[Item]:
        """All open things, in the order of the page."""
        return [*self.things, *self.questions, *self.decisions]

    @property
    def count(self) -> int:
        """How much is open."""
        return len(self.items) + len(self.asked) + len(self.talk)


def open_of(project_id: UUID, items: Iterable[Item]) -> StillOpen:
    """What is open in a project, from its items; in a fixed number of queries."""
    items = list(items)
    found = [item for item in items if item.is_open]
    waits = (UpdateReply.project_id == project_id, UpdateReply.done_at.is_(None))
    return StillOpen(
        things=[item for item in found if item.kind is ItemKind.FILES],
        questions=[item for item in found if item.kind is ItemKind.QUESTIONNAIRE],
        decisions=[item for item in found if item.kind.is_decision],
        comments=_comments([item.id for item in found if item.kind.is_decision]),
        asked=list(db.session.scalars(select(UpdateReply).where(*waits).order_by(UpdateReply.at))),
        talk=list(db.session.scalars(select(Thread).where(Thread.project_id == project_id, Thread.asked_at.is_not(None)))),
        goals=_goals(project_id),
        drafts=sum(item.is_draft for item in items),
    )


def let_go(item: Item, reason: str, *, by: Viewer) -> None:
    """Go on without a thing, and say why; comments on it that nobody answered stay as they are for the same reason."""
    for told in pins.open_of_client(item.id) if item.kind.is_decision else ():
        pinning.settle(item, told.pin.id, pinning.Answer(Fate.LEFT, reason), by=by)
    if item.subject is Subject.CHANGE:
        asking.close(item, reason, by=by)
    else:
        life.waive(item, reason=reason, by=by)


def _goals(project_id: UUID) -> int:
    looked = select(GoalReview.goal_id).where(GoalReview.project_id == project_id, GoalReview.side == FromSide.FIRM)
    agreed = (Goal.project_id == project_id, Goal.shown_at.is_not(None), Goal.ended_at.is_(None), Goal.id.not_in(looked))
    both = (Goal.client_n == Goal.n, Goal.firm_n == Goal.n)
    return db.session.scalar(select(func.count()).select_from(Goal).where(*agreed, *both)) or 0


def _comments(item_ids: list[UUID]) -> Mapping[UUID, int]:
    mine = (Pin.item_id.in_(item_ids), Pin.audience == Audience.SHARED, Pin.fate.is_(None))
    return Counter(db.session.scalars(select(Pin.item_id).where(*mine))) if item_ids else {}
