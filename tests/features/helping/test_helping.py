"""A section or a question in a colleague's hands: they see and answer just that, the asker sees who has it and can take it back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.features.helping import actions as helping
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.kinds.questionnaires import judging
from portal.kinds.questionnaires.verdicts import said_of
from portal.models.clients import Membership
from portal.models.deliveries import HandOver
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import Person
from portal.models.questionnaires import Answer, AnswerChange
from portal.models.turns import Turn
from tests.models.definition.bakery import BAKERY
from tests.support.browser import Browser
from tests.support.cast import (
    Cast,
    act,
    add_membership,
    answer,
    as_viewer,
    fresh,
    make_contact,
    make_item,
    make_questionnaire,
    name_person,
    reading,
)
from tests.support.mails import Mail
from tests.support.walk import address, choices
from tests.support.walk import pages as rules_behind
from tests.test_doors import UNTRIED_METHODS
from tests.test_doors import ask as try_page

ANY_DATABASE = pytest.mark.sqlite_only

SECRET = "Quincetree is what Bea wrote"
GUS = {"name": "Gus Green", "email": "gus@green.example", "note": "You know this best."}


@pytest.fixture
def quiz(app: Flask, cast: Cast) -> Item:
    """The bakery's questionnaire, with an answer of Bea's in its first section."""
    version = make_questionnaire(app, BAKERY)
    item = make_item(app, cast.project, "About your bakery", kind="questionnaire", questionnaire_version_id=version.id)
    answer(app, item, "often", SECRET)
    return item


def hand(browser: Browser, item: Item, piece: str = "section:look", **typed: str) -> None:
    browser.post(f"/items/{item.id}/ask", {"piece": piece} | GUS | typed)


def person(app: Flask, address: str = GUS["email"]) -> Person:
    with reading(app) as session:
        found = session.scalars(select(Person).where(Person.email_canon == address)).one()
        session.expunge_all()
    return found


@pytest.fixture
def gus(app: Flask, bea: Browser, quiz: Item, browse: Callable[..., Browser]) -> Browser:
    """Gus, whom Bea asked for the second section, signed in."""
    hand(bea, quiz)
    return browse(person(app))


@ANY_DATABASE
def test_a_colleague_gets_a_mail_that_leads_to_just_that(app: Flask, bea: Browser, quiz: Item, nobody: Browser, send_mail, clock) -> None:
    hand(bea, quiz)
    assert "Gus Green" in bea.follow().text
    clock.advance(minutes=1)
    (mail,) = [mail for mail in send_mail() if mail.to == GUS["email"]]
    assert mail.subject == "Bea Birch asks for your help" and "Look and feel" in mail.text and "You know this best." in mail.text
    assert "Type the code from the same email" in nobody.get(mail.path).text
    nobody.post(mail.path, {"code": mail.code, "keep": "y"})
    assert nobody.page.location == f"/items/{quiz.id}/questions"
    page = nobody.get(f"/items/{quiz.id}/questions", 303, follow=True)
    assert page.url == f"/items/{quiz.id}/sections/1" and page.h1 == "Look and feel"
    with reading(app):
        row = db.session.scalars(select(Membership).where(Membership.person_id == person(app).id)).one()
    assert row.role is Role.GUEST and row.client_id == quiz.client_id


def test_only_who_was_never_here_and_is_nothing_else_gets_in_by_that_mail(
    app: Flask, cast: Cast, bea: Browser, quiz: Item, nobody: Browser, send_mail, clock
) -> None:
    invited = make_contact(app, cast.birch, "Ivy Invited")
    act(app, lambda: setattr(db.session.get_one(Membership, (cast.birch.id, invited.id)), "joined_at", None))

    def mail_to(address: str) -> Mail:
        hand(bea, quiz, email=address, piece="question:ahead")
        clock.advance(minutes=1)
        return next(mail for mail in send_mail() if mail.to == address)

    for known in (invited, cast.cal):
        mail = mail_to(known.email_typed)
        assert mail.codes == [] and nobody.get(mail.path, 303, follow=True).value("email") == known.email_typed
    first = mail_to(GUS["email"])
    nobody.post(first.path, {"code": first.code, "keep": "y"})
    bea.post(f"/items/{quiz.id}/ask/{person(app).id}/take-back")
    assert mail_to(GUS["email"]).codes == [], "who came in once signs in as always"


def test_they_see_and_answer_their_part(app: Flask, gus: Browser, bea: Browser, quiz: Item) -> None:
    assert gus.get("/", 303).location == "/asked"
    assert "Look and feel" in gus.follow().text and "Bea Birch asked you" in gus.page.text
    assert gus.get(f"/items/{quiz.id}/questions", 303).location == f"/items/{quiz.id}/sections/1"
    assert gus.follow().h1 == "Look and feel"
    gus.post(f"/items/{quiz.id}/sections/1", {"rev.opening": "0", "opening": "2026-10-01", "act": "next"})
    assert gus.page.location == "/asked"
    gus.get(f"/items/{quiz.id}/sections/2", 404)
    assert "2026-10-01" in bea.get(f"/items/{quiz.id}/sections/2").html


def test_they_may_be_the_first_to_answer_and_the_board_still_counts_everything(app: Flask, cast: Cast, bea: Browser, browse) -> None:
    untouched = make_item(app, cast.project, "Not begun", kind="questionnaire", questionnaire_version_id=make_questionnaire(app, BAKERY).id)
    make_item(app, cast.project, "Your logo")
    before = fresh(app, cast.project).waits_client
    hand(bea, untouched)
    gus = browse(person(app))
    gus.post(f"/items/{untouched.id}/answers", {"question": "opening", "value": "2026-10-01", "rev": "0"}, 200)
    with reading(app) as session:
        turns = session.scalars(select(Turn).where(Turn.item_id == untouched.id).order_by(Turn.n)).all()
        assert [turn.state for turn in turns] == [ItemState.TO_DO, ItemState.STARTED] and turns[0].ended_at
    assert fresh(app, cast.project).waits_client == before >= 2


@ANY_DATABASE
def test_nothing_else_of_the_portal_is_there_for_them(app: Flask, cast: Cast, gus: Browser, quiz: Item, nothing_changed) -> None:
    gus.inspect = False
    parts = {name: str(quiz.id) for rule in rules_behind(app, "client.") for name in rule.arguments}
    parts |= {"project_id": str(cast.project.id), "n": "1", "key": "often"}
    theirs = (
        "client.helping.asked",
        "client.me.",
        "client.questionnaires.s",
        "client.questionnaires.here",
        "client.items.show",
        "client.home.show",
    )
    with nothing_changed():
        for rule in rules_behind(app, "client."):
            words = {name: said[0] for name, said in choices(rule).items()}
            url = address(rule, parts | words)
            for method in sorted(rule.methods - UNTRIED_METHODS if not rule.endpoint.startswith("client.me.") else {"GET"} & rule.methods):
                page = try_page(gus, method, url)
                assert SECRET not in page.html and "customers" not in page.html, f"{method} {url} tells of the rest"
                if method == "GET" and not rule.endpoint.startswith(theirs):
                    assert page.status in (404, 405), f"{method} {url} is there: {page.status}"


@ANY_DATABASE
def test_the_rest_cannot_be_answered_sent_or_read_by_asking_for_it(app: Flask, gus: Browser, quiz: Item, nothing_changed) -> None:
    gus.get(f"/items/{quiz.id}/sections/1")
    with nothing_changed():
        said = gus.post(f"/items/{quiz.id}/answers", {"question": "often", "rev": "0", "value": "x"}, 410, Accept="application/json")
        assert SECRET not in said.data.decode() and "not part of the questionnaire" in json.loads(said.data)["message"]
        gus.post(f"/items/{quiz.id}/check", {}, 404)
        gus.post(f"/items/{quiz.id}/take-back", {}, 404)
        gus.post(f"/items/{quiz.id}/ask", {"piece": "section:look"} | GUS, 404)
        gus.post(f"/items/{quiz.id}/sections/1", {"rev.often": "0", "often": "x", "rev.opening": "0"})
    assert fresh(app, quiz).state is ItemState.STARTED


@ANY_DATABASE
def test_what_was_sent_stays_closed_to_them(app: Flask, gus: Browser, bea: Browser, quiz: Item) -> None:
    answer(app, quiz, "ahead", "no")
    answer(app, quiz, "opening", "2026-10-01")
    bea.post(f"/items/{quiz.id}/check")
    assert gus.get(f"/items/{quiz.id}/questions", 303).location == "/asked"
    assert "It has been sent" in gus.follow().text
    for page in ("sent", "answers.pdf", "check"):
        gus.get(f"/items/{quiz.id}/{page}", 404)


@ANY_DATABASE
def test_what_was_accepted_is_closed_to_them_too(app: Flask, cast: Cast, gus: Browser, bea: Browser, quiz: Item, nothing_changed) -> None:
    answer(app, quiz, "ahead", "no")
    answer(app, quiz, "opening", "2026-10-01")
    bea.post(f"/items/{quiz.id}/check")
    ada = as_viewer(app, cast.ada)

    def ask_again() -> None:
        item = db.session.get_one(Item, quiz.id)
        judging.ask_again(item, "ahead", "Really not?", by=ada)
        judging.finish(item, "Really not?", by=ada, told=judging.tally(said_of(item.id, item.round)))

    act(app, ask_again, by=ada)
    page = gus.get(f"/items/{quiz.id}/sections/1")
    assert "1 Oct" in page.text and "was accepted, so it stays as it is" in page.text and not page.soup.select("[name='opening']")
    with nothing_changed():
        save = {"question": "opening", "rev": "1", "value": "2027-01-01"}
        page = gus.post(f"/items/{quiz.id}/answers", save, 410, Accept="application/json")
        assert "stays as it is" in page.response.get_json()["message"]
        gus.refused(f"/items/{quiz.id}/sections/1", {"rev.opening": "1", "opening": "2027-01-01"}, says="stays as it is")
    hand(bea, quiz, piece="question:ahead")
    page = gus.get(f"/items/{quiz.id}/questions", 303, follow=True)
    assert "Really not?" in page.text and page.soup.select("[name='ahead']"), "what is open again is asked, with our reason"


@ANY_DATABASE
def test_whoever_works_on_all_of_it_still_does_when_a_guest_elsewhere(
    app: Flask, cast: Cast, bea: Browser, ben: Browser, quiz: Item
) -> None:
    add_membership(app, cast.cedar, cast.ben, role=Role.GUEST)
    hand(bea, quiz, email=cast.ben.email_typed)
    assert ben.get(f"/items/{quiz.id}/check").h1 == "Check your answers"
    assert "About your customers" in ben.get(f"/items/{quiz.id}/sections/1").text


@ANY_DATABASE
def test_nobodys_mailbox_is_filled_by_asking_again_and_again(app: Flask, bea: Browser, quiz: Item, monkeypatch, nothing_changed) -> None:
    monkeypatch.setattr(helping, "MOST_A_DAY", 2)
    for _ in range(2):
        hand(bea, quiz)
        bea.post(f"/items/{quiz.id}/ask/{person(app).id}/take-back")
    with nothing_changed():
        bea.refused(f"/items/{quiz.id}/ask", {"piece": "section:look"} | GUS, says="very often today")


@ANY_DATABASE
def test_taken_back_counts_from_the_next_request_and_what_they_answered_stays(app: Flask, gus: Browser, bea: Browser, quiz: Item) -> None:
    gus.post(f"/items/{quiz.id}/answers", {"question": "opening", "rev": "0", "value": "2026-10-01"}, 200, Accept="application/json")
    bea.post(f"/items/{quiz.id}/ask/{person(app).id}/take-back")
    assert "Taken back" in bea.follow().text and "Gus Green" not in bea.get(f"/items/{quiz.id}/ask").text
    gus.get(f"/items/{quiz.id}/sections/1", 404)
    assert "Nothing is asked of you" in gus.get("/", 303, follow=True).text
    with reading(app):
        assert db.session.get_one(Answer, (quiz.id, "opening", "")).value == "2026-10-01"


@ANY_DATABASE
def test_one_question_is_all_they_see_of_its_section(app: Flask, bea: Browser, quiz: Item, browse: Callable[..., Browser]) -> None:
    hand(bea, quiz, piece="question:ahead")
    gus = browse(person(app))
    page = gus.get(f"/items/{quiz.id}/sections/1")
    assert "order ahead" in page.text and SECRET not in page.html and "ask you most often" not in page.html


@ANY_DATABASE
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"email": "not an address"}, "Write an email address"),
        ({"email": ""}, "Write an email address"),
        ({"email": "ada@studio.example", "name": ""}, "Write the person"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_happens(bea: Browser, quiz: Item, typed: dict[str, str], says: str, nothing_changed) -> None:
    with nothing_changed():
        bea.refused(f"/items/{quiz.id}/ask", {"piece": "section:look"} | GUS | typed, says=says, status=422)
    assert bea.page.value("note") == GUS["note"]


@ANY_DATABASE
def test_a_part_that_is_not_there_cannot_be_handed_on(bea: Browser, quiz: Item, nothing_changed) -> None:
    with nothing_changed():
        bea.post(f"/items/{quiz.id}/ask", GUS | {"piece": "section:nope"}, 422)
    assert "Choose what they should answer" in bea.page.text


@ANY_DATABASE
def test_addresses_that_cannot_help_are_refused_in_words(app: Flask, cast: Cast, bea: Browser, quiz: Item, nothing_changed) -> None:
    cases = {cast.ada.email_typed: "an address of ours", cast.bea.email_typed: "your own address"}
    with nothing_changed():
        for email, says in cases.items():
            bea.refused(f"/items/{quiz.id}/ask", {"piece": "section:look"} | GUS | {"email": email}, says=says, status=422)


@ANY_DATABASE
def test_whose_access_was_ended_stays_out(app: Flask, cast: Cast, ada: Browser, bea: Browser, quiz: Item) -> None:
    old = make_contact(app, cast.birch, "Old Otto")
    act(app, lambda: setattr(db.session.get_one(Membership, (cast.birch.id, old.id)), "ended_at", now()))
    wanted = {"piece": "section:look"} | GUS | {"email": old.email_typed}
    bea.refused(f"/items/{quiz.id}/ask", wanted, says="has ended", status=422)


@ANY_DATABASE
def test_a_contact_of_another_client_keeps_both_and_their_name(app: Flask, cast: Cast, bea: Browser, cal: Browser, quiz: Item) -> None:
    hand(bea, quiz, email=cast.cal.email_typed, name="C. from next door")
    assert "C. from next door" in bea.follow().text and cast.cal.name not in bea.page.text
    cal.get("/files")
    assert cal.get(f"/items/{quiz.id}/sections/1").h1 == "Look and feel"
    assert SECRET not in cal.page.html
    cal.get(f"/items/{quiz.id}/check", 404)


@ANY_DATABASE
def test_who_reads_along_may_answer_what_they_are_asked_for(app: Flask, cast: Cast, bea: Browser, quiz: Item, browse) -> None:
    wes = make_contact(app, cast.birch, "Wes Watch", role=Role.WATCH)
    hand(bea, quiz, email=wes.email_typed)
    browser = browse(wes)
    browser.get(f"/items/{quiz.id}/sections/2", 404)
    assert browser.get(f"/items/{quiz.id}/sections/1").h1 == "Look and feel"
    save = {"question": "opening", "rev": "0", "value": "2026-10-01"}
    browser.post(f"/items/{quiz.id}/answers", save, 200, Accept="application/json")
    browser.post(f"/items/{quiz.id}/answers", save | {"question": "ahead", "value": "no"}, 403, Accept="application/json")


@ANY_DATABASE
def test_a_contributor_answers_what_they_are_asked_for_of_what_is_named_for_others(
    app: Flask, cast: Cast, bea: Browser, ben: Browser, quiz: Item
) -> None:
    name_person(app, quiz, cast.bea)
    save = {"question": "opening", "rev": "0", "value": "2026-10-01"}
    ben.post(f"/items/{quiz.id}/answers", save, 403, Accept="application/json")
    hand(bea, quiz, email=cast.ben.email_typed)
    assert ben.get(f"/items/{quiz.id}/sections/1").h1 == "Look and feel"
    ben.post(f"/items/{quiz.id}/answers", save, 200, Accept="application/json")
    ben.post(f"/items/{quiz.id}/answers", save | {"question": "ahead", "value": "no"}, 403, Accept="application/json")
    ben.post(f"/items/{quiz.id}/check", {}, 404)
    assert as_viewer(app, cast.ben).helps_only is False


@ANY_DATABASE
def test_asking_takes_nothing_from_the_others(bea: Browser, ben: Browser, gus: Browser, quiz: Item) -> None:
    for browser in (bea, ben):
        page = browser.get(f"/items/{quiz.id}/sections/2")
        assert "Gus Green was asked for" in page.text and page.soup.select_one("form[data-save-url]")


@ANY_DATABASE
def test_a_stranger_can_neither_ask_nor_take_back(app: Flask, cal: Browser, gus: Browser, quiz: Item, nothing_changed) -> None:
    with nothing_changed():
        cal.get(f"/items/{quiz.id}/ask", 404)
        cal.post(f"/items/{quiz.id}/ask/{person(app).id}/take-back", {}, 404)


def test_every_query_is_held_to_the_part_that_was_asked_in_each_item(app: Flask, cast: Cast, bea: Browser, quiz: Item) -> None:
    other = make_item(app, cast.project, "Once more", kind="questionnaire", questionnaire_version_id=quiz.questionnaire_version_id)
    for item in (quiz, other):
        answer(app, item, "ahead", "no")
        answer(app, item, "opening", "2026-10-01")
    answer(app, other, "often", SECRET)
    hand(bea, quiz, piece="question:ahead")
    hand(bea, other, piece="question:often")
    for item in (quiz, other):
        bea.post(f"/items/{item.id}/check")
    with reading(app, as_viewer(app, person(app))) as session:
        for model in (Answer, AnswerChange):
            seen = {(row.item_id, row.question_key) for row in session.scalars(select(model))}
            assert seen == {(quiz.id, "ahead"), (other.id, "often")}, model
        assert not session.scalars(select(HandOver)).all() and not session.scalars(select(Turn)).all()
        renamed = aliased(Answer)
        assert len(session.scalars(select(renamed.question_key).where(renamed.item_id == quiz.id)).all()) == 1


@ANY_DATABASE
def test_the_check_page_says_what_colleagues_still_have(app: Flask, cast: Cast, bea: Browser, gus: Browser, quiz: Item) -> None:
    told = [line.text for line in bea.get(f"/items/{quiz.id}/check").soup.select(".banner li")]
    assert "Gus Green: Look and feel" in told
    answer(app, quiz, "opening", "2026-10-01", by=person(app))
    assert "Still with colleagues" not in bea.get(f"/items/{quiz.id}/check").text
