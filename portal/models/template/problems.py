"""What can be wrong with a template, each a sentence and the place it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, as a message id with its values; `part` is its place, like "items.logo" or "questionnaires.brief"."""

    message: str
    values: dict[str, str]
    part: str = ""
    question: str = ""

    def __str__(self) -> str:
        return self.message % self.values


class BadTemplate(ValueError):
    """A text that is no template; carries everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
