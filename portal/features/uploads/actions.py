"""Writes about files. Bytes before row: a file is incoming until it is hashed, durable and its row committed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from portal.kernel import chores
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import life, reading
from portal.kinds.files import incoming
from portal.kinds.files.incoming import Arrived, Coming
from portal.kinds.files.kind import files_of, sent_before
from portal.kinds.files.landing import Landing
from portal.models.files import Incoming, IncomingState
from portal.models.helping import FILES
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item
from portal.storage.checks import Finding, check_ahead

MOST_UNFINISHED = 400  # of one person, wherever they go: two photo sets of 200
TOO_MANY = N_(
    "%(most)s files are as many as one person can send at a time. Please wait until some have arrived, or remove what you no longer send."
)
FINISH = "finish"


@action
def declare(to: Landing, files: Sequence[Coming], *, beside: Collection[UUID] = (), by: Viewer) -> list[Incoming | Finding | Refused]:
    """Say to each file whether it may come, before any byte of it does, and keep room for those that may.

    `beside` are the unfinished ones that go on in the same page right now: a file of the same name may come beside them.
    """
    to.may_add(0, by=by)
    spec, begun = to.spec, incoming.unfinished(to.bound, by=by)
    known = {(row.name, row.bytes, row.fingerprint): row for row in begun}
    waiting = {row.name: row for row in begun if row.id not in beside}
    answers: list[Incoming | Finding | Refused | None] = []
    welcome = []
    for file in files:
        stop: Finding | Refused | None = check_ahead(file.name, file.bytes, wanted=spec.types, limit=spec.max_bytes)
        if stop is None and file.name in waiting and (file.name, file.bytes, file.fingerprint) not in known:
            stop = Refused(N_("You began to send another “%(name)s”. Choose that one to go on, or remove it first."), name=file.name)
        if stop is None:
            welcome.append(file)
        answers.append(stop)
    new = [file for file in welcome if (file.name, file.bytes, file.fingerprint) not in known]
    to.may_add(len(begun) + len(new) if welcome else 0, by=by)
    if new and incoming.under_way(by.person_id) + len(new) > MOST_UNFINISHED:
        raise Refused(TOO_MANY, status=422, most=MOST_UNFINISHED)
    rows = iter(incoming.expect(to.bound, welcome, by=by))
    return [answer or next(rows) for answer in answers]


@action
def settle_all(to: Landing, arrived: Sequence[Arrived], turned: Mapping[UUID, Finding], *, by: Viewer) -> None:
    """Write the rows of files whose bytes are safe, and why others were turned away; what somebody else settled meanwhile stays."""
    alive = incoming.still_coming([file.incoming_id for file in arrived])
    if alive:
        to.keep([file for file in arrived if file.incoming_id in alive], by=by)
    for incoming_id, finding in turned.items():
        incoming.fail([incoming_id], by=by, finding={"code": finding.code.value, "facts": dict(finding.facts)})


@action
def finish_later(to: Landing, incoming_id: UUID, *, within: timedelta, by: Viewer) -> None:
    """Leave it to the worker to finish a file whose bytes are all here; of all who ask, one orders it."""
    if incoming.claim(incoming_id, within=within, by=by):
        to.may_add(1, by=by)
        facts: chores.Facts = {"incoming": str(incoming_id)}
        chores.order(FINISH, facts=facts, client_id=to.bound.client_id, project_id=to.bound.project_id, dedupe=f"{FINISH}:{incoming_id}")


@action
def give_up(row: Incoming, *, by: Viewer) -> None:
    """Forget a file that has not arrived completely."""
    if row.state is IncomingState.COMPLETING and row.lease_until and row.lease_until > now():
        raise Refused(N_("“%(name)s” is just arriving. Try again in a moment."), name=row.name)
    incoming.fail([row.id], by=by)


@action
def remove(item: Item, upload_id: UUID, *, by: Viewer) -> str:
    """Take a file off the item while it has not been handed over, helpers only their own; its bytes stay until they are purged."""
    upload = next((file for file in files_of(item.id) if file.id == upload_id), None)
    if upload and upload.by_id == by.person_id:
        reading.need_answerer(item, (FILES,), by=by)
    else:
        reading.need_worker(item, by=by)
    if item.state not in WITH_CLIENT:
        raise Refused(N_("This has been sent already. Take it back first if you want to change it."))
    if upload is None:
        raise Refused(N_("This file has been removed already."))
    upload.removed_at = now()
    record(Kind.FILE_REMOVED, upload, by=by, detail={"name": upload.name})
    return upload.name


@action
def send(item: Item, note: str, *, by: Viewer) -> None:
    """Hand the files over; after we asked again, something has to be new."""
    known = sent_before(item)
    if known and not note.strip() and all(str(file.id) in known for file in files_of(item.id)):
        raise Refused(N_("Nothing is new since we asked again. Add a file, or write us a word about it."), status=422)
    life.hand_over(item, by=by, note=note.strip())
