"""Who is where, and how long it takes: others are named by section for less than a minute, minutes count what is still open."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from portal.models.definition.minutes import minutes_left
from portal.models.definition.narrowing import narrowed
from portal.models.definition.rules import required, visible
from portal.models.definition.shape import Definition, Question, Section, Type
from portal.models.item_states import ItemState
from portal.models.items import Item
from tests.models.definition.bakery import BAKERY
from tests.support.browser import Browser
from tests.support.cast import Cast, answer, make_item, make_questionnaire

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def quiz(app: Flask, cast: Cast) -> Item:
    """The bakery's questionnaire on Birch's list."""
    version = make_questionnaire(app, BAKERY)
    return make_item(app, cast.project, "About your bakery", kind="questionnaire", questionnaire_version_id=version.id)


def here(browser: Browser, item: Item, n: int) -> dict[str, object]:
    return dict(json.loads(browser.get(f"/items/{item.id}/sections/{n}/here").data))


def test_others_in_a_section_are_named_and_nobody_is_named_to_themselves(bea: Browser, ben: Browser, quiz: Item) -> None:
    assert here(bea, quiz, 1) == {"line": "", "sections": {}}
    assert "Bea Birch is in this section too." in ben.get(f"/items/{quiz.id}/sections/1").text
    assert here(bea, quiz, 1) == {"line": "Ben Moss is in this section too.", "sections": {"customers": "Ben Moss"}}


def test_whoever_goes_on_is_named_where_they_are_now_and_soon_nowhere(bea: Browser, ben: Browser, quiz: Item, clock) -> None:
    here(ben, quiz, 1)
    clock.advance(seconds=15)
    here(ben, quiz, 2)
    assert here(bea, quiz, 1) == {"line": "", "sections": {"look": "Ben Moss"}}
    clock.advance(seconds=50)
    assert here(bea, quiz, 1) == {"line": "", "sections": {}}


def test_nobody_else_learns_who_is_here(app: Flask, cast: Cast, bea: Browser, cal: Browser, ada: Browser, quiz: Item) -> None:
    here(bea, quiz, 1)
    cal.get(f"/items/{quiz.id}/sections/1/here", 404)
    bea.get(f"/items/{quiz.id}/sections/3/here", 404)
    sent = make_item(app, cast.project, kind="questionnaire", state=ItemState.SENT)
    bea.get(f"/items/{sent.id}/sections/1/here", 404)
    ada.post(f"/staff/clients/{cast.birch.id}/see-as/{cast.ben.id}")
    here(ada, quiz, 1)
    assert here(bea, quiz, 1)["line"] == "", "staff who look through somebody's eyes leave no mark"


def test_minutes_count_what_is_shown_and_open(app: Flask, bea: Browser, quiz: Item) -> None:
    assert minutes_left(BAKERY, {}) == 3 and minutes_left(BAKERY, {"often": "Rye?"}) == 1
    assert minutes_left(BAKERY, {"often": "Rye?", "ahead": "no", "who": ["cafes"]}, BAKERY.sections[0]) == 0
    answer(app, quiz, "often", "Rye?")
    assert "about 1 minute left" in bea.get(f"/items/{quiz.id}/sections/1").text


def test_a_part_follows_its_own_rules_and_takes_the_rest_as_it_stands() -> None:
    answers = {"ahead": "yes", "how": ["phone"], "orders": "45"}
    inside = narrowed(BAKERY, {}, {"ahead", "how", "orders"})
    assert [question.key for question in inside.questions] == ["ahead", "how", "orders"] and inside.question("how") == BAKERY.question(
        "how"
    )
    outside = narrowed(BAKERY, answers, {"how", "old"})
    assert visible(outside, {}) == ("how", "old") and "how" in required(outside, {})
    assert [question.key for question in narrowed(BAKERY, {}, {"how", "old", "opening"}).questions] == ["opening"]


def test_nothing_of_a_part_names_a_question_outside_of_it() -> None:
    wide = Definition(sections=(*BAKERY.sections, Section(key="more", title={}, questions=(Question(key="x", type=Type.NOTE, label={}),))))
    for key in (question.key for question in wide.questions):
        part = narrowed(wide, {"ahead": "yes", "orders": "45"}, {key})
        assert {name for question in part.questions for rule in question.rules for name in rule.questions} <= {key}
