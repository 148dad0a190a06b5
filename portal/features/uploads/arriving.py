"""A file on its way, from its first byte to its row. Every step may be repeated, and of all who finish one, exactly one does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from portal.features.uploads import actions
from portal.kernel.db import db
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kernel.scope import find
from portal.kinds.files import incoming, landing
from portal.kinds.files.incoming import ALIVE, begun, lengths
from portal.models.files import Incoming, IncomingState
from portal.storage import (
    Begun,
    Busy,
    NoSuchKey,
    OtherParts,
    Part,
    Readable,
    Received,
    StorageError,
    StoreDown,
    StoreFull,
    TooLarge,
    chunks,
)
from portal.storage.arrival import Rules
from portal.storage.checks import SENTENCES, Code, Fact, Finding
from portal.storage.current import store
from portal.web.doors import begin_reading, begin_writing, rest, viewer
from portal.web.receiving import Turned, admit, sentence

SLOWEST = 20_000_000  # bytes a second that any store reads
AT_ONCE = 200_000_000  # bytes that are read while somebody waits for an answer
QUEUE = timedelta(minutes=30)  # so long a file may wait for the worker before it is ordered once more
GONE = N_("“%(name)s” is not on its way any more. Choose it again to send it anew.")


def own(incoming_id: UUID) -> Incoming:
    """A file this person sends, as it is now and without a lock; a colleague's is not found."""
    row = find(Incoming, incoming_id)
    if row.person_id != viewer().person_id or not row.fingerprint:
        raise NotFound
    db.session.expunge(row)
    return row


def place_of(row: Incoming) -> Begun:
    """Where the store keeps what comes of a file; asked for when its first byte is about to come."""
    known = begun(row)
    if known:
        return known
    direct = store().direct
    fresh = store().begin() if row.part_bytes or direct is None else Begun(direct.key(), "")
    begin_writing()
    if incoming.place(row.id, fresh, by=viewer()):
        row.key_in_incoming, row.store_id = fresh.key_in_incoming, fresh.store_id
        return fresh
    store().abandon(fresh)
    other = begun(own(row.id))
    if other is None:
        raise gone(row)
    return other


def need_alive(row: Incoming) -> None:
    """Refuse to go on with a file that was given up or has not been asked for; one that is here already may be sent again."""
    if row.state not in ALIVE:
        raise gone(row)


def take_part(row: Incoming, n: int, stream: Readable) -> Part:
    """Take in one part, at its place and of exactly its length."""
    need_alive(row)
    place, name, length, offset = place_of(row), row.name, lengths(row)[n - 1], (n - 1) * row.part_bytes
    rest()
    try:
        return store().receive_part(place, n, stream, length=length, offset=offset)
    except NoSuchKey as error:  # joined already, or lost: finishing it finds out
        raise in_words(OtherParts(), name) from error
    except StorageError as error:
        raise in_words(error, name) from error


def take_whole(row: Incoming, stream: Readable) -> Incoming:
    """Take in a file that comes at once, and finish it; what was settled already stays as it is."""
    if row.state is not IncomingState.OPEN:
        return row
    name, length = row.name, row.bytes
    rest()
    try:
        received = store().receive(stream, limit=length, expected=length)
    except StorageError as error:
        raise in_words(error, name) from error
    try:
        _admit_and_keep(row, lambda: received)
    finally:
        store().discard(received.key_in_incoming)
    return _again(row.id)


def lay(row: Incoming, stream: Readable) -> None:
    """Take in a small file that is finished together with others; until then it is not ours."""
    antechamber = store().antechamber
    if row.state is not IncomingState.OPEN or antechamber is None:
        return
    name, key, length = row.name, waits_at(row.id), row.bytes
    rest()
    try:
        antechamber.lay(key, stream, length=length)
    except StorageError as error:
        raise in_words(error, name) from error


def waits_at(incoming_id: UUID) -> str:
    """Where a small file lies until it is finished."""
    return f"incoming/{incoming_id.hex}"


def finish(row: Incoming, named: Mapping[int, str] | None = None) -> Incoming:
    """Finish a file whose bytes are all here: the one who wins does it, everybody else reads how far it is.

    `named` are the ETags the browser holds for the parts. What takes longer to read than anybody waits for an answer, the worker finishes.
    """
    if row.bytes > AT_ONCE:
        return _finish_later(row, named)
    begin_writing()
    if not incoming.claim(row.id, within=patience(row), by=viewer()):
        return _again(row.id)
    try:
        _admit_and_keep(row, lambda: _bring(row, named))
    except BaseException:
        begin_writing()
        incoming.release(row.id, by=viewer())
        raise
    return _again(row.id)


def finish_held(incoming_id: UUID) -> None:
    """Finish a file that was left to the worker, as the one who sent it; may be repeated after a kill."""
    row = own(incoming_id)
    begin_writing()
    if incoming.hold(row.id, within=patience(row) + QUEUE, by=viewer()):
        _admit_and_keep(row, lambda: _bring(row, None))


def _finish_later(row: Incoming, named: Mapping[int, str] | None) -> Incoming:
    """Look whether all of it is here, and leave the reading to the worker."""
    if row.state is IncomingState.OPEN:
        rest()
        try:
            _lying(row, named)
        except StorageError as error:
            raise in_words(error, row.name) from error
    begin_writing()
    actions.finish_later(landing.of(row), row.id, within=patience(row) + QUEUE, by=viewer())
    return _again(row.id)


def patience(row: Incoming) -> timedelta:
    """So long finishing may take before somebody else may try."""
    return timedelta(seconds=60 + row.bytes / SLOWEST)


def words_of(row: Incoming) -> str:
    """Why a file was refused."""
    said = row.finding or {}
    facts: dict[str, Fact] = said.get("facts", {})  # type: ignore[assignment]  # we wrote it
    return sentence(Finding(Code(str(said["code"])), facts)) if said else ""


def _again(incoming_id: UUID) -> Incoming:
    begin_reading()
    return own(incoming_id)


def _admit_and_keep(row: Incoming, bring: Callable[[], Received]) -> None:
    """Bring the bytes together, look into them, promote them, and only then write their row; nothing is locked while bytes are read."""
    rules = landing.of(row).spec.rules
    rest()
    try:
        done = _brought(row, bring, rules=rules)
    except NoSuchKey as error:  # nothing of it is left: it begins anew
        begin_writing()
        incoming.displace(row.id, by=viewer())
        raise in_words(OtherParts(), row.name) from error
    except StorageError as error:
        raise in_words(error, row.name) from error
    begin_writing()
    if isinstance(done, Turned):
        incoming.fail([row.id], by=viewer(), finding={"code": done.finding.code.value, "facts": dict(done.finding.facts)})
        return
    try:
        landing.of(row).keep([done], by=viewer())
    except incoming.Overtaken:
        return  # somebody else kept it meanwhile, or gave it up: what the row says counts


def _brought(row: Incoming, bring: Callable[[], Received], *, rules: Rules) -> incoming.Arrived | Turned:
    """Bring the bytes together and admit them; a kill may have come when they were safe already and their row was not written."""
    try:
        return admit(row, bring(), rules=rules)
    except NoSuchKey:
        digest, size = hashlib.sha256(), store().size(row.key)
        for piece in chunks(store().open(row.key)):
            digest.update(piece)
        return admit(row, Received(row.key_in_incoming or waits_at(row.id), size, digest.hexdigest()), rules=rules, lies_at=row.key)


def _bring(row: Incoming, named: Mapping[int, str] | None) -> Received:
    """What a browser laid into the store itself, or one file of the parts: all are here, of the right length, and those that are meant."""
    direct, antechamber = store().direct, store().antechamber
    if row.part_bytes:
        return store().join(place_of(row), _lying(row, named))
    if direct and row.key_in_incoming:
        return direct.adopt(row.key_in_incoming, expected=row.bytes)
    if antechamber is None:
        raise OtherParts([1])
    try:
        return antechamber.laid(waits_at(row.id), expected=row.bytes)
    except NoSuchKey:
        if is_there(row.key):
            raise
        raise OtherParts([1]) from None


def is_there(key: str) -> bool:
    """Whether something lies under a final key: a kill came when the bytes were safe and their row was not written."""
    try:
        return store().size(key) >= 0
    except NoSuchKey:
        return False


def _lying(row: Incoming, named: Mapping[int, str] | None) -> list[Part]:
    """The parts of a file, when they are all here and those that are meant."""
    try:
        parts = store().parts(place_of(row))
    except NoSuchKey:  # a kill came after they were joined: a store that forgets its parts then knows how long the whole is
        return [Part(n, length, "") for n, length in enumerate(lengths(row), 1)]
    lies = {part.n: part for part in parts}
    wrong = [
        n
        for n, length in enumerate(lengths(row), 1)
        if n not in lies or lies[n].bytes != length or (named is not None and named.get(n) != lies[n].etag)
    ]
    if wrong or len(parts) != len(lengths(row)):
        raise OtherParts(wrong)
    return parts


def give_up(row: Incoming) -> None:
    """Forget a file that has not arrived, and drop its bytes; one that is here already stays."""
    begin_writing()
    actions.give_up(row, by=viewer())
    place = begun(row)
    if row.state not in ALIVE:
        return
    if place:
        store().abandon(place)
    elif store().antechamber:
        store().discard(waits_at(row.id))


def gone(row: Incoming) -> Refused:
    """What we say of a file that was given up."""
    return Refused(GONE, name=row.name)


def in_words(error: StorageError, name: str) -> Refused:
    """What the store could not do, as a person is told; what comes right by itself is answered so that browsers try again."""
    match error:
        case Busy() | StoreDown():
            return Refused(N_("“%(name)s” has to wait a moment."), status=503, name=name)
        case StoreFull():
            return Refused(SENTENCES[Code.STORE_FULL], status=507, name=name)
        case NoSuchKey():
            return Refused(GONE, name=name)
        case OtherParts():
            return Refused(SENTENCES[Code.INCOMPLETE], status=412, name=name)
        case TooLarge():
            return Refused(N_("More of “%(name)s” came than was announced. Please choose it again."), status=413, name=name)
    return Refused(SENTENCES[Code.INCOMPLETE], status=422, name=name)
