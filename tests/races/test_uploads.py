"""One file, many browsers that finish it at the same moment: one row, and the same answer for everybody."""

from __future__ import annotations

from collections import Counter
from threading import Barrier

import sqlalchemy as sa

from portal.kernel.action import action
from portal.kernel.db import db, open_session
from portal.kernel.viewer import SYSTEM
from portal.kinds.files.incoming import PART
from portal.models.clients import Client
from portal.models.files import Incoming, IncomingState, Upload
from tests.features.uploads.test_lines import BIG, announced, bring, declare, named, sign
from tests.support.cast import make_item, reading
from tests.support.racing import race

RACERS = 6


def windows(browse, person):
    """Several windows of one person."""
    opened = [browse(person) for _ in range(RACERS)]
    for window in opened:
        window.inspect = window.watch_connections = False
        window.csrf()
    return opened


def test_many_finish_one_file(app, cast, browse):
    item = make_item(app, cast.project)
    browsers = windows(browse, cast.bea)
    (told,) = declare(browsers[0], item, announced())
    etags = bring(browsers[0], told)
    urls = [sign(browser, told, "POST") for browser in browsers]
    answers = Counter()
    race(RACERS, lambda n: answers.update([browsers[n].send("POST", urls[n], named(etags)).status]))
    assert answers[200] >= 1 and set(answers) <= {200, 202}
    assert browsers[0].send("POST", f"/uploads/{told['id']}/complete", {}, 200).response.json == {"state": "done"}
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count(Upload.id)).where(Upload.item_id == item.id)) == 1
        client = session.get_one(Client, item.client_id)
        assert (client.bytes_used, client.bytes_reserved) == (len(BIG), 0)


def test_many_bring_one_small_file(app, cast, browse):
    item = make_item(app, cast.project)
    browsers = windows(browse, cast.bea)
    (told,) = declare(browsers[0], item, announced("note.txt", b"hello"))
    answers = Counter()
    race(RACERS, lambda n: answers.update([browsers[n].send("PUT", told["put"]["url"], b"hello").status]))
    assert answers == {200: RACERS}
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count(Upload.id)).where(Upload.item_id == item.id)) == 1
        assert session.get_one(Client, item.client_id).bytes_used == 5


def test_many_announce_one_file(app, cast, browse):
    item = make_item(app, cast.project)
    browsers, ids = windows(browse, cast.bea), set()
    race(RACERS, lambda n: ids.add(declare(browsers[n], item, announced())[0]["id"]))
    assert len(ids) == 1
    with reading(app) as session:
        assert session.get_one(Client, item.client_id).bytes_reserved == len(BIG)


def test_the_race_is_real(app, cast, browse):
    """Positive control: looking first and marking later lets everybody finish."""
    item = make_item(app, cast.project)
    (told,) = declare(browse(cast.bea), item, announced(content=b"x" * (PART + 1)))
    row_id, barrier, winners = sa.Uuid().python_type(told["id"]), Barrier(RACERS), []

    def careless(n):
        with app.app_context():
            session = open_session(SYSTEM, writes=False)
            free = session.get_one(Incoming, row_id).state is IncomingState.OPEN
            session.rollback()
            barrier.wait(10)
            open_session(SYSTEM, writes=True)

            @action
            def mark():
                db.session.execute(sa.update(Incoming).where(Incoming.id == row_id).values(state=IncomingState.COMPLETING))

            mark()
            winners.extend([n] if free else [])

    race(RACERS, careless)
    assert len(winners) == RACERS
