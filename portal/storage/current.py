"""The store this process keeps its bytes in; chosen once, when the app is made."""

from __future__ import annotations

from portal.storage import Storage

_chosen: list[Storage] = []


def use(storage: Storage) -> None:
    """Choose the store of this process."""
    _chosen[:] = [storage]


def store() -> Storage:
    """The store of this process."""
    if not _chosen:
        raise RuntimeError("no store yet")
    return _chosen[0]
