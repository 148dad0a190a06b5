"""The firm's schedules: kept, copied, looked at and archived by admins; named by templates, projects and items; what is in use stays."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from portal.features.templates import comparing, pulling
from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kinds.plans.templates import latest_version
from portal.kinds.reminders.schedules import schedules
from portal.kinds.reminders.steps import SHIPPED, Step, Thing, due, upcoming
from portal.models.items import Item
from portal.models.projects import Project
from portal.models.reminders import ReminderSchedule, Tone
from portal.models.template.file.writing import write
from portal.models.template.file.yaml_file import read
from portal.models.templates import ProjectTemplate
from tests.features.templates.test_starting import begin, items
from tests.support.cast import act, as_viewer, make_item, reading
from tests.support.templates import WEBSITE, make_version, publish

HERE = "/staff/settings/reminders"


def typed(*steps: str, **more: str) -> dict[str, str]:
    """A form of steps like "before 3 friendly 9"."""
    names = ("way", "days", "tone", "hour")
    cells = {}
    for n, one in enumerate(steps):
        for name, part in zip(names, one.split(), strict=True):
            cells[f"steps-{n}-{name}"] = "" if part == "-" else part
    return {"name": "Gentle", "day": "2026-11-26"} | cells | more


GENTLE = typed("before 3 friendly 10", "on - clear 9")


@pytest.fixture
def gentle(app, ada) -> ReminderSchedule:
    ada.post(f"{HERE}/new", GENTLE)
    with reading(app) as session:
        return session.scalars(sa.select(ReminderSchedule)).one()


def known(app):
    with reading(app):
        return schedules()


def test_a_schedule_is_added_looked_at_and_kept(app, ada, nothing_changed):
    assert ada.get(f"{HERE}/new").value("steps-2-tone") == "last"
    with nothing_changed():
        page = ada.post(f"{HERE}/new", GENTLE | {"look": "1"}, 200).text
    assert "Mon 23 Nov, 10:00, friendly: 3 working days before" in page and "Thu 26 Nov, 09:00, clear: on the day" in page
    ada.post(f"{HERE}/new", GENTLE)
    assert known(app)["Gentle"] == (Step(-3, Tone.FRIENDLY, 10), Step(0, Tone.CLEAR, 9))
    page = ada.get(HERE).text
    assert "3 working days before (friendly), on the day (clear)" in page and "nothing names it" in page


def test_the_standard_one_can_be_changed_and_everything_follows_it(app, ada):
    assert known(app)["standard"] == SHIPPED
    ada.post(f"{HERE}/standard", typed("after 1 clear 8", name="standard"))
    ada.post(f"{HERE}/standard", typed("after 2 clear 8", name="standard"))
    assert known(app)["standard"] == (Step(2, Tone.CLEAR, 8),)


BAD = (
    (GENTLE | {"name": " "}, "Give the schedule a name"),
    (GENTLE | {"name": "Standard"}, "There is a schedule of this name already"),
    (GENTLE | {"name": "gentle"}, "There is a schedule of this name already"),
    (typed(name="New"), "Choose at least one reminder"),
    (typed("before - friendly 9", name="New"), "Write how many working days"),
    (typed("before 99 friendly 9", name="New"), "Between 1 and 60"),
    (typed("on - friendly 9", "on - clear 10", name="New"), "go out on the same day"),
    (typed("before 1 last 9", "after 1 clear 9", name="New"), "Only the last reminder can be the last call"),
)


def test_what_cannot_be_a_schedule_is_said_and_the_text_stays(ada, gentle):
    for wish, says in BAD:
        ada.refused(f"{HERE}/new", wish, says=says)


def test_what_is_in_use_is_neither_archived_nor_renamed_and_says_by_whom(app, cast, ada, gentle):
    item = make_item(app, cast.project, "Your logo")
    ada.post(f"/staff/projects/{cast.project.id}/reminders", {"schedule": "Gentle"})
    ada.post(f"/staff/items/{item.id}/reminders", {"schedule": "Gentle"})
    make_version(app, replace(WEBSITE, reminders="Gentle"))
    assert "1 project, 1 item and 1 template" in ada.get(HERE).text
    here = f"{HERE}/{gentle.id}"
    assert "is in use" in ada.post(f"{here}/archive", follow=True).text
    ada.refused(here, GENTLE | {"name": "Softly"}, says="Make a copy under the new one")
    ada.post(f"{HERE}/new?like=Gentle", GENTLE | {"name": "Softly"})
    assert set(known(app)) == {"standard", "Gentle", "Softly"}
    for thing in (cast.project, item):
        act(app, lambda thing=thing: setattr(db.session.get_one(type(thing), thing.id), "reminders", ""))
    assert "is in use" in ada.post(f"{here}/archive", follow=True).text
    with reading(app) as session:
        publish(app, session.scalars(sa.select(ProjectTemplate)).one(), replace(WEBSITE, reminders=""))
    assert "Archived." in ada.post(f"{here}/archive", follow=True).text
    assert set(known(app)) == {"standard", "Softly"}
    ada.post(f"{here}/restore")
    assert "Gentle" in known(app)


def test_members_read_and_contacts_never_see_it(app, abe, bea, gentle, nothing_changed):
    assert "Only admins can change it" in abe.get(f"{HERE}/{gentle.id}").text
    with nothing_changed():
        assert "Only admins change the settings" in abe.post(f"{HERE}/{gentle.id}", GENTLE | {"name": "Mine"}, 403).text
        bea.get(HERE, 404)
        bea.post(f"{HERE}/new", GENTLE, 404)


def test_a_template_carries_schedules_into_projects_and_files_and_pulling_knows_them(app, cast, gentle):
    pieces = tuple(replace(piece, reminders="Gentle") if piece.key == "logo" else piece for piece in WEBSITE.items)
    template = replace(WEBSITE, items=pieces)
    assert read(write(template)).template == template
    project = begin(app, cast, make_version(app))
    with reading(app) as session:
        publish(app, session.scalars(sa.select(ProjectTemplate)).one(), replace(template, reminders="Gentle"))
    with reading(app) as session:
        version = latest_version(session.scalars(sa.select(ProjectTemplate.id)).one())
        found = comparing.differences(pulling.running(session.get_one(Project, project.id), version))
        assert [(one.key, one.seen) for one in found] == [("reminders", False), ("items.logo", False)]
    ada = as_viewer(app, cast.ada)
    chosen = {"reminders", "items.logo"}
    act(app, lambda: pulling.pull(db.session.get_one(Project, project.id), chosen, sha256=version.sha256, by=ada), by=ada)
    with reading(app) as session:
        assert session.get_one(Project, project.id).reminders == "Gentle"
        assert session.get_one(Item, items(app, project)["logo"].id).reminders == "Gentle"
        assert comparing.differences(pulling.running(session.get_one(Project, project.id), version)) == []


@pytest.mark.parametrize(("days_before", "tone"), [(29, Tone.CLEAR), (31, Tone.FRIENDLY), (90, Tone.FRIENDLY)])
def test_a_nudge_of_more_than_a_month_ago_leaves_nothing_out_when_another_day_is_named(days_before, tone):
    friendly = datetime(2026, 11, 24, 9, tzinfo=UTC)
    ids = {"item_id": uuid4(), "project_id": uuid4(), "client_id": uuid4()}
    thing = Thing(**ids, day=date(2026, 11, 26), since=friendly - timedelta(days=120), rule="standard", steps=SHIPPED, calendar=Calendar())
    zone, nudged = ZoneInfo("UTC"), friendly - timedelta(days=days_before)
    assert upcoming(thing, zone, friendly - timedelta(hours=1), nudged=nudged).step.tone is tone
    assert (due(thing, zone, friendly + timedelta(hours=35), nudged=nudged) is not None) == (tone is Tone.FRIENDLY)
