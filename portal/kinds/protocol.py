"""What every kind of item can say of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from portal.kernel.refusal import Refused
from portal.models.items import Item


@dataclass(frozen=True)
class Missing:
    """Something that keeps an item from being sent: a message id, its values, and where to go to mend it: a page, a part of it.

    Of some things a word about why is enough.
    """

    message: str
    values: dict[str, object] = field(default_factory=dict)
    place: str = ""
    part: str = ""
    a_word_will_do: bool = False

    def refused(self) -> Refused:
        """The refusal that says so."""
        no = Refused(self.message, field="note" if self.a_word_will_do else None, status=422)
        no.values.update(self.values)
        return no


class ItemKindRules(Protocol):
    """One kind of item."""

    def missing(self, item: Item) -> list[Missing]:
        """What keeps the item from being handed over, in the order a person would mend it; empty when nothing does."""

    def freeze(self, item: Item) -> dict[str, object]:
        """Exactly what is handed over now, as evidence (strings, integers, booleans, lists and dicts with ASCII keys)."""

    def count(self, item: Item) -> tuple[int, int]:
        """How much is there, and of how much (the second is 0 where there is no end)."""
