"""What the store on a disk promises."""

import hashlib
import io
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.storage import (
    BadKey,
    Incomplete,
    KeyTaken,
    NoSuchKey,
    Received,
    Storage,
    TooLarge,
    blob_key,
    blob_prefix,
    chunks,
)
from portal.storage.disk import DiskStorage

BIRCH, CEDAR = uuid4(), uuid4()


@pytest.fixture
def storage(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "store")


def receive(storage: Storage, content: bytes, *, limit: int = 1 << 20, chunk: int = 1000, expected: int | None = None) -> Received:
    return storage.receive(io.BytesIO(content), limit=limit, chunk=chunk, expected=expected)


def keep(storage: Storage, content: bytes, client: UUID = BIRCH) -> str:
    key = blob_key(client, uuid4())
    storage.promote(receive(storage, content), key)
    return key


def everything(storage: DiskStorage) -> list[str]:
    return sorted(stored.key for prefix in ("incoming/", "blobs/") for stored in storage.keys(prefix))


def test_what_comes_in_is_counted_and_hashed(storage: DiskStorage) -> None:
    received = receive(storage, b"logo" * 1000)
    assert (received.bytes, received.sha256) == (4000, hashlib.sha256(b"logo" * 1000).hexdigest())
    assert everything(storage) == [received.key_in_incoming]
    with storage.open(received.key_in_incoming) as stream:
        assert stream.read() == b"logo" * 1000


def test_an_empty_body_is_received_for_others_to_judge(storage: DiskStorage) -> None:
    assert receive(storage, b"").bytes == 0


@pytest.mark.parametrize("chunk", [1, 7, 100, 1000])
def test_one_byte_over_the_limit_is_refused_and_leaves_nothing(storage: DiskStorage, chunk: int) -> None:
    assert receive(storage, b"x" * 100, limit=100, chunk=chunk).bytes == 100
    before = everything(storage)
    body = io.BytesIO(b"x" * 5000)
    with pytest.raises(TooLarge) as refusal:
        storage.receive(body, limit=100, chunk=chunk)
    assert refusal.value.limit == 100
    assert body.tell() == 101, "not a byte more is read than is needed to know"
    assert everything(storage) == before


@pytest.mark.parametrize("expected", [99, 101])
def test_a_body_of_another_length_than_announced_is_refused(storage: DiskStorage, expected: int) -> None:
    with pytest.raises(Incomplete) as refusal:
        receive(storage, b"x" * 100, expected=expected)
    assert (refusal.value.expected, refusal.value.got) == (expected, 100)
    assert everything(storage) == []


def test_a_line_that_breaks_leaves_nothing(storage: DiskStorage) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 3000:
                raise OSError("gone")
            return super().read(size)

    with pytest.raises(ConnectionError):
        storage.receive(Broken(b"x" * 9000), limit=9000, chunk=1000)
    assert everything(storage) == []


def test_promoted_bytes_lie_under_their_key_and_no_longer_in_incoming(storage: DiskStorage) -> None:
    key = keep(storage, b"hello")
    assert everything(storage) == [key]
    assert storage.size(key) == 5
    with storage.open(key) as stream:
        assert stream.read() == b"hello"


def test_promoting_again_is_fine_while_the_content_is_the_same(storage: DiskStorage) -> None:
    received, key = receive(storage, b"hello"), blob_key(BIRCH, uuid4())
    storage.promote(received, key)
    storage.promote(received, key)
    storage.promote(receive(storage, b"hello"), key)
    assert everything(storage) == [key]


@pytest.mark.parametrize("other", [b"hullo", b"hello you", b""])
def test_other_content_never_replaces_what_lies_there(storage: DiskStorage, other: bytes) -> None:
    key, late = keep(storage, b"hello"), receive(storage, other)
    with pytest.raises(KeyTaken):
        storage.promote(late, key)
    with storage.open(key) as stream:
        assert stream.read() == b"hello"
    assert late.key_in_incoming in everything(storage)


def test_promoting_what_is_gone_is_refused(storage: DiskStorage) -> None:
    received = receive(storage, b"hello")
    storage.discard(received.key_in_incoming)
    storage.discard(received.key_in_incoming)
    with pytest.raises(NoSuchKey):
        storage.promote(received, blob_key(BIRCH, uuid4()))


def test_incoming_bytes_that_shrank_are_not_promoted(storage: DiskStorage) -> None:
    received = receive(storage, b"hello")
    os.truncate(storage.root / received.key_in_incoming, 3)
    with pytest.raises(Incomplete):
        storage.promote(received, blob_key(BIRCH, uuid4()))
    assert list(storage.keys("blobs/")) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(content=st.binary(max_size=300), start=st.integers(0, 320), length=st.integers(0, 320))
def test_any_range_reads_like_a_slice(storage: DiskStorage, content: bytes, start: int, length: int) -> None:
    key, end = keep(storage, content), start + length
    if start > len(content):
        with pytest.raises(ValueError):
            storage.open(key, start=start, end=end)
        return
    with storage.open(key, start=start, end=end) as stream:
        assert stream.read() == content[start:end]
    with storage.open(key, start=start) as stream:
        stream.seek(-min(5, len(content) - start), os.SEEK_END)
        assert stream.read() == content[start:][-5:]
    assert b"".join(chunks(storage.open(key, start=start, end=end), size=7)) == content[start:end]


def test_a_range_that_ends_before_it_begins_is_refused(storage: DiskStorage) -> None:
    key = keep(storage, b"hello")
    for start, end in ((3, 2), (-1, 2), (6, None)):
        with pytest.raises(ValueError):
            storage.open(key, start=start, end=end)


def test_streams_close_their_files(storage: DiskStorage) -> None:
    key, before = keep(storage, b"hello"), len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        storage.open(key).close()
        list(chunks(storage.open(key)))
    assert len(os.listdir("/proc/self/fd")) == before


def test_nothing_under_a_key_is_said_so(storage: DiskStorage) -> None:
    key = blob_key(BIRCH, uuid4())
    storage.delete(key)
    for verb in (storage.open, storage.size):
        with pytest.raises(NoSuchKey):
            verb(key)


def test_deleted_bytes_are_gone(storage: DiskStorage) -> None:
    key, other = keep(storage, b"hello"), keep(storage, b"stay")
    storage.delete(key)
    assert everything(storage) == [other]


CROOKED = [
    "",
    "/",
    ".",
    "..",
    "../x",
    "/etc/passwd",
    "blobs",
    "blobs/",
    "incoming/",
    "incoming/../blobs/x",
    "incoming/" + "a" * 31,
    f"blobs/{'a' * 32}/../../../etc/passwd",
    f"blobs/{'a' * 32}/aa/..",
    f"blobs/{'a' * 32}/aa/{'a' * 32}/x",
    f"blobs/{'A' * 32}/aa/{'a' * 32}",
    f"blobs/{'a' * 32}/aa/{'a' * 32}\n",
    f"blobs/{'a' * 32}/aa/{'a' * 31}\0",
    f"incoming/{'٣' * 32}",
    f"//blobs/{'a' * 32}/aa/{'a' * 32}",
]


@pytest.mark.parametrize("key", CROOKED)
def test_a_key_we_did_not_make_is_refused_by_every_verb(storage: DiskStorage, key: str) -> None:
    received = receive(storage, b"hello")
    before = everything(storage)
    verbs = (
        storage.open,
        storage.size,
        storage.discard,
        storage.delete,
        lambda bad: storage.promote(received, bad),
        lambda bad: storage.promote(Received(bad, 5, received.sha256), blob_key(BIRCH, uuid4())),
    )
    for verb in verbs:
        with pytest.raises(BadKey):
            verb(key)
    assert everything(storage) == before


def test_a_folder_that_leads_elsewhere_is_not_followed(storage: DiskStorage, tmp_path: Path) -> None:
    key = blob_key(BIRCH, uuid4())
    outside = tmp_path / "outside"
    (outside / key.split("/")[2]).mkdir(parents=True)
    (storage.root / "blobs" / BIRCH.hex).symlink_to(outside)
    with pytest.raises(BadKey):
        storage.promote(receive(storage, b"hello"), key)
    keep(storage, b"mine", CEDAR)
    inside = storage.root / blob_key(CEDAR, uuid4())
    inside.parent.mkdir(exist_ok=True)
    inside.symlink_to("/etc/passwd")
    with pytest.raises(OSError, match="symbolic links"):
        storage.open(inside.relative_to(storage.root).as_posix())


def test_only_we_can_read_files_and_folders(storage: DiskStorage) -> None:
    keep(storage, b"hello")
    receive(storage, b"hello")
    for path in (storage.root, *storage.root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_keys_are_walked_with_size_and_age_by_prefix(storage: DiskStorage) -> None:
    birch, cedar = keep(storage, b"hello"), keep(storage, b"hi", CEDAR)
    assert {stored.key: stored.bytes for stored in storage.keys("blobs/")} == {birch: 5, cedar: 2}
    assert [stored.key for stored in storage.keys(blob_prefix(CEDAR))] == [cedar]
    assert list(storage.keys(blob_prefix(uuid4()))) == []
    assert all(abs(stored.written_at - datetime.now(UTC)) < timedelta(minutes=1) for stored in storage.keys("blobs/"))
    for prefix in ("", "blobs", "../", "blobs/../", "/"):
        with pytest.raises(BadKey):
            storage.keys(prefix)


def test_sweeping_takes_old_incoming_bytes_only(storage: DiskStorage) -> None:
    kept, old, young = keep(storage, b"kept"), receive(storage, b"old"), receive(storage, b"young")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    os.utime(storage.root / old.key_in_incoming, (0, yesterday.timestamp() - 60))
    os.utime(storage.root / kept, (0, 0))
    assert storage.sweep_incoming(older_than=yesterday) == 1
    assert everything(storage) == sorted([kept, young.key_in_incoming])


def test_free_room_is_told_and_a_second_start_keeps_everything(storage: DiskStorage) -> None:
    key = keep(storage, b"hello")
    again: Storage = DiskStorage(storage.root)
    assert again.size(key) == 5
    free = again.free_bytes()
    assert free is not None
    assert free > 0


def test_keys_are_made_from_ids_only() -> None:
    client, upload = UUID(int=1), UUID("018f0000-0000-7000-8000-0000000000ab")
    assert blob_key(client, upload) == f"blobs/{'0' * 31}1/ab/{upload.hex}"
    assert blob_key(client, upload).startswith(blob_prefix(client))
