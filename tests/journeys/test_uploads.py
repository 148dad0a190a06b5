"""Sending files in Chromium: several at once, on with what was begun after anything that can happen, and the very bytes on the disk."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.models.files import Upload
from portal.storage.current import store
from tests.support.cast import make_item, reading

pytestmark = pytest.mark.journey

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
