"""Whose eyes a dossier is put together with: those of somebody at the client who sees all that is shared, and nothing that is ours."""

from __future__ import annotations

from types import MappingProxyType
from uuid import UUID

from portal.kernel.viewer import Role, Side, Via, Viewer


def of_client(client_id: UUID) -> Viewer:
    """A contact of a client who may decide there, and is nobody in particular: what was given to some alone is not theirs."""
    roles = MappingProxyType({client_id: Role.DECIDE})
    return Viewer(Side.CLIENT, clients=frozenset({client_id}), roles=roles, via=Via.SYSTEM)
