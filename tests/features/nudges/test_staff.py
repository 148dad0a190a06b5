"""Nudging: the letter that is shown is the letter that leaves, it can be taken back for a moment, and it never leaves without a reason."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.record import Event, EventDetail, Kind
from portal.kinds.hours import leaves
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from tests.support.cast import act, make_item, name_person, reading

MONDAY = datetime(2026, 9, 21, 9, tzinfo=UTC)
HTMX = {"HX_Request": "true"}


@pytest.fixture(autouse=True)
def _monday(clock):
    clock.to(MONDAY)


@pytest.fixture
def logo(app, cast):
    """Something the client owes, sent long enough ago that no other mail about it is on its way."""
    due = (MONDAY + timedelta(days=4)).date()
    item = make_item(app, cast.project, "Your logo", due_on=due, holds_up_id=cast.milestones[1].id, minutes=3)
    act(app, lambda: db.session.execute(sa.update(Outbox).values(state=Stand.SENT, dedupe=None)))
    return item


def place(cast, end="nudge"):
    return f"/staff/projects/{cast.project.id}/{end}"


def waiting(app):
    with reading(app) as session:
        return [row for row in session.scalars(sa.select(Outbox).where(Outbox.kind == "nudge")) if row.state is Stand.WAITING]


def happened(app, kind):
    with reading(app) as session:
        return list(session.scalars(sa.select(Event).where(Event.kind == kind.value)))


@pytest.mark.usefixtures("logo")
class TestTheLetter:
    def test_a_day_that_is_past_is_not_named_as_one_to_come(self, cast, browse, clock):
        letter = browse(cast.ada).get(place(cast)).soup.select_one(".letter").get_text(" ", strip=True)
        assert "so that it can start on" in letter
        clock.to(datetime.combine(cast.milestones[1].starts_on + timedelta(days=1), MONDAY.timetz()))
        letter = browse(cast.ada).get(place(cast)).soup.select_one(".letter").get_text(" ", strip=True)
        assert "These are the things we need from you." in letter and "can start on" not in letter

    def test_the_page_shows_the_very_letter_that_leaves(self, app, cast, ada, clock, send_mail):
        page = ada.get(place(cast))
        shown = page.soup.select_one(".letter").get_text(" ", strip=True)
        assert "One small thing for New website" in shown and "Your logo (3 min)" in shown
        ada.post(place(cast), {"tone": "friendly", "words": "We <b>met</b> on Friday."})
        assert send_mail() == []
        clock.advance(seconds=11)
        mails = send_mail()
        assert sorted(mail.to for mail in mails) == sorted([cast.bea.email_typed, cast.ben.email_typed])
        mail = next(mail for mail in mails if mail.to == cast.bea.email_typed)
        assert mail.subject == "One small thing for New website"
        assert "We <b>met</b> on Friday." in mail.text and "We &lt;b&gt;met&lt;/b&gt; on Friday." in mail.html
        assert any(f"/items/{logo_id(app)}" in link for link in mail.links)
        assert mail.reply_to == cast.ada.email_typed and "Ada Voss" in mail.sender

    def test_it_says_whose_name_stands_under_it(self, cast, ada, abe):
        assert "You, who lead this project." in ada.get(place(cast)).text
        assert "Ada Voss, who leads this project." in abe.get(place(cast)).text

    def test_each_tone_says_it_in_its_own_words(self, cast, ada):
        said = {
            tone: ada.get(f"{place(cast)}?tone={tone}").soup.select_one(".letter").get_text(" ", strip=True)
            for tone in ("friendly", "clear", "last")
        }
        assert "These are the things we need for Design" in said["friendly"]
        assert "Design is planned for" in said["clear"] and "choose another day" in said["clear"]
        assert "Shall we make a new plan for New website?" in said["last"] and "I can send it by …" in said["last"]

    def test_the_tone_follows_what_came_of_earlier_ones(self, cast, browse, clock, send_mail):
        for tone in ("friendly", "clear", "last", "last"):
            ada = browse(cast.ada)
            assert ada.get(place(cast)).value("tone") == tone
            ada.post(place(cast), {"tone": tone})
            clock.advance(days=1)
            send_mail()

    def test_with_htmx_only_the_panel_comes_and_only_the_letter_when_the_tone_changes(self, cast, ada):
        panel = ada.get(place(cast), **HTMX)
        assert "<html" not in panel.html and panel.soup.select_one("form.compose") and panel.soup.select_one("[data-panel-title]")
        letter = ada.get(f"{place(cast)}?part=letter&tone=last&words=Bis+bald", **HTMX)
        assert not letter.soup.find("form") and "Bis bald" in letter.text and "make a new plan" in letter.text

    def test_it_says_which_language_the_letter_speaks(self, app, cast, ada):
        assert "English, as Bea set it." in ada.get(place(cast)).text
        act(app, lambda: setattr(db.session.get_one(Person, cast.bea.id), "language", "vi"))
        assert ("Tiếng Việt, as Bea Birch set it." if "vi" in app.config["LANGUAGES_SPOKEN"] else "Bea Birch set Tiếng Việt") in ada.get(
            place(cast)
        ).text

    def test_only_those_get_it_who_can_do_what_is_open(self, app, cast, ada):
        make_item(app, cast.project, "Decide", kind="approval")
        named = make_item(app, cast.project, "By Ben")
        name_person(app, named, cast.ben)
        act(app, lambda: db.session.get_one(Item, logo_id(app)).waive(at=MONDAY))
        ada.post(place(cast), {"tone": "friendly"})
        assert {row.person_id for row in waiting(app)} == {cast.bea.id, cast.ben.id}


def logo_id(app):
    with reading(app) as session:
        return next(item.id for item in session.scalars(sa.select(Item)) if item.text("title", "en") == "Your logo")


@pytest.mark.usefixtures("logo")
class TestSending:
    def test_it_waits_ten_seconds_and_can_be_taken_back(self, app, cast, ada, clock, send_mail):
        page = ada.post(place(cast), {"tone": "friendly"}, follow=True)
        assert "Nudge to Bea Birch, Ben Moss sent." in page.text and page.url == "/staff/"
        undo = next(str(form["action"]) for form in page.forms if "undo" in str(form["action"]))
        assert "Nothing was sent." in ada.post(undo, follow=True).text
        clock.advance(minutes=1)
        assert send_mail() == []
        assert len(happened(app, Kind.NUDGED)) == len(happened(app, Kind.NUDGE_CALLED_OFF)) == 1
        assert "none yet" in ada.get("/staff/").text

    def test_too_late_to_take_back_is_said(self, cast, ada, clock, send_mail, nothing_changed):
        ada.post(place(cast), {"tone": "friendly"})
        clock.advance(seconds=11)
        assert len(send_mail()) == 2
        with nothing_changed():
            assert "It is on its way already" in ada.post(place(cast, "nudge/undo"), follow=True).text

    def test_it_is_called_off_when_nothing_is_open_any_more(self, app, cast, ada, clock, send_mail):
        ada.post(place(cast), {"tone": "friendly"})
        act(app, lambda: db.session.get_one(Item, logo_id(app)).waive(at=clock.now))
        clock.advance(seconds=11)
        assert send_mail() == []

    def test_not_twice_on_the_same_day_unless_it_is_meant(self, app, cast, ada, clock, send_mail):
        ada.post(place(cast), {"tone": "friendly"})
        clock.advance(hours=1)
        send_mail()
        ada.refused(place(cast), {"tone": "clear", "words": "Once more"}, says="They were nudged today already", status=409)
        assert waiting(app) == []
        ada.post(place(cast), {"tone": "clear", "words": "Once more", "again": "y"})
        assert len(waiting(app)) == 2

    def test_at_night_it_waits_for_their_morning_and_says_so(self, app, cast, ada, clock):
        act(app, lambda: setattr(db.session.get_one(Client, cast.birch.id), "zone", "Asia/Tokyo"))
        clock.to(datetime(2026, 9, 18, 14, tzinfo=UTC))
        page = ada.get(place(cast))
        assert "The email leaves Mon 21 Sept, 08:00, their time." in page.text and "Send on Mon 21 Sept, 08:00, their time" in page.text
        done = ada.post(place(cast), {"tone": "friendly"}, follow=True)
        assert "leaves Mon 21 Sept, 08:00, their time." in done.text
        assert {row.not_before for row in waiting(app)} == {datetime(2026, 9, 20, 23, tzinfo=UTC)}
        assert "goes out Mon 21 Sept, 01:00, your time" in ada.get("/staff/").text
        assert "Call it off" in ada.get(place(cast)).text

    def test_at_night_it_can_be_sent_all_the_same(self, app, cast, ada, clock, send_mail):
        clock.to(datetime(2026, 9, 19, 14, tzinfo=UTC))
        assert "Send now anyway" in ada.get(place(cast)).text
        done = ada.post(place(cast), {"tone": "friendly", "act": "anyway"}, follow=True)
        assert "Nudge to Bea Birch, Ben Moss sent." in done.text
        clock.advance(seconds=11)
        assert len(send_mail()) == 2

    def test_a_tone_that_does_not_exist_is_refused_and_the_words_stay(self, app, cast, ada):
        ada.refused(place(cast), {"words": "Kept"}, says="Choose a tone.", status=422)
        assert ada.post(place(cast), {"tone": "rude", "words": "Kept"}, 422).value("words") == "Kept"
        assert waiting(app) == []


class TestWhenNotTo:
    def test_nothing_is_open(self, cast, ada, nothing_changed):
        assert "Nothing waits for the client any more." in ada.get(place(cast)).text
        with nothing_changed():
            assert "Nothing waits" in ada.post(place(cast), {"tone": "friendly"}, 409).text

    @pytest.mark.usefixtures("logo")
    def test_the_project_rests(self, app, cast, ada, nothing_changed):
        act(app, lambda: db.session.get_one(Project, cast.project.id).pause())
        assert "This project is paused." in ada.get(place(cast)).text
        with nothing_changed():
            ada.post(place(cast), {"tone": "friendly"}, 409)

    @pytest.mark.usefixtures("logo")
    def test_nobody_is_there(self, app, cast, ada):
        for person in (cast.bea, cast.ben):
            act(app, lambda person=person: setattr(db.session.get_one(Person, person.id), "disabled_at", MONDAY))
        assert "There is nobody who could do what is open." in ada.get(place(cast)).text


class TestCalls:
    def test_a_note_is_kept_for_staff_and_stands_as_the_last_contact(self, app, cast, ada):
        make_item(app, cast.project, "Your logo")
        ada.post(place(cast, "call"), {"note": "Bea sends it on Thursday."})
        (event,) = happened(app, Kind.CALL_NOTED)
        assert event.audience == "internal"
        with reading(app) as session:
            detail = session.get_one(EventDetail, (event.chain_id, event.seq))
        assert "Thursday" in detail.data and "Thursday" not in event.facts
        assert "Bea sends it on Thursday." in ada.get("/staff/").text

    def test_an_empty_note_is_refused(self, cast, ada, nothing_changed):
        with nothing_changed():
            ada.refused(place(cast, "call"), {"note": " "}, says="Write one sentence", status=422)


class TestSeveral:
    def test_one_page_names_everybody_and_one_press_nudges_them_all(self, app, cast, ada):
        make_item(app, cast.project, "Your logo")
        make_item(app, cast.cedar_project, "Floor plan", state="sent")
        chosen = f"project={cast.project.id}&project={cast.cedar_project.id}"
        page = ada.get(f"/staff/nudges?{chosen}")
        assert "Bea Birch" in page.text and "Nothing waits for the client any more." in page.text and "Send 1 nudge" in page.text
        done = ada.post("/staff/nudges", {"project": [str(cast.project.id), str(cast.cedar_project.id)]}, follow=True)
        assert "2 letters leave now." in done.text
        assert {row.project_id for row in waiting(app)} == {cast.project.id}

    def test_each_letter_can_be_read_before_and_leads_back(self, app, cast, ada):
        make_item(app, cast.project, "Your logo")
        ada.get(f"/staff/nudges?project={cast.project.id}&back=/staff/")
        (link,) = [a for a in ada.page.soup.select("main a") if a.get_text().startswith("Read the letter")]
        letter = ada.get(str(link["href"]))
        assert "Your logo" in letter.soup.select_one(".letter").get_text() and "tone=friendly" in letter.url
        assert f"/staff/nudges?project={cast.project.id}&back=/staff/" in {str(a["href"]) for a in letter.soup.select("main a[href]")}

    def test_it_says_when_each_letter_leaves_and_whose_mail_came_back_and_can_be_undone(self, app, cast, ada, clock):
        make_item(app, cast.project, "Your logo")
        act(app, lambda: setattr(db.session.get_one(Person, cast.ben.id), "mail_bounced_at", MONDAY))
        clock.to(datetime(2026, 9, 19, 14, tzinfo=UTC))
        page = ada.get(f"/staff/nudges?project={cast.project.id}")
        assert "leaves Mon 21 Sept, 08:00, their time" in page.text
        assert f"Email to {cast.ben.email_typed} came back. Better call." in page.text
        done = ada.post("/staff/nudges", {"project": [str(cast.project.id)]}, follow=True)
        assert "2 letters leave Mon 21 Sept, 08:00, their time." in done.text
        undo = next(str(form["action"]) for form in done.forms if "undo" in str(form["action"]))
        assert "1 nudge is called off." in ada.post(undo, follow=True).text
        assert waiting(app) == []
        assert "cannot be taken back" in ada.post(undo, follow=True).text

    def test_nothing_chosen_and_nonsense(self, ada):
        assert "Nothing is selected." in ada.get("/staff/nudges").text
        ada.get("/staff/nudges?project=x", 404)


class TestDoors:
    @pytest.mark.usefixtures("logo")
    @pytest.mark.parametrize("end", ["nudge", "call"])
    def test_contacts_do_not_find_it(self, cast, bea, cal, nothing_changed, end):
        for browser in (bea, cal):
            with nothing_changed():
                browser.get(place(cast, end), 404)
                browser.post(place(cast, end), {"tone": "friendly", "note": "x"}, 404)
                browser.post("/staff/nudges", {"project": str(cast.project.id)}, 404)

    def test_a_way_back_leads_only_to_pages_of_ours(self, app, cast, ada):
        make_item(app, cast.project, "Your logo")
        assert ada.post(place(cast), {"tone": "friendly", "back": "https://evil.example/"}).location == "/staff/"
        assert ada.post(place(cast), {"tone": "friendly", "again": "y", "back": "/staff/?mine=1"}).location == "/staff/?mine=1"


@pytest.mark.parametrize(
    ("local", "when"),
    [
        ("2026-09-21T07:59", "2026-09-21T08:00"),
        ("2026-09-21T08:00", "2026-09-21T08:00"),
        ("2026-09-21T19:59", "2026-09-21T19:59"),
        ("2026-09-21T20:00", "2026-09-22T08:00"),
        ("2026-09-18T23:00", "2026-09-21T08:00"),
        ("2026-09-19T12:00", "2026-09-21T08:00"),
        ("2026-09-20T03:00", "2026-09-21T08:00"),
    ],
)
def test_nudges_leave_in_working_hours(local, when):
    zone = ZoneInfo("Asia/Tokyo")
    moment = datetime.fromisoformat(local).replace(tzinfo=zone)
    assert leaves(Calendar("Asia/Tokyo"), moment) == datetime.fromisoformat(when).replace(tzinfo=zone)
