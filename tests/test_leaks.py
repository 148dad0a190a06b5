"""What only the firm may read is in nothing that a client gets: no page, mail, download, paper, search or feed.

Whatever table has an audience is held to it: one more of them fails here until the walk below fills it.
"""

from __future__ import annotations

import io
import zipfile
from functools import partial

import pytest
import sqlalchemy as sa

from portal.kernel.db import Base, db
from portal.kernel.record import Audience, Event, EventDetail
from portal.kinds.approvals import pinning
from portal.kinds.calls import noting
from portal.kinds.talk import saying, subject
from portal.kinds.talk.landing import WithMessage
from portal.kinds.talk.saying import Writing
from portal.models.files import FromSide
from portal.models.items import Item
from portal.models.projects import Project
from tests.features.papers.test_papers import read
from tests.support.cast import act, as_viewer, land, make_item, reading
from tests.support.pins import present_picture, put
from tests.support.walk import World, birch
from tests.test_doors import tries

pytestmark = pytest.mark.sqlite_only
SECRET, SOUGHT = "Hushhush", "Quietly"  # sought for, and shown with what is found
WORDS = f"{SOUGHT} {SECRET}: they never pay on time"


@pytest.fixture
def world(house, app, cast):
    return house[0].furnish("birch", lambda: birch(app, cast))


@pytest.fixture
def said(app, cast, world):
    """Something internal of every kind there is."""
    ada = as_viewer(app, cast.ada)
    item = make_item(app, cast.project, "Poster", kind="approval", state="preparing")
    picture = present_picture(app, cast, item)
    pin = put(app, item, picture, WORDS, by=cast.ada, inside=True)
    act(app, lambda: pinning.reply(db.session.get_one(Item, item.id), pin.id, WORDS, by=ada), by=ada)
    _write(app, lambda: subject.of_project(cast.project.id), by=ada)
    _write(app, lambda: subject.of_item(item.id), by=ada)
    land(app, lambda: WithMessage(subject.of_project(cast.project.id), Writing(WORDS, inside=True), FromSide.FIRM), f"{SECRET}.pdf", by=ada)
    act(app, lambda: noting.note(db.session.get_one(Project, cast.project.id), WORDS, by=ada), by=ada)
    about = {"item_id": item, "shown_item": item, "delivered_item": item, "answered_item": item, "upload_id": picture, "pin_id": pin}
    return World(world.parts | {name: [str(row.id)] for name, row in about.items()})


def _write(app, about, *, by) -> None:
    """A note, a draft, and beside them a message that the client reads."""
    for what in (Writing(WORDS, inside=True), Writing(WORDS, draft=True), Writing(SOUGHT)):
        act(app, partial(lambda one: saying.say(about(), one, by=by), what), by=by)


def text_of(page) -> str:
    """All that can be read out of an answer: of a zip its members, of a paper its text."""
    if page.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(page.data)) as packed:
            return "".join(name + packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    if page.data.startswith(b"%PDF"):
        return read(page.data)[0]
    return page.data.decode("utf-8", "replace")


def test_every_table_with_an_audience_holds_something_internal(app, said):
    with reading(app) as session:
        for mapper in Base.registry.mappers:
            if "audience" in mapper.columns:
                table = mapper.class_
                query = sa.select(EventDetail).join(Event, (Event.chain_id == EventDetail.chain_id) & (Event.seq == EventDetail.seq))
                rows = session.scalars((query if table is Event else sa.select(table)).where(table.audience == Audience.INTERNAL.value))
                words = " ".join(str(vars(row)) for row in rows)
                assert SECRET in words, f"{table.__tablename__}: put something internal of it into `said` above"


def test_it_is_nowhere_that_a_client_looks(app, said, cast, bea, send_mail):
    bea.inspect, shown = False, 0
    for method, rule, url in tries(app, said, "client."):
        for address in [url, f"{url}?q={SOUGHT}"][: 1 if rule.arguments else 2] if method == "GET" else ():
            page = bea.get(address, None)
            shown += page.status == 200
            assert SECRET not in text_of(page), address
    for files in ({}, {"files": "1"}):
        assert SECRET not in text_of(bea.post(f"/record/{cast.birch.id}/zip", files, 200))
    mails = [mail for mail in send_mail() if not mail.to.endswith("@halden.example")]
    assert mails and not any(SECRET in mail.message.as_string() + mail.text + mail.html for mail in mails)
    assert shown > 20


def test_it_is_there_for_those_who_may_read_it(said, cast, ada):
    """The control: where it is looked for, it would be found."""
    item_id, upload_id = said.parts["item_id"][0], said.parts["upload_id"][0]
    for url in (f"/staff/items/{item_id}/versions/files/{upload_id}/comments", f"/staff/clients/{cast.birch.id}/history"):
        assert SECRET in ada.get(url).html, url
