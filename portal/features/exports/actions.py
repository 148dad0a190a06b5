"""That answers left the portal is on record before the first of them does."""

from __future__ import annotations

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.viewer import Viewer
from portal.models import may
from portal.models.people import Firm
from portal.models.projects import Project


@action
def note_export(of: Project | Firm, *, way: str, by: Viewer) -> None:
    """Note who takes the answers of a project, or of all clients, and in which form."""
    require(may.export_answers(by))
    record(Kind.ANSWERS_EXPORTED, of, by=by, audience=Audience.INTERNAL, way=way)
