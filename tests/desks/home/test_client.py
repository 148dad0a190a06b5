"""The client's home answers two questions: what do you need from me, and where does my project stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.scope import find
from portal.kernel.viewer import Role
from portal.kinds import life
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project, ProjectState
from tests.support.cast import (
    act,
    add_membership,
    as_viewer,
    decide,
    fresh,
    make_client,
    make_contact,
    make_item,
    make_project,
    name_person,
)


def soon(cast, days):
    return cast.birch.calendar.today() + timedelta(days=days)


def test_the_next_thing_is_a_button_and_the_rest_a_list(app, cast, bea):
    make_item(app, cast.project, "Photos", state="to_do", due_on=soon(cast, 3), minutes=5)
    make_item(app, cast.project, "Logo", state="returned", due_on=soon(cast, 9), minutes=2)
    make_item(app, cast.project, "Design", kind="approval", due_on=soon(cast, 20), minutes=4, holds_up_id=cast.milestones[1].id)
    make_item(app, cast.project, "Hours", state="sent")
    make_item(app, cast.project, "Contract", state="accepted")
    page = bea.get("/")
    assert page.h1 == "3 things we need from you"
    assert "About 11 minutes altogether" in page.text
    assert "2 of 5 sent" in page.text
    titles = [title.get_text(strip=True) for title in page.soup.select(".task__title")]
    assert titles == ["Design", "Logo", "Photos", "Hours", "Contract"]
    assert [b.get_text(strip=True) for b in page.soup.select(".task__go .btn")] == ["Look and decide"]


def test_a_decision_that_holds_up_no_date_stands_among_the_rest_by_date(app, cast, bea):
    make_item(app, cast.project, "Design", kind="approval", due_on=soon(cast, 20))
    make_item(app, cast.project, "Photos", state="to_do", due_on=soon(cast, 3))
    make_item(app, cast.project, "Texts", state="started", due_on=soon(cast, 30))
    titles = [title.get_text(strip=True) for title in bea.get("/").soup.select(".task__title")]
    assert titles == ["Texts", "Photos", "Design"]


def test_the_promise_says_what_a_date_makes_possible(app, cast, bea):
    begins = cast.milestones[1]
    make_item(app, cast.project, "Photos", holds_up_id=begins.id, lead_days=1)
    promise = bea.get("/").soup.select_one(".promise").get_text(" ", strip=True)
    assert "If everything is here by" in promise
    assert "Design" in promise


def test_the_promise_is_silent_when_something_is_promised_for_too_late(app, cast, bea):
    needed = {"holds_up_id": cast.milestones[1].id, "lead_days": 1}
    make_item(app, cast.project, "Photos", **needed)
    texts = make_item(app, cast.project, "Texts", **needed)
    bea.post(f"/items/{texts.id}/promise", {"promised_on": str(fresh(app, texts).slips_on)})
    assert "If everything is here by" in bea.get("/").text
    bea.post(f"/items/{texts.id}/promise", {"promised_on": str(fresh(app, texts).slips_on + timedelta(days=1))})
    assert "If everything is here by" not in bea.get("/").text


def timeline(page):
    """What the timeline says beside each milestone, and which one it draws as the present one."""
    words = {li.select_one(".line__title").contents[0].get_text(): li for li in page.soup.select(".line__step")}
    texts = {title: li.select_one(".line__text").get_text(strip=True) for title, li in words.items()}
    return texts, [title for title, li in words.items() if li.has_attr("aria-current")]


def test_a_day_that_is_past_is_told_as_past_with_what_it_waits_for(app, cast, bea, clock):
    kick_off, design = cast.milestones[:2]
    make_item(app, cast.project, "Photos", milestone_id=kick_off.id)
    make_item(app, cast.project, "Texts", milestone_id=kick_off.id, holds_up_id=design.id)
    texts, now_at = timeline(bea.get("/"))
    assert texts["Design"].startswith("planned for ") and now_at == ["Kick-off"]
    clock.advance(days=20)
    texts, now_at = timeline(bea.get("/"))
    assert texts["Design"].startswith("was planned for ") and texts["Design"].endswith(", waits for 2 things")
    assert "starts" not in texts["Design"] and texts["Launch"].startswith("planned for ")
    assert "If everything is here by" not in bea.get("/").text


def test_a_milestone_that_begins_later_is_not_drawn_as_the_present_one(app, cast, bea, clock):
    make_item(app, cast.project, "Photos", state="accepted", milestone_id=cast.milestones[0].id)
    clock.advance(days=5)
    texts, now_at = timeline(bea.get("/"))
    assert now_at == [] and texts["Design"].startswith("starts ")


def test_the_promise_says_what_it_waits_for_from_us(app, cast, bea):
    needed = {"holds_up_id": cast.milestones[1].id, "lead_days": 1}
    make_item(app, cast.project, "Photos", **needed)
    make_item(app, cast.project, "Design", kind="approval", state="preparing", **needed)
    assert "It also waits for one thing from us." in bea.get("/").text


def test_what_is_late_says_so_calmly_here_and_on_its_page(app, cast, bea, clock):
    photos = make_item(app, cast.project, "Photos", due_on=soon(cast, 3))
    design = make_item(app, cast.project, "Design", kind="approval", due_on=soon(cast, 3))
    words = make_item(app, cast.project, "Words", kind="questionnaire", due_on=soon(cast, 3))
    places = ("/", f"/items/{photos.id}/files", f"/items/{design.id}/decision", f"/items/{words.id}/sections/1")
    assert not any(bea.get(place).soup.select(".late") for place in places)
    clock.advance(days=8)
    for place in places:
        marks = [mark.get_text(strip=True) for mark in bea.get(place).soup.select(".late")]
        assert marks and all(mark.startswith("was due on ") for mark in marks), place


def test_a_day_that_went_by_at_the_weekend_is_over_but_not_late(app, cast, bea, clock):
    clock.to(datetime(2026, 9, 26, 12, tzinfo=UTC))
    make_item(app, cast.project, "Photos", due_on=date(2026, 9, 25))
    page = bea.get("/")
    assert "was due on Fri 25 Sept" in page.text and not page.soup.select(".late")


def test_every_number_on_the_page_tells_the_same(app, cast, bea, ben):
    here = cast.milestones[0].id
    for state in ("to_do", "started", "returned", "sent", "not_available", "accepted", "waived", "draft"):
        make_item(app, cast.project, state.title(), state=state, milestone_id=here)
    name_person(app, make_item(app, cast.project, "Bank details", milestone_id=here), cast.ben)
    page = bea.get("/")
    sections = page.soup.select("section:has(.count)")
    counts = {section.h2.contents[0].get_text(strip=True): int(section.select_one(".count").get_text()) for section in sections}
    assert page.h1 == "3 things we need from you" and counts["Waiting for your colleagues"] == 1
    assert "waits for 4 things from your side" in page.text
    assert "3 of 7 sent" in page.text and counts["We are checking"] + int(page.soup.select("summary .count")[-1].get_text()) == 3


def test_with_nothing_to_do_we_say_so_kindly(app, cast, bea):
    make_item(app, cast.project, state="sent")
    assert bea.get("/").h1 == "Nothing to do for you right now"


def test_what_we_prepare_stands_apart_from_what_we_check(app, cast, bea):
    make_item(app, cast.project, "Logo", state="sent")
    make_item(app, cast.project, "Contract", kind="approval", state="preparing")
    design = make_item(app, cast.project, "Design", kind="approval")
    bea_now = as_viewer(app, cast.bea)
    act(app, lambda: decide(db.session.get_one(Item, design.id), "changes", by=bea_now, words="Warmer, please."), by=bea_now)
    sections = {s.h2.get_text(" ", strip=True): s.get_text(" ", strip=True) for s in bea.get("/").soup.select("section") if s.h2}
    checking, preparing = (
        next(text for head, text in sections.items() if head.startswith(f"We are {w}")) for w in ("checking", "preparing")
    )
    assert "Logo" in checking and "Design" not in checking and "Contract" not in checking
    for words in ("Contract", "We are preparing it for you.", "Design", "We are preparing version 2."):
        assert words in preparing


def test_a_client_that_is_put_away_reads_that_the_project_is_closed(app, cast, bea):
    act(app, lambda: setattr(db.session.get_one(Client, cast.birch.id), "archived_at", now()))
    page = bea.get("/")
    assert page.h1 == "This project is closed"
    assert "If you need something, write or call us." in page.text
    assert "preparing your list" not in page.text


def test_a_living_client_without_a_project_reads_that_we_prepare_the_list(app, browse):
    fresh_client = make_client(app, "Elm")
    assert browse(make_contact(app, fresh_client)).get("/").h1 == "We are preparing your list"


def closing(app, project):
    act(app, lambda: setattr(db.session.get_one(Project, project.id), "state", ProjectState.ARCHIVED))


def test_when_all_is_closed_the_work_stays_to_be_read(app, cast, bea, nothing_changed):
    logo = make_item(app, cast.project, "Logo", state="accepted")
    photos = make_item(app, cast.project, "Photos", state="started")
    design = make_item(app, cast.project, "Design", kind="approval")
    make_item(app, cast.project, "Never begun")
    closing(app, cast.project)
    page = bea.get("/")
    assert page.h1 == "This project is closed" and "preparing your list" not in page.text
    assert [title.get_text(strip=True) for title in page.soup.select(".task__title")] == ["Logo", "Photos", "Design"]
    assert "“Logo” is done" in bea.get(f"/items/{logo.id}/sent").text
    for place in (f"/items/{photos.id}/files", f"/items/{design.id}/decision"):
        assert "This project is closed" in bea.get(place).text
        assert not bea.page.soup.select("main form")
    with nothing_changed():
        assert "This project is closed" in bea.post(f"/items/{photos.id}/files", {"act": "send"}, None).text


def test_a_closed_project_is_found_beside_one_that_runs(app, cast, bea):
    old = make_project(app, cast.birch, "Old website")
    make_item(app, old, "Old logo", state="accepted")
    closing(app, old)
    page = bea.get("/")
    assert page.h1 == "Nothing to do for you right now" and "Closed projects" in page.text
    assert f"/projects/{old.id}" in page.links
    assert "Old logo" in bea.get(f"/projects/{old.id}").text
    closing(app, cast.project)
    assert bea.get("/").h1 == "Your projects are closed"


def test_drafts_are_not_counted_and_not_shown(app, cast, bea):
    make_item(app, cast.project, "Secret plan", state="draft")
    page = bea.get("/")
    assert "Secret plan" not in page.text
    assert page.h1 == "Nothing to do for you right now"


def test_what_a_colleague_must_do_is_not_counted_for_me(app, cast, bea, ben):
    item = make_item(app, cast.project, "Bank details")
    name_person(app, item, cast.ben)
    assert bea.get("/").h1 == "Nothing to do for you right now"
    assert ben.get("/").h1 == "One thing we need from you"


def test_a_contributor_is_not_asked_to_decide(app, cast, ben):
    make_item(app, cast.project, kind="approval")
    assert ben.get("/").h1 == "Nothing to do for you right now"


def test_a_guest_sees_only_what_they_were_asked(app, cast, browse):
    mine = make_item(app, cast.project, "Bank details")
    make_item(app, cast.project, "Photos")
    guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
    name_person(app, mine, guest)
    page = browse(guest).get("/")
    assert "Bank details" in page.text
    assert "Photos" not in page.text


def test_one_person_of_two_clients_sees_both_and_no_third(app, cast, browse):
    add_membership(app, cast.cedar, cast.bea)
    make_item(app, cast.project, "Photos of Birch")
    make_item(app, cast.cedar_project, "Photos of Cedar")
    page = browse(cast.bea).get("/")
    assert "Photos of Birch" in page.text
    assert "Photos of Cedar" in page.text
    browse(cast.bea).get(f"/projects/{cast.cedar_project.id}")


def test_a_stranger_does_not_find_the_project(cast, cal):
    cal.get(f"/projects/{cast.project.id}", 404)


def test_the_page_asks_as_much_for_twenty_items_as_for_two(app, cast, bea, count_queries):
    def some(count):
        for n in range(count):
            make_item(app, cast.project, f"Thing {n}", milestone_id=cast.milestones[n % 3].id, holds_up_id=cast.milestones[1].id)

    some(2)
    bea.get("/")  # the first visit leaves its mark
    with count_queries() as few:
        bea.get("/")
    some(18)
    with count_queries() as many:
        bea.get("/")
    assert len(many) == len(few), many


def test_the_list_of_projects_asks_as_much_for_many_as_for_two(app, cast, bea, count_queries):
    make_item(app, make_project(app, cast.birch, "Shop"), "Photos")
    with count_queries() as few:
        bea.get("/")
    for n in range(8):
        make_item(app, make_project(app, cast.birch, f"Project {n}"), "Photos")
    with count_queries() as many:
        bea.get("/")
    assert len(many) == len(few), many


def test_staff_are_led_to_their_own_side(ada):
    assert ada.get("/", 303).location == "/staff/"


def test_the_person_greeted_is_the_one_signed_in(cast, bea):
    assert isinstance(cast.bea, Person)
    assert f"Hello {cast.bea.first_name}" in bea.get("/").text


def test_the_page_of_one_project_takes_few_statements(app, cast, bea, count_queries):
    for n in range(5):
        make_item(app, cast.project, f"Thing {n}", milestone_id=cast.milestones[n % 3].id, holds_up_id=cast.milestones[1].id)
    bea.get("/")
    with count_queries() as asked:
        bea.get("/")
    assert len(asked) <= 13, asked


def test_what_others_did_since_the_last_visit_stands_folded_on_top(app, cast, bea, ben, ada, clock):
    item = make_item(app, cast.project, "Your logo", state="sent")
    assert "Since you were here" not in bea.get("/").text
    clock.advance(hours=3)
    viewer = as_viewer(app, cast.ada)
    act(app, lambda: life.send_back(find(Item, item.id), "Larger, please.", by=viewer), by=viewer)
    for minutes in (1, 10):
        clock.advance(minutes=minutes)
        page = bea.get("/")
        assert "one thing is new" in page.text and "We ask again for “Your logo”" in page.text
    bea.post(f"/items/{item.id}/promise", {"promised_on": str(cast.birch.calendar.today())})
    clock.advance(hours=3)
    assert "Since you were here" not in bea.get("/").text
