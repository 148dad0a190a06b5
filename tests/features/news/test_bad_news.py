"""Bad news cannot be sent with gaps, goes out by itself, is fixed, and stays on the board until it was read."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from portal.kernel.record import Event, Kind
from portal.models.news import PARTS, BadNews
from portal.models.people import Person
from tests.support.cast import act, db, make_item, reading

WORDS = {name: f"Said of {name}." for name in PARTS} | {"what": "The printer went bankrupt.\nNobody knew.", "asks": "y"}


@pytest.fixture
def page(cast):
    return f"/staff/projects/{cast.project.id}/news/new"


@pytest.fixture
def whole(cast):
    return WORDS | {"decider": str(cast.bea.id), "decide_by": "2026-03-09", "act": "send"}


@pytest.fixture(autouse=True)
def _wednesday(clock):
    clock.to(datetime.fromisoformat("2026-03-04T10:00:00+00:00"))


def news_of(app):
    with reading(app) as session:
        return session.scalars(sa.select(BadNews).order_by(BadNews.changed_at)).all()


def test_it_is_sent_whole_read_and_gone_from_the_board(app, cast, ada, bea, page, whole, send_mail):
    item = make_item(app, cast.project, "New printer", kind="approval")
    send_mail()
    act(app, lambda: db.session.execute(sa.update(Person).where(Person.id == cast.bea.id).values(phone="+49 30 555")))
    assert ada.get(page).soup.select_one("main form")["action"] == page
    ada.post(page, whole | {"item": str(item.id)})
    (news,) = news_of(app)
    mails = {mail.to: mail for mail in send_mail()}
    mail = mails["bea@birch.example"]
    assert "The printer went bankrupt." in mail.words and "Bea Birch decides by Mon 9 Mar." in mail.words
    board = ada.get("/staff/").text
    assert "The printer went bankrupt." in board and "+49 30 555" in board
    assert "Please read it" in bea.get("/").text
    told = bea.get(f"/updates/news/{news.id}")
    assert all(f"Said of {name}." in told.text for name in PARTS if name != "what") and f"/items/{item.id}/decision" in told.html
    bea.post(f"/updates/news/{news.id}/read")
    bea.post(f"/updates/news/{news.id}/read")
    assert "You read this on Wed 4 Mar" in bea.follow().text
    assert "The printer" not in ada.get("/staff/").text + bea.get("/").text
    with reading(app) as session:
        read = session.scalars(sa.select(Event).where(Event.kind == Kind.NEWS_READ.value)).all()
    assert [(one.actor_id, news.sha256 in one.facts) for one in read] == [(cast.bea.id, True)]


def test_what_is_missing_is_said_and_what_was_typed_is_kept(app, ada, bea, page, whole, send_mail):
    send_mail()
    shown = ada.post(page, whole | {"cost": "", "decider": ""}, 422)
    for words in ("Say what it costs", "Choose who decides.", "What you wrote is kept."):
        assert words in shown.text
    assert "The printer went bankrupt." in shown.html and send_mail() == []
    (draft,) = news_of(app)
    assert shown.soup.select_one("main form")["action"] == f"/staff/news/{draft.id}"
    assert draft.sent_at is None and "printer" not in bea.get("/updates").text
    bea.get(f"/updates/news/{draft.id}", 404)
    ada.post(f"/staff/news/{draft.id}", {name: words for name, words in whole.items() if name not in ("asks", "decision", "decider")})
    assert news_of(app)[0].sent_at


def test_at_night_it_waits_for_the_morning_unless_they_allow_it(app, cast, ada, bea, page, whole, send_mail, clock):
    send_mail()
    clock.to(datetime.fromisoformat("2026-03-04T21:00:00+00:00"))
    assert "it is night or a day off there now" in ada.get(page).text
    bea.post("/me/bad-news", {"at_any_time": "1"})
    ada.post(page, whole)
    assert [mail.to for mail in send_mail()] == ["bea@birch.example"]
    clock.advance(hours=12)
    assert "bea@birch.example" not in [mail.to for mail in send_mail()]


def test_it_stays_as_sent_and_a_correction_takes_its_place(app, ada, bea, page, whole):
    ada.post(page, whole)
    (old,) = news_of(app)
    ada.post(f"/staff/news/{old.id}", whole | {"what": "Other"}, None)
    assert news_of(app)[0].title == "The printer went bankrupt."
    ada.post(f"/staff/news/{old.id}/correct")
    new = news_of(app)[-1]
    ada.post(f"/staff/news/{new.id}", whole | {"what": "The printer found a buyer."})
    assert "We have corrected this since." in bea.get(f"/updates/news/{old.id}").text
    home = bea.get("/").text
    assert "found a buyer" in home and "bankrupt" not in home
