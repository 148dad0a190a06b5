"""Items on which the client decides: approvals, and confirmations with other words."""

from __future__ import annotations

from portal.kernel.refusal import N_
from portal.kinds.protocol import Missing
from portal.models.items import Item


class Approvals:
    """The rules of decisions: they are decided, never handed over."""

    def missing(self, item: Item) -> list[Missing]:
        """Decisions are made on their own page."""
        return [Missing(N_("This waits for your decision. There is nothing to send."))]

    def freeze(self, item: Item) -> dict[str, object]:
        """What is decided on is frozen in its version, not here."""
        return {"format": 1, "kind": item.kind.value, "item": str(item.id)}

    def count(self, item: Item) -> tuple[int, int]:
        """There is nothing to count."""
        return 0, 0
