"""Answering a questionnaire: section by section, saved while typing, checked at the end, then sent."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.features.questionnaires import actions, earlier, queries
from portal.features.questionnaires.client import files, pressed
from portal.features.questionnaires.queries import Asked, AskedRow, Page
from portal.features.questionnaires.typed_in import cells, fields, number, rows_on, typed_in
from portal.kernel.clock import now
from portal.kernel.refusal import NotFound, Refused
from portal.kernel.words import Words
from portal.kinds import reading, rules_of
from portal.kinds.helping import helpers_in, helpers_of
from portal.kinds.questionnaires import verdicts
from portal.kinds.questionnaires.kind import definition_of
from portal.models.definition.answering import Wrong, as_typed, row_as_typed
from portal.models.definition.shape import Cells, Question, Section, Type, Value
from portal.models.item_states import WITH_CLIENT, ItemKind
from portal.models.items import Item
from portal.models.questionnaires import Answer
from portal.web import i18n
from portal.web.answers import told
from portal.web.doors import viewer
from portal.web.forms import Form, answer_with, said
from portal.web.places import find_item, item_url
from portal.web.presence import note_here, others_here
from portal.web.seen import note_opened

pages = Blueprint("questionnaires", __name__)


@pages.get("/items/<uuid:item_id>/questions")
def start(item_id: UUID) -> ResponseReturnValue:
    """Go on where the answers stop."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    if item.state not in WITH_CLIENT:
        return redirect(_place_of(item), 303)
    if not _is_part(item) and verdicts.again_of(item):
        return redirect(url_for("client.again.show", item_id=item_id), 303)
    page = queries.page_of(item)
    if page.resume_at is None and _is_part(item):
        return redirect(_section_url(item_id, 1), 303)
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
        return redirect(_place_of(item), 303)
    if request.method == "GET" and not _is_part(item) and verdicts.again_of(item):
        return redirect(url_for("client.again.show", item_id=item_id), 303)
    asked = page.asked(shown, language=i18n.language(), more=request.args.getlist("more"))
    offers = earlier.open_offers(item, page.answers, by=viewer())
    for one in asked:
        one.earlier = offers.get(one.question.key)
    form = Form()
    if request.method == "POST":
        try:
            actions.save_section(item, typed_in(shown, request.form), language=i18n.language(), by=viewer())
            turned = files.take_files(item_id, shown)
            if not turned:
                return redirect(pressed.act(item_id, n, by=viewer()) or _after(item_id, page, n), 303)
            return redirect(_section_url(item_id, n, anchor=files.tell(turned)), 303)
        except Refused as refused:
            take_back_to_form(form, refused, asked)
    facts = facts_of(item) | files.facts_on(item, asked) | {"come": request.args.get("come", ""), "behind": page.gaps(before=n)}
    facts["here"] = _company(item, page, shown) if facts["can_work"] else {"line": "", "sections": {}}
    facts["helpers"] = helpers_in(item, shown) if not facts["part"] else ()
    return render_template("client/questionnaires/section.html", item=item, page=page, n=n, section=shown, asked=asked, form=form, **facts)


@pages.post("/items/<uuid:item_id>/answers")
def save(item_id: UUID) -> ResponseReturnValue:
    """Save one answer while the person types on."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    key, row, rev = request.form.get("question", ""), request.form.get("row", ""), number(request.form.get("rev"))
    typed, language = request.form.getlist("value"), i18n.language()
    try:
        answer = actions.save_answer(item, key, typed, row=row, rev=rev, language=language, by=viewer())
    except actions.Overtaken as overtaken:
        answer_with(409)
        return _standing(item, key, overtaken)
    except Refused as refused:
        status = {422: 422, 403: 403}.get(refused.status, 410)
        return jsonify(question=key, message=said(refused)), status
    return jsonify(question=key, rev=answer.rev if answer else 0, said=_("Saved %(time)s", time=i18n.clock(now())))


@pages.get("/items/<uuid:item_id>/sections/<int:n>/here")
def here(item_id: UUID, n: int) -> ResponseReturnValue:
    """Say who else is in which section, and note that the viewer is in this one."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    page = queries.page_of(item)
    shown = page.section(n)
    if shown is None or item.state not in WITH_CLIENT:
        raise NotFound
    return jsonify(_company(item, page, shown))


@pages.route("/items/<uuid:item_id>/check", methods=["GET", "POST"])
def check(item_id: UUID) -> ResponseReturnValue:
    """Show all answers once more, then send them; whoever was asked for a part neither sees nor sends the rest."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    if _is_part(item):
        raise NotFound
    if request.method == "GET" and (item.state not in WITH_CLIENT or verdicts.again_of(item)):
        return redirect(item_url(item), 303)
    form = Form()
    if form.submitted(lambda: actions.send(item, by=viewer())):
        return redirect(url_for("client.items.sent", item_id=item_id), 303)
    page = queries.page_of(item)
    gaps = rules_of(item.kind).missing(item)
    facts = facts_of(item) | {"gaps": gaps, "helpers": _still_with(item, page)}
    return render_template("client/questionnaires/check.html", item=item, page=page, form=form, **facts)


def _still_with(item: Item, page: Page) -> list[tuple[str, list[Words]]]:
    """Which colleagues were asked for something here that nobody has answered yet, and for what."""
    helpers = helpers_of(item)
    found = [(one.called, [piece.words for piece in one.pieces if page.lacks_any(piece.keys)]) for one in helpers]
    return [(name, words) for name, words in found if words]


def _company(item: Item, page: Page, shown: Section) -> dict[str, object]:
    """Who else is here now, in words; a helper hears only of the sections they see themselves."""
    whole = definition_of(item)
    note_here(item.id, whole, shown.key)
    others = others_here(item.id, whole, {section.key for section in page.definition.sections})
    names = others.get(shown.key, [])
    told = {"names": i18n.listed(names)}
    line = ngettext("%(names)s is in this section too.", "%(names)s are in this section too.", len(names), **told) if names else ""
    return {"line": line, "sections": {key: i18n.listed(each) for key, each in others.items()}}


def _after(item_id: UUID, page: Page, n: int) -> str:
    if request.form.get("act") == "later":
        flash(_("Saved. Come back whenever you like."), "done")
        return url_for("client.home.show")
    if request.form.get("act") == "back" and n > 1:
        return _section_url(item_id, n - 1)
    if n < len(page.definition.sections) and request.form.get("act") != "check":
        return _section_url(item_id, n + 1)
    if item_id in viewer().parts:
        flash(_("Thank you. Everything is saved, and whoever asked you sees it."), "done")
        return url_for("client.helping.asked")
    return url_for("client.questionnaires.check", item_id=item_id)


def _is_part(item: Item) -> bool:
    """Whether the viewer was asked for a part of it, and answers no more than that."""
    return item.id in viewer().parts


def _place_of(item: Item) -> str:
    """Where an item is dealt with that cannot be answered now."""
    return url_for("client.helping.asked") if _is_part(item) else item_url(item)


def take_back_to_form(form: Form, refused: Refused, asked: list[Asked]) -> None:
    """Put the typed text back into the fields, with a sentence at each that needs a look."""
    several = refused.problems if isinstance(refused, actions.Several) else []
    problems = {(problem.field or "", getattr(problem, "row", "")): problem for problem in several}
    if not problems:
        form.refuse(refused)
    for one in asked:
        key = one.question.key
        one.settled = one.settled and not typed_in(Section(key="", title={}, questions=(one.question,)), request.form)
        if one.settled:
            continue
        if one.question.type is Type.TABLE:
            one.rows = [_row_back(one.question, row, problems.get((key, row))) for row, _rev in rows_on(one.question, request.form)]
            one.errors = [error for row in one.rows for error in row.errors][:1]
            continue
        standing, one.held, one.unsaved = one.held, fields(one.question, request.form), True
        problem = problems.get((key, ""))
        if problem:
            one.errors.append(said(problem))
        if isinstance(problem, actions.Overtaken):
            one.theirs = queries.held_as_words(one.question, standing, i18n.language())
    answer_with(refused.status)


def _row_back(table: Question, key: str, problem: Refused | None) -> AskedRow:
    """A row with what was typed into it, and what needs a look."""
    held = dict(text.split("=", 1) for text in cells(table, key, request.form))
    row = AskedRow(key, number(request.form.get(f"rev.{table.key}.{key}")), held, unsaved=True)
    if problem:
        row.errors.append(said(problem))
    if isinstance(problem, Wrong):
        row.cell = problem.cell
    if isinstance(problem, actions.Overtaken) and problem.standing:
        row.theirs, row.rev = show_row(table, problem.standing), problem.standing.rev
    return row


def show_row(table: Question, standing: Answer) -> str:
    """What stands in a row, in words."""
    return told(table, [cast("Cells", standing.value)]) if standing.value else ""


def _standing(item: Item, key: str, overtaken: actions.Overtaken) -> Response:
    question = queries.page_of(item).definition.question(key)
    row = overtaken.standing
    by = reading.person(row.by_id) if row else None
    name = _("You, on another page or device") if by and by.id == viewer().person_id else by.name if by else ""
    held = _held(question, row.value) if question and row else []
    return jsonify(question=key, rev=row.rev if row else 0, value=held, by=name, at=i18n.moment(row.at) if row else "")


def _held(question: Question, value: object) -> list[str]:
    """What the fields of a question, or of one row of it, hold."""
    if question.type is Type.TABLE:
        return [f"{column}={text}" for column, text in row_as_typed(question, cast("Cells", value or {}), language=i18n.language()).items()]
    return as_typed(question, cast("Value | None", value), language=i18n.language())


def facts_of(item: Item) -> dict[str, object]:
    """Whether this person can answer here now, and who they are; notes that they looked."""
    note_opened(item)
    resting = reading.resting(item)
    part, can = _is_part(item), not resting and reading.can_answer(viewer(), item, ())
    return {"resting": resting, "can_work": can, "part": part, "person_id": viewer().person_id}


def _section_url(item_id: UUID, n: int, *, come: str | None = None, anchor: str | None = None) -> str:
    return url_for("client.questionnaires.section", item_id=item_id, n=n, come=come, _anchor=anchor)
