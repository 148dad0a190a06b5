"""Files that lie in a bucket are looked into and scanned there as well as on a disk; a real S3 service, a real scanner, a real sandbox."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from uuid import uuid4

import pytest

from portal.storage import blob_key
from portal.storage.arrival import Looked, Rules, look_into
from portal.storage.s3_storage import S3Storage
from portal.storage.scanner import Scanner, Verdict
from tests.storage import hostile
from tests.storage.corpus import PDF, office, picture
from tests.support.clamd import EICAR, MOST_STREAMED, Clamd, running_clamd

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    with running_clamd(tmp_path_factory.mktemp("clamd")) as clamd:
        yield clamd


def lying(store: S3Storage, content: bytes, *, promoted: bool) -> str:
    """The key under which this lies in the bucket, received or already ours."""
    received = store.receive(io.BytesIO(content), limit=1 << 30)
    if not promoted:
        return received.key_in_incoming
    key = blob_key(uuid4(), uuid4())
    store.promote(received, key)
    return key


FILES = [
    ("plan.pdf", PDF),
    ("three.pdf", hostile.pdf(3)),
    ("photo.jpg", hostile.whole_picture(640, 480)),
    ("photo.png", picture("PNG")),
    ("letter.docx", office("word")),
    ("tax.zip", hostile.locked_zip()),
    ("cut.jpg", hostile.whole_picture(400, 400)[:9000]),
    ("bomb.zip", hostile.zip_bomb()),
    ("slip.zip", hostile.zip_with("../../etc/cron.d/job")),
    ("photo.jpg.exe", b"MZ" + bytes(200)),
]


@pytest.mark.parametrize(("name", "content"), FILES, ids=[name for name, _ in FILES])
def test_a_look_sees_the_same_as_in_memory(seaweed: S3Storage, name: str, content: bytes) -> None:
    key = lying(seaweed, content, promoted=False)

    def seen(stream: io.IOBase) -> Looked:
        with stream:
            return look_into(stream, name, size=len(content), rules=Rules(("image", "document"), min_width=1000, min_pages=2))

    assert seen(seaweed.open(key)) == seen(io.BytesIO(content))


def test_a_look_goes_through_all_parts_of_a_large_file(seaweed: S3Storage) -> None:
    content = hostile.zip_with("film.bin", "setup.exe", content=random.Random(1).randbytes(5 * MIB))
    assert len(content) > 8 * MIB
    key = lying(seaweed, content, promoted=True)
    with seaweed.open(key) as stream:
        looked = look_into(stream, "films.zip", size=len(content), rules=Rules(()))
    assert [finding.code.value for finding in looked.findings] == ["holds_programs"]


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"Hello", Verdict.CLEAN),
        (hostile.pdf(3), Verdict.CLEAN),
        (EICAR, Verdict.INFECTED),
        (hostile.zip_with("inside.com", content=EICAR), Verdict.INFECTED),
        (bytes(MOST_STREAMED - 100) + EICAR, Verdict.COULD_NOT),
        (bytes(20_000_000), Verdict.COULD_NOT),
    ],
    ids=["text", "pdf", "virus", "virus in a zip", "too large to be looked into", "too large to be sent"],
)
def test_the_scanner_reads_from_the_bucket(seaweed: S3Storage, clamd: Clamd, content: bytes, verdict: Verdict) -> None:
    key = lying(seaweed, content, promoted=True)
    with seaweed.open(key) as stream:
        assert Scanner(clamd.url).scan(stream, size=seaweed.size(key)).verdict is verdict
