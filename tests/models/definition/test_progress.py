"""Where somebody stands, and that nothing hidden is ever handed over."""

import json

from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.evidence import canonical
from portal.models.definition.canonical import sha256
from portal.models.definition.progress import Progress, first_gap, frozen, is_whole, missing, progress
from portal.models.definition.rules import required, visible
from portal.models.definition.shape import Value

from .bakery import BAKERY, answers_to, definitions

DONE: dict[str, Value | None] = {"who": ["families"], "often": "Parking", "ahead": "yes", "how": ["phone", "gone"], "orders": "40"}


def test_progress_counts_what_is_shown() -> None:
    assert progress(BAKERY, {}) == Progress(answered=0, total=4)
    assert progress(BAKERY, {"ahead": "yes", "often": ""}) == Progress(answered=1, total=5)


def test_missing_names_section_and_question() -> None:
    assert missing(BAKERY, {"ahead": "yes"}) == [(1, "often"), (1, "how")]
    assert missing(BAKERY, DONE) == []


def test_people_resume_at_the_first_gap() -> None:
    assert first_gap(BAKERY, {}) == 1
    assert first_gap(BAKERY, DONE) == 2
    assert first_gap(BAKERY, {**DONE, "opening": "2026-10-01"}) is None
    assert first_gap(BAKERY, {"opening": "2026-10-01"}) == 1


def test_what_is_handed_over_reads_without_the_definition() -> None:
    sent = frozen(BAKERY, {**DONE, "old": "https://example.com"}, language="de")
    assert (sent["format"], sent["definition"], sent["language"]) == (1, sha256(BAKERY), "de")
    first = json.loads(canonical(sent))["sections"][0]
    assert first["title"] == "Über Ihre Kunden"
    assert first["answers"][3] == {
        "key": "how",
        "type": "several_choices",
        "label": "How do they order?",
        "value": ["phone", "gone"],
        "chosen": ["By phone", "gone"],
    }


def test_an_unanswered_question_is_there_without_a_value() -> None:
    assert '{"key":"opening","label":"When do you open?","type":"date"}' in canonical(frozen(BAKERY, DONE, language="en"))


@given(st.data())
def test_nothing_hidden_is_handed_over_and_all_of_it_is_evidence(data: st.DataObject) -> None:
    definition = data.draw(definitions())
    answers = {key: f"secret {key}" for key in data.draw(answers_to(definition))}
    sent = json.loads(canonical(frozen(definition, answers, language="en")))
    told = [answer for section in sent["sections"] for answer in section["answers"]]
    asked = [key for key in visible(definition, answers) if key in {question.key for question in definition.asked}]
    assert [answer["key"] for answer in told] == asked
    assert {answer["value"] for answer in told if "value" in answer} == {answers[key] for key in asked if key in answers}


@given(st.data())
def test_progress_and_gaps_agree(data: st.DataObject) -> None:
    definition = data.draw(definitions())
    answers = data.draw(answers_to(definition))
    lacking = missing(definition, answers)
    needed = [question for question in definition.asked if question.key in required(definition, answers)]
    assert {key for _, key in lacking} == {question.key for question in needed if not is_whole(question, answers.get(question.key))}
    gap = first_gap(definition, answers)
    if lacking:
        assert gap is not None
        assert gap <= lacking[0][0]
    if not lacking and progress(definition, answers).answered == progress(definition, answers).total:
        assert gap is None
