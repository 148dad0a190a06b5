"""The stage itself: what tests ask for is there, as new each time, and careless pages are noticed."""

import pytest
import sqlalchemy as sa

from portal.kernel.record import Event
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item
from tests.support.cast import fresh, make_client, make_contact, make_item, make_project, reading


def test_a_person_is_signed_in_and_what_she_sees_is_looked_at(bea, nobody):
    nobody.get("/login")
    bea.get("/login", 303)


@pytest.mark.parametrize("state", [s for s in ItemState if s not in (ItemState.LOCKED, ItemState.PREPARING)])
@pytest.mark.sqlite_only
@pytest.mark.parametrize("kind", ["files", "questionnaire"])
def test_items_come_in_every_state(app, cast, kind, state):
    assert make_item(app, cast.project, kind=kind, state=state).state is state


@pytest.mark.parametrize("state", ["draft", "preparing", "to_do", "accepted", "waived"])
@pytest.mark.sqlite_only
def test_decisions_come_in_every_state(app, cast, state):
    assert make_item(app, cast.project, kind=ItemKind.APPROVAL, state=state).state is ItemState(state)


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_begins_anew(app, cast, time, nothing_changed):
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Item)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(Event)) == 4
    client = make_client(app, "Dogwood")
    make_contact(app, client)
    item = make_item(app, make_project(app, client))
    assert fresh(app, item).waiting_since == item.waiting_since


def test_a_change_is_noticed(app, cast, nothing_changed):
    with pytest.raises(AssertionError, match="item changed"), nothing_changed():
        make_item(app, cast.project)


def test_a_mail_can_be_read(app, cast, nobody, send_mail, clock):
    nobody.get("/login")
    nobody.post("/login", {"email": cast.bea.email_typed})
    (mail,) = send_mail()
    assert mail.to == "bea@birch.example" and mail.code.replace(" ", "").isdigit() and mail.path.startswith("/l/")
    clock.advance(minutes=11)
    nobody.post(mail.path, {}, 410)
