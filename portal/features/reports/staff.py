"""Staff pages in numbers: how many working days things took with clients and with us, as a page and as a file, and the cases behind it."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.reports import queries
from portal.features.reports.queries import BY, PERIODS, SHOWN, Wanted
from portal.kernel.clock import now
from portal.kernel.db import read_id
from portal.kinds.closing.before import repeat_work
from portal.models.item_states import ItemKind
from portal.storage.names import clean_name, content_disposition
from portal.web.cells import BOM, line

pages = Blueprint("reports", __name__)


@pages.get("/reports")
def show() -> ResponseReturnValue:
    """Show half and nine tenths of the days, by client, kind or template."""
    by, period = _asked("by", BY, "client"), _asked("period", PERIODS, "year")
    told = queries.report(by, period)
    return render_template(
        "staff/reports/show.html", by=by, period=period, told=told, most=SHOWN, ways=BY, periods=PERIODS, repeat=repeat_work()
    )


@pages.get("/reports/file")
def take() -> ResponseReturnValue:
    """Hand out the same as a file for a spreadsheet, with every row."""
    by, period = _asked("by", BY, "client"), _asked("period", PERIODS, "year")
    heads = [
        _("Name"),
        _("Done"),
        _("Client, half within"),
        _("Client, nine of ten within"),
        _("We, half within"),
        _("We, nine of ten within"),
    ]
    lines = [line(heads)]
    for row in queries.report(by, period).rows:
        name = row.name or (row.key.value if isinstance(row.key, ItemKind) else _("Without a template"))
        client, firm = row.group.client, row.group.firm
        lines.append(line([name, row.group.count, f"{client.half:g}", client.usual, f"{firm.half:g}", firm.usual]))
    response = Response(BOM + b"".join(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition(clean_name(f"days by {by} {now():%Y-%m-%d}.csv"))
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/reports/cases")
def cases() -> ResponseReturnValue:
    """Show the things a number was counted from."""
    said = request.args
    wanted = Wanted(
        client_id=read_id(said.get("client", "")),
        kind=ItemKind(said["kind"]) if said.get("kind") in [kind.value for kind in ItemKind] else None,
        template_id=read_id(said.get("template", "")),
        key=said.get("key", "")[:64],
        pictures=bool(said.get("pictures")),
        held_up=bool(said.get("late")),
    )
    period = _asked("period", PERIODS, "all")
    found = queries.found(wanted, period)
    return render_template("staff/reports/cases.html", wanted=wanted, name=queries.name_of(wanted), found=found, period=period, most=SHOWN)


def _asked(name: str, known: Collection[str], usual: str) -> str:
    """One of a few words from the address; nonsense counts as not said."""
    said = request.args.get(name, "")
    return said if said in known else usual
