"""A draft goes out only when every question can be read, answered and reached."""

from dataclasses import replace

import pytest
from hypothesis import given

from portal.models.definition.publishing import problems
from portal.models.definition.shape import Condition, Definition, Is, Limits, Match, Option, Question, Rule, Section, Type

from .bakery import BAKERY, COLUMNS, definitions, options, when

NEEDS: dict[Type, dict[str, object]] = {
    Type.MONEY: {"currency": "EUR"},
    Type.AGREE: {"text": {"en": "I agree."}},
    Type.NOTE: {"text": {"en": "Good to know."}},
    Type.TABLE: {"columns": COLUMNS},
}


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
        (Type.MONEY, Is.GREATER, "1000", True),
        (Type.TIME, Is.LESS, "12:00", True),
        (Type.TIME, Is.LESS, "noon", False),
        (Type.DATE_RANGE, Is.GREATER, "2026-01-01", True),
        (Type.DATE_RANGE, Is.EQUALS, "2026-01-01", False),
        (Type.RATING, Is.LESS, "3", True),
        (Type.RANKING, Is.EQUALS, "red", True),
        (Type.URLS, Is.CONTAINS, "shop", True),
        (Type.SECRET, Is.ANSWERED, "", True),
        (Type.SECRET, Is.EQUALS, "swordfish", False),
        (Type.AGREE, Is.EMPTY, "", True),
        (Type.NOTE, Is.ANSWERED, "", False),
    ],
)
def test_a_rule_waits_only_for_answers_that_can_come(type: Type, is_: Is, value: str, fine: bool) -> None:
    asked = asks("a", type, options=options(red="Red", green="Green") if type.has_options else (), **NEEDS.get(type, {}))
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
        (Type.SHORT_TEXT, Limits(max="9" * 5000), False),
    ],
)
def test_limits_can_be_met(type: Type, limits: Limits, fine: bool) -> None:
    assert (said(one_section(asks("a", type, limits=limits))) == []) is fine


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (asks("a", Type.RANKING, options=options(red="Red")), "“a?” has only one answer: there is nothing to put in order."),
        (asks("a", Type.TABLE), "“a?” has no columns yet. Add at least one."),
        (asks("a", Type.TABLE, columns=(asks("b", Type.SECRET),)), "“a?”: the column “b?” cannot take this kind of answer."),
        (asks("a", Type.TABLE, columns=(asks("b"), asks("b"))), "“a?” has two columns with the key “b”."),
        (asks("a", Type.TABLE, columns=(asks("b", show=when("c", Is.ANSWERED)),)), "“a?”: the column “b?” cannot have rules of its own."),
        (asks("a", Type.TABLE, columns=(asks("b", Type.MONEY),)), "“b?” has no currency we know. Write one, like EUR."),
        (asks("a", columns=(asks("b"),)), "“a?” has columns, but only a table takes them."),
        (asks("a", Type.MONEY, currency="Gold"), "“a?” has no currency we know. Write one, like EUR."),
        (asks("a", Type.PHONE, country="XX"), "“a?” names no country we know. Write two letters, like DE."),
        (asks("a", Type.RATING, most=11), "“a?”: the highest rating must be from 2 to 10."),
        (asks("a", Type.SECRET, keep_days=4000), "“a?”: a secret is kept for ten years at most."),
        (asks("a", Type.NOTE, text={"en": "Hello"}, required=True), "“a?” takes no answer, so none can be required."),
        (asks("a", Type.NOTE), "“a?” does not say anything in en yet."),
        (asks("a", Type.AGREE), "“a?” does not say anything in en yet."),
        (asks("a", Type.DATE, other=True), "“a?” offers an answer of one’s own, but its type takes none."),
    ],
)
def test_what_a_type_needs_and_cannot_have(question: Question, sentence: str) -> None:
    assert said(one_section(question)) == [sentence]


def test_a_rule_may_wait_for_an_answer_of_ones_own() -> None:
    asked = asks("a", Type.ONE_CHOICE, options=options(red="Red"), other=True)
    assert said(one_section(asked, asks("b", show=when("a", Is.EQUALS, "other=")))) == []
    assert len(said(one_section(replace(asked, other=False), asks("b", show=when("a", Is.EQUALS, "other="))))) == 1


@given(definitions())
def test_any_draft_can_be_judged(definition: Definition) -> None:
    assert all(str(problem) for problem in problems(definition, languages=("en", "de")))
