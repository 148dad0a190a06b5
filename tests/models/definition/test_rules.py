"""Follow-ups open when an earlier answer says so, and a chain closes as a whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.definition.rules import holds, outline, required, visible
from portal.models.definition.shape import Condition, Definition, Is, Match, Question, Rule, Section, Type, Value

from .bakery import BAKERY, answers_to, definitions, when


def test_follow_ups_wait_for_their_answer() -> None:
    assert visible(BAKERY, {}) == ("who", "often", "ahead", "opening")
    assert visible(BAKERY, {"ahead": "yes"}) == ("who", "often", "ahead", "how", "opening")
    assert visible(BAKERY, {"ahead": "no"}) == ("who", "often", "ahead", "opening")


def test_a_hidden_answer_counts_as_empty_so_the_chain_closes() -> None:
    answers: dict[str, Value | None] = {"ahead": "yes", "how": ["phone"], "orders": "40"}
    assert visible(BAKERY, answers)[-1] == "old"
    assert visible(BAKERY, {**answers, "ahead": "no"}) == ("who", "often", "ahead", "opening")


def test_only_shown_questions_can_be_required() -> None:
    assert required(BAKERY, {}) == ("often", "ahead")
    assert required(BAKERY, {"ahead": "yes"}) == ("often", "ahead", "how")


def test_a_question_can_be_required_by_an_answer() -> None:
    why = Question(key="why", type=Type.SHORT_TEXT, label={}, required=when("ok", Is.EQUALS, "no"))
    both = Definition(sections=(Section(key="s", title={}, questions=(Question(key="ok", type=Type.YES_NO, label={}), why)),))
    assert required(both, {"ok": "no"}) == ("why",)
    assert required(both, {"ok": "yes"}) == ()


@pytest.mark.parametrize(
    ("is_", "value", "answer", "met"),
    [
        (Is.EQUALS, "yes", "yes", True),
        (Is.EQUALS, "40", "40.0", True),
        (Is.EQUALS, "o1", ["o1"], True),
        (Is.EQUALS, "o1", ["o1", "o2"], False),
        (Is.CONTAINS, "o1", ["o2", "o1"], True),
        (Is.CONTAINS, "bread", "Sourdough BREAD", True),
        (Is.EMPTY, "", None, True),
        (Is.EMPTY, "", [], True),
        (Is.EMPTY, "", "no", False),
        (Is.ANSWERED, "", "no", True),
        (Is.GREATER, "9", "10", True),
        (Is.GREATER, "10", "10", False),
        (Is.LESS, "9.5", "9.49", True),
        (Is.LESS, "2026-10-01", "2026-09-24", True),
        (Is.GREATER, "9", "a lot", False),
        (Is.LESS, "9", None, False),
    ],
)
def test_each_way_of_looking(is_: Is, value: str, answer: Value | None, met: bool) -> None:
    assert holds(when("q", is_, value), {"q": answer}) is met


def test_any_and_all() -> None:
    conditions = tuple(Condition(question=key, is_=Is.ANSWERED) for key in ("a", "b"))
    assert holds(Rule(match=Match.ANY, conditions=conditions), {"a": "x"})
    assert not holds(Rule(match=Match.ALL, conditions=conditions), {"a": "x"})


def test_the_outline_for_the_browser_has_no_words() -> None:
    assert "label" not in str(outline(BAKERY))


@given(st.data())
def test_required_is_always_shown_and_both_keep_the_order(data: st.DataObject) -> None:
    definition = data.draw(definitions())
    answers = data.draw(answers_to(definition))
    shown = visible(definition, answers)
    assert set(required(definition, answers)) <= set(shown)
    assert list(shown) == [question.key for question in definition.questions if question.key in shown]


@given(st.data())
def test_what_a_hidden_question_says_changes_nothing(data: st.DataObject) -> None:
    definition = data.draw(definitions())
    answers = data.draw(answers_to(definition))
    shown = visible(definition, answers)
    assert visible(definition, {key: value for key, value in answers.items() if key in shown}) == shown
