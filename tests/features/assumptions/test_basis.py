"""Things serve goals and rest on assumptions; what rests on something that is not so any more is marked until we looked at it."""

from __future__ import annotations

import sqlalchemy as sa

from portal.models.ground.trail import Basis
from tests.features.assumptions.test_assumptions import assume
from tests.features.goals.test_goals import write
from tests.support.cast import make_item, reading


def rest(ada, kind, ground_id, *things):
    """Let staff say what is built on a goal or an assumption."""
    ada.post(f"/staff/{kind}/{ground_id}/things", {"on": list(things)})


def test_what_rests_on_a_wrong_assumption_is_marked_everywhere_until_we_looked(app, cast, ada, bea):
    photos = make_item(app, cast.project, "Photos")
    one = assume(app, cast, "You send the photos")
    assert "Photos" in ada.get(f"/staff/assumptions/{one}/things").text
    rest(ada, "assumptions", one, f"item-{photos.id}", f"milestone-{cast.milestones[1].id}", "item-nonsense")
    assert "working assumption" in bea.get(f"/items/{photos.id}/files").text
    assert "not so any more" not in ada.get("/staff/").text
    bea.post(f"/assumptions/{one}", {"n": "1", "verdict": "wrong", "words": "A photographer does."})
    assert "This is not right." in bea.get(f"/items/{photos.id}/files").text
    assert "we have to look at it again" in bea.get(f"/projects/{cast.project.id}/assumptions").text
    assert "Look at it again." in ada.get(f"/staff/items/{photos.id}").text
    assert "2 things rest on what is not so any more" in ada.get("/staff/").text
    page = ada.get("/staff/assumptions")
    assert "Photos" in page.text and "A photographer does." in page.text
    with reading(app) as session:
        (of_item,) = session.scalars(sa.select(Basis).where(Basis.item_id == photos.id))
    ada.post(f"/staff/assumptions/{one}/checked?basis={of_item.id}", {})
    assert "One thing rests on what is not so any more" in ada.get("/staff/").text
    ada.post(f"/staff/assumptions/{one}/checked", {})
    assert "not so any more" not in ada.get("/staff/").text
    ada.post(f"/staff/assumptions/{one}/change", {"n": "1", "assume": "A photographer comes"})
    assert "This was changed." in bea.get(f"/items/{photos.id}/files").text


def test_an_approval_says_which_goal_it_serves_and_drafts_serve_none(app, cast, ada, bea):
    design = make_item(app, cast.project, "Design", kind="approval", state="to_do")
    goal, draft = write(app, cast, "Orders come in"), write(app, cast, "Kept secret", draft=True)
    for each in (goal, draft):
        rest(ada, "goals", each, f"item-{design.id}")
    page = bea.get(f"/items/{design.id}/decision")
    assert "Serves the goal: Orders come in" in page.text and "Kept secret" not in page.html
    assert "Design" in bea.get(f"/projects/{cast.project.id}/goals").text
    rest(ada, "goals", goal)
    assert "Serves the goal" not in bea.get(f"/items/{design.id}/decision").text


def test_what_is_removed_is_built_on_nothing(app, cast, ada):
    draft = make_item(app, cast.project, "Unasked", state="draft")
    goal, one = write(app, cast, "Kept secret", draft=True), assume(app, cast, "Kept too", draft=True)
    rest(ada, "goals", goal, f"item-{draft.id}", f"milestone-{cast.milestones[2].id}")
    rest(ada, "assumptions", one, f"goal-{goal}")
    ada.post(f"/staff/items/{draft.id}/remove", {})
    ada.post(f"/staff/projects/{cast.project.id}/milestones/{cast.milestones[2].id}/remove", {})
    ada.post(f"/staff/goals/{goal}/give-up", {})
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count(Basis.id))) == 0
