"""The staff's pages to take answers out, of one project or of all clients, and to see a questionnaire in figures."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.exports import actions, figures, queries
from portal.features.exports.writing import WAYS
from portal.kernel.clock import now
from portal.kernel.db import open_session
from portal.kernel.refusal import NotFound
from portal.models.clients import Client
from portal.models.people import Firm, the_firm
from portal.models.projects import Project
from portal.models.questionnaires import Questionnaire
from portal.storage.names import clean_name, content_disposition
from portal.web import i18n
from portal.web.answers import country_name
from portal.web.doors import find, viewer

pages = Blueprint("exports", __name__)


@pages.get("/answers")
def every() -> ResponseReturnValue:
    """Say what will be in the file, for all clients."""
    return render_template("staff/exports/export.html", project=None, client=None, count=figures.count())


@pages.get("/projects/<uuid:project_id>/answers")
def project(project_id: UUID) -> ResponseReturnValue:
    """Say what will be in the file, for one project."""
    one = find(Project, project_id)
    facts = {"client": find(Client, one.client_id), "count": figures.count(project_id)}
    return render_template("staff/exports/export.html", project=one, **facts)


@pages.post("/answers/get")
def take_every() -> ResponseReturnValue:
    """Hand out the answers of all clients."""
    firm = the_firm()
    return _hand_out(firm, name=firm.name, project_id=None)


@pages.post("/projects/<uuid:project_id>/answers/get")
def take_project(project_id: UUID) -> ResponseReturnValue:
    """Hand out the answers of one project."""
    one = find(Project, project_id)
    return _hand_out(one, name=one.name, project_id=project_id)


@pages.get("/questionnaires/<uuid:questionnaire_id>/figures")
def show_figures(questionnaire_id: UUID) -> ResponseReturnValue:
    """A questionnaire in figures: question by question what was answered, how often, how fast."""
    questionnaire = find(Questionnaire, questionnaire_id)
    told = figures.of(questionnaire_id, language=i18n.language())
    return render_template("staff/exports/figures.html", questionnaire=questionnaire, told=told)


def _hand_out(of: Project | Firm, *, name: str, project_id: UUID | None) -> Response:
    """Note it, then write the file while it is read from the database."""
    way = request.form.get("way", "")
    if way not in WAYS:
        raise NotFound
    actions.note_export(of, way=way, by=viewer())
    who, speech = viewer(), queries.Speech() if way == "json" else _speech()

    def rows() -> Iterator[queries.Told]:
        open_session(who, writes=False)  # the one of the request is closed before the first row is read
        yield from queries.answers(project_id, speech=speech)

    mime, write = WAYS[way]
    title = clean_name(f"{name} answers {now():%Y-%m-%d}.{way}")
    response = Response(stream_with_context(write(rows(), speech)), mimetype=mime.partition(";")[0])
    response.headers["Content-Type"] = mime
    response.headers["Content-Disposition"] = content_disposition(title)
    response.headers["Cache-Control"] = "no-store"
    return response


def _speech() -> queries.Speech:
    """Yes and no, what we said of answers, and the names of the columns, in the language of the page."""
    verdicts = {
        "accepted": _("Accepted"),
        "asked_again": _("Asked again"),
        "corrected": _("Another answer proposed"),
        "open": _("Not looked at"),
    }
    place = {"client": _("Client"), "project": _("Project"), "item": _("Item"), "questionnaire": _("Questionnaire")}
    asked = {"version": _("Version"), "round": _("Round"), "section": _("Section"), "key": _("Key"), "question": _("Question")}
    told = {"language": _("Language"), "answer": _("Answer"), "by": _("Answered by"), "at": _("Answered at"), "sent_at": _("Sent at")}
    said = {"review": _("Review"), "reason": _("Reason"), "yes": _("Yes"), "no": _("No")}
    return queries.Speech({**verdicts, **place, **asked, **told, **said}, country_name)
