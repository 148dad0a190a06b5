"""Bytes at an address of ours go past the pages, and are let in only where the pages would let them in."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from portal.edges.gate import Sessions
from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.kinds.files.sending import expected
from portal.models.clients import Client, Membership
from portal.models.files import Incoming, IncomingState
from portal.models.people import Person, SignedIn, StaffRole
from portal.storage.current import store
from tests.support.cast import act, make_item, reading

BODY = b"a photo" * 1000


@pytest.fixture
def told(app, cast, bea):
    """A small file that Bea has announced."""
    item = make_item(app, cast.project, "Your photos")
    said = {"key": "key of a photo", "name": "photo.dat", "size": len(BODY), "print": hashlib.sha256(BODY).hexdigest()}
    return bea.send("POST", f"/items/{item.id}/uploads", {"files": [said], "beside": [], "together": True}, 200).response.json["files"][0]


@pytest.fixture
def token(app, bea):
    """What names her session."""
    return Sessions(app).token(f"__Host-portal={bea.client.get_cookie('__Host-portal', domain='portal.test').value}")


def test_a_small_file_costs_one_question(bea, told, count_queries):
    with count_queries() as asked:
        answer = bea.send("PUT", told["put"]["url"], BODY, 200)
    assert answer.response.json == {"state": "open"}
    assert len(asked) == 1, asked


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ENDS = {
    "the session was ended": sa.update(SignedIn).values(revoked_at=LONG_AGO),
    "it was idle for too long": sa.update(SignedIn).values(idle_until=LONG_AGO),
    "it is too old": sa.update(SignedIn).values(ends_at=LONG_AGO),
    "the person was shut out": sa.update(Person).values(disabled_at=LONG_AGO),
    "they work for the firm": sa.update(Person).values(staff_role=StaffRole.MEMBER),
    "they speak for the client no more": sa.update(Membership).values(ended_at=LONG_AGO),
    "they only watch": sa.update(Membership).values(role=Role.WATCH),
    "the client was archived": sa.update(Client).values(archived_at=LONG_AGO),
    "the file was given up": sa.update(Incoming).values(state=IncomingState.FAILED),
    "it is a colleague's": sa.update(Incoming).values(person_id=sa.select(Person.id).where(Person.name == "Ben Moss").scalar_subquery()),
}


def test_a_file_is_expected_from_nobody_else_and_no_longer(app, told, token):
    one = UUID(told["id"])
    with app.app_context(), db.engine.connect() as line:
        assert expected(line, one, token=token).id == one
        assert expected(line, one, token=token[:-1]) is None
        for why, end in ENDS.items():
            with line.begin_nested() as change:
                line.execute(end)
                assert expected(line, one, token=token) is None, why
                change.rollback()
        assert expected(line, one, token=token).id == one


ANSWERS = {"the session was ended": 401, "the person was shut out": 401, "they speak for the client no more": 404}


@pytest.mark.parametrize("why", ANSWERS)
def test_an_address_ends_with_the_session_and_with_the_access(app, bea, told, nothing_changed, why):
    """It is good until then without a form token, and not for a moment longer."""
    act(app, lambda: db.session.execute(ENDS[why]))
    with nothing_changed():
        bea.send("PUT", told["put"]["url"], BODY, ANSWERS[why])
    assert list(store().keys("incoming/")) == []


def test_an_address_is_its_senders_alone_in_any_session_and_without_a_form_token(
    app, cast, browse, ada, ben, nobody, told, nothing_changed
):
    with nothing_changed():
        for other, status in ((ben, 404), (ada, 404), (nobody, 401)):
            other.send("PUT", told["put"]["url"], BODY, status)
    signed_in_again = browse(cast.bea)
    signed_in_again.send("PUT", told["put"]["url"], BODY, 200, **{"X-CSRFToken": ""})
    signed_in_again.send("PUT", told["put"]["url"] + "0", BODY, 400, **{"X-CSRFToken": ""})


def test_who_loses_their_access_loses_what_they_began_to_send(app, cast, ada, told):
    ada.post(f"/staff/clients/{cast.birch.id}/people/{cast.bea.id}/end")
    with reading(app) as session:
        assert session.get_one(Incoming, UUID(told["id"])).state is IncomingState.FAILED
        assert session.get_one(Client, cast.birch.id).bytes_reserved == 0


def test_what_cannot_be_taken_is_said_by_the_pages(bea, told, nothing_changed):
    with nothing_changed():
        assert bea.send("PUT", told["put"]["url"], BODY + b"!", 422).response.text
        assert "never ours" in bea.send("PUT", told["put"]["url"] + "0", BODY, 403).response.text
