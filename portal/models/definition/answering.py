"""From what a person typed to the value we store, refused in words they can act on; and from the value back to the fields."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from portal.models.definition import groups, readers, typed
from portal.models.definition.groups import GROUPS, Reader
from portal.models.definition.readers import LONGEST
from portal.models.definition.shape import Cells, Question, Type, Value
from portal.models.definition.showing import show_value
from portal.models.definition.types import OTHER
from portal.models.definition.wrong import Wrong

__all__ = ["LONGEST", "Wrong", "as_typed", "read", "read_row", "row_as_typed", "show_value", "takes"]

_NOT_TYPED = (Type.TABLE, Type.FILE, Type.NOTE)


def read(question: Question, raw: Sequence[str], *, language: str = "en") -> Value | None:
    """The value of what was typed or ticked; None when empty. Raises Wrong. Rows and files come by ways of their own."""
    said = [text for text in map(_clean, raw) if text]
    if not said or question.type in _NOT_TYPED:
        return None
    if question.type is Type.SECRET:
        said = [groups.parts(said).get("text", "")]
        return readers.secret(question, said, language) if said[0] else None
    return _READERS[question.type](question, said, language)


def read_row(question: Question, raw: Sequence[str], *, language: str = "en") -> Cells | None:
    """The cells of one row of a table, each typed as "column=text"; None when all are empty. Raises Wrong."""

    def cell(column: Question, said: list[str], tongue: str) -> Value | None:
        return read(column, said, language=tongue)

    try:
        return groups.row(question, [text for text in map(_clean, raw) if text], language, read=cell)
    except Wrong as wrong:
        wrong.cell, wrong.field = wrong.field or "", question.key
        raise


def takes(question: Question, before: Question, value: Value) -> bool:
    """Whether a question takes what was answered when it was put otherwise: the same kind of answer, and options still there."""
    if question.type is not before.type:
        return False
    if question.type is Type.TABLE:
        rows = [row for row in value if isinstance(row, dict)]
        known = [(column, before.column(column.key)) for column in question.columns]
        return all(takes(column, was, row[column.key]) for row in rows for column, was in known if was and row.get(column.key))
    chosen = value if isinstance(value, list) else [value]
    return not question.type.has_options or all(question.option(str(key)) or str(key).startswith(OTHER) for key in chosen)


def as_typed(question: Question, value: Value | None, *, language: str = "en") -> list[str]:
    """The value as its form fields hold it: `read` in the same language gives it back (a German field needs "1,5")."""
    if not value or question.type in (*_NOT_TYPED, Type.SECRET):
        return []
    if isinstance(value, dict):
        return [f"{part}={value[part]}" for part in question.type.parts if part in value]
    if isinstance(value, list):
        texts = [text for text in value if isinstance(text, str)]
        if question.type is Type.RANKING:
            return [f"{key}={place}" for place, key in enumerate(texts, start=1)]
        return [said for text in texts for said in _option(question, text)]
    return _one_as_typed(question, value, language)


def row_as_typed(question: Question, cells: Cells, *, language: str = "en") -> dict[str, str]:
    """The cells of a row as their fields hold them, by column."""
    held = {column.key: as_typed(column, cells.get(column.key), language=language) for column in question.columns}
    return {key: texts[-1] for key, texts in held.items() if texts}


def _one_as_typed(question: Question, value: str, language: str) -> list[str]:
    if question.type in (Type.NUMBER, Type.MONEY):
        return [value.replace(".", typed.decimal_sign(language))]
    if question.type is Type.AGREE:
        return ["yes"]
    if question.type is Type.DATE_RANGE:
        return [f"{part}={day}" for part, day in zip(question.type.parts, value.split("/"), strict=False)]
    return _option(question, value)


def _option(question: Question, text: str) -> list[str]:
    """A choice; the client's own words stand in a field beside their tick."""
    return [OTHER, text] if question.type.may_have_other and text.startswith(OTHER) else [text]


def _clean(text: str) -> str:
    """Composed Unicode with plain line ends and no control characters, which databases and pages refuse."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()


_READERS: dict[Type, Reader] = {
    **GROUPS,
    Type.SHORT_TEXT: readers.text,
    Type.LONG_TEXT: readers.text,
    Type.YES_NO: readers.yes_no,
    Type.NUMBER: readers.number,
    Type.MONEY: readers.money,
    Type.DATE: readers.date,
    Type.TIME: readers.time,
    Type.EMAIL: readers.email,
    Type.PHONE: readers.phone,
    Type.URL: readers.url,
    Type.COLOUR: readers.colour,
    Type.RATING: readers.rating,
    Type.AGREE: readers.agree,
}
