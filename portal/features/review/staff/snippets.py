"""The sentences the firm asks again with, in the languages of its clients."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.review import snippets
from portal.features.review.forms import ANSWERS, SnippetForm
from portal.kernel.refusal import NotFound
from portal.models.people import the_firm
from portal.web import i18n
from portal.web.doors import viewer

pages = Blueprint("snippets", __name__)


@pages.get("/settings/sentences")
def index() -> ResponseReturnValue:
    """Show the firm's own sentences; until there are any, those that are offered instead."""
    ours = [(_(label), _(sentence)) for label, sentence in ANSWERS.values()]
    return render_template("staff/review/snippets.html", kept=snippets.kept(), ours=ours, languages=_languages(), named=_named)


@pages.route("/settings/sentences/new", methods=["GET", "POST"])
@pages.route("/settings/sentences/<uuid:snippet_id>", methods=["GET", "POST"])
def edit(snippet_id: UUID | None = None) -> ResponseReturnValue:
    """Write a sentence, or write it anew."""
    there = next((one for one in snippets.kept() if one.id == snippet_id), None)
    if snippet_id and there is None:
        raise NotFound
    languages = sorted({*_languages(), *(there.words if there else ())}, key=list(i18n.LANGUAGES).index)
    typed = {
        language: request.form.get(f"words.{language}", there.words.get(language, "") if there else "")[:600] for language in languages
    }
    form = SnippetForm(data={"name": there.name if there else ""})
    if form.submitted(lambda: snippets.keep(snippet_id, form.name.data or "", typed, by=viewer())):
        flash(_("Saved."), "done")
        return redirect(url_for("staff.snippets.index"), 303)
    return render_template("staff/review/snippet.html", there=there, form=form, typed=typed)


@pages.post("/settings/sentences/<uuid:snippet_id>/remove")
def remove(snippet_id: UUID) -> ResponseReturnValue:
    """Offer a sentence no longer."""
    if snippet_id not in [one.id for one in snippets.kept()]:
        raise NotFound
    snippets.remove(snippet_id, by=viewer())
    flash(_("Removed."), "done")
    return redirect(url_for("staff.snippets.index"), 303)


def _languages() -> list[str]:
    return [language for language in the_firm().languages if language in i18n.LANGUAGES] or ["en"]


def _named(languages: list[str]) -> list[str]:
    return [i18n.LANGUAGES[language] for language in languages]
