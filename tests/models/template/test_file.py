"""Template files: what is written is read again word for word, and what is wrong is told by line, field and what to do."""

import json
from dataclasses import fields, replace
from pathlib import Path
from random import Random

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.models.definition.shape import Definition, Limits, Option, Question, Section
from portal.models.template.canonical import from_data
from portal.models.template.file import outline
from portal.models.template.file.checking import Check
from portal.models.template.file.faults import MOST_FAULTS, BadFile
from portal.models.template.file.marked import load
from portal.models.template.file.parts import Either, Group, Listed, Named, OneOf, Text, Whole, Words, YesNo
from portal.models.template.file.schema import schema, schema_text
from portal.models.template.file.writing import write
from portal.models.template.file.yaml_file import read
from portal.models.template.publishing import problems
from portal.models.template.shape import Piece, Role, Stage, Template, When
from portal.storage.checks import FAMILY_LABELS
from tests.support.templates import WEBSITE

PUBLISHED = Path("static/template-schema.json")
SIGNS = "abc äßñ中ع\u2028\x85\x07\t\n\r-:#'\"|>{}[],&*!%@`~?0129.+_\\é\U0001f600\ufeff"
TRAPS = (
    "yes",
    "no",
    "true",
    "null",
    "~",
    "12",
    "-0",
    "007",
    "2026-09-24",
    "14:30",
    "- a",
    "a: b",
    "# x",
    "a\nb\n",
    "a\n\n",
    "\n",
    " a ",
    "'",
    "|",
)


def said(chance):
    """Text that a careless writer would spoil."""
    return chance.choice(TRAPS) if chance.random() < 0.4 else "".join(chance.choices(SIGNS, k=chance.randint(1, 12)))


def data_of(part, languages, chance):
    """Whatever could stand in one part of a template."""
    match part:
        case Words():
            return {language: said(chance) for language in languages if chance.random() < 0.8}
        case Text(pattern=pattern):
            return part.like if pattern else said(chance)
        case Whole():
            return chance.randint(part.least, part.most)
        case YesNo():
            return chance.random() < 0.5
        case OneOf():
            return str(chance.choice(part.known))
        case Listed():
            return [data_of(part.each, languages, chance) for _ in range(chance.randint(0, 2))]
        case Named():
            return {f"brief_{n}": data_of(part.each, languages, chance) for n in range(chance.randint(0, 2))}
        case Either():
            return chance.random() < 0.5 or data_of(part.group, languages, chance)
        case Group() if part.parts.keys() == {"any", "all"}:
            return {chance.choice(["any", "all"]): data_of(part.parts["any"], languages, chance)}
        case Group():
            names = [name for name in part.parts if name in part.must or chance.random() < 0.5]
            return {name: data_of(part.parts[name], languages, chance) for name in names} | dict(part.always)


def template_from(chance):
    """A template nobody would write, but somebody could."""
    languages = chance.sample(outline.LANGUAGES, chance.randint(1, 6))
    data = data_of(outline.TEMPLATE, languages, chance)
    return from_data(data | {"languages": languages})


@settings(max_examples=60)
@given(st.randoms(use_true_random=True))
def test_what_is_written_is_read_again_word_for_word(chance):
    template = template_from(chance)
    text = write(template)
    assert read(text).template == template
    assert write(read(text).template) == text


def test_a_text_that_ends_with_empty_lines_does_not_end_the_file():
    template = replace(WEBSITE, name={"en": "Website\n\n", "de": "\n"}, reminders="a\n\n\n")
    assert "\n..." not in write(template)
    assert read(write(template)).template == template


def test_what_is_written_fits_the_published_schema():
    checker = jsonschema.Draft202012Validator(schema())
    for seed in range(20):
        checker.validate(yaml.load(write(template_from(Random(seed))), Loader=yaml.CSafeLoader))


def test_the_published_schema_is_the_one_files_are_read_by():
    jsonschema.Draft202012Validator.check_schema(schema())
    assert PUBLISHED.read_text("utf-8") == schema_text(), "run: flask --app wsgi templates schema > static/template-schema.json"


def test_the_schema_knows_what_the_store_knows():
    assert set(outline.FILE_TYPES) == {family.value for family in FAMILY_LABELS}


def test_a_file_reads_like_a_list_of_what_will_happen():
    text = write(WEBSITE)
    assert "    due: {days: 3, after: 'item:photos'}\n" in text
    assert "    starts: 0\n" in text
    assert "required: true\n    questionnaire" not in text  # what is usual goes without saying


def test_texts_of_a_file_in_one_language_are_plain():
    text = "name: New website\nlanguages: [de]\nitems:\n  - key: logo\n    kind: files\n    title: Ihr Logo\n"
    template = read(text).template
    assert (template.name, template.items[0].title) == ({"de": "New website"}, {"de": "Ihr Logo"})
    assert "title: Ihr Logo" in write(template)


def test_yes_no_days_and_times_stay_text():
    text = "name: {en: yes}\nsummary: 2026-09-24\nreminders: 14:30\n"
    assert json.loads(json.dumps(read(text).template.name)) == {"en": "yes"}
    assert (read(text).template.summary, read(text).template.reminders) == ({"en": "2026-09-24"}, "14:30")


def test_everything_wrong_is_told_at_once_with_line_field_and_what_to_do():
    text = (
        write(WEBSITE).replace("kind: files", "kind: file", 1).replace("title:", "tittle:", 1).replace("due: 5", "due: five") + "\nfoo: 1\n"
    )
    told = wrong(text)
    assert [fault.field for fault in told] == ["items.brand.tittle", "items.logo.kind", "items.photos.due", "foo"]
    lines = text.splitlines()
    assert [lines[fault.line - 1].strip() for fault in told] == ["tittle:", "kind: file", "due: five", "foo: 1"]
    assert "Did you mean “title”?" in str(told[0])
    assert "Did you mean “files”?" in str(told[1])


def test_what_keeps_a_template_from_going_out_is_told_at_its_line_too():
    text = (
        write(WEBSITE).replace("      de: Ihr Logo\n", "").replace("'item:photos'", "'item:fotos'").replace("value: 'yes'", "value: maybe")
    )
    file = read(text)
    told = file.placed(problems(file.template, ("en", "de")))
    lines = text.splitlines()
    assert [(fault.field, lines[fault.line - 1].strip()) for fault in told if fault.field == "items.logo.title"] == [
        ("items.logo.title", "title:")
    ]
    assert {fault.field for fault in told} == {"items.logo", "items.logo.title", "items.home", "milestones.design"} - {"milestones.design"}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: &x 1\nb: *x\n", 1, "repeat a part by a name"),
        ("name: A\nsummary: *x\n", 2, "cannot be read as YAML|repeat a part"),
        ("name: A\nitems: !!python/object:os.system [x]\n", 2, "is a tag"),
        ("name: A\nname: B\n", 2, "stands here twice"),
        ("name: A\nitems: [\n", 3, "cannot be read as YAML"),
        ("name: A\n---\nname: B\n", 2, "second document"),
        ("", 1, "nothing in here"),
        ("- a\n- b\n", 1, "group of named parts"),
        ("name: A\n? [b]\n: c\n", 2, "A name belongs here"),
        ("name: A\x07\n", 1, "a character that no text has"),
        ("name: A\nitems: " + "[" * 60 + "]" * 60, 2, "more here than a template can hold"),
        ("name: " + "A" * 1_000_001, 1, "larger than"),
        ("name: A\nlanguages: [en, fr]\n", 2, "not known here. Write one of en, de"),
        ("name: {en: A, fr: B}\n", 1, "no language we know"),
        ("format: 2\nname: A\n", 1, "whole number from 1 to 1"),
        ("name: A\nitems:\n  - key: Your Logo\n    kind: files\n    title: x\n", 3, "Write it like “opening_hours”"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_what_to_do(text, line, says):
    told = wrong(text)
    assert told[0].line == line
    assert any(part in str(told[0]) for part in says.split("|"))


def wrong(text):
    with pytest.raises(BadFile) as bad:
        read(text)
    return bad.value.faults


@pytest.mark.parametrize(
    ("group", "shape", "elsewhere"),
    [
        (outline.TEMPLATE, Template, set()),
        (outline.STAGE, Stage, set()),
        (outline.ITEM, Piece, set()),
        (outline.ROLE, Role, set()),
        (outline.WHEN, When, set()),
        (outline.QUESTIONNAIRE, Definition, {"format"}),
        (outline.SECTION, Section, set()),
        (outline.QUESTION, Question, {"picture", "alt"}),
        (outline.OPTION, Option, set()),
        (outline.LIMITS, Limits, set()),
        (outline.COLUMN, Question, {"show", "columns", "picture", "alt"}),
    ],
)
def test_the_file_knows_every_part_a_template_has(group, shape, elsewhere):
    assert set(group.parts) == {part.name for part in fields(shape)} - elsewhere


def test_no_time_is_spent_on_guessing_what_more_than_is_told_was_meant():
    check = Check(load("".join(f"name{n}: x\n" for n in range(MOST_FAULTS * 3))), language="en")
    check.read(outline.TEMPLATE, check.marked.data)
    guessed = [fault for fault in check.faults if "near" in fault.values]
    assert guessed and len(guessed) <= MOST_FAULTS < len(check.faults)
