"""Who hears of a virus: whoever sent the file, and the lead."""

from __future__ import annotations

from typing import cast

from portal.kernel import outbox
from portal.kernel.db import db
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.models.files import Upload
from portal.models.projects import Project


@notice(Kind.FILE_LOCKED)
def locked(fact: Fact) -> None:
    """One mail to the sender, one to the lead; one person gets one."""
    upload = cast("Upload", fact.thing)
    project = db.session.get_one(Project, upload.project_id)
    for person_id in dict.fromkeys((upload.by_id, project.lead_id)):
        outbox.tell("file_locked", person_id, "upload", upload.id, of=upload, lane=Lane.MESSAGE)
