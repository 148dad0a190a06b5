"""The record: chained, verifiable, never changed; names lie beside it and can go."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from portal.kernel import record as kernel
from portal.kernel.db import db
from portal.kernel.evidence import canonical, fingerprint, sealed
from portal.kernel.record import FIRM, ChainHead, Event, EventDetail, Kind, record
from portal.kernel.spelling import linked
from portal.kernel.viewer import SYSTEM
from portal.models.clients import Client
from tests.support.cast import act, as_viewer, make_item, reading

BAD_FACTS = [1.5, "two words", "ü", "x" * 65, ["list"], {"a": 1}, b"bytes"]


def chain(app, chain_id):
    with reading(app) as session:
        return list(session.scalars(sa.select(Event).where(Event.chain_id == chain_id).order_by(Event.seq)))


def note(app, client, **how):
    act(app, lambda: record(Kind.CLIENT_CHANGED, db.session.get_one(Client, client.id), by=SYSTEM, **how))


def test_every_link_holds(app, cast):
    make_item(app, cast.project, state="accepted")
    links = chain(app, cast.birch.id)
    assert len(links) > 5 and links[0].prev_hash == kernel.FIRST
    assert [link.seq for link in links] == list(range(1, len(links) + 1))
    for before, link in zip([None, *links], links, strict=False):
        assert link.hash == linked(str(link.chain_id), link.seq, link.prev_hash, link.body)
        assert before is None or link.prev_hash == before.hash
    with reading(app) as session:
        head = session.get_one(ChainHead, cast.birch.id)
    assert (head.seq, head.hash) == (links[-1].seq, links[-1].hash)


def test_each_client_has_a_chain_of_its_own_and_the_firm_one(app, cast):
    before = {key: len(chain(app, key)) for key in (cast.birch.id, cast.cedar.id, FIRM)}
    note(app, cast.birch)
    after = {key: len(chain(app, key)) for key in before}
    assert (after[cast.birch.id] - before[cast.birch.id], after[cast.cedar.id] - before[cast.cedar.id]) == (1, 0)
    act(app, lambda: record(Kind.STAFF_CHANGED, cast.abe, by=SYSTEM))
    assert len(chain(app, FIRM)) == before[FIRM] + 1


def test_many_facts_of_one_action_follow_each_other(app, cast):
    def both():
        for client in (cast.cedar, cast.birch, cast.cedar):
            record(Kind.CLIENT_CHANGED, client, by=SYSTEM, n=1)

    act(app, both)
    for key, times in ((cast.birch.id, 1), (cast.cedar.id, 2)):
        last = chain(app, key)[-times:]
        assert [json.loads(event.facts) for event in last] == [{"n": 1}] * times


def test_the_detail_is_bound_by_a_salted_hash_and_can_be_erased(app, cast):
    note(app, cast.birch, detail={"name": "Birch & Söhne"})
    event = chain(app, cast.birch.id)[-1]
    with reading(app) as session:
        detail = session.get_one(EventDetail, (event.chain_id, event.seq))
    assert event.detail_hash == sealed(detail.salt, detail.data) and "Birch" not in event.content()
    assert event.detail_hash != sealed("00" * 32, detail.data)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.delete(EventDetail.__table__))
    assert chain(app, cast.birch.id)[-1].hash == linked(str(event.chain_id), event.seq, event.prev_hash, event.body)


@pytest.mark.parametrize("statement", ["UPDATE event SET kind = 'x'", "DELETE FROM event", "UPDATE event SET facts = '{}' WHERE seq = 1"])
def test_no_statement_of_ours_changes_it(app, cast, statement, nothing_changed):
    with nothing_changed(), app.app_context(), db.engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.exec_driver_sql(statement)
        connection.rollback()


@pytest.mark.sqlite_only
@pytest.mark.parametrize("same", ["seq", "prev_hash"])
def test_nothing_takes_the_place_of_an_entry(app, cast, nothing_changed, same):
    columns = [column.name for column in Event.__table__.columns]
    other = {"hash": "'new'"} | ({"prev_hash": "'new'"} if same == "seq" else {"seq": "seq + 1000"})
    values = ", ".join(other.get(name, name) for name in columns)
    with nothing_changed(), app.app_context(), db.engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.exec_driver_sql(f"INSERT OR REPLACE INTO event ({', '.join(columns)}) SELECT {values} FROM event LIMIT 1")
        connection.rollback()


@pytest.mark.sqlite_only
@pytest.mark.parametrize("fact", BAD_FACTS, ids=repr)
def test_a_chained_fact_is_no_sentence(app, cast, fact, nothing_changed):
    with nothing_changed(), pytest.raises(TypeError, match="put sentences into detail"):
        note(app, cast.birch, fact=fact)


@pytest.mark.sqlite_only
def test_facts_are_ids_numbers_dates_and_hashes(app, cast):
    some, day, moment = uuid4(), date(2026, 9, 18), datetime(2026, 9, 18, 12, tzinfo=UTC)
    note(app, cast.birch, id=some, n=3, day=day, at=moment, hash="a" * 64, kind=Kind.NUDGED, yes=True, none=None)
    facts = json.loads(chain(app, cast.birch.id)[-1].facts)
    said = {"id": str(some), "n": 3, "day": "2026-09-18", "at": "2026-09-18T12:00:00+00:00", "hash": "a" * 64}
    assert facts == said | {"kind": "nudged", "yes": True, "none": None}


def test_who_and_how_is_noted(app, cast):
    bea = as_viewer(app, cast.bea)
    act(app, lambda: record(Kind.CLIENT_CHANGED, cast.birch, by=bea), by=bea)
    event = chain(app, cast.birch.id)[-1]
    assert (event.actor_id, event.via, event.client_id, event.audience) == (cast.bea.id, "page", cast.birch.id, "shared")


class TestEvidence:
    """One spelling for one value, on any machine, forever."""

    def test_the_spelling_does_not_depend_on_order_or_space(self):
        assert canonical({"b": [1, "ü"], "a": {"d": None, "c": True}}) == '{"a":{"c":true,"d":null},"b":[1,"ü"]}'
        assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})

    @pytest.mark.parametrize("value", [1.0, {"ü": 1}, {1: 1}, [b""], {"a": {2, 3}}, date(2026, 9, 18)], ids=repr)
    def test_what_could_be_spelt_in_two_ways_is_refused(self, value):
        with pytest.raises(TypeError):
            canonical(value)

    def test_known_fingerprints_stay(self):
        assert fingerprint("event", "{}") == "7f7fc317cf7b42a09f3e9acc9c2106a88bb7460bbf0122a2ca9ffb5274497897"
        assert fingerprint("event", "{}") != fingerprint("hand_over", "{}")
