"""A paused project asks nothing of a client: every page says so, and nothing can be done until it goes on."""

from __future__ import annotations

import pytest

from portal.features.projects import actions as projects
from tests.support.cast import act, as_viewer, fresh, make_item

SAYS = "Nothing is needed from you; Ada writes to you when it goes on."


@pytest.fixture
def pause(app, cast):
    """Pause the project of Birch, now."""

    def now_() -> None:
        ada = as_viewer(app, cast.ada)
        act(app, lambda: projects.move_project(cast.project.id, "pause", by=ada), by=ada)

    return now_


def test_the_home_says_that_nothing_is_needed_and_promises_nothing(app, cast, bea, pause):
    make_item(app, cast.project, "Photos", holds_up_id=cast.milestones[1].id)
    pause()
    page = bea.get("/")
    assert page.h1 == "This project is paused"
    assert SAYS in page.text
    assert "If everything is here by" not in page.text
    assert "For when it goes on" in page.text and "Photos" in page.text
    assert not page.soup.select("main .btn--primary, .task__go")


@pytest.mark.parametrize(("kind", "place"), [("files", "files"), ("questionnaire", "sections/1"), ("approval", "decision")])
def test_an_item_says_so_instead_of_asking(app, cast, bea, pause, kind, place):
    item = make_item(app, cast.project, kind=kind, state="to_do")
    pause()
    page = bea.get(f"/items/{item.id}/{place}")
    assert "This project is paused" in page.text and SAYS in page.text
    assert not page.soup.select("main .btn--primary")


def test_nothing_can_be_sent_answered_or_given_up(app, cast, bea, pause, nothing_changed):
    files = make_item(app, cast.project, "Photos", state="started")
    quiz = make_item(app, cast.project, kind="questionnaire")
    sent = make_item(app, cast.project, "Logo", state="sent")
    pause()
    with nothing_changed():
        for place, data in (
            (f"/items/{files.id}/files", {"act": "send"}),
            (f"/items/{files.id}/cannot", {"reason": "We never had one."}),
            (f"/items/{files.id}/promise", {"promised_on": str(cast.birch.calendar.today())}),
            (f"/items/{quiz.id}/check", {}),
            (f"/items/{quiz.id}/sections/1", {"q1": "Birch", "rev.q1": "0", "act": "next"}),
        ):
            assert "This project is paused" in bea.post(place, data, None).text
        assert "This project is paused" in bea.post(f"/items/{sent.id}/take-back", follow=True).text
    assert fresh(app, sent).state.value == "sent"


def test_a_decision_made_too_late_is_not_stored(app, cast, bea, pause, nothing_changed):
    item = make_item(app, cast.project, "Design", kind="approval")
    place = f"/items/{item.id}/decision"
    opened = bea.get(place)
    pause()
    typed = {name: opened.value(name) for name in ("version", "key")} | {"choice": "approved"}
    with nothing_changed():
        assert "This project is paused" in bea.post(place, typed, None).text
