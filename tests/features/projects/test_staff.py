"""Staff plan projects and their milestones, and let them rest."""

import pytest
from sqlalchemy import select

from portal.models.item_states import ItemState, WaitingOn
from portal.models.projects import Milestone, Project, ProjectState
from tests.support.cast import fresh, make_item, make_project, milestones_of, reading


@pytest.fixture
def stages(cast):
    return f"/staff/projects/{cast.project.id}/milestones"


def names(app, project):
    return [m.name["en"] for m in milestones_of(app, project)]


def test_a_new_project_is_a_draft_its_client_does_not_see(app, cast, ada, bea):
    form = {"name": "Second shop", "lead": str(cast.abe.id), "starts_on": ""}
    ada.get(f"/staff/clients/{cast.birch.id}/projects/new")
    ada.post(f"/staff/clients/{cast.birch.id}/projects/new", form)
    with reading(app) as session:
        made = session.scalars(select(Project).where(Project.name == "Second shop")).one()
    assert made.state is ProjectState.DRAFT and made.number == 2 and made.lead_id == cast.abe.id
    bea.get(f"/projects/{made.id}", 404)
    assert "Second shop" not in bea.get("/").text
    ada.get(f"/staff/clients/{cast.birch.id}?project={made.id}")
    assert "Second shop" in ada.get(f"/staff/clients/{cast.birch.id}").text


def test_a_project_needs_a_name_and_somebody_who_works_here(cast, ada, nothing_changed):
    url = f"/staff/projects/{cast.project.id}/edit"
    ada.get(url)
    with nothing_changed():
        ada.refused(url, {"name": "", "lead": str(cast.ada.id), "starts_on": "2030-01-01"}, says="Give the project a name", status=422)
        ada.post(url, {"name": "X", "lead": str(cast.bea.id)}, 422)
    ada.post(url, {"name": "Web & print", "lead": str(cast.abe.id), "starts_on": "2030-01-01"})
    assert "Web & print" in ada.follow().text


@pytest.mark.parametrize(
    ("verb", "back", "says"), [("pause", "resume", "This project is paused."), ("archive", "restore", "This project is archived.")]
)
def test_while_a_project_rests_nobody_waits(app, cast, ada, bea, verb, back, says):
    item = make_item(app, cast.project, "Your logo")
    draft = make_item(app, cast.project, "Draft", state=ItemState.DRAFT)
    ada.post(f"/staff/projects/{cast.project.id}/{verb}", follow=True)
    assert says in ada.page.text
    assert fresh(app, item).waiting_on is WaitingOn.NOBODY and fresh(app, cast.project).waits_client == 0
    ada.post(f"/staff/projects/{cast.project.id}/{verb}", follow=True)
    assert "Only a running project" in ada.page.text or "archived already" in ada.page.text
    ada.post(f"/staff/items/{draft.id}/send", follow=True)
    assert "This project is paused. Resume it first, then send." in ada.page.text and fresh(app, draft).is_draft
    ada.post(f"/staff/projects/{cast.project.id}/{back}")
    assert fresh(app, item).waiting_on is WaitingOn.CLIENT and fresh(app, cast.project).waits_client == 1
    assert "Your logo" in bea.get("/").text


def test_a_project_that_was_never_sent_comes_back_as_a_draft(app, cast, ada):
    project = make_project(app, cast.birch, "Later", state=ProjectState.DRAFT)
    make_item(app, project, "Draft", state=ItemState.DRAFT)
    ada.post(f"/staff/projects/{project.id}/archive")
    ada.post(f"/staff/projects/{project.id}/restore")
    assert fresh(app, project).state is ProjectState.DRAFT


def test_milestones_are_added_moved_and_removed(app, cast, ada, stages):
    ada.get(stages)
    ada.post(stages, {"name": "Party", "starts_on": "2030-05-01", "ends_on": "2030-05-02"})
    assert names(app, cast.project) == ["Kick-off", "Design", "Launch", "Party"]
    party = milestones_of(app, cast.project)[-1]
    ada.post(f"{stages}/{party.id}/up")
    ada.post(f"{stages}/{milestones_of(app, cast.project)[0].id}/up")
    assert names(app, cast.project) == ["Kick-off", "Design", "Party", "Launch"]
    ada.post(f"{stages}/{party.id}/down")
    assert names(app, cast.project)[-1] == "Party"
    ada.refused(
        stages, {"name": "Odd", "starts_on": "2030-05-02", "ends_on": "2030-05-01"}, says="The end lies before the start.", status=422
    )
    ada.post(f"{stages}/{party.id}/remove")
    assert names(app, cast.project) == ["Kick-off", "Design", "Launch"]


def test_a_milestone_that_begins_before_one_above_it_is_said_to(app, cast, ada, stages):
    assert "which stands above it" not in ada.get(stages).text
    ada.post(stages, {"name": "Party", "starts_on": "2020-05-01", "ends_on": ""})
    above = names(app, cast.project)[0]
    page = ada.follow()
    assert f"Begins before “{above}”, which stands above it. Change a date, or move it up." in page.text
    (party,) = (row for row in page.soup.select("ol.rows > li") if row.select_one(".warned"))
    assert "Party" in party.get_text()
    for _ in names(app, cast.project):
        ada.post(f"{stages}/{milestones_named(app, cast.project, 'Party').id}/up")
    assert names(app, cast.project)[0] == "Party" and "which stands above it" not in ada.get(stages).text


def milestones_named(app, project, name):
    return next(m for m in milestones_of(app, project) if m.name["en"] == name)


def test_what_something_hangs_on_is_not_removed(app, cast, ada, stages, nothing_changed):
    design = milestones_of(app, cast.project)[1]
    make_item(app, cast.project, "Your logo", holds_up_id=design.id)
    with nothing_changed():
        ada.post(f"{stages}/{design.id}/remove", follow=True)
    assert "Items belong to this milestone or hold it up." in ada.page.text and "one item hangs on it" in ada.page.text


def test_a_new_date_moves_what_holds_it_up(app, cast, ada, stages):
    design = milestones_of(app, cast.project)[1]
    item = make_item(app, cast.project, "Your logo", holds_up_id=design.id, lead_days=1)
    ada.get(f"{stages}/{design.id}")
    ada.post(f"{stages}/{design.id}", {"name": "Drawing", "starts_on": "2030-01-08", "ends_on": "", "why": "More to draw."})
    assert fresh(app, item).slips_on.isoformat() == "2030-01-07"
    assert fresh(app, cast.project).slips_on.isoformat() == "2030-01-07"
    with reading(app) as session:
        assert session.get_one(Milestone, design.id).name == {"en": "Drawing"}


def test_a_milestone_of_another_project_is_not_found(app, cast, ada, stages, nothing_changed):
    other = milestones_of(app, cast.cedar_project)[0]
    with nothing_changed():
        ada.get(f"{stages}/{other.id}", 404)
        ada.post(f"{stages}/{other.id}/up")
        ada.post(f"{stages}/{other.id}/remove")
