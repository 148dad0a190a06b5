"""The review of a questionnaire answer by answer: what we say of each, and sending it back for those that need another look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import cast
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.features.review import answered, queries, staff
from portal.features.review.answered import One, Sheet
from portal.features.review.forms import AskAgainForm, FinishForm, VerdictForm
from portal.features.review.snippets import reasons_in
from portal.kernel.refusal import NotFound, Refused
from portal.kinds import reading
from portal.kinds.questionnaires import judging
from portal.kinds.questionnaires.kind import definition_of
from portal.kinds.questionnaires.proposals import Mark, row_changes
from portal.models.clients import Client
from portal.models.definition.shape import Type, Value
from portal.models.deliveries import Delivery
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.questionnaires import Said
from portal.web import i18n
from portal.web.answers import told, told_frozen
from portal.web.buttons import say_with_undo
from portal.web.doors import find, viewer
from portal.web.forms import said
from portal.web.places import find_item

pages = Blueprint("answers", __name__)
HERE = "/review/<uuid:delivery_id>/<uuid:item_id>/answers"


@pages.post(f"{HERE}/<key>/<any(accept, undo):verb>")
def say(delivery_id: UUID, item_id: UUID, key: str, verb: str) -> ResponseReturnValue:
    """Accept one answer, or take back what was said of it."""
    item, seen = _item(item_id), VerdictForm().looked_at
    if verb == "undo":
        return _done(delivery_id, item_id, lambda: judging.take_back(item, key, by=viewer(), seen=seen), stay=key)
    return _done(delivery_id, item_id, lambda: judging.accept_answer(item, key, by=viewer(), seen=seen), after=key)


@pages.post(f"{HERE}/accept")
def accept_section(delivery_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Accept everything in a section nobody has said anything of."""
    item, seen, keys = _item(item_id), VerdictForm().looked_at, request.form.getlist("key")
    return _done(delivery_id, item_id, lambda: judging.accept_answers(item, keys, by=viewer(), seen=seen), after=keys[-1] if keys else "")


@pages.route(f"{HERE}/<key>/ask", methods=["GET", "POST"])
def ask(delivery_id: UUID, item_id: UUID, key: str) -> ResponseReturnValue:
    """Ask for one answer again: the panel with reasons, then what was written."""
    item = _item(item_id)
    client = find(Client, item.client_id)
    form = AskAgainForm()
    form.offer(reasons_in(client.language))
    if form.submitted(lambda: judging.ask_again(item, key, form.message, by=viewer(), seen=form.revision)):
        return redirect(_to(delivery_id, item_id, anchor=_next(delivery_id, item_id, key)), 303)
    sheet = _sheet(delivery_id, item)
    one = sheet.one(key)
    if one is None:
        raise NotFound
    if request.method == "GET" and one.said and one.said.said is Said.ASKED_AGAIN:
        form.reason.data = one.said.reason
    facts = {"client": client, "delivery_id": delivery_id, "reader": i18n.LANGUAGES.get(client.language, client.language)}
    return render_template("staff/review/ask.html", item=item, one=one, form=form, **facts)


@pages.post("/review/<uuid:delivery_id>/<uuid:item_id>/finish")
def finish(delivery_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Send the item back for the answers that were marked, and accept the others with that."""
    item, form = _item(item_id), FinishForm()
    sheet, client = _sheet(delivery_id, item), find(Client, item.client_id)
    word = form.reason.data or ""
    reason = in_words(item, sheet, client.language, message=word)
    if not form.submitted(lambda: judging.finish(item, reason, word=word, by=viewer(), seen=form.revision, told=form.told.data or "")):
        for problem in form.problems:
            flash(problem[1], "warn")
        return redirect(_to(delivery_id, item_id), 303)
    text = _("“%(title)s” is open for the client again, and the email is about to leave.", title=item.text("title", i18n.language()))
    say_with_undo(text, undo=url_for("staff.review.undo", delivery_id=delivery_id, item_id=item_id))
    return staff.go_on(delivery_id, item_id)


@pages.get(f"{HERE}/<key>/history")
def history(delivery_id: UUID, item_id: UUID, key: str) -> ResponseReturnValue:
    """How one answer came to be: round by round, and every text it ever had."""
    item, whole = _item(item_id), find(Delivery, delivery_id)
    question = definition_of(item).question(key)
    if question is None or item.project_id != whole.project_id:
        raise NotFound
    past = answered.past_of(item, key, queries.rounds_of(item))
    return render_template(
        "staff/review/history.html", item=item, delivery=whole, question=question, past=past, client=find(Client, item.client_id)
    )


def in_words(item: Item, sheet: Sheet, language: str, *, message: str = "") -> str:
    """What the client is asked, answer by answer, in their language, below what we write ourselves."""
    with i18n.speaking(language):
        lines = [_line(item, one) for one in sheet.asked]
    return "\n".join(filter(None, [message.strip(), *lines]))


def _line(item: Item, one: One) -> str:
    verdict = one.said
    label, question = str(one.frozen["label"]), definition_of(item).question(one.key)
    if verdict is None or question is None:
        return label
    if verdict.said is not Said.CORRECTED:
        return str(_("“%(question)s”: %(reason)s", question=label, reason=verdict.reason))
    if question.type is Type.TABLE:
        asked = _("“%(question)s”: we propose other rows (%(rows)s). Right?", question=label, rows=_rows_in_words(verdict.ours))
        return " ".join(filter(None, [asked, verdict.reason]))
    ours, theirs = told(question, cast("Value", verdict.ours)), told_frozen(one.frozen)
    asked = _("“%(question)s”: we wrote “%(ours)s” instead of “%(theirs)s”. Right?", question=label, ours=ours, theirs=theirs)
    if not theirs:
        asked = _("“%(question)s”: we wrote “%(ours)s”. Right?", question=label, ours=ours)
    return " ".join(filter(None, [asked, verdict.reason]))


def _rows_in_words(ours: object) -> str:
    """How many rows of a table we would change, move, add and take out."""
    marks = Counter(row.mark for row in row_changes(ours))
    changed, moved, added, removed = (marks[mark] for mark in (Mark.CHANGED, Mark.MOVED, Mark.ADDED, Mark.REMOVED))
    said_of = [
        ngettext("one changed", "%(num)s changed", changed) if changed else "",
        ngettext("one moved", "%(num)s moved", moved) if moved else "",
        ngettext("one new", "%(num)s new", added) if added else "",
        ngettext("one taken out", "%(num)s taken out", removed) if removed else "",
    ]
    return i18n.listed(filter(None, said_of))


def _item(item_id: UUID) -> Item:
    return find_item(item_id, ItemKind.QUESTIONNAIRE)


def _sheet(delivery_id: UUID, item: Item) -> Sheet:
    """The answers of the round that stands; there is none when it was taken back or lies in another delivery."""
    handed = reading.hand_over(item.id, item.round)
    if handed is None or handed.delivery_id != delivery_id:
        raise NotFound
    return answered.sheet_of(item, handed, queries.content_of(handed), queries.rounds_of(item))


def _done(delivery_id: UUID, item_id: UUID, work: Callable[[], object], *, stay: str = "", after: str = "") -> ResponseReturnValue:
    """Do it and go on to the next answer nobody has said anything of; a refusal becomes a sentence on the page."""
    try:
        work()
    except Refused as refused:
        flash(said(refused), "warn")
        return redirect(_to(delivery_id, item_id), 303)
    return redirect(_to(delivery_id, item_id, anchor=stay or _next(delivery_id, item_id, after)), 303)


def _next(delivery_id: UUID, item_id: UUID, key: str) -> str:
    """The next answer that is open, from this one on; the verdict when none is."""
    sheet = _sheet(delivery_id, _item(item_id))
    ones = [one for _key, _title, part in sheet.sections for one in part]
    here = next((n for n, one in enumerate(ones) if one.key == key), -1)
    return next((one.key for one in ones[here + 1 :] + ones[: here + 1] if one.mark == "open"), "verdict")


def _to(delivery_id: UUID, item_id: UUID, *, anchor: str = "") -> str:
    where = anchor if anchor == "verdict" or not anchor else f"a-{anchor}"
    return url_for("staff.review.item", delivery_id=delivery_id, item_id=item_id, _anchor=where or None)
