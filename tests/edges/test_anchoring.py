"""Anchors: once a day the ends of the record leave the database, so that a cut end or a chain written anew is noticed."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.edges import anchoring, audit
from portal.edges.queue import write_ends_down
from portal.kernel.db import db
from portal.kernel.record import ChainHead, Event, Kind, record
from portal.kernel.verifying import read_anchors, verdict
from portal.kernel.viewer import SYSTEM
from portal.kernel.whole import CUT
from portal.models.anchors import Anchor
from portal.models.people import Person
from tests.edges.test_audit import change, cut_out, one
from tests.support.cast import act, make_item, reading
from tests.support.downloads import checked, download
from tests.support.racing import race


@pytest.fixture(autouse=True)
def _a_file_of_its_own(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "ANCHOR_FILE", str(tmp_path / "anchors.jsonl"))
    monkeypatch.setitem(app.config, "ANCHOR_MAIL", True)


def written(app) -> list[dict]:
    path = Path(app.config["ANCHOR_FILE"])
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def note(app, client) -> None:
    act(app, lambda: record(Kind.CLIENT_CHANGED, client, by=SYSTEM))


def test_the_ends_are_written_down_and_mailed_to_whoever_set_the_firm_up(app, cast, clock, do_chores, send_mail, tmp_path):
    write_ends_down(app)
    assert do_chores() == 1
    with reading(app) as session:
        ends = {str(head.chain_id): head.hash for head in session.scalars(sa.select(ChainHead).where(ChainHead.seq > 0))}
    assert {line["chain"]: line["hash"] for line in written(app)} == ends and len(ends) >= 2
    (mail,) = send_mail()
    assert mail.to == cast.ada.email_typed and ends[str(cast.birch.id)] in mail.text and "Birch" in mail.html
    assert json.loads(download(app)["manifest.json"])["public_key"] in mail.text
    (tmp_path / "mail.txt").write_text(mail.text)
    (tmp_path / "mail.eml").write_bytes(mail.message.as_bytes())
    for kept in ("mail.txt", "mail.eml"):
        assert {line["hash"] for line in read_anchors(tmp_path / kept)} == set(ends.values())
    with reading(app):
        assert list(audit.troubles(read_anchors(Path(app.config["ANCHOR_FILE"])))) == []


def test_two_workers_do_it_once_a_day_and_only_for_what_grew(app, cast, clock, do_chores, send_mail):
    race(4, lambda _: write_ends_down(app))
    do_chores()
    first = written(app)
    assert len(send_mail()) == 1 and len({line["chain"] for line in first}) == len(first)
    note(app, cast.birch)
    write_ends_down(app)
    assert do_chores() == 0 and send_mail() == []
    clock.advance(hours=24)
    race(4, lambda _: write_ends_down(app))
    do_chores()
    assert {line["chain"] for line in written(app)[len(first) :]} == {str(cast.birch.id)} and len(send_mail()) == 1
    clock.advance(hours=24)
    write_ends_down(app)
    assert do_chores() == 0 and send_mail() == []


def test_a_file_that_cannot_be_written_is_tried_again_and_no_line_stands_there_twice(app, cast, clock, do_chores, tmp_path):
    write_ends_down(app)
    app.config["ANCHOR_FILE"] = str(tmp_path / "away" / "anchors.jsonl")
    do_chores()
    assert written(app) == []
    Path(app.config["ANCHOR_FILE"]).parent.mkdir()
    clock.advance(minutes=40)
    do_chores()
    lines = written(app)
    with app.app_context():
        anchoring.write_down({"day": lines[0]["day"]})
        db.session.remove()
    assert lines and written(app) == lines


def test_an_end_that_was_cut_off_with_its_head_and_its_anchor_is_noticed_by_the_file(app, cast, clock, do_chores, tmp_path):
    make_item(app, cast.project, "Logo", kind="files", state="to_do")
    write_ends_down(app)
    do_chores()
    chain, path = cast.birch.id, Path(app.config["ANCHOR_FILE"])
    with reading(app) as session:
        last = session.scalars(sa.select(ChainHead.seq).where(ChainHead.chain_id == chain)).one()
        end = session.scalars(sa.select(Event.hash).where(Event.chain_id == chain, Event.seq == last - 1)).one()
    cut_out(app, chain, last)
    change(app, one(ChainHead, ChainHead.chain_id == chain), seq=last - 1, hash=end)
    act(app, lambda: db.session.execute(sa.delete(Anchor)))
    with reading(app):
        assert list(audit.troubles()) == []
        found = list(audit.troubles(read_anchors(path)))
    assert found == checked(download(app), tmp_path, anchors=path)
    assert verdict(found) == CUT and f"it had {last}: its end was cut off" in found[0].words


def test_nobody_is_mailed_when_it_is_switched_off_and_another_admin_when_the_first_has_left(app, cast, clock, do_chores, send_mail):
    app.config["ANCHOR_MAIL"] = False
    write_ends_down(app)
    assert do_chores() == 1 and send_mail() == []
    app.config["ANCHOR_MAIL"] = True
    change(app, one(Person, Person.id == cast.abe.id), staff_role="admin")
    change(app, one(Person, Person.id == cast.ada.id), disabled_at=clock.now)
    note(app, cast.birch)
    clock.advance(hours=24)
    write_ends_down(app)
    do_chores()
    assert [mail.to for mail in send_mail()] == [cast.abe.email_typed]
