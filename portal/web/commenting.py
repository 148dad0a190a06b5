"""What both doors do alike: showing a file of a version with its comments, and taking what was said about one."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.kernel.refusal import NotFound, Refused
from portal.kinds.approvals import kind as approvals
from portal.kinds.approvals import pinning, pins
from portal.kinds.previews import ordering as previews
from portal.models.approvals import CHOICES
from portal.models.clients import Client
from portal.models.files import Upload
from portal.models.items import Item
from portal.models.pins import Fate, Pin
from portal.models.projects import Project
from portal.web.doors import find, viewer
from portal.web.forms import said
from portal.web.pictures import turn_to
from portal.web.pin_form import PinForm
from portal.web.places import find_item, project_url

MOST = 2000


def comments(door: str, item_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    """One page of a file with its comments, and the form for a new one; a form that was sent is taken first."""
    item = find_item(item_id, *CHOICES)
    form = PinForm()
    page = _page()
    made: list[Pin] = []

    def put() -> None:
        inside = viewer().is_staff and form.is_inside
        made.append(pinning.pin(item, upload_id, form.spot(page), form.words.data, by=viewer(), inside=inside))

    if form.submitted(put):
        flash(_("Comment %(mark)s is saved.", mark=made[0].mark), "done")
        return redirect(_address(door, made[0]), 303)
    return _shown(door, find(Item, item_id), upload_id, page, form)


def answer(door: str, item_id: UUID, pin_id: UUID) -> ResponseReturnValue:
    """Take a reply, or what became of a comment; words that were refused stay on the page."""
    item = find_item(item_id, *CHOICES)
    row = pins.pin_by_id(item.id, pin_id)
    if row is None:
        raise NotFound
    act, words, by = request.form.get("act", ""), request.form.get("words", "")[:MOST], viewer()
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "done": (lambda: pinning.settle(item, pin_id, pinning.Answer(Fate.DONE, words), by=by), _("Marked as done.")),
        "left": (lambda: pinning.settle(item, pin_id, pinning.Answer(Fate.LEFT, words), by=by), _("Noted that it stays as it is.")),
        "reopen": (lambda: pinning.reopen(item, pin_id, by=by), _("The comment is open again.")),
        "reword": (lambda: pinning.reword(item, pin_id, words, by=by), _("Your comment is changed.")),
        "remove": (lambda: pinning.remove(item, pin_id, by=by), _("Your comment is removed.")),
    }
    back = _address(door, row)
    do, done = acts.get(act, (lambda: pinning.reply(item, pin_id, words, by=by), _("Your reply is saved.")))
    try:
        do()
    except Refused as refused:
        form = PinForm(formdata=None)
        form.form_errors.append(said(refused))
        answered = make_response(_shown(door, find(Item, item_id), row.upload_id, row.page, form, typed={row.id: words}))
        answered.status_code = refused.status
        return answered
    flash(done, "done")
    return redirect(back, 303)


def _shown(
    door: str, item: Item, upload_id: UUID, page: int, form: PinForm, *, typed: dict[UUID, str] | None = None
) -> ResponseReturnValue:
    versions = approvals.history(item.id)
    current = next((one for one in versions if any(file.id == upload_id for file in one.shown.files)), None)
    if current is None:
        raise NotFound
    file = next(file for file in current.shown.files if file.id == upload_id)
    upload = find(Upload, upload_id)
    first = previews.looks_of([upload])[str(upload_id)]
    if not 1 <= page <= max(first.leaves, 1):
        raise NotFound
    look = first if page == 1 else turn_to(upload, page)
    all_of_it = pins.by_file(pins.pins_of(item.id), current.version).get(str(upload_id), [])
    open_for = current.version.stands and item.state in pinning.OPEN and pinning.may_comment(viewer(), item)
    facts = {
        "current": current,
        "newest": versions[0],
        "file": file,
        "place": current.shown.files.index(file) + 1,
        "look": look,
        "pages": first.leaves or 1,
        "n": page,
        "pins": all_of_it,
        "here": [told for told in all_of_it if told.pin.page == page],
        "can_pin": open_for or (current.version.stands and viewer().is_staff),
        "own": {told.pin.id for told in all_of_it if pins.may_mend(told, current.decisions, viewer())},
        "can_answer": item.state in pinning.OPEN and pinning.may_comment(viewer(), item),
        "typed": typed or {},
        "looking": viewer().seen_as is not None,
    }
    answered: Response = make_response(render_template(f"{door}/pins/show.html", item=item, form=form, **facts, **_crumbs(item)))
    if look.waits:
        answered.headers["Refresh"] = "3"
    return answered


def _crumbs(item: Item) -> dict[str, object]:
    """Where the page lies for staff."""
    return {"client": find(Client, item.client_id), "home": project_url(find(Project, item.project_id))} if viewer().is_staff else {}


def _address(door: str, row: Pin) -> str:
    page = row.page if row.page > 1 else None
    return url_for(f"{door}.pins.show", item_id=row.item_id, upload_id=row.upload_id, page=page, _anchor=f"pin-{row.mark}")


def _page() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal()) or len(text) > 4:
        raise NotFound
    return int(text)
