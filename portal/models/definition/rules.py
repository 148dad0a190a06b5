"""The rule engine: which questions are shown and which must be answered. Its twin in static/questionnaire-rules.js gives equal results.

An answer of a hidden question counts as empty, so a chain of follow-ups closes as a whole. A rule sees only questions
before its own; one that looks ahead finds nothing (publishing refuses it). Text is compared as it is, `contains`
without regard to capitals, numbers by value, dates by day, times by the clock. Of tables and files a rule sees how many there
are, of a ranking what comes first, of a stretch of days that it begins after or ends before a day, of an answer of the client's
own beside the options only that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from portal.models.definition.canonical import rule_data
from portal.models.definition.shape import Answers, Condition, Definition, Is, Match, Rule, Type, Value
from portal.models.definition.types import OTHER, PARTS

Plain: TypeAlias = str | list[str]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")


def visible(definition: Definition, answers: Answers) -> tuple[str, ...]:
    """The keys of the questions to show, in order."""
    return _walk(definition, answers)[0]


def required(definition: Definition, answers: Answers) -> tuple[str, ...]:
    """The keys of the shown questions that must be answered, in order."""
    return _walk(definition, answers)[1]


def plain(type: Type, value: Value | None) -> Plain:
    """An answer as rules look at it: text, or the keys of several options."""
    if isinstance(value, dict):
        return "\n".join(value[part] for part in PARTS[Type.ADDRESS] if value.get(part))
    if isinstance(value, list):
        texts = [one for one in value if isinstance(one, str)]
        if type in (Type.TABLE, Type.FILE) or len(texts) < len(value):
            return str(len(value)) if value else ""
        if type is Type.RANKING:
            return texts[0] if texts else ""
        return "\n".join(texts) if type is Type.URLS else [_option(text) for text in texts] if type.may_have_other else texts
    if not value:
        return ""
    return "yes" if type is Type.AGREE else _option(value) if type.may_have_other else value


def _option(text: str) -> str:
    return OTHER if text.startswith(OTHER) else text


def holds(rule: Rule, seen: Mapping[str, Plain]) -> bool:
    """Whether a rule holds over the answers of the questions that are shown."""
    looks = (_meets(condition, seen.get(condition.question)) for condition in rule.conditions)
    return any(looks) if rule.match is Match.ANY else all(looks)


def outline(definition: Definition) -> dict[str, object]:
    """The part of a definition the browser needs to apply the rules: keys, types and rules, no words."""
    questions = [
        {
            "key": question.key,
            "type": str(question.type),
            **({"show": rule_data(question.show)} if question.show else {}),
            "required": question.required if isinstance(question.required, bool) else rule_data(question.required),
        }
        for question in definition.questions
    ]
    return {"format": definition.format, "sections": [{"questions": questions}]}


def _walk(definition: Definition, answers: Answers) -> tuple[tuple[str, ...], tuple[str, ...]]:
    seen: dict[str, Plain] = {}
    shown: list[str] = []
    needed: list[str] = []
    for question in definition.questions:
        if question.show and not holds(question.show, seen):
            continue
        shown.append(question.key)
        if holds(question.required, seen) if isinstance(question.required, Rule) else question.required:
            needed.append(question.key)
        seen[question.key] = plain(question.type, answers.get(question.key))
    return tuple(shown), tuple(needed)


def _meets(condition: Condition, answer: Plain | None) -> bool:
    if condition.is_ is Is.EMPTY:
        return not answer
    if not answer:
        return False
    if condition.is_ is Is.ANSWERED:
        return True
    if condition.is_ is Is.EQUALS:
        return _equals(answer, condition.value)
    if condition.is_ is Is.CONTAINS:
        return condition.value in answer if isinstance(answer, list) else condition.value.lower() in answer.lower()
    if isinstance(answer, list):
        return False
    first, _, last = answer.partition("/")
    order = compared(first if condition.is_ is Is.GREATER else last or first, condition.value)
    return order is not None and (order > 0 if condition.is_ is Is.GREATER else order < 0)


def _equals(answer: Plain, value: str) -> bool:
    if isinstance(answer, list):
        return answer == [value]
    return answer == value or compared(answer, value) == 0


def compared(one: str, other: str) -> int | None:
    """1, 0 or -1 for two numbers, two ISO dates or two times; None when they cannot be compared."""
    if _NUMBER.fullmatch(one) and _NUMBER.fullmatch(other):
        first, second = Decimal(one), Decimal(other)
        return (first > second) - (first < second)
    if any(shape.fullmatch(one) and shape.fullmatch(other) for shape in (_DAY, _TIME)):
        return (one > other) - (one < other)
    return None
