"""The scope holds for every shape of question, not only for the ones we thought of."""

from __future__ import annotations

from threading import Event, Thread
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty, aliased

from portal.kernel.clock import now
from portal.kernel.db import Base, Owned, db, open_session
from portal.kernel.refusal import NotFound
from portal.kernel.scope import Unscoped, find
from portal.kernel.viewer import NOBODY, SYSTEM, Role
from portal.models.clients import Membership
from portal.models.files import Upload
from portal.models.hidden import OF_AN_ITEM
from portal.models.item_states import ItemState
from portal.models.items import Item, ItemPerson
from portal.models.people import Person
from portal.models.projects import Milestone, Project, ProjectState
from tests.support.cast import act, add_membership, as_viewer, make_contact, make_item, make_project, milestones_of, name_person, reading


@pytest.fixture
def items(app, cast):
    return {
        "mine": make_item(app, cast.project, "Mine"),
        "draft": make_item(app, cast.project, "Draft", state=ItemState.DRAFT),
        "theirs": make_item(app, cast.cedar_project, "Theirs"),
    }


@pytest.fixture
def bea_reads(app, cast, items):
    with reading(app, as_viewer(app, cast.bea)) as session:
        yield session


def ids(rows):
    return {row.id for row in rows}


class TestEveryShape:
    """Bea asks in every way; only Birch's rows that are not drafts ever come."""

    def test_select(self, bea_reads, items):
        assert ids(bea_reads.scalars(sa.select(Item))) == {items["mine"].id}

    def test_single_columns(self, bea_reads, items):
        assert list(bea_reads.scalars(sa.select(Item.id))) == [items["mine"].id]

    def test_count(self, bea_reads):
        assert bea_reads.scalar(sa.select(sa.func.count()).select_from(Item)) == 1
        assert bea_reads.scalar(sa.select(sa.func.count(Item.id))) == 1

    def test_get(self, bea_reads, items):
        assert bea_reads.get(Item, items["mine"].id) is not None
        assert bea_reads.get(Item, items["theirs"].id) is None
        assert bea_reads.get(Item, items["draft"].id) is None

    def test_join_from_an_owned_table(self, bea_reads, items):
        rows = bea_reads.execute(sa.select(Item.id, Project.name).join(Project, Project.id == Item.project_id))
        assert [row.id for row in rows] == [items["mine"].id]

    def test_join_from_a_table_that_is_nobodys(self, bea_reads, cast):
        rows = bea_reads.execute(sa.select(Person.name, Membership.client_id).join(Membership, Membership.person_id == Person.id))
        assert {row.client_id for row in rows} == {cast.birch.id}

    def test_outer_join_shows_no_foreign_half(self, bea_reads, cast):
        joined = sa.select(Person.name, Membership.client_id).outerjoin(Membership, Membership.person_id == Person.id)
        found = {row.name: row.client_id for row in bea_reads.execute(joined)}
        assert found["Cal Cedar"] is None and found["Bea Birch"] == cast.birch.id

    def test_aliased(self, bea_reads, items):
        one, two = aliased(Item), aliased(Item)
        rows = bea_reads.execute(sa.select(one.id, two.id).join(two, one.client_id == two.client_id))
        assert [tuple(row) for row in rows] == [(items["mine"].id, items["mine"].id)]

    def test_union(self, bea_reads, items):
        both = sa.union_all(sa.select(Item.id), sa.select(Item.id))
        assert set(bea_reads.scalars(both)) == {items["mine"].id}

    def test_subquery_and_exists(self, bea_reads, items):
        inner = sa.select(Item.project_id).where(Item.state == ItemState.TO_DO)
        assert len(list(bea_reads.scalars(sa.select(Project).where(Project.id.in_(inner))))) == 1
        elsewhere = sa.select(Item.id).where(Item.id == items["theirs"].id).exists()
        assert bea_reads.scalar(sa.select(elsewhere)) is False

    def test_cte(self, bea_reads, items):
        cte = sa.select(Item.id.label("it")).cte()
        assert set(bea_reads.scalars(sa.select(cte.c.it))) == {items["mine"].id}

    def test_two_clients_rows_never_meet(self, bea_reads, items):
        pairs = sa.select(Item.id, Milestone.id).join(Milestone, Milestone.project_id == Item.project_id)
        assert {row[0] for row in bea_reads.execute(pairs)} == {items["mine"].id}


class TestBulk:
    """Statements that change many rows change one's own only."""

    def test_update_and_delete_stop_at_the_border(self, app, cast, items):
        with app.app_context():
            session = open_session(as_viewer(app, cast.bea), writes=True)
            changed = session.execute(sa.update(Item).values(minutes=99), execution_options={"synchronize_session": False})
            assert changed.rowcount == 1
            removed = session.execute(sa.delete(Milestone).where(Milestone.project_id == cast.cedar_project.id))
            assert removed.rowcount == 0
            session.rollback()


class TestWithoutAViewer:
    """Nobody asks for owned rows without saying who is looking."""

    QUESTIONS = {
        "select": sa.select(Item),
        "column": sa.select(Item.id),
        "count": sa.select(sa.func.count()).select_from(Item),
        "table": sa.select(Item.__table__),
        "join": sa.select(sa.literal(1)).select_from(Item).join(Project, Project.id == Item.project_id),
        "subquery": sa.select(sa.func.count()).select_from(sa.select(Item.id).subquery()),
        "update": sa.update(Item).values(minutes=1),
        "delete": sa.delete(Item),
    }

    @pytest.mark.sqlite_only
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_it_is_refused(self, app, question):
        with app.app_context(), pytest.raises(Unscoped):
            db.session.execute(self.QUESTIONS[question])

    @pytest.mark.sqlite_only
    def test_plain_table_statements_are_refused_for_contacts_too(self, app, cast):
        with reading(app, as_viewer(app, cast.bea)) as session, pytest.raises(Unscoped):
            session.execute(sa.select(Item.__table__))

    @pytest.mark.sqlite_only
    def test_nobody_sees_nothing(self, app, items):
        with reading(app, NOBODY) as session:
            assert list(session.scalars(sa.select(Item))) == []
            assert list(session.scalars(sa.select(Project))) == []


class TestHidden:
    """What a contact does not see although it is their client's."""

    def test_draft_projects(self, app, cast):
        make_project(app, cast.birch, "Not yet", state=ProjectState.DRAFT)
        with reading(app, as_viewer(app, cast.bea)) as session:
            assert {p.name for p in session.scalars(sa.select(Project))} == {"New website"}
        with reading(app, as_viewer(app, cast.ada)) as session:
            assert "Not yet" in {p.name for p in session.scalars(sa.select(Project))}

    def test_a_guest_sees_the_items_they_are_named_for(self, app, cast, items):
        guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
        named = make_item(app, cast.project, "For the guest")
        name_person(app, named, guest)
        with reading(app, as_viewer(app, guest)) as session:
            assert ids(session.scalars(sa.select(Item))) == {named.id}

    def test_a_guest_sees_nothing_that_hangs_on_other_items(self, app, cast):
        guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
        named, other = make_item(app, cast.project, state="sent"), make_item(app, cast.project, state="sent")
        make_item(app, cast.project, kind="approval", state="accepted")
        make_item(app, cast.project, kind="questionnaire", state="sent")
        name_person(app, named, guest)
        with reading(app, as_viewer(app, guest)) as session:
            for model in OF_AN_ITEM:
                assert {row.item_id for row in session.scalars(sa.select(model))} <= {named.id}, model
            assert session.scalars(sa.select(Upload)).one().item_id == named.id
        with reading(app, as_viewer(app, cast.bea)) as session:
            assert {row.item_id for row in session.scalars(sa.select(Upload))} == {named.id, other.id}

    def test_a_guest_no_longer_named_sees_nothing(self, app, cast):
        guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
        named = make_item(app, cast.project, "For the guest")
        row = name_person(app, named, guest)
        act(app, lambda: setattr(db.session.get_one(ItemPerson, row.id), "ended_at", now()))
        with reading(app, as_viewer(app, guest)) as session:
            assert list(session.scalars(sa.select(Item))) == []

    def test_a_guest_here_is_a_full_contact_there(self, app, cast, items):
        guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
        add_membership(app, cast.cedar, guest, role=Role.CONTRIBUTE)
        with reading(app, as_viewer(app, guest)) as session:
            assert ids(session.scalars(sa.select(Item))) == {items["theirs"].id}


class TestFind:
    """One row, or not found; locked when this session will write."""

    @pytest.mark.parametrize("which", ["theirs", "draft", "nowhere"])
    def test_what_may_not_be_seen_is_not_found(self, app, cast, items, which):
        wanted = items[which].id if which in items else uuid4()
        with reading(app, as_viewer(app, cast.bea)), pytest.raises(NotFound):
            find(Item, wanted)

    def test_staff_and_system_find_everything(self, app, cast, items):
        for viewer in (SYSTEM, as_viewer(app, cast.abe)):
            with reading(app, viewer):
                assert find(Item, items["draft"].id).is_draft

    def test_a_writing_session_locks_and_reads_anew(self, app, cast, items):
        with app.app_context():
            session = open_session(SYSTEM, writes=True)
            old = session.get_one(Item, items["mine"].id)
            statements = []
            sa.event.listen(db.engine, "before_cursor_execute", note := lambda *args: statements.append(args[2]))
            assert find(Item, items["mine"].id) is old
            sa.event.remove(db.engine, "before_cursor_execute", note)
            session.rollback()
        assert ("FOR UPDATE OF item" in statements[-1]) is (db_name(app) == "postgresql")

    def test_the_lock_makes_others_wait(self, app, cast, items):
        held, done = Event(), []

        def later():
            held.wait(5)
            with app.app_context():
                open_session(SYSTEM, writes=True)
                find(Item, items["mine"].id)
                done.append("second")
                db.session.rollback()

        thread = Thread(target=later)
        thread.start()
        with app.app_context():
            session = open_session(SYSTEM, writes=True)
            find(Item, items["mine"].id)
            held.set()
            thread.join(0.3)
            done.append("first")
            session.rollback()
        thread.join(10)
        assert done == ["first", "second"]


def db_name(app):
    with app.app_context():
        return db.engine.dialect.name


class TestTheTables:
    """Nothing can be forgotten on a new table."""

    def test_every_table_with_a_client_is_owned_or_named_here(self):
        known = {"event", "outbox"}  # evidence and mails: both sides read them through their own queries
        loose = {
            m.local_table.name for m in Base.registry.mappers if "client_id" in m.local_table.columns and not issubclass(m.class_, Owned)
        }
        assert loose <= known

    def test_owned_rows_point_to_parents_of_the_same_client_only(self):
        owned = {m.local_table for m in Base.registry.mappers if issubclass(m.class_, Owned)}
        for table in owned:
            for key in table.foreign_key_constraints:
                if key.referred_table in owned:
                    assert "client_id" in key.column_keys, f"{table.name} → {key.referred_table.name} leaves the client out"
                assert key.ondelete == "RESTRICT", f"{table.name} → {key.referred_table.name} is not RESTRICT"

    def test_relationships_never_load_behind_our_back(self):
        for mapper in Base.registry.mappers:
            for relationship in mapper.relationships:
                assert isinstance(relationship, RelationshipProperty)
                assert relationship.lazy in ("raise", "raise_on_sql"), relationship
                assert relationship.viewonly, relationship

    def test_rows_of_two_clients_cannot_be_tied_together(self, app, cast, items):
        def tie():
            db.session.get_one(Item, items["mine"].id).milestone_id = cast.cedar_milestones[0].id

        with pytest.raises(sa.exc.IntegrityError):
            act(app, tie)

    def test_nor_rows_of_two_projects(self, app, cast, items):
        other = milestones_of(app, make_project(app, cast.birch, "Another"))[0]
        with pytest.raises(sa.exc.IntegrityError):
            act(app, lambda: setattr(db.session.get_one(Item, items["mine"].id), "holds_up_id", other.id))
