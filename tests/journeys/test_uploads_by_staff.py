"""Staff send files in Chromium, in parts and on with what was begun; a client sends a new version, and one file too late."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.features.uploads import actions
from portal.kernel.db import db
from portal.models.files import Upload
from portal.models.items import Item
from tests.journeys.test_uploads import MIB, choose, come_so_far, noise, slow
from tests.support.axe import violations
from tests.support.cast import PNG, act, as_viewer, make_item, make_upload, reading

pytestmark = [
    pytest.mark.journey,
    pytest.mark.usefixtures("swept"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def ready(page, name):
    expect(page.locator(f"li[data-state=done][data-name='{name}']")).to_be_visible(timeout=60_000)


def lying(live):
    with reading(live.app) as session:
        return {upload.name: upload.bytes for upload in session.scalars(select(Upload).where(Upload.removed_at.is_(None)))}


def test_a_version_is_published_when_its_last_file_is_here(live, screens, tmp_path):
    item = make_item(live.app, live.cast.project, "Shop sign", kind="approval", state="preparing")
    screen = screens(width=1280)
    screen.enter(live.cast.ada)
    screen.open(f"/staff/items/{item.id}/present")
    (tmp_path / "sign.png").write_bytes(PNG)
    screen.type("What the client should know", "The sign over the door.")
    choose(screen.page, tmp_path / "sign.png", noise(tmp_path, "wrong.dat", 40))
    ready(screen.page, "sign.png")
    ready(screen.page, "wrong.dat")
    screen.page.get_by_role("button", name="Remove wrong.dat").click()
    expect(screen.page.locator("li[data-name='wrong.dat']")).to_have_count(0)
    screen.page.get_by_label("What it shows").fill("A blue sign")
    slow(screen.page, 8)
    choose(screen.page, noise(tmp_path, "film.dat", 12 * MIB))
    come_so_far(screen.page, percent=5)
    assert violations(screen.page) == []
    screen.tap("Publish version 1")
    screen.reads("It is published as soon as the last file is here.")
    expect(screen.page.locator("body")).to_contain_text("Published. The people who decide get an email now.", timeout=60_000)
    assert lying(live) == {"sign.png": len(PNG), "film.dat": 12 * MIB}


def test_a_file_to_give_goes_on_after_the_tab_was_closed(live, screens, tmp_path):
    plan = noise(tmp_path, "plan.dat", 24 * MIB)
    url = f"/staff/projects/{live.cast.project.id}/give"
    first = screens(width=390)
    first.enter(live.cast.ada)
    first.open(url)
    slow(first.page, 6)
    choose(first.page, plan)
    come_so_far(first.page, percent=40)
    first.page.close()
    screen = screens(width=390)
    screen.enter(live.cast.ada)
    screen.open(url)
    screen.reads("You began to send this. Choose the same file to go on.")
    with screen.page.expect_file_chooser() as picker:
        screen.tap("Choose the file plan.dat")
    picker.value.set_files(str(plan))
    ready(screen.page, "plan.dat")
    assert violations(screen.page) == []
    screen.tap("Send now")
    screen.reads("Sent. Everybody they are for gets one email.")
    assert lying(live) == {"plan.dat": 24 * MIB}


def test_a_client_sends_a_new_version_and_is_back_at_the_item(live, screens, tmp_path):
    item = make_item(live.app, live.cast.project, "Your film")
    older = make_upload(live.app, item, name="cut.pdf")
    screen = screens(width=390)
    screen.enter(live.cast.bea)
    screen.open(f"/items/{item.id}/files/{older.id}/version")
    with screen.page.expect_file_chooser() as picker:
        screen.page.get_by_role("button", name="Choose a file").click()
    picker.value.set_files(str(noise(tmp_path, "cut 2.dat", 9 * MIB)))
    screen.stands_at("Your film")
    screen.reads("Version 2, replaces cut.pdf")


def test_a_file_that_comes_too_late_says_so_and_stops(live, screens, tmp_path):
    item = make_item(live.app, live.cast.project, "Your film")
    make_upload(live.app, item, name="first.pdf")
    screen = screens(width=1280)
    screen.enter(live.cast.bea)
    screen.open(f"/items/{item.id}/files")
    slow(screen.page, 6)
    choose(screen.page, noise(tmp_path, "film.dat", 12 * MIB), noise(tmp_path, "small.dat", 2 * MIB, 2))
    come_so_far(screen.page, percent=5)
    bea = as_viewer(live.app, live.cast.bea)
    act(live.app, lambda: actions.send(db.session.get_one(Item, item.id), "", by=bea), by=bea)
    for name in ("film.dat", "small.dat"):
        row = screen.page.locator(f"li.file:has-text('{name}')")
        expect(row).to_contain_text("This has been sent already. Take it back first if you want to change it.", timeout=30_000)
        expect(row).to_have_attribute("data-state", "refused")
    assert lying(live).keys() == {"first.pdf"}
    screen.trouble.clear()  # refusals are written to the browser's console
