"""What is shown of files: made by the worker, asked for by those who may have the file, gone with it, and never its own bytes."""

import io
import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import av
import pypdfium2
import pytest
import sqlalchemy as sa
from PIL import Image

from portal.edges import doctor
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.viewer import SYSTEM
from portal.kinds import life
from portal.kinds.previews import making as previewing
from portal.kinds.previews import ordering as previews
from portal.models.files import Download, Scan, Upload
from portal.models.items import Item
from portal.models.previews import Preview
from portal.storage import current
from portal.storage.current import store
from portal.storage.s3 import Bucket, Place
from portal.storage.s3_storage import S3Storage
from tests.features.review.test_staff import handed, picture, place
from tests.storage.test_painting import on_its_side, upright
from tests.support.cast import act, as_viewer, make_item, make_upload, reading
from tests.support.house import SECRET
from tests.support.ports import free_port
from tests.support.seaweed import empty
from tests.support.vast import vast_png


def document(pages=1):
    out, made = io.BytesIO(), pypdfium2.PdfDocument.new()
    for _ in range(pages):
        made.new_page(200, 300)
    made.save(out)
    return out.getvalue()


def rows(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(Preview).order_by(Preview.upload_id, Preview.page)))


def lying():
    return {stored.key for stored in store().keys("previews/")}


def set_scan(app, upload, scan):
    """What the scanner says of it, as its chore writes it down."""

    def work():
        row = db.session.get_one(Upload, upload.id)
        row.scan = scan
        previews.order(row)

    act(app, work)


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Photos")


@pytest.fixture
def photo(app, item):
    return make_upload(app, item, name="shop.png", content=picture(2000, 900))


def test_a_picture_is_shown_in_every_size_and_only_asked_for_anew(app, ada, bea, photo, do_chores):
    do_chores()
    widths = {}
    for size in ("thumb", "small", "screen", "large", ""):
        answer = ada.get(f"/staff/files/{photo.id}/preview?size={size}")
        widths[size] = Image.open(io.BytesIO(answer.data)).width
        assert answer.headers["Content-Security-Policy"].startswith("sandbox") and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-cache" and answer.headers["Content-Disposition"] == "inline"
    assert widths == {"thumb": 320, "small": 700, "screen": 1400, "large": 2000, "": 1400}
    saw = sa.select(Download.person_id).where(Download.upload_id == photo.id)
    mine = bea.get(f"/files/{photo.id}/preview?size=thumb")
    assert Image.open(io.BytesIO(mine.data)).width == 320
    again = bea.get(f"/files/{photo.id}/preview?size=thumb", 304, **{"If-None-Match": mine.headers["ETag"]})
    assert again.data == b""
    with reading(app) as session:
        assert list(session.scalars(saw)) == [ada.person.id]  # a stamp in a list shows nobody a file


def test_what_a_phone_names_as_another_kind_of_picture_is_shown_and_handed_out_as_what_it_is(app, ada, bea, item, do_chores):
    content = on_its_side("HEIF")
    bea.post(f"/items/{item.id}/files", {"files": [(io.BytesIO(content), "IMG_2041.jpg")]})
    do_chores()
    with reading(app) as session:
        file = session.scalars(sa.select(Upload)).one()
    assert (file.name, file.type) == ("IMG_2041.jpg", "image/heic")
    shown = Image.open(io.BytesIO(ada.get(f"/staff/files/{file.id}/preview?size=thumb").data))
    assert upright(shown) and not shown.getexif()
    fetched = ada.get(f"/staff/files/{file.id}")
    assert fetched.data == content and fetched.headers["Content-Type"] == "application/octet-stream"


def test_strangers_find_nothing(app, ada, cal, nobody, photo, do_chores, nothing_changed):
    do_chores()
    with nothing_changed():
        cal.get(f"/files/{photo.id}/preview", 404)
        cal.get(f"/staff/files/{photo.id}/preview", 404)
        cal.get(f"/staff/files/{photo.id}/pages/1", 404)
        nobody.get(f"/files/{photo.id}/preview", 303)
        for wrong in ("page=0", "page=x", "page=101", "page=2", "page=99999999999999999999"):
            ada.get(f"/staff/files/{photo.id}/preview?{wrong}", 404)


def test_until_it_is_made_pages_keep_a_place_for_it(app, cast, ada, bea, item, photo, do_chores):
    page = bea.get(f"/items/{item.id}/files")
    assert page.soup.select_one(".thumb [data-comes]")["data-comes"] == f"/files/{photo.id}/preview?size=thumb"
    waiting = bea.get(f"/files/{photo.id}/preview?size=thumb", 202)
    assert waiting.headers["Retry-After"] and waiting.data == b""
    act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=as_viewer(app, cast.bea)), by=as_viewer(app, cast.bea))
    assert "The preview is being made." in ada.get(place(app, item)).text
    do_chores()
    shown = ada.get(place(app, item)).soup.select_one(".stage img")
    assert (shown["width"], shown["height"]) == ("1400", "630")
    assert [each.split()[1] for each in shown["srcset"].split(", ")] == ["700w", "1400w", "2000w"]
    small = bea.get(f"/items/{item.id}/sent").soup.select_one(".thumb img")
    assert (small["width"], small["height"], small["alt"]) == ("320", "144", "")
    assert handed(app, item)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("vast.png", vast_png(12_000, 10_000), "Too large for a preview."),
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", ""),
        ("page.html", b"<!doctype html><html><script>alert(1)</script></html>", ""),
    ],
)
def test_what_cannot_be_shown_is_its_type_and_a_calm_word(app, cast, ada, item, name, content, says, do_chores):
    upload = make_upload(app, item, name=name, content=content)
    act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=as_viewer(app, cast.bea)), by=as_viewer(app, cast.bea))
    do_chores()
    ada.get(f"/staff/files/{upload.id}/preview", 404)
    page = ada.get(place(app, item))
    assert page.soup.select_one(".thumb__ext").text == name.rpartition(".")[2].upper()[:4] and says in page.text
    assert not page.soup.select("[data-look]")
    with reading(app) as session:
        assert not session.scalars(sa.select(Outbox).where(Outbox.state == Stand.PARKED)).all()


# --- documents ----------------------------------------------------------------------------------------------------------


def test_pages_are_turned_and_made_when_somebody_turns_to_them(app, ada, item, do_chores):
    upload = make_upload(app, item, name="book.pdf", content=document(14))
    do_chores()
    assert [row.page for row in rows(app)] == [1, 2, 3]
    page = ada.get(f"/staff/files/{upload.id}/pages/1")
    assert "Page 1 of 14" in page.text and not page.soup.find("a", rel="prev")
    assert page.soup.find("a", rel="next")["href"].endswith("/pages/2")
    coming = ada.get(f"/staff/files/{upload.id}/pages/7")
    assert "being prepared" in coming.text and coming.headers["Refresh"]
    ada.get(f"/staff/files/{upload.id}/preview?page=5", 202)
    assert do_chores() == 1, "pages 5 and 7 belong to one order"
    assert [row.page for row in rows(app)] == list(range(1, 10))
    assert ada.get(f"/staff/files/{upload.id}/pages/7").soup.select_one(".stage img")["src"].endswith("size=large&page=7")
    ada.get(f"/staff/files/{upload.id}/preview?size=large&page=7")
    ada.get(f"/staff/files/{upload.id}/pages/15", 404)
    ada.get(f"/staff/files/{upload.id}/preview?page=15", 404)


# --- gone with the file -------------------------------------------------------------------------------------------------


def test_a_file_that_is_checked_is_shown_only_when_it_is_clean(app, ada, photo, do_chores):
    set_scan(app, photo, Scan.WAITING)
    do_chores()
    ada.get(f"/staff/files/{photo.id}/preview", 202)
    assert not rows(app)
    set_scan(app, photo, Scan.COULD_NOT)
    do_chores()
    ada.get(f"/staff/files/{photo.id}/preview", 404)
    assert not rows(app)
    set_scan(app, photo, Scan.CLEAN)
    do_chores()
    ada.get(f"/staff/files/{photo.id}/preview")


def test_quarantine_ends_the_showing_at_once_and_then_the_copies(app, ada, bea, photo, do_chores):
    do_chores()
    assert lying()
    set_scan(app, photo, Scan.INFECTED)
    ada.get(f"/staff/files/{photo.id}/preview", 404)
    bea.get(f"/files/{photo.id}/preview", 404)
    do_chores()
    assert not rows(app) and not lying()


def test_what_is_purged_or_withdrawn_is_not_shown(app, ada, bea, item, photo, do_chores):
    do_chores()
    bea.post(f"/items/{item.id}/files/{photo.id}/remove", {})
    bea.get(f"/files/{photo.id}/preview", 404)
    other = make_upload(app, item, name="oven.png", content=picture(300, 300))
    do_chores()

    def purge():
        row = db.session.get_one(Upload, other.id)
        row.purged_at = now()
        previews.order(row)

    act(app, purge)
    ada.get(f"/staff/files/{other.id}/preview", 404)
    do_chores()
    assert {row.upload_id for row in rows(app)} == {photo.id}


def test_a_file_locked_away_while_it_is_painted_leaves_nothing(app, photo, monkeypatch, do_chores):
    painted = previewing._painted

    def meanwhile(upload, page):
        values = painted(upload, page)
        act(app, lambda: db.session.execute(sa.update(Upload).values(scan=Scan.INFECTED)))
        return values

    monkeypatch.setattr(previewing, "_painted", meanwhile)
    do_chores()
    assert not rows(app) and not lying()


# --- the worker dies ----------------------------------------------------------------------------------------------------

WORKER = """
import os, signal, sys
from config import Config
from portal.app import create_app
from portal.edges.chores import do_chores
from portal.kinds.previews import making as previewing

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(previewing, sys.argv[1], die)
do_chores(create_app(Config.from_env(os.environ)))
"""


@pytest.mark.parametrize("step", ["_painted", "_laid_in_store", "_keep"])
def test_a_worker_killed_in_the_middle_leaves_exactly_one_preview(app, photo, step, clock, do_chores):
    config = app.config["CONFIG"]
    settings = {
        "SECRET_KEY": SECRET,
        "ALLOW_UNSCANNED": "1",
        "BASE_URL": config.base_url,
        "MAIL_URL": config.mail_url,
        "DATA_DIR": str(config.data_dir),
        "DATABASE_URL": config.database_url,
        "PORTAL_MODE": "production",
    }
    died = subprocess.run([sys.executable, "-c", WORKER, step], env={**os.environ, **settings}, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert not rows(app)
    clock.advance(minutes=5)
    do_chores()
    (row,) = rows(app)
    known = {copy.key for copy in row.copies}
    assert known <= lying()
    clock.advance(hours=49)
    with app.app_context():
        for finding in [found for found in doctor.look() if "previews" in found.words]:
            open_session(SYSTEM, writes=True)
            finding.mend()
    assert lying() == known


@pytest.mark.both
def test_two_workers_at_once_keep_one(app, photo, do_chores):
    do_chores()
    before, keys = rows(app), lying()
    with app.app_context():
        open_session(SYSTEM, writes=False)
        upload = db.session.get_one(Upload, photo.id)
        db.session.expunge(upload)
        previewing._make_page(upload, 1)
    assert [row.id for row in rows(app)] == [row.id for row in before] and lying() == keys


def test_lost_copies_are_made_again_as_after_a_restore(app, photo, do_chores):
    do_chores()
    for key in lying():
        store().delete(key)
    with app.app_context():
        (finding,) = [found for found in doctor.look() if "previews" in found.words]
        open_session(SYSTEM, writes=True)
        finding.mend()
    do_chores()
    (row,) = rows(app)
    assert {copy.key for copy in row.copies} == lying()


def test_a_store_that_does_not_answer_is_waited_for(app, photo, do_chores):
    before = store()
    current.use(S3Storage(Bucket(Place("files", f"http://127.0.0.1:{free_port()}", key_id="us", secret="none"))))
    try:
        do_chores()
    finally:
        current.use(before)
    with reading(app) as session:
        row = session.scalars(sa.select(Outbox).where(Outbox.kind == previews.CHORE)).one()
        assert row.state is Stand.WAITING and row.not_before > now() - timedelta(seconds=1)


@pytest.mark.sqlite_only
def test_previews_lie_in_a_bucket_as_on_a_disk(app, ada, item, seaweed_place, do_chores, monkeypatch):
    bucket = S3Storage(Bucket(seaweed_place))
    before = store()
    current.use(bucket)
    try:
        monkeypatch.setattr(previewing, "COPIED_WHOLE", 100_000)
        monkeypatch.setattr(previewing, "FROM_THE_END", 50_000)
        photo = make_upload(app, item, name="shop.png", content=picture(900, 900))
        do_chores()
        assert Image.open(io.BytesIO(ada.get(f"/staff/files/{photo.id}/preview?size=thumb").data)).size == (320, 320)
        set_scan(app, photo, Scan.INFECTED)
        do_chores()
        assert not lying()
    finally:
        current.use(before)
        empty(bucket)


def long_film():
    """Green at first, then noise; what it is about is written at its end, as cameras do."""
    out, chance = io.BytesIO(), random.Random(1)
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 320, 180, "yuv420p", 20_000_000
        for number in range(75):
            noise = Image.frombytes("RGB", (320, 180), chance.randbytes(320 * 180 * 3))
            image = Image.new("RGB", (320, 180), (20, 160, 60)) if number < 40 else noise
            for packet in stream.encode(av.VideoFrame.from_image(image)):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return out.getvalue()


@pytest.mark.sqlite_only
def test_of_a_large_film_in_a_bucket_only_the_ends_are_fetched(app, ada, item, seaweed_place, do_chores, monkeypatch):
    bucket, before, content = S3Storage(Bucket(seaweed_place)), store(), long_film()
    assert content.find(b"moov") > len(content) - 20_000 and len(content) > 300_000
    for name, size in (("COPIED_WHOLE", 100_000), ("FROM_THE_END", 20_000), ("MOST_COPIED", 200_000)):
        monkeypatch.setattr(previewing, name, size)
    current.use(bucket)
    try:
        film = make_upload(app, item, name="opening.mp4", content=content)
        photo = make_upload(app, item, name="poster.png", content=picture(900, 900) + bytes(200_000))
        do_chores()
        shown = Image.open(io.BytesIO(ada.get(f"/staff/files/{film.id}/preview?size=thumb").data)).convert("RGB")
        assert shown.size == (320, 180)
        assert all(abs(one - other) < 25 for one, other in zip(shown.getpixel((160, 90)), (20, 160, 60), strict=True))
        assert {row.upload_id: row.trouble for row in rows(app)} == {film.id: "", photo.id: "too_hard"}
    finally:
        current.use(before)
        empty(bucket)


def test_the_same_questions_are_asked_for_2_and_20_files(app, cast, ada, item, do_chores, count_queries):
    def asked():
        do_chores()
        ada.get(f"/staff/items/{item.id}")
        with count_queries() as questions:
            ada.get(f"/staff/items/{item.id}")
        return len(questions)

    for number in range(2):
        make_upload(app, item, name=f"{number}.png", content=picture(20 + number, 9))
    few = asked()
    for number in range(18):
        make_upload(app, item, name=f"more {number}.png", content=picture(50 + number, 9))
    assert asked() == few


def test_a_child_that_is_ended_leaves_a_word_and_no_picture(app, ada, photo, do_chores, monkeypatch):
    monkeypatch.setattr(previewing, "LIMITS", replace(previewing.LIMITS, written=100))
    do_chores()
    (row,) = rows(app)
    assert row.trouble == "too_hard" and not row.sheets and not lying()
    ada.get(f"/staff/files/{photo.id}/preview", 404)
