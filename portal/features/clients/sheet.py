"""A sheet of clients as people export it from anywhere: read tolerantly, and every problem named by its line."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from portal.kernel.refusal import N_

MOST_BYTES, MOST_ROWS, MOST_LETTERS, MOST_LINES_NAMED = 200_000, 100, 120, 5
DELIMITERS = ",;\t|"
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "company": ("company", "client", "firma", "unternehmen", "kunde"),
    "person": ("person", "contact", "contact person", "name", "ansprechpartner", "ansprechpartnerin", "kontakt"),
    "email": ("email", "e-mail", "mail", "email address", "e-mail-adresse"),
    "language": ("language", "lang", "sprache"),
    "template": ("template", "vorlage"),
    "start": ("start", "starts on", "start date", "beginn", "startdatum"),
    "project": ("project", "projekt"),
    "phone": ("phone", "telephone", "telefon", "tel"),
}
NEEDED = ("company", "person", "email")


@dataclass(frozen=True)
class Flaw:
    """Something wrong: a message id and its values."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One client as it stands in the sheet; `line` is the line a spreadsheet shows."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Sheet:
    """What was read, or what kept it from being read."""

    rows: tuple[Row, ...] = ()
    flaws: tuple[Flaw, ...] = ()


def decoded(data: bytes) -> str:
    """The text of a file, whatever program wrote it: UTF-8, UTF-16 with its mark, else what Windows writes in the west."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read(text: str) -> Sheet:
    """The rows of a sheet; its first line names the columns, in any order."""
    lines = text.replace("\0", "").splitlines()
    if not any(line.strip() for line in lines):
        return Sheet(flaws=(Flaw(N_("There is nothing in it yet.")),))
    first = next(line for line in lines if line.strip())
    delimiter = max(DELIMITERS, key=first.count)
    try:
        table = [
            (reader.line_num, cells)
            for reader in [csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)]
            for cells in reader
        ]
    except csv.Error:
        return Sheet(flaws=(Flaw(N_("This cannot be read as a table. Export it as CSV.")),))
    table = [(line, cells) for line, cells in table if any(cell.strip() for cell in cells)]
    return _rows(table) if table else Sheet(flaws=(Flaw(N_("There is nothing in it yet.")),))


def day_of(text: str) -> date | None:
    """A day as people write it, where it can mean one day only."""
    for way in DAYS:
        try:
            return datetime.strptime(text.strip(), way).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _rows(table: list[tuple[int, list[str]]]) -> Sheet:
    names = [_column(cell) for cell in table[0][1]]
    missing = [column for column in NEEDED if column not in names]
    if missing:
        sentence = N_("The first line names the columns; these are missing: %(columns)s.")
        return Sheet(flaws=(Flaw(sentence, {"columns": ", ".join(missing)}),))
    unknown = [cell.strip() for cell, name in zip(table[0][1], names, strict=True) if not name and cell.strip()]
    flaws = [Flaw(N_("We do not know the column “%(column)s”. Rename it or take it out."), {"column": name[:40]}) for name in unknown]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    flaws += [Flaw(N_("More than one column is the %(column)s. Keep one of them."), {"column": name}) for name in twice]
    longer = [line for line, cells in table[1:] if any(cell.strip() for cell in cells[len(names) :])]
    sentence = N_("Line %(line)s has more cells than there are columns. Put quotes around what belongs together.")
    flaws += [Flaw(sentence, {"line": line}) for line in longer[:MOST_LINES_NAMED]]
    rows = tuple(
        Row(line, {name: " ".join(cell.split()) for name, cell in zip(names, cells, strict=False) if name}) for line, cells in table[1:]
    )
    if len(rows) > MOST_ROWS:
        flaws.append(Flaw(N_("At most %(most)s clients at once. Split the sheet."), {"most": MOST_ROWS}))
    if not rows:
        flaws.append(Flaw(N_("There is no client in it: only the line with the names of the columns.")))
    return Sheet(rows[:MOST_ROWS], tuple(flaws))


def _column(cell: str) -> str:
    wanted = cell.strip().strip("\ufeff").casefold().replace("_", " ")
    return next((column for column, names in COLUMNS.items() if wanted in names), "")
