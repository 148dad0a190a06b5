"""What keeps a draft from being published, each in a sentence that says where and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from portal.kernel.refusal import N_
from portal.kernel.words import Words, best
from portal.models.definition.canonical import Problem
from portal.models.definition.rules import compared
from portal.models.definition.shape import Condition, Definition, Is, Question, Section, Type

_SAMPLE = {Type.NUMBER: "0", Type.DATE: "2000-01-01"}


def problems(definition: Definition, *, languages: Sequence[str] = ("en",)) -> list[Problem]:
    """Everything that must be mended before publishing in these languages, in reading order; none means it may go out."""
    found = list(_same_keys(definition))
    if not definition.sections:
        found.append(Problem(N_("The questionnaire has no sections yet."), {}))
    for number, section in definition.numbered():
        found += _section(section, number, languages)
        for question in section.questions:
            found += _question(question, languages)
    found += _circles(definition)
    return [*found, *_rules(definition)]


def called(question: Question, *languages: str) -> str:
    """What staff and clients call a question in a message: its short name, else its label in quotes."""
    return best(question.short, *languages) or f"“{best(question.label, *languages) or question.key}”"


def _same_keys(definition: Definition) -> Iterator[Problem]:
    for keys in ([section.key for section in definition.sections], [question.key for question in definition.questions]):
        for key in _twice(keys):
            yield Problem(N_("The key “%(key)s” is used twice."), {"key": key}, key)
    for question in definition.questions:
        for key in _twice(option.key for option in question.options):
            values = {"question": called(question), "key": key}
            yield Problem(N_("%(question)s has two options with the key “%(key)s”."), values, question.key)


def _twice(keys: Iterable[str]) -> list[str]:
    return [key for key, times in Counter(keys).items() if times > 1]


def _section(section: Section, number: int, languages: Sequence[str]) -> Iterator[Problem]:
    name = best(section.title, *languages)
    values = {"section": f"{number} “{name}”" if name else str(number)}
    if not section.questions:
        yield Problem(N_("Section %(section)s has no questions yet. Add one or remove the section."), values, section=section.key)
    for language in _gaps(section.title, languages):
        yield Problem(N_("Section %(section)s has no title in %(language)s."), {**values, "language": language}, section=section.key)
    for language in _gaps(section.intro, languages) if section.intro else ():
        yield Problem(N_("Section %(section)s has no introduction in %(language)s."), {**values, "language": language}, section=section.key)


def _question(question: Question, languages: Sequence[str]) -> Iterator[Problem]:
    values = {"question": called(question, *languages)}
    if question.type.has_options and not question.options:
        yield Problem(N_("%(question)s has no answers to choose from. Add at least one."), values, question.key)
    if question.options and not question.type.has_options:
        yield Problem(N_("%(question)s has answers to choose from, but its type takes none."), values, question.key)
    for language in _gaps(question.label, languages):
        yield Problem(N_("%(question)s has no text in %(language)s."), {**values, "language": language}, question.key)
    for words in (question.help, question.short):
        for language in _gaps(words, languages) if words else ():
            yield Problem(N_("%(question)s has no help or short name in %(language)s."), {**values, "language": language}, question.key)
    for option in question.options:
        for language in _gaps(option.label, languages):
            told = {**values, "language": language, "option": best(option.label) or option.key}
            yield Problem(N_("%(question)s: the answer “%(option)s” has no text in %(language)s."), told, question.key)
    if not _sane_limits(question):
        yield Problem(N_("%(question)s has limits that no answer can meet or nobody can read."), values, question.key)


def _gaps(words: Words, languages: Sequence[str]) -> list[str]:
    return [language for language in languages if not words.get(language, "").strip()]


def _sane_limits(question: Question) -> bool:
    limits = question.limits
    bounds = [bound for bound in (limits.min, limits.max) if bound]
    if any(compared(bound, _SAMPLE.get(question.type, "0")) is None for bound in bounds):
        return False
    if not question.type.has_order and not all(bound.isdecimal() for bound in bounds):
        return False
    if limits.places and not limits.places.isdecimal():
        return False
    return len(bounds) < 2 or compared(limits.min, limits.max) != 1


def _circles(definition: Definition) -> Iterator[Problem]:
    """Questions that wait for each other, found by following what each one looks at."""
    looks_at = {question.key: frozenset[str]().union(*(rule.questions for rule in question.rules)) for question in definition.questions}
    for question in definition.questions:
        reached: set[str] = set()
        ahead = set(looks_at[question.key])
        while ahead:
            reached |= ahead
            ahead = {key for reach in ahead for key in looks_at.get(reach, ())} - reached
        if question.key in reached:
            yield Problem(N_("%(question)s waits for its own answer. Change the rule."), {"question": called(question)}, question.key)


def _rules(definition: Definition) -> Iterator[Problem]:
    earlier: set[str] = set()
    everything = {question.key: question for question in definition.questions}
    for question in definition.questions:
        for rule in question.rules:
            if not rule.conditions:
                yield Problem(N_("%(question)s has a rule without conditions."), {"question": called(question)}, question.key)
            for condition in rule.conditions:
                yield from _condition(question, condition, earlier, everything.get(condition.question))
        earlier.add(question.key)


def _condition(question: Question, condition: Condition, earlier: Collection[str], asked: Question | None) -> Iterator[Problem]:
    values = {"question": called(question)}
    if asked is None:
        yield Problem(N_("%(question)s has a rule about a question that is not here any more."), values, question.key)
        return
    values["asked"] = called(asked)
    if asked.key not in earlier:
        yield Problem(N_("%(question)s has a rule about %(asked)s, which does not come before it."), values, question.key)
    if not _can_meet(asked, condition):
        values["value"] = condition.value
        yield Problem(N_("%(question)s waits for an answer that %(asked)s cannot have: “%(value)s”."), values, question.key)


def _can_meet(asked: Question, condition: Condition) -> bool:
    if not condition.is_.needs_value:
        return not condition.value
    if condition.is_ is Is.CONTAINS and (asked.type.has_order or asked.type in (Type.ONE_CHOICE, Type.YES_NO)):
        return False
    if asked.type.has_options and condition.is_ in (Is.EQUALS, Is.CONTAINS):
        return asked.option(condition.value) is not None
    if asked.type is Type.YES_NO and condition.is_ is Is.EQUALS:
        return condition.value in ("yes", "no")
    if asked.type.has_order:
        return compared(condition.value, _SAMPLE[asked.type]) is not None
    return bool(condition.value) and condition.is_ not in (Is.GREATER, Is.LESS)
