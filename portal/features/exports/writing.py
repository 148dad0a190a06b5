"""Answers as files other programs open: written as they come, safe to open in a spreadsheet whatever somebody typed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import xlsxwriter  # type: ignore[import-untyped]

from portal.features.exports.queries import NUMBERS, Speech, Told
from portal.web.cells import BOM, PLAIN_NUMBER, clean, line

MOST_IN_A_CELL, MOST_ROWS, CHUNK = 32_000, 1_000_000, 64 * 1024
COLUMNS = (
    *("client", "project", "item", "questionnaire", "version", "round", "section", "key", "question"),
    *("language", "answer", "by", "at", "sent_at", "review", "reason"),
)


def as_csv(rows: Iterable[Told], speech: Speech) -> Iterator[bytes]:
    """Comma separated, every cell in quotes, with the mark Excel wants in front."""
    yield BOM + line([speech.say(name) for name in COLUMNS])
    for row in rows:
        yield line(_cells(row))


def as_json(rows: Iterable[Told], _speech: Speech) -> Iterator[bytes]:
    """One object per answer; `value` is the answer as it is stored, `answer` the same as text."""
    yield b'{"format":1,"answers":['
    for n, row in enumerate(rows):
        told = asdict(row) | {"type": row.type.value, "at": _moment(row.at), "sent_at": _moment(row.sent_at)}
        yield (b",\n" if n else b"\n") + json.dumps(told, ensure_ascii=False).encode()
    yield b"\n]}\n"


def as_xlsx(rows: Iterable[Told], speech: Speech) -> Iterator[bytes]:
    """A workbook; text stays text, only numbers are numbers. Written to a file of its own row by row, then handed on in pieces."""
    with tempfile.TemporaryFile() as file:
        settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(file, settings)
        bold, sheet, at = book.add_format({"bold": True}), None, 0
        for row in _with_none(rows):
            if sheet is None or at > MOST_ROWS:
                sheet, at = book.add_worksheet(), 1
                sheet.freeze_panes(1, 0)
                sheet.set_column(0, len(COLUMNS) - 1, 20)
                for n, name in enumerate(COLUMNS):
                    sheet.write_string(0, n, clean(speech.say(name)), bold)
            for n, cell in enumerate(_cells(row) if row else ()):
                if isinstance(cell, int):
                    sheet.write_number(at, n, cell)
                elif row and COLUMNS[n] == "answer" and row.type in NUMBERS and PLAIN_NUMBER.fullmatch(cell):
                    sheet.write_number(at, n, float(cell))
                else:
                    sheet.write_string(at, n, clean(cell)[:MOST_IN_A_CELL])
            at += 1
        book.close()
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


WAYS: dict[str, tuple[str, Callable[[Iterable[Told], Speech], Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


def _cells(row: Told) -> list[str | int]:
    told = asdict(row) | {"at": _moment(row.at), "sent_at": _moment(row.sent_at)}
    return [told[name] for name in COLUMNS]


def _moment(value: datetime) -> str:
    return str(value.astimezone(UTC).isoformat(timespec="seconds"))


def _with_none(rows: Iterable[Told]) -> Iterator[Told | None]:
    """The rows, and nothing once where there are none: a workbook needs a sheet."""
    empty = True
    for row in rows:
        empty = False
        yield row
    if empty:
        yield None
