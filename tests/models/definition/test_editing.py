"""Staff change a draft; what stays keeps its key, and a key never comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.definition import editing, wording
from portal.models.definition.canonical import dump, parse
from portal.models.definition.plain import KEY
from portal.models.definition.publishing import problems
from portal.models.definition.rules import visible
from portal.models.definition.shape import Definition, Limits, Type

from .bakery import BAKERY, definitions


def keys(definition: Definition) -> list[list[str]]:
    return [[question.key for question in section.questions] for section in definition.sections]


def test_a_questionnaire_from_nothing_can_be_published() -> None:
    draft = editing.add_section(Definition(), title="Basics", language="en", key="s")
    draft = editing.add_question(draft, "s", type=Type.ONE_CHOICE, label="Colour?", language="en", key="colour")
    draft = editing.set_options(draft, "colour", lines="Red\n\n Blue \nRed", language="en")
    draft = editing.add_question(draft, "s", type=Type.SHORT_TEXT, label="Which red?", language="en", key="red")
    option = draft.questions[0].options[0]
    draft = editing.follow_up(draft, "red", on="colour", value=option.key)
    assert problems(draft) == []
    assert visible(draft, {"colour": option.key}) == ("colour", "red")
    assert visible(draft, {}) == ("colour",)
    assert visible(editing.follow_up(draft, "red", on=None), {}) == ("colour", "red")


def test_unchanged_options_keep_key_and_languages() -> None:
    draft = wording.say(BAKERY, {"who.options.cafes": "Cafés und Restaurants"}, language="de")
    draft = editing.set_options(draft, "who", lines="Cafés and restaurants\nTourists\nFamilies nearby", language="en")
    cafes, tourists, families = draft.questions[0].options
    assert (cafes.key, families.key) == ("cafes", "families")
    assert cafes.label["de"] == "Cafés und Restaurants"
    assert KEY.fullmatch(tourists.key)


def test_texts_change_one_language_at_a_time() -> None:
    draft = editing.edit_question(BAKERY, "often", label="Was fragen die Leute?", help="Zwei Sätze genügen.", required=False, language="de")
    question = draft.question("often")
    assert question
    assert question.label == {"en": "What do people ask you most often?", "de": "Was fragen die Leute?"}
    assert question.help == {"de": "Zwei Sätze genügen."}
    assert question.required is False
    draft = editing.rename_section(draft, "look", title="", intro="Short.", language="en")
    assert (draft.sections[1].title, draft.sections[1].intro) == ({}, {"en": "Short."})


def test_another_type_lets_go_of_what_it_cannot_use() -> None:
    draft = editing.edit_question(BAKERY, "who", type=Type.LONG_TEXT, language="en")
    assert draft.questions[0].options == ()
    draft = editing.edit_question(BAKERY, "orders", type=Type.SHORT_TEXT, language="en")
    assert draft.questions[4].limits == Limits()


def test_questions_step_over_the_edge_of_a_section() -> None:
    assert keys(editing.move_question(BAKERY, "orders", by=1)) == [["who", "often", "ahead", "how"], ["orders", "opening", "old"]]
    assert keys(editing.move_question(BAKERY, "opening", by=-2)) == [["who", "often", "ahead", "how", "opening", "orders"], ["old"]]
    assert editing.move_question(BAKERY, "who", by=-1) == BAKERY
    assert editing.move_question(BAKERY, "old", by=3) == BAKERY


def test_sections_move_as_far_as_there_is_room() -> None:
    assert [section.key for section in editing.move_section(BAKERY, "look", by=-9).sections] == ["look", "customers"]
    assert editing.move_section(BAKERY, "look", by=1) == BAKERY


def test_removing_says_what_it_broke_before_publishing() -> None:
    draft = editing.remove_question(BAKERY, "ahead")
    assert [problem.question for problem in problems(draft)] == ["how"]
    assert keys(editing.remove_section(BAKERY, "customers")) == [["opening", "old"]]


def test_what_is_gone_cannot_be_edited() -> None:
    with pytest.raises(editing.Gone):
        editing.edit_question(BAKERY, "nope", language="en")
    with pytest.raises(editing.Gone):
        editing.remove_section(BAKERY, "nope")
    with pytest.raises(editing.Gone):
        editing.move_section(BAKERY, "nope", by=1)
    with pytest.raises(editing.Gone):
        editing.follow_up(BAKERY, "how", on="nope")


@given(st.data())
def test_no_edit_loses_or_changes_a_key(data: st.DataObject) -> None:
    draft = data.draw(definitions())
    key = data.draw(st.sampled_from([question.key for question in draft.questions]))
    by = data.draw(st.integers(-9, 9))
    before = sorted(question.key for question in draft.questions)
    for edited in (
        editing.move_question(draft, key, by=by),
        editing.move_section(draft, "s1", by=by),
        editing.edit_question(draft, key, label="New", type=Type.DATE, language="en"),
        editing.follow_up(draft, key, on="q0", value="yes"),
        editing.set_options(draft, key, lines="A\nB", language="en"),
    ):
        assert sorted(question.key for question in edited.questions) == before
        assert parse(dump(edited)) == edited


@given(definitions())
def test_the_same_option_lines_change_nothing(draft: Definition) -> None:
    draft = editing.set_options(draft, "q0", lines="Red\nBlue\nGreen", language="en")
    lines = editing.option_lines(draft.questions[0], language="en")
    assert editing.set_options(draft, "q0", lines=lines, language="en") == draft
    fewer = editing.set_options(draft, "q0", lines="Green\nPink\nRed", language="en")
    was = {option.key for option in draft.questions[0].options}
    assert [option.key in was for option in fewer.questions[0].options] == [True, False, True]


def test_a_reworded_option_keeps_its_key_where_the_others_stay_in_their_place() -> None:
    draft = editing.set_options(BAKERY, "who", lines="Red\nBlue\nGreen", language="en")
    keys = [option.key for option in draft.question("who").options]
    reworded = editing.set_options(draft, "who", lines="Red\nLight blue\nGreen", language="en").question("who").options
    assert [option.key for option in reworded] == keys and reworded[1].label == {"en": "Light blue"}
    shorter = editing.set_options(draft, "who", lines="Red\nPink", language="en").question("who").options
    assert [option.key in keys for option in shorter] == [True, False]
