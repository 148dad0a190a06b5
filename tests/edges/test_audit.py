"""`flask audit verify`: whatever somebody changes afterwards, the record notices; what may be erased, it does not miss."""

from collections.abc import Callable
from uuid import uuid4

import pytest
import sqlalchemy as sa

from portal.edges import audit
from portal.kernel.append_only import NAMES, TABLE, protect
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import ChainHead, Event, EventDetail
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.deliveries import HandOver
from portal.models.files import Upload
from tests.support.cast import act, make_item, reading


@pytest.fixture
def lived(app, cast):
    """A client of whom there is something to tell."""
    make_item(app, cast.project, "Logo", kind="files", state="sent")
    make_item(app, cast.project, "Homepage", kind="approval", state="accepted")
    return cast


def troubles(app) -> list[str]:
    with reading(app):
        return [trouble.words for trouble in audit.troubles()]


def unprotected(app, change: Callable[[sa.Connection], object]) -> None:
    """Do what only somebody with the database in their hands can do."""
    with app.app_context(), db.engine.begin() as connection:
        dialect = connection.dialect.name
        for name in NAMES[dialect]:
            connection.exec_driver_sql(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if dialect == "postgresql" else ""))
        change(connection)
        protect(connection)


def cut_out(app, chain, seq) -> None:
    """Remove an entry and its names and sentences."""

    def work(on: sa.Connection) -> None:
        for model in (EventDetail, Event):
            on.execute(sa.delete(model).where(model.chain_id == chain, model.seq == seq))

    unprotected(app, work)


def one(model: type, *where: object) -> sa.Select:
    return sa.select(model).where(*where).limit(1)


def change(app, query: sa.Select, **values: object) -> None:
    def work() -> None:
        row = db.session.scalars(query).one()
        for name, value in values.items():
            setattr(row, name, value)

    act(app, work)


def test_what_nobody_touched_is_whole(app, lived):
    assert troubles(app) == []
    with reading(app):
        chains, entries = audit.count()
    assert chains >= 2 and entries >= 8


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"facts": '{"hash":"0"}'}, "it was changed"),
        ({"kind": "item.accepted"}, "it was changed"),
        ({"prev_hash": "f" * 64}, "it does not follow the entry before it"),
    ],
)
def test_a_changed_entry_is_named(app, lived, values, says):
    chain = lived.birch.id
    unprotected(app, lambda on: on.execute(sa.update(Event).where(Event.chain_id == chain, Event.seq == 3).values(**values)))
    assert any(f"chain {chain}, entry 3 (" in trouble and says in trouble for trouble in troubles(app))


def test_a_missing_entry_is_named(app, lived):
    chain = lived.birch.id
    cut_out(app, chain, 3)
    assert f"chain {chain}, entry 4" in troubles(app)[0] and "are missing, the last one is 2" in troubles(app)[0]


def test_a_cut_off_end_is_noticed(app, lived):
    chain = lived.birch.id
    with reading(app) as session:
        last = session.scalars(sa.select(sa.func.max(Event.seq)).where(Event.chain_id == chain)).one()
    cut_out(app, chain, last)
    assert any("its head does not name its last entry" in trouble for trouble in troubles(app))


def test_a_moved_head_is_noticed(app, lived):
    change(app, one(ChainHead, ChainHead.chain_id == lived.birch.id), hash="f" * 64)
    assert any("its head does not name its last entry" in trouble for trouble in troubles(app))


def test_changed_names_are_noticed_and_erased_ones_are_not_missed(app, lived):
    change(app, one(EventDetail), data='{"name":"Somebody else"}')
    assert any("its names and sentences were changed" in trouble for trouble in troubles(app))
    act(app, lambda: db.session.execute(sa.delete(EventDetail)))
    assert troubles(app) == []


@pytest.mark.parametrize(("model", "column"), [(HandOver, "content"), (ApprovalVersion, "snapshot")])
def test_a_changed_text_is_noticed_also_when_its_own_hash_was_changed_with_it(app, lived, model, column):
    change(app, one(model), **{column: "{}"})
    assert any("its content was changed" in trouble for trouble in troubles(app))
    change(app, one(model), sha256="f" * 64)
    assert any("the record knows nothing of it" in trouble for trouble in troubles(app))


def test_a_file_that_was_slipped_in_is_noticed(app, lived):
    change(app, one(Upload), sha256="f" * 64)
    assert any(trouble.startswith("file ") and "the record knows nothing of it" in trouble for trouble in troubles(app))


@pytest.mark.parametrize(
    "values",
    [{"choice": "changes"}, {"words": "Looks great, build ten of them"}, {"evidence": {"name": "Somebody else"}}, {"taken_back_at": now()}],
)
def test_a_changed_decision_is_noticed(app, lived, values):
    change(app, one(Decision), **values)
    assert [trouble for trouble in troubles(app) if trouble.startswith("decision ")]


def test_erased_words_of_a_decision_are_not_missed(app, lived):
    act(app, lambda: db.session.execute(sa.delete(EventDetail)))
    assert troubles(app) == []
    change(app, one(Decision), choice="changes")
    assert any("it was changed" in trouble for trouble in troubles(app))


def test_a_decision_that_was_put_in_or_taken_out_is_noticed(app, lived):
    with reading(app) as session:
        made = session.scalars(one(Decision)).one()
        row = {column.key: getattr(made, column.key) for column in sa.inspect(Decision).column_attrs}
    put_in = row | {"id": uuid4(), "person_id": lived.ben.id, "idempotency_key": "x"}
    act(app, lambda: db.session.execute(sa.insert(Decision).values(**put_in)))
    assert [f"decision {put_in['id']}: the record knows nothing of it."] == troubles(app)
    act(app, lambda: db.session.execute(sa.delete(Decision)))
    assert [f"decision {made.id}: it is recorded, but it is not here."] == troubles(app)


def test_what_was_handed_over_for_one_thing_does_not_pass_for_another(app, lived):
    make_item(app, lived.project, "Photos", kind="files", state="sent")
    with reading(app) as session:
        first, second = session.scalars(sa.select(HandOver).order_by(HandOver.at))
    change(app, one(HandOver, HandOver.id == first.id), content=second.content, sha256=second.sha256)
    assert [f"hand-over 1 of item {first.item_id}: the record knows nothing of it."] == troubles(app)
