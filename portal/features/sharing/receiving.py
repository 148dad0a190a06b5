"""Receiving the files that staff lay ready for a client."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from werkzeug.datastructures import FileStorage

from portal.features.sharing import actions, queries
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import find
from portal.kinds import laying
from portal.kinds.files import FileSpec
from portal.kinds.incoming import Arrived, fail
from portal.models.projects import Project
from portal.storage.names import clean_name
from portal.web.doors import begin_writing, viewer
from portal.web.receiving import Turned, take

ANYTHING = FileSpec()


def receive_all(project_id: UUID, files: Sequence[FileStorage], *, replaces_id: UUID | None) -> list[Turned]:
    """Take in what a form brought and lay it ready; returns what was turned away. No lock is held while bytes come."""
    by = viewer()
    actions.may_give(find(Project, project_id), len(files), by=by)
    if replaces_id and len(files) > 1:
        raise Refused(N_("A new version is one file. Choose just one."), field="files", status=422)
    begin_writing()
    incoming = laying.announce(find(Project, project_id), [clean_name(file.filename or "") for file in files], by=by)
    taken = [take(row, file, rules=ANYTHING.rules, max_bytes=ANYTHING.max_bytes) for row, file in zip(incoming, files, strict=True)]
    arrived = [file for file in taken if isinstance(file, Arrived)]
    begin_writing()
    project = find(Project, project_id)
    older = queries.given_file(project, replaces_id) if replaces_id else None
    laying.keep(project, arrived, replaces=older, by=by)
    safe = {file.incoming_id for file in arrived}
    fail([row.id for row in incoming if row.id not in safe], by=by)
    return [file for file in taken if isinstance(file, Turned)]
