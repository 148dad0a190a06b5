"""Writes about files that are here already: what they are called when we fetch them."""

from __future__ import annotations

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.viewer import Viewer
from portal.kinds.files import naming
from portal.models import may
from portal.models.projects import Project


@action
def name_files(project: Project, pattern: str, *, by: Viewer) -> None:
    """Choose the pattern of a project's file names; the names people gave stay beside them."""
    require(may.run_clients(by))
    project.naming = naming.checked(pattern)
    project.rev += 1
    record(Kind.PROJECT_CHANGED, project, by=by, audience=Audience.INTERNAL, detail={"naming": project.naming})
