"""The texts of a questionnaire by their places, so that somebody can write them in another language one beside the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from portal.kernel.words import Words
from portal.models.definition.editing import Gone, said
from portal.models.definition.shape import Definition, Question, Section

SECTION, QUESTION = ("title", "intro"), ("label", "short", "help", "text", "unit", "alt")


def texts(definition: Definition) -> dict[str, Words]:
    """Every text that is there in some language, by place ("details.title", "logo.label", "logo.options.yes"), in reading order."""
    found: dict[str, Words] = {}
    for section in definition.sections:
        found |= {f"{section.key}.{name}": getattr(section, name) for name in SECTION}
        for question in section.questions:
            found |= _texts_of(question, question.key)
    return {where: words for where, words in found.items() if any(words.values())}


def say(definition: Definition, said_at: Mapping[str, str], *, language: str) -> Definition:
    """These texts in one language; a blank one takes the language out. Raises Gone for a place that is not there."""
    missing = said_at.keys() - texts(definition).keys()
    if missing:
        raise Gone(min(missing))
    sections = (_section(section, said_at, language) for section in definition.sections)
    return replace(definition, sections=tuple(sections))


def _texts_of(question: Question, at: str) -> dict[str, Words]:
    found = {f"{at}.{name}": getattr(question, name) for name in QUESTION}
    found |= {f"{at}.options.{option.key}": option.label for option in question.options}
    for column in question.columns:
        found |= _texts_of(column, f"{at}.columns.{column.key}")
    return found


def _section(section: Section, said_at: Mapping[str, str], language: str) -> Section:
    worded = {name: _reworded(getattr(section, name), f"{section.key}.{name}", said_at, language) for name in SECTION}
    questions = tuple(_question(question, question.key, said_at, language) for question in section.questions)
    return replace(section, questions=questions, **worded)  # type: ignore[arg-type]


def _question(question: Question, at: str, said_at: Mapping[str, str], language: str) -> Question:
    worded = {name: _reworded(getattr(question, name), f"{at}.{name}", said_at, language) for name in QUESTION}
    options = (replace(one, label=_reworded(one.label, f"{at}.options.{one.key}", said_at, language)) for one in question.options)
    columns = (_question(column, f"{at}.columns.{column.key}", said_at, language) for column in question.columns)
    return replace(question, options=tuple(options), columns=tuple(columns), **worded)  # type: ignore[arg-type]


def _reworded(words: Words, where: str, said_at: Mapping[str, str], language: str) -> Words:
    return said(words, language=language, text=said_at[where]) if where in said_at else words
