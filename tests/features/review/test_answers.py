"""Looking at a questionnaire answer by answer: accept, ask again, propose another answer; the client sees only what is open."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.features.review import snippets
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.kinds import life
from portal.kinds.questionnaires.verdicts import frozen_answers
from portal.models.definition.shape import Condition, Definition, Is, Match, Question, Rule, Section, Type
from portal.models.deliveries import HandOver
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import the_firm
from portal.models.questionnaires import Answer, AnswerVerdict
from tests.support.browser import Browser
from tests.support.cast import Cast, act, answer, as_viewer, fresh, make_item, make_questionnaire, reading

pytestmark = pytest.mark.sqlite_only

SHOP = Rule(match=Match.ALL, conditions=(Condition(question="shop", is_=Is.EQUALS, value="yes"),))
SHEET = Definition(
    sections=(
        Section(
            key="s1",
            title={"en": "The company"},
            questions=(
                Question(key="name", type=Type.SHORT_TEXT, label={"en": "What is its name?"}, required=True),
                Question(key="staff", type=Type.NUMBER, label={"en": "How many people work there?"}),
            ),
        ),
        Section(
            key="s2",
            title={"en": "The shop"},
            questions=(
                Question(key="shop", type=Type.YES_NO, label={"en": "Do you sell online?"}),
                Question(key="where", type=Type.SHORT_TEXT, label={"en": "Where do you sell?"}, show=SHOP, required=True),
            ),
        ),
    )
)


@pytest.fixture
def sent(app: Flask, cast: Cast) -> Item:
    """Three answers that Bea has sent."""
    item = make_item(app, cast.project, "Your company", kind="questionnaire", questionnaire_version_id=make_questionnaire(app, SHEET).id)
    for key, typed in (("name", "Birch & Sons"), ("staff", "120"), ("shop", "no")):
        answer(app, item, key, typed)
    hand_over(app, cast, item)
    return fresh(app, item)


def hand_over(app: Flask, cast: Cast, item: Item) -> None:
    bea = as_viewer(app, cast.bea)
    act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=bea), by=bea)


def last(app: Flask, item: Item) -> HandOver:
    with reading(app) as session:
        return session.scalars(select(HandOver).where(HandOver.item_id == item.id).order_by(HandOver.round.desc())).first()


def place(app: Flask, item: Item) -> str:
    return f"/staff/review/{last(app, item).delivery_id}/{item.id}"


def say(browser: Browser, app: Flask, item: Item, path: str, **data: object) -> None:
    browser.post(f"{place(app, item)}/answers/{path}", {"seen": fresh(app, item).rev, **data})


def finish(browser: Browser, app: Flask, item: Item, **data: object) -> None:
    told = re.search(r'name="told" value="(\w+)"', browser.get(place(app, item)).html)[1]
    browser.post(f"{place(app, item)}/finish", {"seen": fresh(app, item).rev, "told": told, **data})


def said(app: Flask, item: Item) -> dict[str, str]:
    with reading(app) as session:
        rows = session.scalars(select(AnswerVerdict).where(AnswerVerdict.item_id == item.id).order_by(AnswerVerdict.round))
        return {row.question_key: row.said.value for row in rows}


def value(app: Flask, item: Item, key: str) -> object:
    with reading(app) as session:
        return session.get_one(Answer, (item.id, key, "")).value


def kinds(app: Flask, item: Item) -> list[str]:
    with reading(app) as session:
        return list(session.scalars(select(Event.kind).where(Event.item_id == item.id).order_by(Event.seq)))


# --- what staff say -----------------------------------------------------------------------------------------------------


def test_each_answer_gets_a_verdict_and_the_item_follows(app, cast, ada, bea, sent):
    say(ada, app, sent, "name/accept")
    say(ada, app, sent, "staff/ask", reason="Is that with the drivers?")
    page = ada.get(place(app, sent))
    assert "Accepted by Ada" in page.text and "Is that with the drivers?" in page.text
    assert "The other 2 answers are accepted with this." in page.text
    assert bea.get(f"/items/{sent.id}/sent").text.count("drivers") == 0, "nothing is sent before it is finished"
    finish(ada, app, sent, reason="Nearly there!")
    item = fresh(app, sent)
    assert item.state is ItemState.RETURNED
    assert item.reason == "Nearly there!\n“How many people work there?”: Is that with the drivers?"
    assert kinds(app, sent)[-2:] == ["item.sent_back", "answer.asked_again"]


def test_the_client_sees_and_sends_only_what_is_open(app, cast, ada, bea, sent):
    say(ada, app, sent, "staff/ask", reason="Is that with the drivers?")
    finish(ada, app, sent)
    assert bea.get(f"/items/{sent.id}/questions", 303).location == f"/items/{sent.id}/again"
    page = bea.get(f"/items/{sent.id}/again")
    assert "Is that with the drivers?" in page.text and "How many people work there?" in page.text
    assert "What is its name?" not in page.text and "Do you sell online?" not in page.text
    assert "One answer is still as it was" in page.text
    form = page.soup.select_one("form[data-questionnaire]")
    assert "offline, kept on this device" in form["data-text-offline"] and "kept on this device" in form["data-text-waiting"]
    assert "leave this page open" in form["data-text-open"] and form.select_one("[data-signed-out] a")
    bea.post(f"/items/{sent.id}/again", {"staff": "134", "rev.staff": "1", "act": "send"})
    assert last(app, sent).round == 2
    answers = frozen_answers(last(app, sent))
    assert answers["staff"]["value"] == "134" and answers["name"]["value"] == "Birch & Sons"
    told = bea.get(f"/items/{sent.id}/sent").text
    assert "134" in told and "Birch & Sons" not in told, "the receipt shows what was sent this time"
    review = ada.get(place(app, sent)).text
    assert "Accepted in an earlier round" in review and "Before: 120" in review and "Is that with the drivers?" in review


def test_home_and_questions_agree_on_how_long_it_takes(app, cast, ada, bea):
    sheet = Definition(sections=(replace(SHEET.sections[0], minutes=20), SHEET.sections[1]))
    item = make_item(app, cast.project, "Us", kind="questionnaire", minutes=9, questionnaire_version_id=make_questionnaire(app, sheet).id)

    def told(place: str = "/") -> list[str]:
        return re.findall(r"[Aa]bout \d+ minutes? (?:altogether|left)|\d+ min\b", bea.get(place).text)

    assert told() == ["About 21 minutes altogether", "21 min"]
    assert told(f"/items/{item.id}/sections/1") == ["about 21 minutes left"]
    answer(app, item, "name", "Birch & Sons")
    assert told() == ["About 11 minutes altogether", "11 min"] and "11 min" in ada.get(f"/staff/items/{item.id}").text
    answer(app, item, "staff", "120")
    answer(app, item, "shop", "no")
    hand_over(app, cast, item)
    say(ada, app, item, "staff/ask", reason="Is that with the drivers?")
    finish(ada, app, item)
    assert told() == ["About 10 minutes altogether", "10 min"], "only what is asked again"
    bea.post(f"/items/{item.id}/again", {"staff": "134", "rev.staff": "1", "act": "later"})
    assert told() == ["About 1 minute altogether", "1 min"]


def test_what_was_accepted_cannot_be_changed_any_more(app, cast, ada, bea, sent, nothing_changed):
    say(ada, app, sent, "staff/ask", reason="Is that with the drivers?")
    finish(ada, app, sent)
    bea.get(f"/items/{sent.id}/again")
    with nothing_changed():
        page = bea.post(f"/items/{sent.id}/answers", {"question": "name", "rev": "1", "value": "Ash"}, 410, Accept="application/json")
    assert "stays as it is" in page.response.get_json()["message"]


def test_a_follow_up_that_opens_now_is_open_too(app, cast, ada, bea, sent):
    say(ada, app, sent, "shop/ask", reason="We found a shop of yours.")
    finish(ada, app, sent)
    bea.refused(f"/items/{sent.id}/again", {"shop": "yes", "rev.shop": "1", "act": "send"}, says="Where do you sell")
    bea.post(f"/items/{sent.id}/again", {"shop": "yes", "rev.shop": "2", "where": "birch.example", "rev.where": "0", "act": "send"})
    assert frozen_answers(last(app, sent))["where"]["value"] == "birch.example"


def test_a_proposal_stands_only_once_the_client_confirms_it(app, cast, ada, bea, sent):
    ada.get(f"{place(app, sent)}/answers/staff/correct")
    say(ada, app, sent, "staff/correct", staff="12", reason="As on your website.")
    assert value(app, sent, "staff") == "120", "nobody changes what the client wrote"
    finish(ada, app, sent)
    page = bea.get(f"/items/{sent.id}/again")
    says = [button.get_text(strip=True) for button in page.soup.select(".again button")]
    assert says == ["Yes, that is right", "No, keep mine or change it"], "each does something else"
    assert "We wrote “12” instead of “120”: right?" in page.text and "As on your website." in page.text
    bea.refused(f"/items/{sent.id}/again", {"act": "send"}, says="is what we wrote right?")
    bea.post(f"/items/{sent.id}/again", {"act": "yes.staff"})
    assert value(app, sent, "staff") == "12"
    assert "You said that this is right" in bea.get(f"/items/{sent.id}/again").text
    bea.post(f"/items/{sent.id}/again", {"act": "send"})
    assert frozen_answers(last(app, sent))["staff"]["value"] == "12"
    assert "answer.confirmed" in kinds(app, sent)
    assert "they said that our proposal is right" in ada.get(place(app, sent)).text


def test_the_client_can_put_theirs_back_or_write_something_else(app, cast, ada, bea, sent):
    say(ada, app, sent, "staff/correct", staff="12")
    finish(ada, app, sent)
    again = f"/items/{sent.id}/again"
    bea.post(again, {"act": "yes.staff"})
    bea.post(again, {"act": "mine.staff"})
    assert value(app, sent, "staff") == "120"
    assert "Yours stands" in bea.get(again).text
    bea.post(again, {"act": "send", "staff": "110", "rev.staff": "3"})
    assert frozen_answers(last(app, sent))["staff"]["value"] == "110"
    text = ada.get(place(app, sent)).text
    assert "they kept an answer of their own" in text


def test_a_proposal_must_be_readable_and_differ(app, cast, ada, sent, nothing_changed):
    url = f"{place(app, sent)}/answers/staff/correct"
    rev = fresh(app, sent).rev
    with nothing_changed():
        assert "lots" in ada.refused(url, {"seen": rev, "staff": "lots"}, says="number").html
        ada.refused(url, {"seen": rev, "staff": "120"}, says="This is what the client wrote")
        ada.refused(url, {"seen": rev, "staff": ""}, says="Write what you think is right")
        ada.post(url, {"seen": "9" * 5000, "staff": "120"}, 409)


def test_asking_again_needs_a_reason_and_keeps_nothing_without(app, cast, ada, sent, nothing_changed):
    with nothing_changed():
        ada.refused(f"{place(app, sent)}/answers/staff/ask", {"seen": fresh(app, sent).rev}, says="Write one sentence on what is missing")


def test_ticked_reasons_are_written_in_front(app, cast, ada, sent):
    say(ada, app, sent, "staff/ask", why="example", reason="Or a range.")
    with reading(app) as session:
        assert session.get_one(AnswerVerdict, (sent.id, "staff", 1)).reason == "Could you give us an example? Or a range."


def test_a_whole_section_and_the_whole_item_are_accepted_at_once(app, cast, ada, sent):
    ada.post(f"{place(app, sent)}/answers/accept", {"seen": fresh(app, sent).rev, "key": ["name", "staff"]})
    assert said(app, sent) == {"name": "accepted", "staff": "accepted"}
    ada.post(f"{place(app, sent)}/accept", {"seen": fresh(app, sent).rev})
    assert fresh(app, sent).state is ItemState.ACCEPTED


def test_a_whole_yes_is_refused_while_answers_are_marked(app, cast, ada, sent, nothing_changed):
    say(ada, app, sent, "staff/ask", reason="Is that with the drivers?")
    with nothing_changed():
        ada.refused(f"{place(app, sent)}/accept", {"seen": fresh(app, sent).rev}, says="You have marked answers")


def test_marks_are_taken_back_one_by_one_and_the_whole_by_undo(app, cast, ada, bea, sent):
    say(ada, app, sent, "staff/ask", reason="Is that with the drivers?")
    say(ada, app, sent, "name/accept")
    say(ada, app, sent, "name/undo")
    assert said(app, sent) == {"staff": "asked_again"}
    finish(ada, app, sent)
    ada.post(f"{place(app, sent)}/undo", {})
    assert fresh(app, sent).state is ItemState.SENT
    assert said(app, sent) == {"staff": "asked_again"}, "what was said stays, to be changed"
    say(ada, app, sent, "staff/undo")
    ada.post(f"{place(app, sent)}/accept", {"seen": fresh(app, sent).rev})
    assert fresh(app, sent).state is ItemState.ACCEPTED


def test_nobody_sends_what_a_colleague_marked_unseen(app, cast, ada, abe, sent):
    say(ada, app, sent, "staff/ask", reason="Is that with the drivers?")
    told = re.search(r'name="told" value="(\w+)"', ada.get(place(app, sent)).html)[1]
    say(abe, app, sent, "name/ask", reason="With or without Ltd?")
    ada.post(f"{place(app, sent)}/finish", {"seen": fresh(app, sent).rev, "told": told})
    assert "Somebody else has said something" in ada.follow().text
    assert fresh(app, sent).state is ItemState.SENT


def test_taking_it_back_puts_an_end_to_what_was_marked(app, cast, ada, bea, sent):
    say(ada, app, sent, "staff/ask", reason="Is that with the drivers?")
    rev = fresh(app, sent).rev
    bea.post(f"/items/{sent.id}/take-back", {})
    assert bea.get(f"/items/{sent.id}/questions", 303).location.endswith("/check"), "everything is open again"
    ada.post(f"{place(app, sent)}/answers/name/accept", {"seen": rev})
    assert said(app, sent) == {"staff": "asked_again"}, "nobody judges what was taken back"
    hand_over(app, cast, sent)
    assert "Is that with the drivers?" not in ada.get(place(app, sent)).text


def test_taking_the_second_round_back_leaves_only_the_same_open(app, cast, ada, bea, sent):
    say(ada, app, sent, "staff/ask", reason="Is that with the drivers?")
    finish(ada, app, sent)
    bea.post(f"/items/{sent.id}/again", {"staff": "134", "rev.staff": "1", "act": "send"})
    bea.post(f"/items/{sent.id}/take-back", {})
    page = bea.get(f"/items/{sent.id}/again")
    assert "How many people work there?" in page.text and "What is its name?" not in page.text
    bea.post(f"/items/{sent.id}/again", {"staff": "135", "rev.staff": "2", "act": "send"})
    assert frozen_answers(last(app, sent))["staff"]["value"] == "135"


def test_sending_back_the_whole_opens_everything(app, cast, ada, bea, sent):
    ada.post(f"{place(app, sent)}/ask-again", {"seen": fresh(app, sent).rev, "reason": "Please look at all of it."})
    assert bea.get(f"/items/{sent.id}/questions", 303).location.endswith("/check")
    answer(app, sent, "name", "Ash", rev=1)
    assert value(app, sent, "name") == "Ash"


def test_a_firm_may_look_at_the_whole_only(app, cast, ada, sent):
    act(app, lambda: setattr(db.session.get_one(Item, sent.id), "spec", {"one_by_one": False}))
    assert "/answers/" not in ada.get(place(app, sent)).html
    ada.post(f"{place(app, sent)}/answers/name/accept", {"seen": fresh(app, sent).rev})
    assert said(app, sent) == {}


def test_the_history_tells_rounds_and_every_text(app, cast, ada, bea, sent, clock):
    say(ada, app, sent, "staff/ask", reason="Is that with the drivers?")
    finish(ada, app, sent)
    clock.advance(hours=1)
    bea.post(f"/items/{sent.id}/again", {"staff": "134", "rev.staff": "1", "act": "send"})
    page = ada.get(f"{place(app, sent)}/answers/staff/history")
    assert "Round 2" in page.text and "Round 1" in page.text and "134" in page.text and "120" in page.text
    assert "Is that with the drivers?" in page.text and "Bea Birch" in page.text
    ada.get(f"{place(app, sent)}/answers/nothing/history", 404)


def test_strangers_find_nothing_to_judge(app, cast, cal, bea, sent, nothing_changed):
    with nothing_changed():
        bea.post(f"{place(app, sent)}/answers/name/accept", {}, 404)
        cal.get(f"/items/{sent.id}/again", 404)
        cal.post(f"/items/{sent.id}/again", {"act": "send"}, 404)


def test_many_answers_ask_no_more_of_the_database(app, cast, ada, count_queries):
    def big(n: int) -> Item:
        questions = tuple(Question(key=f"q{i}", type=Type.SHORT_TEXT, label={"en": f"Question {i}?"}) for i in range(n))
        version = make_questionnaire(app, Definition(sections=(Section(key="s", title={"en": "All"}, questions=questions),)))
        item = make_item(app, cast.cedar_project, f"Of {n}", kind="questionnaire", questionnaire_version_id=version.id)
        for i in range(n):
            answer(app, item, f"q{i}", f"text {i}")
        cal = as_viewer(app, cast.cal)
        act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=cal), by=cal)
        ada.post(f"{place(app, item)}/answers/accept", {"seen": fresh(app, item).rev, "key": [f"q{i}" for i in range(n)]})
        return item

    counts = []
    for n in (2, 20):
        url = place(app, big(n))
        ada.get(url)
        with count_queries() as asked:
            ada.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- the firm's own sentences -------------------------------------------------------------------------------------------


def test_the_firm_keeps_sentences_and_they_are_offered_in_the_clients_language(app, cast, ada, sent):
    act(app, lambda: setattr(db.session.get_one(type(cast.birch), cast.birch.id), "language", "de"))
    act(app, lambda: setattr(the_firm(), "languages", ["en", "de"]))
    assert "Could you give us an example?" in ada.get("/staff/settings/sentences").text
    ada.post("/staff/settings/sentences/new", {"name": "With drivers?", "words.en": "Does it count drivers?"})
    with reading(app):
        (one,) = snippets.kept()
    ada.post(
        f"/staff/settings/sentences/{one.id}", {"name": "With drivers?", "words.en": "Does it count drivers?", "words.de": "Mit Fahrern?"}
    )
    page = ada.get(f"{place(app, sent)}/answers/staff/ask")
    assert "With drivers?" in page.text and "Their language is Deutsch" in page.text
    say(ada, app, sent, "staff/ask", why=str(one.id), reason="")
    with reading(app) as session:
        verdict = session.get_one(AnswerVerdict, (sent.id, "staff", 1))
        assert verdict.reason == "Mit Fahrern?"
    ada.refused("/staff/settings/sentences/new", {"name": "", "words.en": "x"}, says="Give it a short name")
    ada.refused("/staff/settings/sentences/new", {"name": "Empty"}, says="write the sentence in at least one language")
    ada.post(f"/staff/settings/sentences/{one.id}/remove", {})
    ada.get(f"/staff/settings/sentences/{one.id}", 404)


def test_a_row_that_was_taken_out_before_stays_out_once_the_rest_was_accepted(app, cast, ada, bea, nothing_changed):
    bread = Question(key="bread", type=Type.SHORT_TEXT, label={"en": "Bread"})
    rows = Question(key="rows", type=Type.TABLE, label={"en": "What do you bake?"}, columns=(bread,))
    name = Question(key="name", type=Type.SHORT_TEXT, label={"en": "What is its name?"})
    sheet = Definition(sections=(Section(key="s1", title={"en": "Bread"}, questions=(rows, name)),))
    item = make_item(app, cast.project, "Breads", kind="questionnaire", questionnaire_version_id=make_questionnaire(app, sheet).id)
    answer(app, item, "name", "Birch")
    bea.get(f"/items/{item.id}/sections/1")
    for row in ("aaaa", "bbbb"):
        save = {"question": "rows", "row": row, "rev": "0", "value": f"bread={row}"}
        bea.post(f"/items/{item.id}/answers", save, 200, Accept="application/json")
    bea.post(f"/items/{item.id}/sections/1", {"act": "remove.rows.bbbb"})
    hand_over(app, cast, item)
    say(ada, app, item, "name/ask", reason="The whole name, please.")
    finish(ada, app, item)
    with nothing_changed():
        bea.post(f"/items/{item.id}/answers", save | {"rev": "1"}, 410, Accept="application/json")
