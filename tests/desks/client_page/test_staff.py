"""The staff's page of a client shows whose move it is, and everything that happened."""

from datetime import UTC, date, datetime

import pytest

from portal.models.item_states import ItemKind, ItemState
from tests.support.cast import fresh, make_client, make_item, make_project, make_upload, milestones_of


@pytest.fixture
def here(cast):
    return f"/staff/clients/{cast.birch.id}"


def test_the_banner_says_who_has_the_next_move_and_what_it_holds_up(app, cast, ada, here):
    assert "Nobody owes anybody anything." in ada.get(here).text
    sent = make_item(app, cast.project, "Photos", state="sent")
    assert "We have the next move." in ada.get(here).text
    make_item(app, cast.project, "Your logo", holds_up_id=milestones_of(app, cast.project)[1].id)
    page = ada.get(here)
    assert "has the next move. One item is with them" in page.text and "It holds up Design" in page.text
    assert f"/staff/projects/{cast.project.id}/nudge" in "".join(page.links)
    assert any(f"/{sent.id}" in link and "/review/" in link for link in page.links)


def test_items_stand_by_whose_they_are(app, cast, ada, here):
    for state in ItemState:
        if state is not ItemState.LOCKED:
            kind = ItemKind.APPROVAL if state is ItemState.PREPARING else ItemKind.FILES
            make_item(app, cast.project, f"In {state.value}", kind=kind, state=state)
    text = ada.get(here).text
    assert all(f"In {state.value}" in text for state in ItemState if state is not ItemState.LOCKED)
    assert "1 of 7 accepted" in text and "Drafts, unseen by the client" in text


def test_what_was_not_presented_yet_stands_there_once(app, cast, ada, here):
    make_item(app, cast.project, "Menu", kind="approval", state="preparing")
    assert [link.get_text() for link in ada.get(here).soup.select("main .rows__t")].count("Menu") == 1
    make_item(app, cast.project, "Homepage", kind="approval", state="to_do")
    assert "What you presented" in ada.get(here).text


def test_late_is_what_the_board_says_it_is(app, cast, ada, here, clock):
    clock.to(datetime(2026, 9, 20, 9, tzinfo=UTC))
    item = make_item(app, cast.project, "Your logo", due_on=date(2026, 9, 18))
    pages = (here, f"/staff/items/{item.id}", "/staff/")
    for page in pages:
        assert "late" not in ada.get(page).soup.find("main").get_text(" ")
    assert "due Fri 18 Sept" in ada.get("/staff/").text
    clock.to(datetime(2026, 9, 22, 9, tzinfo=UTC))
    for page in pages:
        assert "2 working days late" in ada.get(page).text


def test_both_sides_read_for_how_many_working_days_something_waited(app, cast, ada, bea, here, clock):
    clock.to(datetime(2026, 9, 18, 9, tzinfo=UTC))
    item = make_item(app, cast.project, "Your logo")
    home = f"/projects/{cast.project.id}"
    for page in (here, f"/staff/items/{item.id}", home):
        assert "working day" not in (ada if page != home else bea).get(page).soup.find("main").get_text(" ")
    clock.to(datetime(2026, 9, 23, 9, tzinfo=UTC))
    make_item(app, cast.project, "Menu", kind="approval", state="preparing")
    clock.to(datetime(2026, 9, 24, 9, tzinfo=UTC))
    assert "4 working days with them" in ada.get(f"/staff/items/{item.id}").text
    page = ada.get(here)
    assert "4 working days with them" in page.text and "1 working day with us" in page.text
    assert "Since Fri 18 Sept, something waited for them on 4 working days and for us on one." in page.text
    assert "Since Fri 18 Sept, something waited for you on 4 working days and for us on one." in bea.get(home).text


def test_several_projects_are_tabs_and_foreign_ones_are_not_found(app, cast, ada, here):
    other = make_project(app, cast.birch, "Second shop")
    link = f"/staff/items/{make_item(app, other, 'Roof light').id}"
    assert link in ada.get(f"{here}?project={other.id}").links
    assert link not in ada.get(f"{here}?project={cast.project.id}").links
    ada.get(f"{here}?project={cast.cedar_project.id}", 404)
    ada.get(f"{here}?project=nonsense", 404)


def test_a_client_without_anything_is_shown_too(app, ada):
    empty = make_client(app, "Nobody Inc")
    page = ada.get(f"/staff/clients/{empty.id}")
    assert "No project yet" in page.text and "Nobody yet." in page.text


def test_an_item_shows_its_files_and_what_happened(app, cast, ada):
    item = make_item(app, cast.project, "Your logo", state=ItemState.STARTED)
    upload = make_upload(app, item, name="Mark <1>.pdf", by=cast.bea)
    page = ada.get(f"/staff/items/{item.id}")
    assert "Mark <1>.pdf" in page.text and f"/staff/files/{upload.id}" in page.links
    assert "asked for “ Your logo ”" in page.text


@pytest.mark.parametrize("kind", list(ItemKind))
def test_every_kind_of_item_has_its_page(app, cast, ada, kind):
    for state in (ItemState.DRAFT, ItemState.TO_DO, ItemState.ACCEPTED, ItemState.WAIVED):
        ada.get(f"/staff/items/{make_item(app, cast.project, f'{kind} {state}', kind=kind, state=state).id}")


def test_what_was_accepted_can_be_asked_for_again_long_after_the_undo(app, cast, ada, clock):
    item = make_item(app, cast.project, "Your logo", state="accepted")
    clock.advance(hours=1)
    page = ada.get(f"/staff/items/{item.id}")
    assert "Accepted by Ada" in page.text and "Something is missing after all?" in page.text
    way = next(a["href"] for a in page.soup.select(".acts a") if a.get_text(strip=True) == "Ask again")
    panel = ada.get(way.split("#")[0])
    assert not panel.soup.select_one("#ask").has_attr("hidden") and "The email goes out at once" in panel.text
    ada.post(way.split("?")[0] + "/ask-again", {"seen": fresh(app, item).rev, "reason": "The back is missing."})
    assert fresh(app, item).state is ItemState.RETURNED
    assert "The back is missing." in ada.get(f"/staff/items/{item.id}").text


def test_a_clients_yes_is_no_acceptance_of_ours_to_undo(app, cast, ada):
    item = make_item(app, cast.project, "Homepage", kind="approval", state="accepted")
    page = ada.get(f"/staff/items/{item.id}")
    assert "The client has said yes" in page.text and f"/staff/projects/{cast.project.id}/ask" in page.links
    assert not [a for a in page.soup.select(".acts a") if "Ask again" in a.get_text()]


@pytest.mark.both
def test_the_history_goes_on_page_by_page(app, cast, ada, here):
    for n in range(30):
        make_item(app, cast.project, f"Thing {n}")
    first = ada.get(f"{here}/history")
    assert "“ Thing 29 ”" in first.text and "Earlier" in first.text
    assert "“ Thing 29 ”" not in ada.get(f"{here}/history?page=2").text


def test_names_are_shown_as_names(app, cast, ada, here):
    make_item(app, cast.project, "<b>Your</b> %(who)s logo")
    assert "“ <b>Your</b> %(who)s logo ”" in ada.get(here).text


def test_the_page_asks_as_much_for_two_items_as_for_twenty(app, cast, ada, here, count_queries):
    states = ("to_do", "sent", "started", "accepted")
    for state in states:
        make_item(app, cast.project, state, state=state)
    make_item(app, cast.project, "Design", kind="approval")
    ada.get(here)
    with count_queries() as few:
        ada.get(here)
    for n in range(18):
        make_item(app, cast.project, f"{n}", state=states[n % 4])
    with count_queries() as many:
        ada.get(here)
    assert len(few) == len(many), f"{few}\n{many}"


def test_contacts_do_not_come_in_here(app, cast, bea, here, nothing_changed):
    item = make_item(app, cast.project, "Your logo")
    with nothing_changed():
        for url in (here, f"{here}/history", f"/staff/items/{item.id}", "/staff/clients"):
            bea.get(url, 404)


def test_an_item_tells_of_the_nudges_that_asked_for_it_and_of_no_others(app, cast, ada, clock):
    logo = make_item(app, cast.project, "Your logo")
    done = make_item(app, cast.project, "Photos", state="accepted")
    clock.advance(minutes=1)
    ada.post(f"/staff/projects/{cast.project.id}/nudge", {"tone": "friendly"})
    clock.advance(minutes=1)
    late = make_item(app, cast.project, "Prices")
    said = {item.id: "wrote a reminder" in ada.get(f"/staff/items/{item.id}").text for item in (logo, done, late)}
    assert said == {logo.id: True, done.id: False, late.id: False}


def test_the_history_counts_what_the_mail_lists_and_the_decisions_apart(app, cast, ada):
    project = make_project(app, cast.birch, "Second shop", state="draft")
    for kind in ("files", "files", "approval"):
        make_item(app, project, kind, kind=kind, state="draft")
    ada.post(f"/staff/projects/{project.id}/send")
    page = ada.get(f"/staff/clients/{cast.birch.id}/history")
    assert "sent the list with 2 items. One decision had to be presented first." in page.text


def test_where_a_page_lies_ends_with_a_place(app, cast, ada):
    item = make_item(app, cast.project, "Your logo")
    for url in (f"/staff/items/{item.id}", f"/staff/clients/{cast.birch.id}"):
        crumbs = ada.get(url).soup.select_one("nav.crumbs")
        assert [part.name for part in crumbs.find_all(True, recursive=False)][-1] == "a"
