"""What keeps a draft from being published, each in a sentence that says where and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from babel.numbers import list_currencies
from phonenumbers import SUPPORTED_REGIONS

from portal.kernel.refusal import N_
from portal.kernel.words import Words, best
from portal.models.definition.canonical import Problem
from portal.models.definition.rules import compared
from portal.models.definition.shape import Condition, Definition, Question, Section, Type
from portal.models.definition.typed import MOST_DIGITS
from portal.models.definition.types import COLUMN_TYPES, LOOKS, OTHER

_DAY = "2000-01-01"
_SAMPLE = {Type.DATE: _DAY, Type.DATE_RANGE: _DAY, Type.TIME: "00:00"}
_COUNTED = (Type.TABLE, Type.FILE)
MOST_RATING, MOST_KEPT = 10, 3650


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
        for key in _twice(column.key for column in question.columns):
            values = {"question": called(question), "key": key}
            yield Problem(N_("%(question)s has two columns with the key “%(key)s”."), values, question.key)


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
    yield from _texts(question, languages, question.key)
    yield from _fitting(question, values)
    if not _sane_limits(question):
        yield Problem(N_("%(question)s has limits that no answer can meet or nobody can read."), values, question.key)
    for column in question.columns:
        yield from _column(question, column, languages)


def _texts(question: Question, languages: Sequence[str], key: str) -> Iterator[Problem]:
    """Words that are missing, of a question or of a column of the question with this key."""
    values = {"question": called(question, *languages)}
    for language in _gaps(question.label, languages) if question.label or question.type.is_asked else ():
        yield Problem(N_("%(question)s has no text in %(language)s."), {**values, "language": language}, key)
    for words in (question.help, question.short, question.unit):
        for language in _gaps(words, languages) if words else ():
            yield Problem(N_("%(question)s has no help or short name in %(language)s."), {**values, "language": language}, key)
    told = question.type is Type.AGREE or (question.type is Type.NOTE and (question.text or not question.picture))
    for language in _gaps(question.text, languages) if told else ():
        yield Problem(N_("%(question)s does not say anything in %(language)s yet."), {**values, "language": language}, key)
    for language in _gaps(question.alt, languages) if question.type is Type.NOTE and question.picture else ():
        yield Problem(N_("%(question)s does not say in %(language)s what its picture shows."), {**values, "language": language}, key)
    for option in question.options:
        for language in _gaps(option.label, languages):
            named = {**values, "language": language, "option": best(option.label) or option.key}
            yield Problem(N_("%(question)s: the answer “%(option)s” has no text in %(language)s."), named, key)


def _fitting(question: Question, values: dict[str, str]) -> Iterator[Problem]:
    """Parts that a question of this type needs, or cannot have."""
    type, fewest = question.type, 2 if question.type is Type.RANKING else 1
    tests = (
        (type.has_options and not question.options, N_("%(question)s has no answers to choose from. Add at least one.")),
        (0 < len(question.options) < fewest, N_("%(question)s has only one answer: there is nothing to put in order.")),
        (question.options and not type.has_options, N_("%(question)s has answers to choose from, but its type takes none.")),
        (question.other and not type.may_have_other, N_("%(question)s offers an answer of one’s own, but its type takes none.")),
        (type is Type.TABLE and not question.columns, N_("%(question)s has no columns yet. Add at least one.")),
        (question.columns and type is not Type.TABLE, N_("%(question)s has columns, but only a table takes them.")),
        (type is Type.MONEY and not is_currency(question.currency), N_("%(question)s has no currency we know. Write one, like EUR.")),
        (question.country and not is_country(question.country), N_("%(question)s names no country we know. Write two letters, like DE.")),
        (question.most and not 2 <= question.most <= MOST_RATING, N_("%(question)s: the highest rating must be from 2 to 10.")),
        (question.keep_days > MOST_KEPT, N_("%(question)s: a secret is kept for ten years at most.")),
        (not type.is_asked and question.required, N_("%(question)s takes no answer, so none can be required.")),
    )
    for wrong, sentence in tests:
        if wrong:
            yield Problem(sentence, values, question.key)


def _column(table: Question, column: Question, languages: Sequence[str]) -> Iterator[Problem]:
    yield from _texts(column, languages, table.key)
    values = {"question": called(table, *languages), "column": called(column, *languages)}
    if column.type not in COLUMN_TYPES:
        yield Problem(N_("%(question)s: the column %(column)s cannot take this kind of answer."), values, table.key)
    if column.rules or column.columns:
        yield Problem(N_("%(question)s: the column %(column)s cannot have rules of its own."), values, table.key)
    for problem in _fitting(column, {"question": values["column"]}):
        yield Problem(problem.message, problem.values, table.key)
    if not _sane_limits(column):
        yield Problem(N_("%(question)s has limits that no answer can meet or nobody can read."), {"question": values["column"]}, table.key)


def is_currency(code: str) -> bool:
    """Whether this is the three letters of a currency."""
    return code in list_currencies()


def is_country(code: str) -> bool:
    """Whether these are the two letters of a country."""
    return code in SUPPORTED_REGIONS


def _gaps(words: Words, languages: Sequence[str]) -> list[str]:
    return [language for language in languages if not words.get(language, "").strip()]


def _sane_limits(question: Question) -> bool:
    limits = question.limits
    bounds = [bound for bound in (limits.min, limits.max) if bound]
    if any(len(text) > MOST_DIGITS for text in (*bounds, limits.places)):
        return False
    if any(compared(bound, _SAMPLE.get(question.type, "0")) is None for bound in bounds):
        return False
    if (not question.type.has_order or question.type in _COUNTED) and not all(bound.isdecimal() for bound in bounds):
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
    if condition.is_ not in LOOKS[asked.type]:
        return False
    if not condition.is_.needs_value:
        return not condition.value
    if asked.type.has_options:
        return asked.option(condition.value) is not None or (asked.other and condition.value == OTHER)
    if asked.type is Type.YES_NO:
        return condition.value in ("yes", "no")
    if asked.type.has_order:
        return compared(condition.value, _SAMPLE.get(asked.type, "0")) is not None
    return bool(condition.value)
