"""Items: the things a firm asks of a client. Every item is in somebody's court, and every stretch of waiting is kept."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from portal.kernel.clock import now
from portal.kernel.db import Base, Identified, Owned, acting_as, owned_by
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import hide_from_clients
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kernel.words import best, best_language
from portal.models.item_states import MOVES, OPEN, WAITS_FOR, WITH_CLIENT, ItemKind, ItemState, Subject, WaitingOn
from portal.models.turns import ItemPerson, Part, Turn

__all__ = ["GONE", "SAID_YES", "UNDO_FOR", "Item", "ItemPerson", "Part", "Turn", "new_item", "stale"]

UNDO_FOR = timedelta(seconds=10)
SAID_YES = N_("The client has said yes already. Make a new item for what should change now.")
MISSING_WORDS = N_("Write one sentence on what is missing, so that the client knows what to do.")
GONE = N_("This has changed in the meantime. Please look again.")


MISSING: sa.ColumnElement[bool] = sa.literal_column("state = 'not_available'")


class Item(Identified, Owned, Base):
    """One thing asked of a client. `state` and `waiting_on` have one writer: `_move`."""

    __tablename__ = "item"

    project_id: Mapped[uuid.UUID]
    milestone_id: Mapped[uuid.UUID | None]
    holds_up_id: Mapped[uuid.UUID | None]
    kind: Mapped[ItemKind]
    position: Mapped[int] = mapped_column(default=0)
    words: Mapped[dict[str, object]] = mapped_column(default=dict)
    spec: Mapped[dict[str, object]] = mapped_column(default=dict)
    minutes: Mapped[int] = mapped_column(default=5)
    lead_days: Mapped[int] = mapped_column(default=1)
    required: Mapped[bool] = mapped_column(default=True)
    needs_review: Mapped[bool] = mapped_column(default=True)
    due_on: Mapped[date | None]
    promised_on: Mapped[date | None]
    slips_on: Mapped[date | None]
    state: Mapped[ItemState] = mapped_column(default=ItemState.DRAFT)
    state_since: Mapped[datetime]
    waiting_on: Mapped[WaitingOn] = mapped_column(default=WaitingOn.NOBODY)
    waiting_since: Mapped[datetime | None]
    stuck: Mapped[bool] = mapped_column(default=False)
    round: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    reason_by_id: Mapped[uuid.UUID | None]
    questionnaire_version_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("questionnaire_version.id", ondelete="RESTRICT"))
    template_key: Mapped[str | None] = mapped_column(sa.String(64))
    reminders: Mapped[str] = mapped_column(sa.String(40), default="")
    sent_at: Mapped[datetime | None]
    rev: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        owned_by("project"),
        owned_by("milestone", same="project_id"),
        owned_by("milestone", "holds_up_id", same="project_id"),
        sa.UniqueConstraint("client_id", "id"),
        sa.Index("ix_item_waiting_due", "waiting_on", "due_on"),
        sa.Index("ix_item_project_position", "project_id", "position"),
        sa.Index("ix_item_not_available", "project_id", sqlite_where=MISSING, postgresql_where=MISSING),
    )

    # --- what it says -----------------------------------------------------------------------------------------------

    def text(self, name: str, *languages: str) -> str:
        """A text of this item (`title`, `why`, `help`), all from the one language that serves the reader best."""
        words = cast("dict[str, dict[str, str]]", self.words)
        titles = {language: said.get("title", "") for language, said in words.items()}
        language = best_language([titles], *languages, "en")
        return words.get(language, {}).get(name, "") or (best(titles, *languages) if name == "title" else "")

    def say(self, language: str, *, title: str, why: str = "", help: str = "") -> None:
        """Write the texts of this item in one language."""
        self.words = {**self.words, language: {"title": title, "why": why, "help": help}}

    @property
    def subject(self) -> Subject:
        """What it is about, where the client decides on it."""
        return Subject(str(self.spec.get("subject", Subject.THING)))

    @property
    def is_open(self) -> bool:
        """Whether the item still stands between the project and its end."""
        return self.state in OPEN

    @property
    def expected_on(self) -> date | None:
        """The day it is judged by: the one the client named, else the one we asked for."""
        return self.promised_on or self.due_on

    @property
    def is_draft(self) -> bool:
        """Whether clients do not know of it yet."""
        return self.state is ItemState.DRAFT

    # --- verbs: each refuses in words when the item is elsewhere ------------------------------------------------------

    def send(self, *, closed: bool = False, at: datetime) -> None:
        """Put the item on the client's list; `closed` while it waits for others. A decision first waits for us to present something."""
        self._need("send", N_("This has been sent already."))
        self.sent_at = at
        self._move("send", ItemState.LOCKED if closed else self._first, at=at)

    def open(self, *, at: datetime) -> None:
        """Let the client do it: what it waited for has come."""
        self._need("open", GONE)
        self._move("open", self._first, at=at)

    @property
    def _first(self) -> ItemState:
        return ItemState.PREPARING if self.kind.is_decision else ItemState.TO_DO

    def start(self, *, at: datetime) -> None:
        """Note the first byte or answer; later ones change nothing, and a decision has none."""
        if self.state is ItemState.TO_DO and not self.kind.is_decision:
            self._move("start", ItemState.STARTED, at=at)

    def hand_over(self, *, at: datetime) -> None:
        """Put the ball into the firm's court."""
        self._need("hand_over", N_("This has been sent already. We are checking it."))
        self.round += 1
        self.reason = ""
        self._move("hand_over", ItemState.SENT if self.needs_review else ItemState.ACCEPTED, at=at)

    def take_back(self, *, at: datetime) -> None:
        """Give the client their delivery back while nobody has judged it."""
        self._need("take_back", N_("We have looked at this already, so it cannot be taken back. Write to us if something is wrong."))
        self._move("take_back", ItemState.STARTED, at=at)

    def accept(self, *, at: datetime) -> None:
        """Say that what came in is fine."""
        self._need("accept", N_("There is nothing to accept here any more. Somebody else may have been faster."))
        self._move("accept", ItemState.ACCEPTED, at=at)

    def undo_verdict(self, *, at: datetime) -> None:
        """Take a verdict back, so that the item waits for one again."""
        self._need("undo_verdict", GONE)
        self.reason = ""
        self._move("undo_verdict", ItemState.SENT, at=at)

    def send_back(self, reason: str, *, by: Viewer, at: datetime) -> None:
        """Ask again, with a reason in the client's words."""
        self._need("send_back", N_("There is nothing to send back here any more. Somebody else may have been faster."))
        self._because(reason, by=by, sentence=MISSING_WORDS)
        self._move("send_back", ItemState.RETURNED, at=at)

    def reword(self, reason: str, *, by: Viewer) -> None:
        """Write anew why it is asked for again."""
        self._need("reword", GONE)
        self._because(reason, by=by, sentence=MISSING_WORDS)
        self.rev += 1

    def not_available(self, reason: str, *, by: Viewer, at: datetime) -> None:
        """Let the client say that they do not have this."""
        self._need("not_available", N_("This is not waiting for you any more."))
        if self.kind.is_decision:
            raise Refused(N_("Please answer on the page of this decision. You can say there what is in the way."))
        self._because(reason, by=by, sentence=N_("Tell us in one sentence why, so that we can find another way."))
        self._move("not_available", ItemState.NOT_AVAILABLE, at=at)

    def insist(self, reason: str, *, by: Viewer, at: datetime) -> None:
        """Ask for it all the same, with a reason."""
        self._need("insist", GONE)
        self._because(reason, by=by, sentence=N_("Write one sentence on why we need it all the same."))
        self._move("insist", ItemState.RETURNED, at=at)

    def waive(self, *, at: datetime) -> None:
        """Go on without it."""
        self._need("waive", N_("This is closed already."))
        self._move("waive", ItemState.WAIVED, at=at)

    def restore(self, *, presented: bool = False, at: datetime) -> None:
        """Ask for a waived item again; a decision waits for the client only if a version stands."""
        self._need("restore", GONE)
        self._move("restore", ItemState.PREPARING if self.kind.is_decision and not presented else ItemState.TO_DO, at=at)

    def close_again(self, *, at: datetime) -> None:
        """Let a waived item wait again for what it waited for."""
        self._need("close_again", GONE)
        self._move("close_again", ItemState.LOCKED, at=at)

    def promise(self, day: date, *, today: date, field: str = "promised_on") -> None:
        """Note the day by which the client wants to send it."""
        if self.waiting_on is not WaitingOn.CLIENT:
            raise Refused(N_("This is not waiting for you any more."))
        if day < today:
            raise Refused(N_("Choose today or a later day."), field=field, status=422)
        self.promised_on = day

    def present(self, *, at: datetime) -> None:
        """Lay a version before the client; it waits for their decision."""
        if self.state is ItemState.ACCEPTED:
            raise Refused(SAID_YES)
        self._need("present", N_("Send this item first, or restore it, before you present a version."))
        self.sent_at, self.stuck = self.sent_at or at, False
        self._move("present", ItemState.TO_DO, at=at)

    def decided(self, to: ItemState, *, at: datetime) -> None:
        """Follow what the rule over all live decisions says."""
        self._need("decide", N_("This is not waiting for a decision any more. Please look again."))
        if to is not self.state:
            self._move("decide", to, at=at)

    def expire(self, *, at: datetime) -> None:
        """Put the ball into the firm's court: nobody decided in time."""
        if self.state is ItemState.TO_DO:
            self._move("decide", ItemState.PREPARING, at=at)

    def take_back_decision(self, *, at: datetime) -> None:
        """Open the decision again."""
        self._need("take_back_decision", GONE)
        self._move("take_back_decision", ItemState.TO_DO, at=at)

    def rest(self, running: bool, *, at: datetime) -> None:
        """Let nobody wait while the project stands still, and whoever it was again when it goes on."""
        self._wait(self._whose if running else WaitingOn.NOBODY, at=at)

    def be_stuck(self, stuck: bool, *, at: datetime) -> None:
        """Take the ball while something is in the client's way, and give it back after; they may do the item all the same."""
        if stuck is not self.stuck:
            self.stuck = stuck
            self.rest(self.waiting_on is not WaitingOn.NOBODY, at=at)

    @property
    def _whose(self) -> WaitingOn:
        return WaitingOn.FIRM if self.stuck else WAITS_FOR[self.state]

    # --- the one writer -----------------------------------------------------------------------------------------------

    def _need(self, verb: str, sentence: str) -> None:
        if self.state not in MOVES[verb].start:
            raise Refused(sentence)

    def _because(self, reason: str, *, by: Viewer, sentence: str) -> None:
        if not reason.strip():
            raise Refused(sentence, field="reason", status=422)
        self.reason, self.reason_by_id = reason.strip(), by.person_id

    def _move(self, verb: str, to: ItemState, *, at: datetime) -> None:
        if to not in MOVES[verb].end:
            raise RuntimeError(f"{verb} does not lead to {to}")
        self.state, self.state_since, self.stuck = to, at, self.stuck and to in WITH_CLIENT
        self.rev += 1
        self._wait(self._whose, at=at)

    def _wait(self, side: WaitingOn, *, at: datetime) -> None:
        if self.waiting_on is WaitingOn.CLIENT and side is not WaitingOn.CLIENT:
            _session(self).info.setdefault("left_client", set()).add(self.id)
        if side is not self.waiting_on:
            self.waiting_since = None if side is WaitingOn.NOBODY else at
        self.waiting_on = side
        session = _session(self)
        with acting_as(SYSTEM):  # who was asked for a part may begin it, and sees no turns
            last = session.scalars(select(Turn).where(Turn.item_id == self.id).order_by(Turn.n.desc()).limit(1)).first()
        if last and last.ended_at is None:
            last.ended_at = at
            session.flush()
        session.add(Turn(client_id=self.client_id, item_id=self.id, n=last.n + 1 if last else 1, side=side, state=self.state, began_at=at))
        stale(self)


def stale(thing: Item) -> None:
    """Mark the thing's project, so that its place on the board is worked out again before the commit."""
    _session(thing).info.setdefault("stale_projects", set()).add(thing.project_id)


def new_item(*, client_id: uuid.UUID, project_id: uuid.UUID, kind: ItemKind, position: int) -> Item:
    """A draft that no client knows of."""
    where = {"client_id": client_id, "project_id": project_id, "kind": kind, "position": position}
    fresh = {"state": ItemState.DRAFT, "waiting_on": WaitingOn.NOBODY, "state_since": now(), "round": 0, "rev": 0, "reason": ""}
    return Item(id=uuid.uuid4(), words={}, spec={}, stuck=False, **where, **fresh)


def _session(thing: Base) -> Session:
    session = object_session(thing)
    if session is None:
        raise RuntimeError("add the item to the session before you move it")
    return session


hide_from_clients(Item, lambda viewer: lambda item: item.state != ItemState.DRAFT)
