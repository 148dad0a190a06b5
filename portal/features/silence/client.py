"""The client's side of silence: agreeing to it, ending that, asking for time, and objecting."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.silence import actions
from portal.features.silence.forms import MoreTimeForm
from portal.features.silence.queries import deemed_on
from portal.kinds.approvals import consents
from portal.kinds.reading import person
from portal.kinds.silence.standing import agreement_of
from portal.models import may
from portal.models.item_states import ItemKind
from portal.models.projects import Project
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.i18n import language, spoken
from portal.web.places import find_item

pages = Blueprint("silence", __name__)


@pages.get("/projects/<uuid:project_id>/silence")
def show(project_id: UUID) -> ResponseReturnValue:
    """Show what silence would mean here, and whether that is agreed."""
    project = find(Project, project_id)
    agreement = agreement_of(project.id)
    text = consents.agreed(agreement.consent) if agreement else None
    return render_template(
        "client/silence/show.html",
        project=project,
        agreement=agreement,
        by=person(agreement.by_id) if agreement else None,
        text=text or consents.newest(consents.SILENCE, spoken(language())),
        may_agree=may.agree_for_client(viewer(), project.client_id),
    )


@pages.post("/projects/<uuid:project_id>/silence")
def answer(project_id: UUID) -> ResponseReturnValue:
    """Agree, or end what was agreed."""
    project = find(Project, project_id)
    to = url_for("client.silence.show", project_id=project_id)
    if request.form.get("act") == "withdraw":
        to = to if project.silence else url_for("client.home.project", project_id=project_id)
        return press(lambda: actions.withdraw(project, by=viewer()), _("Ended. Silence means nothing any more."), to=to)
    consent = request.form.get("consent", "")[:64]
    return press(lambda: actions.agree(project, consent, by=viewer()), _("Agreed. You can end this at any time, here."), to=to)


@pages.post("/items/<uuid:item_id>/decision/more-time")
def more_time(item_id: UUID) -> ResponseReturnValue:
    """Stop the clock, with one press."""
    item = find_item(item_id, ItemKind.APPROVAL)
    form = MoreTimeForm()
    if form.submitted(lambda: actions.more_time(item, form.until_on.data, by=viewer())):
        flash(_("Noted. Silence means nothing here any more; answer when you can."), "done")
    else:
        flash(form.problems[0][1], "warn")
    return redirect(url_for("client.approvals.decide", item_id=item_id), 303)


@pages.post("/items/<uuid:item_id>/decision/object")
def objects(item_id: UUID) -> ResponseReturnValue:
    """Open again what silence decided."""
    item = find_item(item_id, ItemKind.APPROVAL)
    deemed = deemed_on(item.id)
    to = url_for("client.approvals.decide", item_id=item_id)
    return press(lambda: actions.objects(item, deemed, by=viewer()), _("It is open again. You can answer now."), to=to)
