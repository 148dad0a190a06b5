"""The firm's side of a decision: presenting a version, and looking at what was decided. Staff can never decide."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.approvals import heard, presenting, queries, receipts
from portal.features.approvals.forms import HeardForm, PresentForm, alt_of, chosen_for
from portal.kernel.refusal import NotFound, Refused
from portal.kinds import reading
from portal.kinds.agreed.papers import scope_in_force
from portal.kinds.agreed.standing import Agreed, agreed_of
from portal.kinds.approvals import kind as approvals
from portal.kinds.approvals import pins
from portal.kinds.approvals.seats import deciders_of
from portal.kinds.files import landing
from portal.kinds.files.landing import MOST_OF_A_VERSION, InVersion
from portal.kinds.previews import ordering as previews
from portal.kinds.silence.standing import WhyNot, agreement_of, why_not
from portal.models.approvals import CHOICES
from portal.models.files import Upload
from portal.models.item_states import ItemState, Subject
from portal.models.items import Item
from portal.models.snapshots import PICTURES
from portal.storage.checks import accept
from portal.web import i18n
from portal.web.beside import two_versions
from portal.web.doors import begin_writing, find, reads_first, viewer
from portal.web.forms import answer_with, said
from portal.web.handing_out import hand_out
from portal.web.lines import line_words
from portal.web.paper import hand_out_paper
from portal.web.pictures import show_picture
from portal.web.places import find_item, id_of, project_url
from portal.web.receiving import Turned, sentence, take_all

pages = Blueprint("approvals", __name__)


@pages.route("/items/<uuid:item_id>/present", methods=["GET", "POST"])
@reads_first
def present(item_id: UUID) -> ResponseReturnValue:
    """Let staff write a version, lay its files ready, and publish it."""
    item = _find(item_id)
    form = PresentForm()
    turned: list[Turned] = []
    if form.is_submitted() and _handle(item_id, form, turned):
        flash(_("Published. The people who decide get an email now."), "done")
        _say_plan_ends_later(_find(item_id))
        return redirect(url_for("staff.client_page.item", item_id=item_id), 303)
    item = _find(item_id)
    files = approvals.ready_files(item_id)
    versions = approvals.history(item_id)
    open_pins = pins.open_of_client(item_id)
    if not form.is_submitted():
        _begin(form, item, versions)
    facts = {
        "files": files,
        "looks": previews.looks_of(files),
        "begun": landing.unfinished(InVersion(item), by=viewer()),
        "words": line_words(ready=True),
        "pictures": PICTURES,
        "alts": {file.id: alt_of(file) for file in files},
        "turned": [(each.name, sentence(each.finding)) for each in turned],
        "current": versions[0] if versions else None,
        "open_pins": open_pins,
        "answers": {told.pin.id: chosen_for(told.pin) for told in open_pins},
        "deciders": deciders_of(item),
        "rule": approvals.rule_of(item).value,
        "need": approvals.need_of(item),
        "rounds": approvals.rounds_of(item),
        "quiet": _quiet(item, ends=form.until_on.data is not None),
        "accept": accept(()),
        **_of_paper(item),
        "most": MOST_OF_A_VERSION,
    }
    return render_template("staff/approvals/present.html", form=form, **_whose(item), **facts)


@pages.get("/items/<uuid:item_id>/versions/<int:n>")
def version(item_id: UUID, n: int) -> ResponseReturnValue:
    """Show one version as the client sees it."""
    item = _find(item_id)
    found = next((one for one in approvals.history(item.id) if one.version.n == n), None)
    if found is None:
        raise NotFound
    waits = found.version.stands and item.state is ItemState.TO_DO
    awaited = approvals.awaited(item, found) if waits else None
    return render_template(
        "staff/approvals/version.html",
        current=found,
        awaited=awaited,
        **_whose(item),
        looks=approvals.looks_at([found]),
        pinned=pins.by_file(pins.pins_of(item.id), found.version),
        can_pin=found.version.stands,
    )


@pages.get("/items/<uuid:item_id>/versions/<int:n>/compare")
def compare(item_id: UUID, n: int) -> ResponseReturnValue:
    """Show two versions beside each other, as the client sees them too."""
    item = _find(item_id)
    facts = two_versions(item.id, n)
    if not facts:
        return redirect(url_for("staff.approvals.version", item_id=item_id, n=n), 303)
    return render_template("staff/approvals/compare.html", **_whose(item), **facts)


@pages.get("/items/<uuid:item_id>/receipt/<uuid:decision_id>")
def receipt(item_id: UUID, decision_id: UUID) -> ResponseReturnValue:
    """Show the receipt of a decision, as the client holds it."""
    item = _find(item_id)
    told = queries.receipt(item, decision_id)
    if told is None:
        raise NotFound
    return render_template("staff/approvals/receipt.html", told=told, **_whose(item))


@pages.get("/items/<uuid:item_id>/receipt/<uuid:decision_id>.pdf")
def receipt_paper(item_id: UUID, decision_id: UUID) -> ResponseReturnValue:
    """Hand out the receipt as the client can keep it."""
    return hand_out_paper(*receipts.paper(_find(item_id), decision_id))


@pages.route("/items/<uuid:item_id>/heard", methods=["GET", "POST"])
def note_heard(item_id: UUID) -> ResponseReturnValue:
    """Note what somebody decided by phone or in a meeting, and ask them to confirm it."""
    item = _find(item_id)
    form = HeardForm.on(item, deciders_of(item), today=queries.client_of(item).calendar.today())
    if form.submitted(lambda: heard.note(item, form.note(), by=viewer())):
        flash(_("Noted. It counts as soon as it is confirmed; the question is on its way by email."), "done")
        return redirect(url_for("staff.client_page.item", item_id=item_id), 303)
    item = _find(item_id)
    return render_template("staff/approvals/heard.html", form=form, version=approvals.standing_version(item_id), **_whose(item))


@pages.post("/items/<uuid:item_id>/heard/<uuid:heard_id>/withdraw")
def withdraw_heard(item_id: UUID, heard_id: UUID) -> ResponseReturnValue:
    """Take back what was noted by mistake."""
    item = _find(item_id)
    try:
        heard.withdraw(item, heard_id, by=viewer())
        flash(_("Taken back. Nobody is asked to confirm it any more."), "done")
    except Refused as refused:
        flash(said(refused), "warn")
    return redirect(url_for("staff.client_page.item", item_id=item_id), 303)


@pages.get("/items/<uuid:item_id>/pictures/<uuid:upload_id>")
def picture(item_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    """Show a picture that was presented or lies ready."""
    found = approvals.shown_file(_find(item_id).id, upload_id)
    if found is None:
        raise NotFound
    return show_picture(found)


@pages.get("/items/<uuid:item_id>/versions/files/<uuid:upload_id>")
def file(item_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    """Hand out a file that was presented or lies ready."""
    found = approvals.shown_file(_find(item_id).id, upload_id)
    if found is None:
        raise NotFound
    return hand_out(found, by=viewer())


def _begin(form: PresentForm, item: Item, versions: list[approvals.Presented]) -> None:
    """Start from the version before, or from what is planned or agreed already."""
    client = queries.client_of(item)
    form.until_on.data = approvals.last_day(item, client.calendar)
    if versions:
        form.begin_with(versions[0].shown)
    elif item.subject is not Subject.THING:
        form.begin_with_scope(scope_in_force(item.project_id), item.subject)
    else:
        form.begin_with_statement(approvals.planned(item, client.language))


def _handle(item_id: UUID, form: PresentForm, turned: list[Turned]) -> bool:
    """Keep files that came, drop one, or publish; True when a version was published."""
    if not form.validate():
        answer_with(422)
        return False
    try:
        files = [file for file in request.files.getlist("files") if file.filename]
        if files:
            turned += take_all(files, to=lambda: InVersion(find(Item, item_id)))
        begin_writing()
        item = find(Item, item_id)
        dropped = request.form.get("drop", "")
        if dropped:
            presenting.drop_file(item, id_of(dropped), by=viewer())
        if turned:
            answer_with(422)
        if turned or dropped or request.form.get("act") != "publish":
            return False
        ready = approvals.ready_files(item_id)
        if files and any(_is_mute(file) for file in ready):
            form.asks = True
            return False
        presenting.present(item, form.draft(item, ready, zone=queries.client_of(item).zone, ends=_agreed(item).ends_now), by=viewer())
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


def _agreed(item: Item) -> Agreed:
    """What was agreed so far in the project of an item."""
    calendar = queries.client_of(item).calendar
    return agreed_of(reading.items_of(item.project_id), reading.milestones_of(item.project_id), calendar)


def _of_paper(item: Item) -> dict[str, object]:
    """What whoever writes an agreement or completes a change request has to know."""
    if item.subject is Subject.THING:
        return {}
    agreed = _agreed(item)
    return {"agreed": agreed, "about": queries.about(item), "plan_ends": agreed.forecast.planned if agreed.forecast else None}


def _say_plan_ends_later(item: Item) -> None:
    """Tell whoever just wrote an end before which the milestones do not end."""
    scope = approvals.history(item.id)[0].shown.scope
    plan = _agreed(item).forecast if scope and scope.ends_on else None
    if scope and plan and plan.planned.isoformat() > scope.ends_on:
        flash(_("The milestones end on %(day)s, after the day you wrote. Please move them.", day=i18n.day(plan.planned)), "warn")


def _quiet(item: Item, *, ends: bool) -> dict[str, object]:
    """Whether silence would count on what is presented next, or why not; nothing where it is switched off."""
    agreement, important = agreement_of(item.project_id), item.spec.get("important") is True
    reason = why_not(item, agreement, important=important, ends=ends, due_on=item.due_on)
    return {} if reason is WhyNot.OFF else {"why_not": reason, "by": item.due_on}


def _is_mute(file: Upload) -> bool:
    """Whether it is a picture of which nothing is said yet."""
    return file.type in PICTURES and not alt_of(file)


def _whose(item: Item) -> dict[str, object]:
    """An item, and whose it is."""
    return {"item": item, "client": queries.client_of(item), "home": project_url(queries.project_of(item))}


def _find(item_id: UUID) -> Item:
    return find_item(item_id, *CHOICES)
