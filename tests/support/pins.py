"""Pictures presented for a decision, and comments pinned to them."""

from __future__ import annotations

from flask import Flask

from portal.kernel.db import db
from portal.kinds.approvals import pinning
from portal.kinds.approvals.pinning import Spot
from portal.models.files import Upload
from portal.models.items import Item
from portal.models.people import Person
from portal.models.pins import Pin
from tests.support.cast import PNG, Cast, act, as_viewer, lay_ready, present


def present_picture(app: Flask, cast: Cast, item: Item, *, name: str = "Home.png", content: bytes = PNG) -> Upload:
    """Lay a version before the client that shows a picture."""
    picture = lay_ready(app, item, name=name, content=content)
    ada = as_viewer(app, cast.ada)
    act(app, lambda: present(db.session.get_one(Item, item.id), by=ada), by=ada)
    return picture


def put(app: Flask, item: Item, picture: Upload, words: str, *, by: Person, inside: bool = False, x: int = 310, y: int = 420) -> Pin:
    """Pin a comment to a picture."""
    viewer = as_viewer(app, by)
    return act(
        app, lambda: pinning.pin(db.session.get_one(Item, item.id), picture.id, Spot(1, x, y), words, by=viewer, inside=inside), by=viewer
    )
