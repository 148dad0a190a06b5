"""The receipt for a mail that was filed: at most one a day to each person, and one more where a file could not be taken."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal.kernel import outbox
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Lane, Outbox
from portal.kernel.viewer import SYSTEM, Viewer
from portal.models.projects import Project

KIND = "mail_filed"


def confirm(by: Viewer, place: tuple[UUID, UUID | None], turned: list[str]) -> None:
    """Put the receipt on its way."""
    if by.person_id is None:
        return
    open_session(SYSTEM, writes=True)
    _post(by.person_id, place, turned, by=SYSTEM)


@action
def _post(person_id: UUID, place: tuple[UUID, UUID | None], turned: list[str], *, by: Viewer) -> None:
    today = select(Outbox.id).where(Outbox.kind == KIND, Outbox.person_id == person_id, Outbox.made_at > now() - timedelta(days=1))
    if not turned and db.session.scalar(today.limit(1)):
        return
    project_id, item_id = place
    facts: dict[str, object] = {"project": str(project_id), "turned": turned}
    if item_id:
        facts["item"] = str(item_id)
    client_id = db.session.get_one(Project, project_id).client_id
    outbox.post(KIND, lane=Lane.RECEIPT, person_id=person_id, facts=facts, client_id=client_id, project_id=project_id)
