"""Answering a questionnaire: section by section, saved while typing, checked at the end, then sent."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.questionnaires import actions, queries
from portal.features.questionnaires.queries import Asked, Page
from portal.kernel.clock import now
from portal.kernel.refusal import NotFound, Refused
from portal.kinds import reading, rules_of
from portal.models.definition.answering import as_typed
from portal.models.definition.shape import Section, Value
from portal.models.item_states import WITH_CLIENT, ItemKind
from portal.models.items import Item
from portal.web import i18n
from portal.web.doors import viewer
from portal.web.forms import Form, answer_with, said
from portal.web.places import find_item, item_url
from portal.web.seen import note_opened

pages = Blueprint("questionnaires", __name__)


@pages.get("/items/<uuid:item_id>/questions")
def start(item_id: UUID) -> ResponseReturnValue:
    """Go on where the answers stop."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    if item.state not in WITH_CLIENT:
        return redirect(item_url(item), 303)
    page = queries.page_of(item)
    if page.resume_at is None:
        return redirect(url_for("client.questionnaires.check", item_id=item_id), 303)
    come = "back" if (page.left_off_in or 0) > page.resume_at else None
    return redirect(_section_url(item_id, page.resume_at, come=come), 303)


@pages.route("/items/<uuid:item_id>/sections/<int:n>", methods=["GET", "POST"])
def section(item_id: UUID, n: int) -> ResponseReturnValue:
    """Show one section; without script, save it."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    page = queries.page_of(item)
    shown = page.section(n)
    if shown is None:
        raise NotFound
    if request.method == "GET" and item.state not in WITH_CLIENT:
        return redirect(item_url(item), 303)
    asked = page.asked(shown, language=i18n.language())
    form = Form()
    if request.method == "POST":
        try:
            actions.save_section(item, _typed(shown), language=i18n.language(), by=viewer())
            return redirect(_after(item_id, page, n), 303)
        except Refused as refused:
            _take_back_to_form(form, refused, asked)
    facts = _facts(item) | {"come": request.args.get("come", ""), "behind": page.gaps(before=n)}
    return render_template("client/questionnaires/section.html", item=item, page=page, n=n, section=shown, asked=asked, form=form, **facts)


@pages.post("/items/<uuid:item_id>/answers")
def save(item_id: UUID) -> ResponseReturnValue:
    """Save one answer while the person types on."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    key, rev = request.form.get("question", ""), _number(request.form.get("rev"))
    try:
        answer = actions.save_answer(item, key, request.form.getlist("value"), rev=rev, language=i18n.language(), by=viewer())
    except actions.Overtaken as overtaken:
        answer_with(409)
        return _standing(item, key, overtaken)
    except Refused as refused:
        status = {422: 422, 403: 403}.get(refused.status, 410)
        return jsonify(question=key, message=said(refused)), status
    return jsonify(question=key, rev=answer.rev if answer else 0, saved_at=now().isoformat())


@pages.route("/items/<uuid:item_id>/check", methods=["GET", "POST"])
def check(item_id: UUID) -> ResponseReturnValue:
    """Show all answers once more, then send them."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    if request.method == "GET" and item.state not in WITH_CLIENT:
        return redirect(item_url(item), 303)
    form = Form()
    if form.submitted(lambda: actions.send(item, by=viewer())):
        return redirect(url_for("client.items.sent", item_id=item_id), 303)
    page = queries.page_of(item)
    gaps = rules_of(item.kind).missing(item)
    return render_template("client/questionnaires/check.html", item=item, page=page, form=form, gaps=gaps, **_facts(item))


def _typed(shown: Section) -> dict[str, tuple[list[str], int]]:
    """What the form says of each question that was on it, with the revision it was based on."""
    on_form = [one.key for one in shown.questions if f"rev.{one.key}" in request.form]
    return {key: (request.form.getlist(key), _number(request.form.get(f"rev.{key}"))) for key in on_form}


def _after(item_id: UUID, page: Page, n: int) -> str:
    if request.form.get("act") == "later":
        flash(_("Saved. Come back whenever you like."), "done")
        return url_for("client.home.show")
    if request.form.get("act") == "back" and n > 1:
        return _section_url(item_id, n - 1)
    if n < len(page.definition.sections) and request.form.get("act") != "check":
        return _section_url(item_id, n + 1)
    return url_for("client.questionnaires.check", item_id=item_id)


def _take_back_to_form(form: Form, refused: Refused, asked: list[Asked]) -> None:
    """Put the typed text back into the fields, with a sentence at each that needs a look."""
    problems = {problem.field: problem for problem in (refused.problems if isinstance(refused, actions.Several) else [])}
    if not problems:
        form.refuse(refused)
    for one in asked:
        standing, one.held, one.unsaved = one.held, request.form.getlist(one.question.key), True
        problem = problems.get(one.question.key)
        if problem:
            one.errors.append(said(problem))
        if isinstance(problem, actions.Overtaken):
            one.theirs = queries.held_as_words(one.question, standing, i18n.language())
    answer_with(refused.status)


def _standing(item: Item, key: str, overtaken: actions.Overtaken) -> Response:
    question = queries.page_of(item).definition.question(key)
    row = overtaken.standing
    value: Value | None = row.value if row and isinstance(row.value, (str, list)) else None
    by = reading.person(row.by_id) if row else None
    name = _("You, on another page or device") if by and by.id == viewer().person_id else by.name if by else ""
    held = as_typed(question, value, language=i18n.language()) if question else []
    return jsonify(question=key, rev=row.rev if row else 0, value=held, by=name, at=i18n.moment(row.at) if row else "")


def _facts(item: Item) -> dict[str, object]:
    note_opened(item)
    resting = reading.resting(item)
    return {"resting": resting, "can_work": not resting and reading.can_work(viewer(), item), "person_id": viewer().person_id}


def _section_url(item_id: UUID, n: int, *, come: str | None = None) -> str:
    return url_for("client.questionnaires.section", item_id=item_id, n=n, come=come)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
