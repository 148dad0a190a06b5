"""Who hears of what: features register a function per kind of event; it runs in the transaction that recorded the event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.kernel.record import Fact, Kind

Notice = Callable[["Fact"], None]
_notices: dict[str, list[Notice]] = defaultdict(list)


def notice(*kinds: Kind) -> Callable[[Notice], Notice]:
    """Register who hears when something of these kinds is recorded."""

    def register(heard: Notice) -> Notice:
        for kind in kinds:
            _notices[kind].append(heard)
        return heard

    return register


def give(fact: Fact) -> None:
    """Let everybody hear of a recorded fact who should."""
    for heard in _notices[fact.kind]:
        heard(fact)
