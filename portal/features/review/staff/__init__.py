"""The pages of the review: the queue, one item at a time, and what was sent."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.review import answered, checks, queries
from portal.features.review.forms import AskAgainForm, FinishForm, VerdictForm, WordsForm, line, reasons_for
from portal.kernel.refusal import NotFound, Refused
from portal.kinds import life, reading, undoing
from portal.kinds.files import called, shelf
from portal.kinds.files.kind import is_withdrawn
from portal.kinds.previews import ordering as previews
from portal.kinds.questionnaires import judging
from portal.kinds.questionnaires.kind import definition_of
from portal.kinds.questionnaires.verdicts import one_by_one
from portal.models.deliveries import Delivery, Verdict, reference
from portal.models.files import Upload
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item
from portal.web.buttons import say_with_undo
from portal.web.doors import find, viewer
from portal.web.forms import said
from portal.web.handing_out import hand_out
from portal.web.i18n import language
from portal.web.pictures import show_picture, turn_to

pages = Blueprint("review", __name__)


@pages.get("/review")
def queue() -> ResponseReturnValue:
    """Show what waits for a look, oldest first."""
    waiting, lacking, hindered = queries.queue(), queries.lacking(), queries.hindered()
    pace = queries.pace() if not waiting else None
    return render_template("staff/review/queue.html", waiting=waiting, lacking=lacking, hindered=hindered, pace=pace)


@pages.get("/review/<uuid:delivery_id>")
def delivery(delivery_id: UUID) -> ResponseReturnValue:
    """Go to the first item that waits for a verdict, or to the first one of a finished delivery."""
    rows = queries.rows_of(find(Delivery, delivery_id))
    if not rows:
        flash(_("They have taken this delivery back. You will see it here when they send it again."))
        return redirect(url_for("staff.review.queue"), 303)
    first = next((row for row in rows if row.is_open), rows[0])
    return redirect(url_for("staff.review.item", delivery_id=delivery_id, item_id=first.item.id), 303)


@pages.get("/review/<uuid:delivery_id>/<uuid:item_id>")
def item(delivery_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Show one item of a delivery with everything its verdict needs."""
    return _page(delivery_id, item_id)


@pages.post("/review/<uuid:delivery_id>/<uuid:item_id>/accept")
def accept(delivery_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Accept what came in and go on to the next item."""
    asked, form = find(Item, item_id), VerdictForm()
    if not form.submitted(lambda: judging.accept(asked, by=viewer(), seen=form.revision)):
        return _page(delivery_id, item_id, verdict=form)
    undo = url_for("staff.review.undo", delivery_id=delivery_id, item_id=item_id)
    say_with_undo(_("“%(title)s” is accepted.", title=asked.text("title", language())), undo=undo)
    return go_on(delivery_id, item_id)


@pages.post("/review/<uuid:delivery_id>/<uuid:item_id>/undo")
def undo(delivery_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Take a verdict back while nothing has come of it."""
    try:
        undoing.undo(find(Item, item_id), by=viewer(), seen=VerdictForm().looked_at)
        flash(_("Undone. It waits for your check again."))
    except Refused as refused:
        flash(said(refused), "warn")
    return redirect(_to(delivery_id, item_id), 303)


@pages.post("/review/<uuid:delivery_id>/<uuid:item_id>/reword")
def reword(delivery_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Write anew why we ask again, before the email leaves."""
    asked, form = find(Item, item_id), WordsForm()
    if not form.submitted(lambda: undoing.reword(asked, form.reason.data or "", by=viewer(), seen=form.revision)):
        return _page(delivery_id, item_id, words=form)
    flash(_("Saved. They read your new message."), "done")
    return redirect(_to(delivery_id, item_id), 303)


@pages.post("/review/<uuid:delivery_id>/<uuid:item_id>/ask-again")
def ask_again(delivery_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Send an item back with a message and go on to the next one."""
    asked, form = find(Item, item_id), AskAgainForm()
    form.offer(reasons_for(asked.kind))
    if not form.submitted(lambda: life.send_back(asked, form.message, by=viewer(), seen=form.revision)):
        return _page(delivery_id, item_id, again=form)
    title = asked.text("title", language())
    text = _("“%(title)s” is open for the client again. The email goes out when this delivery is finished.", title=title)
    if find(Delivery, delivery_id).finished_at:
        text = _("“%(title)s” is open for the client again, and the email is about to leave.", title=title)
    say_with_undo(text, undo=url_for("staff.review.undo", delivery_id=delivery_id, item_id=item_id))
    return go_on(delivery_id, item_id)


@pages.get("/review/without/<uuid:item_id>")
def lacking(item_id: UUID) -> ResponseReturnValue:
    """Show something the client says they do not have."""
    return _lacking_page(item_id)


@pages.post("/review/without/<uuid:item_id>/insist")
def insist(item_id: UUID) -> ResponseReturnValue:
    """Ask for it all the same."""
    asked, form = find(Item, item_id), AskAgainForm()
    form.offer(reasons_for(asked.kind, lacking=True))
    if not form.submitted(lambda: life.insist(asked, form.message, by=viewer(), seen=form.revision)):
        return _lacking_page(item_id, again=form)
    flash(_("We ask for “%(title)s” again.", title=asked.text("title", language())), "done")
    return redirect(url_for("staff.review.queue"), 303)


@pages.post("/review/without/<uuid:item_id>/waive")
def waive(item_id: UUID) -> ResponseReturnValue:
    """Go on without it."""
    asked, form = find(Item, item_id), VerdictForm()
    if not form.submitted(lambda: life.waive(asked, by=viewer(), seen=form.revision)):
        return _lacking_page(item_id, verdict=form)
    flash(_("We go on without “%(title)s”.", title=asked.text("title", language())), "done")
    return redirect(url_for("staff.review.queue"), 303)


@pages.get("/files/<uuid:upload_id>")
def download(upload_id: UUID) -> ResponseReturnValue:
    """Hand out one file as an attachment, under the name the project's pattern gives it."""
    found = find(Upload, upload_id)
    return hand_out(found, by=viewer(), name=called.our_name(found, language=language()))


@pages.get("/files/<uuid:upload_id>/preview")
def preview(upload_id: UUID) -> ResponseReturnValue:
    """Show a copy of a picture, of a page or of a film's beginning; never the original."""
    return show_picture(find(Upload, upload_id))


@pages.get("/files/<uuid:upload_id>/pages/<int:n>")
def leaf(upload_id: UUID, n: int) -> ResponseReturnValue:
    """Show one page of a document on a page of its own, to be turned."""
    file = find(Upload, upload_id)
    look = turn_to(file, n)
    if is_withdrawn(file) or (look.state == "none" and not look.trouble):
        raise NotFound
    first = previews.looks_of([file])[str(file.id)]
    return render_template("staff/review/leaf.html", file=file, n=n, look=look, first=first), 200, {"Refresh": "3"} if look.waits else {}


def _page(
    delivery_id: UUID,
    item_id: UUID,
    *,
    verdict: VerdictForm | None = None,
    again: AskAgainForm | None = None,
    words: WordsForm | None = None,
) -> ResponseReturnValue:
    """One item of a delivery; a form that was refused comes along with its text."""
    asked, whole = find(Item, item_id), find(Delivery, delivery_id)
    if asked.project_id != whole.project_id:
        raise NotFound
    rows, rounds = queries.rows_of(whole), queries.rounds_of(asked)
    shown = next((each for each in rounds if each.handed.delivery_id == delivery_id and not each.handed.taken_back_at), None)
    if shown is None:
        flash(_("They have taken “%(title)s” back. There is nothing to judge.", title=asked.text("title", language())), "warn")
        return redirect(url_for("staff.review.queue"), 303)
    return render_template(
        "staff/review/item.html",
        delivery=whole,
        rows=rows,
        shown=shown,
        earlier=[each for each in rounds if each.handed.round < shown.handed.round],
        newer=any(each.handed.round > shown.handed.round and not each.handed.taken_back_at for each in rounds),
        can_accept=asked.state is ItemState.SENT and shown.handed.is_open,
        can_ask=asked.state in (ItemState.SENT, ItemState.ACCEPTED) and asked.round == shown.handed.round,
        following=queries.following(rows, item_id),
        contents={row.item.id: queries.content_of(row.handed) for row in rows},
        asking=bool(again) or "ask" in request.args,
        sheet=_sheet(asked, shown, rounds),
        definition=definition_of(asked),
        finishing=FinishForm(formdata=None),
        **_material(asked, shown),
        can_undo=undoing.can_undo(asked, shown.handed),
        rewording=words is not None,
        wording=words or WordsForm(formdata=None, reason=asked.reason),
        **_forms(asked, verdict or words, again, number=whole.number),
    )


def _sheet(asked: Item, shown: queries.Round, rounds: list[queries.Round]) -> answered.Sheet | None:
    """The answers one by one, where the firm looks at them so and this is the round that stands, or the one it sent back for some."""
    if asked.kind is not ItemKind.QUESTIONNAIRE or not one_by_one(asked) or asked.round != shown.handed.round:
        return None
    sheet = answered.sheet_of(asked, shown.handed, queries.content_of(shown.handed), rounds)
    sent_back = shown.handed.verdict is Verdict.RETURNED and sheet.asked
    return sheet if asked.state in judging.JUDGED or sent_back else None


def _material(asked: Item, shown: queries.Round) -> dict[str, object]:
    """What was handed over, and what we see in it ourselves."""
    content = queries.content_of(shown.handed)
    uploads = queries.uploads_of(content)
    own = checks.of_answers(content) if asked.kind is ItemKind.QUESTIONNAIRE else []
    if asked.kind is ItemKind.FILES:
        own = checks.of_files(asked, content, uploads, (language(),))
    return {
        "content": content,
        "uploads": uploads,
        "older": {str(key): older for key, older in shelf.older_versions(list(uploads.values())).items()},
        "looks": previews.looks_of(uploads.values()),
        "labels": checks.LABELS,
        "checks": [(check.tone, line(check)) for check in own],
    }


def _lacking_page(item_id: UUID, *, verdict: VerdictForm | None = None, again: AskAgainForm | None = None) -> ResponseReturnValue:
    asked = find(Item, item_id)
    if asked.state is not ItemState.NOT_AVAILABLE and not (verdict or again):
        flash(_("“%(title)s” has been answered already.", title=asked.text("title", language())))
        return redirect(url_for("staff.review.queue"), 303)
    return render_template(
        "staff/review/lacking.html",
        teller=reading.person(asked.reason_by_id),
        others=queries.lacking(asked.project_id),
        rounds=queries.rounds_of(asked),
        open_delivery=queries.open_delivery_of(asked),
        asking=bool(again) or "ask" in request.args,
        **_forms(asked, verdict, again),
    )


def _to(delivery_id: UUID, item_id: UUID) -> str:
    return url_for("staff.review.item", delivery_id=delivery_id, item_id=item_id)


def _forms(asked: Item, verdict: VerdictForm | None, again: AskAgainForm | None, *, number: int = 0) -> dict[str, object]:
    if again is None:
        again = AskAgainForm(formdata=None)
        again.offer(reasons_for(asked.kind, lacking=not number))
    client, project = queries.place_of(asked)
    called = reference(client.name, project=project.number, number=number)
    return {"item": asked, "client": client, "project": project, "reference": called, "again": again, "form": verdict or again}


def go_on(delivery_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Go to the next item of the delivery, or the queue when there is none."""
    row = queries.following(queries.rows_of(find(Delivery, delivery_id)), item_id)
    if row is None:
        return redirect(url_for("staff.review.queue"), 303)
    return redirect(_to(delivery_id, row.item.id), 303)
