"""Edits of a draft, each from one definition to the next; keys of what stays are kept, keys of what is new were never used."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from portal.kernel.words import Words
from portal.models.definition.shape import Condition, Definition, Is, Limits, Match, Option, Question, Rule, Section, Type

Keyed = TypeVar("Keyed", Section, Question)


class Gone(LookupError):
    """The draft has no such section or question any more."""


def new_key(kind: str) -> str:
    """A key nobody used before: `s`ection, `q`uestion or `o`ption and ten random hex digits."""
    return f"{kind}{secrets.token_hex(5)}"


def said(words: Words, *, language: str, text: str) -> Words:
    """These words with one language changed; a blank text takes the language out."""
    others = {tongue: other for tongue, other in words.items() if tongue != language}
    return {**others, language: text.strip()} if text.strip() else others


def add_section(draft: Definition, *, title: str, language: str, key: str | None = None) -> Definition:
    """A new empty section at the end."""
    section = Section(key=key or new_key("s"), title=said({}, language=language, text=title))
    return replace(draft, sections=(*draft.sections, section))


def rename_section(
    draft: Definition, key: str, *, title: str, intro: str | None = None, minutes: int | None = None, language: str
) -> Definition:
    """Another title, and when given another introduction, in one language; and how long it takes, 0 for as estimated."""

    def renamed(section: Section) -> Section:
        told = section.intro if intro is None else said(section.intro, language=language, text=intro)
        long = section.minutes if minutes is None else minutes
        return replace(section, title=said(section.title, language=language, text=title), intro=told, minutes=long)

    return _with_section(draft, key, renamed)


def move_section(draft: Definition, key: str, *, by: int) -> Definition:
    """The section some places down (or up, when negative), as far as there is room."""
    return replace(draft, sections=_moved(draft.sections, key, by))


def remove_section(draft: Definition, key: str) -> Definition:
    """Without this section and its questions."""
    _section(draft, key)
    return replace(draft, sections=tuple(section for section in draft.sections if section.key != key))


def add_question(draft: Definition, section: str, *, type: Type, label: str, language: str, key: str | None = None) -> Definition:
    """A new question at the end of a section."""
    question = Question(key=key or new_key("q"), type=type, label=said({}, language=language, text=label))
    return _with_section(draft, section, lambda one: replace(one, questions=(*one.questions, question)))


def edit_question(
    draft: Definition,
    key: str,
    *,
    language: str,
    label: str | None = None,
    short: str | None = None,
    help: str | None = None,
    type: Type | None = None,
    required: bool | Rule | None = None,
    limits: Limits | None = None,
) -> Definition:
    """Whatever is given changes, the rest stays; texts in one language. Another type lets go of what it cannot have, and of limits."""

    def worded(words: Words, text: str | None) -> Words:
        return words if text is None else said(words, language=language, text=text)

    def edited(question: Question) -> Question:
        if type is not None and type is not question.type:
            kept = {part: getattr(question, part) for part in ("label", "short", "help", "required", "show", "prefill_key")}
            kept |= {"options": question.options} if type.has_options else {}
            kept |= {"other": question.other} if type.may_have_other else {}
            kept |= {"required": False} if not type.is_asked else {}
            question = Question(key=question.key, type=type, **kept)
        return replace(
            question,
            label=worded(question.label, label),
            short=worded(question.short, short),
            help=worded(question.help, help),
            required=question.required if required is None else required,
            limits=question.limits if limits is None else limits,
        )

    return _with_question(draft, key, edited)


def set_parts(draft: Definition, key: str, parts: Mapping[str, object]) -> Definition:
    """Other values for parts of a question, by their names."""
    return _with_question(draft, key, lambda question: replace(question, **parts))  # type: ignore[arg-type]


def move_question(draft: Definition, key: str, *, by: int) -> Definition:
    """The question one place or more down (or up); at the end of a section it steps into the next one."""
    for _ in range(abs(by)):
        draft = _stepped(draft, key, 1 if by > 0 else -1)
    return draft


def remove_question(draft: Definition, key: str) -> Definition:
    """Without this question; rules about it stay and are named before publishing."""
    home = _home(draft, key)
    return _with_section(draft, home.key, lambda one: replace(one, questions=tuple(other for other in one.questions if other.key != key)))


def set_options(draft: Definition, key: str, *, lines: str, language: str) -> Definition:
    """The answers to choose from, one a line. A line that was there before keeps its key and its other languages, and so
    does one that was reworded while the rest stayed in its place: rules about it stay true."""

    def with_options(question: Question) -> Question:
        known = {option.label.get(language, ""): option for option in reversed(question.options)}
        labels = list(dict.fromkeys(label for label in (line.strip() for line in lines.splitlines()) if label))
        pairs = list(zip(labels, question.options, strict=False)) if len(labels) == len(question.options) else []
        in_place = all(known.get(label, before) is before for label, before in pairs)
        reworded = {label: before for label, before in pairs if in_place and label not in known}

        def option(label: str) -> Option:
            if label in reworded:
                return replace(reworded[label], label=said(reworded[label].label, language=language, text=label))
            return known.get(label) or Option(key=new_key("o"), label={language: label})

        return replace(question, options=tuple(map(option, labels)))

    return _with_question(draft, key, with_options)


def option_lines(question: Question, *, language: str) -> str:
    """The options as `set_options` reads them; one without words in this language shows another's."""
    return "\n".join(option.label.get(language) or next(iter(option.label.values()), option.key) for option in question.options)


def follow_up(draft: Definition, key: str, *, on: str | None, value: str = "") -> Definition:
    """Show a question only when an earlier one was answered with this option, yes or no (any answer, when blank); always without `on`."""
    if on is None:
        return _with_question(draft, key, lambda question: replace(question, show=None))
    asked = _question(draft, on)
    several = Is.CONTAINS if asked.type is Type.SEVERAL_CHOICES else Is.EQUALS
    condition = Condition(question=on, is_=several if value else Is.ANSWERED, value=value)
    return _with_question(draft, key, lambda question: replace(question, show=Rule(match=Match.ALL, conditions=(condition,))))


def _section(draft: Definition, key: str) -> Section:
    for section in draft.sections:
        if section.key == key:
            return section
    raise Gone(key)


def _question(draft: Definition, key: str) -> Question:
    question = draft.question(key)
    if question is None:
        raise Gone(key)
    return question


def _home(draft: Definition, key: str) -> Section:
    question = _question(draft, key)
    return next(section for section in draft.sections if question in section.questions)


def _with_section(draft: Definition, key: str, change: Callable[[Section], Section]) -> Definition:
    _section(draft, key)
    return replace(draft, sections=tuple(change(section) if section.key == key else section for section in draft.sections))


def _with_question(draft: Definition, key: str, change: Callable[[Question], Question]) -> Definition:
    questions = [change(question) if question.key == key else question for question in _home(draft, key).questions]
    return _with_section(draft, _home(draft, key).key, lambda section: replace(section, questions=tuple(questions)))


def _moved(row: Sequence[Keyed], key: str, by: int) -> tuple[Keyed, ...]:
    place = next((place for place, one in enumerate(row) if one.key == key), None)
    if place is None:
        raise Gone(key)
    others = [one for one in row if one.key != key]
    others.insert(max(0, place + by), row[place])
    return tuple(others)


def _stepped(draft: Definition, key: str, step: int) -> Definition:
    home = _home(draft, key)
    edge = home.questions[-1] if step > 0 else home.questions[0]
    if edge.key != key:
        return _with_section(draft, home.key, lambda one: replace(one, questions=_moved(one.questions, key, step)))
    next_door = draft.sections.index(home) + step
    if not 0 <= next_door < len(draft.sections):
        return draft
    neighbour = draft.sections[next_door]
    joined = (edge, *neighbour.questions) if step > 0 else (*neighbour.questions, edge)
    return _with_section(remove_question(draft, key), neighbour.key, lambda one: replace(one, questions=joined))
