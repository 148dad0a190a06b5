"""The morning letter: at each one's hour on working days, once, never empty, about one's own clients; anybody may end theirs."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.edges.queue import remind
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from portal.kinds import life
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Milestone, Project
from tests.support.cast import act, as_viewer, make_item, make_upload

EIGHT = datetime(2026, 9, 21, 6, tzinfo=UTC)  # a Monday, eight in Berlin


def settle(app, person, **columns):
    act(app, lambda: [setattr(db.session.get_one(Person, person.id), name, value) for name, value in columns.items()])


def quiet(app):
    act(app, lambda: db.session.execute(sa.update(Outbox).values(state=Stand.SENT, dedupe=None)))


@pytest.fixture(autouse=True)
def _before(app, cast, clock):
    clock.to(EIGHT - timedelta(days=3))
    for person in (cast.ada, cast.abe, cast.bea, cast.ben):
        settle(app, person, zone="Europe/Berlin")
    settle(app, cast.bea, mail_bounced_at=None)
    act(app, lambda: setattr(db.session.get_one(Project, cast.project.id), "lead_id", cast.ada.id))


@pytest.fixture
def logo(app, cast, clock):
    """Something that holds up a milestone which begins today."""
    stage = cast.milestones[1]
    act(app, lambda: setattr(db.session.get_one(Milestone, stage.id), "starts_on", EIGHT.date()))
    item = make_item(app, cast.project, "Your logo", due_on=(EIGHT + timedelta(days=2)).date(), holds_up_id=stage.id)
    quiet(app)
    clock.to(EIGHT)
    return item


def mine(app, send_mail, person):
    remind(app)
    return [mail for mail in send_mail() if mail.to == person.email_typed]


def test_at_eight_on_a_working_day_each_gets_what_concerns_their_clients_once(app, cast, logo, clock, send_mail):
    clock.to(EIGHT - timedelta(minutes=1))
    assert mine(app, send_mail, cast.ada) == []
    clock.to(EIGHT)
    remind(app)
    remind(app)
    mails = send_mail()
    assert [mail.to for mail in mails if "List-Unsubscribe" in mail.message] == [cast.ada.email_typed]
    text = mails[0].text
    assert "Moves a date if nothing happens today" in text and "“Your logo” holds up" in text
    assert "Goes out by itself until tomorrow" in text and "Stop or skip it: " in text
    assert f"/staff/projects/{cast.project.id}/reminders" in text
    clock.to(EIGHT + timedelta(hours=5))
    assert mine(app, send_mail, cast.ada) == []


def test_what_came_in_what_to_review_and_what_did_not_arrive(app, cast, logo, clock, send_mail):
    make_upload(app, logo, by=cast.bea)
    bea = as_viewer(app, cast.bea)
    act(app, lambda: life.hand_over(db.session.get_one(Item, logo.id), by=bea), by=bea)
    settle(app, cast.ben, mail_bounced_at=clock.now)
    quiet(app)
    mail = mine(app, send_mail, cast.ada)[0]
    assert mail.subject == "Today: 1 to review, 0 waiting"
    assert "1 item, since" in mail.text and "1 item sent" in mail.text
    assert f"Email to {cast.ben.email_typed} comes back." in " ".join(mail.text.split()) and "Call: " in mail.text


def test_late_rather_than_twice_and_never_on_a_day_off_at_night_or_empty(app, cast, logo, clock, send_mail):
    clock.to(EIGHT - timedelta(days=2))
    assert mine(app, send_mail, cast.ada) == []
    clock.to(EIGHT + timedelta(hours=13))
    assert mine(app, send_mail, cast.ada) == []
    clock.to(EIGHT + timedelta(days=1, hours=6))
    assert len(mine(app, send_mail, cast.ada)) == 1
    clock.to(EIGHT + timedelta(days=2, hours=11))
    remind(app)
    clock.to(EIGHT + timedelta(days=2, hours=17))
    assert [mail for mail in send_mail() if mail.to == cast.ada.email_typed] == []  # no server until the night
    act(app, lambda: setattr(db.session.get_one(Project, cast.project.id), "state", "paused"))
    clock.to(EIGHT + timedelta(days=3))
    assert mine(app, send_mail, cast.ada) == []


def test_everybody_chooses_the_hour_or_ends_it_with_one_press(app, cast, logo, clock, ada, nobody, bea, send_mail, nothing_changed):
    assert ada.get("/staff/me/morning").value("hour") == "8"
    assert ada.post("/staff/me/morning", {"on": "y", "hour": "3"}, 422).text
    ada.post("/staff/me/morning", {"on": "y", "hour": "10"})
    assert mine(app, send_mail, cast.ada) == []
    clock.to(EIGHT + timedelta(hours=2))
    mail = mine(app, send_mail, cast.ada)[0]
    url = "/" + mail.message["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    with nothing_changed():
        assert "No more morning letters?" in nobody.get(url).text
        bea.get("/staff/me/morning", 404)
    assert "No morning letter goes out to you any more" in nobody.post(url, {"List-Unsubscribe": "One-Click"}, 200).text
    clock.to(EIGHT + timedelta(days=1, hours=2))
    assert mine(app, send_mail, cast.ada) == []


def test_the_letter_asks_the_same_number_of_questions_for_2_and_for_20_projects(app, cast, logo, clock, count_queries, send_mail):
    from portal.desks.morning.queries import morning_of
    from tests.support.cast import make_project, reading

    def asked_for() -> int:
        with reading(app) as session:
            person = session.get_one(Person, cast.ada.id)
            with count_queries() as asked:
                assert not morning_of(person, clock.now).is_empty
            return len(asked)

    before = asked_for()
    for n in range(6):
        project = make_project(app, cast.birch, f"Shop {n}")
        act(app, lambda project=project: setattr(db.session.get_one(Project, project.id), "lead_id", cast.ada.id))
        make_item(app, project, "Opening hours", due_on=EIGHT.date())
    assert asked_for() == before
