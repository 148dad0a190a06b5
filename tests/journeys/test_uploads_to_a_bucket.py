"""The same page where files lie in a bucket: browsers bring the bytes there themselves, past the portal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.edges.stores import store_of
from portal.models.files import Incoming
from portal.storage import Begun, current
from portal.storage.s3 import Bucket, Place
from portal.storage.s3_care import look_at_bucket
from tests.journeys.listening import Live, listening
from tests.journeys.test_uploads import MIB, choose, come_so_far, film, item, noise, on_disk, opened, prints, saved, slow
from tests.support import cast as people
from tests.support.cast import reading
from tests.support.house import House, sqlite_house
from tests.support.ports import free_port

__all__ = ["film", "item", "opened"]
pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory, seaweed_place: Place) -> Iterator[tuple[House, people.Cast, str]]:
    port = free_port()
    url, bucket = f"http://127.0.0.1:{port}", seaweed_place
    for trouble in look_at_bucket(Bucket(bucket), page=url, direct=True):
        if trouble.mend:
            trouble.mend()
    settings = {"storage_url": f"s3://{bucket.bucket}?endpoint={bucket.endpoint}", "storage_key": (bucket.key_id, bucket.secret)}
    with sqlite_house(tmp_path_factory.mktemp("bucket"), people.hire, mode="demo", base_url=url, port=port, **settings) as house:
        cast = people.meet(house.app)
        with listening(house.app, port):
            yield house, cast, url


@pytest.fixture
def live(_house: tuple[House, people.Cast, str], tmp_path: Path) -> Iterator[Live]:
    """The portal, as new, with its files in a bucket."""
    house, cast, url = _house
    app = house.renew(tmp_path)
    current.use(store_of(app.config["CONFIG"]))
    yield Live(app, cast, url)
    house.close()


def test_several_files_arrive_without_passing_through_the_portal(live, opened, item, tmp_path):
    screen = opened(390)
    puts: list[str] = []
    screen.page.on("request", lambda asked: puts.append(asked.url) if asked.method == "PUT" else None)
    files = [noise(tmp_path, "film.dat", 21 * MIB), noise(tmp_path, "Brötchen 日本.dat", 300_000, 2), noise(tmp_path, "small.dat", 9, 3)]
    choose(screen.page, *files)
    for file in files:
        saved(screen.page, file.name)
    assert on_disk(live, item) == prints(*files)
    assert len(puts) == 5 and not any(url.startswith(live.url) for url in puts)


def test_after_a_broken_line_and_a_killed_tab_it_goes_on_with_the_same_file(live, opened, item, film):
    first = opened()
    slow(first.page, 6)
    choose(first.page, film)
    come_so_far(first.page, percent=30)
    first.context.set_offline(True)
    first.reads("No connection. It goes on by itself.")
    first.context.set_offline(False)
    come_so_far(first.page, percent=55)
    first.trouble.clear()  # a broken line is written to the browser's console
    first.page.close()
    second = opened()
    puts: list[str] = []
    second.page.on("request", lambda asked: puts.append(asked.url) if asked.method == "PUT" else None)
    choose(second.page, film)
    saved(second.page, "film.dat")
    assert on_disk(live, item) == prints(film)
    assert 1 <= len(puts) <= 2, "of four parts two had come already"
    expect(second.page.locator("[data-unfinished]")).to_have_count(0)


def test_what_the_bucket_cleared_away_is_sent_anew(live, opened, item, film):
    first = opened(390)
    slow(first.page, 6)
    choose(first.page, film)
    come_so_far(first.page, percent=35)
    first.page.close()
    with reading(live.app) as session:
        row = session.scalars(select(Incoming)).one()
        current.store().abandon(Begun(row.key_in_incoming, row.store_id))
    second = opened(390)
    choose(second.page, film)
    saved(second.page, "film.dat")
    assert on_disk(live, item) == prints(film)
    second.trouble.clear()  # the portal says so with 412
