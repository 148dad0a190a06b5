"""Who owes what: the page staff land on answers whose move it is, what would slip first, and what came of the last nudge."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.desks.owed import queries
from portal.features.nudges import actions as nudges
from portal.kernel.action import action
from portal.kernel.clock import stopped
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.scope import find
from portal.kernel.viewer import Role
from portal.kinds.calls import noting
from portal.models.people import Person
from portal.models.projects import Milestone, Project, ProjectState
from portal.models.reminders import Tone
from tests.support.cast import act, as_viewer, make_client, make_contact, make_item, make_project, make_upload, milestones_of

BOARD = "/staff/"
MONDAY = datetime(2026, 9, 21, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday(clock):
    clock.to(MONDAY)


def day(days):
    return (MONDAY + timedelta(days=days)).date()


def rows(page):
    return [row.get_text(" ", strip=True) for row in page.soup.select("tr.owed__row")]


def row(page, name):
    (found,) = [text for text in rows(page) if text.startswith(name)]
    return found


def as_ada(app, cast, project, work):
    viewer = as_viewer(app, cast.ada)
    with app.app_context():
        open_session(viewer, writes=True)
        action(lambda: work(db.session.get_one(Project, project.id), viewer))()


def nudge(app, cast, project, at):
    """A nudge that has left."""
    with stopped(at):
        as_ada(app, cast, project, lambda found, by: nudges.nudge(found, Tone.FRIENDLY, again=True, by=by))
    act(app, lambda: db.session.execute(sa.update(Outbox).values(state=Stand.SENT, dedupe=None)))


class TestTheRows:
    def test_one_row_per_running_project_and_what_would_slip_first_on_top(self, app, cast, ada):
        make_item(app, cast.project, "Your logo", due_on=day(9))
        make_item(app, cast.cedar_project, "Floor plan", due_on=day(2))
        sleeping = make_project(app, cast.birch, "Sleeping", state=ProjectState.PAUSED)
        make_item(app, sleeping, "Nobody asks")
        page = ada.get(BOARD)
        assert page.h1 == "Who owes what"
        assert [text.split()[0] for text in rows(page)] == ["Cedar", "Birch"]
        assert "Nobody asks" not in page.text
        assert "Bea Birch" in row(page, "Birch")
        assert "due in 2 days" in row(page, "Cedar")
        lead_on = str(page.soup.select_one(".owed__who")["href"])
        assert "Cedar" in ada.get(lead_on).text

    def test_late_is_counted_in_the_clients_working_days_and_today_in_their_zone(self, app, cast, ada, clock):
        make_item(app, cast.project, "Your logo", due_on=day(-3))
        assert "1 working day late" in row(ada.get(BOARD), "Birch")
        tokyo = make_client(app, "Tokyo", zone="Asia/Tokyo")
        make_contact(app, tokyo, "Ken Mori")
        make_item(app, make_project(app, tokyo), "Logo", due_on=day(1))
        clock.to(datetime(2026, 9, 21, 16, tzinfo=UTC))
        assert "due today" in row(ada.get(BOARD), "Tokyo")

    def test_late_says_when_it_was_due_and_since_when_they_have_it(self, app, cast, browse, clock):
        make_item(app, cast.project, "Your logo", due_on=day(1))
        clock.to(MONDAY + timedelta(days=3))
        assert "2 working days late due on Tue 22 Sept with them since Mon 21 Sept" in row(browse(cast.ada).get(BOARD), "Birch")

    def test_it_says_what_waits_how_much_more_there_is_and_what_lies_with_us(self, app, cast, ada):
        design = cast.milestones[1]
        for title in ("First", "Second", "Third"):
            make_item(app, cast.project, title, due_on=day(4), holds_up_id=design.id)
        make_item(app, cast.project, "Checked soon", state="sent")
        text = row(ada.get(BOARD), "Birch")
        assert "First , Second" in text and "Third" not in text
        assert "and 1 more" in text and "1 with us" in text
        assert "Design" in text and f"{(design.starts_on - day(0)).days} days" in text

    @pytest.mark.both
    def test_three_lanes_count_and_filter(self, app, cast, ada):
        begun = cast.milestones[0].id
        act(app, lambda: setattr(find(Milestone, begun), "starts_on", day(-7)))
        make_item(app, cast.project, "Your logo", holds_up_id=begun, due_on=day(0))
        make_item(app, cast.cedar_project, "Floor plan", state="sent")
        page = ada.get(BOARD)
        lanes = [lane.get_text(" ", strip=True) for lane in page.soup.select(".lane")]
        assert lanes[0].startswith("1 Waiting for clients 1 would move a date")
        assert lanes[1].startswith("1 Waiting for us in all: 1 thing to review")
        assert lanes[2].startswith("0 Nothing open")
        assert len(rows(page)) == 1
        us = ada.get(f"{BOARD}?lane=us")
        assert "with us since Mon 21 Sept" in row(us, "Cedar") and "late" not in row(us, "Cedar")
        assert "Floor plan" in row(us, "Cedar") and "Nudge" not in row(us, "Cedar")
        assert rows(ada.get(f"{BOARD}?lane=nothing")) == []
        assert "Every project has something open." in ada.page.text

    def test_an_optional_thing_alone_makes_nobody_wait(self, app, cast, ada):
        make_item(app, cast.project, "A nice photo", required=False)
        assert rows(ada.get(BOARD)) == []
        assert "Nobody owes us anything." in ada.page.text


class TestWhatCameOfIt:
    @pytest.fixture(autouse=True)
    def _open(self, app, cast):
        self.item = make_item(app, cast.project, "Your logo", due_on=day(4))

    def test_nothing_yet(self, app, cast, ada):
        assert "none yet" in row(ada.get(BOARD), "Birch")
        nudge(app, cast, cast.project, MONDAY - timedelta(days=3))
        assert "Fri 18 Sept not opened, nothing yet" in row(ada.get(BOARD), "Birch")

    def test_opened_and_files_added(self, app, cast, ada, browse):
        nudge(app, cast, cast.project, MONDAY - timedelta(days=3))
        browse(cast.bea).get("/")
        assert "opened" in row(ada.get(BOARD), "Birch").replace("not opened", "")
        for name in ("a.pdf", "b.pdf"):
            make_upload(app, self.item, name=name)
        assert "opened, 2 files added" in row(ada.get(BOARD), "Birch")

    def test_after_two_unanswered_nudges_a_call_is_the_next_step(self, app, cast, ada):
        act(app, lambda: setattr(db.session.get_one(Person, cast.bea.id), "phone", "+49 (30) 555-0142"))
        nudge(app, cast, cast.project, MONDAY - timedelta(days=10))
        assert "Call" not in row(ada.get(BOARD), "Birch")
        nudge(app, cast, cast.project, MONDAY - timedelta(days=5))
        assert "second one, not opened" in row(ada.get(BOARD), "Birch")
        assert "tel:+49305550142" in ada.page.links
        as_ada(app, cast, cast.project, lambda found, by: noting.note(found, "By Thursday.", by=by))
        assert "Call, Mon 21 Sept By Thursday." in row(ada.get(BOARD), "Birch")
        assert "tel:+49305550142" not in ada.page.links

    def test_who_came_without_the_mail_that_never_arrived_did_not_open_it(self, app, cast, ada, browse):
        nudge(app, cast, cast.project, MONDAY - timedelta(days=3))
        act(app, lambda: db.session.execute(sa.update(Outbox).values(state=Stand.PARKED)))
        browse(cast.bea).get("/")
        assert "did not arrive, they were here by themselves" in row(ada.get(BOARD), "Birch")

    def test_an_answer_ends_the_count(self, app, cast, ada):
        nudge(app, cast, cast.project, MONDAY - timedelta(days=10))
        nudge(app, cast, cast.project, MONDAY - timedelta(days=5))
        make_upload(app, self.item)
        assert "Call" not in row(ada.get(BOARD), "Birch")

    def test_mail_that_came_back_or_stuck_is_shown(self, app, cast, ada):
        nudge(app, cast, cast.project, MONDAY - timedelta(days=3))
        act(app, lambda: db.session.execute(sa.update(Outbox).values(state=Stand.PARKED)))
        act(app, lambda: setattr(db.session.get_one(Person, cast.bea.id), "mail_bounced_at", MONDAY))
        text = row(ada.get(BOARD), "Birch")
        assert "did not arrive" in text and "opened" not in text
        assert "/staff/settings/mail#stuck" in ada.page.links
        client = ada.get(f"/staff/clients/{cast.birch.id}")
        assert "to them could not be sent." in client.text and "/staff/settings/mail#stuck" in client.links
        assert "could not be sent" in text and f"Email to {cast.bea.email_typed} came back" in text and "Call" in text


def test_a_firm_without_projects_has_nothing_to_filter(app, cast, ada):
    act(app, lambda: db.session.execute(sa.update(Project).values(state=ProjectState.DRAFT)))
    page = ada.get(BOARD)
    assert "No client has a list yet." in page.text
    assert not page.soup.select_one("form[role=search]") and not page.soup.select_one(".lanes")
    assert "Nothing matches" in ada.get(f"{BOARD}?q=bread").text and ada.page.soup.select_one("form[role=search]")


class TestFilters:
    @pytest.fixture(autouse=True)
    def _two(self, app, cast):
        make_item(app, cast.project, "Your größtes Logo", due_on=day(2))
        make_item(app, cast.cedar_project, "Floor plan", due_on=day(20))

    @pytest.mark.parametrize(
        ("words", "found"), [("birch", "Birch"), ("CAL", "Cedar"), ("floor PLAN", "Cedar"), ("größtes", "Birch"), ("office", "Cedar")]
    )
    def test_words_find_clients_people_projects_and_items(self, ada, words, found):
        page = ada.get(f"{BOARD}?q={words}")
        assert [text.split()[0] for text in rows(page)] == [found]
        assert page.value("q") == words

    def test_nothing_found_shows_the_words_and_a_way_back(self, ada):
        page = ada.get(f"{BOARD}?q=zz%25<b>")
        assert "Nothing matches “zz%<b>”." in page.text
        assert rows(ada.get(next(link for link, a in ((str(a["href"]), a) for a in page.soup.select(".empty a")) if link))) != []

    @pytest.mark.both
    def test_mine_only_and_due_this_week(self, app, cast, ada, abe):
        assert len(rows(ada.get(f"{BOARD}?mine=1"))) == 2
        assert rows(abe.get(f"{BOARD}?mine=1")) == []
        assert [text.split()[0] for text in rows(ada.get(f"{BOARD}?week=1"))] == ["Birch"]

    def test_nonsense_in_the_address_counts_as_not_said(self, ada):
        assert len(rows(ada.get(f"{BOARD}?lane=moon&page=x&mine="))) == 2
        assert rows(ada.get(f"{BOARD}?page=99")) == []


class TestDoors:
    def test_clients_do_not_find_it_and_nobody_is_asked_to_sign_in(self, bea, nobody):
        bea.get(BOARD, 404)
        assert nobody.get(BOARD, 303).location.startswith("/login")

    def test_staff_land_here(self, ada):
        assert ada.get("/", 303).location == BOARD


def test_the_list_asks_the_same_questions_for_two_and_for_twenty_rows(app, cast, ada, count_queries):
    def fill(count):
        for _ in range(count):
            client = make_client(app)
            make_contact(app, client)
            make_contact(app, client, role=Role.CONTRIBUTE)
            project = make_project(app, client)
            make_item(app, project, due_on=day(3))
            nudge(app, cast, project, MONDAY - timedelta(days=2))

    fill(2)
    ada.get(BOARD)
    with count_queries() as few:
        assert len(rows(ada.get(BOARD))) == 2
    fill(18)
    with count_queries() as many:
        assert len(rows(ada.get(BOARD))) == 20
    assert len(few) == len(many) <= 14, str(many)


@pytest.mark.both
def test_a_long_list_goes_on_page_by_page(app, ada, monkeypatch):
    monkeypatch.setattr("portal.desks.owed.queries.PAGE", 2)
    for name in ("Ash", "Elm", "Oak"):
        client = make_client(app, name)
        make_contact(app, client)
        make_item(app, make_project(app, client), due_on=day(3))
    page = ada.get(BOARD)
    assert [text.split()[0] for text in rows(page)] == ["Ash", "Elm"]
    following = next(link for link in page.links if "page=2" in link)
    assert [text.split()[0] for text in rows(ada.get(following))] == ["Oak"]


@pytest.mark.sqlite_only
def test_a_full_page_weighs_less_than_forty_kilobytes(app, ada):
    for n in range(queries.PAGE + 1):
        client = make_client(app, f"Client with a longer name {n}")
        make_contact(app, client)
        project = make_project(app, client, f"Website and shop {n}")
        design = milestones_of(app, project)[1]
        for title in ("Your logo as an original file", "Pictures of your rooms", "Texts"):
            make_item(app, project, title, holds_up_id=design.id)
    page = ada.get("/staff/")
    assert len(page.soup.select("tr.owed__row")) == queries.PAGE and "Page 1" in page.text
    assert len(page.data) < 40_000
