"""What a file that comes in parts is promised by the disk, beyond what every store promises (see test_contract)."""

import hashlib
import io
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from portal.storage import Begun, Busy, Incomplete, NoSuchKey, OtherParts, Part, TooLarge, blob_key
from portal.storage.disk import DiskStorage

SIZE = 1000
ONE, TWO, THREE = b"1" * SIZE, b"2" * SIZE, b"3" * 300
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def storage(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "store")


def lay(storage: DiskStorage, begun: Begun, n: int, content: bytes, *, offset: int | None = None) -> Part:
    return storage.receive_part(begun, n, io.BytesIO(content), length=len(content), offset=(n - 1) * SIZE if offset is None else offset)


def as_new(storage: DiskStorage) -> DiskStorage:
    """The same folder as another process sees it."""
    return DiskStorage(storage.root)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (1, 3, 2), (1, 2, 1, 3), (1, 2, 3, 2), (1, 2, 3, 1, 2, 3)])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["one process", "another process joins"])
def test_parts_make_the_file_whatever_their_order(storage: DiskStorage, order: tuple[int, ...], elsewhere: bool) -> None:
    begun, parts = storage.begin(), {}
    for n in order:
        parts[n] = lay(storage, begun, n, (ONE, TWO, THREE)[n - 1])
    joined = (as_new(storage) if elsewhere else storage).join(begun, [parts[n] for n in sorted(parts)])
    assert (joined.bytes, joined.sha256) == (2300, hashlib.sha256(ONE + TWO + THREE).hexdigest())
    with storage.open(joined.key_in_incoming) as stream:
        assert stream.read() == ONE + TWO + THREE


def test_joining_copies_nothing(storage: DiskStorage) -> None:
    begun = storage.begin()
    parts = [lay(storage, begun, 1, ONE), lay(storage, begun, 2, TWO)]
    place = storage.root / begun.key_in_incoming
    before = place.stat().st_ino
    key = blob_key(uuid4(), uuid4())
    storage.promote(storage.join(begun, parts), key)
    assert (storage.root / key).stat().st_ino == before
    assert not place.exists()
    assert list((storage.root / "parts").iterdir()) == []


def test_a_part_that_came_anew_with_other_bytes_counts_instead(storage: DiskStorage) -> None:
    begun = storage.begin()
    old, two = lay(storage, begun, 1, ONE), lay(storage, begun, 2, TWO)
    new = lay(storage, begun, 1, b"x" * SIZE)
    assert new.etag != old.etag
    with pytest.raises(OtherParts) as refusal:
        storage.join(begun, [old, two])
    assert refusal.value.missing == (1,)
    with pytest.raises(OtherParts) as refusal:  # its mark told of the file up to its end
        storage.join(begun, [new, two])
    assert refusal.value.missing == (2,)
    assert storage.join(begun, [new, lay(storage, begun, 2, TWO)]).sha256 == hashlib.sha256(b"x" * SIZE + TWO).hexdigest()


def test_a_part_that_came_anew_with_the_same_bytes_leaves_the_others_as_they_are(storage: DiskStorage) -> None:
    begun = storage.begin()
    _, two = lay(storage, begun, 1, ONE), lay(storage, begun, 2, TWO)
    again = lay(storage, begun, 1, ONE)
    assert storage.join(begun, [again, two]).sha256 == hashlib.sha256(ONE + TWO).hexdigest()


def test_a_part_laid_over_others_takes_them_back(storage: DiskStorage) -> None:
    begun = storage.begin()
    for n, content in enumerate((ONE, TWO, THREE), 1):
        lay(storage, begun, n, content)
    lay(storage, begun, 9, b"z" * SIZE, offset=SIZE // 2)
    assert [part.n for part in storage.parts(begun)] == [3, 9]


@pytest.mark.parametrize(("content", "error"), [(ONE[:-1], Incomplete), (ONE + b"!", TooLarge)])
def test_a_part_of_another_length_is_not_taken_and_spoils_no_neighbour(
    storage: DiskStorage, content: bytes, error: type[Exception]
) -> None:
    begun = storage.begin()
    two = lay(storage, begun, 2, TWO)
    with pytest.raises(error):
        storage.receive_part(begun, 1, io.BytesIO(content), length=SIZE, offset=0)
    assert storage.parts(begun) == [two]
    assert storage.join(begun, [lay(storage, begun, 1, ONE), two]).sha256 == hashlib.sha256(ONE + TWO).hexdigest()


def test_gaps_are_not_joined_and_what_was_not_named_is_cut_off(storage: DiskStorage) -> None:
    begun = storage.begin()
    one, three = lay(storage, begun, 1, ONE), lay(storage, begun, 3, THREE)
    with pytest.raises(OtherParts) as refusal:
        storage.join(begun, [one, three])
    assert refusal.value.missing == (2,)
    with pytest.raises(OtherParts):
        storage.join(begun, [])
    assert storage.join(begun, [one]).sha256 == hashlib.sha256(ONE).hexdigest()
    assert storage.size(begun.key_in_incoming) == SIZE


def test_parts_that_do_not_lie_side_by_side_are_not_joined(storage: DiskStorage) -> None:
    begun = storage.begin()
    parts = [lay(storage, begun, 1, ONE), lay(storage, begun, 2, TWO, offset=SIZE + 1)]
    with pytest.raises(Incomplete):
        storage.join(begun, parts)


def test_a_joined_file_takes_no_part_and_joins_again_as_before_also_in_another_process(storage: DiskStorage) -> None:
    begun = storage.begin()
    parts = [lay(storage, begun, 1, ONE)]
    joined = storage.join(begun, parts)
    with pytest.raises(NoSuchKey):
        lay(storage, begun, 1, b"evil" * 250)
    assert as_new(storage).join(begun, parts) == joined
    with pytest.raises(OtherParts):
        storage.join(begun, [Part(1, SIZE, "other")])
    with storage.open(joined.key_in_incoming) as stream:
        assert stream.read() == ONE


def test_bytes_that_changed_on_the_disk_are_noticed_and_asked_for_again(storage: DiskStorage) -> None:
    begun = storage.begin()
    parts = [lay(storage, begun, 1, ONE), lay(storage, begun, 2, TWO)]
    with open(storage.root / begun.key_in_incoming, "r+b") as file:
        file.seek(SIZE + 5)
        file.write(b"?")
    with pytest.raises(OtherParts) as refusal:
        as_new(storage).join(begun, parts)
    assert refusal.value.missing == (2,)
    assert [part.n for part in storage.parts(begun)] == [1]


@pytest.mark.parametrize("left", [0, 500, SIZE, SIZE + 500])
def test_what_a_power_cut_took_is_asked_for_again(storage: DiskStorage, left: int) -> None:
    begun = storage.begin()
    parts = [lay(storage, begun, 1, ONE), lay(storage, begun, 2, TWO)]
    os.truncate(storage.root / begun.key_in_incoming, left)
    after = as_new(storage)
    with pytest.raises(OtherParts) as refusal:
        after.join(begun, parts)
    assert refusal.value.missing == ((2,) if left >= SIZE else (1, 2))
    for n in refusal.value.missing:
        lay(after, begun, n, (ONE, TWO)[n - 1])
    assert after.join(begun, after.parts(begun)).sha256 == hashlib.sha256(ONE + TWO).hexdigest()


def test_joined_bytes_are_on_the_disk_before_anybody_is_told(storage: DiskStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, synced = storage.begin(), []
    parts = [lay(storage, begun, 1, ONE)]
    monkeypatch.setattr(os, "fsync", lambda file: synced.append((os.readlink(f"/proc/self/fd/{file}"), list(storage.parts(begun)))))
    storage.join(begun, parts)
    assert synced == [(str(storage.root / begun.key_in_incoming), parts)]


def test_two_cannot_write_the_same_bytes_at_once_but_different_ones(storage: DiskStorage) -> None:
    begun = storage.begin()
    inside: list[type[Exception] | Part] = []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if not inside:
                for verb in (lambda: lay(storage, begun, 1, ONE), lambda: storage.join(begun, [])):
                    with pytest.raises(Busy):
                        verb()
                inside.append(lay(storage, begun, 2, TWO))
            return super().read(size)

    one = storage.receive_part(begun, 1, Slow(ONE), length=SIZE, offset=0)
    assert storage.parts(begun) == [one, *inside]


def test_after_a_part_that_failed_its_place_is_free_again(storage: DiskStorage) -> None:
    begun = storage.begin()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with pytest.raises(Incomplete):
            storage.receive_part(begun, 1, io.BytesIO(b"1"), length=SIZE, offset=0)
    assert len(os.listdir("/proc/self/fd")) == before
    lay(storage, begun, 1, ONE)


def test_a_torn_line_of_the_ledger_is_no_line(storage: DiskStorage) -> None:
    begun = storage.begin()
    one, _ = lay(storage, begun, 1, ONE), lay(storage, begun, 2, TWO)
    ledger = storage.root / "parts" / begun.key_in_incoming.split("/")[1]
    whole = ledger.read_bytes()
    last = whole.rindex(b"\npart")
    for cut in range(last, len(whole) - 2):
        ledger.write_bytes(whole[:cut])
        assert storage.parts(begun) == [one]
    again = lay(storage, begun, 2, TWO)
    assert storage.parts(begun) == [one, again]
    assert storage.join(begun, [one, again]).sha256 == hashlib.sha256(ONE + TWO).hexdigest()


def test_nothing_is_numbered_zero_or_lies_before_the_beginning(storage: DiskStorage) -> None:
    begun = storage.begin()
    for n, length, offset in ((0, 1, 0), (1, 0, 0), (1, 1, -1)):
        with pytest.raises(ValueError):
            storage.receive_part(begun, n, io.BytesIO(b"x"), length=length, offset=offset)


def test_sweeping_takes_old_files_in_parts_with_their_ledgers_but_not_those_to_keep(storage: DiskStorage) -> None:
    old, wanted, stray = storage.begin(), storage.begin(), storage.begin()
    (storage.root / stray.key_in_incoming).unlink()
    for path in (*(storage.root / "incoming").iterdir(), *(storage.root / "parts").iterdir()):
        os.utime(path, (0, 0))
    young = storage.begin()
    assert storage.sweep_incoming(older_than=datetime.now(UTC) - timedelta(days=1), keep={wanted.key_in_incoming}) == 1
    assert storage.parts(wanted) == storage.parts(young) == []
    for gone in (old, stray):
        with pytest.raises(NoSuchKey):
            storage.parts(gone)


CHILD = """
import io, os, signal, sys
from pathlib import Path
from portal.storage import Begun
from portal.storage.disk import DiskStorage
root, key, die = sys.argv[1:]
storage, begun = DiskStorage(Path(root)), Begun(key, "")
class Dying(io.BytesIO):
    def read(self, size=-1):
        if self.tell() >= 600_000:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(min(size, 100_000))
print(storage.receive_part(begun, 1, io.BytesIO(b"1" * 1_000_000), length=1_000_000, offset=0).etag, flush=True)
two = (Dying if die == "in two" else io.BytesIO)(b"2" * 1_000_000)
storage.receive_part(begun, 2, two, length=1_000_000, offset=1_000_000)
if die == "in one again":
    storage.receive_part(begun, 1, Dying(b"x" * 1_000_000), length=1_000_000, offset=0)
if die == "joined":
    storage.join(begun, storage.parts(begun))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("die", "left"), [("in two", [1]), ("after two", [1, 2]), ("in one again", [2]), ("joined", [1, 2])])
def test_after_a_kill_the_ledger_tells_what_is_safe_and_at_most_one_part_comes_again(
    storage: DiskStorage, die: str, left: list[int]
) -> None:
    begun = storage.begin()
    command = [sys.executable, "-c", CHILD, str(storage.root), begun.key_in_incoming, die]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert [part.n for part in storage.parts(begun)] == left
    for n in {1, 2} - set(left):
        storage.receive_part(begun, n, io.BytesIO(str(n).encode() * 1_000_000), length=1_000_000, offset=(n - 1) * 1_000_000)
    joined = storage.join(begun, storage.parts(begun))
    assert joined.sha256 == hashlib.sha256(b"1" * 1_000_000 + b"2" * 1_000_000).hexdigest()


def test_a_claim_ends_with_the_process_that_held_it(storage: DiskStorage) -> None:
    begun = storage.begin()
    place = storage.root / begun.key_in_incoming
    script = """
import os, sys, time
from portal.storage.ledger import claim
claim(os.open(sys.argv[1], os.O_RDWR))
print("claimed", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script, str(place)], cwd=REPOSITORY, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(Busy):
            lay(storage, begun, 1, ONE)
        holder.kill()
        holder.wait()
    lay(storage, begun, 1, ONE)


def test_a_full_disk_is_said_and_leaves_the_other_parts(storage: DiskStorage) -> None:
    begun = storage.begin()
    script = """
import io, resource, sys
from pathlib import Path
from portal.storage import Begun, StoreFull
from portal.storage.disk import DiskStorage
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
storage, begun = DiskStorage(Path(sys.argv[1])), Begun(sys.argv[2], "")
storage.receive_part(begun, 1, io.BytesIO(b"1" * 1000), length=1000, offset=0)
try:
    storage.receive_part(begun, 2, io.BytesIO(b"2" * 100_000), length=100_000, offset=1000)
except StoreFull:
    print("full")
"""
    command = [sys.executable, "-c", script, str(storage.root), begun.key_in_incoming]
    assert subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=True).stdout == "full\n"
    assert [part.n for part in storage.parts(begun)] == [1]
