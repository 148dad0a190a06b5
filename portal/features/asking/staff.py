"""Staff pages about one thing we ask for: writing it down, changing it, and moving it along."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.features.asking import actions, queries
from portal.features.asking.forms import AskForm, ReasonForm, typed
from portal.kernel.refusal import Refused
from portal.kinds import life
from portal.kinds.plans import planning
from portal.kinds.waiting.foretelling import usual
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.projects import Project
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.forms import said
from portal.web.places import project_url

pages = Blueprint("asking", __name__)


@pages.route("/projects/<uuid:project_id>/ask", methods=["GET", "POST"])
def ask(project_id: UUID) -> ResponseReturnValue:
    """Write down one more thing to ask for, to be sent now or later."""
    project, _items = planning.with_items(project_id)
    client = find(Client, project.client_id)
    form = AskForm()
    form.offer(project, client_language=client.language)
    send = request.form.get("act") != "draft"
    made: list[Item] = []
    if form.submitted(lambda: made.append(actions.ask(project_id, form.ask(), send=send, by=viewer()))):
        if send:
            return _sent(made, to=project_url(project))
        flash(_("Saved as a draft. No client sees it yet."), "done")
        return redirect(project_url(project), 303)
    return render_template("staff/asking/ask.html", client=client, project=project, item=None, form=form, usual=usual())


@pages.route("/items/<uuid:item_id>/edit", methods=["GET", "POST"])
def edit(item_id: UUID) -> ResponseReturnValue:
    """Change what is asked; its kind stays."""
    item = find(Item, item_id)
    project, client = find(Project, item.project_id), find(Client, item.client_id)
    form = AskForm(**typed(item, queries.named_ids(item.id), client.language))
    form.offer(project, client_language=client.language, kept=item.questionnaire_version_id)
    form.keep_kind(item.kind)
    if form.submitted(lambda: actions.change_item(item, form.ask(), by=viewer())):
        flash(_("Saved."), "done")
        return redirect(_item(item_id), 303)
    return render_template("staff/asking/ask.html", client=client, project=project, item=item, form=form, usual=usual(item.kind))


@pages.post("/projects/<uuid:project_id>/send")
def send_all(project_id: UUID) -> ResponseReturnValue:
    """Send every draft of a project in one act."""
    project, items = planning.with_items(project_id)
    drafts = [item for item in items if item.is_draft]
    return _send(project_id, drafts, to=project_url(project))


@pages.post("/items/<uuid:item_id>/send")
def send(item_id: UUID) -> ResponseReturnValue:
    """Send one draft."""
    item = find(Item, item_id)
    return _send(item.project_id, [item], to=_item(item_id), only=item_id)


@pages.post("/items/<uuid:item_id>/<any(up, down):way>")
def order(item_id: UUID, way: str) -> ResponseReturnValue:
    """Move an item one place up or down on the list."""
    item = find(Item, item_id)
    return press(lambda: actions.move_item(item.project_id, item_id, way, by=viewer()), _("Moved."), to=_item(item_id))


@pages.post("/items/<uuid:item_id>/remove")
def remove(item_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    item = find(Item, item_id)
    project = find(Project, item.project_id)
    to = _item(item_id) if not item.is_draft else project_url(project)
    return press(lambda: planning.remove_draft(item, by=viewer()), _("The draft is gone."), to=to)


@pages.post("/items/<uuid:item_id>/waive")
def waive(item_id: UUID) -> ResponseReturnValue:
    """Go on without it."""
    item = find(Item, item_id)
    return press(lambda: life.waive(item, by=viewer()), _("Waived. It waits for nobody."), to=_item(item_id))


@pages.post("/items/<uuid:item_id>/open")
def open(item_id: UUID) -> ResponseReturnValue:
    """Let the client do a closed item at once."""
    item = find(Item, item_id)
    return press(lambda: life.open_now(item, by=viewer()), _("It is open now."), to=_item(item_id))


@pages.post("/items/<uuid:item_id>/restore")
def restore(item_id: UUID) -> ResponseReturnValue:
    """Ask for a waived item again."""
    item = find(Item, item_id)
    return press(lambda: life.restore(item, by=viewer()), _("We ask for it again."), to=_item(item_id))


@pages.route("/items/<uuid:item_id>/insist", methods=["GET", "POST"])
def insist(item_id: UUID) -> ResponseReturnValue:
    """Ask for it all the same, with a reason the client reads."""
    item = find(Item, item_id)
    form = ReasonForm()
    if form.submitted(lambda: life.insist(item, form.reason.data or "", by=viewer())):
        flash(_("Asked again. The client reads your reason."), "done")
        return redirect(_item(item_id), 303)
    return render_template("staff/asking/insist.html", item=item, client=find(Client, item.client_id), form=form)


def _send(project_id: UUID, drafts: list[Item], *, to: str, only: UUID | None = None) -> ResponseReturnValue:
    try:
        planning.send_drafts(project_id, by=viewer(), only=only)
    except Refused as refused:
        flash(said(refused), "warn")
        return redirect(to, 303)
    return _sent(drafts, to=to)


def _sent(items: list[Item], *, to: str) -> ResponseReturnValue:
    """Say what became of what was sent; a decision waits for us until its first version is presented."""
    ours = [item for item in items if item.kind.is_decision]
    if not ours:
        flash(_("Sent. One email per person is on its way."), "done")
    elif len(ours) < len(items):
        more = ngettext("One decision waits for you to present it.", "%(num)s decisions wait for you to present them.", len(ours))
        flash(_("Sent. One email per person is on its way.") + " " + more, "done")
    elif len(ours) == 1:
        flash(_("Saved. Now present the first version."), "done")
        return redirect(url_for("staff.approvals.present", item_id=ours[0].id), 303)
    else:
        flash(_("Saved. Now present the first version of each."), "done")
    return redirect(to, 303)


def _item(item_id: UUID) -> str:
    return url_for("staff.client_page.item", item_id=item_id)
