"""`flask audit erase`: names and sentences go, and the record is as whole as before, here and in a download."""

import pytest
import sqlalchemy as sa

from portal.edges import audit
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import EventDetail
from portal.models.approvals import Decision
from portal.models.clients import Membership
from portal.models.talk import Message
from tests.edges.test_audit import change
from tests.support.cast import act, as_viewer, decide, make_item, reading
from tests.support.downloads import checked, download

WORDS = "Warmer, says my sister Rosa"


@pytest.fixture
def said(app, cast):
    """Bea decided with words; Cal, who has nothing to do with it, did too."""
    for project, person in ((cast.project, cast.bea), (cast.cedar_project, cast.cal)):
        item, by = make_item(app, project, "Homepage", kind="approval"), as_viewer(app, person)
        act(app, lambda item=item, by=by: decide(db.session.merge(item), "changes", words=WORDS, by=by), by=by)


def erase(app, address):
    with app.app_context():
        return app.test_cli_runner().invoke(args=["audit", "erase", "--yes", address])


def test_what_somebody_said_is_erased_and_the_record_stays_whole(app, cast, said, bea, tmp_path):
    bea.post(f"/messages/{cast.project.id}", {"words": WORDS})
    change(app, sa.select(Membership).where(Membership.person_id == cast.bea.id), ended_at=now())
    before = download(app, cast.birch.id)
    assert cast.bea.name.encode() in b"".join(before.values())
    ended = erase(app, "Bea@birch.example")
    assert ended.exit_code == 0 and "in 1 decisions" in ended.output, ended.output
    parts = download(app, cast.birch.id)
    everything = b"".join(parts.values())
    for gone in (cast.bea.name, cast.bea.email_typed, WORDS):
        assert gone.encode() not in everything, gone
    with reading(app) as session:
        assert list(audit.troubles()) == []
        assert WORDS in "".join(session.scalars(sa.select(EventDetail.data)))
        (theirs, other) = session.scalars(sa.select(Decision).order_by(Decision.at))
        assert session.scalars(sa.select(Message.words)).all() == [""]
        assert (theirs.words, theirs.choice.value, other.words) == ("", "changes", WORDS)
    assert checked(parts, tmp_path) == []


def test_whoever_still_has_access_keeps_their_name_and_a_stranger_is_told(app, cast, said, nothing_changed):
    with nothing_changed():
        assert "still has access" in erase(app, cast.bea.email_typed).output
        assert "still has access" in erase(app, cast.ada.email_typed).output
        assert "Nobody here has the address" in erase(app, "rosa@example.com").output
        assert "Write an email address" in erase(app, "rosa").output


def test_the_receipt_of_somebody_erased_still_opens(app, cast, ada, said):
    change(app, sa.select(Membership).where(Membership.person_id == cast.bea.id), ended_at=now())
    erase(app, cast.bea.email_typed)
    page = ada.get(f"/staff/clients/{cast.birch.id}/record")
    assert "Somebody" in page.text
    (link,) = [link for link in page.links if "/receipt/" in link]
    assert cast.bea.email_typed not in ada.get(link).text
    assert ada.get(f"{link}.pdf").data.startswith(b"%PDF-")
