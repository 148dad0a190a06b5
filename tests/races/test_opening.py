"""Accepting what opens something, while somebody pauses the project: both go through, one after the other."""

from __future__ import annotations

import threading
from datetime import date

import pytest
import sqlalchemy as sa

from portal.features.projects.actions import move_project
from portal.kernel.db import db, open_session
from portal.kernel.scope import find
from portal.kinds import life
from portal.kinds.plans.starting import Start, start
from portal.models.clients import Client
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.template.shape import Template
from tests.support.cast import act, as_viewer, make_upload, reading
from tests.support.templates import WEBSITE, make_version, without

ROUNDS = 12


@pytest.fixture
def ada(app, cast):
    """Who accepts, and who pauses."""
    return as_viewer(app, cast.ada)


def begin(app, cast, ada, version):
    """Photos that were sent, and a homepage that waits for them."""
    bea = as_viewer(app, cast.bea)
    wish = Start(version=version, name="Website", lead_id=cast.ada.id, starts_on=date(2026, 3, 30))
    project = act(app, lambda: start(db.session.get_one(Client, cast.birch.id), wish, send=True, by=ada), by=ada)
    with reading(app) as session:
        items = {item.template_key: item for item in session.scalars(sa.select(Item).where(Item.project_id == project.id))}
        session.expunge_all()
    make_upload(app, items["photos"], by=cast.bea)
    act(app, lambda: life.hand_over(db.session.get_one(Item, items["photos"].id), by=bea), by=bea)
    return project, items


def test_accepting_and_pausing_never_wait_for_each_other(app, cast, ada):
    simple: Template = without(WEBSITE, "brand", "logo")
    version, wrong = make_version(app, simple), []

    def run(gate, work):
        try:
            with app.app_context():
                gate.wait()
                open_session(ada, writes=True)
                work()
        except Exception as trouble:
            wrong.append(trouble)

    for _ in range(ROUNDS):
        project, items = begin(app, cast, ada, version)
        gate, photos = threading.Barrier(2), items["photos"].id
        works = (lambda: life.accept(find(Item, photos), by=ada), lambda: move_project(project.id, "pause", by=ada))  # noqa: B023
        threads = [threading.Thread(target=run, args=(gate, work)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with reading(app) as session:
            assert session.get_one(Item, items["home"].id).state is ItemState.PREPARING
    assert not wrong
