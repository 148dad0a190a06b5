"""Staff pages about projects and milestones."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.projects import actions, queries
from portal.features.projects.forms import MilestoneForm, MoveMilestoneForm, ProjectForm
from portal.kernel.refusal import N_, NotFound
from portal.kinds import reading
from portal.kinds.closing.before import known_of
from portal.kinds.plans import planning
from portal.kinds.silence.standing import agreement_of
from portal.models.clients import Client
from portal.models.projects import Milestone, Project
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.places import project_url

pages = Blueprint("projects", __name__)
DONE = {
    "pause": N_("The project is paused. Nobody is reminded."),
    "resume": N_("The project goes on. Everything waits where it waited before."),
    "archive": N_("Archived. The client does not see this project any more."),
    "restore": N_("Restored."),
}


@pages.route("/clients/<uuid:client_id>/projects/new", methods=["GET", "POST"])
def new(client_id: UUID) -> ResponseReturnValue:
    """Begin another project for a client, as a draft."""
    client = find(Client, client_id)
    form = ProjectForm(lead=str(client.lead_id))
    form.offer()
    made: list[Project] = []

    def begin() -> None:
        made.append(
            planning.open_project(
                client, name=form.name.data or "", lead_id=UUID(form.lead.data), starts_on=form.starts_on.data, by=viewer()
            )
        )

    if form.submitted(begin):
        flash(_("The project is a draft. Add its milestones, then write down what you need."), "done")
        return redirect(url_for("staff.projects.milestones", project_id=made[0].id), 303)
    return render_template("staff/projects/edit.html", client=client, project=None, form=form, known=known_of(client_id))


@pages.route("/projects/<uuid:project_id>/edit", methods=["GET", "POST"])
def edit(project_id: UUID) -> ResponseReturnValue:
    """Change a project's name, lead and start."""
    project = find(Project, project_id)
    form = ProjectForm(name=project.name, lead=str(project.lead_id), starts_on=project.starts_on)
    form.offer()

    def change() -> None:
        actions.change_project(project, name=form.name.data or "", lead_id=UUID(form.lead.data), starts_on=form.starts_on.data, by=viewer())

    if form.submitted(change):
        flash(_("Saved."), "done")
        return redirect(project_url(project), 303)
    facts = {"client": find(Client, project.client_id), "agreement": agreement_of(project_id)}
    return render_template("staff/projects/edit.html", project=project, form=form, **facts)


@pages.post("/projects/<uuid:project_id>/<any(pause, resume, archive, restore):verb>")
def move(project_id: UUID, verb: str) -> ResponseReturnValue:
    """Pause, resume, archive or restore a project."""
    project, _items = planning.with_items(project_id)
    return press(lambda: actions.move_project(project_id, verb, by=viewer()), _(DONE[verb]), to=project_url(project))


@pages.route("/projects/<uuid:project_id>/milestones", methods=["GET", "POST"])
def milestones(project_id: UUID) -> ResponseReturnValue:
    """Show the milestones in their order, and add one."""
    project = find(Project, project_id)
    form = MilestoneForm()
    if form.submitted(lambda: planning.add_milestone(project, form.stage(), by=viewer())):
        flash(_("Added."), "done")
        return redirect(url_for("staff.projects.milestones", project_id=project_id), 303)
    rows = reading.milestones_of(project_id)
    return render_template(
        "staff/projects/milestones.html",
        project=project,
        client=find(Client, project.client_id),
        form=form,
        milestones=rows,
        early={rows[n].id: rows[above] for n, above in planning.out_of_order(rows).items()},
        hanging=queries.hanging_on(project_id),
    )


@pages.route("/projects/<uuid:project_id>/milestones/<uuid:milestone_id>", methods=["GET", "POST"])
def milestone(project_id: UUID, milestone_id: UUID) -> ResponseReturnValue:
    """Change a milestone's name and planned dates."""
    project, _items = planning.with_items(project_id)
    found, client = find(Milestone, milestone_id), find(Client, project.client_id)
    if found.project_id != project_id:
        raise NotFound
    form = MoveMilestoneForm(name=found.title(client.language), starts_on=found.starts_on, ends_on=found.ends_on)
    said = {"why": form.why.data or "", "language": client.language}
    if form.submitted(lambda: actions.change_milestone(project_id, milestone_id, form.stage(), **said, by=viewer())):
        flash(_("Saved."), "done")
        return redirect(url_for("staff.projects.milestones", project_id=project_id), 303)
    return render_template("staff/projects/milestone.html", project=project, client=client, form=form)


@pages.post("/projects/<uuid:project_id>/milestones/<uuid:milestone_id>/<any(up, down):way>")
def order_milestone(project_id: UUID, milestone_id: UUID, way: str) -> ResponseReturnValue:
    """Move a milestone one place up or down."""
    project, here = find(Project, project_id), url_for("staff.projects.milestones", project_id=project_id)
    return press(lambda: actions.move_milestone(project, milestone_id, way, by=viewer()), "", to=here)


@pages.post("/projects/<uuid:project_id>/milestones/<uuid:milestone_id>/remove")
def remove_milestone(project_id: UUID, milestone_id: UUID) -> ResponseReturnValue:
    """Remove a milestone that nothing hangs on."""
    project, here = find(Project, project_id), url_for("staff.projects.milestones", project_id=project_id)
    return press(lambda: actions.remove_milestone(project, milestone_id, by=viewer()), _("Removed."), to=here)
