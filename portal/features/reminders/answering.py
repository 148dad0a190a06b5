"""The three answers to the last reminder: another day for all of it, please call me, we pause for now."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import life, reading, snags
from portal.kinds.calls import asking
from portal.models import may
from portal.models.board import open_items_first
from portal.models.clients import Client
from portal.models.item_states import WaitingOn
from portal.models.items import Item
from portal.models.projects import Project

DAYS = (2, 5, 10)
NOTHING = N_("Nothing waits for you here any more. Thank you.")


def asked_of(project: Project, viewer: Viewer) -> list[Item]:
    """What waits for the viewer in a project, what slips first first; in a fixed number of reads."""
    waits = (Item.project_id == project.id, Item.waiting_on == WaitingOn.CLIENT)
    items = list(db.session.scalars(select(Item).where(*waits).order_by(*open_items_first())))
    named = reading.named_on([item.id for item in items])
    return [item for item in items if may.work_on_item(viewer, item, named.get(item.id, ()))]


def days_for(client: Client) -> list[date]:
    """The days we offer: soon, next week, the week after."""
    today = client.calendar.today()
    return [client.calendar.shift(today, days) for days in DAYS]


@action
def promise(project: Project, day: date, *, by: Viewer) -> int:
    """Name one day for everything that waits for the viewer; how many things that is."""
    items = [item for item in asked_of(project, by) if not (item.kind.is_decision or item.stuck)]
    if not items:
        raise Refused(NOTHING)
    for item in items:
        life.promise(item, day, by=by)
    return len(items)


@action
def ask_call(project: Project, words: str, *, by: Viewer) -> None:
    """Ask to be called about what waits, at any time, under the number we have."""
    item = next((item for item in asked_of(project, by) if not item.stuck), None)
    asking.ask(project, asking.Wish(words, [], "", any_time=True), item=item, by=by)


@action
def tell(project: Project, words: str, *, pause: bool, by: Viewer) -> None:
    """Tell the firm in a sentence; when they pause, nothing more goes out by itself until the firm lets it go on."""
    item = next((item for item in asked_of(project, by) if snags.can_tell(by, item) and not item.stuck), None)
    if item is None:
        raise Refused(NOTHING)
    require(by.seen_as is None)
    snags.tell(item, words, by=by)
    if pause and not project.reminders_off:
        project.reminders_off = True
        record(Kind.REMINDERS_STEERED, project, by=by, audience=Audience.INTERNAL, verb="stop")
