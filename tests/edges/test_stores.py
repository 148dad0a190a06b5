"""Where files lie is a setting: wrong values are refused in words, and on a bucket the whole portal works as on a disk."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import requests
import sqlalchemy as sa

from config import Config, Unsafe
from portal.edges import backup, doctor, headers, stores
from portal.edges.queue import tidy_up
from portal.kinds.files import incoming
from portal.models.clients import Client
from portal.models.definition.shape import Definition, Question, Section, Type
from portal.models.files import FromSide, Incoming, IncomingState, Upload
from portal.storage import NoSuchKey
from portal.storage import current as current_store
from portal.storage.disk import DiskStorage
from portal.storage.names import content_disposition
from portal.storage.s3 import Bucket
from portal.storage.s3_storage import S3Storage
from tests.support.cast import act, as_viewer, make_item, make_questionnaire, reading
from tests.support.house import configuration
from tests.support.ports import free_port
from tests.support.seaweed import as_new, empty

SAFE = {"SECRET_KEY": "k" * 40, "BASE_URL": "https://portal.example.com", "MAIL_URL": "console:", "ALLOW_UNSCANNED": "1"}
OCTETS = {"Content-Type": "application/octet-stream"}
KEYS = {"AWS_ACCESS_KEY_ID": "us", "AWS_SECRET_ACCESS_KEY": "our secret"}


def config_of(tmp_path: Path, url: str, **more: str) -> Config:
    return Config.from_env({**SAFE, **KEYS, "DATA_DIR": str(tmp_path), "STORAGE_URL": url, **more})


# ── the setting ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://files", "Use disk:, or s3://"),
        ("disk:/elsewhere", "Use disk:, or s3://"),
        ("s3://firm-files/folder", "Use disk:, or s3://"),
        ("s3://", "Names are 3 to 63"),
        ("s3://Firm_Files", "Names are 3 to 63"),
        ("s3://key:secret@firm-files", "STORAGE_URL holds a key"),
        ("s3://firm-files?endpint=https://s3.example.com", "says endpint=…, which means nothing"),
        ("s3://firm-files?endpoint=s3.example.com", "Use an address without a path"),
        ("s3://firm-files?endpoint=https://s3.example.com/path", "Use an address without a path"),
        ("s3://firm-files?endpoint=https://a:b@s3.example.com", "Use an address without a path"),
        ("s3://firm-files?endpoint=http://10.0.0.5:8333", "which is not https"),
        ("s3://firm-files?endpoint=https://s3.example.com&public=http://s3.example.com", "which is not https"),
    ],
)
def test_a_wrong_store_keeps_the_portal_from_starting(tmp_path, url, said):
    with pytest.raises(Unsafe) as refusal:
        config_of(tmp_path, url)
    assert said in str(refusal.value)
    assert "our secret" not in str(refusal.value)


@pytest.mark.parametrize("name", list(KEYS))
def test_a_bucket_needs_its_key(tmp_path, name):
    with pytest.raises(Unsafe, match="The bucket of STORAGE_URL needs both"):
        config_of(tmp_path, "s3://firm-files", **{name: ""})


def test_nginx_hands_out_no_files_of_a_bucket(tmp_path):
    with pytest.raises(Unsafe, match="Leave NGINX_FILES out"):
        config_of(tmp_path, "s3://firm-files", NGINX_FILES="/_files/")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("s3://firm-files?region=eu-central-1", "https://firm-files.s3.eu-central-1.amazonaws.com"),
        ("s3://firm-files?endpoint=https://s3.example.com", "https://s3.example.com"),
        ("s3://firm-files?endpoint=http://10.0.0.5:8333&public=https://s3.example.com/", "https://s3.example.com"),
        ("s3://firm-files?endpoint=http://127.0.0.1:8333", "http://127.0.0.1:8333"),
        ("s3://firm-files?endpoint=http://10.0.0.5:8333&direct=no", ""),
    ],
)
def test_a_bucket_is_chosen_and_browsers_may_send_there(tmp_path, url, origin):
    store = stores.store_of(config_of(tmp_path, url))
    assert isinstance(store, S3Storage)
    assert (store.direct.origin if store.direct else "") == origin


def test_without_a_word_files_lie_on_the_disk(tmp_path):
    store = stores.store_of(Config.from_env({**SAFE, "DATA_DIR": str(tmp_path)}))
    assert isinstance(store, DiskStorage)
    assert store.root == tmp_path / "files"


# ── the whole portal on a bucket ─────────────────────────────────────────────
@pytest.fixture
def bucket(app, seaweed_place):
    """The app's files lie in a real S3 service."""
    store = S3Storage(Bucket(seaweed_place))
    empty(store)
    current_store.use(store)
    return store


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Your price list")


def send(bea, item, content=b"price;list\n1;2\n", *, status=303):
    files = {"files": [(io.BytesIO(content), "prices.csv")], "act": "save"}
    return bea.post(f"/items/{item.id}/files", files, status, follow=status == 303)


def upload_of(app, item):
    with reading(app) as session:
        return session.scalars(sa.select(Upload).where(Upload.item_id == item.id)).one()


def look(app):
    with app.app_context():
        return [finding for finding in doctor.look() if "mails due" not in finding.words]


def test_pages_allow_browsers_to_send_to_the_bucket_and_nowhere_else(tmp_path):
    from portal.app import create_app

    url = "s3://firm-files?endpoint=https://s3.example.com"
    app = create_app(configuration(tmp_path, storage_url=url, storage_key=("us", "our secret")))
    policy = app.test_client().get("/static/nothing", base_url="https://portal.test").headers["Content-Security-Policy"]
    assert policy == headers.CSP.replace("connect-src 'self'", "connect-src 'self' https://s3.example.com")


def test_a_file_of_the_plain_form_comes_and_goes(app, bea, ada, cal, item, bucket):
    content = b"price;list\n" * 1000
    assert "prices.csv" in send(bea, item, content).text
    upload = upload_of(app, item)
    assert (upload.bytes, upload.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert [stored.key for stored in bucket.keys("blobs/")] == [upload.key]
    assert list(bucket.keys("incoming/")) == []
    answer = bea.get(f"/files/{upload.id}", 302)
    address = answer.headers["Location"]
    assert parse_qs(urlsplit(address).query)["X-Amz-Expires"] == ["60"]
    fetched = requests.get(address, headers={"Range": "bytes=2-"}, timeout=60)
    assert (fetched.status_code, fetched.content) == (206, content[2:])
    assert fetched.headers["Content-Disposition"].startswith("attachment;")
    assert fetched.headers["Content-Disposition"] == content_disposition(upload.name)
    assert requests.get(address.replace("attachment", "inline"), timeout=60).status_code == 403
    cal.get(f"/files/{upload.id}", status=404)
    assert look(app) == []


@pytest.mark.sqlite_only
def test_files_that_answer_a_question_go_straight_to_the_bucket(app, cast, bea, cal, bucket):
    """A small one with one request and a large one in parts; what comes to their addresses afterwards changes nothing."""
    asked = Question(key="film", type=Type.FILE, label={"en": "Your film"}, required=True)
    version = make_questionnaire(app, Definition(sections=(Section(key="all", title={"en": "The shop"}, questions=(asked,)),)))
    quiz = make_item(app, cast.project, kind="questionnaire", questionnaire_version_id=version.id)
    contents = {"note.txt": b"hello", "film.dat": Random(3).randbytes(incoming.PART + 9)}
    files = [
        {"name": name, "size": len(content), "print": f"{len(content):064x}", "key": f"key of {name}"} for name, content in contents.items()
    ]
    line = f"/items/{quiz.id}/answers/film/uploads"
    cal.send("POST", line, {"files": files}, 404)
    for file, told in zip(files, bea.send("POST", line, {"files": files, "together": True}, 200).response.json["files"], strict=True):
        content, size, puts = contents[file["name"]], told["part"] or file["size"], []
        for n in range(1, -(-len(content) // size) + 1):
            wish = {"method": "PUT", "n": n if told["part"] else None}
            puts.append(bea.send("POST", f"/uploads/{told['id']}/sign", wish, 200).response.json["url"])
            assert puts[-1].startswith(bucket.direct.origin)
            assert requests.put(puts[-1], content[(n - 1) * size : n * size], headers=OCTETS, timeout=60).ok
        assert bea.send("POST", f"/uploads/{told['id']}/complete", status=200).response.json == {"state": "done"}
        requests.put(puts[0], b"x" * min(size, len(content)), headers=OCTETS, timeout=60)
    rows = bea.send("GET", f"{line}/rows?" + "&".join(f"id={row.id}" for row in comings(app)), status=200).response.json["rows"]
    assert {row["state"] for row in rows.values()} == {"done"} and len(rows) == 2
    with reading(app) as session:
        kept = {row.name: (row.question_key, row.sha256, row.key) for row in session.scalars(sa.select(Upload))}
    assert {name: row[:2] for name, row in kept.items()} == {n: ("film", hashlib.sha256(c).hexdigest()) for n, c in contents.items()}
    assert {name: bucket.open(row[2]).read() == contents[name] for name, row in kept.items()} == dict.fromkeys(contents, True)


def comings(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(Incoming)))


def test_a_file_that_is_not_taken_leaves_nothing(app, bea, item, bucket):
    assert "is a program" in send(bea, item, b"MZ" + b"\0" * 100, status=422).text
    assert [*bucket.keys("incoming/"), *bucket.keys("blobs/")] == []


def test_a_store_that_does_not_answer_is_said_and_no_row_is_written(app, bea, ada, item, seaweed_place):
    current_store.use(S3Storage(Bucket(replace(seaweed_place, endpoint=f"http://127.0.0.1:{free_port()}"))))
    assert "our file store does not answer" in send(bea, item, status=422).text
    with reading(app) as session:
        assert list(session.scalars(sa.select(Upload).where(Upload.item_id == item.id))) == []
        assert {row.state for row in session.scalars(sa.select(Incoming))} <= {IncomingState.FAILED, IncomingState.DONE}
    (finding,) = {finding.words.split(":")[0] for finding in look(app)}
    assert finding == "the store of the files does not answer"


def test_a_download_from_a_store_that_does_not_answer_is_a_page_in_words(app, bea, item, bucket, seaweed_place):
    send(bea, item)
    upload = upload_of(app, item)
    current_store.use(S3Storage(Bucket(replace(seaweed_place, endpoint=f"http://127.0.0.1:{free_port()}"))))
    assert bea.get(f"/files/{upload.id}", status=503).h1


def test_the_doctor_finds_ghosts_and_orphans_and_old_parts(app, bea, item, bucket, cast, clock):
    send(bea, item)
    upload = upload_of(app, item)
    begun = bucket.begin()
    bucket.receive_part(begun, 1, io.BytesIO(b"part"), length=4, offset=0)
    orphan = upload.key[:-1] + ("0" if upload.key[-1] != "0" else "1")
    bucket.promote(bucket.receive(io.BytesIO(b"nobody's"), limit=100), orphan)
    assert look(app) == [], "what is young may still be under way"
    clock.advance(hours=25)
    assert sorted(finding.words for finding in look(app)) == [
        f"{orphan}: 8 bytes that belong to no file.",
        "half-received files in the antechamber: 1.",
    ]
    for finding in look(app):
        with app.app_context():
            finding.mend()
    assert look(app) == []
    with pytest.raises(NoSuchKey):
        bucket.parts(begun)
    bucket.delete(upload.key)
    (ghost,) = look(app)
    assert ghost.words.startswith(f"file {upload.id}: its bytes are gone.")
    assert ghost.mend is None


def coming(app, item, cast, store, name="film.mp4"):
    """A file in parts of which some have come."""
    viewer = as_viewer(app, cast.bea)
    file = incoming.Coming(key=name, name=name, bytes=20_000_000, fingerprint="as it is")

    def announced() -> UUID:
        (row,) = incoming.expect(incoming.for_item(item, side=FromSide.CLIENT), [file], by=viewer)
        return row.id

    row_id, begun = act(app, announced, by=viewer), store.begin()
    act(app, lambda: incoming.place(row_id, begun, by=viewer), by=viewer)
    store.receive_part(begun, 1, io.BytesIO(b"part"), length=4, offset=0)
    return row_id, begun


@pytest.mark.parametrize("where", ["disk", "bucket"])
def test_what_somebody_may_still_finish_is_swept_only_when_his_time_is_over(app, item, cast, clock, where, request):
    if where == "bucket":
        request.getfixturevalue("bucket")
    store = current_store.store()
    row_id, begun = coming(app, item, cast, store)
    clock.advance(days=6)
    tidy_up(app)
    assert len(store.parts(begun)) == 1
    assert look(app) == []
    clock.advance(days=2)
    assert [finding.words.split(":")[0] for finding in look(app)] == [
        "uploads that were begun and never finished",
        "half-received files in the antechamber",
    ]
    tidy_up(app)
    with pytest.raises(NoSuchKey):
        store.parts(begun)
    with reading(app) as session:
        assert session.get_one(Incoming, row_id).state is IncomingState.FAILED
        assert session.get_one(Client, cast.birch.id).bytes_reserved == 0, "the room that was kept for it is free again"
    assert look(app) == []


def test_a_store_that_does_not_answer_does_not_end_the_worker(app, seaweed_place, caplog):
    current_store.use(S3Storage(Bucket(replace(seaweed_place, endpoint=f"http://127.0.0.1:{free_port()}"))))
    tidy_up(app)
    assert "could not be swept" in caplog.text


def run(app, *more):
    with app.app_context():
        return app.test_cli_runner().invoke(args=["storage", "check", *more])


def test_the_command_checks_the_bucket_and_sets_it_right(app, bucket):
    as_new(bucket)
    found = run(app)
    assert found.exit_code == 1
    assert "Pages of https://portal.test may not send files to portal (CORS). (--mend sets it right)" in found.output
    assert "mended: " in run(app, "--mend").output
    whole = run(app)
    assert (whole.exit_code, whole.output) == (0, "The store is set up as it must be.\n")
    bucket.bucket.call("delete_bucket_cors")
    bucket.bucket.call("delete_bucket_lifecycle")


def test_the_command_checks_the_folder(app):
    current_store.store().root.chmod(0o755)
    assert "can be entered by other users of this machine. (--mend sets it right)" in run(app).output
    assert "mended: " in run(app, "--mend").output
    assert "other users" not in run(app).output


# ── copies ───────────────────────────────────────────────────────────────────
@pytest.mark.sqlite_only
def test_a_backup_says_that_the_files_lie_elsewhere(app, tmp_path):
    said: list[str] = []
    config = replace(
        app.config["CONFIG"], storage_url="s3://firm-files", database_url=app.config["CONFIG"].database_url, data_dir=tmp_path / "portal"
    )
    backup.back_up(config, tmp_path / "copy", say=said.append)
    assert said[-1].endswith("without the files. They lie in the bucket firm-files: copy it by its service's means.")
    assert not (tmp_path / "copy" / "files").exists()


@pytest.mark.sqlite_only
def test_files_of_a_backup_are_not_left_out_of_a_restore_in_silence(app, tmp_path):
    backup.back_up(app.config["CONFIG"], tmp_path / "copy", say=lambda _words: None)
    (tmp_path / "copy" / "files" / "blobs").mkdir(parents=True, exist_ok=True)
    new = replace(
        app.config["CONFIG"],
        storage_url="s3://firm-files",
        data_dir=tmp_path / "new",
        database_url=f"sqlite:///{tmp_path}/new/portal.sqlite3",
    )
    with pytest.raises(backup.CannotCopy, match="STORAGE_URL names a bucket"):
        backup.restore(new, tmp_path / "copy")
