"""Secrets that clients hand over: sealed, opened only by staff who ask and are recorded, deleted after the days the firm wrote."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.kernel import chores
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import find
from portal.kernel.sealing import seal, unseal
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds.questionnaires.kind import definition_of
from portal.models import may
from portal.models.definition.shape import DELETED, SEALED, Type
from portal.models.items import Item
from portal.models.questionnaires import Answer

KEEP = 30  # days, where the firm wrote nothing
FORGET = "secrets"


def lay(answer: Answer, text: str, *, days: int) -> None:
    """Lay a secret beside its answer, sealed; it is deleted after so many days."""
    answer.secret = seal(text, place=_place(answer))
    _keep_until(answer, now() + timedelta(days=days or KEEP))


def opened(answer: Answer) -> str:
    """The secret itself; empty when it is not there any more."""
    return unseal(answer.secret, place=_place(answer)) if answer.secret else ""


def is_same(answer: Answer, text: str) -> bool:
    """Whether this is the secret that lies there already; one that cannot be read any more is never."""
    try:
        return opened(answer) == text
    except Refused:
        return False


@action
def keep_from_now(item: Item) -> None:
    """Count the days of all secrets of an item from now on: they have been handed over."""
    days = {question.key: question.keep_days or KEEP for question in definition_of(item).questions if question.type is Type.SECRET}
    laid = select(Answer).where(Answer.item_id == item.id, Answer.question_key.in_(sorted(days)), Answer.secret.is_not(None))
    for answer in db.session.scalars(laid) if days else ():
        _keep_until(answer, now() + timedelta(days=days[answer.question_key]))


@action
def show(item: Item, key: str, *, by: Viewer) -> str:
    """The secret, for a member of staff; that they looked is on record, and the client sees it."""
    require(may.run_clients(by))
    question = definition_of(item).question(key)
    answer = db.session.get(Answer, (item.id, key, ""))
    if question is None or answer is None or answer.secret is None:
        raise Refused(N_("This secret is not here any more."))
    text = opened(answer)
    record(Kind.SECRET_SHOWN, item, by=by, question=key, rev=answer.rev)
    return text


@chores.chore(FORGET)
def forget(_facts: chores.Facts) -> None:
    """Delete the secrets whose days are over."""
    open_session(SYSTEM, writes=True)
    _forget()


@action
def _forget() -> None:
    late = select(Answer).where(Answer.secret.is_not(None), Answer.expires_at <= now())
    for answer in db.session.scalars(late.with_for_update()):
        answer.secret, answer.value, answer.expires_at = None, DELETED if answer.value == SEALED else answer.value, None
        record(Kind.SECRET_DELETED, find(Item, answer.item_id), by=SYSTEM, question=answer.question_key)


def _keep_until(answer: Answer, moment: datetime) -> None:
    """Note the moment, and have somebody come by then; who comes takes along all that are due."""
    answer.expires_at = moment
    wait = moment - now() + timedelta(minutes=1)
    chores.order(FORGET, facts={}, client_id=answer.client_id, wait=wait, dedupe=f"{FORGET}:{moment:%Y-%m-%dT%H}")


def _place(answer: Answer) -> str:
    return f"{answer.item_id}:{answer.question_key}:{answer.row_key}"
