"""The default store: one folder on a local disk.

`incoming/` and `blobs/` must lie on one file system, because promotion is a hard link: it happens
completely or not at all, and it refuses to overwrite.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Container, Iterator, Sequence
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from portal.storage import CHUNK, Altered, Antechamber, BadKey, Begun, Direct, Incomplete, KeyTaken, NoSuchKey, Readable, Received, Stored
from portal.storage.disk_parts import DiskParts
from portal.storage.handed import Handed, take_over
from portal.storage.shapes import BLOB, INCOMING, PREFIX, new_incoming, shaped
from portal.storage.waiting import Hashes, label, mark, read_again
from portal.storage.window import Window
from portal.storage.writing import PIECE, full_in_words, sync_all, sync_folder, write_new

KEPT_FREE = 2 * 1024**3  # bytes, or a twentieth of a small disk


class DiskStorage(DiskParts):
    """Keep bytes under `root`: files 0600, folders 0700, names made from ids only."""

    direct: Direct | None = None

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.antechamber: Antechamber | None = self
        self._hashes = Hashes()
        self.root = root.resolve()
        with full_in_words():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("incoming", "parts", "blobs", "previews"):
                (self.root / name).mkdir(mode=0o700, exist_ok=True)
            sync_folder(self.root)

    def receive(self, stream: Readable, *, limit: int, chunk: int = CHUNK, expected: int | None = None) -> Received:
        """Stream a body into `incoming/`, hashing while writing; leave nothing behind when it fails."""
        return self._receive(stream, limit=limit, chunk=chunk, expected=expected)

    def _receive(
        self,
        stream: Readable,
        *,
        limit: int,
        chunk: int = CHUNK,
        expected: int | None = None,
        may_wait: Callable[[int, str], bool] | None = None,
    ) -> Received:
        if not isinstance(stream, Handed):  # what nginx hands over lies on the disk already
            self._need_room(expected or 0)
        key = new_incoming()
        path = self._path(key, INCOMING)
        try:
            taken = take_over(path, stream, limit=limit, may_wait=may_wait) if isinstance(stream, Handed) else None
            size, sha256 = taken or write_new(path, stream, limit=limit, chunk=chunk, may_wait=may_wait)
            if expected is not None and size != expected:
                raise Incomplete(expected=expected, got=size)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Received(key, size, sha256)

    def lay(self, key_in_incoming: str, stream: Readable, *, length: int) -> None:
        """Take a small file in under a name of its own choice: written beside it first, so that the name means all of it."""
        path = self._path(key_in_incoming, INCOMING)
        received = self._receive(stream, limit=length, chunk=PIECE, expected=length, may_wait=label)
        beside = self._path(received.key_in_incoming, INCOMING)
        try:
            with full_in_words():
                os.link(beside, path)
            self._hashes.note(key_in_incoming, mark(beside.lstat()), received.sha256)
        except FileExistsError:
            return  # it came twice: what was there first stays, for somebody may be finishing it
        finally:
            beside.unlink(missing_ok=True)

    def laid(self, key_in_incoming: str, *, expected: int) -> Received:
        """What lies there; read again only when another process took it in. What a power cut spoilt is dropped, and has to come again."""
        try:
            file = os.open(self._path(key_in_incoming, INCOMING), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise NoSuchKey(key_in_incoming) from None
        with open(file, "rb", buffering=0):
            facts = os.fstat(file)
            sha256 = self._hashes.known(key_in_incoming, mark(facts)) or read_again(file)
        if not sha256 or facts.st_size != expected:
            self.discard(key_in_incoming)
            raise NoSuchKey(key_in_incoming)
        return Received(key_in_incoming, expected, sha256, pin=mark(facts))

    def promote(self, received: Received, key: str) -> None:
        """Link received bytes to their final key without overwriting, durably, then drop the incoming name."""
        self.promote_all([(received, key)])

    def promote_all(self, received: Sequence[tuple[Received, str]]) -> None:
        """Sync all that waited, link each to its final key, sync every folder that got a name, and only then drop the incoming names."""
        folders: dict[Path, None] = {}
        with full_in_words():
            sync_all(self._path(one.key_in_incoming, INCOMING) for one, _ in received if one.pin)
            for one, key in received:
                target = self._path(key, BLOB)
                above = (target.parents[2], target.parents[1], target.parent)
                for folder in above:
                    if folder not in folders:
                        folder.mkdir(mode=0o700, exist_ok=True)
                self._link(one, target, key)
                folders |= dict.fromkeys(above)
            sync_all(folders)  # also on a retry: the kill may have come before the first sync
        for one, _ in received:
            self._path(one.key_in_incoming, INCOMING).unlink(missing_ok=True)
            self._hashes.drop(one.key_in_incoming)
            if not one.pin:
                self._forget_parts(one.key_in_incoming)

    def _link(self, received: Received, target: Path, key: str) -> None:
        source = self._path(received.key_in_incoming, INCOMING)
        if not _linked(source, target, size=received.bytes, pin=received.pin) and not _holds(target, received):
            raise KeyTaken(key) if target.exists() else NoSuchKey(received.key_in_incoming)

    def open(self, key: str, *, start: int = 0, end: int | None = None) -> BinaryIO:
        """Return a stream over the bytes from `start` up to, not including, `end`."""
        try:
            file = os.open(self._path(key, BLOB, INCOMING), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise NoSuchKey(key) from None
        try:
            return BufferedReader(Window(file, start=start, end=end), CHUNK)
        except BaseException:
            os.close(file)
            raise

    def size(self, key: str) -> int:
        """Return how many bytes lie under this key."""
        try:
            return self._path(key, BLOB, INCOMING).lstat().st_size
        except FileNotFoundError:
            raise NoSuchKey(key) from None

    def discard(self, incoming: str) -> None:
        """Drop an incoming name; a missing one is fine."""
        self.abandon(Begun(incoming, ""))
        self._hashes.drop(incoming)

    def delete(self, key: str) -> None:
        """Remove a final key durably; a missing one is fine."""
        path = self._path(key, BLOB)
        path.unlink(missing_ok=True)
        if path.parent.exists():
            sync_folder(path.parent)

    def keys(self, prefix: str) -> Iterator[Stored]:
        """Walk what lies under a prefix, folder by folder, in no order."""
        return self._walk(self._path(prefix, PREFIX))

    def sweep_incoming(self, *, older_than: datetime, keep: Container[str] = ()) -> int:
        """Drop incoming bytes last written before this moment, but not those to keep, and return how many there were."""
        old = [stored.key for stored in self.keys("incoming/") if stored.written_at < older_than and stored.key not in keep]
        for key in old:
            self.discard(key)
        for ledger in self._walk(self.root / "parts"):  # a kill in between may have left the ledger of a file that is gone
            key = ledger.key.replace("parts/", "incoming/", 1)
            if ledger.written_at < older_than and key not in keep:
                self._forget_parts(key)
        return len(old)

    def free_bytes(self) -> int | None:
        """Return how many bytes of files still fit. Some of the disk is kept free, for the database lies there too and must go on."""
        disk = os.statvfs(self.root)
        return max(0, disk.f_bavail * disk.f_frsize - min(KEPT_FREE, disk.f_blocks * disk.f_frsize // 20))

    def _place(self, begun: Begun) -> Path:
        return self._path(begun.key_in_incoming, INCOMING)

    def _path(self, key: str, *shapes: re.Pattern[str]) -> Path:
        """Turn a key of one of these shapes into its place, which lies under the root: none of the folders on the way is a link."""
        folder = str(self.root)
        *above, name = shaped(key, *shapes).split("/")
        for each in above:
            folder = f"{folder}/{each}"
            if os.path.islink(folder):
                raise BadKey(key)
        return Path(folder, name)

    def _walk(self, folder: Path) -> Iterator[Stored]:
        """Yield every file below a folder; what disappears meanwhile is skipped."""
        if not folder.exists():
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from self._walk(Path(entry.path))
                    continue
                try:
                    facts = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                key = Path(entry.path).relative_to(self.root).as_posix()
                yield Stored(key, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))


def _linked(source: Path, target: Path, *, size: int, pin: str = "") -> bool:
    """Sync the received bytes and give them their second name; False when that was not possible any more.

    What carries a pin was synced just before, with all that waited; the folders are synced for all of them."""
    try:
        file = os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        if os.fstat(file).st_size != size:
            raise Incomplete(expected=size, got=os.fstat(file).st_size)
        if not pin:
            os.fsync(file)
        os.link(source, target, follow_symlinks=False)
        if pin and mark(target.lstat()) != pin:
            target.unlink()
            raise Altered(source.name)
    except (FileExistsError, FileNotFoundError):
        return False
    finally:
        os.close(file)
    return True


def _holds(target: Path, received: Received) -> bool:
    """Say whether exactly these bytes lie at the target already."""
    try:
        with open(target, "rb") as file:
            if os.fstat(file.fileno()).st_size != received.bytes:
                return False
            os.fsync(file.fileno())
            return hashlib.file_digest(file, "sha256").hexdigest() == received.sha256
    except FileNotFoundError:
        return False
