"""Letters: one function per kind of mail writes its text, for the preview on a page and for the worker alike."""

from __future__ import annotations

from collections.abc import Callable

from portal.kernel.outbox import Outbox
from portal.models.people import Person
from portal.web.letterpress import Letter


class NotNow(Exception):
    """A writer says: not at this moment, but so many seconds later. The letter waits and is written anew then."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"waits for {seconds:.0f} seconds")
        self.seconds = seconds


Writer = Callable[[Person, dict[str, object]], Letter | None]
_writers: dict[str, Writer] = {}


def letter(kind: str) -> Callable[[Writer], Writer]:
    """Register who writes the mails of a kind. A writer that returns None calls the mail off."""

    def register(writer: Writer) -> Writer:
        _writers[kind] = writer
        return writer

    return register


def kinds() -> list[str]:
    """Every kind somebody writes."""
    return sorted(_writers)


def compose(kind: str, person: Person, facts: dict[str, object]) -> Letter | None:
    """The letter of a kind to a person, or None when there is nothing to say any more."""
    return _writers[kind](person, facts)


def compose_row(row: Outbox, person: Person) -> Letter | None:
    """The letter an outbox row asks for; the writer may ask which row that is."""
    return compose(row.kind, person, {**row.facts, "row": str(row.id)})
