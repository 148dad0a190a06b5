"""Who is acting right now. Built once at the door and handed down as `by=`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID


class Side(StrEnum):
    """Which side of the table somebody sits on."""

    CLIENT = "client"
    STAFF = "staff"
    SYSTEM = "system"
    NOBODY = "nobody"


class Via(StrEnum):
    """Through what somebody acts."""

    PAGE = "page"
    MAIL = "mail"
    SYSTEM = "system"


class Role(StrEnum):
    """What a contact may do for one client."""

    DECIDE = "decide"
    CONTRIBUTE = "contribute"
    WATCH = "watch"
    GUEST = "guest"


@dataclass(frozen=True)
class Viewer:
    """A person (or the system) with the rights they hold at this moment.

    `clients` is None for those who see every client; `roles` says what a contact may do for each of theirs.
    `parts` says of which items they were asked for some questions, and for which; `limited` are those of which they see no more than
    that, and `helps_only` is who was asked for nothing else.
    `seen_as` names the staff member behind a read-only look through a contact's eyes.
    """

    side: Side
    person_id: UUID | None = None
    clients: frozenset[UUID] | None = frozenset()
    roles: Mapping[UUID, Role] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    parts: Mapping[UUID, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    limited: frozenset[UUID] = frozenset()
    helps_only: bool = False
    admin: bool = False
    seen_as: UUID | None = None
    session_id: UUID | None = None
    authenticated_at: datetime | None = None
    method: str = ""
    via: Via = Via.PAGE

    @property
    def is_staff(self) -> bool:
        """Whether this is a member of the firm."""
        return self.side is Side.STAFF

    @property
    def is_client(self) -> bool:
        """Whether this is a contact of a client."""
        return self.side is Side.CLIENT

    def role_for(self, client_id: UUID) -> Role | None:
        """The contact's role for a client, if there is one."""
        return self.roles.get(client_id)

    @property
    def guest_of(self) -> tuple[UUID, ...]:
        """The clients of which they see only what names them."""
        return tuple(client_id for client_id, role in self.roles.items() if role is Role.GUEST)

    def limits(self, item_id: UUID) -> frozenset[str] | None:
        """The only questions of an item they may see; None for those who see all of it."""
        return self.parts[item_id] if item_id in self.limited else None


NOBODY = Viewer(Side.NOBODY)
SYSTEM = Viewer(Side.SYSTEM, clients=None, via=Via.SYSTEM)
