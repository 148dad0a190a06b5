"""What the form of a section brought, by spot: the texts of its fields, and the revision they were based on."""

from __future__ import annotations

import re

from werkzeug.datastructures import MultiDict

from portal.models.definition.shape import Question, Section, Type
from portal.models.definition.types import OTHER

Form = MultiDict[str, str]
Spot = tuple[str, str]
ROW = re.compile(r"[a-z0-9]{4,40}")


def typed_in(shown: Section, form: Form) -> dict[Spot, tuple[list[str], int]]:
    """What the form says of each question and row that was on it."""
    found: dict[Spot, tuple[list[str], int]] = {}
    for question in shown.questions:
        if question.type is Type.TABLE:
            found |= {(question.key, row): (cells(question, row, form), rev) for row, rev in rows_on(question, form)}
        elif f"rev.{question.key}" in form:
            found[question.key, ""] = (fields(question, form), number(form.get(f"rev.{question.key}")))
    return found


def fields(question: Question, form: Form) -> list[str]:
    """The texts of the fields of one question; those with names of their own as "part=text"."""
    key = question.key
    named = question.type.parts or tuple(option.key for option in question.options if question.type is Type.RANKING)
    if named:
        return [f"{part}={form[f'{key}.{part}']}" for part in named if form.get(f"{key}.{part}")]
    own = form.get(f"{key}.other", "") if question.other else ""
    return [*form.getlist(key), *([f"{OTHER}{own}"] if own.strip() else [])]


def cells(question: Question, row: str, form: Form) -> list[str]:
    """The texts of the cells of one row, as "column=text"."""
    names = {column.key: f"{question.key}.{row}.{column.key}" for column in question.columns}
    return [f"{column}={form[name]}" for column, name in names.items() if form.get(name)]


def rows_on(question: Question, form: Form) -> list[tuple[str, int]]:
    """The rows of a table that were on the form, in order, with their revisions."""
    start = f"rev.{question.key}."
    found = ((name.removeprefix(start), number(text)) for name, text in form.items() if name.startswith(start))
    return [(row, rev) for row, rev in found if ROW.fullmatch(row)]


def number(text: str | None) -> int:
    """A revision as a form says it; 0 when it says none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
