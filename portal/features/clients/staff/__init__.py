"""Staff pages about clients: the list, a new one from nothing to sent, and the people who speak for them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.features.clients import actions, queries
from portal.features.clients.forms import KnownClientForm, KnownPersonForm, NewClientForm, PersonForm
from portal.kernel.refusal import NotFound
from portal.kinds import inviting
from portal.models.clients import Client, Membership
from portal.models.people import Person, the_firm
from portal.models.projects import Project
from portal.web.asking import page_number
from portal.web.buttons import press
from portal.web.doors import begin_writing, find, reads_first, viewer
from portal.web.working_days import AS_THE_FIRM

pages = Blueprint("clients", __name__)


@pages.get("/clients")
def index() -> ResponseReturnValue:
    """List the clients, found by name, project or contact."""
    words, archived = request.args.get("q", "")[:80], "archived" in request.args
    found = queries.clients(words=words, archived=archived, n=page_number())
    first_use = not (found.rows or words or archived) and not queries.any_clients()
    return render_template("staff/clients/index.html", page=found, words=words, archived=archived, first_use=first_use)


@pages.route("/clients/new", methods=["GET", "POST"])
@reads_first
def new() -> ResponseReturnValue:
    """Take down a client, its contact and its first list on one page, and send it in one act."""
    form = NewClientForm(**_defaults())
    form.offer()
    act = request.form.get("act", "")
    if act in ("stages", "asks", "look"):
        if act != "look":
            form.add_row(act)
            form.offer()
        return render_template("staff/clients/new.html", form=form, taken=None)
    made: list[Project] = []
    if form.submitted(lambda: made.append(_begin(form, send=act != "draft"))):
        flash(_("Saved as a draft. No client sees it yet.") if act == "draft" else _sent(form), "done")
        return redirect(_url(made[0].client_id), 303)
    taken = queries.client_named(form.company.data or "") if form.company.errors else None
    return render_template("staff/clients/new.html", form=form, taken=taken)


@pages.route("/clients/<uuid:client_id>/edit", methods=["GET", "POST"])
def edit(client_id: UUID) -> ResponseReturnValue:
    """Change what we know of a client."""
    client = find(Client, client_id)
    region = AS_THE_FIRM if client.region is None else client.region
    days = {"working_days": client.working_days, "holidays": "\n".join(client.holidays), "region": region}
    form = KnownClientForm(company=client.name, language=client.language, zone=client.zone, lead=str(client.lead_id), **days)
    form.offer()
    form.offer_regions(kept=client.region, firm=the_firm().region)
    if form.submitted(lambda: actions.change_client(client, form.client(), form.days(), by=viewer())):
        return _back(client_id, _("Saved."))
    taken = queries.client_named(form.company.data or "", but=client.id) if form.company.errors else None
    return render_template("staff/clients/edit.html", client=client, form=form, taken=taken)


@pages.post("/clients/<uuid:client_id>/archive")
def archive(client_id: UUID) -> ResponseReturnValue:
    """Put a client away."""
    client = find(Client, client_id)
    done = _("Archived. Nobody signs in for this client any more.")
    return press(lambda: actions.archive_client(client, by=viewer()), done, to=_url(client_id))


@pages.post("/clients/<uuid:client_id>/restore")
def restore(client_id: UUID) -> ResponseReturnValue:
    """Bring a client back."""
    client = find(Client, client_id)
    done = _("Restored. Everything waits where it waited before.")
    return press(lambda: actions.restore_client(client, by=viewer()), done, to=_url(client_id))


@pages.route("/clients/<uuid:client_id>/people/new", methods=["GET", "POST"])
def add_person(client_id: UUID) -> ResponseReturnValue:
    """Let one more person speak for a client."""
    client = find(Client, client_id)
    form = PersonForm(language=client.language, zone=client.zone)
    form.offer()
    invited = request.form.get("act") != "later"
    if form.submitted(lambda: actions.add_and_invite(client, form.contact(), invited=invited, by=viewer())):
        return _back(client_id, _("Added. The invitation is on its way.") if invited else _("Added. No email was sent."))
    return render_template("staff/clients/add_person.html", client=client, form=form)


@pages.route("/clients/<uuid:client_id>/people/<uuid:person_id>", methods=["GET", "POST"])
def person(client_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Change what a contact may do and how we write to them."""
    client, (row, known) = find(Client, client_id), _contact(client_id, person_id)
    form = KnownPersonForm(obj=known, role=row.role.value)
    form.offer()
    if form.submitted(lambda: actions.change_contact(row, known, form.contact(), by=viewer())):
        return _back(client_id, _("Saved."))
    return render_template("staff/clients/person.html", client=client, contact=row, person=known, form=form)


@pages.post("/clients/<uuid:client_id>/people/<uuid:person_id>/end")
def end_access(client_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Let somebody speak for a client no longer."""
    row, known = _contact(client_id, person_id)
    said_so = _("%(name)s has no access any more.", name=known.name)
    return press(lambda: actions.end_access(row, known, by=viewer()), said_so, to=_url(client_id))


@pages.post("/clients/<uuid:client_id>/people/<uuid:person_id>/invite")
def invite(client_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Send an invitation again; the one before leads nowhere from now on."""
    row, known = _contact(client_id, person_id)
    said_so = _("A new invitation to %(name)s is on its way. The one before does not work any more.", name=known.name)
    return press(lambda: inviting.invite(row, by=viewer()), said_so, to=_url(client_id))


def _sent(form: NewClientForm) -> str:
    """What was sent, and what still waits for us to present it."""
    ours = sum(wish.kind.is_decision for wish in form.plan().asks)
    more = ngettext("One decision waits for you to present it.", "%(num)s decisions wait for you to present them.", ours)
    return f"{_('Created and sent.')} {more}" if ours else str(_("Created and sent."))


def _begin(form: NewClientForm, *, send: bool) -> Project:
    company, contact, plan = form.client(), form.contact(), form.plan()
    begin_writing()
    return actions.begin(company, contact, plan, send=send, by=viewer())


def _defaults() -> dict[str, object]:
    firm = the_firm()
    return {
        "language": firm.language,
        "zone": firm.zone,
        "lead": str(viewer().person_id),
        "starts_on": firm.calendar.today(),
    }


def _contact(client_id: UUID, person_id: UUID) -> tuple[Membership, Person]:
    found = queries.contact(client_id, person_id)
    if found is None:
        raise NotFound
    return found


def _url(client_id: UUID) -> str:
    return url_for("staff.client_page.show", client_id=client_id)


def _back(client_id: UUID, sentence: str) -> ResponseReturnValue:
    flash(sentence, "done")
    return redirect(_url(client_id), 303)
