"""Staff write questions of every kind, with conditions for showing and for requiring."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.models.definition.shape import Condition, Is, Match, Rule, Type
from tests.features.questionnaires.test_staff import Desk
from tests.support.browser import Browser

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def desk(app: Flask, ada: Browser) -> Desk:
    return Desk(app, ada)


def test_a_question_of_every_kind_can_be_asked_and_looked_at(desk: Desk) -> None:
    for type_ in Type:
        key = desk.ask(f"A question: {type_}", type_.value)
        assert desk.browser.get(f"{desk.url}/questions/{key}").value("type") == type_.value
    page = desk.browser.get(f"{desk.url}/preview/1")
    assert all(f"A question: {type_}" in page.text for type_ in Type)


@pytest.mark.parametrize(
    ("kind", "said", "part", "value"),
    [
        ("number", {"unit": "m²"}, "unit", {"en": "m²"}),
        ("money", {"currency": "eur"}, "currency", "EUR"),
        ("phone", {"country": "de"}, "country", "DE"),
        ("one_choice", {"other": "y"}, "other", True),
        ("rating", {"highest": "10"}, "most", 10),
        ("secret", {"keep_days": "7"}, "keep_days", 7),
        ("agree", {"text": "I agree to it."}, "text", {"en": "I agree to it."}),
        ("note", {"text": "Good to know."}, "text", {"en": "Good to know."}),
        ("email", {"prefill_key": "mail"}, "prefill_key", "mail"),
    ],
)
def test_what_only_some_kinds_have_is_kept(desk: Desk, kind: str, said: dict[str, str], part: str, value: object) -> None:
    key = desk.ask("What?", kind)
    desk.write(key, **said)
    question = desk.draft.question(key)
    assert question and getattr(question, part) == value
    name, text = next(iter(said.items()))
    held = desk.browser.get(f"{desk.url}/questions/{key}").value(name)
    assert held.casefold() == text.casefold()


def test_columns_are_written_row_by_row_and_keep_their_keys(desk: Desk) -> None:
    key = desk.ask("What do you bake?", "table")
    rows = {
        "columns-0-label": "Bread", "columns-0-type": "short_text", "columns-0-required": "y",
        "columns-1-label": "Price", "columns-1-type": "money", "columns-1-more": "eur",
        "columns-2-label": "Size", "columns-2-type": "one_choice", "columns-2-more": "Small, Large",
        "columns-3-label": "", "columns-3-type": "short_text",
    }  # fmt: skip
    desk.write(key, **rows)
    table = desk.draft.question(key)
    assert table and [(column.type, column.label["en"], column.required) for column in table.columns] == [
        (Type.SHORT_TEXT, "Bread", True),
        (Type.MONEY, "Price", False),
        (Type.ONE_CHOICE, "Size", False),
    ]
    page = desk.browser.get(f"{desk.url}/questions/{key}")
    keys = {name: page.value(name) for name in ("columns-0-key", "columns-1-key", "columns-2-key")}
    assert page.value("columns-2-more") == "Small, Large" and page.value("columns-1-more") == "EUR"
    desk.write(key, **(rows | keys | {"columns-0-label": "", "columns-2-label": "How large", "columns-2-more": "Small, Huge"}))
    again = desk.draft.question(key)
    assert again and [column.key for column in again.columns] == [keys["columns-1-key"], keys["columns-2-key"]]
    assert again.columns[1].options[0] == table.columns[2].options[0], "what stayed keeps its key"


def test_several_conditions_for_showing_and_for_requiring(desk: Desk) -> None:
    often = desk.ask("How many orders in a week?", "number")
    who = desk.ask("Who buys?", "one_choice")
    desk.write(who, options="Families\nCafés", other="y")
    [families, _cafes] = [option.key for option in desk.draft.question(who).options]  # type: ignore[union-attr]
    since = desk.ask("Since when are you open?", "date")
    why = desk.ask("Why?", "long_text")
    said = {"follows": "as it is", "required": "y", "show_match": "any", "needs_match": "all"}
    show = {"show-0-question": often, "show-0-how": "greater", "show-0-value": "1,000.5",
            "show-1-question": who, "show-1-how": "equals", "show-1-value": "something else",
            "show-2-question": "", "show-2-how": "equals", "show-2-value": "nothing"}  # fmt: skip
    needs = {"needs-0-question": since, "needs-0-how": "less", "needs-0-value": "24.9.2026",
             "needs-1-question": who, "needs-1-how": "equals", "needs-1-value": "families"}  # fmt: skip
    desk.write(why, **(said | show | needs))
    question = desk.draft.question(why)
    greater, other = (
        Condition(question=often, is_=Is.GREATER, value="1000.5"),
        Condition(question=who, is_=Is.EQUALS, value="other="),
    )
    assert question and question.show == Rule(match=Match.ANY, conditions=(greater, other))
    before = Condition(question=since, is_=Is.LESS, value="2026-09-24")
    assert question.required == Rule(match=Match.ALL, conditions=(before, Condition(question=who, is_=Is.EQUALS, value=families)))
    page = desk.browser.get(f"{desk.url}/questions/{why}")
    assert (page.value("show-1-value"), page.value("needs-1-value"), page.value("follows")) == ("Something else", "Families", "as it is")
    desk.publish()


def test_conditions_that_were_written_are_meant_and_choosing_always_takes_them_away(desk: Desk) -> None:
    often, why = desk.ask("How many orders in a week?", "number"), desk.ask("Why?")
    show = {"show-0-question": often, "show-0-how": "greater", "show-0-value": "3", "show-1-question": often, "show-1-how": "less"}
    desk.write(why, follows="", **(show | {"show-1-value": "9"}))
    assert len(desk.draft.question(why).show.conditions) == 2  # type: ignore[union-attr]
    desk.write(why, follows="", **(show | {"show-1-value": "9"}))
    assert desk.draft.question(why).show is None  # type: ignore[union-attr]


def test_a_condition_nobody_can_meet_is_kept_and_named_when_publishing(desk: Desk) -> None:
    often = desk.ask("How many orders in a week?", "number")
    why = desk.ask("Why?")
    said = {"follows": "as it is", "show-0-question": often, "show-0-how": "contains", "show-0-value": "bread"}
    desk.write(why, **said)
    desk.publish(422)
    assert "waits for an answer that “How many orders in a week?” cannot have: “bread”" in desk.browser.page.text  # type: ignore[union-attr]


def test_days_are_a_whole_number(desk: Desk) -> None:
    key = desk.ask("Your password", "secret")
    desk.browser.refused(f"{desk.url}/questions/{key}", desk.fields(key, keep_days="soon"), says="Write a whole number, like 30.")


def test_another_kind_lets_go_of_what_it_cannot_have(desk: Desk) -> None:
    key = desk.ask("What?", "number")
    desk.write(key, unit="m²")
    desk.write(key, type="date")
    question = desk.draft.question(key)
    assert question and question.unit == {} and question.type is Type.DATE
