"""What we propose instead of an answer. Of a table it is kept row by row: what each was and where, what it would be, in our order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from portal.models.definition.shape import Cells, Value


class Mark(StrEnum):
    """What happens to a row."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class RowChange:
    """One row of a table: its cells and its place as the client wrote them, and as we propose them; no place is 0."""

    key: str
    was: Cells | None
    now: Cells | None
    place: int = 0
    new_place: int = 0
    moved: bool = False

    @property
    def mark(self) -> Mark:
        """What happens to it."""
        if self.was is None or self.now is None:
            return Mark.ADDED if self.was is None else Mark.REMOVED
        return Mark.CHANGED if self.was != self.now else Mark.MOVED if self.moved else Mark.SAME


def rows_kept(was: Mapping[str, Cells], now: Mapping[str, Cells]) -> list[object]:
    """A table as we propose it, as a verdict keeps it: the rows in our order, then those of the client we leave out."""
    places = {key: n for n, key in enumerate(was, start=1)}
    keys = [*now, *(key for key in was if key not in now)]
    return [{"row": key, "was": was.get(key), "now": now.get(key), "place": places.get(key, 0)} for key in keys]


def row_changes(ours: object) -> list[RowChange]:
    """The rows of a proposal for a table; none for any other."""
    rows = [row for row in ours if isinstance(row, dict) and "row" in row] if isinstance(ours, list) else []
    return list(_rows(cast("list[dict[str, object]]", rows)))


def proposed(ours: object) -> Value | None:
    """What we propose, as the value of an answer."""
    rows = row_changes(ours)
    return [row.now for row in rows if row.now] if rows else cast("Value | None", ours)


def _rows(rows: list[dict[str, object]]) -> Iterator[RowChange]:
    stay = _in_order(cast("int", row["place"]) for row in rows if row["was"] and row["now"])
    for n, row in enumerate(rows, start=1):
        was, now, place = cast("Cells | None", row["was"]), cast("Cells | None", row["now"]), cast("int", row["place"])
        yield RowChange(str(row["row"]), was, now, place, n if now else 0, moved=bool(was and now) and place not in stay)


def _in_order(places: Iterable[int]) -> frozenset[int]:
    """As many of these places as possible that only rise: whoever stands there has not moved."""
    runs: list[tuple[int, ...]] = []
    for place in places:
        runs.append((*_longest([run for run in runs if run[-1] < place]), place))
    return frozenset(_longest(runs))


def _longest(runs: list[tuple[int, ...]]) -> tuple[int, ...]:
    return max(runs, key=len, default=())
