"""Reminders: one letter a day at nine where the reader is, decided again when it leaves, and nothing that was asked not to be sent."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.edges.queue import remind
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.reminders import Reminded
from tests.support.cast import act, make_item, reading

NINE = datetime(2026, 9, 21, 7, tzinfo=UTC)  # a Monday, nine in Berlin


@pytest.fixture(autouse=True)
def _before(app, cast, clock):
    clock.to(NINE - timedelta(days=7))
    for person in (cast.bea, cast.ben, cast.cal):
        act(app, lambda person=person: setattr(db.session.get_one(Person, person.id), "zone", "Europe/Berlin"))
    act(app, lambda: setattr(db.session.get_one(Person, cast.ada.id), "mail_rules", {"morning": False}))


@pytest.fixture
def logo(app, cast, clock):
    """Something to be sent by Wednesday, asked for a week ago."""
    item = make_item(app, cast.project, "Your logo", due_on=(NINE + timedelta(days=2)).date(), holds_up_id=cast.milestones[1].id)
    act(app, lambda: db.session.execute(sa.update(Outbox).values(state=Stand.SENT, dedupe=None)))
    clock.to(NINE)
    return item


def left(app, send_mail):
    remind(app)
    return send_mail()


def change(app, row, **columns):
    act(app, lambda: [setattr(db.session.get_one(type(row), row.id), name, value) for name, value in columns.items()])


def test_two_working_days_before_at_nine_everybody_asked_gets_one_letter(app, cast, logo, clock, send_mail):
    clock.to(NINE - timedelta(minutes=1))
    assert left(app, send_mail) == []
    clock.to(NINE)
    mails = left(app, send_mail)
    assert sorted(mail.to for mail in mails) == sorted([cast.bea.email_typed, cast.ben.email_typed])
    mail = mails[0]
    assert mail.subject == "One small thing for New website" and "Your logo" in mail.text
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and "/no-more/" in mail.message["List-Unsubscribe"]
    assert left(app, send_mail) == []
    with reading(app) as session:
        assert {row.n for row in session.scalars(sa.select(Reminded))} == {1}


def test_all_projects_of_a_day_come_in_one_letter_and_the_plainest_first(app, cast, logo, clock, send_mail):
    other = act(app, lambda: db.session.get_one(Project, cast.project.id).client_id)
    second = make_project_of(app, cast)
    make_item(app, second, "Opening hours", due_on=NINE.date())
    act(app, lambda: db.session.execute(sa.update(Item).values(waiting_since=NINE - timedelta(days=7))))
    act(app, lambda: db.session.execute(sa.update(Outbox).values(state=Stand.SENT, dedupe=None)))
    mails = left(app, send_mail)
    assert len(mails) == 2 and other
    assert mails[0].subject == "2 small things for your projects"
    assert mails[0].text.index("Opening hours") < mails[0].text.index("Your logo")


def make_project_of(app, cast):
    from tests.support.cast import make_project

    return make_project(app, cast.birch, "Shop")


def test_the_board_and_the_item_say_what_goes_out_next_and_it_can_be_skipped_and_stopped(app, cast, logo, clock, browse, send_mail):
    clock.to(NINE - timedelta(hours=1))
    ada, here = browse(cast.ada), f"/staff/projects/{cast.project.id}/reminders"
    assert "Reminder 1 on Mon 21 Sept, 09:00, their time" in ada.get("/staff/").text
    assert "Reminder 1 on Mon 21 Sept" in ada.get(f"/staff/items/{logo.id}").text
    assert "Your logo" in ada.get(here).text
    ada.post(f"{here}/skip")
    assert "Reminder 2 on Wed 23 Sept, 09:00" in ada.get("/staff/").text
    clock.to(NINE)
    assert left(app, send_mail) == []
    ada.post(f"{here}/stop")
    assert "Reminders are stopped" in ada.get("/staff/").text
    clock.to(NINE + timedelta(days=2))
    assert left(app, send_mail) == []
    browse(cast.ada).post(f"{here}/resume")
    assert len(left(app, send_mail)) == 2


def test_one_press_ends_them_and_looking_changes_nothing(app, cast, logo, nobody, browse, clock, send_mail, nothing_changed):
    mail = next(mail for mail in left(app, send_mail) if mail.to == cast.bea.email_typed)
    url = "/" + mail.message["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    with nothing_changed():
        assert "Nothing has changed yet." in nobody.get(url).text
    assert "No reminder goes out to you" in nobody.post(url, {"List-Unsubscribe": "One-Click"}, 200).text
    with nothing_changed():
        nobody.post(url[:-2] + "xx", {}, 404)
    clock.to(NINE + timedelta(days=2))
    assert [mail.to for mail in left(app, send_mail)] == [cast.ben.email_typed]
    bea = browse(cast.bea)
    assert "Switched off" in bea.get("/me").text
    assert "we remind you by email" in bea.post("/me/mails/reminders/on", follow=True).text


def test_a_nudge_leaves_out_the_next_one_and_whatever_came_is_not_asked_for(app, cast, logo, clock, browse, send_mail):
    clock.to(NINE - timedelta(hours=5))
    browse(cast.ada).post(f"/staff/projects/{cast.project.id}/nudge", {"tone": "friendly", "act": "anyway"})
    clock.advance(minutes=1)
    assert len(send_mail()) == 2
    clock.to(NINE + timedelta(hours=1))
    assert left(app, send_mail) == []
    clock.to(NINE + timedelta(days=2))
    remind(app)
    act(app, lambda: db.session.get_one(Item, logo.id).waive(at=clock.now))
    assert send_mail() == []
