"""A draft goes out only when every question can be read, answered and reached."""

from dataclasses import replace

import pytest
from hypothesis import given

from portal.models.definition.publishing import problems
from portal.models.definition.shape import Condition, Definition, Is, Limits, Match, Option, Question, Rule, Section, Type

from .bakery import BAKERY, definitions, options, when


def one_section(*questions: Question) -> Definition:
    return Definition(sections=(Section(key="s", title={"en": "Basics"}, questions=questions),))


def said(definition: Definition, *languages: str) -> list[str]:
    return [str(problem) for problem in problems(definition, languages=languages or ("en",))]


def asks(key: str, type: Type = Type.SHORT_TEXT, **more: object) -> Question:
    return replace(Question(key=key, type=type, label={"en": f"{key}?"}), **more)  # type: ignore[arg-type]


def test_a_good_questionnaire_may_go_out() -> None:
    assert said(BAKERY) == []


def test_a_text_is_missing_in_a_language_in_use() -> None:
    told = said(BAKERY, "en", "de")
    assert "Section 2 “Look and feel” has no title in de." in told
    assert "“Who buys from you most?” has no text in de." in told
    assert "“Who buys from you most?”: the answer “Families nearby” has no text in de." in told
    assert "Orders in a week has no help or short name in de." in told


def test_nothing_to_answer() -> None:
    assert said(Definition()) == ["The questionnaire has no sections yet."]
    assert said(one_section()) == ["Section 1 “Basics” has no questions yet. Add one or remove the section."]
    assert said(one_section(asks("a", Type.ONE_CHOICE))) == ["“a?” has no answers to choose from. Add at least one."]


def test_keys_used_twice() -> None:
    twice = (Option(key="o", label={"en": "A"}), Option(key="o", label={"en": "B"}))
    assert said(one_section(asks("a"), asks("a"))) == ["The key “a” is used twice."]
    assert said(one_section(asks("a", Type.ONE_CHOICE, options=twice))) == ["“a?” has two options with the key “o”."]


def test_rules_look_back_at_questions_that_are_here() -> None:
    assert said(one_section(asks("a", show=when("b", Is.ANSWERED)), asks("b"))) == [
        "“a?” has a rule about “b?”, which does not come before it."
    ]
    assert said(one_section(asks("a", required=when("gone", Is.ANSWERED)))) == [
        "“a?” has a rule about a question that is not here any more."
    ]
    assert said(one_section(asks("a", show=Rule(match=Match.ANY, conditions=())))) == ["“a?” has a rule without conditions."]


def test_questions_that_wait_for_each_other() -> None:
    told = said(one_section(asks("a", show=when("b", Is.ANSWERED)), asks("b", show=when("a", Is.ANSWERED))))
    assert "“a?” waits for its own answer. Change the rule." in told
    assert "“b?” waits for its own answer. Change the rule." in told
    assert "“a?” waits for its own answer. Change the rule." in said(one_section(asks("a", show=when("a", Is.EMPTY))))


@pytest.mark.parametrize(
    ("type", "is_", "value", "fine"),
    [
        (Type.ONE_CHOICE, Is.EQUALS, "red", True),
        (Type.ONE_CHOICE, Is.EQUALS, "blue", False),
        (Type.ONE_CHOICE, Is.CONTAINS, "red", False),
        (Type.SEVERAL_CHOICES, Is.CONTAINS, "red", True),
        (Type.YES_NO, Is.EQUALS, "yes", True),
        (Type.YES_NO, Is.EQUALS, "maybe", False),
        (Type.NUMBER, Is.GREATER, "1.5", True),
        (Type.NUMBER, Is.GREATER, "much", False),
        (Type.NUMBER, Is.EQUALS, "2026-01-01", False),
        (Type.DATE, Is.LESS, "2026-01-01", True),
        (Type.SHORT_TEXT, Is.CONTAINS, "bread", True),
        (Type.SHORT_TEXT, Is.CONTAINS, "", False),
        (Type.SHORT_TEXT, Is.GREATER, "5", False),
        (Type.EMAIL, Is.ANSWERED, "", True),
    ],
)
def test_a_rule_waits_only_for_answers_that_can_come(type: Type, is_: Is, value: str, fine: bool) -> None:
    asked = asks("a", type, options=options(red="Red") if type.has_options else ())
    rule = Rule(match=Match.ALL, conditions=(Condition(question="a", is_=is_, value=value),))
    assert (said(one_section(asked, asks("b", show=rule))) == []) is fine


@pytest.mark.parametrize(
    ("type", "limits", "fine"),
    [
        (Type.NUMBER, Limits(min="-1.5", max="10", places="2"), True),
        (Type.NUMBER, Limits(min="10", max="1"), False),
        (Type.NUMBER, Limits(min="few"), False),
        (Type.NUMBER, Limits(places="two"), False),
        (Type.DATE, Limits(min="2026-01-01"), True),
        (Type.DATE, Limits(min="1"), False),
        (Type.SHORT_TEXT, Limits(max="80"), True),
        (Type.SHORT_TEXT, Limits(max="-1"), False),
    ],
)
def test_limits_can_be_met(type: Type, limits: Limits, fine: bool) -> None:
    assert (said(one_section(asks("a", type, limits=limits))) == []) is fine


@given(definitions())
def test_any_draft_can_be_judged(definition: Definition) -> None:
    assert all(str(problem) for problem in problems(definition, languages=("en", "de")))
