"""What a kill, a race or a full disk may leave behind, tried with real processes."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE
from uuid import uuid4

import pytest

from portal.storage import Received, StoreFull, blob_key
from portal.storage.disk import DiskStorage
from tests.storage.child import CONTENT, Endless

SHA256 = hashlib.sha256(CONTENT).hexdigest()
REPOSITORY = Path(__file__).parents[2]


def child(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.storage.child", *map(str, words)]
    return subprocess.Popen(command, cwd=REPOSITORY, stdin=PIPE, stdout=PIPE, text=True)


def run(*words: object) -> tuple[int, list[str]]:
    with child(*words) as process:
        said, _ = process.communicate(timeout=60)
    return process.returncode, said.split()


def names(storage: DiskStorage, prefix: str) -> list[str]:
    return [stored.key for stored in storage.keys(prefix)]


@pytest.mark.parametrize(
    ("die_after", "incoming", "final"),
    [
        ("opened", 1, 0),  # half a body: swept later, never promoted, because nobody knows its name
        ("received", 1, 0),  # complete, not promoted: the retry promotes it or sends it again
        ("linked", 1, 1),  # both names, not yet synced: the retry syncs and drops the incoming one
        ("synced", 1, 1),
        ("promoted", 0, 1),  # bytes without a row: the retry of the transaction finds them
        ("never", 0, 1),
    ],
)
def test_after_a_kill_at_any_point_the_same_retry_ends_well(tmp_path: Path, die_after: str, incoming: int, final: int) -> None:
    root, key = tmp_path / "store", blob_key(uuid4(), uuid4())
    code, said = run("main", root, key, die_after)
    assert code == (0 if die_after == "never" else -signal.SIGKILL)

    storage = DiskStorage(root)
    assert (len(names(storage, "incoming/")), len(names(storage, "blobs/"))) == (incoming, final)
    for name in names(storage, "blobs/"):
        assert storage.size(name) == len(CONTENT), "never half a file under a final key"

    if said:  # whoever still knows what was received promotes it again
        storage.promote(Received(said[0], int(said[1]), said[2]), key)
        assert names(storage, "incoming/") == []
    storage.promote(storage.receive(io.BytesIO(CONTENT), limit=len(CONTENT)), key)  # whoever does not sends it again
    with storage.open(key) as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == SHA256
    assert names(storage, "blobs/") == [key]


@pytest.mark.parametrize("moment", range(12))
def test_a_kill_at_random_never_shows_half_a_file(tmp_path: Path, moment: int) -> None:
    root, key = tmp_path / "store", blob_key(uuid4(), uuid4())
    with child("race", root, key, "x") as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        process.stdin.write("go\n")
        process.stdin.flush()
        time.sleep(moment / 10_000)
        process.kill()
        process.communicate()
    storage = DiskStorage(root)
    for stored in storage.keys("blobs/"):
        assert (stored.key, stored.bytes) == (key, 50_000)
    assert len(names(storage, "incoming/")) + len(names(storage, "blobs/")) >= 1, "received bytes are never lost"


def together(*calls: tuple[object, ...]) -> list[str]:
    """Start processes, let all get ready, give the word, and return what each says at the end."""
    processes = [child(*call) for call in calls]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[0].strip() for process in processes]


def test_two_contents_race_for_a_key_and_one_stays(tmp_path: Path) -> None:
    root = tmp_path / "store"
    storage = DiskStorage(root)
    for _ in range(3):
        key = blob_key(uuid4(), uuid4())
        ends = together(("race", root, key, "a"), ("race", root, key, "b"))
        assert sorted(ends) == ["KeyTaken", "promoted"]
        with storage.open(key) as stream:
            assert stream.read() == b"ab"[ends.index("promoted") :][:1] * 50_000


def test_the_same_bytes_promoted_twice_at_once_both_succeed(tmp_path: Path) -> None:
    root = tmp_path / "store"
    storage = DiskStorage(root)
    for _ in range(3):
        key, got = blob_key(uuid4(), uuid4()), storage.receive(io.BytesIO(CONTENT), limit=len(CONTENT))
        call = ("again", root, key, got.key_in_incoming, got.bytes, got.sha256)
        assert together(call, call, call) == ["promoted"] * 3
        assert names(storage, "incoming/") == []
        assert storage.size(key) == len(CONTENT)


def test_a_long_body_needs_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    code, said = run("memory", tmp_path / "store", 64)
    assert code == 0
    assert int(said[0]) == 64 << 20
    assert int(said[1]) < 8 << 20


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = (
        os.geteuid() == 0
        and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False).returncode == 0
    )
    if not mounted:
        pytest.skip("mounting a tiny disk needs root; the file size limit below is tried instead")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_is_refused_in_words_and_leaves_room_again(tiny_disk: Path) -> None:
    storage = DiskStorage(tiny_disk / "store")
    key = blob_key(uuid4(), uuid4())
    storage.promote(storage.receive(io.BytesIO(b"small"), limit=100), key)
    free = storage.free_bytes()
    with pytest.raises(StoreFull):
        storage.receive(Endless(2 << 20), limit=1 << 30)
    assert names(storage, "incoming/") == []
    assert storage.free_bytes() == free
    assert storage.size(key) == 5
    assert storage.receive(io.BytesIO(b"x" * 100_000), limit=1 << 20).bytes == 100_000


def test_a_file_the_machine_will_not_hold_is_refused_in_words(tmp_path: Path) -> None:
    code, said = run("small_files_only", tmp_path / "store")
    assert (code, said) == (0, ["StoreFull"])
    assert names(DiskStorage(tmp_path / "store"), "incoming/") == []
