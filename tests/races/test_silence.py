"""Silence that is due, against another worker, an answer, and "I need more time". How it is done: tests/races/test_decisions.py."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from portal.edges import audit
from portal.features.silence import actions
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.record import Event, Kind, record
from portal.kernel.scope import find
from portal.kernel.viewer import SYSTEM
from portal.kinds import life
from portal.kinds.approvals import consents
from portal.kinds.silence import running
from portal.models.approvals import Choice, Decision
from portal.models.item_states import ItemKind
from portal.models.items import Item, new_item
from portal.models.projects import Project, ProjectState
from portal.models.silence import Agreement, Silence
from tests.races.test_decisions import ROUNDS, deciding, people, race, told  # noqa: F401 - `people` is a fixture
from tests.support.cast import act, present, reading

ROUNDS_HERE = max(ROUNDS // 2, 4)


@pytest.fixture
def due(app, cast, people):  # noqa: F811
    """An approval on which silence is due: announced twice, to both who decide, and its day is over."""

    def make():
        def work():
            home = {"client_id": cast.birch.id, "lead_id": cast.ada.id, "state": ProjectState.ACTIVE, "created_at": now()}
            project = Project(id=uuid4(), name="One of many", silence=True, **home)
            db.session.add(project)
            db.session.flush()
            ids = {"client_id": cast.birch.id, "project_id": project.id}
            text = consents.newest(consents.SILENCE, "en")
            agreed = Agreement(id=uuid4(), consent=text.sha256, by_id=cast.bea.id, at=now(), **ids)
            db.session.add(agreed)
            record(Kind.SILENCE_AGREED, project, by=people["bea"], agreement=agreed.id, consent=text.sha256, n=text.n)
            item = new_item(kind=ItemKind.APPROVAL, position=1, **ids)
            item.say("en", title="Menu")
            item.due_on = now().date() - timedelta(days=2)
            db.session.add(item)
            db.session.flush()
            life.send(item, by=people["ada"])
            version = present(item, by=people["ada"])
            for kind, days in (("decision_asked", 30), ("silence_soon", 15)):
                for name in ("bea", "bob"):
                    left = {"state": Stand.SENT, "made_at": now(), "not_before": now(), "sent_at": now() - timedelta(days=days)}
                    facts = {"item": str(item.id), "version": str(version.id)}
                    db.session.add(
                        Outbox(id=uuid4(), lane=Lane.ASK, kind=kind, person_id=people[name].person_id, facts=facts, **left, **ids)
                    )
            return item.id, version.id

        return act(app, work, by=people["ada"])

    return make


def looking(by):
    return SYSTEM, lambda item: running.look(item)


def asking_for_time(by):
    return by, lambda item: actions.more_time(item, None, by=by)


def story(app, item_id):
    """What there is: the item's state, what was decided, why silence ended, and how often the record says it counted."""
    with reading(app) as session:
        item = session.get_one(Item, item_id)
        made = session.scalars(sa.select(Decision.choice).where(Decision.item_id == item_id)).all()
        ending = session.scalars(sa.select(Silence.ending).where(Silence.item_id == item_id)).one()
        counted = sa.select(sa.func.count()).select_from(Event).where(Event.item_id == item_id, Event.kind == Kind.DECISION_DEEMED.value)
        assert session.scalar(counted) == sum(choice is Choice.DEEMED for choice in made)
        return item.state.value, tuple(choice.value for choice in made), ending.value


def test_two_workers_let_it_count_once(app, people, due):  # noqa: F811
    for _ in range(ROUNDS_HERE):
        item_id, _version = due()
        race(app, item_id, looking(None), looking(None))
        assert story(app, item_id) == ("accepted", ("deemed",), "deemed")
    with reading(app):
        assert list(audit.troubles()) == []


def test_an_answer_or_silence_but_not_both(app, people, due):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = due()
        runners = [deciding(people["bea"], version_id, Choice.CHANGES), looking(None)]
        came_to = race(app, item_id, *(runners if number % 2 else reversed(runners)))
        words = told(came_to if number % 2 else reversed(came_to))
        assert (story(app, item_id), words) in {
            (("preparing", ("changes",), "decided"), ("done", "done")),
            (("accepted", ("deemed",), "deemed"), ("refused", "done")),
        }


def test_more_time_or_silence_but_not_both(app, people, due):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, _version = due()
        runners = [asking_for_time(people["bea"]), looking(None)]
        came_to = race(app, item_id, *(runners if number % 2 else reversed(runners)))
        words = told(came_to if number % 2 else reversed(came_to))
        assert (story(app, item_id), words) in {
            (("to_do", (), "more_time"), ("done", "done")),
            (("accepted", ("deemed",), "deemed"), ("refused", "done")),
        }


def as_pages_do(app, by, item_id, work, start):
    """Each finds and locks what its page does: whoever ends the agreement never meets the item's lock."""
    with app.app_context():
        open_session(by, writes=True)
        project_id = db.session.scalars(sa.select(Item.project_id).where(Item.id == item_id)).one()
        db.session.rollback()
        start.wait()
        open_session(by, writes=True)
        return work(item_id, project_id)


def test_what_was_withdrawn_counts_no_more(app, people, due):  # noqa: F811
    looks = (SYSTEM, lambda item_id, _: running.look(find(Item, item_id)))
    withdraws = (people["bea"], lambda _, project_id: actions.withdraw(find(Project, project_id), by=people["bea"]))
    for _ in range(ROUNDS_HERE):
        item_id, _version = due()
        race(app, item_id, looks, withdraws, how=as_pages_do)
        with reading(app) as session:
            known = sa.select(Event.kind).where(Event.project_id == session.get_one(Item, item_id).project_id).order_by(Event.seq)
            told = list(session.scalars(known))
        assert (
            Kind.SILENCE_WITHDRAWN.value not in told[: told.index(Kind.DECISION_DEEMED.value) if Kind.DECISION_DEEMED.value in told else 0]
        )
