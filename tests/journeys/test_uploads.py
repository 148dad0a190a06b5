"""Sending files in Chromium: several at once, on with what was begun after anything that can happen, and the very bytes on the disk."""

from __future__ import annotations

import hashlib
import random
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.models.definition.shape import Definition, Question, Section, Type
from portal.models.files import Incoming, IncomingState, Scan, Upload
from portal.models.people import SignedIn
from portal.storage.current import store
from tests.storage import hostile
from tests.support.axe import violations
from tests.support.cast import act, make_item, make_questionnaire, make_upload, reading

# A line that breaks leaves the web server with a half-read body in a file of its own, which Python closes later, and says so.
pytestmark = [
    pytest.mark.journey,
    pytest.mark.usefixtures("swept"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

MIB = 1024 * 1024


@pytest.fixture
def item(live):
    return make_item(live.app, live.cast.project, "Your film", minutes=3)


def noise(folder: Path, name: str, size: int, seed: int = 1) -> Path:
    """A file like no other."""
    path = folder / name
    path.write_bytes(random.Random(seed).randbytes(size))
    return path


def choose(page: Page, *paths: Path) -> None:
    with page.expect_file_chooser() as picker:
        page.get_by_role("button", name="Choose files").click()
    picker.value.set_files([str(path) for path in paths])


def saved(page: Page, name: str) -> None:
    """Promise that the page says we have it."""
    expect(page.locator(f"li[data-state=done][data-name='{name}']")).to_be_visible(timeout=60_000)


def on_disk(live, item) -> dict[str, str]:
    """The fingerprints of what lies in the store, by name."""
    with reading(live.app) as session:
        rows = list(session.scalars(select(Upload).where(Upload.item_id == item.id, Upload.removed_at.is_(None))))
    return {row.name: hashlib.sha256(store().open(row.key).read()).hexdigest() for row in rows}


def prints(*paths: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.mark.parametrize("width", [390, 1280])
def test_several_files_arrive_byte_by_byte_and_are_sent(live, screens, item, tmp_path, width):
    screen = screens(width=width)
    screen.enter(live.cast.bea)
    screen.open(f"/items/{item.id}/files")
    files = [noise(tmp_path, "film.dat", 21 * MIB), noise(tmp_path, "Brötchen 日本.dat", 300_000, 2), noise(tmp_path, "small.dat", 9, 3)]
    choose(screen.page, *files)
    for file in files:
        saved(screen.page, file.name)
    assert on_disk(live, item) == prints(*files)
    screen.tap("Send these files")
    screen.stands_at("Thank you, “Your film” is with us")


def slow(page: Page, megabytes: float) -> None:
    """Let the line carry so many megabytes a second from here on (0: as fast as it can)."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    speed = megabytes * 1_000_000 if megabytes else -1
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed})


def come_so_far(page: Page, *, percent: int) -> None:
    """Wait until the file on its way has come so far."""
    page.wait_for_function(
        "(least) => [...document.querySelectorAll('progress')].some((bar) => !bar.hidden && bar.value >= least)", arg=percent * 10
    )


def parts_sent(page: Page) -> list[str]:
    """The numbers of the parts that leave from now on."""
    sent: list[str] = []
    page.on("request", lambda asked: sent.extend(re.findall(r"act=put_part&n=(\d+)", asked.url) if asked.method == "PUT" else ()))
    return sent


@pytest.fixture
def film(tmp_path):
    return noise(tmp_path, "film.dat", 30 * MIB + 5)


@pytest.fixture
def opened(live, screens, item):
    """A screen on the page of the item, signed in."""

    def open_one(width=1280):
        screen = screens(width=width)
        screen.enter(live.cast.bea)
        screen.open(f"/items/{item.id}/files")
        return screen

    return open_one


def test_a_tab_killed_half_way_goes_on_with_the_same_file(live, opened, item, film):
    first = opened(390)
    slow(first.page, 6)
    choose(first.page, film)
    come_so_far(first.page, percent=55)
    first.page.close()
    second = opened(390)
    sent = parts_sent(second.page)
    second.reads("You began to send this. Choose the same file to go on.")
    assert violations(second.page) == []
    with second.page.expect_file_chooser() as picker:
        second.tap("Choose the file film.dat")
    picker.value.set_files(str(film))
    saved(second.page, "film.dat")
    assert on_disk(live, item) == prints(film)
    assert set(sent) < {"1", "2", "3", "4"}, "it began anew"
    expect(second.page.locator("[data-unfinished]")).to_have_count(0)


def test_a_file_the_portal_died_over_is_finished_by_the_page(live, opened, item, film):
    """It died over finishing it, and a power cut took some of its parts."""
    first = opened()
    slow(first.page, 6)
    choose(first.page, film)
    come_so_far(first.page, percent=55)
    first.page.close()
    dead = update(Incoming).values(state=IncomingState.COMPLETING, lease_until=now() - timedelta(seconds=1))
    act(live.app, lambda: db.session.execute(dead))
    second = opened()
    choose(second.page, film)
    saved(second.page, "film.dat")
    assert on_disk(live, item) == prints(film)
    assert [said for said in second.trouble if not said.startswith("412")] == []
    second.trouble.clear()


def test_a_file_for_a_question_goes_on_too_and_the_section_waits_for_it(live, screens, film):
    asked = Question(key="film", type=Type.FILE, label={"en": "Your film"}, required=True)
    version = make_questionnaire(live.app, Definition(sections=(Section(key="all", title={"en": "The shop"}, questions=(asked,)),)))
    quiz = make_item(live.app, live.cast.project, kind="questionnaire", questionnaire_version_id=version.id)
    first = screens(width=390)
    first.enter(live.cast.bea)
    first.open(f"/items/{quiz.id}/sections/1")
    slow(first.page, 6)
    choose(first.page, film)
    come_so_far(first.page, percent=55)
    first.page.close()
    second = screens(width=390)
    second.enter(live.cast.bea)
    second.open(f"/items/{quiz.id}/sections/1")
    assert violations(second.page) == []
    sent = parts_sent(second.page)
    slow(second.page, 8)
    with second.page.expect_file_chooser() as picker:
        second.tap("Choose the file film.dat")
    picker.value.set_files(str(film))
    second.tap("Check your answers")
    second.reads("This goes on as soon as the last file is here.")
    expect(second.page.get_by_role("heading", level=1)).to_contain_text("Check your answers", timeout=60_000)
    assert on_disk(live, quiz) == prints(film)
    assert set(sent) < {"1", "2", "3", "4"}, "it began anew"


def test_offline_in_the_middle_it_waits_and_goes_on_by_itself(live, opened, item, film):
    screen = opened(390)
    slow(screen.page, 6)
    choose(screen.page, film)
    come_so_far(screen.page, percent=30)
    screen.context.set_offline(True)
    screen.reads("No connection. It goes on by itself.")
    screen.page.wait_for_timeout(1500)
    screen.context.set_offline(False)
    saved(screen.page, "film.dat")
    assert on_disk(live, item) == prints(film)
    screen.trouble.clear()  # a broken line is written to the browser's console


def test_whoever_is_signed_out_signs_in_elsewhere_and_it_goes_on_here(live, opened, item, film):
    screen = opened()
    slow(screen.page, 6)
    choose(screen.page, film)
    come_so_far(screen.page, percent=30)
    bea = live.cast.bea.id
    act(live.app, lambda: db.session.execute(update(SignedIn).where(SignedIn.person_id == bea).values(revoked_at=now())))
    expect(screen.page.get_by_role("link", name="Sign in again in a new window")).to_be_visible(timeout=30_000)
    screen.enter(live.cast.bea)
    screen.page.evaluate("() => dispatchEvent(new Event('focus'))")
    saved(screen.page, "film.dat")
    assert on_disk(live, item) == prints(film)
    screen.trouble.clear()


def test_pausing_and_going_on(live, opened, item, film):
    screen = opened()
    slow(screen.page, 6)
    choose(screen.page, film)
    come_so_far(screen.page, percent=20)
    screen.tap("Pause film.dat")
    screen.reads("Paused")
    assert violations(screen.page) == []
    sent = parts_sent(screen.page)
    screen.page.wait_for_timeout(1500)
    assert sent == []
    screen.tap("Go on with film.dat")
    saved(screen.page, "film.dat")
    assert on_disk(live, item) == prints(film)


def test_sending_waits_for_the_last_file(live, opened, item, film):
    screen = opened()
    slow(screen.page, 8)
    choose(screen.page, film)
    come_so_far(screen.page, percent=10)
    screen.tap("Send these files")
    screen.reads("We send them as soon as the last one is here.")
    screen.tap("Do not send yet")
    screen.tap("Send these files")
    expect(screen.page.get_by_role("heading", level=1)).to_contain_text("Thank you", timeout=60_000)
    assert on_disk(live, item) == prints(film)


def test_another_file_of_the_same_name_is_refused_until_the_first_is_removed(live, opened, item, film, tmp_path):
    first = opened()
    slow(first.page, 6)
    choose(first.page, film)
    come_so_far(first.page, percent=30)
    first.page.close()
    second = opened()
    (tmp_path / "new").mkdir()
    other = noise(tmp_path / "new", "film.dat", 9 * MIB, 5)
    choose(second.page, other)
    second.reads("You began to send another “film.dat”. Choose that one to go on, or remove it first.")
    second.tap("Send these files")
    second.reads("This file is not here yet.")
    for row in second.page.get_by_role("button", name="Remove film.dat").all()[::-1]:
        row.click()
    choose(second.page, other)
    saved(second.page, "film.dat")
    assert on_disk(live, item) == prints(other)


def test_what_cannot_be_taken_is_explained_beside_the_file_and_the_others_arrive(live, screens, tmp_path):
    item = make_item(live.app, live.cast.project, "Photos", spec={"types": ["text"]})
    screen = screens(width=390)
    screen.enter(live.cast.bea)
    screen.open(f"/items/{item.id}/files")
    good, bad, empty = tmp_path / "notes.txt", tmp_path / "film.mov", tmp_path / "empty.txt"
    good.write_text("Just words"), bad.write_bytes(b"no film"), empty.write_bytes(b"")
    choose(screen.page, good, bad, empty)
    saved(screen.page, "notes.txt")
    screen.reads("“film.mov” is of a kind we cannot use here. Please send: Plain text.", "“empty.txt” is empty.")
    assert violations(screen.page) == []
    screen.page.get_by_role("button", name="Remove film.mov").click()
    expect(screen.page.locator("body")).not_to_contain_text("of a kind we cannot use")


def test_a_saved_file_is_removed_without_a_new_page(live, opened, item, tmp_path):
    screen = opened(390)
    choose(screen.page, noise(tmp_path, "a.dat", 50), noise(tmp_path, "b.dat", 60, 2))
    saved(screen.page, "a.dat")
    saved(screen.page, "b.dat")
    screen.page.evaluate("() => { window.same = true; }")
    screen.page.get_by_role("button", name="Remove a.dat").click()
    expect(screen.page.locator("li.file")).to_have_count(1)
    assert screen.page.evaluate("() => window.same")
    assert list(on_disk(live, item)) == ["b.dat"]


def test_a_note_about_a_file_stops_the_sending_that_was_asked_for_before(live, screens, tmp_path):
    item = make_item(live.app, live.cast.project, "Your menu", spec={"max_pages": 1})
    menu = tmp_path / "menu.pdf"
    menu.write_bytes(hostile.pdf(3))
    screen = screens(width=390)
    screen.enter(live.cast.bea)
    screen.open(f"/items/{item.id}/files")
    slow(screen.page, 1)
    choose(screen.page, menu, noise(tmp_path, "film.dat", 3 * MIB))
    come_so_far(screen.page, percent=5)
    screen.page.get_by_role("button", name="Send these files").click()
    expect(screen.page.locator("[data-will-send]")).to_be_visible()
    saved(screen.page, "film.dat")
    expect(screen.page.locator("[data-noticed]")).to_be_visible()
    expect(screen.page.locator("li.file", has_text="menu.pdf")).to_contain_text("This has 3 pages, we asked for at most 1.")
    screen.tap("Send these files")
    screen.stands_at("Thank you, “Your menu” is with us")


def test_leaving_the_page_while_files_are_on_their_way_is_asked_about(opened, film):
    screen = opened()
    slow(screen.page, 6)
    choose(screen.page, film)
    come_so_far(screen.page, percent=10)
    asked: list[str] = []
    screen.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    screen.page.close(run_before_unload=True)
    screen.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_a_row_that_is_being_checked_says_when_it_is_over(live, item, opened):
    uploads = [make_upload(live.app, item, name=name) for name in ("good.pdf", "bad.pdf")]

    def say(*verdicts):
        def write():
            for upload, verdict in zip(uploads, verdicts, strict=True):
                db.session.execute(update(Upload).where(Upload.id == upload.id).values(scan=verdict))

        act(live.app, write)

    say(Scan.WAITING, Scan.WAITING)
    page = opened().page
    expect(page.get_by_text("Being checked for viruses")).to_have_count(2)
    expect(page.locator("[data-count]")).to_have_text("2 files saved")
    page.get_by_role("button", name="Remove bad.pdf").focus()
    say(Scan.CLEAN, Scan.INFECTED)
    expect(page.get_by_text("Being checked for viruses")).to_have_count(0, timeout=20_000)
    expect(page.locator("li[data-state=locked]")).to_contain_text("A virus was found in this file")
    expect(page.locator("[data-count]")).to_contain_text("1")
    expect(page.locator("[data-say]")).to_contain_text("A virus was found in this file")
    expect(page.get_by_role("button", name="Remove bad.pdf")).to_be_focused()
    assert violations(page) == []
