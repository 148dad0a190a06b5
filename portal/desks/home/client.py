"""The client's home: what we need from you, and where your project stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.desks.home import queries
from portal.desks.home.queries import Work
from portal.kinds import reading
from portal.kinds.minutes import minutes
from portal.models.items import Item
from portal.web.doors import viewer
from portal.web.i18n import language
from portal.web.opens import opens_when
from portal.web.visits import since_last

pages = Blueprint("home", __name__)


@pages.get("/")
def show() -> ResponseReturnValue:
    """Show the one project that is not closed, or all of them where there are several."""
    works = queries.projects()
    living = [work for work in works if not work.project.is_closed]
    closed = [work for work in works if work.project.is_closed]
    if len(living) == 1:
        return _project(living[0], closed=closed)
    if not living and len(closed) == 1:
        return _project(closed[0])
    waiting = reading.waiting_for(viewer())
    facts = {"waiting": waiting, "takes": minutes(waiting), "welcome": bool(viewer().clients)}
    return render_template("client/home/projects.html", living=living, closed=closed, **facts)


@pages.get("/projects/<uuid:project_id>")
def project(project_id: UUID) -> ResponseReturnValue:
    """Show one project."""
    return _project(queries.project(project_id))


def _project(work: Work, *, closed: Sequence[Work] = ()) -> ResponseReturnValue:
    if work.project.is_closed:
        return render_template("client/home/closed.html", **queries.closed_page_of(work, viewer()))
    facts = queries.home_of(work, viewer())
    opens = opens_when(cast("list[Item]", facts["locked"]), language(), work.client.language)
    since = since_last(work.project.id, viewer(), items=cast("dict[UUID, Item]", facts["items"]))
    return render_template("client/home/project.html", closed=closed, opens=opens, since=since, **facts)
