"""The same line for staff: what they lay ready for a version or to give it. The steps are those of clients, behind this door."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal.features.uploads.client import lines
from portal.features.uploads.client.lines import Arrivals, declared, drawn, finish_waiting, how_far, looked_into
from portal.kinds.files.landing import InVersion, Landing, ToGive
from portal.models.approvals import CHOICES
from portal.models.projects import Project
from portal.models.snapshots import PICTURES
from portal.web.doors import find, reads_first
from portal.web.forms import fresh_token
from portal.web.places import find_item

pages = Blueprint("uploads", __name__)
STEPS = {
    "sign": ("/uploads/<uuid:incoming_id>/sign", "POST", lines.sign),
    "listed": ("/uploads/<uuid:incoming_id>/bytes", "GET", lines.listed),
    "receive": ("/uploads/<uuid:incoming_id>/bytes", "PUT", lines.receive),
    "join": ("/uploads/<uuid:incoming_id>/bytes", "POST", lines.join),
    "complete": ("/uploads/<uuid:incoming_id>/complete", "POST", lines.complete),
    "give_up": ("/uploads/<uuid:incoming_id>", "DELETE", lines.give_up),
}
for name, (rule, method, page) in STEPS.items():
    pages.add_url_rule(rule, name, page, methods=[method])


@pages.post("/items/<uuid:item_id>/uploads")
def declare_for_version(item_id: UUID) -> ResponseReturnValue:
    """Hear which files will come for the next version of a decision."""
    return declared(_version(item_id))


@pages.get("/items/<uuid:item_id>/uploads")
def token_for_version(item_id: UUID) -> ResponseReturnValue:
    """A fresh token for a page that has been open for long."""
    _version(item_id)
    return jsonify(token=fresh_token())


@pages.post("/items/<uuid:item_id>/uploads/rows")
@reads_first
def finish_for_version(item_id: UUID) -> ResponseReturnValue:
    """Finish what waits of these files, and say how far they are."""
    finish_waiting(_version(item_id))
    return rows_of_version(item_id)


@pages.get("/items/<uuid:item_id>/uploads/rows")
def rows_of_version(item_id: UUID) -> ResponseReturnValue:
    """How far these files are, with their rows."""
    return _rows(_version(item_id), item_id=item_id)


@pages.post("/projects/<uuid:project_id>/uploads")
def declare_to_give(project_id: UUID) -> ResponseReturnValue:
    """Hear which files will come to be given to the client."""
    return declared(_gift(project_id))


@pages.get("/projects/<uuid:project_id>/uploads")
def token_to_give(project_id: UUID) -> ResponseReturnValue:
    """A fresh token for a page that has been open for long."""
    _gift(project_id)
    return jsonify(token=fresh_token())


@pages.post("/projects/<uuid:project_id>/uploads/rows")
@reads_first
def finish_to_give(project_id: UUID) -> ResponseReturnValue:
    """Finish what waits of these files, and say how far they are."""
    finish_waiting(_gift(project_id))
    return rows_to_give(project_id)


@pages.get("/projects/<uuid:project_id>/uploads/rows")
def rows_to_give(project_id: UUID) -> ResponseReturnValue:
    """How far these files are, with their rows."""
    return _rows(_gift(project_id))


def _version(item_id: UUID) -> InVersion:
    return InVersion(find_item(item_id, *CHOICES))


def _gift(project_id: UUID) -> ToGive:
    return ToGive(find(Project, project_id), request.args.get("replaces", type=UUID))


def _rows(to: Landing, *, item_id: UUID | None = None) -> ResponseReturnValue:
    """What the page asks after, drawn as it draws it itself; `item_id` where pictures want a word on what they show."""

    def draw(found: Arrivals) -> list[str]:
        return drawn("staff/uploads/_arrivals.html", found, item_id=item_id, pictures=PICTURES)

    files = looked_into(to)
    rows = draw([(None, file) for file in files])
    return jsonify(tag="", rows=how_far(to, draw), checked={str(file.id): row for file, row in zip(files, rows, strict=True)})
