"""Writes about giving files and taking them back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

from portal.features.sharing import queries
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.files import laying
from portal.kinds.files.kind import why_held
from portal.models import may
from portal.models.projects import Project
from portal.models.sharing import Share, ShareFile, SharePerson


@action
def give(project: Project, note: str, *, to: Collection[UUID], by: Viewer) -> Share:
    """Send what lies ready, in one act; `to` names the people it is for, empty means everybody who speaks for the client."""
    laying.may_give(project, by=by)
    files = laying.ready(project.id)
    if not files:
        raise Refused(N_("Choose at least one file first."), status=422)
    for file in files:
        held = why_held(file)
        if held:
            raise Refused(N_("“%(name)s” cannot be sent yet. It has to be checked for viruses and found clean first."), name=file.name)
    people = {person.id for person in queries.contacts_of(project.client_id)}
    if not people:
        raise Refused(N_("Nobody speaks for this client yet. Add a contact person first."))
    if not set(to) <= people:
        raise Refused(N_("One of these people does not speak for this client any more. Please look again."), field="people", status=422)
    share = Share(id=uuid4(), client_id=project.client_id, project_id=project.id, by_id=by.person_id, note=note.strip(), for_all=not to)
    share.shared_at, share.words = now(), ""
    db.session.add(share)
    db.session.flush()
    own = {"client_id": project.client_id, "share_id": share.id}
    db.session.add_all(ShareFile(upload_id=file.id, **own) for file in files)
    db.session.add_all(SharePerson(person_id=person_id, **own) for person_id in sorted(set(to)))
    db.session.flush()
    audience = Audience.INTERNAL if to else Audience.SHARED
    record(Kind.FILES_GIVEN, share, by=by, audience=audience, files=len(files), detail={"words": share.note} if share.note else None)
    return share


@action
def withdraw(share: Share, words: str, *, by: Viewer) -> None:
    """Take back what was given; from the next request on nobody outside can fetch it."""
    require(may.run_clients(by))
    share.withdraw(words.strip(), by=by, at=now())
    audience = Audience.SHARED if share.for_all else Audience.INTERNAL
    record(Kind.FILES_TAKEN_BACK, share, by=by, audience=audience, detail={"words": share.words} if share.words else None)


@action
def drop(project: Project, upload_id: UUID, *, by: Viewer) -> str:
    """Take a file away again that lay ready."""
    require(may.run_clients(by))
    upload = next((file for file in laying.ready(project.id) if file.id == upload_id), None)
    if upload is None:
        raise Refused(N_("This file has been removed already."))
    upload.removed_at = now()
    record(Kind.FILE_REMOVED, upload, by=by, audience=Audience.INTERNAL, detail={"name": upload.name})
    return upload.name
