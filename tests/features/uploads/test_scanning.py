"""Files and the virus scanner: what its verdict means for whoever sent the file and whoever wants it. With a real clamd."""

from __future__ import annotations

import io

import pytest

from portal.edges import doctor
from portal.models.files import Scan
from portal.models.item_states import ItemState
from portal.storage import StoreDown, current, scanner
from portal.storage.disk import DiskStorage
from portal.storage.s3 import Bucket
from portal.storage.s3_storage import S3Storage
from tests.storage import hostile
from tests.support.cast import PDF, fresh, make_item, make_upload
from tests.support.clamd import EICAR, MOST_STREAMED, running_clamd
from tests.support.seaweed import empty

pytestmark = pytest.mark.sqlite_only


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    with running_clamd(tmp_path_factory.mktemp("clamd")) as clamd:
        yield clamd


@pytest.fixture
def scanned(app, clamd):
    """The portal with its scanner."""
    scanner.use(clamd.url)
    yield clamd
    scanner.use("")


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project)


def url(item):
    return f"/items/{item.id}/files"


def reviewed(ada):
    """What staff see when they look at the one delivery there is."""
    ada.get(ada.get("/staff/review").soup.select_one("a[href^='/staff/review/']")["href"], 303)
    return ada.follow()


def test_a_file_waits_is_checked_and_then_handed_out(app, cast, scanned, item, bea, ada, do_chores):
    upload = make_upload(app, item)
    assert upload.scan is Scan.WAITING
    page = bea.get(url(item))
    assert "Being checked for viruses" in page.text and upload.sha256[:8] in page.text
    assert not page.soup.select(f'a[href="/files/{upload.id}"]')
    bea.get(f"/files/{upload.id}", 409)
    ada.get(f"/staff/files/{upload.id}", 409)
    do_chores()
    assert fresh(app, upload).scan is Scan.CLEAN and fresh(app, upload).scanned_at
    assert bea.get(f"/files/{upload.id}").data == PDF
    assert "Being checked" not in bea.get(url(item)).text


def test_the_page_is_told_when_the_check_is_over(app, cast, scanned, item, bea, cal, do_chores):
    good, bad = make_upload(app, item), make_upload(app, item, name="invoice.txt", content=EICAR)
    waits = [row["data-checking"] for row in bea.get(url(item)).soup.select("li[data-checking]")]
    assert set(waits) == {str(good.id), str(bad.id)}
    where = f"/items/{item.id}/uploads/rows?checking={good.id}&checking={bad.id}&checking=x"
    assert bea.send("GET", where, status=200).response.json["checked"] == {}
    do_chores()
    checked = bea.send("GET", where, status=200).response.json["checked"]
    assert set(checked) == set(waits)
    assert f'href="/files/{good.id}"' in checked[str(good.id)] and 'data-state="done"' in checked[str(good.id)]
    assert "A virus was found in this file" in checked[str(bad.id)] and 'data-state="locked"' in checked[str(bad.id)]
    cal.send("GET", where, status=404)
    other = make_item(app, cast.project, "Another")
    assert bea.send("GET", where.replace(str(item.id), str(other.id)), status=200).response.json["checked"] == {}


def test_a_locked_file_does_not_count_as_saved(app, cast, scanned, bea, do_chores):
    item = make_item(app, cast.project, spec={"min_count": 2})
    for name, content in (("good.pdf", PDF), ("invoice.txt", EICAR)):
        make_upload(app, item, name=name, content=content)
    count = lambda: bea.get(url(item)).soup.select_one("[data-count]").get_text()  # noqa: E731
    assert count() == "2 files saved"
    do_chores()
    assert count() == "1 of 2 files saved"


def test_handing_over_does_not_wait_for_the_scanner(app, cast, scanned, item, bea, ada, do_chores):
    make_upload(app, item)
    bea.post(url(item), {"act": "send"})
    assert fresh(app, item).state is ItemState.SENT


@pytest.mark.parametrize("content", [EICAR, hostile.zip_with("invoice.com", content=EICAR)], ids=["bare", "in a zip"])
def test_an_infected_file_is_locked_and_everybody_is_told(app, cast, scanned, item, bea, ada, do_chores, send_mail, clock, content):
    upload = make_upload(app, item, name="invoice.zip" if content[:2] == b"PK" else "invoice.txt", content=content)
    make_upload(app, item, name="good.pdf")
    do_chores()
    assert fresh(app, upload).scan is Scan.INFECTED
    page = bea.get(url(item))
    assert "A virus was found in this file" in page.text and not page.soup.select(f'a[href="/files/{upload.id}"]')
    for browser, where in ((bea, "/files"), (ada, "/staff/files")):
        browser.get(f"{where}/{upload.id}", 409)
    ada.get(f"/staff/files/{upload.id}/preview", status=404)
    clock.advance(minutes=1)
    told = {mail.to: mail for mail in send_mail() if mail.subject.startswith("A virus was found")}
    assert set(told) == {cast.bea.email_typed, cast.ada.email_typed}
    assert upload.name in told[cast.bea.email_typed].words and "virus" in told[cast.bea.email_typed].words
    assert upload.name in told[cast.ada.email_typed].words
    page = bea.refused(url(item), {"act": "send"}, says="so it does not count as sent")
    assert fresh(app, item).state is ItemState.STARTED
    bea.post(f"{url(item)}/{upload.id}/remove")
    bea.post(url(item), {"act": "send"})
    assert fresh(app, item).state is ItemState.SENT


def test_a_virus_found_after_the_hand_over_is_seen_in_the_review(app, cast, scanned, item, ada, bea, do_chores):
    upload = make_upload(app, item, name="invoice.txt", content=EICAR)
    bea.post(url(item), {"act": "send"})
    do_chores()
    page = reviewed(ada)
    assert "“invoice.txt” contains a virus and is locked." in page.text
    assert not page.soup.select(f'a[href="/staff/files/{upload.id}"]')


def test_only_an_admin_releases_a_locked_file_and_says_why(app, cast, scanned, item, ada, abe, bea, do_chores, nothing_changed):
    upload = make_upload(app, item, name="tool.txt", content=EICAR)
    do_chores()
    where = f"/staff/files/{upload.id}/release"
    with nothing_changed():
        abe.post(where, {"reason": "It is fine."}, 403)
        bea.post(where, {"reason": "It is fine."}, 404)
        ada.refused(where, {"reason": " "}, says="Say why you are sure")
    ada.get(where)
    ada.post(where, {"reason": "The test file of the scanner's maker."})
    assert fresh(app, upload).released_by == cast.ada.id
    assert ada.get(f"/staff/files/{upload.id}").data == EICAR
    assert ada.get(f"/staff/files/{upload.id}").headers["Content-Disposition"].startswith("attachment")
    with nothing_changed():
        ada.refused(where, {"reason": "Once more."}, says="not locked any more", status=409)
        ada.get(where, 303)
        assert "“tool.txt” is not locked." in ada.follow().text


@pytest.mark.parametrize(
    ("name", "content"),
    [("large.txt", b"a" * (MOST_STREAMED + 5)), ("tax.zip", hostile.locked_zip()), ("tax.pdf", hostile.locked_pdf())],
)
def test_what_could_not_be_checked_says_so_and_is_only_handed_out_whole(app, cast, scanned, item, bea, ada, do_chores, name, content):
    upload = make_upload(app, item, name=name, content=content)
    do_chores()
    assert fresh(app, upload).scan is Scan.COULD_NOT
    assert "Could not be checked for viruses" in bea.get(url(item)).text
    assert ada.get(f"/staff/files/{upload.id}").data == content
    bea.post(url(item), {"act": "send"})
    page = reviewed(ada)
    assert f"“{name}” could not be checked for viruses." in page.text


def test_while_the_scanner_is_away_files_wait_and_are_checked_when_it_is_back(app, cast, scanned, item, bea, ada, do_chores, clock):
    upload = make_upload(app, item)
    scanned.stop()
    try:
        for _ in range(6):
            do_chores()
            clock.advance(minutes=31)
        assert fresh(app, upload).scan is Scan.WAITING
        bea.get(f"/files/{upload.id}", 409)
        assert "the virus scanner does not answer" in ada.get("/staff/settings/mail").text
        with app.app_context():
            said = " ".join(finding.words for finding in doctor.look())
        assert "Files wait until it does" in said and "for more than an hour: 1" in said
        clock.advance(hours=100)
        do_chores()
    finally:
        scanned.start()
    assert fresh(app, upload).scan is Scan.WAITING, "never given up, never let through"
    clock.advance(minutes=31)
    do_chores()
    assert fresh(app, upload).scan is Scan.CLEAN


def test_while_the_store_is_away_files_wait_as_well(app, cast, scanned, item, do_chores, clock):
    class Away(DiskStorage):
        def open(self, key, *, start=0, end=None):
            raise StoreDown("the bucket does not answer")

    upload, home = make_upload(app, item), current.store()
    current.use(Away(home.root))
    for _ in range(7):
        do_chores()
        clock.advance(minutes=31)
    assert fresh(app, upload).scan is Scan.WAITING
    current.use(home)
    do_chores()
    assert fresh(app, upload).scan is Scan.CLEAN


def test_without_a_scanner_files_are_shown_as_not_checked(app, cast, item, bea, ada, do_chores):
    upload = make_upload(app, item)
    assert upload.scan is Scan.NOT_SCANNED and do_chores() == 1, "only its preview is made"
    assert bea.get(f"/files/{upload.id}").data == PDF
    bea.post(url(item), {"act": "send"})
    page = reviewed(ada)
    assert "Not checked for viruses." in page.text


def test_switched_off_while_files_wait_they_go_on_waiting(app, cast, scanned, item, do_chores):
    upload = make_upload(app, item)
    scanner.use("")
    do_chores()
    assert fresh(app, upload).scan is Scan.WAITING


def test_a_file_that_comes_by_the_form_is_checked_as_well(app, cast, scanned, item, bea, do_chores):
    bea.get(url(item))
    bea.post(url(item), {"files": (io.BytesIO(EICAR), "note.txt"), "act": "save"})
    assert do_chores() == 1
    assert "A virus was found in this file" in bea.get(url(item)).text


def test_where_files_lie_in_a_bucket_it_is_the_same(app, cast, scanned, item, bea, ada, do_chores, seaweed_place):
    bucket = S3Storage(Bucket(seaweed_place))
    empty(bucket)
    current.use(bucket)
    good, bad = make_upload(app, item), make_upload(app, item, name="invoice.txt", content=EICAR)
    do_chores()
    assert (fresh(app, good).scan, fresh(app, bad).scan) == (Scan.CLEAN, Scan.INFECTED)
    ada.get(f"/staff/files/{bad.id}", 409)
    assert "A virus was found in this file" in bea.get(url(item)).text
    with bucket.open(good.key) as stream:
        assert stream.read() == PDF
