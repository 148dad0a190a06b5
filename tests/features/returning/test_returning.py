"""Clients who come back: what they were worth, what was learned and what is left stands where a new project begins, for staff alone."""

from decimal import Decimal

import pytest

from portal.features.closing import actions
from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kinds import reading as items
from portal.kinds.agreed.standing import agreed_of
from portal.kinds.closing.before import known_of, repeat_work
from portal.models.projects import Project
from tests.features.agreed.test_agreement import agree
from tests.support.cast import act, as_viewer, make_client, make_item, make_project, reading

LESSON = "Call them, they never read mail"


@pytest.fixture
def past(app, cast, ada, bea):
    """Birch's first project: agreed for money, closed with something let go, found good, and a lesson learned."""
    agree(app, ada, bea, cast.project)
    make_item(app, cast.project, "Logo", kind="files", state="to_do")
    by = as_viewer(app, cast.ada)
    ending = actions.Ending("Thanks", lesson=LESSON)
    act(app, lambda: actions.close(cast.project.id, ending, lambda _item: "We drew one", by=by), by=by)
    bea_ = as_viewer(app, cast.bea)
    act(app, lambda: actions.give_feedback(db.session.get_one(Project, cast.project.id), 4, "More calls", by=bea_), by=bea_)
    return cast.project


def test_it_stands_beside_a_new_project_and_on_a_page_of_its_own(app, cast, ada, bea, past):
    for url in (f"/staff/clients/{cast.birch.id}/before", f"/staff/clients/{cast.birch.id}/projects/new"):
        page = ada.get(url).text
        for words in (LESSON, "€12,000.00", "Logo", "We drew one", "4 of 5"):
            assert words in page, (url, words)
    assert "More calls" in ada.get(f"/staff/clients/{cast.birch.id}/before").text
    bea.get(f"/staff/clients/{cast.birch.id}/before", 404)
    assert LESSON not in bea.get("/").text


def test_its_worth_is_what_the_page_of_the_agreement_says(app, cast, past):
    with reading(app):
        (project,) = known_of(cast.birch.id).projects
        said = agreed_of(items.items_of(cast.project.id), [], Calendar("UTC")).costs
        assert project.worth == said and Decimal(said[0].amount) == 12000


def test_the_share_of_repeat_work_counts_every_project_after_the_first(app, cast, ada, past):
    make_project(app, cast.birch, "Second")
    make_project(app, make_client(app, "Elm"), "First")
    with reading(app):
        told = repeat_work()
    assert (told.projects, told.again, told.clients, told.came_back, told.share) == (4, 1, 3, 1, 25)
    page = ada.get("/staff/reports").text
    assert "25 % of all projects" in page and "4 of 5" in page and "from 1 answer" in page


def test_it_asks_as_many_questions_for_many_projects(app, cast, count_queries):
    def count() -> int:
        with reading(app), count_queries() as asked:
            known_of(cast.birch.id)
        return len(asked)

    few = count()
    for n in range(5):
        make_project(app, cast.birch, f"Project {n}")
    assert count() == few
