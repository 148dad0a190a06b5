"""Closing a project: nothing that is open ends unsaid, the client reads one page, says how it was, and we come back on the day we said."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.features.closing import actions
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Kind, record
from portal.kernel.viewer import SYSTEM, Role
from portal.kinds.closing.standing import due
from portal.kinds.talk import saying, subject
from portal.models.closings import Closing, Feedback, Lesson
from portal.models.item_states import ItemState
from portal.models.projects import Project, ProjectState
from tests.support.cast import act, as_viewer, fresh, make_contact, make_item, reading

THANKS = {"thanks": "It was a pleasure.", "made": "A website\nA logo", "next": "We watch the numbers."}
SECRET = "They pay late, ask for half in advance"


def close_url(cast) -> str:
    return f"/staff/projects/{cast.project.id}/close"


@pytest.fixture
def closed(app, cast) -> Closing:
    """Birch's project, closed; we come back in ninety days."""
    ending = actions.Ending(
        "It was a pleasure.", made="A website", again_on=now().date() + timedelta(90), again_why="The numbers", lesson=SECRET
    )
    by = as_viewer(app, cast.ada)
    return act(app, lambda: actions.close(cast.project.id, ending, lambda _item: "", by=by), by=by)


def test_what_is_open_is_let_go_with_a_reason_and_then_it_closes(app, cast, ada, bea, clock, send_mail):
    logo = make_item(app, cast.project, "Logo", kind="files", state="to_do")
    home = make_item(app, cast.project, "Homepage", kind="approval", state="to_do")
    page = ada.get(close_url(cast))
    assert "Still open 2" in page.text and "Logo" in page.text and "waits for their decision" in page.text
    day = (now() + timedelta(90)).date().isoformat()
    form = THANKS | {"act": "close", "again_on": day, "again_why": "A look at the numbers", "lesson": SECRET}
    ada.refused(close_url(cast), form | {f"why-{logo.id}": "We draw a new one"}, says="Something is still open")
    assert fresh(app, logo).state is ItemState.TO_DO and "We draw a new one" in str(ada.page.soup)
    ada.post(close_url(cast), form | {f"why-{logo.id}": "We draw a new one", "rest": "It is live already"})
    assert [fresh(app, one).reason for one in (logo, home)] == ["We draw a new one", "It is live already"]
    assert fresh(app, cast.project).state is ProjectState.DONE
    assert SECRET in ada.follow().text
    clock.advance(days=4)
    mails = {mail.to: mail for mail in send_mail() if "Thank you" in mail.subject}
    assert "It was a pleasure." in mails[cast.bea.email_typed].text
    seen = bea.get("/").text
    for words in ("It was a pleasure.", "A website", "We watch the numbers.", "A look at the numbers", "We draw a new one"):
        assert words in seen
    assert SECRET not in seen


def test_some_things_can_go_while_the_project_stays_open(app, cast, ada):
    logo, photos = (make_item(app, cast.project, name, kind="files", state="to_do") for name in ("Logo", "Photos"))
    ada.post(close_url(cast), {"act": "waive", f"why-{logo.id}": "We draw one"})
    assert "One thing" in ada.follow().text or "1 thing was let go" in ada.page.text
    assert fresh(app, logo).state is ItemState.WAIVED and fresh(app, photos).state is ItemState.TO_DO
    assert fresh(app, cast.project).is_running


def test_a_question_nobody_answered_keeps_it_open(app, cast, ada):
    by = as_viewer(app, cast.bea)
    act(app, lambda: saying.say(subject.of_project(cast.project.id), saying.Writing("When do we start?"), by=by), by=by)
    ada.refused(close_url(cast), THANKS | {"act": "close"}, says="nobody has answered")
    assert "A message waits for an answer" in ada.page.text and fresh(app, cast.project).is_running


def test_a_day_to_come_back_needs_a_reason_and_lies_ahead(app, cast, ada, nothing_changed):
    with nothing_changed():
        ada.refused(close_url(cast), THANKS | {"act": "close", "again_on": now().date().isoformat(), "again_why": "x"}, says="after today")
        ada.refused(close_url(cast), THANKS | {"act": "close", "again_on": "2090-01-01"}, says="why you get in touch")


def test_feedback_is_given_once_a_person_and_can_be_changed(app, cast, closed, ada, bea, cal, send_mail):
    url = f"/projects/{cast.project.id}/feedback"
    bea.refused(url, {"words": "Fewer mails"}, says="Choose one of the five")
    assert "Fewer mails" in bea.page.text
    bea.post(url, {"stars": "3", "words": "Fewer mails"})
    bea.post(url, {"stars": "4", "words": "Fewer mails"})
    with reading(app) as session:
        assert session.scalars(sa.select(Feedback.stars)).all() == [4]
    assert "4 of 5" in ada.get(f"/staff/projects/{cast.project.id}/closed").text and "Fewer mails" in ada.page.text
    told = [mail for mail in send_mail() if "says how it was" in mail.subject]
    assert [mail.to for mail in told] == [cast.ada.email_typed] and "Fewer mails" in told[0].text
    cal.get(url, 404)


def test_nobody_reads_what_others_said_and_no_client_what_we_learned(app, cast, closed, browse, bea):
    act(
        app,
        lambda: actions.give_feedback(db.session.get_one(Project, cast.project.id), 1, "Never again", by=as_viewer(app, cast.ben)),
        by=as_viewer(app, cast.ben),
    )
    for query, seen in ((sa.select(Feedback), 0), (sa.select(Lesson), 0), (sa.select(Closing), 1)):
        with reading(app, as_viewer(app, cast.bea)) as session:
            assert len(session.scalars(query).all()) == seen
    guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
    with reading(app, as_viewer(app, guest)) as session:
        assert session.scalars(sa.select(Closing)).all() == []
    browse(guest).get(f"/projects/{cast.project.id}/feedback", 404)


def test_it_stands_on_the_board_on_the_day_until_somebody_says_done(app, cast, closed, ada):
    assert "The numbers" not in ada.get("/staff/").text
    act(app, lambda: _comes(closed))
    assert "The numbers" in ada.get("/staff/").text
    ada.post(f"/staff/projects/{cast.project.id}/again/later", {"again_on": (now() + timedelta(9)).date().isoformat()})
    with reading(app):
        assert due(now().date()) == []
    act(app, lambda: _comes(closed))
    ada.post(f"/staff/projects/{cast.project.id}/again/done")
    assert "The numbers" not in ada.get("/staff/").text


def test_a_closed_project_goes_on_again(app, cast, closed, ada, bea):
    ada.post(f"/staff/projects/{cast.project.id}/reopen")
    assert fresh(app, cast.project).is_running and fresh(app, closed).undone_at
    assert "This project goes on" in bea.get(f"/projects/{cast.project.id}/feedback").text


def test_archived_and_restored_it_is_closed_as_it_was(app, cast, closed, ada):
    for verb in ("archive", "restore"):
        ada.post(f"/staff/projects/{cast.project.id}/{verb}")
    assert fresh(app, cast.project).state is ProjectState.DONE


def _comes(closing: Closing) -> None:
    row = db.session.get_one(Closing, closing.id)
    row.again_on = now().date()
    record(Kind.MET_AGAIN, row, by=SYSTEM)
