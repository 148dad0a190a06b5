"""Addresses of our own that allow one thing to be done to one file on its way, for a while, by the one who sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from portal.kernel import keys
from portal.kernel.clock import now
from portal.kernel.refusal import N_, Refused
from portal.storage import Act

LIFE = timedelta(minutes=15)
SLOWEST = 2048  # bytes a second; what comes more slowly is ended
METHODS = {Act.PUT_WHOLE: "PUT", Act.LAY_WHOLE: "PUT", Act.PUT_PART: "PUT", Act.COMPLETE: "POST"}


class Sealed(Protocol):
    """A file on its way, as far as its addresses know it."""

    @property
    def id(self) -> UUID:
        """Which one."""

    @property
    def client_id(self) -> UUID:
        """Whose."""


@dataclass(frozen=True)
class Ticket:
    """What an address allows: the act, for a part which one, for bytes how many exactly, and until when (seconds since 1970)."""

    act: Act
    n: int = 0
    length: int = 0
    until: int = 0


def sign(row: Sealed, act: Act, *, n: int = 0, length: int = 0) -> dict[str, str]:
    """The query of an address that allows this."""
    ticket = Ticket(act, n, length, int((now() + LIFE).timestamp()) + length // SLOWEST)
    return {"act": act.value, "n": str(n), "length": str(length), "until": str(ticket.until), "sig": _seal(row, ticket)}


def read(row: Sealed, query: Mapping[str, str], *, method: str) -> Ticket:
    """What an address allows; raises Refused when it was never ours, is too old, or is used for something else."""
    try:
        ticket = Ticket(Act(query["act"]), *(int(query[name]) for name in ("n", "length", "until")))
    except (KeyError, ValueError):
        raise Refused(N_("This address was never ours."), status=403) from None
    if not keys.same(_seal(row, ticket), query.get("sig", "")) or METHODS.get(ticket.act) != method:
        raise Refused(N_("This address was never ours."), status=403)
    if ticket.until < now().timestamp():
        raise Refused(N_("This address is too old. The page asks for a new one by itself."), status=403)
    return ticket


def _seal(row: Sealed, ticket: Ticket) -> str:
    said = (row.client_id.hex, row.id.hex, METHODS.get(ticket.act, ""), ticket.act.value, ticket.n, ticket.length, ticket.until)
    return keys.mac("upload", ":".join(map(str, said))).hex()
