"""How much a client may leave with us: room is reserved before a byte comes and counted when it has come."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from portal.kernel.db import db, rows_changed
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.models.clients import Client
from portal.models.people import the_firm
from portal.storage.current import store

FILE = 5_000_000_000
CLIENT = 100_000_000_000
LARGEST_FILE, LARGEST_CLIENT = 50_000_000_000, 100_000_000_000_000  # the most a firm may choose
NO_ROOM = N_("There is not enough room left in your space with us. Please write or call us, we make room.")
NO_ROOM_IN_STORE = N_("We have no room for new files at the moment. Everything else works. Please try again later, or write or call us.")
NO_ROOM_THERE = N_("There is not enough room left for this client. The settings say, under Files, how much each client has.")


def most_per_file() -> int:
    """How large one file may be where an item does not say it."""
    return _setting("most_bytes_per_file", FILE)


def most_per_client() -> int:
    """How much all files of one client may take."""
    return _setting("most_bytes_per_client", CLIENT)


def reserve(client_id: UUID, count: int, *, by: Viewer) -> None:
    """Keep room for what is announced; refuses when there is not enough left."""
    _need_in_store(count)
    fits = Client.bytes_used + Client.bytes_reserved + count <= most_per_client()
    kept = update(Client).where(Client.id == client_id, fits).values(bytes_reserved=Client.bytes_reserved + count)
    if rows_changed(kept) == 0:
        raise Refused(_no_room(by), status=422)


def need(client_id: UUID, count: int, *, by: Viewer) -> None:
    """Refuse what a plain form brings when there is not enough room left for it."""
    _need_in_store(count)
    if left(client_id) < count:
        raise Refused(_no_room(by), status=422)


def count(client_id: UUID, *, used: int = 0, reserved: int = 0) -> None:
    """Count bytes that are here now, and give room back that is no longer needed."""
    if used or reserved:
        sums = {"bytes_used": Client.bytes_used + used, "bytes_reserved": Client.bytes_reserved + reserved}
        db.session.execute(update(Client).where(Client.id == client_id).values(**sums))


def left(client_id: UUID) -> int:
    """How much still fits."""
    taken = db.session.scalar(select(Client.bytes_used + Client.bytes_reserved).where(Client.id == client_id))
    return max(most_per_client() - int(taken or 0), 0)


def _need_in_store(count: int) -> None:
    """Refuse before any byte comes what the disk cannot hold."""
    free = store().free_bytes()
    if free is not None and free <= count:
        raise Refused(NO_ROOM_IN_STORE, status=422)


def _no_room(by: Viewer) -> str:
    return NO_ROOM_THERE if by.is_staff else NO_ROOM


def _setting(name: str, otherwise: int) -> int:
    said = the_firm().settings.get(name)
    return said if isinstance(said, int) and said > 0 else otherwise
