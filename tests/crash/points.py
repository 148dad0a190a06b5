"""Where a process can be made to die: around the calls that change bytes or rows. The product knows nothing of them.

A point that no longer exists in the product is an AttributeError here, not a point that is never reached.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WEB, WORKER, DOCTOR = "web", "worker", "doctor"
BOTH, DISK, S3 = ("disk", "s3"), ("disk",), ("s3",)
_ACTIONS, _ROWS, _DISK = "portal.features.uploads.actions", "portal.kinds.files.incoming", "portal.storage.disk"
_LEDGER = "portal.storage.ledger:Ledger"
_PARTS, _BUCKET, _CHORES, _MAILS = "portal.storage.disk_parts", "portal.storage.s3", "portal.edges.chores", "portal.edges.worker"
_ARRIVING, _PAINTING = "portal.features.uploads.arriving", "portal.kinds.previews.making"
_LANDING, _PURGING, _S3 = "portal.kinds.files.landing", "portal.kinds.files.purging", "portal.storage.s3_storage"
_TOGETHER = "portal.features.uploads.together"
_COMMIT = "portal.kernel.record:write"  # the last thing an action does before it commits


@dataclass(frozen=True)
class Point:
    """One place to die at: before or after a call, only while another one is under way (`within`), only for a word given first (`word`),
    only when the call found something (`found`).
    """

    role: str
    name: str
    target: str
    after: bool = True
    within: str = ""
    word: str = ""
    found: bool = False
    stores: tuple[str, ...] = BOTH


def _before(role: str, name: str, target: str, **more: Any) -> Point:
    return Point(role, name, target, after=False, **more)


POINTS = (
    _before(WEB, "announced, before the commit", _COMMIT, within=f"{_ACTIONS}:declare"),
    Point(WEB, "announced, before the answer", f"{_ACTIONS}:declare"),
    _before(WEB, "a place in the store, not noted", f"{_ROWS}:place"),
    Point(WEB, "a place in the store, noted", f"{_ROWS}:place"),
    Point(WEB, "in the middle of a part", f"{_PARTS}:write_all", stores=DISK),
    Point(WEB, "a former part taken back", f"{_LEDGER}.forget", stores=DISK),
    _before(WEB, "a part written, not noted", f"{_LEDGER}.note", stores=DISK),
    Point(WEB, "a part noted, before the answer", f"{_DISK}:DiskStorage.receive_part", stores=DISK),
    Point(WEB, "in the middle of a small file", "portal.storage.writing:write_all", stores=DISK),
    Point(WEB, "a small file received", f"{_DISK}:DiskStorage._receive", stores=DISK),
    Point(WEB, "the right to finish won", f"{_ROWS}:claim", found=True),
    _before(WEB, "parts joined, not sealed", f"{_LEDGER}.seal", stores=DISK),
    Point(WEB, "parts joined and sealed", f"{_DISK}:DiskStorage.join", stores=DISK),
    Point(WEB, "looked into", "portal.web.receiving:look_into"),
    Point(WEB, "linked, the folder not synced", f"{_DISK}:_linked", stores=DISK),
    _before(
        WEB, "promoted, the ledger still there", f"{_DISK}:DiskStorage._forget_parts", within=f"{_DISK}:DiskStorage.promote", stores=DISK
    ),
    Point(WEB, "promoted, no row", f"{_DISK}:DiskStorage.promote", stores=DISK),
    _before(WEB, "a small file has its name, and its first one still", "portal.storage.waiting:Hashes.note", stores=DISK),
    Point(WEB, "a small file waits, whole", f"{_DISK}:DiskStorage.lay", stores=DISK),
    _before(WEB, "finished together: looked into", f"{_DISK}:DiskStorage.promote_all", within=f"{_TOGETHER}:finish_all", stores=DISK),
    Point(WEB, "finished together: synced, not linked", f"{_DISK}:sync_all", within=f"{_TOGETHER}:finish_all", stores=DISK),
    Point(WEB, "finished together: promoted, no rows", f"{_DISK}:DiskStorage.promote_all", within=f"{_TOGETHER}:finish_all", stores=DISK),
    _before(WEB, "finished together: not committed", _COMMIT, within=f"{_TOGETHER}:_write", stores=DISK),
    Point(WEB, "finished together: committed, before the answer", f"{_TOGETHER}:_write", stores=DISK),
    _before(WEB, "the row written, not committed", _COMMIT, within=f"{_LANDING}:_keep_and_start"),
    Point(WEB, "the row committed, before the answer", f"{_LANDING}:_keep_and_start"),
    Point(WEB, "the plain form announced", f"{_LANDING}:announce"),
    Point(WEB, "a refused file dropped, its row still open", f"{_DISK}:DiskStorage.discard", within=f"{_ARRIVING}:admit", stores=DISK),
    Point(WEB, "a refused file noted", f"{_ROWS}:fail"),
    Point(WEB, "given up, its bytes still there", f"{_ACTIONS}:give_up"),
    _before(
        WEB, "given up, its ledger still there", f"{_DISK}:DiskStorage._forget_parts", within=f"{_PARTS}:DiskParts.abandon", stores=DISK
    ),
    _before(WEB, "a file removed, not committed", _COMMIT, within=f"{_ACTIONS}:remove"),
    Point(WEB, "a file removed, before the answer", f"{_ACTIONS}:remove"),
    _before(WEB, "handed over, not committed", _COMMIT, within=f"{_ACTIONS}:send"),
    Point(WEB, "handed over, before the answer", f"{_ACTIONS}:send"),
    *(
        point
        for verb, words in {
            "create_multipart_upload": "the bucket opened an upload",
            "complete_multipart_upload": "the bucket joined the parts",
            "copy_object": "the bucket copied to the final key",
            "delete_object": "the bucket dropped the incoming key",
        }.items()
        for point in (
            _before(WEB, f"before {words}", f"{_BUCKET}:Bucket.call", word=verb, stores=S3),
            Point(WEB, f"after {words}", f"{_BUCKET}:Bucket.call", word=verb, stores=S3),
        )
    ),
    Point(WEB, "finishing left to the worker", f"{_ACTIONS}:finish_later"),
    Point(WORKER, "the right to finish held", f"{_ROWS}:hold", found=True),
    Point(
        WORKER, "finished by the worker: promoted, no row", f"{_DISK}:DiskStorage.promote", within=f"{_ARRIVING}:finish_held", stores=DISK
    ),
    _before(WORKER, "finished by the worker: not committed", _COMMIT, within=f"{_ARRIVING}:finish_held"),
    Point(WORKER, "finished by the worker: committed", f"{_ARRIVING}:finish_held"),
    Point(WORKER, "a preview in the store, no row", f"{_PAINTING}:_painted"),
    _before(WORKER, "a preview, not committed", _COMMIT, within=f"{_PAINTING}:_keep"),
    Point(WORKER, "a preview committed", f"{_PAINTING}:_keep"),
    Point(WORKER, "a chore claimed", f"{_CHORES}:claimed", found=True),
    _before(WORKER, "a verdict there, not committed", _COMMIT, within="portal.kinds.files.scanning:_settle"),
    Point(WORKER, "a chore done, not noted", "portal.kernel.chores:carry_out"),
    Point(WORKER, "a chore noted", f"{_CHORES}:_note"),
    _before(WORKER, "a mail claimed", f"{_MAILS}:_deal_with"),
    _before(WORKER, "a mail written, not sent", "portal.edges.mail:FolderTransport.send"),
    Point(WORKER, "a mail sent, not noted", "portal.edges.mail:FolderTransport.send"),
    Point(WORKER, "a mail noted", f"{_MAILS}:_note"),
    _before(DOCTOR, "purge: marked, not committed", _COMMIT, within=f"{_PURGING}:_mark"),
    Point(DOCTOR, "purge: marked", f"{_PURGING}:_mark"),
    _before(DOCTOR, "purge: before the first bytes go", f"{_DISK}:DiskStorage.delete", within=f"{_PURGING}:finish", stores=DISK),
    Point(DOCTOR, "purge: some bytes gone", f"{_DISK}:DiskStorage.delete", within=f"{_PURGING}:finish", stores=DISK),
    _before(DOCTOR, "purge: before the first bytes go, in a bucket", f"{_S3}:S3Storage.delete", within=f"{_PURGING}:finish", stores=S3),
    Point(DOCTOR, "purge: some bytes gone, in a bucket", f"{_S3}:S3Storage.delete", within=f"{_PURGING}:finish", stores=S3),
    _before(DOCTOR, "purge: bytes gone, the row does not say so", f"{_PURGING}:_note"),
    _before(DOCTOR, "purge: the row says so, not committed", _COMMIT, within=f"{_PURGING}:_note"),
    Point(DOCTOR, "purge: one file done", f"{_PURGING}:_note"),
    _before(DOCTOR, "before an orphan is deleted", f"{_DISK}:DiskStorage.delete", stores=DISK),
    Point(DOCTOR, "after an orphan is deleted", f"{_DISK}:DiskStorage.delete", stores=DISK),
    _before(DOCTOR, "overdue uploads, not committed", _COMMIT, within=f"{_ROWS}:fail"),
    Point(DOCTOR, "overdue uploads given up", f"{_ROWS}:fail"),
    Point(DOCTOR, "in the middle of the sweep", f"{_DISK}:DiskStorage.discard", stores=DISK),
    _before(DOCTOR, "before something in the bucket is deleted", f"{_BUCKET}:Bucket.call", word="delete_object", stores=S3),
    Point(DOCTOR, "after something in the bucket is deleted", f"{_BUCKET}:Bucket.call", word="delete_object", stores=S3),
)

SHORT = {  # where something is acknowledged, promoted, committed or deleted: those that every run of the tests goes through
    "a part noted, before the answer",
    "parts joined and sealed",
    "linked, the folder not synced",
    "promoted, no row",
    "a small file waits, whole",
    "finished together: promoted, no rows",
    "finished together: not committed",
    "finished together: committed, before the answer",
    "the row written, not committed",
    "the row committed, before the answer",
    "a file removed, not committed",
    "a file removed, before the answer",
    "handed over, before the answer",
    "finished by the worker: promoted, no row",
    "finished by the worker: committed",
    "a preview in the store, no row",
    "a chore done, not noted",
    "a mail sent, not noted",
    "purge: marked",
    "purge: some bytes gone",
    "purge: bytes gone, the row does not say so",
    "purge: one file done",
    "after an orphan is deleted",
}


def of(role: str, store: str, *, short: bool = False) -> list[Point]:
    """The points of one kind of process on one kind of store."""
    return [point for point in POINTS if point.role == role and store in point.stores and (not short or point.name in SHORT)]


def named(name: str) -> Point:
    """The point of this name."""
    return next(point for point in POINTS if point.name == name)


def arm(point: Point, nth: int, said: Path) -> None:
    """Die the nth time this process comes to the point, and leave its name."""
    under_way: ContextVar[bool] = ContextVar("under_way", default=not point.within)
    left = [nth]

    def met(args: tuple[object, ...]) -> bool:
        if not under_way.get() or (point.word and point.word not in args[:2]):
            return False
        left[0] -= 1
        return left[0] <= 0

    if point.within:
        _wrap(point.within, lambda work: _marking(work, under_way))
    _wrap(point.target, lambda work: _dying(work, met, point, said))


def _die(point: Point, said: Path) -> None:
    """End at once, as the kernel's out-of-memory killer would do it."""
    said.write_text(point.name)
    os.kill(os.getpid(), signal.SIGKILL)


def _marking(work: Callable[..., object], under_way: ContextVar[bool]) -> Callable[..., object]:
    @functools.wraps(work)
    def run(*args: object, **kwargs: object) -> object:
        token = under_way.set(True)
        try:
            return work(*args, **kwargs)
        finally:
            under_way.reset(token)

    return run


def _dying(work: Callable[..., object], met: Callable[[tuple[object, ...]], bool], point: Point, said: Path) -> Callable[..., object]:
    @functools.wraps(work)
    def run(*args: object, **kwargs: object) -> object:
        if not point.after and met(args):
            _die(point, said)
        result = work(*args, **kwargs)
        if point.after and (result or not point.found) and met(args):
            _die(point, said)
        return result

    return run


def _wrap(target: str, how: Callable[[Callable[..., object]], Callable[..., object]]) -> None:
    home, name = place_of(target)
    setattr(home, name, how(getattr(home, name)))


def place_of(target: str) -> tuple[Any, str]:
    """The module or class a function hangs on, and its name there."""
    module, _, path = target.partition(":")
    home: Any = importlib.import_module(module)
    *inner, last = path.split(".")
    for name in inner:
        home = getattr(home, name)
    return home, last
