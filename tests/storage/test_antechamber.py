"""Small files that wait on the disk: a name means all of it, and what is promoted is what was hashed."""

from __future__ import annotations

import hashlib
import io
import os
from uuid import uuid4

import pytest

from portal.storage import Altered, Incomplete, NoSuchKey, TooLarge, blob_key
from portal.storage.disk import DiskStorage

NAME = "incoming/" + "a" * 32


def key():
    return blob_key(uuid4(), uuid4())


@pytest.fixture
def disk(tmp_path):
    return DiskStorage(tmp_path / "files")


def test_a_file_waits_under_its_name_until_it_is_promoted(disk):
    disk.lay(NAME, io.BytesIO(b"hello"), length=5)
    received, final = disk.laid(NAME, expected=5), key()
    assert received.sha256 == hashlib.sha256(b"hello").hexdigest()
    disk.promote_all([(received, final)])
    assert disk.open(final).read() == b"hello"
    assert list(disk.keys("incoming/")) == []


def test_another_process_finds_the_same(disk):
    disk.lay(NAME, io.BytesIO(b"hello"), length=5)
    assert DiskStorage(disk.root).laid(NAME, expected=5) == disk.laid(NAME, expected=5)


@pytest.mark.parametrize("left", [b"h\0\0\0\0", b""])
def test_what_a_power_cut_spoilt_has_to_come_again(disk, left):
    """It has its name, and the process that knew its hash is gone."""
    disk.lay(NAME, io.BytesIO(b"hello"), length=5)
    (disk.root / NAME).write_bytes(left)
    after = DiskStorage(disk.root)
    with pytest.raises(NoSuchKey):
        after.laid(NAME, expected=5)
    after.lay(NAME, io.BytesIO(b"hello"), length=5)
    assert after.laid(NAME, expected=5).sha256 == hashlib.sha256(b"hello").hexdigest()


def test_everything_is_on_the_disk_before_it_has_its_final_name(disk, monkeypatch):
    names = [f"incoming/{n:032x}" for n in range(3)]
    for name in names:
        disk.lay(name, io.BytesIO(b"hello"), length=5)
    received, synced = [(disk.laid(name, expected=5), key()) for name in names], []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append((os.readlink(f"/proc/self/fd/{file}"), len(list(disk.keys("blobs/"))))))
    disk.promote_all(received)
    assert {(str(disk.root / name), 0) for name in names} <= set(synced)
    assert {(str((disk.root / final).parent), 3) for _, final in received} <= set(synced)


@pytest.mark.parametrize("labels", [True, False])
def test_a_disk_without_labels_has_all_of_it_before_it_has_a_name(disk, monkeypatch, labels):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    if not labels:
        monkeypatch.delattr(os, "setxattr")
    disk.lay(NAME, io.BytesIO(b"hello"), length=5)
    assert bool(synced) is not labels
    assert DiskStorage(disk.root).laid(NAME, expected=5).sha256 == hashlib.sha256(b"hello").hexdigest()


@pytest.mark.parametrize(("body", "trouble"), [(b"hell", Incomplete), (b"hello!", TooLarge)])
def test_what_is_not_whole_leaves_nothing(disk, body, trouble):
    with pytest.raises(trouble):
        disk.lay(NAME, io.BytesIO(body), length=5)
    assert list(disk.keys("incoming/")) == []
    with pytest.raises(NoSuchKey):
        disk.laid(NAME, expected=5)


def test_what_was_there_first_stays(disk):
    disk.lay(NAME, io.BytesIO(b"first"), length=5)
    disk.lay(NAME, io.BytesIO(b"other"), length=5)
    assert disk.open(NAME).read() == b"first"
    assert [stored.key for stored in disk.keys("incoming/")] == [NAME]


def test_other_bytes_under_the_name_are_never_promoted_as_the_hashed_ones(disk):
    disk.lay(NAME, io.BytesIO(b"first"), length=5)
    received, final = disk.laid(NAME, expected=5), key()
    disk.discard(NAME)
    disk.lay(NAME, io.BytesIO(b"other"), length=5)
    with pytest.raises(Altered):
        disk.promote_all([(received, final)])
    with pytest.raises(NoSuchKey):
        disk.size(final)
    assert disk.laid(NAME, expected=5).sha256 == hashlib.sha256(b"other").hexdigest()


def test_promoting_again_after_a_kill_succeeds(disk):
    disk.lay(NAME, io.BytesIO(b"hello"), length=5)
    received, final = disk.laid(NAME, expected=5), key()
    disk.promote_all([(received, final)])
    disk.promote_all([(received, final)])
    assert disk.size(final) == 5


def test_memory_used_again_mixes_nothing_up(disk):
    """Two files written by one thread, the second shorter."""
    for n, body in enumerate((b"a" * 700_000, b"b" * 10)):
        disk.lay(f"incoming/{n:032x}", io.BytesIO(body), length=len(body))
    assert disk.open(f"incoming/{1:032x}").read() == b"b" * 10
    assert disk.open(f"incoming/{0:032x}").read() == b"a" * 700_000
