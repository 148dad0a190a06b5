"""Asking a colleague for a part of a questionnaire or for files, seeing who has it, and what one was asked for oneself."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.helping import actions, queries
from portal.features.helping.forms import AskForm
from portal.kernel.refusal import NotFound, Refused
from portal.kinds import reading
from portal.kinds.helping import Piece, helpers_of, pieces_of
from portal.models.item_states import WITH_CLIENT, ItemKind
from portal.models.items import Item
from portal.web.answers import words
from portal.web.doors import viewer
from portal.web.forms import said
from portal.web.places import find_item, item_url

pages = Blueprint("helping", __name__)


@pages.get("/asked")
def asked() -> ResponseReturnValue:
    """Show what a colleague asked the viewer for."""
    return render_template("client/helping/asked.html", asked=queries.asked_of(viewer()))


@pages.route("/items/<uuid:item_id>/ask", methods=["GET", "POST"])
def ask(item_id: UUID) -> ResponseReturnValue:
    """Hand a section, a question or the files to somebody, and show who has what."""
    item = _item(item_id)
    if request.method == "GET" and (item.state not in WITH_CLIENT or reading.resting(item) or not reading.can_work(viewer(), item)):
        return redirect(item_url(item), 303)
    pieces = pieces_of(item)
    form = AskForm(piece=request.args.get("piece"))
    form.offer([(piece.name, _said(piece)) for piece in _near(pieces, form.piece.data)])
    if form.submitted(lambda: actions.ask(item, form.piece.data, form.colleague(), by=viewer())):
        flash(_("%(name)s gets an email with the link, and sees only this.", name=form.name.data), "done")
        return redirect(url_for("client.helping.ask", item_id=item_id, piece=form.piece.data), 303)
    return render_template("client/helping/ask.html", item=item, form=form, helpers=helpers_of(item))


@pages.post("/items/<uuid:item_id>/ask/<uuid:person_id>/take-back")
def take_back(item_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Take everything back from a colleague."""
    item = _item(item_id)
    try:
        name = actions.take_back(item, person_id, by=viewer())
        flash(_("Taken back. %(name)s does not see it any more; what they gave stays.", name=name), "done")
    except Refused as refused:
        flash(said(refused), "warn")
    return redirect(url_for("client.helping.ask", item_id=item_id), 303)


def _item(item_id: UUID) -> Item:
    item = find_item(item_id, ItemKind.QUESTIONNAIRE, ItemKind.FILES)
    if viewer().limits(item.id) is not None:
        raise NotFound
    return item


def _sections(pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.is_section]


def _near(pieces: list[Piece], chosen: str | None) -> list[Piece]:
    """The section of what was chosen with its questions; without a choice all sections."""
    section = next((piece.section for piece in pieces if piece.name == chosen), None)
    return [piece for piece in pieces if piece.section == section] if section else _sections(pieces)


def _said(piece: Piece) -> str:
    if piece.is_section:
        return str(_("All of “%(section)s”", section=words(piece.words)))
    return str(_("Only “%(question)s”", question=words(piece.words)))
