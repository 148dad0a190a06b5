"""The client's side of a decision: the version as it was frozen, the answer, and the receipt."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.approvals import actions, deciding, deputies, heard, kept, queries, receipts
from portal.features.approvals.actions import Came
from portal.features.approvals.forms import DecisionForm, DeputyForm
from portal.kernel.clock import now
from portal.kernel.refusal import NotFound, Refused
from portal.kernel.viewer import Role
from portal.kinds import reading
from portal.kinds.agreed import asking
from portal.kinds.approvals import consents, pins, proofs, seats
from portal.kinds.approvals import kind as approvals
from portal.kinds.minutes import minutes
from portal.kinds.plans import standing
from portal.models.approvals import CHOICES
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.web.answers import text_of
from portal.web.asking import device, network
from portal.web.beside import two_versions
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.forms import said
from portal.web.i18n import language, spoken
from portal.web.paper import hand_out_paper
from portal.web.pictures import show_picture
from portal.web.places import find_item, id_of, item_url
from portal.web.seen import note_opened

pages = Blueprint("approvals", __name__)


@pages.route("/items/<uuid:item_id>/decision", methods=["GET", "POST"])
def decide(item_id: UUID) -> ResponseReturnValue:
    """Show what was frozen, and take the client's answer on the version they saw."""
    item = _find(item_id)
    if item.state is ItemState.LOCKED:
        return redirect(item_url(item), 303)
    form = DecisionForm.on(item)
    made: list[UUID] = []
    if request.form.get("act") == "change":  # back from the proof, with all that was chosen and typed
        return _page(item, form)
    answered = form.submitted(lambda: made.extend(_answer(item, form)))
    if form.must_prove:
        return _proof_page(item_id, form)
    if answered:
        if made:
            return redirect(url_for("client.approvals.receipt", item_id=item_id, decision_id=made[0]), 303)
        flash(_("Noted. We plan with that day."), "done")
        return redirect(url_for("client.approvals.decide", item_id=item_id), 303)
    note_opened(item)
    return _page(find(Item, item_id), form)


@pages.route("/items/<uuid:item_id>/decision/deputy", methods=["GET", "POST"])
def deputy(item_id: UUID) -> ResponseReturnValue:
    """Let a decider name who decides in their place while they are away."""
    item = _find(item_id)
    own = replace(viewer(), seen_as=None)
    if not deputies.may_name(own, item):
        raise NotFound
    form = DeputyForm()
    form.offer(deputies.could_stand_in(item, viewer().person_id))
    if form.submitted(lambda: deputies.name_deputy(item, *form.named(), by=viewer())):
        flash(_("Noted. You both get an email."), "done")
        return redirect(url_for("client.approvals.deputy", item_id=item_id), 303)
    named = seats.deputy_of(item.client_id, own.person_id)
    return render_template("client/approvals/deputy.html", item=find(Item, item_id), form=form, named=named, looking=own != viewer())


@pages.post("/items/<uuid:item_id>/decision/deputy/end")
def end_deputy(item_id: UUID) -> ResponseReturnValue:
    """Decide for oneself again."""
    item = _find(item_id)
    ended = id_of(request.form.get("deputy", ""))
    to = url_for("client.approvals.deputy", item_id=item_id)
    return press(lambda: deputies.end_deputy(item, ended, by=viewer()), _("You decide for yourself again."), to=to)


@pages.post("/items/<uuid:item_id>/decision/take-back")
def take_back(item_id: UUID) -> ResponseReturnValue:
    """Open one's own answer again."""
    item = _find(item_id)
    try:
        actions.take_back(item, id_of(request.form.get("decision", "")), by=viewer())
        flash(_("Your answer is taken back. You can answer again."), "done")
    except Refused as refused:
        flash(said(refused), "warn")
    return redirect(url_for("client.approvals.decide", item_id=item_id), 303)


@pages.post("/items/<uuid:item_id>/decision/heard/<uuid:heard_id>")
def answer_heard(item_id: UUID, heard_id: UUID) -> ResponseReturnValue:
    """Confirm what we were told elsewhere, which decides it; or say that it was not so."""
    item = _find(item_id)
    form = DecisionForm.on(item)
    try:
        if request.form.get("act") == "confirm":
            made = heard.confirm(item, heard_id, beyond=_beyond(item), by=viewer(), came=Came(device(), network()))
            return redirect(url_for("client.approvals.receipt", item_id=item_id, decision_id=made.id), 303)
        heard.deny(item, heard_id, form.words.data[:4000], by=viewer())
        flash(_("Thank you, we got that wrong then. Nothing is decided: please answer here."), "done")
    except Refused as refused:
        if form.words.data:  # they stay, in the form with which one answers
            form.refuse(refused)
            return _page(find(Item, item_id), form)
        flash(said(refused), "warn")
    return redirect(url_for("client.approvals.decide", item_id=item_id), 303)


@pages.get("/items/<uuid:item_id>/decision/receipt/<uuid:decision_id>")
def receipt(item_id: UUID, decision_id: UUID) -> ResponseReturnValue:
    """Show who decided what on which version, to keep and to print; and lead on to the next thing."""
    item = _find(item_id)
    told = queries.receipt(item, decision_id)
    if told is None:
        raise NotFound
    mine = told.decision.by_id == viewer().person_id
    may_answer = reading.resting(item) is None and reading.can_decide(viewer(), item)
    open_again = (
        seats.is_answer_of(told.decision, viewer().person_id) and may_answer and told.decision.can_be_taken_back(told.version, at=now())
    )
    following = [other for other in reading.next_for(viewer(), item.project_id) if other.id != item.id]
    facts = {"mine": mine, "can_take_back": open_again, "minutes_left": _minutes_left(told), "following": following}
    facts["takes"] = minutes(following[:1])
    facts["objects_until"] = deciding.objects_until(item, told.decision) if told.decision.is_deemed and told.decision.is_live else None
    facts |= {"waits": approvals.still_awaited(told), "me": viewer().person_id}
    return render_template("client/approvals/receipt.html", told=told, item=item, stage=_opening(item), **facts)


@pages.get("/items/<uuid:item_id>/decision/receipt/<uuid:decision_id>.pdf")
def receipt_paper(item_id: UUID, decision_id: UUID) -> ResponseReturnValue:
    """Hand out the receipt as a PDF/A."""
    return hand_out_paper(*receipts.paper(_find(item_id), decision_id))


@pages.get("/receipts")
def kept_receipts() -> ResponseReturnValue:
    """List somebody's receipts for clients that are put away."""
    return render_template("client/approvals/kept.html", kept=kept.receipts_of(viewer()))


@pages.get("/receipts/<uuid:decision_id>.pdf")
def kept_receipt(decision_id: UUID) -> ResponseReturnValue:
    """Hand out one of them."""
    return hand_out_paper(*receipts.sheet(kept.receipt(viewer(), decision_id)))


@pages.get("/items/<uuid:item_id>/decision/versions/<int:n>")
def version(item_id: UUID, n: int) -> ResponseReturnValue:
    """Show an earlier version as it was frozen, with what was decided on it."""
    item = _find(item_id)
    versions = approvals.history(item.id)
    found = next((one for one in versions if one.version.n == n), None)
    if found is None:
        raise NotFound
    return render_template(
        "client/approvals/version.html",
        item=item,
        current=found,
        newest=versions[0],
        me=viewer().person_id,
        looks=approvals.looks_at([found]),
        pinned=pins.by_file(pins.pins_of(item.id), found.version),
    )


@pages.get("/items/<uuid:item_id>/decision/versions/<int:n>/compare")
def compare(item_id: UUID, n: int) -> ResponseReturnValue:
    """Show two versions beside each other."""
    item = _find(item_id)
    facts = two_versions(item.id, n)
    if not facts:
        return redirect(url_for("client.approvals.version", item_id=item_id, n=n), 303)
    return render_template("client/approvals/compare.html", item=item, **facts)


@pages.get("/items/<uuid:item_id>/decision/pictures/<uuid:upload_id>")
def picture(item_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    """Show a picture of a version."""
    found = approvals.shown_file(_find(item_id).id, upload_id)
    if found is None:
        raise NotFound
    return show_picture(found)


def _page(item: Item, form: DecisionForm) -> ResponseReturnValue:
    versions = approvals.history(item.id)
    if not versions:
        return render_template("client/approvals/preparing.html", item=item, can_withdraw=asking.can_withdraw(item, viewer()))
    current = versions[0]
    note_opened(current.version, kind="version")
    form.ask_about(current.version.id)
    facts = deciding.stands(item, current) | deciding.comments(item, versions)
    facts |= {"stage": _opening(item), "looks": approvals.looks_at(versions)}
    return render_template("client/approvals/decide.html", item=item, form=form, current=current, earlier=versions[1:], **facts)


def _answer(item: Item, form: DecisionForm) -> list[UUID]:
    """Take the answer, or note the day by which there will be one; the id of the decision that was made, if one was."""
    if form.is_later:
        actions.not_yet(item, form.given(), form.later_on.data, by=viewer())
        return []
    came, proof = Came(device(), network()), None
    given = replace(form.given(), beyond=_beyond(item))
    form.must_prove = actions.asks_proof(item, given, by=viewer())
    if form.must_prove:
        if request.form.get("act") != "prove":
            proofs.ask_for_code(form.must_prove, given.said, by=viewer(), ua=came.device, ip_net=came.network)
            return []
        proof = proofs.prove(form.must_prove, given.said, form.typed(), by=viewer())
        item, form.must_prove = find(Item, item.id), None
    return [actions.decide(item, given, by=viewer(), came=came, proof=proof).id]


def _beyond(item: Item) -> str:
    """What to call the change request that a wish becomes once the agreed rounds are used up."""
    return str(_("One more round: %(title)s", title=text_of(item, "title")))


def _proof_page(item_id: UUID, form: DecisionForm) -> ResponseReturnValue:
    """Say once more what is about to be answered, and ask for the proof."""
    item = find(Item, item_id)
    current = approvals.history(item.id)[0]
    consent = consents.newest(consents.DECISION, spoken(language()))
    form.consent.data = consent.sha256
    me = reading.person(viewer().person_id)
    sent_to = proofs.masked(me.email_typed) if me else ""
    return render_template("client/approvals/prove.html", item=item, form=form, current=current, consent=consent, sent_to=sent_to)


def _find(item_id: UUID) -> Item:
    return find_item(item_id, *CHOICES)


def _opening(item: Item) -> standing.Opening | None:
    """What the decision makes possible; a guest sees only their own things, so what else there is cannot be told to them."""
    found = standing.opening(item)
    return replace(found, whole=viewer().role_for(item.client_id) is not Role.GUEST) if found else None


def _minutes_left(told: approvals.Receipt) -> int:
    return max(-(-int((told.decision.until - now()).total_seconds()) // 60), 0)
