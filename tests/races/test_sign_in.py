"""One link, many browsers at the same moment: exactly one session."""

from __future__ import annotations

from collections import Counter
from threading import Barrier

import sqlalchemy as sa

from portal.features.accounts import actions
from portal.kernel import keys
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.viewer import SYSTEM
from portal.models import sessions
from portal.models.people import Person, Purpose, SignedIn, SignInRequest
from tests.support.cast import act, reading
from tests.support.racing import race

RACERS, ROUNDS = 8, 3


def link(app, person):
    return f"/l/{keys.link_token(act(app, lambda: actions.make_link(person, Purpose.OPERATOR, next_path='/')))}"


def sessions_of(app, person):
    with reading(app) as session:
        return list(session.scalars(sa.select(SignedIn).where(SignedIn.person_id == person.id)))


def test_many_browsers_one_session(app, cast, browse):
    for n in range(1, ROUNDS + 1):
        path, answers = link(app, cast.bea), Counter()
        browsers = [browse() for _ in range(RACERS)]
        for browser in browsers:
            browser.inspect = False
            browser.watch_connections = False
            browser.get(path)
        race(RACERS, lambda i, path=path, browsers=browsers, answers=answers: answers.update([browsers[i].post(path, {}, None).status]))
        assert answers == {303: 1, 410: RACERS - 1}
        assert len(sessions_of(app, cast.bea)) == n


def test_many_clicks_in_one_browser_one_session_for_all(app, cast, browse, send_mail):
    asking = browse()
    asking.get("/login")
    asking.post("/login", {"email": cast.bea.email_typed})
    (mail,) = send_mail()
    asking.get(mail.path)
    with asking.client.session_transaction(base_url=asking.base) as cookie:
        held = dict(cookie)
    windows, tokens = [browse() for _ in range(RACERS)], set()
    for window in windows:
        window.inspect = window.watch_connections = False
        with window.client.session_transaction(base_url=window.base) as cookie:
            cookie.update(held)

    def click(n):
        windows[n].post(mail.path, {})
        with windows[n].client.session_transaction(base_url=windows[n].base) as cookie:
            tokens.add(cookie["_user_id"])

    race(RACERS, click)
    assert len(tokens) == len(sessions_of(app, cast.bea)) == 1


def test_many_guessers_get_five_tries_between_them(app, cast, browse, send_mail):
    asking = browse()
    asking.get("/login")
    asking.post("/login", {"email": cast.bea.email_typed})
    (mail,) = send_mail()
    guessers = [browse() for _ in range(RACERS)]
    for guesser in guessers:
        guesser.inspect = guesser.watch_connections = False
        guesser.get(mail.path)
    race(RACERS, lambda n: guessers[n].post(mail.path, {"code": f"{n:06d}"}, None))
    with reading(app) as session:
        assert session.scalars(sa.select(SignInRequest.attempts)).one() == 5


def test_the_race_is_real(app, cast):
    """Positive control: looking first and marking later lets every browser in."""
    request_id = act(app, lambda: actions.make_link(cast.bea, Purpose.OPERATOR, next_path="/"))
    barrier = Barrier(RACERS)

    def careless(n):
        with app.app_context():
            session = open_session(SYSTEM, writes=False)
            assert session.get_one(SignInRequest, request_id).consumed_at is None
            session.rollback()
            barrier.wait(10)
            open_session(SYSTEM, writes=True)

            @action
            def enter():
                db.session.execute(sa.update(SignInRequest).where(SignInRequest.id == request_id).values(consumed_at=now()))
                sessions.begin(db.session.get_one(Person, cast.bea.id), f"token {n}", method="login", keep=True, ua="", ip_net="")

            enter()

    race(RACERS, careless)
    assert len(sessions_of(app, cast.bea)) == RACERS
