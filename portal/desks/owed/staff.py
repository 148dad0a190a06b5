"""Who owes what: the landing page of staff. One row per project, what would slip first on top."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from babel.dates import format_skeleton
from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from portal.desks.owed import queries
from portal.desks.owed.queries import Asked
from portal.kernel.clock import Calendar
from portal.kernel.words import best
from portal.kinds.calls import standing
from portal.kinds.closing.standing import due
from portal.kinds.news import badly
from portal.models.projects import Lane
from portal.web.doors import viewer
from portal.web.i18n import language
from portal.web.places import project_url

pages = Blueprint("owed", __name__)


@pages.get("/")
def board() -> ResponseReturnValue:
    """Show whose move it is, for every running project."""
    today = Calendar(g.person.zone).today()
    asked = _asked()
    rows, more = queries.rows(asked, today)
    lanes = queries.lanes(today)
    return render_template(
        "staff/owed/board.html",
        asked=asked,
        rows=rows,
        more=more,
        lanes=lanes,
        unread=badly.unread(),
        calls=standing.wanted() if lanes.calls else [],
        again=due(today) if lanes.again else [],
        today=_long(today),
        link=lambda **changes: _link(asked, **changes),
        here=request.full_path.rstrip("?"),
        say=lambda words, *more: best(words, language(), *more),
        project_url=project_url,
        new_client_url=url_for("staff.clients.start_new"),
    )


def _asked() -> Asked:
    """What the address asks for; nonsense in it counts as not said."""
    said = request.args
    lane = Lane(said["lane"]) if said.get("lane") in [each.value for each in Lane] else Lane.CLIENTS
    mine: UUID | None = viewer().person_id if said.get("mine") else None
    page = min(max(said.get("page", 1, type=int), 1), 10_000)
    return Asked(lane, said.get("q", "").strip()[:100], mine, bool(said.get("week")), page)


def _link(asked: Asked, **changes: object) -> str:
    """The address of this list with something changed; other filters stay, the page begins anew."""
    said: dict[str, object] = {
        "lane": asked.lane.value if asked.lane is not Lane.CLIENTS else None,
        "q": asked.text or None,
        "mine": 1 if asked.mine else None,
        "week": 1 if asked.this_week else None,
    }
    return url_for("staff.owed.board", **{name: value for name, value in (said | changes).items() if value})  # type: ignore[arg-type]


def _long(today: date) -> str:
    return format_skeleton("MMMMEEEEd", today, locale=get_locale() or "en_GB").replace(",", "")
