"""Beginning from a template: a new client in three clicks and the names, or another project for one we know."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.clients import beginning, queries
from portal.features.clients.forms.starting import FromTemplate, StartForm, StartProjectForm
from portal.features.clients.staff import pages
from portal.kernel.clock import Calendar
from portal.kernel.viewer import Viewer
from portal.kinds.closing.before import known_of
from portal.kinds.plans.starting import Start, start
from portal.kinds.plans.templates import published_templates
from portal.kinds.waiting.foretelling import Foretold, foretold
from portal.models.clients import Client
from portal.models.people import the_firm
from portal.models.projects import Project
from portal.models.template.outlook import Outlook, outlook
from portal.web.doors import begin_writing, find, reads_first, viewer
from portal.web.places import project_url


@pages.route("/new", methods=["GET", "POST"])
@reads_first
def start_new() -> ResponseReturnValue:
    """Take down the names of a new client, with everything else from a template, and send the list."""
    if not published_templates():
        return redirect(url_for("staff.clients.new"), 303)
    form = StartForm(**usual(viewer()))
    form.offer()
    act, made = request.form.get("act", ""), list[Project]()
    if act != "look" and form.submitted(lambda: made.append(_begin(form, send=act != "draft"))):
        flash(_("Saved as a draft. No client sees it yet.") if act == "draft" else _("Created and sent."), "done")
        return redirect(project_url(made[0]), 303)
    seen, expect = _seen(form, the_firm().calendar, form.tongue)
    known = {"expect": expect, "taken": queries.client_named(form.company.data or ""), "person": queries.person_at(form.email.data or "")}
    first = next(iter((form.name.data or "").split()), "")
    return render_template("staff/clients/start.html", form=form, client=None, plan=seen, first=first, **known)


@pages.route("/clients/<uuid:client_id>/start", methods=["GET", "POST"])
@reads_first
def start_project(client_id: UUID) -> ResponseReturnValue:
    """Begin another project for a client from a template."""
    client = find(Client, client_id)
    if not published_templates():
        return redirect(url_for("staff.projects.new", client_id=client_id), 303)
    contacts = queries.speakers(client_id)
    form = StartProjectForm(lead=str(client.lead_id), starts_on=client.calendar.today(), template=request.args.get("template"))
    form.offer(contacts)
    act, made = request.form.get("act", ""), list[Project]()
    if act != "look" and form.submitted(lambda: made.append(_start(form, client, send=act == "send"))):
        flash(_("Created and sent.") if act == "send" else _("Saved as a draft. No client sees it yet."), "done")
        return redirect(project_url(made[0]), 303)
    seen, expect = _seen(form, client.calendar, client.language)
    facts: dict[str, object] = {"plan": seen, "expect": expect, "first": contacts[0].first_name if contacts else "", "taken": None}
    facts["known"] = known_of(client_id)
    return render_template("staff/clients/start.html", form=form, client=client, contacts=contacts, **facts)


def _seen(form: FromTemplate, calendar: Calendar, language: str) -> tuple[Outlook, Foretold]:
    """What the client would see, and what our own projects of this kind taught us."""
    plan = outlook(form.drawn, starts_on=form.begins, calendar=calendar, language=language)
    return plan, foretold(form.version.template_id, plan, begins=form.begins, calendar=calendar)


def _begin(form: StartForm, *, send: bool) -> Project:
    wish = form.beginning()
    begin_writing()
    return beginning.begin(wish, send=send, by=viewer())


def _start(form: StartProjectForm, client: Client, *, send: bool) -> Project:
    wish = Start(form.version, form.called(client.language), UUID(form.lead.data), form.begins, form.people(client))
    begin_writing()
    return start(find(Client, client.id), wish, send=send, by=viewer())


def usual(by: Viewer) -> dict[str, object]:
    """What a form of new clients begins with: ourselves, today, the firm's time zone."""
    firm = the_firm()
    return {"zone": firm.zone, "lead": str(by.person_id), "starts_on": firm.calendar.today(), "template": request.args.get("template")}
