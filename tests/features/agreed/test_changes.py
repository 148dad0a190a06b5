"""Asking for something else: a wish is the firm's turn, what it costs is approved like anything else, and what came to nothing is kept."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from portal.edges import audit
from portal.kernel.record import Event, Kind
from portal.kinds.plans import planning
from portal.models.approvals import Decision
from portal.models.item_states import ItemState, Subject
from portal.models.items import Item
from portal.models.projects import ProjectState
from tests.features.agreed.test_agreement import SCOPE, agree, item_of
from tests.features.approvals.test_client import answer
from tests.support.cast import act, as_viewer, db, fresh, make_item, reading
from tests.support.downloads import checked, download

MORE = {"adds": "A page for jobs", "drops": "A shop", "amount": "450", "currency": "EUR", "days": "5", "act": "publish"}


@pytest.fixture
def wish(cast):
    return f"/projects/{cast.project.id}/change"


def ask(app, browser, wish, title="A page for jobs", why="We hire in spring."):
    browser.post(wish, {"title": title, "why": why})
    return item_of(app, Subject.CHANGE)


def decide(browser, item, choice="approved", words=""):
    page = f"/items/{item.id}/decision"
    return browser.post(page, answer(browser.get(page), choice, words))


def test_a_wish_is_completed_approved_and_comes_on_top(app, cast, ada, bea, ben, wish, send_mail):
    agree(app, ada, bea, cast.project)
    send_mail()
    item = ask(app, ben, wish)
    assert (item.state.value, item.waiting_on.value) == ("preparing", "firm")
    (mail,) = send_mail()
    assert mail.to == "ada@halden.example" and "We hire in spring." in mail.words
    assert "We work out what it costs" in bea.get(f"/items/{item.id}/decision").text
    page = f"/staff/items/{item.id}/present"
    assert "The budget is €12,000.00 now." in ada.get(page).text
    ada.post(page, MORE)
    shown = bea.get(f"/items/{item.id}/decision")
    for words in (
        "We hire in spring.",
        "A page for jobs",
        "€450.00 more than agreed",
        "5 working days later",
        "With what was agreed before, the budget is then €12,450.00.",
        "With what was agreed before, all is ready on Mon 8 Mar 2027.",
        "Shall we change it like this?",
    ):
        assert words in shown.text
    decide(bea, item)
    assert "5 working days later" in bea.follow().text
    told = bea.get(f"/projects/{cast.project.id}/agreed").text
    for words in ("€12,000.00", "€450.00", "€12,450.00", "5 working days later", "Mon 8 Mar"):
        assert words in told
    assert "€12,450.00" in bea.get("/").text
    assert "€12,450.00" in ada.get(f"/staff/clients/{cast.birch.id}").text
    assert "A page for jobs" in bea.get("/record").text


def test_what_comes_in_and_goes_out_changes_the_list(app, cast, ada, bea, wish):
    agree(app, ada, bea, cast.project)
    item = ask(app, bea, wish)
    ada.post(f"/staff/items/{item.id}/present", MORE)
    decide(bea, item)
    lists = [
        [li.get_text(strip=True) for li in one.find_all("li")]
        for one in bea.get(f"/projects/{cast.project.id}/agreed").soup.select(".ticks")
    ]
    assert lists == [["Five pages", "A page for jobs"], ["Texts", "A shop"]]


def test_what_is_said_to_be_agreed_is_worked_out_again_from_what_was_decided(app, cast, ada, bea, wish, tmp_path):
    agree(app, ada, bea, cast.project)
    yes = ask(app, bea, wish)
    ada.post(f"/staff/items/{yes.id}/present", MORE)
    decide(bea, yes)
    no = ask(app, bea, wish, "A shop")
    ada.post(f"/staff/items/{no.id}/present", MORE | {"adds": "A shop", "drops": "", "amount": "9000"})
    decide(bea, no, "changes", "Too dear.")
    parts = download(app, cast.birch.id, closed=True)
    (row,) = map(json.loads, parts["agreed.jsonl"].splitlines())
    assert (row["sums"], row["moves"]) == ({"EUR": "12450.00"}, ["2027-03-01", 5]) and checked(parts, tmp_path) == []
    older = {name: content for name, content in parts.items() if name != "agreed.jsonl"}
    assert "agreed.jsonl is missing." in [one.words for one in checked(older, tmp_path)]
    for forged in ({"sums": {"EUR": "99.00"}}, {"inside": []}, {"items": row["items"][:1]}, {"items": [*row["items"], str(no.id)]}):
        words = [one.words for one in checked(parts | {"agreed.jsonl": json.dumps(row | forged).encode()}, tmp_path)]
        assert any(one.startswith(f"agreed in project {cast.project.id}: ") for one in words), forged
    act(app, lambda: db.session.execute(sa.update(Item).where(Item.id == no.id).values(state=ItemState.ACCEPTED)))
    assert "€21,450.00" in bea.get(f"/projects/{cast.project.id}/agreed").text
    with reading(app):
        (found,) = audit.troubles()
    assert found.words == f"agreed in project {cast.project.id}: item {no.id} is said to be agreed, and was not."


def test_a_new_day_is_frozen_with_the_day_it_was(app, cast, ada, bea, wish):
    agree(app, ada, bea, cast.project)
    item = ask(app, bea, wish)
    page = f"/staff/items/{item.id}/present"
    ada.refused(page, MORE | {"ready_on": "2027-04-01"}, says="not both", status=422)
    ada.post(page, {"ready_on": "2027-04-01", "act": "publish"})
    assert "Later: Thu 1 Apr 2027 instead of Mon 1 Mar 2027" in bea.get(f"/items/{item.id}/decision").text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"act": "publish"}, "Write what changes"),
        (MORE | {"currency": "USD"}, "The budget was agreed in EUR."),
        (MORE | {"amount": "a lot"}, "Write an amount like 450"),
        (MORE | {"days": "1000"}, "Between -250 and 250."),
    ],
)
def test_what_cannot_be_meant_is_refused_and_the_words_stay(app, cast, ada, bea, wish, said, why):
    agree(app, ada, bea, cast.project)
    item = ask(app, bea, wish)
    shown = ada.refused(f"/staff/items/{item.id}/present", said, says=why, status=422)
    assert shown.value("adds") == said.get("adds", "")


def test_a_no_leaves_what_was_agreed_and_staff_close_it_with_a_sentence(app, cast, ada, bea, wish, send_mail):
    agree(app, ada, bea, cast.project)
    item = ask(app, bea, wish)
    ada.post(f"/staff/items/{item.id}/present", MORE)
    decide(bea, item, "changes", "That is too much for one page.")
    assert "€12,450.00" not in bea.get(f"/projects/{cast.project.id}/agreed").text
    send_mail()
    close = f"/staff/items/{item.id}/change/close"
    ada.refused(close, {"words": " ", "act": "close"}, says="Write one sentence", status=422)
    ada.post(close, {"words": "We leave it then.", "act": "close"})
    told = bea.get(f"/projects/{cast.project.id}/agreed").text
    assert "A page for jobs" in told and "We leave it then." in told
    assert [("Not going on" in mail.subject, mail.to) for mail in send_mail()] == [(True, "bea@birch.example")]
    assert "Waits" not in told


def test_the_client_can_let_go_of_a_wish_until_it_is_answered(app, cast, ada, bea, wish):
    item = ask(app, bea, wish)
    assert "I do not need it any more" in bea.get(f"/items/{item.id}/decision").text
    bea.post(f"/items/{item.id}/change/withdraw")
    assert fresh(app, item).state.value == "waived"
    late = ask(app, bea, wish, "Another page")
    ada.post(f"/staff/items/{late.id}/present", MORE)
    assert "no change request that is still open" in bea.post(f"/items/{late.id}/change/withdraw", follow=True).text
    assert fresh(app, late).state.value == "to_do"


def test_what_staff_would_change_is_a_draft_until_it_is_presented(app, cast, ada, bea):
    ada.post(f"/staff/projects/{cast.project.id}/changes/new", {"title": "Fewer pages", "why": "Two say the same."})
    item = item_of(app, Subject.CHANGE)
    assert item.is_draft and "Fewer pages" not in bea.get(f"/projects/{cast.project.id}/agreed").text
    ada.post(f"/staff/items/{item.id}/present", {"amount": "-200", "act": "publish"})
    assert "€200.00 less than agreed" in bea.get(f"/items/{item.id}/decision").text


def test_nobody_else_asks_and_a_resting_project_takes_no_wish(app, cast, nobody, cal, ada, bea, wish, nothing_changed):
    with nothing_changed():
        cal.post(wish, {"title": "Mine"}, 404)
        cal.get(f"/projects/{cast.project.id}/agreed", 404)
        bea.refused(wish, {"title": " "}, says="Say in a few words", status=422)
    act(app, lambda: setattr(db.session.get_one(type(cast.project), cast.project.id), "state", ProjectState.PAUSED))
    with nothing_changed():
        shown = bea.refused(wish, {"title": "A page for jobs"}, says="This project is paused.")
    assert shown.value("title") == "A page for jobs"


# --- one round too many -------------------------------------------------------------------------------------------------


def beyond(app, cast, bea):
    item = make_item(app, cast.project, "Homepage design", kind="approval", spec={"rounds": 0})
    page = f"/items/{item.id}/decision"
    shown = bea.get(page)
    assert "This becomes a change request" in shown.text
    bea.post(page, answer(shown, "changes", "Warmer, please."))
    return item, item_of(app, Subject.CHANGE)


def test_a_round_too_many_writes_the_change_request_in_the_same_commit(app, cast, ada, bea):
    item, change = beyond(app, cast, bea)
    assert (change.text("title"), change.text("why"), change.state.value) == (
        "One more round: Homepage design",
        "Warmer, please.",
        "preparing",
    )
    with reading(app) as session:
        (made,) = session.scalars(sa.select(Decision))
        kinds = list(session.scalars(sa.select(Event.kind).where(Event.item_id.in_([item.id, change.id])).order_by(Event.seq)))
    assert made.beyond and kinds[-2:] == [Kind.DECISION_MADE.value, Kind.CHANGE_ASKED.value]
    assert change.spec["decision"] == str(made.id)
    assert "About: Homepage design" in ada.get(f"/staff/items/{change.id}/present").text


def test_one_that_is_confirmed_after_a_phone_call_is_called_the_same(app, cast, ada, bea):
    item = make_item(app, cast.project, "Homepage design", kind="approval", spec={"rounds": 0})
    address = f"/staff/items/{item.id}/heard"
    told = {"person": cast.bea.id, "choice": "changes", "words": "Warmer, please.", "way": "phone"}
    ada.post(address, told | {"said_on": ada.get(address).value("said_on")})
    (form,) = bea.get(f"/items/{item.id}/decision").soup.select("form[action*='/heard/']")
    bea.post(str(form["action"]), {"act": "confirm"})
    change = item_of(app, Subject.CHANGE)
    assert (change.text("title"), change.text("why")) == ("One more round: Homepage design", "Warmer, please.")


def test_at_no_charge_this_time_is_kept_and_told(app, cast, ada, bea, send_mail):
    _item, change = beyond(app, cast, bea)
    send_mail()
    ada.post(f"/staff/items/{change.id}/change/close", {"words": "Our logo was in the way.", "act": "free"})
    (mail,) = send_mail()
    assert "At no charge" in mail.subject and "Our logo was in the way." in mail.words
    assert "At no charge" in bea.get(f"/projects/{cast.project.id}/agreed").text
    with reading(app) as session:
        closed = session.scalars(sa.select(Event).where(Event.kind == Kind.CHANGE_CLOSED.value)).one()
    assert '"free":true' in closed.facts


@pytest.mark.both
def test_the_change_request_goes_with_the_answer_that_is_taken_back(app, cast, bea):
    item, change = beyond(app, cast, bea)
    with reading(app) as session:
        made = session.scalars(sa.select(Decision.id)).one()
    bea.post(f"/items/{item.id}/decision/take-back", {"decision": made})
    assert (fresh(app, item).state.value, fresh(app, change).state.value) == ("to_do", "waived")


def test_rounds_of_the_scope_count_where_the_item_says_nothing(app, cast, ada, bea):
    agree(app, ada, bea, cast.project, rounds="0")
    item = make_item(app, cast.project, "Logo", kind="approval")
    assert "This becomes a change request" in bea.get(f"/items/{item.id}/decision").text
    assert "0 of 0" in bea.get(f"/projects/{cast.project.id}/agreed").text


def test_where_all_have_to_say_yes_one_yes_makes_no_agreement(app, cast, ada, bea, ben, tmp_path):
    ada.post(f"/staff/projects/{cast.project.id}/scope")
    item = item_of(app, Subject.SCOPE)
    act(app, lambda: db.session.execute(sa.update(Item).where(Item.id == item.id).values(spec={"subject": "scope", "rule": "all"})))
    act(app, lambda: planning.name_people(db.session.get_one(Item, item.id), (cast.bea.id, cast.ben.id), by=as_viewer(app, cast.ada)))
    ada.post(f"/staff/items/{item.id}/present", SCOPE)
    decide(bea, item)
    assert checked(download(app, cast.birch.id, closed=True), tmp_path) == []
    forge = sa.update(Item).where(Item.id == item.id).values(state=ItemState.ACCEPTED)
    act(app, lambda: db.session.execute(forge))
    found = checked(download(app, cast.birch.id, closed=True), tmp_path)
    assert [one.words for one in found] == [f"agreed in project {cast.project.id}: item {item.id} is said to be agreed, and was not."]
    act(app, lambda: db.session.execute(forge.values(state=ItemState.TO_DO)))
    decide(ben, item)
    assert checked(download(app, cast.birch.id, closed=True), tmp_path) == []
