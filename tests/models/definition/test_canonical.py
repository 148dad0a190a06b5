"""One questionnaire has one spelling and one fingerprint, and a bad text says where it is bad."""

import json

import pytest
from hypothesis import given

from portal.models.definition.canonical import BadDefinition, dump, from_data, parse, sha256, to_data
from portal.models.definition.shape import Definition, Question, Section, Type

from .bakery import BAKERY, definitions


@given(definitions())
def test_what_is_written_is_read_again(definition: Definition) -> None:
    again = parse(dump(definition))
    assert again == definition
    assert dump(again) == dump(definition)
    assert from_data(to_data(definition)) == definition
    assert sha256(again) == sha256(definition)


def test_the_fingerprint_of_today_is_the_fingerprint_of_tomorrow() -> None:
    assert sha256(BAKERY) == "5d2eb36b7751605f94f89e08ee72244972b68b0fc3deb9a48dee1a4c75dc69ef"


def test_the_spelling_of_the_source_does_not_matter() -> None:
    loose = json.dumps(to_data(BAKERY), indent=4)
    assert sha256(parse(loose)) == sha256(BAKERY)


def test_whole_numbers_may_stand_without_quotes() -> None:
    text = '{"format":1,"sections":[{"key":"s","questions":[{"key":"n","type":"number","limits":{"min":1}}]}]}'
    assert parse(text).questions[0].limits.min == "1"


def test_parts_at_their_default_are_left_out() -> None:
    plain = Definition(sections=(Section(key="s", title={}, questions=(Question(key="q", type=Type.DATE, label={}),)),))
    assert dump(plain) == '{"format":1,"sections":[{"key":"s","questions":[{"key":"q","type":"date"}]}]}'


def test_everything_that_is_wrong_is_said_at_once_and_where() -> None:
    text = json.dumps(
        {
            "format": 1,
            "colour": "red",
            "sections": [
                {
                    "key": "s",
                    "title": {"en": "Your bakery"},
                    "questions": [
                        {"key": "Bad Key", "type": "short_text", "label": {"en": "Name?"}},
                        {"key": "q2", "type": "smell", "label": "What?"},
                        {"key": "q3", "type": "date", "show": {"any": [{"question": "q2", "is": "near"}]}, "limits": {"min": True}},
                    ],
                }
            ],
        }
    )
    with pytest.raises(BadDefinition) as bad:
        parse(text)
    told = [str(problem) for problem in bad.value.problems]
    assert told == [
        "The questionnaire has a part we do not know: “colour”.",
        "Section “Your bakery”, question “Name?”: a key is made of small letters, digits and _, and begins with a letter, not “Bad Key”.",
        f"Section “Your bakery”, question 2: “smell” is not known here; we know {', '.join(Type)}.",
        "Section “Your bakery”, question 2: “label” must be text by language, like en: Hello.",
        "Section “Your bakery”, question 3: “near” is not known here; we know equals, contains, empty, answered, greater, less.",
        "Section “Your bakery”, question 3: “min” must be text or a whole number.",
    ]
    assert [problem.question for problem in bad.value.problems] == ["", "", "q2", "q2", "q3", "q3"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"format":2,"sections":[]}',
        '{"format":1,"sections":{}}',
        '{"format":1,"sections":[1]}',
        '{"format":1.0,"sections":[]}',
        '{"format":NaN}',
        '{"format":1,"sections":[{"key":"s","title":{"en":"\\ud800"}}]}',
        '{"format":1,"sections":[{"key":"s","questions":[{"key":"q","type":["date"],"show":7,"options":[null]}]}]}',
        "[" * 100_000,
    ],
)
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(BadDefinition):
        parse(text)
