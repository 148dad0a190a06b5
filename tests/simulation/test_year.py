"""Six weeks of twenty clients in twelve zones: every single mail keeps every rule, and many of them go out."""

import pytest

from tests.simulation.year import START, STEP, live, unwanted


@pytest.mark.sqlite_only
def test_every_reminder_of_six_weeks_keeps_every_rule(app, cast):
    year = live(app, clients=20, days=42, start=START, lead=cast.ada, looks=3)
    assert year.wrong == []
    assert year.counts["reminders"] > 50 and all(year.counts[step] > 5 for step in STEP), year.counts
    assert 15 < year.counts["mornings"] <= 30, year.counts
    assert unwanted(app) == 0
