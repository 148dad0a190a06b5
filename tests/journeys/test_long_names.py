"""Names as long as the law lets a company have: on the narrowest phone they wrap, or end in dots with the whole name at hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.kernel.db import db
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.people import the_firm
from portal.models.projects import Project, ProjectState
from tests.journeys.hands import Screen
from tests.journeys.listening import Live
from tests.support.cast import act, as_viewer, decide, make_item, make_project

pytestmark = pytest.mark.journey

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH & Co. KG"
STATES = (("files", "to_do"), ("files", "sent"), ("questionnaire", "to_do"), ("approval", "to_do"), ("confirmation", "to_do"))


def test_the_longest_names_stay_inside_the_narrowest_phone(live: Live, screens: Callable[..., Screen]) -> None:
    old = make_project(live.app, live.cast.birch, f"Old {LONG}")
    make_item(live.app, old, LONG, state="accepted")
    items = [make_item(live.app, live.cast.project, LONG, kind=kind, state=state) for kind, state in STATES]
    bea = as_viewer(live.app, live.cast.bea)
    decision = act(live.app, lambda: decide(db.session.get_one(Item, items[-1].id), by=bea).id, by=bea)

    def rename() -> None:
        firm = the_firm()
        assert firm
        firm.name = f"Studio {LONG}"
        db.session.get_one(Client, live.cast.birch.id).name = LONG
        db.session.get_one(Project, live.cast.project.id).name = LONG
        db.session.get_one(Project, old.id).state = ProjectState.ARCHIVED

    act(live.app, rename)
    screen = screens(width=320)
    screen.open("/login")
    assert screen.stands_out() == []
    screen.enter(live.cast.bea)
    ways_out = [f"/items/{items[0].id}/{way}" for way in ("cannot", "promise")]
    receipt = f"/items/{items[-1].id}/decision/receipt/{decision}"
    for place in ("/", "/me", f"/projects/{old.id}", *(f"/items/{item.id}" for item in items), *ways_out, receipt):
        screen.open(place)
        assert screen.stands_out() == [], place
    screen.open("/")
    assert screen.page.get_by_role("banner").get_by_title(f"Studio {LONG}").is_visible()
