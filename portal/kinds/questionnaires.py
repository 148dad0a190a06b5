"""Items that ask questions."""

from __future__ import annotations

from portal.kinds.protocol import Missing
from portal.models.items import Item


class Questionnaires:
    """The rules of questionnaire items."""

    def missing(self, item: Item) -> list[Missing]:
        """Nothing yet."""
        return []

    def freeze(self, item: Item) -> dict[str, object]:
        """Nothing yet."""
        return {"format": 1, "kind": item.kind.value, "item": str(item.id), "answers": []}

    def count(self, item: Item) -> tuple[int, int]:
        """Nothing yet."""
        return 0, 0
