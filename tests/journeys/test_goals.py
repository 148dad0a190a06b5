"""Goals are put in order by dragging, in Chromium; what was dragged is the order that is kept."""

from __future__ import annotations

import pytest

from tests.features.goals.test_goals import write
from tests.support.axe import violations

pytestmark = pytest.mark.journey


def test_a_goal_is_dragged_to_the_top_and_stays_there(live, screens):
    for words in ("First", "Second"):
        write(live.app, live.cast, words)
    desk = screens(width=1280)
    desk.enter(live.cast.bea)
    desk.open(f"/projects/{live.cast.project.id}/goals")
    assert violations(desk.page) == []
    grip = desk.page.locator("[data-order-grip]").nth(1).bounding_box()
    top = desk.page.locator("[data-order-row]").first.bounding_box()
    desk.page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    desk.page.mouse.down()
    desk.page.mouse.move(grip["x"] + grip["width"] / 2, top["y"] + 5, steps=5)
    with desk.page.expect_navigation():
        desk.page.mouse.up()
    assert desk.page.locator(".aim__words").all_inner_texts() == ["Second", "First"]
