"""Two at once, for real: threads on both databases, a few rounds each (`make races` runs a thousand). Every round ends in one of the
histories written here.

Each race is also run without the lock (`unlocked`), to show that these tests would notice: then rounds do go wrong.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.features.approvals import actions
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Outbox
from portal.kernel.record import Event, Kind
from portal.kernel.refusal import Refused
from portal.kernel.scope import find
from portal.kinds import life
from portal.kinds.approvals.kind import live_decisions, outcome_on, standing_version
from portal.models.approvals import ApprovalVersion, Choice, Decision
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item, new_item
from portal.models.projects import Project, ProjectState
from portal.models.turns import Turn
from tests.support.cast import act, as_viewer, make_contact, present, reading

ROUNDS = int(os.environ.get("RACES", "12"))


@pytest.fixture
def people(app, cast):
    """Ada presents; Bea and Bob decide."""
    bob = make_contact(app, cast.birch, "Bob Birch")
    return {name: as_viewer(app, person) for name, person in (("ada", cast.ada), ("bea", cast.bea), ("bob", bob))}


@pytest.fixture
def fresh_item(app, cast, people):
    """An approval whose first version waits for an answer, made in one commit."""

    def make(**spec):
        def work():
            home = {"client_id": cast.birch.id, "lead_id": cast.ada.id, "state": ProjectState.ACTIVE, "created_at": now()}
            project = Project(id=uuid4(), name="One of many", **home)  # of its own: the board looks at all items of a project
            db.session.add(project)
            db.session.flush()
            item = new_item(client_id=cast.birch.id, project_id=project.id, kind=ItemKind.APPROVAL, position=1)
            item.say("en", title="Homepage design")
            item.spec = spec
            db.session.add(item)
            db.session.flush()
            life.send(item, by=people["ada"])
            return item.id, present(item, by=people["ada"]).id

        return act(app, work, by=people["ada"])

    return make


def locked(app, by, item_id, work, start):
    """How a page does it: a writing session, and the row found with its lock."""
    with app.app_context():
        start.wait()
        open_session(by, writes=True)
        return work(find(Item, item_id))


def unlocked(app, by, item_id, work, start):
    """How it must not be done: everybody looks first, and acts on what they saw."""
    with app.app_context():
        open_session(by, writes=False)
        db.session().info["writes"] = True
        item = db.session.scalars(sa.select(Item).where(Item.id == item_id)).one()
        seen = db.session.scalars(sa.select(ApprovalVersion).where(ApprovalVersion.item_id == item_id)).all()
        start.wait()
        return work(item) if seen else None


def race(app, item_id, *runners, how=locked):
    """Let all start at the same moment; what each came to: its result, or how it was refused."""
    start, came_to = threading.Barrier(len(runners)), [None] * len(runners)

    def run(place, by, work):
        try:
            came_to[place] = how(app, by, item_id, work, start)
        except (Refused, DBAPIError) as trouble:
            came_to[place] = trouble

    threads = [threading.Thread(target=run, args=(place, *runner)) for place, runner in enumerate(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came_to


def deciding(by, version_id, choice, key=""):
    given = actions.Given(choice, "Warmer" if choice.needs_words else "", version_id, key or uuid4().hex)
    return by, lambda item: actions.decide(item, given, by=by).id


def presenting(by):
    return by, lambda item: present(item, by=by).n


def taking_back(by, decision_id):
    return by, lambda item: actions.take_back(item, decision_id, by=by).id


def told(came_to):
    """Results as words: done, refused, or broken."""
    return tuple("refused" if isinstance(c, Refused) else "broken" if isinstance(c, Exception) else "done" for c in came_to)


def story(app, item_id):
    """What the database says happened: state, versions, choices (live ones with a star), and kinds of events."""
    with reading(app) as session:
        item = session.get_one(Item, item_id)
        versions = session.scalars(sa.select(ApprovalVersion).where(ApprovalVersion.item_id == item_id).order_by(ApprovalVersion.n)).all()
        made = session.scalars(sa.select(Decision).where(Decision.item_id == item_id).order_by(Decision.at)).all()
        assert [version.n for version in versions] == list(range(1, len(versions) + 1))
        assert [version.stands for version in versions] == [False] * (len(versions) - 1) + [True]
        standing = standing_version(item_id)
        entries = session.scalars(sa.select(Event).where(Event.item_id == item_id).order_by(Event.seq)).all()
        ours = json.loads(entries[-1].facts).get("version") == str(standing.id) and entries[-1].kind == Kind.VERSION_EXPIRED
        assert (ItemState.PREPARING if ours else outcome_on(item, standing)) is item.state, "the state does not follow from the decisions"
        assert_each_spoke_of_what_stood(entries)
        events = Counter(entry.kind for entry in entries)
        assert events[Kind.VERSION_PRESENTED] == len(versions)
        assert events[Kind.DECISION_MADE] == len(made)
        assert events[Kind.DECISION_TAKEN_BACK] == sum(not decision.is_live for decision in made)
        open_turns = session.scalars(sa.select(Turn).where(Turn.item_id == item_id, Turn.ended_at.is_(None))).all()
        assert [turn.state for turn in open_turns] == [item.state]
        seats = [decision.person_id for decision in live_decisions(standing.id)]
        assert len(seats) == len(set(seats)), "two live answers in one seat"
        by_n = {version.id: version.n for version in versions}
        return (
            item.state.value,
            len(versions),
            tuple(f"{by_n[d.version_id]}:{d.choice.value}{'' if d.is_live else ' taken back'}" for d in made),
        )


def assert_each_spoke_of_what_stood(entries):
    """The record in its order: whoever decided or took back did so on the version that stood at that moment."""
    standing = None
    for entry in entries:
        version = json.loads(entry.facts).get("version")
        if entry.kind == Kind.VERSION_PRESENTED:
            standing = version
        elif version:
            assert version == standing, f"{entry.kind} on a version that was replaced"


def test_deciding_twice_is_one_decision(app, people, fresh_item):
    bea = people["bea"]
    for number in range(ROUNDS):
        item_id, version_id = fresh_item()
        pressed = ["one"] * 2 if number % 2 else ["one", "other"]
        came_to = race(app, item_id, *(deciding(bea, version_id, Choice.APPROVED, f"{key}{number}") for key in pressed))
        assert story(app, item_id) == ("accepted", 1, ("1:approved",))
        if number % 2:
            assert came_to[0] == came_to[1]
        else:
            assert sorted(told(came_to)) == ["done", "refused"]
    with reading(app) as session:
        receipts = session.scalars(sa.select(Outbox.id).where(Outbox.kind == "decision_receipt")).all()
    assert len(receipts) == ROUNDS


def test_two_deciders_make_one_truth(app, people, fresh_item):
    first = Counter()
    for number in range(ROUNDS):
        item_id, version_id = fresh_item()
        yes, no = deciding(people["bea"], version_id, Choice.APPROVED), deciding(people["bob"], version_id, Choice.CHANGES)
        came_to = race(app, item_id, *((yes, no) if number % 2 else (no, yes)))
        assert sorted(told(came_to)) == ["done", "refused"]
        ended = story(app, item_id)
        assert ended in {("accepted", 1, ("1:approved",)), ("preparing", 1, ("1:changes",))}
        first[ended] += 1
    assert sum(first.values()) == ROUNDS


@pytest.mark.parametrize("choice", [Choice.APPROVED, Choice.CHANGES])
def test_presenting_while_deciding_ends_in_one_of_two_histories(app, people, fresh_item, choice):
    too_late = ("to_do", 2, ())
    in_time = ("accepted", 1, ("1:approved",)) if choice.is_yes else ("to_do", 2, ("1:changes",))
    expected = {too_late: ("refused", "done"), in_time: ("done", "refused") if choice.is_yes else ("done", "done")}
    for number in range(ROUNDS // 2):
        item_id, version_id = fresh_item()
        runners = [deciding(people["bea"], version_id, choice), presenting(people["ada"])]
        came_to = race(app, item_id, *(runners if number % 2 else reversed(runners)))
        ended = story(app, item_id)
        assert told(came_to if number % 2 else reversed(came_to)) == expected[ended], (ended, came_to)


@pytest.mark.parametrize("choice", [Choice.APPROVED, Choice.CHANGES])
def test_taking_back_while_presenting_ends_in_one_of_two_histories(app, people, fresh_item, choice):
    taken = f"1:{choice.value} taken back"
    expected = {("to_do", 2, (taken,)): ("done", "done")}
    expected |= {("to_do", 1, (taken,)): ("done", "refused")} if choice.is_yes else {("to_do", 2, ("1:changes",)): ("refused", "done")}
    for number in range(ROUNDS // 2):
        item_id, version_id = fresh_item()
        bea = people["bea"]
        (decision_id,) = race(app, item_id, deciding(bea, version_id, choice))
        runners = [taking_back(bea, decision_id), presenting(people["ada"])]
        came_to = race(app, item_id, *(runners if number % 2 else reversed(runners)))
        ended = story(app, item_id)
        assert told(came_to if number % 2 else reversed(came_to)) == expected[ended], (ended, came_to)


# --- without the lock these would go wrong ------------------------------------------------------------------------------


def goes_wrong(app, item_id, *runners, fine):
    came_to = race(app, item_id, *runners, how=unlocked)
    try:
        return "broken" in told(came_to) or (story(app, item_id), told(came_to)) not in fine
    except AssertionError:
        return True


def test_control_two_deciders_without_the_lock(app, people, fresh_item):
    fine = {(("accepted", 1, ("1:approved",)), ("done", "refused")), (("preparing", 1, ("1:changes",)), ("refused", "done"))}
    wrong = 0
    for _ in range(10):
        item_id, version_id = fresh_item()
        runners = deciding(people["bea"], version_id, Choice.APPROVED), deciding(people["bob"], version_id, Choice.CHANGES)
        wrong += goes_wrong(app, item_id, *runners, fine=fine)
    assert wrong


def test_control_deciding_twice_without_the_lock(app, people, fresh_item):
    fine = {(("accepted", 1, ("1:approved",)), ("done", "done"))}
    wrong = 0
    for number in range(10):
        item_id, version_id = fresh_item()
        runners = [deciding(people["bea"], version_id, Choice.APPROVED, f"same{number}")] * 2
        wrong += goes_wrong(app, item_id, *runners, fine=fine)
    assert wrong


def test_control_presenting_while_deciding_without_the_lock(app, people, fresh_item):
    fine = {(("accepted", 1, ("1:approved",)), ("done", "refused")), (("to_do", 2, ()), ("refused", "done"))}
    wrong = 0
    for _ in range(10):
        item_id, version_id = fresh_item()
        wrong += goes_wrong(app, item_id, deciding(people["bea"], version_id, Choice.APPROVED), presenting(people["ada"]), fine=fine)
    assert wrong


def test_control_taking_back_while_presenting_without_the_lock(app, people, fresh_item):
    fine = {(("to_do", 2, ("1:changes taken back",)), ("done", "done")), (("to_do", 2, ("1:changes",)), ("refused", "done"))}
    wrong = 0
    for _ in range(10):
        item_id, version_id = fresh_item()
        (decision_id,) = race(app, item_id, deciding(people["bea"], version_id, Choice.CHANGES))
        bea, take_back = taking_back(people["bea"], decision_id)
        hesitating = bea, lambda item, act=take_back: time.sleep(0.05) or act(item)
        wrong += goes_wrong(app, item_id, hesitating, presenting(people["ada"]), fine=fine)
    assert wrong
