"""What we propose instead of an answer. Of a table it is kept row by row: what each was, and what it would be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from portal.models.definition.shape import Cells, Value


class Mark(StrEnum):
    """What happens to a row."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class RowChange:
    """One row of a table: its cells as the client wrote them, and as we propose them."""

    key: str
    was: Cells | None
    now: Cells | None

    @property
    def mark(self) -> Mark:
        """What happens to it."""
        if self.was is None or self.now is None:
            return Mark.ADDED if self.was is None else Mark.REMOVED
        return Mark.SAME if self.was == self.now else Mark.CHANGED


def rows_kept(was: Mapping[str, Cells], now: Mapping[str, Cells]) -> list[object]:
    """A table as we propose it, as a verdict keeps it: the client's rows in their order, then new ones."""
    keys = [*was, *(key for key in now if key not in was)]
    return [{"row": key, "was": was.get(key), "now": now.get(key)} for key in keys]


def row_changes(ours: object) -> list[RowChange]:
    """The rows of a proposal for a table; none for any other."""
    return list(_rows(ours))


def proposed(ours: object) -> Value | None:
    """What we propose, as the value of an answer."""
    rows = row_changes(ours)
    return [row.now for row in rows if row.now] if rows else cast("Value | None", ours)


def _rows(ours: object) -> Iterator[RowChange]:
    for row in ours if isinstance(ours, list) else ():
        if isinstance(row, dict) and row.keys() == {"row", "was", "now"}:
            yield RowChange(str(row["row"]), cast("Cells | None", row["was"]), cast("Cells | None", row["now"]))
