"""The page of an item that asks for files, and fetching what was sent."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.uploads import actions
from portal.features.uploads.client.lines import helps_as
from portal.features.uploads.forms import FilesForm
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kinds import helping, reading
from portal.kinds.files import landing, shelf
from portal.kinds.files.kind import files_of, sent_before, spec_of
from portal.kinds.files.landing import OnItem
from portal.kinds.previews import ordering as previews
from portal.models.files import Upload
from portal.models.helping import FILES
from portal.models.item_states import WITH_CLIENT, ItemKind
from portal.models.items import Item
from portal.storage.checks import accept
from portal.web.buttons import press
from portal.web.doors import begin_writing, find, reads_first, viewer
from portal.web.forms import answer_with
from portal.web.handing_out import hand_out
from portal.web.lines import line_words
from portal.web.pictures import show_picture
from portal.web.places import find_item, item_url
from portal.web.receiving import Turned, hints, sentence, take_all
from portal.web.seen import note_opened
from portal.web.what_fits import limits, plain_limit

pages = Blueprint("uploads", __name__)
NOTHING_CAME = N_("Choose at least one file first.")


@pages.route("/items/<uuid:item_id>/files", methods=["GET", "POST"])
@reads_first
def item(item_id: UUID) -> ResponseReturnValue:
    """Let the client add files and send them, in one plain form."""
    find_item(item_id, ItemKind.FILES)
    form = FilesForm()
    turned: list[Turned] = []
    noticed: list[Upload] = []
    if form.is_submitted():
        done = _add_and_send(item_id, form, turned, noticed)
        if done:
            return redirect(done, 303)
    asked = find(Item, item_id)
    if asked.state not in WITH_CLIENT and not form.is_submitted():
        return redirect(url_for("client.helping.asked") if helps_as(asked) else item_url(asked), 303)
    if not form.is_submitted():
        form.note.data = reading.note_taken_back(asked.id)
    note_opened(asked)
    troubles = [(t.name, sentence(t.finding)) for t in turned]
    return render_template("client/uploads/item.html", item=asked, form=form, turned=troubles, noticed=noticed, **_facts(asked))


@pages.post("/items/<uuid:item_id>/files/<uuid:upload_id>/remove")
def remove(item_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    """Take a file off the item again."""
    asked = find(Item, item_id)
    if find(Upload, upload_id).item_id != asked.id:
        raise NotFound

    def take_off() -> None:
        flash(_("“%(name)s” is removed.", name=actions.remove(asked, upload_id, by=viewer())), "done")

    return press(take_off, "", to=url_for("client.uploads.item", item_id=item_id))


@pages.get("/files/<uuid:upload_id>")
def download(upload_id: UUID) -> ResponseReturnValue:
    """Hand out one file as an attachment."""
    return hand_out(find(Upload, upload_id), by=viewer())


@pages.get("/files/<uuid:upload_id>/preview")
def preview(upload_id: UUID) -> ResponseReturnValue:
    """Show a small copy of what was sent or received; never the original."""
    return show_picture(find(Upload, upload_id))


def _add_and_send(item_id: UUID, form: FilesForm, turned: list[Turned], noticed: list[Upload]) -> str:
    """Keep the files that came and, if asked, hand all over; the address to go to, or nothing when something needs a look."""
    files = [file for file in request.files.getlist("files") if file.filename]
    act = request.form.get("act")
    sending = act == "send"
    try:
        if not files and act not in ("send", "done"):
            raise Refused(NOTHING_CAME, status=422)
        if files:
            known = {file.id for file in files_of(item_id)}
            turned += take_all(files, to=lambda: OnItem(find(Item, item_id)))
            noticed += [file for file in files_of(item_id) if sending and file.id not in known and hints(file)]
        if turned or noticed:
            answer_with(422)
            return ""
        if act == "done":
            begin_writing()
            helping.say_done(find(Item, item_id), by=viewer())
            flash(_("Thank you. Everything is saved, and whoever asked you sees it."), "done")
            return url_for("client.helping.asked")
        if sending:
            begin_writing()
            actions.send(find(Item, item_id), form.note.data or "", by=viewer())
            return url_for("client.items.sent", item_id=item_id)
    except Refused as refused:
        form.refuse(refused)
        return ""
    flash(
        _("Saved. You can add more, or say that you are done.")
        if item_id in viewer().parts
        else _("Saved with us. You can add more, or send it when you are ready."),
        "done",
    )
    return url_for("client.uploads.item", item_id=item_id)


def _facts(asked: Item) -> dict[str, object]:
    spec, resting, files = spec_of(asked), reading.resting(asked), files_of(asked.id)
    helps = helps_as(asked)
    can_work = not resting and reading.can_answer(viewer(), asked, (FILES,))
    return {
        "helps_as": helps,
        "helpers": helping.helpers_of(asked) if can_work and not helps else (),
        "is_done": helps is not None and helping.has_said(asked, helps),
        "spec": spec,
        "files": files,
        "hints": hints,
        "looks": previews.looks_of(files),
        "before": sent_before(asked),
        "older": shelf.older_versions(files),
        "accept": accept(spec.types),
        "hint": limits(spec),
        "plain_hint": plain_limit(spec),
        "pictures": not spec.types or "image" in spec.types,
        "resting": resting,
        "can_work": can_work,
        "begun": landing.unfinished(OnItem(asked), by=viewer()) if can_work else [],
        "words": line_words(),
    }
