"""The three doors. Each check is written once here; an endpoint behind no door stops the boot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select, update

from portal.kernel.action import marking
from portal.kernel.clock import now
from portal.kernel.db import acting_as, admit, db, open_session, present_viewer
from portal.kernel.refusal import N_, Forbidden, NotFound
from portal.kernel.scope import find
from portal.kernel.viewer import NOBODY, SYSTEM, Side, Viewer
from portal.models.clients import Client, Membership
from portal.models.helping import with_parts
from portal.models.people import Person, SignedIn
from portal.models.sessions import lives
from portal.web import login

__all__ = ["begin_reading", "begin_writing", "build", "find", "reads_first", "recognise_outside", "rest", "viewer"]

SMALL_BODY = 4 * 1024 * 1024
FOR_HELPERS = (
    "client.helping.asked",
    "client.questionnaires.",
    "client.answers.",
    "client.lines.",
    "client.note_pictures.",
    "client.items.show",
    "client.me.",
    "client.uploads.item",
    "client.uploads.remove",
    "client.uploads.preview",
    "client.uploads.download",
)
READS = frozenset({"GET", "HEAD", "OPTIONS"})
LOOKING_ONLY = N_("You are only looking. Leave this view to do something yourself.")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_reads_first: set[str] = set()


def viewer() -> Viewer:
    """Who this request acts for."""
    return present_viewer() or NOBODY


def reads_first(view: View) -> View:
    """Mark a page that receives bytes before it writes, so that nobody waits for its line; it calls `begin_writing` itself."""
    _reads_first.add(f"{view.__module__}.{view.__name__}")
    return view


def begin_writing() -> None:
    """Go on as the same viewer in a session that writes; rows must be found anew."""
    open_session(viewer(), writes=True)


def begin_reading() -> None:
    """Go on as the same viewer in a session that only reads, such as after a write; rows must be found anew."""
    open_session(viewer(), writes=False)


def rest() -> None:
    """Give the connection back while bytes come or are looked at; rows must be found anew."""
    db.session.rollback()


def build(*, public: Iterable[Blueprint], client: Iterable[Blueprint], staff: Iterable[Blueprint]) -> list[Blueprint]:
    """Hang pages behind their doors."""
    doors = [Blueprint("public", __name__), Blueprint("client", __name__), Blueprint("staff", __name__, url_prefix="/staff")]
    for door, check, pages in zip(doors, (_public, _client, _staff), (public, client, staff), strict=True):
        door.before_request(check)
        for page in pages:
            door.register_blueprint(page)
    return doors


def refuse_doorless(app: Flask) -> None:
    """Stop the boot if some endpoint hangs behind no door; only styles and scripts need none."""
    doors = ("public", "client", "staff", "static")
    loose = sorted(r.endpoint for r in app.url_map.iter_rules() if r.endpoint.split(".")[0] not in doors)
    if loose:
        raise RuntimeError(f"endpoints without a door: {', '.join(loose)}")


def limit_bodies(app: Flask) -> None:
    """Take large bodies only where files are received and from browsers that hold a session; goes first, before a body is read."""

    @app.before_request
    def _limit() -> None:
        if not (receives_first() and session.get("_user_id")):
            request.max_content_length = SMALL_BODY


def recognise_outside() -> None:
    """Find out who asks where no door did it: an address that is no page of ours, or a form without its token. Nothing is written."""
    if "person" not in g:
        _recognise(writes=False)


def _open() -> Viewer | None:
    """Recognise whoever asks, in a session that says whether it will write."""
    if request.method not in READS:
        _ = request.form  # the whole body is in before anybody holds the write lock
    return _recognise(writes=request.method not in READS and not receives_first())


def _recognise(*, writes: bool) -> Viewer | None:
    open_session(SYSTEM, writes=writes)
    with acting_as(SYSTEM):
        known = login.known()
    g.person = known.person if known else None
    if known and login.needs_touch(known.session):
        _touch(known.session, known.person)
    admit(known.viewer if known else NOBODY)
    return known.viewer if known else None


def receives_first() -> bool:
    """Whether the page asked for receives bytes before it writes."""
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and f"{view.__module__}.{getattr(view, '__name__', '')}" in _reads_first


def _touch(row: SignedIn, person: Person) -> None:
    idle, _ = lives(person, keep=row.kept)
    with marking() as marks:
        here = update(SignedIn).where(SignedIn.id == row.id, SignedIn.revoked_at.is_(None))
        marks.execute(here.values(last_seen_at=now(), idle_until=now() + idle))


def _public() -> ResponseReturnValue | None:
    _open()
    return None


def _client() -> ResponseReturnValue | None:
    found = _open()
    if found is None:
        return _to_sign_in()
    return _through_their_eyes(found) if found.is_staff else _only_what_was_asked()


def _only_what_was_asked() -> ResponseReturnValue | None:
    """Let somebody who was asked for a part of something see that and themselves; for them there are no other pages."""
    if not viewer().helps_only:
        return None
    if request.endpoint == "client.home.show" and request.method in READS:
        return redirect(url_for("client.helping.asked"), 303)
    if not (request.endpoint or "").startswith(FOR_HELPERS):
        raise NotFound
    return None


def _staff() -> ResponseReturnValue | None:
    found = _open()
    if found is None:
        return _to_sign_in()
    if not found.is_staff:
        raise NotFound
    return None


def _to_sign_in() -> ResponseReturnValue:
    if request.headers.get("Accept", "").startswith("application/json"):
        return Response(status=401, mimetype="text/plain")  # a script asks, which could do nothing with a page
    wanted = request.full_path.rstrip("?") if request.method == "GET" else urlsplit(request.referrer or "/").path
    return redirect(url_for("public.accounts.sign_in", next=wanted), 303)


def _through_their_eyes(staff: Viewer) -> ResponseReturnValue | None:
    """Staff come through the client door only to look, as one contact of one client."""
    try:
        client_id, person_id = (UUID(part) for part in str(session.get("seen_as", "")).split(":"))
    except ValueError:
        if request.method == "GET" and request.path == "/":
            return redirect(url_for("staff.owed.board"), 303)
        raise NotFound from None
    query = select(Membership.role, Person).join(Person, Person.id == Membership.person_id).join(Client, Client.id == Membership.client_id)
    speaks = (Membership.client_id == client_id, Membership.person_id == person_id, Membership.ended_at.is_(None))
    found = db.session.execute(query.where(*speaks, Person.disabled_at.is_(None), Client.archived_at.is_(None))).first()
    if found is None:
        session.pop("seen_as")
        raise NotFound
    role, g.seen_as = found
    eyes = MappingProxyType({client_id: role})
    mine = frozenset({client_id})
    looking = replace(staff, side=Side.CLIENT, person_id=person_id, clients=mine, roles=eyes, admin=False, seen_as=staff.person_id)
    with acting_as(SYSTEM):
        looking = with_parts(looking, eyes)
    admit(looking)
    if request.method not in READS:
        raise Forbidden(LOOKING_ONLY)
    return _only_what_was_asked()
