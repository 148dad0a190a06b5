"""What every store promises: one list of promises, kept by the disk, by S3 in memory, and by a real S3 service."""

import hashlib
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from portal.storage import (
    BadKey,
    Begun,
    Incomplete,
    KeyTaken,
    NoSuchKey,
    OtherParts,
    Part,
    Received,
    Storage,
    TooLarge,
    blob_key,
    blob_prefix,
    chunks,
)

BIRCH, CEDAR = uuid4(), uuid4()
MIB = 1024 * 1024
PART = 5 * MIB  # the least S3 takes for a part that is not the last
ONE, TWO, REST = b"1" * PART, os.urandom(PART), b"the rest"


def receive(store: Storage, content: bytes, *, limit: int = 1 << 30, expected: int | None = None) -> Received:
    return store.receive(io.BytesIO(content), limit=limit, expected=expected)


def keep(store: Storage, content: bytes, client: UUID = BIRCH) -> str:
    key = blob_key(client, uuid4())
    store.promote(receive(store, content), key)
    return key


def lay(store: Storage, begun: Begun, n: int, content: bytes) -> Part:
    return store.receive_part(begun, n, io.BytesIO(content), length=len(content), offset=(n - 1) * PART)


def read(store: Storage, key: str) -> bytes:
    with store.open(key) as stream:
        return stream.read()


def everything(store: Storage) -> list[str]:
    return sorted(stored.key for prefix in ("incoming/", "blobs/") for stored in store.keys(prefix))


# ── whole ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("size", [0, 1, 4000, 8 * MIB - 1, 8 * MIB, 17 * MIB])
def test_what_comes_in_is_counted_hashed_and_promoted(store: Storage, size: int) -> None:
    content = os.urandom(size)
    received = receive(store, content, expected=size)
    assert (received.bytes, received.sha256) == (size, hashlib.sha256(content).hexdigest())
    assert everything(store) == [received.key_in_incoming]
    assert read(store, received.key_in_incoming) == content
    key = blob_key(BIRCH, uuid4())
    store.promote(received, key)
    assert everything(store) == [key]
    assert store.size(key) == size
    assert read(store, key) == content


@pytest.mark.parametrize("limit", [100, 8 * MIB, 9 * MIB])
def test_one_byte_over_the_limit_is_refused_and_leaves_nothing(store: Storage, limit: int) -> None:
    body = io.BytesIO(b"x" * (limit + 3 * MIB))
    with pytest.raises(TooLarge) as refusal:
        store.receive(body, limit=limit)
    assert refusal.value.limit == limit
    assert body.tell() == limit + 1, "not a byte more is read than is needed to know"
    assert everything(store) == []


@pytest.mark.parametrize("size", [100, 9 * MIB])
@pytest.mark.parametrize("off", [-1, 1])
def test_a_body_of_another_length_than_announced_is_refused(store: Storage, size: int, off: int) -> None:
    with pytest.raises(Incomplete) as refusal:
        receive(store, b"x" * size, expected=size + off)
    assert (refusal.value.expected, refusal.value.got) == (size + off, size)
    assert everything(store) == []


@pytest.mark.parametrize("after", [3000, 9 * MIB])
def test_a_line_that_breaks_leaves_nothing(store: Storage, after: int) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > after:
                raise OSError("gone")
            return super().read(size)

    with pytest.raises(ConnectionError):
        store.receive(Broken(b"x" * 18 * MIB), limit=1 << 30)
    assert everything(store) == []


def test_promoting_again_is_fine_while_the_content_is_the_same(store: Storage) -> None:
    received, key = receive(store, b"hello"), blob_key(BIRCH, uuid4())
    store.promote(received, key)
    store.promote(received, key)
    store.promote(receive(store, b"hello"), key)
    store.promote(Received(received.key_in_incoming, 5, received.sha256), key)  # as somebody knows it who has forgotten the pin
    assert everything(store) == [key]


def test_what_was_received_is_promoted_also_by_somebody_who_has_forgotten_the_pin(store: Storage) -> None:
    received, key = receive(store, b"hello"), blob_key(BIRCH, uuid4())
    store.promote(Received(received.key_in_incoming, received.bytes, received.sha256), key)
    assert everything(store) == [key]


@pytest.mark.parametrize("other", [b"hullo", b"hello you", b""])
def test_other_content_never_replaces_what_lies_there(store: Storage, other: bytes) -> None:
    key, late = keep(store, b"hello"), receive(store, other)
    with pytest.raises(KeyTaken):
        store.promote(late, key)
    assert read(store, key) == b"hello"
    assert late.key_in_incoming in everything(store)


def test_promoting_what_is_gone_is_refused(store: Storage) -> None:
    received = receive(store, b"hello")
    for _ in range(2):
        store.discard(received.key_in_incoming)
    with pytest.raises(NoSuchKey):
        store.promote(received, blob_key(BIRCH, uuid4()))
    assert everything(store) == []


@pytest.mark.parametrize(("start", "end"), [(0, None), (0, 0), (3, 9), (3, None), (26, None), (25, 99), (0, 26), (13, 13)])
def test_a_range_reads_like_a_slice(store: Storage, start: int, end: int | None) -> None:
    content = b"abcdefghijklmnopqrstuvwxyz"
    key = keep(store, content)
    with store.open(key, start=start, end=end) as stream:
        assert stream.read() == content[start:end]
        stream.seek(0)
        assert stream.read(2) == content[start:end][:2]
        stream.seek(0, os.SEEK_END)
        assert stream.tell() == len(content[start:end])
    assert b"".join(chunks(store.open(key, start=start, end=end), size=7)) == content[start:end]


@pytest.mark.parametrize(("start", "end"), [(3, 2), (-1, 2), (6, None)])
def test_a_range_that_is_none_is_refused(store: Storage, start: int, end: int | None) -> None:
    key = keep(store, b"hello")
    with pytest.raises(ValueError):
        store.open(key, start=start, end=end)


def test_nothing_under_a_key_is_said_so(store: Storage) -> None:
    key = blob_key(BIRCH, uuid4())
    store.delete(key)
    for verb in (store.open, store.size):
        with pytest.raises(NoSuchKey):
            verb(key)


def test_deleted_bytes_are_gone(store: Storage) -> None:
    key, other = keep(store, b"hello"), keep(store, b"stay")
    store.delete(key)
    assert everything(store) == [other]


@pytest.mark.parametrize("key", ["", "..", "blobs/", "incoming/", "incoming/../blobs/x", "incoming/" + "a" * 31, "blobs/x", "/etc/passwd"])
def test_a_key_we_did_not_make_is_refused_by_every_verb(store: Storage, key: str) -> None:
    received = receive(store, b"hello")
    verbs: tuple[Callable[[], object], ...] = (
        lambda: store.open(key),
        lambda: store.size(key),
        lambda: store.discard(key),
        lambda: store.delete(key),
        lambda: store.promote(received, key),
        lambda: store.promote(Received(key, 5, received.sha256), blob_key(BIRCH, uuid4())),
        lambda: lay(store, Begun(key, "x"), 1, b"1"),
        lambda: store.parts(Begun(key, "x")),
        lambda: store.join(Begun(key, "x"), [Part(1, 1, "x")]),
        lambda: store.abandon(Begun(key, "x")),
    )
    for verb in verbs:
        with pytest.raises(BadKey):
            verb()
    assert everything(store) == [received.key_in_incoming]


def test_keys_are_walked_with_size_and_age_by_prefix(store: Storage) -> None:
    birch, cedar = keep(store, b"hello"), keep(store, b"hi", CEDAR)
    assert {stored.key: stored.bytes for stored in store.keys("blobs/")} == {birch: 5, cedar: 2}
    assert [stored.key for stored in store.keys(blob_prefix(CEDAR))] == [cedar]
    assert list(store.keys(blob_prefix(uuid4()))) == []
    assert all(abs(stored.written_at - datetime.now(UTC)) < timedelta(minutes=1) for stored in store.keys("blobs/"))
    for prefix in ("", "blobs", "../", "blobs/../", "/"):
        with pytest.raises(BadKey):
            store.keys(prefix)


# ── in parts ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (1, 2, 2, 3, 1)])
def test_parts_make_the_file_whatever_their_order(store: Storage, order: tuple[int, ...]) -> None:
    begun, parts = store.begin(), {}
    for n in order:
        parts[n] = lay(store, begun, n, (ONE, TWO, REST)[n - 1])
    named = [parts[n] for n in (1, 2, 3)]
    assert store.parts(begun) == named
    assert [(part.n, part.bytes) for part in named] == [(1, PART), (2, PART), (3, len(REST))]
    received = store.join(begun, named)
    assert (received.bytes, received.sha256) == (2 * PART + len(REST), hashlib.sha256(ONE + TWO + REST).hexdigest())
    assert everything(store) == [begun.key_in_incoming]
    assert store.join(begun, named) == received
    key = blob_key(BIRCH, uuid4())
    store.promote(received, key)
    assert everything(store) == [key]
    assert read(store, key) == ONE + TWO + REST
    for verb in (lambda: store.join(begun, named), lambda: store.parts(begun)):
        with pytest.raises(NoSuchKey):
            verb()


def test_the_same_part_again_has_the_same_mark_and_another_one_a_different(store: Storage) -> None:
    begun = store.begin()
    first = lay(store, begun, 1, b"a bit")
    assert lay(store, begun, 1, b"a bit") == first
    assert lay(store, begun, 1, b"a lot").etag != first.etag


@pytest.mark.parametrize(("sent", "error"), [(b"abcd", Incomplete), (b"abcdef", TooLarge), (b"", Incomplete)])
def test_a_part_of_another_length_is_not_taken(store: Storage, sent: bytes, error: type[Exception]) -> None:
    begun = store.begin()
    with pytest.raises(error):
        store.receive_part(begun, 1, io.BytesIO(sent), length=5, offset=0)
    assert store.parts(begun) == []


def test_only_the_parts_that_were_named_are_joined(store: Storage) -> None:
    begun = store.begin()
    lay(store, begun, 1, TWO)
    one, two = lay(store, begun, 1, ONE), lay(store, begun, 2, REST)
    for wrong, missing in (([one, Part(2, 8, "other")], (2,)), ([two], (1,)), ([], ()), ([one, two, two], ())):
        with pytest.raises(OtherParts) as refusal:
            store.join(begun, wrong)
        assert refusal.value.missing == missing
    received = store.join(begun, [one])
    assert (received.bytes, received.sha256) == (PART, hashlib.sha256(ONE).hexdigest())


def test_what_was_abandoned_is_gone(store: Storage) -> None:
    begun = store.begin()
    part = lay(store, begun, 1, REST)
    for _ in range(2):
        store.abandon(begun)
    assert everything(store) == []
    for verb in (lambda: store.parts(begun), lambda: store.join(begun, [part])):
        with pytest.raises(NoSuchKey):
            verb()


@pytest.mark.parametrize("store", ["disk", "seaweed"], indirect=True)  # moto breaks down instead of refusing
def test_no_part_is_taken_for_what_was_joined_or_abandoned(store: Storage) -> None:
    joined, abandoned = store.begin(), store.begin()
    store.join(joined, [lay(store, joined, 1, REST)])
    store.abandon(abandoned)
    for begun in (joined, abandoned):
        with pytest.raises(NoSuchKey):
            lay(store, begun, 1, b"evil")
    assert read(store, joined.key_in_incoming) == REST


def test_discarding_drops_what_still_comes_in_parts(store: Storage) -> None:
    begun, other = store.begin(), store.begin()
    lay(store, begun, 1, REST)
    store.discard(begun.key_in_incoming)
    assert everything(store) == [other.key_in_incoming]


def test_sweeping_takes_what_nobody_waits_for(store: Storage) -> None:
    kept, whole, begun, wanted = keep(store, b"kept"), receive(store, b"old"), store.begin(), store.begin()
    lay(store, begun, 1, REST)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert store.sweep_incoming(older_than=later, keep={wanted.key_in_incoming}) == 2
    assert everything(store) == sorted([kept, wanted.key_in_incoming])
    assert store.parts(wanted) == []
    for gone in (whole.key_in_incoming, begun.key_in_incoming):
        with pytest.raises(NoSuchKey):
            store.size(gone)


@pytest.mark.parametrize("store", ["disk", "seaweed"], indirect=True)  # moto says of every upload that it began in 2010
def test_sweeping_leaves_what_is_young(store: Storage) -> None:
    receive(store, b"young")
    lay(store, store.begin(), 1, REST)
    before = everything(store)
    assert store.sweep_incoming(older_than=datetime.now(UTC) - timedelta(hours=1)) == 0
    assert everything(store) == before


def test_only_the_disk_has_an_end_and_only_s3_takes_bytes_without_us(store: Storage, request: pytest.FixtureRequest) -> None:
    on_disk = "disk" in request.node.callspec.id
    assert (store.free_bytes() is not None) == on_disk
    assert (store.direct is None) == on_disk
