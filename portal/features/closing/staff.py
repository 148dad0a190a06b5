"""The firm's side of the end of a project: closing it, what was said then, and getting in touch again."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.features.closing import actions, queries
from portal.features.closing.forms import CloseForm, LaterForm, LessonForm
from portal.kinds import reading
from portal.kinds.closing.standing import closing_of, said_about
from portal.kinds.closing.still_open import open_of
from portal.kinds.plans import planning
from portal.models.clients import Client
from portal.models.projects import Project
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.i18n import spoken
from portal.web.letterpress import reading_as
from portal.web.places import project_url

pages = Blueprint("closing", __name__)


@pages.route("/projects/<uuid:project_id>/close", methods=["GET", "POST"])
def close(project_id: UUID) -> ResponseReturnValue:
    """Say what is still open, let go of it, and close."""
    project, items = planning.with_items(project_id)
    if project.is_closed:
        return redirect(url_for("staff.closing.show", project_id=project_id), 303)
    client = find(Client, project.client_id)
    form = CloseForm(thanks=_thanks(project, client))
    if request.form.get("act") == "waive":
        return _go_on_without(project, form)
    if form.submitted(lambda: actions.close(project_id, form.ending(), form.reason, by=viewer())):
        flash(_("Closed. The client gets your thanks by email, and finds everything on one page."), "done")
        return redirect(url_for("staff.closing.show", project_id=project_id), 303)
    still = open_of(project_id, items)
    return render_template("staff/closing/close.html", project=project, client=client, form=form, still=still)


@pages.get("/projects/<uuid:project_id>/closed")
def show(project_id: UUID) -> ResponseReturnValue:
    """Show what was said at the end, what they thought, and when we get in touch again."""
    return _ended(find(Project, project_id))


@pages.post("/projects/<uuid:project_id>/reopen")
def reopen(project_id: UUID) -> ResponseReturnValue:
    """Go on with a closed project."""
    project, _items = planning.with_items(project_id)
    done = _("The project goes on. What you let go of stays so until you ask for it again.")
    return press(lambda: actions.reopen(project_id, by=viewer()), done, to=project_url(project))


@pages.post("/projects/<uuid:project_id>/lessons")
def learn(project_id: UUID) -> ResponseReturnValue:
    """Write down what we learned."""
    project, form = find(Project, project_id), LessonForm()
    if not form.submitted(lambda: actions.note_lesson(project, form.words.data or "", by=viewer())):
        return _ended(project, lesson=form)
    flash(_("Noted. Only staff see it."), "done")
    return redirect(url_for("staff.closing.show", project_id=project_id) + "#lessons", 303)


@pages.post("/projects/<uuid:project_id>/again/<any(done, later):what>")
def again(project_id: UUID, what: str) -> ResponseReturnValue:
    """Note that we got in touch again, or choose another day."""
    project = find(Project, project_id)
    closing, to = closing_of(project_id), url_for("staff.closing.show", project_id=project_id)
    if closing is None or what == "done":
        return press(lambda: actions.note_met(closing, by=viewer()), _("Noted."), to=to)
    form = LaterForm()
    if not form.submitted(lambda: actions.meet_later(closing, form.again_on.data, by=viewer())):
        return _ended(project, later=form)
    flash(_("Saved. It stands on the board that day."), "done")
    return redirect(to, 303)


def _ended(project: Project, *, lesson: LessonForm | None = None, later: LaterForm | None = None) -> ResponseReturnValue:
    closing = closing_of(project.id)
    return render_template(
        "staff/closing/show.html",
        project=project,
        client=find(Client, project.client_id),
        closing=closing,
        by=reading.person(closing.by_id) if closing else None,
        said=said_about([closing.id]) if closing else [],
        lessons=queries.lessons_of(project.id),
        form=lesson or LessonForm(formdata=None),
        later=later or LaterForm(formdata=None),
    )


def _go_on_without(project: Project, form: CloseForm) -> ResponseReturnValue:
    gone: list[int] = []
    to = url_for("staff.closing.close", project_id=project.id)
    answer = press(lambda: gone.append(actions.go_on_without(project.id, form.reason, by=viewer())), "", to=to)
    if gone:
        text = ngettext("%(num)s thing was let go.", "%(num)s things were let go.", gone[0])
        flash(" ".join((text, _("The project stays open."))), "done")
    return answer


def _thanks(project: Project, client: Client) -> str:
    """A first sentence in the client's language, to be written on."""
    with reading_as(spoken(client.language), ZoneInfo(client.zone)):
        return str(_("Thank you for working with us on “%(project)s”.", project=project.name))
