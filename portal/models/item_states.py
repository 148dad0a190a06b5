"""The whole life of an item as data: which verb leads from where to where, and who is waited for then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ItemKind(StrEnum):
    """What is asked for."""

    FILES = "files"
    QUESTIONNAIRE = "questionnaire"
    APPROVAL = "approval"
    CONFIRMATION = "confirmation"

    @property
    def is_decision(self) -> bool:
        """Whether the client decides on something we present, rather than sending something."""
        return self in (ItemKind.APPROVAL, ItemKind.CONFIRMATION)


class Subject(StrEnum):
    """What an approval is about: a thing we made, what was agreed for the project, or a change of that."""

    THING = "thing"
    SCOPE = "scope"
    CHANGE = "change"


class ItemState(StrEnum):
    """Where an item stands."""

    DRAFT = "draft"
    LOCKED = "locked"
    PREPARING = "preparing"
    TO_DO = "to_do"
    STARTED = "started"
    SENT = "sent"
    RETURNED = "returned"
    NOT_AVAILABLE = "not_available"
    ACCEPTED = "accepted"
    WAIVED = "waived"


class WaitingOn(StrEnum):
    """In whose court the ball is."""

    CLIENT = "client"
    FIRM = "firm"
    NOBODY = "nobody"


S = ItemState
WAITS_FOR: dict[ItemState, WaitingOn] = {
    S.DRAFT: WaitingOn.NOBODY,
    S.LOCKED: WaitingOn.NOBODY,
    S.PREPARING: WaitingOn.FIRM,
    S.TO_DO: WaitingOn.CLIENT,
    S.STARTED: WaitingOn.CLIENT,
    S.SENT: WaitingOn.FIRM,
    S.RETURNED: WaitingOn.CLIENT,
    S.NOT_AVAILABLE: WaitingOn.FIRM,
    S.ACCEPTED: WaitingOn.NOBODY,
    S.WAIVED: WaitingOn.NOBODY,
}

OPEN = frozenset({S.LOCKED, S.PREPARING, S.TO_DO, S.STARTED, S.SENT, S.RETURNED, S.NOT_AVAILABLE})
WITH_CLIENT = frozenset({S.TO_DO, S.STARTED, S.RETURNED})
SENT_OR_DONE = frozenset({S.SENT, S.ACCEPTED, S.NOT_AVAILABLE})


@dataclass(frozen=True)
class Move:
    """From which states a verb may start, and where it can lead."""

    start: frozenset[ItemState]
    end: frozenset[ItemState]


def _move(start: set[ItemState] | frozenset[ItemState], *end: ItemState) -> Move:
    return Move(frozenset(start), frozenset(end))


MOVES: dict[str, Move] = {
    "send": _move({S.DRAFT}, S.LOCKED, S.PREPARING, S.TO_DO),
    "open": _move({S.LOCKED}, S.TO_DO, S.PREPARING),
    "start": _move({S.TO_DO}, S.STARTED),
    "hand_over": _move({S.TO_DO, S.STARTED, S.RETURNED}, S.SENT, S.ACCEPTED),
    "take_back": _move({S.SENT}, S.STARTED),
    "accept": _move({S.SENT}, S.ACCEPTED),
    "undo_verdict": _move({S.ACCEPTED, S.RETURNED}, S.SENT),
    "send_back": _move({S.SENT, S.ACCEPTED}, S.RETURNED),
    "reword": _move({S.RETURNED}, S.RETURNED),
    "not_available": _move(WITH_CLIENT, S.NOT_AVAILABLE),
    "insist": _move({S.NOT_AVAILABLE}, S.RETURNED),
    "waive": _move(OPEN, S.WAIVED),
    "close_again": _move({S.WAIVED}, S.LOCKED),
    "restore": _move({S.WAIVED}, S.TO_DO, S.PREPARING),
    "present": _move({S.PREPARING, S.TO_DO}, S.TO_DO),
    "decide": _move({S.TO_DO}, S.ACCEPTED, S.PREPARING, S.TO_DO),
    "take_back_decision": _move({S.ACCEPTED, S.PREPARING}, S.TO_DO),
}
