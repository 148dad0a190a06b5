"""Silence counts only where it was switched on, agreed and really announced, twice; once; and never as approved by a person."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.edges import audit
from portal.edges.erasing import erase
from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.scope import find
from portal.kernel.viewer import Role
from portal.kinds.silence import running
from portal.kinds.silence.standing import effect_day
from portal.models.approvals import Choice, Decision
from portal.models.clients import Membership
from portal.models.items import Item
from portal.models.people import Person
from portal.models.silence import Agreement, Ending, Silence
from tests.support.cast import act, fresh, make_contact, make_item, reading
from tests.support.downloads import checked, download

MONDAY = "2026-03-02T09:00:00+00:00"


@pytest.fixture
def agreed(cast, ada, bea, clock):
    """Switched on by Ada and agreed to by Bea, on a Monday."""
    clock.to(datetime.fromisoformat(MONDAY))
    ada.post(f"/staff/projects/{cast.project.id}/silence/on")
    page = bea.get(f"/projects/{cast.project.id}/silence")
    bea.post(page.url, {"consent": page.value("consent")})
    return page.url


@pytest.fixture
def item(app, cast, agreed, clock):
    """An approval presented that Monday, due the Thursday of the week after."""
    due = clock.now.date() + timedelta(days=10)
    return make_item(app, cast.project, "Menu", kind="approval", due_on=due)


@pytest.fixture
def days(clock, send_mail, do_chores):
    """Let days go by, with a worker that looks twice a day; the mails that left."""

    def go(count):
        left = []
        for _ in range(count * 2):
            do_chores()
            left += send_mail()
            clock.advance(hours=12)
        return left

    return go


def silence_of(app, item):
    with reading(app) as session:
        return session.scalars(sa.select(Silence).where(Silence.item_id == item.id)).one_or_none()


def deemed(app, item):
    with reading(app) as session:
        return list(session.scalars(sa.select(Decision).where(Decision.item_id == item.id)))


def test_after_two_mails_and_the_announced_day_it_counts_as_agreed_and_as_approved_by_nobody(app, cast, ada, bea, item, days, send_mail):
    first = days(9)
    asked = [mail for mail in first if "by silence, as we agreed for this project" in mail.words]
    assert [mail.subject for mail in asked] == ["Menu is ready for you", "Please answer by Thu 12 Mar: Menu"], [m.subject for m in first]
    assert all("Thu 12 Mar" in mail.words and mail.to == "bea@birch.example" for mail in asked)
    assert "By the end of Thu 12 Mar" in bea.get(f"/items/{item.id}/decision").text
    assert deemed(app, item) == []
    left = days(3)
    (made,) = deemed(app, item)
    assert (made.choice, made.person_id, made.by_id, made.days) == (Choice.DEEMED, None, None, 8)
    assert {mail.to for mail in left if mail.subject.startswith("Agreed by silence")} == {"bea@birch.example", "ada@halden.example"}
    sentence = "Deemed agreed after 8 working days of silence, never approved by a person"
    receipt = f"/items/{item.id}/decision/receipt/{made.id}"
    for text in (bea.get(receipt).text, bea.get(f"/items/{item.id}/decision").text, ada.get(f"/staff/items/{item.id}").text):
        assert sentence in text and "Approved" not in text
    board = ada.get(f"/staff/clients/{cast.birch.id}?project={cast.project.id}").text
    assert "Deemed agreed" in board and "Nobody answered" in bea.get("/record").text
    assert "Thu 12 Mar 2026" in bea.get(receipt).text, "years stand on what is kept"
    assert bea.get(receipt + ".pdf").status == 200
    with reading(app):
        assert list(audit.troubles()) == []
    bea.post(f"/items/{item.id}/decision/object")
    assert "It is open again." in bea.follow().text
    assert fresh(app, item).state.value == "to_do"
    assert {mail.to for mail in send_mail() if "opened again" in mail.words} == {"bea@birch.example", "ada@halden.example"}
    days(12)
    assert len(deemed(app, item)) == 1, "it never runs twice on one version"
    act(app, lambda: db.session.execute(sa.update(Membership).where(Membership.person_id == cast.bea.id).values(ended_at=made.at)))
    act(app, lambda: erase(db.session.get_one(Person, cast.bea.id)))
    assert "Bea" not in str(deemed(app, item)[0].evidence)
    with reading(app):
        assert list(audit.troubles()) == []


def test_who_agreed_gets_a_receipt_and_it_stands_in_the_record_and_in_its_download(app, cast, ada, bea, browse, send_mail, tmp_path):
    dora = make_contact(app, cast.birch, "Dora Dune")
    agreed = f"/projects/{cast.project.id}/silence"
    ada.post(f"/staff{agreed}/on")
    bea.post(agreed, {"consent": bea.get(agreed).value("consent")})
    told = {mail.to: mail for mail in send_mail() if "Silence may count" in mail.subject or mail.subject.startswith("Receipt: silence")}
    assert set(told) == {cast.bea.email_typed, dora.email_typed, cast.ada.email_typed}
    assert "You agreed that silence" in told[cast.bea.email_typed].words and "Bea Birch agreed" in told[cast.ada.email_typed].words
    for browser, address in ((browse(dora), "/record"), (ada, f"/staff/clients/{cast.birch.id}/record")):
        assert "Agreed about silence" in browser.get(address).text and "Bea Birch , text 1" in browser.page.text
    gus = browse(make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST))
    assert "Agreed about silence" not in gus.get("/record").text
    parts = download(app, cast.birch.id, closed=True)
    assert checked(parts, tmp_path) == []
    (row,) = map(json.loads, parts["consents.jsonl"].splitlines())
    assert row["text"] in told[cast.bea.email_typed].words and row["ended"] is False
    for forged in ({"ended": True}, {"person": str(dora.id)}, {"text": "Silence is a yes"}):
        words = [one.words for one in checked(parts | {"consents.jsonl": json.dumps(row | forged).encode()}, tmp_path)]
        assert any(one.startswith(f"consent {row['id']}: ") for one in words), forged
    browse(dora).post(agreed, {"act": "withdraw"})
    assert "Ended" in bea.get("/record").text and checked(download(app, cast.birch.id, closed=True), tmp_path) == []
    assert len([mail for mail in send_mail() if "counts no more" in mail.subject]) == 3


def says(app, item, how, *, cast, ada, bea):
    """Let one thing happen that ends it."""
    page = f"/items/{item.id}/decision"
    if how == "more time":
        bea.post(page + "/more-time", {"until_on": "2026-03-20"})
    elif how in ("cannot decide yet", "changes"):
        shown = bea.get(page)
        fields = {name: shown.value(name) for name in ("version", "key", "seat")}
        choice = {"choice": "later", "later_on": "2026-03-20"} if how == "cannot decide yet" else {"choice": "changes", "words": "Warmer"}
        bea.post(page, fields | choice)
    elif how == "rested":
        ada.post(f"/staff/projects/{cast.project.id}/pause")
        ada.post(f"/staff/projects/{cast.project.id}/resume")
    elif how == "withdrawn":
        bea.post(f"/projects/{cast.project.id}/silence", {"act": "withdraw"})
    elif how == "switched off":
        ada.post(f"/staff/projects/{cast.project.id}/silence/off")
    elif how == "parked":
        parked = sa.update(Outbox).where(Outbox.kind == "decision_asked").values(state=Stand.PARKED)
        act(app, lambda: db.session.execute(parked))
    elif how == "came back":
        bounced = sa.update(Person).where(Person.id == cast.bea.id).values(mail_bounced_at=silence_of(app, item).began_at)
        act(app, lambda: db.session.execute(bounced))


@pytest.mark.parametrize(
    ("how", "ending"),
    [
        ("more time", Ending.MORE_TIME),
        ("cannot decide yet", Ending.ACTIVITY),
        ("changes", Ending.DECIDED),
        ("rested", Ending.RESTED),
        ("withdrawn", Ending.WITHDRAWN),
        ("switched off", Ending.WITHDRAWN),
        ("parked", Ending.BOUNCED),
        ("came back", Ending.BOUNCED),
    ],
)
def test_what_ends_it(app, cast, ada, bea, item, send_mail, clock, how, ending):
    send_mail()
    clock.advance(days=1)
    says(app, item, how, cast=cast, ada=ada, bea=bea)
    clock.advance(days=20)
    act(app, lambda: running.look(find(Item, item.id)))
    ended = silence_of(app, item)
    assert (ended.ending, ended.runs) == (ending, False)
    assert not [made for made in deemed(app, item) if made.is_deemed]


def test_a_clock_that_was_set_back_hides_nothing(app, cast, bea, item, clock):
    clock.advance(hours=-2)
    bea.post(f"/items/{item.id}/decision/deputy", {"deputy": cast.ben.id, "begins_on": "2026-03-02", "ends_on": "2026-03-03"})
    clock.advance(days=20)
    act(app, lambda: running.look(find(Item, item.id)))
    assert silence_of(app, item).ending is Ending.ACTIVITY


def test_who_decides_only_later_is_asked_then_and_gets_working_days_of_their_own(app, cast, item, days, send_mail):
    days(9)
    assert silence_of(app, item).effect_on == date(2026, 3, 12)
    bo = make_contact(app, cast.birch, "Bo Birch").email_canon  # on the Wednesday, when Bea was told twice
    told = [mail for mail in days(3) if mail.to == bo and "counts as agreed by silence" in mail.words]
    assert [mail.subject for mail in told] == ["Menu is ready for you"] and "Wed 18 Mar" in told[0].words
    assert silence_of(app, item).effect_on == date(2026, 3, 18) and deemed(app, item) == []
    left = [mail.to for mail in days(5) if mail.subject == "Please answer by Wed 18 Mar: Menu"]
    assert left == [bo] and deemed(app, item) == []
    days(3)
    (made,) = deemed(app, item)
    assert set(made.evidence["told"]) == {"Bea Birch", "Bo Birch"}


def test_a_mail_that_never_left_announced_nothing(app, item, clock):
    clock.advance(days=20)
    act(app, lambda: running.look(find(Item, item.id)))
    assert silence_of(app, item).ending is Ending.UNSENT and deemed(app, item) == []


def test_a_clock_that_jumps_skips_no_announcement_and_a_second_look_changes_nothing(app, item, send_mail, clock):
    def look():
        return act(app, lambda: running.look(find(Item, item.id)))

    send_mail()
    clock.advance(days=60)
    assert look() is None and look() is None
    assert [mail.subject for mail in send_mail()] == ["Please answer by Tue 5 May: Menu"]
    clock.advance(days=-3)
    assert look() is None
    clock.advance(days=8)
    assert look().days == 46
    assert look() is None and len(deemed(app, item)) == 1


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        ("important", "what is important needs an answer"),
        ("not agreed", "the client has not agreed to it"),
        ("no day", "no day is named"),
        ("not on", ""),
    ],
)
def test_where_it_never_begins_staff_read_why(app, cast, ada, bea, agreed, clock, spoilt, says):
    if spoilt == "not agreed":
        bea.post(agreed, {"act": "withdraw"})
    if spoilt == "not on":
        ada.post(f"/staff/projects/{cast.project.id}/silence/off")
    spec = {"important": True} if spoilt == "important" else {}
    due = None if spoilt == "no day" else clock.now.date() + timedelta(days=10)
    item = make_item(app, cast.project, "Menu", kind="approval", due_on=due, spec=spec)
    assert silence_of(app, item) is None
    for address in (f"/staff/items/{item.id}", f"/staff/items/{item.id}/present"):
        told = ada.get(address).text
        assert f"Silence does not count here: {says}" in told if says else "Silence does not" not in told


def test_only_a_decider_agrees_and_only_to_the_text_that_counts(app, cast, ada, bea, browse, nothing_changed):
    page = f"/projects/{cast.project.id}/silence"
    assert "We have not asked for this." in bea.get(page).text
    ada.post(f"/staff/projects/{cast.project.id}/silence/on")
    helper = browse(make_contact(app, cast.birch, "Hal Help", role=Role.CONTRIBUTE))
    right = bea.get(page).value("consent")
    with nothing_changed():
        helper.post(page, {"consent": right}, None)
        bea.post(page, {"consent": "0" * 64})
    assert "The text has changed in the meantime." in bea.follow().text
    bea.post(page, {"consent": right})
    assert "Bea Birch agreed to this on" in bea.follow().text
    with reading(app) as session:
        assert [row.by_id for row in session.scalars(sa.select(Agreement))] == [cast.bea.id]


def test_staff_open_it_again_too_but_nobody_after_five_working_days(app, cast, ada, bea, item, days, clock):
    days(12)
    (made,) = deemed(app, item)
    assert made.is_deemed
    ada.post(f"/staff/items/{item.id}/present", {"text": "Two", "changed": "All", "act": "publish"}, 409)
    clock.advance(days=10)
    bea.post(f"/items/{item.id}/decision/object")
    assert "The five working days for this are over." in bea.follow().text
    clock.advance(days=-10)
    ada.post(f"/staff/projects/{cast.project.id}/pause")
    bea.post(f"/items/{item.id}/decision/object")
    assert fresh(app, item).state.value == "accepted"  # while the project stands still nothing is taken
    ada.post(f"/staff/projects/{cast.project.id}/resume")
    ada.post(f"/staff/items/{item.id}/silence/undo")
    assert fresh(app, item).state.value == "to_do"


def test_the_day_is_never_sooner_than_promised():
    week = Calendar(holidays=frozenset({date(2026, 3, 4)}))
    monday = date(2026, 3, 2)
    assert effect_day(date(2026, 3, 3), monday, None, week) == date(2026, 3, 10)
    assert effect_day(date(2026, 3, 20), monday, None, week) == date(2026, 3, 20)
    assert effect_day(date(2026, 3, 10), monday, date(2026, 3, 10), week) == date(2026, 3, 12)
