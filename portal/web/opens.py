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
from portal.kinds.plans import opening
from portal.kinds.questionnaires.kind import definition_of
from portal.models.definition.shape import Question, Type
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.template.shape import Is, Need
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


def opens_words(
    need: Need | ItemNeed, question: Question | None, *languages: str, thing: str, decision: bool, sentences: Mapping[str, str] = TO_CLIENT
) -> str:
    """Why something is closed yet: what it waits for of the `thing`, and the reason the firm gives."""
    values, kind = {"thing": thing}, "decided" if decision else "sent" if need.is_ is Is.SENT else "done"
    if need.is_ is Is.ANSWER:
        kind, values = "answer" if need.value else "any", {"question": best(question.label, *languages) if question else thing}
        values["answer"] = answer_word(question, need.value, *languages)
    return " ".join(part for part in (gettext(sentences[kind], **values), best(need.why, *languages)) if part)


def answer_word(question: Question | None, value: str, *languages: str) -> str:
    """One answer of a question as people read it."""
    if question and question.type is Type.YES_NO:
        return str({"yes": gettext("Yes"), "no": gettext("No")}.get(value, value))
    option = question.option(value) if question else None
    return best(option.label, *languages) if option else value


def _sentence(need: ItemNeed, other: Item, sentences: Mapping[str, str], languages: tuple[str, ...]) -> str:
    thing, decision = other.text("title", *languages), other.kind.is_decision
    return opens_words(need, _question(need, other), *languages, thing=thing, decision=decision, sentences=sentences)


def _otherwise(wait: opening.Wait, other: Item, languages: tuple[str, ...]) -> str:
    question = _question(wait.need, other)
    asked = best(question.label, *languages) if question else other.text("title", *languages)
    kind = "unasked" if other.state is ItemState.WAIVED else "other" if wait.given.get("value") else "none"
    chosen = cast("list[str]", wait.given.get("chosen", []))
    answer = i18n.listed(chosen) if chosen else told_frozen(wait.given) if kind == "other" else ""
    return str(gettext(NOT_NEEDED[kind], question=asked, answer=answer))


def _question(need: ItemNeed, other: Item) -> Question | None:
    return definition_of(other).question(need.question_key) if need.is_ is Is.ANSWER else None
