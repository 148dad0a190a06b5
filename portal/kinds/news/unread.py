"""How much news somebody has not looked at, as parts of another question."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ScalarSelect, exists, func, select
from sqlalchemy.orm import aliased

from portal.kernel.clock import now
from portal.kernel.viewer import Viewer
from portal.models.marks import Seen
from portal.models.news import BadNews, NewsRead, UpdateReply, WeeklyUpdate

FRESH = timedelta(days=28)
"""An older update is history, also for somebody who never opened one."""
UPDATE = "update"


def updates(viewer: Viewer) -> ScalarSelect[int]:
    """How many updates came since somebody last opened one."""
    looked = select(func.max(Seen.last_at)).where(Seen.person_id == viewer.person_id, Seen.kind == UPDATE).scalar_subquery()
    since = now() - FRESH
    fresh = (WeeklyUpdate.sent_at > since, WeeklyUpdate.sent_at > func.coalesce(looked, since))
    return select(func.count(WeeklyUpdate.id)).where(*fresh).scalar_subquery()


def bad_news(viewer: Viewer) -> ScalarSelect[int]:
    """How much bad news somebody has not said they read; what was corrected since is left out."""
    newer = aliased(BadNews)
    read = exists().where(NewsRead.news_id == BadNews.id, NewsRead.person_id == viewer.person_id)
    corrected = exists().where(newer.corrects_id == BadNews.id, newer.sent_at.is_not(None))
    return select(func.count(BadNews.id)).where(BadNews.sent_at.is_not(None), ~read, ~corrected).scalar_subquery()


def answers() -> ScalarSelect[int]:
    """How many answers from before they became messages nobody has dealt with."""
    return select(func.count(UpdateReply.id)).where(UpdateReply.done_at.is_(None)).scalar_subquery()
