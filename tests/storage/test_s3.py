"""What S3 is promised beyond what every store promises: what browsers bring themselves, and what goes wrong on the way to the service."""

import hashlib
import io
import os
import re
import time
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import requests
from requests import Response

from portal.storage import (
    Act,
    Altered,
    BadKey,
    Begun,
    Busy,
    Incomplete,
    NoSuchKey,
    OtherParts,
    Part,
    Received,
    StorageError,
    StoreDown,
    StoreFull,
    blob_key,
)
from portal.storage import s3 as calls
from portal.storage.s3 import Bucket, Place
from portal.storage.s3_promotion import Promotion
from portal.storage.s3_storage import S3Storage
from tests.support.ports import free_port

MIB = 1024 * 1024
ONE, REST = os.urandom(5 * MIB), b"the rest"


def put(url: str, content: bytes, **headers: str) -> Response:
    return requests.put(url, data=content, headers=headers, timeout=60)


def receive(store: S3Storage, content: bytes) -> Received:
    return store.receive(io.BytesIO(content), limit=1 << 30)


# ── brought by the browser itself ────────────────────────────────────────────
def test_a_browser_brings_a_small_file_at_one_address(seaweed: S3Storage) -> None:
    direct = seaweed.direct
    assert direct is not None
    key = direct.key()
    assert put(direct.url(Act.PUT_WHOLE, key, length=5), b"hello").status_code == 200
    received = direct.adopt(key, expected=5)
    assert (received.bytes, received.sha256) == (5, hashlib.sha256(b"hello").hexdigest())
    final = blob_key(uuid4(), uuid4())
    seaweed.promote(received, final)
    assert [stored.key for stored in seaweed.keys("blobs/")] == [final]
    assert list(seaweed.keys("incoming/")) == []


def test_a_browser_brings_a_large_file_in_parts_and_looks_what_is_there(seaweed: S3Storage) -> None:
    direct = seaweed.direct
    assert direct is not None
    key = direct.key()
    upload = re.search("<UploadId>(.*)</UploadId>", requests.post(direct.url(Act.CREATE, key), timeout=60).text)
    assert upload is not None
    begun, etags = Begun(key, upload[1]), {}
    for n, content in ((1, ONE), (2, REST)):
        answer = put(direct.url(Act.PUT_PART, begun, n=n, length=len(content)), content)
        assert answer.status_code == 200
        etags[n] = answer.headers["ETag"]
    listed = requests.get(direct.url(Act.LIST, begun), timeout=60).text
    assert re.findall("<PartNumber>(.)</PartNumber>", listed) == ["1", "2"]
    assert seaweed.parts(begun) == [Part(1, len(ONE), etags[1].strip('"')), Part(2, len(REST), etags[2].strip('"'))]
    named = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{etag}</ETag></Part>" for n, etag in etags.items())
    body = f"<CompleteMultipartUpload>{named}</CompleteMultipartUpload>"
    assert requests.post(direct.url(Act.COMPLETE, begun), data=body, timeout=60).status_code == 200
    received = direct.adopt(key, expected=len(ONE + REST))
    assert received.sha256 == hashlib.sha256(ONE + REST).hexdigest()


def test_a_browser_brings_the_parts_and_we_join_them(seaweed: S3Storage) -> None:
    direct, begun = seaweed.direct, seaweed.begin()
    assert direct is not None
    for n, content in ((1, ONE), (2, REST)):
        assert put(direct.url(Act.PUT_PART, begun, n=n, length=len(content)), content).status_code == 200
    assert seaweed.join(begun, seaweed.parts(begun)).sha256 == hashlib.sha256(ONE + REST).hexdigest()


def test_a_browser_gives_up(seaweed: S3Storage) -> None:
    direct, begun = seaweed.direct, seaweed.begin()
    assert direct is not None
    assert requests.delete(direct.url(Act.ABORT, begun), timeout=60).status_code == 204
    with pytest.raises(NoSuchKey):
        seaweed.parts(begun)


@pytest.mark.parametrize("sent", [b"hell", b"hello!", b""])
def test_another_length_than_the_signed_one_is_refused(seaweed: S3Storage, sent: bytes) -> None:
    direct, begun = seaweed.direct, seaweed.begin()
    assert direct is not None
    key = direct.key()
    assert put(direct.url(Act.PUT_WHOLE, key, length=5), sent).status_code == 403
    assert put(direct.url(Act.PUT_PART, begun, n=1, length=5), sent).status_code == 403
    with pytest.raises(NoSuchKey):
        seaweed.size(key)
    assert seaweed.parts(begun) == []


def test_an_address_is_good_for_its_own_act_and_place_only(seaweed: S3Storage) -> None:
    direct, begun = seaweed.direct, seaweed.begin()
    assert direct is not None
    key = direct.key()
    url = direct.url(Act.PUT_WHOLE, key, length=5)
    elsewhere = url.replace(key, blob_key(uuid4(), uuid4()))
    assert put(elsewhere, b"hello").status_code == 403
    assert put(direct.url(Act.PUT_PART, begun, n=1, length=5).replace("partNumber=1", "partNumber=2"), b"hello").status_code == 403
    for verb in (requests.get, requests.delete):
        assert verb(url, timeout=60).status_code == 403
    assert requests.get(urlsplit(url)._replace(query="").geturl(), timeout=60).status_code == 403
    assert list(seaweed.keys("blobs/")) == []


def test_an_address_expires_within_a_quarter_of_an_hour(seaweed: S3Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    direct = seaweed.direct
    assert direct is not None
    key = direct.key()
    assert int(parse_qs(urlsplit(direct.url(Act.PUT_WHOLE, key, length=5)).query)["X-Amz-Expires"][0]) <= 15 * 60
    monkeypatch.setattr(calls, "EXPIRES", 1)
    url = direct.url(Act.PUT_WHOLE, key, length=5)
    time.sleep(2.5)
    assert put(url, b"hello").status_code == 403
    with pytest.raises(NoSuchKey):
        seaweed.size(key)


def test_nothing_is_signed_but_the_antechamber(seaweed: S3Storage) -> None:
    direct = seaweed.direct
    assert direct is not None
    for place in (blob_key(uuid4(), uuid4()), "incoming/x", "", Begun("incoming/../blobs", "x")):
        with pytest.raises(BadKey):
            direct.url(Act.PUT_WHOLE, place, length=5)
    key, begun = direct.key(), Begun(direct.key(), "upload")
    for act, where, n, length in (
        (Act.PUT_WHOLE, key, None, None),
        (Act.PUT_PART, begun, 1, None),
        (Act.PUT_PART, begun, None, 5),
        (Act.PUT_PART, begun, 0, 5),
        (Act.PUT_PART, begun, 10_001, 5),
        (Act.PUT_PART, key, 1, 5),
        (Act.LIST, Begun(key, ""), None, None),
    ):
        with pytest.raises(ValueError):
            direct.url(act, where, n=n, length=length)


def test_signed_addresses_lead_where_browsers_reach_the_service(seaweed: S3Storage) -> None:
    place = Place("portal", "http://127.0.0.1:1", public="https://files.example.com", key_id="a", secret="b")
    direct = S3Storage(Bucket(place)).direct
    assert direct is not None
    assert direct.origin == "https://files.example.com"
    assert direct.url(Act.CREATE, direct.key()).startswith("https://files.example.com/portal/incoming/")
    on_aws = S3Storage(Bucket(Place("firm-files", region="eu-central-1", key_id="a", secret="b"))).direct
    assert on_aws is not None
    assert on_aws.origin == "https://firm-files.s3.eu-central-1.amazonaws.com"


# ── replaced behind our back ─────────────────────────────────────────────────
@pytest.mark.parametrize("other", [b"evil!", b"", b"much longer than before"])
def test_what_was_replaced_after_it_was_hashed_is_not_promoted(seaweed: S3Storage, other: bytes) -> None:
    direct = seaweed.direct
    assert direct is not None
    key, final = direct.key(), blob_key(uuid4(), uuid4())
    put(direct.url(Act.PUT_WHOLE, key, length=5), b"hello")
    received = direct.adopt(key, expected=5)
    assert put(direct.url(Act.PUT_WHOLE, key, length=len(other)), other).status_code == 200
    with pytest.raises(Altered):
        seaweed.promote(received, final)
    assert list(seaweed.keys("blobs/")) == []


def test_what_was_replaced_while_it_was_read_is_noticed(seaweed: S3Storage) -> None:
    received = receive(seaweed, b"a" * MIB)
    with seaweed.open(received.key_in_incoming) as stream:
        stream.read(10)
        seaweed.bucket.call("put_object", Key=received.key_in_incoming, Body=b"b" * MIB)
        stream.seek(600_000)
        with pytest.raises(Altered):
            stream.read(10)


def test_what_a_browser_laid_there_must_be_as_long_as_it_said(seaweed: S3Storage) -> None:
    direct = seaweed.direct
    assert direct is not None
    key = direct.key()
    with pytest.raises(NoSuchKey):
        direct.adopt(key, expected=5)
    put(direct.url(Act.PUT_WHOLE, key, length=5), b"hello")
    with pytest.raises(Incomplete):
        direct.adopt(key, expected=6)


def test_a_replaced_object_of_a_versioned_bucket_is_read_and_copied_as_it_was(moto: S3Storage) -> None:
    moto.bucket.call("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})
    received = receive(moto, b"hello")
    assert " " in received.pin
    final = blob_key(uuid4(), uuid4())
    moto.promote(received, final)
    assert moto.size(final) == 5


# ── copies ───────────────────────────────────────────────────────────────────
def test_the_largest_files_are_copied_in_pieces(seaweed: S3Storage) -> None:
    seaweed._promotion = Promotion(seaweed.bucket, whole=6 * MIB, piece=5 * MIB)
    content, key = os.urandom(11 * MIB), blob_key(uuid4(), uuid4())
    received = receive(seaweed, content)
    seaweed.promote(received, key)
    seaweed.promote(received, key)
    with seaweed.open(key) as stream:
        assert stream.read() == content
    late = receive(seaweed, content)
    seaweed.bucket.call("put_object", Key=late.key_in_incoming, Body=content[::-1])
    with pytest.raises(Altered):
        seaweed.promote(late, blob_key(uuid4(), uuid4()))
    assert [stored.key for stored in seaweed.keys("blobs/")] == [key]
    uploads = [each for page in seaweed.bucket.pages("list_multipart_uploads") for each in page.get("Uploads", ())]
    assert uploads == [], "what was begun and failed is aborted"


# ── trouble on the way ───────────────────────────────────────────────────────
class Stumbling(Bucket):
    """A bucket whose answers get lost: the call is done (or not), and then the line breaks."""

    def __init__(self, place: Place, verb: str, *, done: bool, times: int = 1) -> None:
        super().__init__(place)
        self.left = times
        self.verb = verb
        self.done = done

    def call(self, verb: str, **words: object) -> dict[str, object]:
        if verb != self.verb or not self.left:
            return super().call(verb, **words)
        self.left -= 1
        if self.done:
            super().call(verb, **words)
        raise StoreDown("the line broke")


def test_a_lost_answer_to_complete_is_no_failure(seaweed: S3Storage, seaweed_place: Place) -> None:
    store = S3Storage(Stumbling(seaweed_place, "complete_multipart_upload", done=True))
    begun = store.begin()
    part = store.receive_part(begun, 1, io.BytesIO(REST), length=len(REST), offset=0)
    assert store.join(begun, [part]).sha256 == hashlib.sha256(REST).hexdigest()
    assert receive(S3Storage(Stumbling(seaweed_place, "complete_multipart_upload", done=True)), ONE * 2).bytes == 2 * len(ONE)


def test_what_was_completed_before_a_kill_is_joined_by_whoever_knows_its_length(seaweed: S3Storage) -> None:
    begun = seaweed.begin()
    part = seaweed.receive_part(begun, 1, io.BytesIO(REST), length=len(REST), offset=0)
    joined = seaweed.join(begun, [part])
    assert seaweed.join(begun, [Part(1, len(REST), "")]) == joined
    with pytest.raises(OtherParts):
        seaweed.join(begun, [Part(1, len(REST) + 1, "")])


def test_a_complete_that_did_not_happen_is_said_and_can_be_repeated(seaweed: S3Storage, seaweed_place: Place) -> None:
    store = S3Storage(Stumbling(seaweed_place, "complete_multipart_upload", done=False))
    begun = store.begin()
    part = store.receive_part(begun, 1, io.BytesIO(REST), length=len(REST), offset=0)
    with pytest.raises(StoreDown):
        store.join(begun, [part])
    assert store.join(begun, [part]).sha256 == hashlib.sha256(REST).hexdigest()


@pytest.mark.parametrize("verb", ["copy_object", "delete_object"])
@pytest.mark.parametrize("done", [False, True])
def test_a_promotion_that_broke_off_is_repeated_in_peace(seaweed: S3Storage, seaweed_place: Place, verb: str, done: bool) -> None:
    store, key = S3Storage(Stumbling(seaweed_place, verb, done=done)), blob_key(uuid4(), uuid4())
    received = receive(store, b"hello")
    with pytest.raises(StoreDown):
        store.promote(received, key)
    store.promote(received, key)
    assert [stored.key for prefix in ("incoming/", "blobs/") for stored in store.keys(prefix)] == [key]


@pytest.mark.parametrize("verb", ["put_object", "create_multipart_upload", "upload_part", "complete_multipart_upload"])
def test_a_body_that_cannot_be_kept_leaves_nothing(seaweed: S3Storage, seaweed_place: Place, verb: str) -> None:
    store = S3Storage(Stumbling(seaweed_place, verb, done=False))
    with pytest.raises(StoreDown):
        receive(store, REST if verb == "put_object" else ONE * 2)
    assert list(seaweed.keys("incoming/")) == []


def test_reading_goes_on_where_the_line_broke(seaweed: S3Storage) -> None:
    received = receive(seaweed, ONE)
    broken = []

    class Breaking:
        def __init__(self, body: object) -> None:
            self.body = body
            self.read_once = False

        def read(self, size: int) -> bytes:
            if self.read_once and len(broken) < 4:
                broken.append(size)
                raise StoreDown("the line broke")
            self.read_once = True
            return bytes(self.body.read(size))  # type: ignore[attr-defined]

        def close(self) -> None:
            self.body.close()  # type: ignore[attr-defined]

    class Torn(Bucket):
        def call(self, verb: str, **words: object) -> dict[str, object]:
            answer = super().call(verb, **words)
            return {**answer, "Body": Breaking(answer["Body"])} if verb == "get_object" else answer

    with S3Storage(Torn(seaweed.bucket.place)).open(received.key_in_incoming) as stream:
        assert stream.read() == ONE
    assert len(broken) == 4


def test_a_service_that_does_not_answer_is_down() -> None:
    store = S3Storage(Bucket(Place("portal", f"http://127.0.0.1:{free_port()}", key_id="a", secret="b")))
    for verb in (store.begin, lambda: receive(store, b"hello"), lambda: list(store.keys("incoming/"))):
        with pytest.raises(StoreDown):
            verb()


def test_a_wrong_key_is_the_store_s_trouble(seaweed: S3Storage) -> None:
    place = seaweed.bucket.place
    store = S3Storage(Bucket(Place(place.bucket, place.endpoint, key_id=place.key_id, secret="wrong")))
    for verb in (store.begin, lambda: receive(store, b"hello"), lambda: list(store.keys("incoming/"))):
        with pytest.raises(StoreDown):
            verb()


def test_a_bucket_that_is_not_there_is_the_store_s_trouble(moto: S3Storage) -> None:
    store = S3Storage(Bucket(Place("nobody", key_id="testing", secret="testing")))
    for verb in (store.begin, lambda: receive(store, b"hello"), lambda: list(store.keys("incoming/"))):
        with pytest.raises(StoreDown):
            verb()


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("NoSuchKey", 404, NoSuchKey),
        ("NoSuchUpload", 404, NoSuchKey),
        ("404", 404, NoSuchKey),
        ("NoSuchBucket", 404, StoreDown),
        ("QuotaExceeded", 403, StoreFull),
        ("XMinioStorageFull", 507, StoreFull),
        ("ConditionalRequestConflict", 409, Busy),
        ("SlowDown", 503, StoreDown),
        ("InternalError", 500, StoreDown),
        ("AccessDenied", 403, StoreDown),
        ("EntityTooSmall", 400, StoreDown),
    ],
)
def test_every_refusal_of_a_service_is_an_error_of_a_store(code: str, status: int, kind: type[StorageError]) -> None:
    from botocore.exceptions import ClientError

    with pytest.raises(kind), calls.in_words():
        raise ClientError({"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Verb")  # type: ignore[typeddict-item]
