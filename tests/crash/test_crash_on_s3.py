"""The same where files lie in a bucket: one file, and a kill after each step of receiving and of deleting it."""

from __future__ import annotations

import os
import random
import signal
import threading
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from portal.edges import doctor
from portal.kernel import clock
from portal.kernel.db import open_session
from portal.kernel.viewer import SYSTEM
from portal.kinds.files import purging
from portal.storage.s3 import Bucket
from portal.storage.s3 import Place as BucketPlace
from portal.storage.s3_storage import S3Storage
from tests.crash import killer
from tests.crash.browser import Browser, File, Sent
from tests.crash.judge import LATER
from tests.crash.place import Place, in_bucket, settings, standing
from tests.crash.points import WEB
from tests.crash.victim import COMMANDS, PARTS, Order
from tests.support.seaweed import empty

RECEIVING = (
    "after the bucket joined the parts",
    "before the bucket copied to the final key",
    "after the bucket copied to the final key",
    "after the bucket dropped the incoming key",
    "the row committed, before the answer",
)
DELETING = ("purge: some bytes gone, in a bucket", "purge: bytes gone, the row does not say so")
MOMENT = timedelta(milliseconds=100)  # so long a dead process keeps others from finishing what it had begun


@pytest.fixture
def place(tmp_path: Path, seaweed_place: BucketPlace):
    empty(S3Storage(Bucket(seaweed_place)))
    before = os.umask(0o077)  # as the portal does
    with standing(tmp_path, settings(tmp_path) | in_bucket(seaweed_place) | {"ALLOW_UNSCANNED": "1"}) as place:
        yield place
    os.umask(before)


def die_at(place: Place, points: tuple[str, ...], over: Event, died: list[str]) -> None:
    """Have one web after another die at these points, in their order; then one that lives."""
    left = list(points)
    while not over.is_set():
        order = Order(tuple(COMMANDS[WEB]), place.folder / "web.log", tuple(left[:1]), lease=MOMENT)
        process = killer.run(place, order)
        while process.is_alive() and not over.is_set():
            process.join(0.02)
        if over.is_set():
            process.kill()
        process.join(10)
        if left and process.exitcode == -signal.SIGKILL:
            died.append(order.died_at.read_text())
            left.pop(0)


def test_killed_after_each_step_of_receiving_and_deleting_nothing_is_lost_and_nothing_half_done_stays(place):
    over, died, thing = Event(), list[str](), place.thing()
    keeper = threading.Thread(target=die_at, args=(place, RECEIVING, over, died))
    keeper.start()
    try:
        browser = Browser(place, Sent(), over)
        film = File("film.dat", random.Random(7).randbytes(PARTS["s3"] + 9))
        (told,) = browser.announce(thing, film)
        assert browser.bring(film, told)
        assert tuple(died) == RECEIVING
        (row,) = place.rows()
        assert (row.name, row.sha256) == (film.name, film.sha256) and place.bytes_are_those_of(row)
        assert place.lying() == {row.key}, "nothing is left in the antechamber"
        shown = browser.shown(thing)
        browser.press(shown[film.name])
    finally:
        over.set()
        keeper.join()
    for point in DELETING:
        code, said = killer.once(place, "doctor", "--mend", point=point, days=LATER)
        assert (code, said) == (-signal.SIGKILL, "")
    with place.app.app_context(), clock.stopped(clock.now() + timedelta(days=LATER)):
        open_session(SYSTEM, writes=True)
        purging.purge({})
        assert [found.words for found in doctor.look()] == []
    assert place.lying() == set()
    assert not place.keeps(place.rows()[0])
    assert place.room() == ((0, 0), (0, 0))
