"""What is wrong with a template file, each with its line, its field and what to do."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

Path = tuple[str | int, ...]
MOST_FAULTS = 100


@dataclasses.dataclass(frozen=True)
class Fault:
    """One thing to mend: a message id with its values, the line it stands on, and the field, like "items.logo.title"."""

    line: int
    field: str
    message: str
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        where = f"line {self.line}, {self.field}" if self.field else f"line {self.line}"
        return f"{where}: {self.message % self.values}"


class BadFile(ValueError):
    """A file that is no template; carries everything that is wrong with it, from top to bottom."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))[:MOST_FAULTS]
        super().__init__("\n".join(map(str, self.faults)))


def field_name(data: object, path: Path) -> str:
    """A place in words: members of a list by their key, where they have one, else by their number."""
    names = []
    for step in path:
        data = data[step] if isinstance(data, (dict, list)) and _is_there(data, step) else None  # type: ignore[index]
        key = data.get("key") if isinstance(step, int) and isinstance(data, dict) else None
        names.append(key if isinstance(key, str) else str(step + 1) if isinstance(step, int) else step)
    return ".".join(names)


def _is_there(data: dict[str, object] | list[object], step: str | int) -> bool:
    return step in data if isinstance(data, dict) else isinstance(step, int) and step < len(data)
