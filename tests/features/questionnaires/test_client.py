"""A client answers: resumes where they stopped, is saved while typing, is never overwritten, and sends only what is complete."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.kinds import life
from portal.models.definition.shape import Definition, Question, Section, Type
from portal.models.deliveries import HandOver
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.questionnaires import Answer, AnswerChange
from tests.models.definition.bakery import BAKERY
from tests.support.browser import Browser
from tests.support.cast import Cast, act, as_viewer, fresh, make_contact, make_item, make_questionnaire, reading
from tests.support.watching import Questions


@pytest.fixture
def quiz(app: Flask, cast: Cast) -> Item:
    """The bakery's questionnaire on Birch's list."""
    version = make_questionnaire(app, BAKERY)
    return make_item(app, cast.project, "About your bakery", kind="questionnaire", questionnaire_version_id=version.id)


def url(item: Item, page: str) -> str:
    return f"/items/{item.id}/{page}"


def save(browser: Browser, item: Item, key: str, *typed: str, rev: int = 0, status: int = 200) -> dict[str, object]:
    data = MultiDict([("question", key), ("rev", str(rev)), *(("value", text) for text in typed)])
    page = browser.post(url(item, "answers"), data.to_dict(flat=False), status, Accept="application/json")
    return json.loads(page.data) if page.response.mimetype == "application/json" else {}


def stored(app: Flask, item: Item) -> dict[str, object]:
    with reading(app):
        return {row.question_key: row.value for row in db.session.scalars(select(Answer).where(Answer.item_id == item.id))}


def answer_all(browser: Browser, item: Item) -> None:
    for key, typed in (("often", "Do you have rye?"), ("ahead", "no"), ("opening", "2026-10-01")):
        save(browser, item, key, typed)


# --- where it goes on -----------------------------------------------------------------------------------------------------


def test_it_opens_at_the_first_gap_and_at_the_check_page_when_there_is_none(bea: Browser, quiz: Item) -> None:
    assert bea.get(url(quiz, "questions"), 303).location == url(quiz, "sections/1")
    save(bea, quiz, "often", "Do you have rye?")
    assert bea.get(url(quiz, "questions"), 303).location == url(quiz, "sections/1"), "“ahead” is required and not answered"
    save(bea, quiz, "ahead", "no")
    assert bea.get(url(quiz, "questions"), 303).location == url(quiz, "sections/2")
    save(bea, quiz, "opening", "2026-10-01")
    assert bea.get(url(quiz, "questions"), 303).location == url(quiz, "check")


def test_another_device_finds_what_was_answered_here(bea: Browser, ben: Browser, quiz: Item) -> None:
    save(bea, quiz, "often", "Do you have rye?")
    save(bea, quiz, "who", "families", "cafes")
    page = ben.get(url(quiz, "sections/1"))
    assert page.value("often") == "Do you have rye?" and page.value("who") == "families,cafes" and page.value("rev.often") == "1"


def test_there_is_no_such_section(bea: Browser, quiz: Item) -> None:
    bea.get(url(quiz, "sections/0"), 404)
    bea.get(url(quiz, "sections/3"), 404)


# --- saved while typing ---------------------------------------------------------------------------------------------------


def test_every_save_is_kept_with_its_revision(app: Flask, bea: Browser, quiz: Item) -> None:
    assert save(bea, quiz, "often", "Rye?")["rev"] == 1
    assert save(bea, quiz, "often", "Do you have rye?", rev=1)["rev"] == 2
    with reading(app):
        query = select(AnswerChange.rev, AnswerChange.value).where(AnswerChange.item_id == quiz.id).order_by(AnswerChange.rev)
        assert [tuple(row) for row in db.session.execute(query)] == [(1, "Rye?"), (2, "Do you have rye?")]
    assert fresh(app, quiz).state is ItemState.STARTED


def test_the_later_of_two_is_told_what_stands_and_by_whom_and_overwrites_nothing(
    app: Flask, bea: Browser, ben: Browser, quiz: Item
) -> None:
    save(ben, quiz, "often", "Ben was first")
    told = save(bea, quiz, "often", "Bea was later", status=409)
    assert told["value"] == ["Ben was first"] and told["rev"] == 1 and told["by"] == "Ben Moss" and told["at"]
    assert stored(app, quiz) == {"often": "Ben was first"}
    assert save(bea, quiz, "often", "Both", rev=1)["rev"] == 2
    assert "You, on another page" in str(save(bea, quiz, "often", "From my phone", rev=1, status=409)["by"])


def test_a_save_asks_the_database_five_times_however_long_the_questionnaire_is(app: Flask, cast: Cast, bea: Browser, count_queries) -> None:
    """Who asks, the item (locked), all that decides with the answer as it stands, and two writes."""
    version = make_questionnaire(app, long_questionnaire(11), "Of 121")
    item = make_item(app, cast.project, kind="questionnaire", questionnaire_version_id=version.id)
    save(bea, item, "q1_1", "Rye")
    with count_queries() as asked:
        save(bea, item, "q1_1", "Rye?", rev=1)
    assert len(asked) == 5, asked


@pytest.mark.both
def test_a_lost_reply_is_no_conflict_with_oneself(bea: Browser, quiz: Item) -> None:
    save(bea, quiz, "often", "Rye?")
    assert save(bea, quiz, "often", "Rye?", rev=0)["rev"] == 1
    assert save(bea, quiz, "orders", rev=7)["rev"] == 0, "nothing there, nothing said"


@pytest.mark.parametrize(
    ("key", "typed", "says"), [("orders", "a lot", "Orders in a week must be a number"), ("ahead", "perhaps", "Choose yes or no")]
)
def test_what_cannot_be_stored_is_said_and_not_stored(app: Flask, bea: Browser, quiz: Item, key: str, typed: str, says: str) -> None:
    assert says in str(save(bea, quiz, key, typed, status=422)["message"])
    assert stored(app, quiz) == {}


def test_a_question_that_is_not_asked_here_is_refused_in_words(app: Flask, bea: Browser, quiz: Item) -> None:
    assert "not part of the questionnaire" in str(save(bea, quiz, "nope", "x", status=410)["message"])
    assert stored(app, quiz) == {}


def test_an_answer_can_be_emptied_again(app: Flask, bea: Browser, quiz: Item) -> None:
    save(bea, quiz, "who", "families")
    assert save(bea, quiz, "who", rev=1)["rev"] == 2
    assert stored(app, quiz) == {"who": None}


# --- a section without scripts --------------------------------------------------------------------------------------------


def test_a_section_saves_all_of_its_answers_and_goes_on(app: Flask, bea: Browser, quiz: Item) -> None:
    data = {"rev.often": "0", "often": "Rye?", "rev.ahead": "0", "ahead": "no", "rev.who": "0", "who": ["families", "cafes"]}
    assert bea.post(url(quiz, "sections/1"), data | {"act": "next"}).location == url(quiz, "sections/2")
    assert stored(app, quiz) == {"often": "Rye?", "ahead": "no", "who": ["families", "cafes"]}
    assert bea.post(url(quiz, "sections/2"), {"act": "next"}).location == url(quiz, "check")
    assert bea.post(url(quiz, "sections/2"), {"act": "later"}).location == "/"


def test_the_way_back_to_the_section_before_saves_too(app: Flask, bea: Browser, quiz: Item) -> None:
    assert not [button for button in bea.get(url(quiz, "sections/1")).soup.select("button") if button.get("value") == "back"]
    bea.get(url(quiz, "sections/2"))
    bea.post(url(quiz, "sections/2"), {"opening": "2026-10-01", "rev.opening": "0", "act": "back"})
    assert bea.page.location == url(quiz, "sections/1")
    assert stored(app, quiz)["opening"] == "2026-10-01"
    assert url(quiz, "sections/2") in bea.get(url(quiz, "check")).links


def test_one_wrong_answer_stores_none_and_keeps_all_of_the_text(app: Flask, bea: Browser, quiz: Item, nothing_changed) -> None:
    data = {
        "rev.often": "0",
        "often": "Rye?",
        "rev.ahead": "0",
        "ahead": "yes",
        "rev.how": "0",
        "how": "phone",
        "rev.orders": "0",
        "orders": "many",
    }
    with nothing_changed():
        page = bea.refused(url(quiz, "sections/1"), data, says="Orders in a week must be a number", status=422)
    assert "#f-orders" in page.links and page.soup.find(id="f-orders")["aria-invalid"] == "true"
    assert page.soup.title.get_text().startswith("Error:")


def test_the_later_of_two_sections_keeps_both_texts_and_may_insist(app: Flask, bea: Browser, ben: Browser, quiz: Item) -> None:
    save(ben, quiz, "often", "Ben was first")
    mine = {"rev.often": "0", "often": "Bea was later", "rev.ahead": "0", "ahead": "no"}
    page = bea.post(url(quiz, "sections/1"), mine, 422)
    assert page.value("often") == "Bea was later" and "Ben was first" in page.text
    assert stored(app, quiz) == {"often": "Ben was first"}
    bea.post(url(quiz, "sections/1"), mine | {"rev.often": page.value("rev.often")})
    assert stored(app, quiz) == {"often": "Bea was later", "ahead": "no"}


def test_without_scripts_every_follow_up_is_there_and_says_when_it_counts(bea: Browser, quiz: Item) -> None:
    page = bea.get(url(quiz, "sections/1"))
    assert "Only if “Can people order ahead today?” is “Yes”:" in page.text and page.soup.find(id="f-orders")


# --- check and send -------------------------------------------------------------------------------------------------------


def test_the_check_page_shows_every_answer_and_links_to_every_gap(bea: Browser, quiz: Item) -> None:
    save(bea, quiz, "often", "Do you have rye?")
    page = bea.get(url(quiz, "check"))
    assert "Do you have rye?" in page.text and "Not answered" in page.text
    assert "One answer is still missing" in page.text and "“Can people order ahead today?” is not answered yet." in page.text
    assert url(quiz, "sections/1?come=check#f-ahead") in page.links


def test_next_says_which_required_answer_it_passes_over(bea: Browser, quiz: Item) -> None:
    bea.post(url(quiz, "sections/1"), {"rev.often": "0", "often": "Rye?", "rev.ahead": "0", "act": "next"})
    page = bea.follow()
    assert "One answer before this is still missing." in page.text and url(quiz, "sections/1#f-ahead") in page.links
    save(bea, quiz, "ahead", "no")
    assert "still missing" not in bea.get(url(quiz, "sections/2")).text


def test_a_missing_answer_looks_other_than_an_optional_one_and_is_mended_in_one_step(bea: Browser, quiz: Item) -> None:
    save(bea, quiz, "often", "Do you have rye?")
    page = bea.get(url(quiz, "check"))
    told = [answer.get_text(" ", strip=True) for answer in page.soup.select("dd.answer")]
    assert [text for text in told if "Still missing" in text] == ["Still missing Answer it : Can people order ahead today?"]
    assert told.count("Not answered (optional)") == 2
    here = url(quiz, "sections/1?come=check")
    assert [b.get_text(strip=True) for b in bea.get(here).soup.select("form[data-questionnaire] .btn--primary")] == ["Back to check"]
    assert bea.post(here, {"rev.ahead": "0", "ahead": "no", "act": "check"}).location == url(quiz, "check")


def test_whoever_comes_back_reads_why_it_goes_on_in_an_earlier_section(bea: Browser, quiz: Item) -> None:
    save(bea, quiz, "opening", "2026-10-01")
    assert bea.get(url(quiz, "questions"), 303).location == url(quiz, "sections/1?come=back")
    text = bea.follow().text
    assert "You left off in section 2. Section 1 still has a gap, so it goes on here." in text
    assert "You left off" not in bea.get(url(quiz, "sections/1")).text


def test_with_gaps_nothing_is_sent(app: Flask, bea: Browser, quiz: Item, nothing_changed) -> None:
    save(bea, quiz, "often", "Do you have rye?")
    with nothing_changed():
        page = bea.post(url(quiz, "check"), status=422)
    assert "“Can people order ahead today?” is not answered yet." in page.text and url(quiz, "sections/1?come=check#f-ahead") in page.links


def test_hidden_answers_are_kept_but_neither_shown_nor_sent(app: Flask, bea: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    save(bea, quiz, "how", "phone")
    save(bea, quiz, "orders", "40")
    assert "By phone" not in bea.get(url(quiz, "check")).text
    assert bea.post(url(quiz, "check")).location == url(quiz, "sent")
    with reading(app):
        handed = db.session.scalars(select(HandOver).where(HandOver.item_id == quiz.id)).one()
    told = [answer["key"] for section in json.loads(handed.content)["sections"] for answer in section["answers"]]
    assert told == ["who", "often", "ahead", "opening"] and stored(app, quiz)["orders"] == "40"
    assert "Do you have rye?" in bea.follow().text


def test_once_sent_nothing_more_is_written_and_it_is_said_why(app: Flask, bea: Browser, quiz: Item, nothing_changed) -> None:
    answer_all(bea, quiz)
    bea.post(url(quiz, "check"))
    with nothing_changed():
        assert "sent already" in str(save(bea, quiz, "often", "Wait!", rev=1, status=410)["message"])
        page = bea.refused(url(quiz, "sections/1"), {"rev.often": "1", "often": "Wait!"}, says="sent already", status=409)
        assert page.value("often") == "Wait!"
        assert "sent already" in bea.post(url(quiz, "check"), status=None).text
        for there in ("questions", "sections/1", "check"):
            assert bea.get(url(quiz, there), 303).location == url(quiz, "sent")


def test_taken_back_it_can_be_changed_and_sent_again(app: Flask, bea: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    bea.post(url(quiz, "check"))
    bea.post(url(quiz, "take-back"))
    save(bea, quiz, "often", "And oats?", rev=1)
    bea.post(url(quiz, "check"))
    assert fresh(app, quiz).state is ItemState.SENT


def test_sent_back_it_says_why_where_the_client_goes_on(app: Flask, cast: Cast, bea: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    bea.post(url(quiz, "check"))
    staff = as_viewer(app, cast.ada)
    act(app, lambda: life.send_back(db.session.get_one(Item, quiz.id), "Which rye exactly?", by=staff), by=staff)
    bea.get(url(quiz, "questions"), 303)
    assert "Which rye exactly?" in bea.follow().text


# --- who ------------------------------------------------------------------------------------------------------------------


def test_another_clients_contact_finds_nothing(cal: Browser, quiz: Item, nothing_changed) -> None:
    with nothing_changed():
        for there in ("questions", "sections/1", "check"):
            cal.get(url(quiz, there), 404)
        save(cal, quiz, "often", "Mine!", status=404)
        cal.post(url(quiz, "sections/1"), {"rev.often": "0", "often": "Mine!"}, 404)
        cal.post(url(quiz, "check"), status=404)


def test_a_watcher_reads_and_cannot_write(app: Flask, cast: Cast, browse, bea: Browser, quiz: Item, nothing_changed) -> None:
    save(bea, quiz, "often", "Do you have rye?")
    watcher = browse(make_contact(app, cast.birch, "Wim Watch", role=Role.WATCH))
    with nothing_changed():
        page = watcher.get(url(quiz, "sections/1"))
        assert (
            page.value("often") == "Do you have rye?" and page.soup.find("fieldset", disabled=True) and "A colleague of yours" in page.text
        )
        assert not page.soup.find(attrs={"data-save-url": True})
        save(watcher, quiz, "often", "Mine!", rev=1, status=403)
        watcher.post(url(quiz, "sections/1"), {"rev.often": "1", "often": "Mine!"}, 403)
        watcher.post(url(quiz, "check"), status=403)


def test_nobody_signs_in_first(nobody: Browser, quiz: Item) -> None:
    assert nobody.get(url(quiz, "sections/1"), 303).location.startswith("/login")


# --- size -----------------------------------------------------------------------------------------------------------------


def long_questionnaire(count: int) -> Definition:
    def section(n: int) -> Section:
        questions = (Question(key=f"q{n}_{m}", type=Type.SHORT_TEXT, label={"en": f"Question {n}.{m}"}) for m in range(count))
        return Section(key=f"s{n}", title={"en": f"Section {n}"}, questions=tuple(questions))

    return Definition(sections=tuple(section(n) for n in range(count)))


@pytest.mark.parametrize("page", ["sections/1", "check"])
def test_twenty_sections_of_twenty_questions_ask_the_database_as_often_as_two_of_two(
    app: Flask, cast: Cast, bea: Browser, count_queries, page: str
) -> None:
    def asked(count: int) -> Questions:
        version = make_questionnaire(app, long_questionnaire(count), f"Of {count}")
        item = make_item(app, cast.project, kind="questionnaire", questionnaire_version_id=version.id)
        keys = [question.key for question in long_questionnaire(count).questions]
        person = cast.bea.id
        rows = [Answer(client_id=item.client_id, item_id=item.id, question_key=k, value="x", rev=1, by_id=person, at=now()) for k in keys]
        act(app, lambda: db.session.add_all(rows))
        bea.get(url(item, page))
        with count_queries() as questions:
            bea.get(url(item, page))
        return questions

    few, many = asked(2), asked(20)
    assert len(few) == len(many), f"{few}\n\n{many}"
