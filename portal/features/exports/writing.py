"""Answers as files other programs open: written as they come, safe to open in a spreadsheet whatever somebody typed."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import xlsxwriter  # type: ignore[import-untyped]

from portal.features.exports.queries import NUMBERS, Speech, Told

BOM = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as something else
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
PARTED_OTHERWISE = re.compile(r"""([;\t\n][\s\u200b-\u200f\u202a-\u202e\u2060\ufeff"]*)(?=[=+\-@|%＝＋－＠])""")
UNSEEN = ("Zs", "Cf")  # spaces of all widths, marks of direction: a program may skip them
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")
MOST_IN_A_CELL, MOST_ROWS, CHUNK = 32_000, 1_000_000, 64 * 1024
COLUMNS = (
    *("client", "project", "item", "questionnaire", "version", "round", "section", "key", "question"),
    *("language", "answer", "by", "at", "sent_at", "review", "reason"),
)


def as_csv(rows: Iterable[Told], speech: Speech) -> Iterator[bytes]:
    """Comma separated, every cell in quotes, with the mark Excel wants in front."""
    yield BOM + _line([harmless(speech.say(name)) for name in COLUMNS])
    for row in rows:
        yield _line([harmless(cell) for cell in _cells(row)])


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


def clean(text: str) -> str:
    """Text without control characters and half signs, which spreadsheets and XML refuse."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Cn"))


def harmless(cell: str | int) -> str:
    """A cell no spreadsheet takes for a formula: what could begin one gets an apostrophe in front; plain numbers stay.

    So does what could within it: where Excel parts cells at semicolons, the commas and quotes around a cell are text like any other."""
    text = clean(str(cell))
    if PLAIN_NUMBER.fullmatch(text):
        return text
    first = next((sign for sign in text if unicodedata.category(sign) not in UNSEEN), "")
    safe = PARTED_OTHERWISE.sub(r"\1'", text)
    return f"'{safe}" if first in STARTS_A_FORMULA else safe


def _cells(row: Told) -> list[str | int]:
    told = asdict(row) | {"at": _moment(row.at), "sent_at": _moment(row.sent_at)}
    return [told[name] for name in COLUMNS]


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


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
