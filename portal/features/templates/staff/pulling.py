"""Taking single changes of a newer version over into a running project."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from portal.features.templates import comparing, pulling
from portal.features.templates.staff import pages
from portal.kernel.refusal import Refused
from portal.kinds.plans.templates import newer_version
from portal.models.clients import Client
from portal.models.projects import Project
from portal.models.templates import ProjectTemplate
from portal.web import template_words
from portal.web.doors import find, viewer
from portal.web.forms import said
from portal.web.places import project_url
from portal.web.schedule_choices import schedule_word


@pages.route("/projects/<uuid:project_id>/template", methods=["GET", "POST"])
def pull(project_id: UUID) -> ResponseReturnValue:
    """Show what a newer version would change item by item, and take over what is chosen."""
    project = find(Project, project_id)
    if request.method == "POST":
        return _pulled(project)
    version = newer_version(project)
    running = pulling.running(project, version) if version else None
    found = comparing.differences(running) if running else []
    client, template = find(Client, project.client_id), find(ProjectTemplate, version.template_id) if version else None
    facts = {"project": project, "client": client, "template": template, "version": version, "differences": found}
    words = {
        "spec_words": partial(template_words.spec_words, language=client.language),
        "schedule_word": schedule_word,
        "day_words": partial(template_words.day_words, running.new if running else None, language=client.language),
    }
    return render_template("staff/templates/pull.html", **words, **facts)


def _pulled(project: Project) -> ResponseReturnValue:
    try:
        done = pulling.pull(project, request.form.getlist("changes"), sha256=request.form.get("sha256", ""), by=viewer())
    except Refused as refused:
        flash(said(refused), "warn")
        return redirect(url_for("staff.templates.pull", project_id=project.id), 303)
    flash(ngettext("One change is taken over.", "%(num)s changes are taken over.", done), "done")
    return redirect(project_url(project), 303)
