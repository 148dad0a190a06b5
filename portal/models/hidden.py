"""What contacts never see of the record: other clients' events, internal ones, and the names and sentences beside them."""

from __future__ import annotations

import sqlalchemy as sa

from portal.kernel.record import Audience, Event, EventDetail
from portal.kernel.scope import hide_from_clients

hide_from_clients(Event, lambda viewer: sa.and_(Event.client_id.in_(sorted(viewer.clients or ())), Event.audience == Audience.SHARED.value))
hide_from_clients(EventDetail, lambda viewer: sa.false())
