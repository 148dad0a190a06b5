"""Why something is closed yet or not needed, in a sentence for the client or staff; nothing is said of what the reader may not see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import cast
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.refusal import N_
from portal.kernel.words import best
from portal.kinds import opening
from portal.kinds.questionnaires import definition_of
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.template.shape import Is
from portal.models.templates import ItemNeed
from portal.web import i18n
from portal.web.answers import told_frozen

TO_CLIENT = {
    "done": N_("Opens when “%(thing)s” is done."),
    "decided": N_("Opens when you have said yes to “%(thing)s”."),
    "sent": N_("Opens when you have sent “%(thing)s”."),
    "answer": N_("Opens if you answer “%(question)s” with “%(answer)s”."),
    "any": N_("Opens when you have answered “%(question)s”."),
}
TO_STAFF = {
    "done": N_("Opens when “%(thing)s” is accepted."),
    "decided": N_("Opens when the client has said yes to “%(thing)s”."),
    "sent": N_("Opens when the client has sent “%(thing)s”."),
    "answer": N_("Opens if the client answers “%(question)s” with “%(answer)s”."),
    "any": N_("Opens when the client has answered “%(question)s”."),
}
NOT_NEEDED = {
    "other": N_("Not needed: “%(question)s” was answered “%(answer)s”."),
    "none": N_("Not needed: “%(question)s” was sent without an answer."),
    "unasked": N_("Not needed: “%(question)s” is not asked any more."),
}


def opens_when(items: Collection[Item], *languages: str, to_staff: bool = False) -> Mapping[UUID, list[str]]:
    """The reasons why items are closed, by item, each with the words the firm wrote about it."""
    found = opening.unmet(items)
    others = {wait.need.needs_item_id for waits in found.values() for wait in waits}
    there = {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_(sorted(others))))} if others else {}
    sentences = TO_STAFF if to_staff else TO_CLIENT
    return {
        item_id: [_sentence(wait.need, there[wait.need.needs_item_id], sentences, languages) for wait in waits]
        for item_id, waits in found.items()
    }


def not_needed(items: Collection[Item], *languages: str) -> Mapping[UUID, list[str]]:
    """Why those of these items that the answers set aside are not needed, by item; for staff."""
    aside = opening.set_aside(items)
    found = opening.unmet([item for item in items if item.id in aside])
    asked = {wait.need.needs_item_id for waits in found.values() for wait in waits if wait.hopeless}
    there = {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_(sorted(asked))))} if asked else {}
    return {
        item_id: [_otherwise(wait, there[wait.need.needs_item_id], languages) for wait in waits if wait.hopeless]
        for item_id, waits in found.items()
    }


def _otherwise(wait: opening.Wait, other: Item, languages: tuple[str, ...]) -> str:
    _kind, values = _answer(wait.need, other, languages)
    kind = "unasked" if other.state is ItemState.WAIVED else "other" if wait.given.get("value") else "none"
    if kind == "other":
        chosen = cast("list[str]", wait.given.get("chosen", []))
        values["answer"] = i18n.listed(chosen) if chosen else told_frozen(wait.given)
    return str(gettext(NOT_NEEDED[kind], **values))


def _sentence(need: ItemNeed, other: Item, sentences: Mapping[str, str], languages: tuple[str, ...]) -> str:
    values = {"thing": other.text("title", *languages)}
    kind = "decided" if other.kind.is_decision else "sent" if need.is_ is Is.SENT else "done"
    if need.is_ is Is.ANSWER:
        kind, values = _answer(need, other, languages)
    return " ".join(part for part in (gettext(sentences[kind], **values), best(need.why, *languages)) if part)


def _answer(need: ItemNeed, other: Item, languages: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    question = definition_of(other).question(need.question_key)
    asked = best(question.label, *languages) if question else other.text("title", *languages)
    if not need.value:
        return "any", {"question": asked}
    option = question.option(need.value) if question else None
    plain = {"yes": gettext("Yes"), "no": gettext("No")}.get(need.value, need.value)
    return "answer", {"question": asked, "answer": best(option.label, *languages) if option else plain}
