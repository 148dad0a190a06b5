"""What must still leave the building: rows written in the transaction that caused them, claimed by one conditional update."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel import jobs
from portal.kernel.clock import now
from portal.kernel.db import Base, Identified, db, inserting, rows_changed

BACK_OFF = (timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))


class Lane(StrEnum):
    """How urgent a row is, and whether it tells facts or asks for something (asks are decided again when sent); or work of our own."""

    AUTH = "auth"
    RECEIPT = "receipt"
    MESSAGE = "message"
    ASK = "ask"
    WORK = "work"


class Stand(StrEnum):
    """Where a row is on its way."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    PARKED = "parked"
    CANCELLED = "cancelled"


LEASE = timedelta(minutes=5)
LEASES = {Lane.AUTH: timedelta(seconds=30), Lane.WORK: timedelta(seconds=90)}
ORDER = {Lane.AUTH: 0, Lane.RECEIPT: 1, Lane.MESSAGE: 2, Lane.ASK: 3}
WAITS: sa.ColumnElement[bool] = sa.literal_column("state = 'waiting'")


class Outbox(Identified, Base):
    """One mail on its way, or one chore to be done; the row is the truth, the queue only a wake-up."""

    __tablename__ = "outbox"

    lane: Mapped[Lane]
    kind: Mapped[str] = mapped_column(sa.String(40))
    client_id: Mapped[uuid.UUID | None]
    project_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None]
    facts: Mapped[dict[str, object]]
    dedupe: Mapped[str | None] = mapped_column(sa.String(200))
    made_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    state: Mapped[Stand] = mapped_column(default=Stand.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(sa.String(32))
    message_id: Mapped[str | None] = mapped_column(sa.String(200))
    error: Mapped[str | None] = mapped_column(sa.Text)
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("uq_outbox_dedupe_waiting", "dedupe", unique=True, sqlite_where=WAITS, postgresql_where=WAITS),
        sa.Index("ix_outbox_due", "state", "not_before"),
        sa.Index("ix_outbox_project_kind", "project_id", "kind"),
    )


def post(
    kind: str,
    *,
    lane: Lane,
    person_id: uuid.UUID | None,
    facts: dict[str, object],
    client_id: uuid.UUID | None = None,
    project_id: uuid.UUID | None = None,
    dedupe: str | None = None,
    wait: timedelta = timedelta(0),
    life: timedelta | None = None,
) -> uuid.UUID:
    """Put something on its way; a waiting row with the same dedupe key takes the newer facts and date instead of a twin."""
    moment = now()
    new = uuid.uuid4()
    values: dict[str, object] = {
        "id": new,
        "lane": lane,
        "kind": kind,
        "client_id": client_id,
        "project_id": project_id,
        "person_id": person_id,
        "facts": facts,
        "dedupe": dedupe,
        "made_at": moment,
        "not_before": moment + wait,
        "expires_at": moment + life if life else None,
        "state": Stand.WAITING,
        "attempts": 0,
    }
    statement = inserting(Outbox, session=db.session()).values(**values)
    if dedupe:
        statement = statement.on_conflict_do_update(
            index_elements=["dedupe"], index_where=WAITS, set_={"facts": facts, "not_before": moment + wait}
        )
    db.session.execute(statement)
    _wake_in(wait, work=lane is Lane.WORK)
    return new


class _InProject(Protocol):
    @property
    def client_id(self) -> uuid.UUID | None: ...

    @property
    def project_id(self) -> uuid.UUID | None: ...


def tell(
    kind: str, person_id: uuid.UUID, about: str, row_id: object, *, of: _InProject, lane: Lane, wait: timedelta = timedelta(0)
) -> uuid.UUID:
    """Put one mail about one thing of a project on its way to one person, however often they would hear of it while it waits."""
    facts: dict[str, object] = {about: str(row_id)}
    once = f"{kind}:{row_id}:{person_id}"
    return post(kind, lane=lane, person_id=person_id, facts=facts, client_id=of.client_id, project_id=of.project_id, dedupe=once, wait=wait)


def _wake_in(wait: timedelta, *, work: bool = False) -> None:
    """Have the worker woken once this is committed: whoever sends mails, or whoever does the chores."""
    db.session().info.setdefault(f"{jobs.CHORES if work else jobs.MAILS}_in", set()).add(wait.total_seconds())


def waiting_facts(dedupe: str) -> dict[str, object]:
    """The facts of what still waits under a key, to be added to; empty when nothing waits."""
    facts = db.session.scalar(select(Outbox.facts).where(Outbox.dedupe == dedupe, Outbox.state == Stand.WAITING))
    return dict(facts or {})


def reschedule(kind: str, *, project_id: uuid.UUID, wait: timedelta) -> bool:
    """Let what waits of a kind for a project leave after so long from now; True when something waits."""
    waits = (Outbox.kind == kind, Outbox.project_id == project_id, Outbox.state == Stand.WAITING, Outbox.attempts == 0)
    moved = update(Outbox).where(*waits).values(not_before=now() + wait).execution_options(synchronize_session=False)
    found = bool(rows_changed(moved))
    if found:
        _wake_in(wait)
    return found


def cancel(dedupe: str) -> bool:
    """Take back what still waits under a key; True when there was something to take back."""
    waiting = update(Outbox).where(Outbox.dedupe == dedupe, Outbox.state == Stand.WAITING)
    return bool(rows_changed(waiting.values(state=Stand.CANCELLED)))


def try_again(row_id: uuid.UUID) -> bool:
    """Put a parked row on its way as if it were new; False when it is not parked (any more) or too old to be of use."""
    moment = now()
    fresh = sa.or_(Outbox.expires_at.is_(None), Outbox.expires_at > moment)
    again = {"state": Stand.WAITING, "attempts": 0, "made_at": moment, "not_before": moment, "error": None}
    _wake_in(timedelta(0))
    _wake_in(timedelta(0), work=True)
    return bool(rows_changed(update(Outbox).where(Outbox.id == row_id, Outbox.state == Stand.PARKED, fresh).values(**again)))


def drop(row_id: uuid.UUID) -> bool:
    """Let a parked row go, so that nobody is reminded of it; False when it is not parked (any more)."""
    return bool(rows_changed(update(Outbox).where(Outbox.id == row_id, Outbox.state == Stand.PARKED).values(state=Stand.CANCELLED)))


def claim(*, work: bool = False, only: Collection[str] = (), never: Collection[str] = ()) -> Outbox | None:
    """Lease the most urgent mail (or the oldest chore) that is due, so that exactly one worker has it; None when nothing is due.

    `only` and `never` name kinds.
    """
    moment = now()
    due = sa.and_(
        Outbox.lane == Lane.WORK if work else Outbox.lane != Lane.WORK,
        *([Outbox.kind.in_(only)] if only else []),
        *([Outbox.kind.not_in(never)] if never else []),
        sa.or_(
            sa.and_(Outbox.state == Stand.WAITING, Outbox.not_before <= moment),
            sa.and_(Outbox.state == Stand.LEASED, Outbox.lease_until < moment),
        ),
    )
    urgent = sa.case(*((Outbox.lane == lane, n) for lane, n in ORDER.items()), else_=9)
    pick = select(Outbox.id, Outbox.lane).where(due).order_by(urgent, Outbox.not_before).limit(1).with_for_update(skip_locked=True)
    found = db.session.execute(pick).first()
    if found is None:
        return None
    lease = moment + LEASES.get(found.lane, LEASE)
    taking = (
        update(Outbox)
        .where(Outbox.id == found.id, due)
        .values(state=Stand.LEASED, attempts=Outbox.attempts + 1, lease_until=lease, lease_token=uuid.uuid4().hex, dedupe=None)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(taking):
        return None
    return db.session.scalars(select(Outbox).where(Outbox.id == found.id).execution_options(populate_existing=True)).one()


def renew(row: Outbox) -> bool:
    """Hold a lease for longer, while the work goes on; False when it was lost to another worker."""
    mine = update(Outbox).where(Outbox.id == row.id, Outbox.lease_token == row.lease_token, Outbox.state == Stand.LEASED)
    longer = mine.values(lease_until=now() + LEASES.get(row.lane, LEASE))
    return bool(rows_changed(longer.execution_options(synchronize_session=False)))


def settle(row: Outbox, state: Stand, *, error: str | None = None, again_in: timedelta | None = None, free: bool = False) -> bool:
    """Write down how it went; False when the lease was lost to another worker meanwhile, who then decides. A `free` try is not counted."""
    values: dict[str, object] = {"state": state, "error": error, "lease_until": None, "lease_token": None}
    if state is Stand.SENT:
        values |= {"sent_at": now(), "message_id": row.message_id}
    if again_in is not None:
        values |= {"not_before": now() + again_in}
    if free:
        values |= {"attempts": Outbox.attempts - 1}
    mine = update(Outbox).where(Outbox.id == row.id, Outbox.lease_token == row.lease_token)
    return bool(rows_changed(mine.values(**values).execution_options(synchronize_session=False)))


def back_off(attempts: int) -> timedelta:
    """How long to wait before the next try."""
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
