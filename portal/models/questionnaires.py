"""Questionnaires belong to the firm and are immutable once published; answers belong to the client."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.models.drafts import Drafted, Published


class Source(StrEnum):
    """Where an answer came from."""

    TYPED = "typed"
    PREFILLED = "prefilled"
    STAFF = "staff"
    API = "api"


class Said(StrEnum):
    """What the firm said of one answer: fine, please once more, or a proposal of ours that the client has to confirm."""

    ACCEPTED = "accepted"
    ASKED_AGAIN = "asked_again"
    CORRECTED = "corrected"


class Reply(StrEnum):
    """What the client said to a proposal of ours: it is right, or theirs stays, as it is or written anew."""

    CONFIRMED = "confirmed"
    KEPT = "kept"


class Questionnaire(Drafted, Base):
    """A questionnaire in the making; clients get published versions only. `before` is the draft before a removal, for Undo.

    One that belongs to a template stands on no shelf of its own.
    """

    __tablename__ = "questionnaire"

    before: Mapped[str | None] = mapped_column(sa.Text)
    template_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("project_template.id", ondelete="RESTRICT"))


class QuestionnaireVersion(Published, Base):
    """A published definition."""

    __tablename__ = "questionnaire_version"

    questionnaire_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("questionnaire.id", ondelete="RESTRICT"))
    definition: Mapped[str] = mapped_column(sa.Text)

    __table_args__ = (sa.UniqueConstraint("questionnaire_id", "n"),)


class NotePicture(Identified, Base):
    """A picture that a note shows, drawn anew by us. Questionnaires name it by its id, and published ones never change."""

    __tablename__ = "note_picture"

    key: Mapped[str] = mapped_column(sa.String(200))
    type: Mapped[str] = mapped_column(sa.String(40))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    added_at: Mapped[datetime]


class Answer(Owned, Base):
    """What stands as the answer to one question, or to one row of a table, with its revision.

    A secret lies sealed beside its value, which only says that it is there; it is deleted on `expires_at`.
    """

    __tablename__ = "answer"

    item_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    question_key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    row_key: Mapped[str] = mapped_column(sa.String(64), primary_key=True, default="")
    value: Mapped[object | None] = mapped_column(sa.JSON(none_as_null=True))
    rev: Mapped[int] = mapped_column(default=1)
    by_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    source: Mapped[Source] = mapped_column(default=Source.TYPED)
    secret: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    expires_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (owned_by("item"),)


class AnswerRow(Owned, Base):
    """One row of a table that the client filled in; its cells are the answer under the same row key."""

    __tablename__ = "answer_row"

    item_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    question_key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    row_key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None]

    __table_args__ = (owned_by("item"),)


class AnswerChange(Identified, Owned, Base):
    """Every text an answer ever had; the loser of a conflict keeps theirs here."""

    __tablename__ = "answer_change"

    item_id: Mapped[uuid.UUID]
    question_key: Mapped[str] = mapped_column(sa.String(64))
    row_key: Mapped[str] = mapped_column(sa.String(64), default="")
    rev: Mapped[int]
    value: Mapped[object | None] = mapped_column(sa.JSON(none_as_null=True))
    by_id: Mapped[uuid.UUID]
    at: Mapped[datetime]

    __table_args__ = (owned_by("item"), sa.UniqueConstraint("item_id", "question_key", "row_key", "rev"))


class AnswerVerdict(Owned, Base):
    """What the firm said of one answer of one round; the client reads it once the whole item has come back to them.

    `ours` is what we propose instead; the client's own answer stands until they say that ours is right.
    """

    __tablename__ = "answer_verdict"

    item_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    question_key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[Said]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    ours: Mapped[object | None] = mapped_column(sa.JSON(none_as_null=True))
    by_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    reply: Mapped[Reply | None]
    reply_by: Mapped[uuid.UUID | None]
    reply_at: Mapped[datetime | None]

    __table_args__ = (owned_by("item"),)


class ReasonSnippet(Identified, Base):
    """A sentence the firm asks again with, in the languages it wrote it in; `name` is what staff press."""

    __tablename__ = "reason_snippet"

    name: Mapped[str] = mapped_column(sa.String(60))
    words: Mapped[dict[str, str]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
