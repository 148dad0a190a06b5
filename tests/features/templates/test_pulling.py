"""A running project keeps its version; staff take over single changes of a newer one, after seeing what the client would see."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from portal.features.templates import comparing, pulling
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.kernel.refusal import Refused
from portal.kinds.plans.templates import newer_version
from portal.models.definition.shape import Type
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.projects import Milestone, Project
from portal.models.template.shape import Need, Piece, Stage, Template, When
from portal.models.templates import ProjectTemplate, TemplateVersion
from tests.features.templates.test_starting import accept, begin, items, send_photos, stages
from tests.support.cast import act, answer, as_viewer, fresh, reading
from tests.support.templates import BRAND, LOGO, WEBSITE, make_template, publish, without, words

pytestmark = pytest.mark.sqlite_only
TEXTS = Piece(
    key="texts",
    kind="files",
    title=words("Texts", "Texte"),
    stage="launch",
    needs=(Need(item="photos"),),
    due=When(after="item:photos", days=2),
)


def next_template() -> Template:
    """Photos are asked for otherwise, the logo is gone, texts and a milestone are new."""
    pieces = [piece for piece in WEBSITE.items if piece.key != "logo"]
    pieces = [
        replace(p, title=words("Twelve photos", "Zwölf Fotos"), due=When(days=8), spec={"min_count": 12}) if p.key == "photos" else p
        for p in pieces
    ]
    stages = (
        *(replace(s, name=words("Look", "Aussehen")) if s.key == "design" else s for s in WEBSITE.milestones),
        Stage(key="launch", name=words("Launch", "Start")),
    )
    return replace(WEBSITE, items=(*pieces, TEXTS), milestones=stages)


@pytest.fixture
def story(app, cast):
    """A project that began from version 1, of whose template there is a version 2."""
    row = make_template(app)
    project = begin(app, cast, publish(app, row))
    return project, publish(app, row, next_template())


def seen(app, project):
    with reading(app) as session:
        known = session.get_one(Project, project.id)
        version = newer_version(known)
        return {one.key: one for one in comparing.differences(pulling.running(known, version))} if version else {}


def pull(app, cast, project, version, *keys):
    ada = as_viewer(app, cast.ada)
    return act(app, lambda: pulling.pull(db.session.get_one(Project, project.id), keys, sha256=version.sha256, by=ada), by=ada)


def test_every_difference_is_listed_with_before_and_after(app, cast, story):
    found = seen(app, story[0])
    assert {key: one.verb for key, one in found.items()} == {
        "milestones.design": "rename", "items.photos": "change", "items.texts": "add", "items.logo": "remove"
    }  # fmt: skip
    lines = {line.field: (line.before, line.after) for line in found["items.photos"].lines}
    assert lines["title"] == ("Photos", "Twelve photos")
    assert lines["spec"] == ({}, {"min_count": 12})
    assert set(lines) == {"title", "spec", "due"}


def test_what_fits_is_said_part_by_part(app, cast, ada):
    row = make_template(app)
    project = begin(app, cast, publish(app, row))
    spec = {"types": ["image"], "min_width": 1200, "max_pages": 3}
    pieces = tuple(replace(p, spec=spec) if p.key == "photos" else p for p in WEBSITE.items)
    publish(app, row, replace(WEBSITE, items=pieces))
    page = ada.get(f"/staff/projects/{project.id}/template").text
    assert "anything" in page
    assert "which files fit: Pictures (JPEG, PNG, HEIC) · pictures, px wide at least: 1,200 · pages, at most: 3" in page


def test_how_something_is_decided_is_said_and_taken_over(app, cast, ada):
    row = make_template(app)
    project = begin(app, cast, publish(app, row))
    pieces = tuple(replace(p, spec={"rule": "some", "need": 2, "rounds": 3}) if p.key == "home" else p for p in WEBSITE.items)
    version = publish(app, row, replace(WEBSITE, items=pieces))
    page = ada.get(f"/staff/projects/{project.id}/template").text
    assert "What is decided, and how" in page and "as usual" in page
    assert "who has to say yes: Some of them are enough · how many of them: 2 · rounds of changes agreed: 3" in page
    assert "“Homepage design”: how it is decided" in ada.get(f"/staff/templates/{row.id}/versions").text
    pull(app, cast, project, version, "items.home")
    assert items(app, project)["home"].spec == {"rule": "some", "need": 2, "rounds": 3}


def test_only_what_is_chosen_changes_and_the_rest_can_be_chosen_later(app, cast, story):
    project, version = story
    assert pull(app, cast, project, version, "items.photos") == 1
    made = items(app, project)
    assert (made["photos"].text("title", "de"), made["photos"].spec) == ("Zwölf Fotos", {"min_count": 12})
    assert made["logo"].state is ItemState.LOCKED
    assert set(seen(app, project)) == {"milestones.design", "items.texts", "items.logo"}
    pull(app, cast, project, version, "milestones.design", "items.texts", "items.logo")
    made = items(app, project)
    assert (made["texts"].state, made["logo"].state) == (ItemState.LOCKED, ItemState.WAIVED)
    assert fresh(app, project).template_version_id == version.id
    assert seen(app, project) == {}


def test_what_is_new_opens_and_gets_its_day_like_the_rest(app, cast, story):
    project, version = story
    pull(app, cast, project, version, "items.texts")
    made = items(app, project)
    send_photos(app, cast, made["photos"])
    accept(app, cast, made["photos"])
    texts = fresh(app, made["texts"])
    assert texts.state is ItemState.TO_DO
    assert texts.due_on is not None


def later(app, row, *stages):
    """The next version, with these milestones instead."""
    known = {stage.key: stage for stage in stages}
    return publish(app, row, replace(WEBSITE, milestones=tuple(known.get(stage.key, stage) for stage in WEBSITE.milestones)))


def test_other_days_of_milestones_are_shown_and_move_only_when_they_are_taken(app, cast, ada):
    row = make_template(app)
    project = begin(app, cast, publish(app, row))
    before = stages(app, project)
    version = later(app, row, replace(WEBSITE.stage("start"), ends=When(days=8)))
    found = seen(app, project)
    assert set(found) == {"days.start", "days.design"}  # the second is counted from the first
    assert [(line.field, line.before, line.after) for line in found["days.start"].lines] == [("ends", date(2026, 4, 6), date(2026, 4, 9))]
    page = ada.get(f"/staff/projects/{project.id}/template").text
    assert "Move the milestone “Getting started”" in page and "The client will see:" in page
    assert (stages(app, project)["start"].ends_on, before["start"].ends_on) == (date(2026, 4, 6), date(2026, 4, 6))
    pull(app, cast, project, version, "days.start")
    line = stages(app, project)
    assert (line["start"].ends_on, line["design"].starts_on) == (date(2026, 4, 9), before["design"].starts_on)
    assert set(seen(app, project)) == {"days.design"}
    pull(app, cast, project, version, "days.design")
    assert stages(app, project)["design"].starts_on == date(2026, 4, 10)
    assert fresh(app, items(app, project)["brand"]).slips_on == date(2026, 4, 9)
    with reading(app) as session:
        told = session.scalars(sa.select(Event).where(Event.kind == "milestones.changed").order_by(Event.seq)).all()
    assert ['"ends_on":"2026-04-09"' in one.facts for one in told] == [True, False]
    assert fresh(app, project).template_version_id == version.id


def test_what_counts_from_a_milestone_counts_from_the_day_that_was_agreed_on(app, cast):
    row = make_template(app)
    project = begin(app, cast, publish(app, row))
    start = stages(app, project)["start"]
    act(app, lambda: db.session.get_one(Milestone, start.id).__setattr__("ends_on", date(2026, 4, 20)))
    version = later(app, row, replace(WEBSITE.stage("design"), starts=When(after="stage:start", days=3)))
    (found,) = seen(app, project).values()
    assert (found.key, found.lines[0].after) == ("days.design", date(2026, 4, 23))
    pull(app, cast, project, version, "days.design")
    line = stages(app, project)
    assert (line["start"].ends_on, line["design"].starts_on) == (date(2026, 4, 20), date(2026, 4, 23))


def test_a_day_that_now_counts_from_something_yet_to_happen_is_set_when_it_does(app, cast, ada):
    row = make_template(app)
    project = begin(app, cast, publish(app, row))
    version = later(app, row, replace(WEBSITE.stage("start"), ends=When(after="item:photos", days=1)))
    assert "1 working day after “Photos” is accepted" in ada.get(f"/staff/projects/{project.id}/template").text
    pull(app, cast, project, version, "days.start")
    assert stages(app, project)["start"].ends_on is None
    made = items(app, project)
    send_photos(app, cast, made["photos"])
    accept(app, cast, made["photos"])
    assert stages(app, project)["start"].ends_on is not None


def test_a_milestone_that_is_closed_or_would_end_before_it_starts_keeps_its_days(app, cast):
    row = make_template(app)
    project = begin(app, cast, publish(app, row))
    version = later(app, row, replace(WEBSITE.stage("start"), starts=When(days=3)))
    start = stages(app, project)["start"]
    act(app, lambda: db.session.get_one(Milestone, start.id).__setattr__("ends_on", start.starts_on))
    with pytest.raises(Refused, match="before"):
        pull(app, cast, project, version, "days.start")
    theirs = sa.update(Item).where(Item.milestone_id == start.id).values(state=ItemState.ACCEPTED)
    act(app, lambda: db.session.execute(theirs))
    assert seen(app, project) == {}


def test_what_was_written_by_hand_is_no_difference_and_stays(app, cast, story):
    project, version = story
    made = items(app, project)
    act(app, lambda: db.session.get_one(Item, made["photos"].id).__setattr__("minutes", 44))
    pull(app, cast, project, version, "items.photos")
    assert fresh(app, made["photos"]).minutes == 44


def test_what_is_sent_stays_as_it_is(app, cast, story):
    project, version = story
    made = items(app, project)
    send_photos(app, cast, made["photos"])
    assert seen(app, project)["items.photos"].settled
    with pytest.raises(Refused, match="Choose at least one change"):
        pull(app, cast, project, version, "items.photos")


def test_a_version_nobody_looked_at_is_not_taken(app, cast, story):
    project, version = story
    with reading(app) as session:
        row = session.get_one(ProjectTemplate, version.template_id)
    publish(app, row, replace(next_template(), reminders="gentle"))
    with pytest.raises(Refused, match="newer version was published in the meantime"):
        pull(app, cast, project, version, "items.photos")


def test_a_project_without_anything_newer_takes_nothing(app, cast, ada):
    project = begin(app, cast)
    assert "Nothing to take over" in ada.get(f"/staff/projects/{project.id}/template").text
    assert "Nothing to take over" in ada.get(f"/staff/projects/{cast.project.id}/template").text


def test_the_page_says_what_the_client_will_see_and_takes_over_what_is_ticked(app, cast, ada, bea, story, nothing_changed):
    project, version = story
    url = f"/staff/projects/{project.id}/template"
    assert "Its template has a newer version 2" in ada.get(f"/staff/clients/{cast.birch.id}?project={project.id}").text
    page = ada.get(url).text
    assert "Change “Photos”" in page
    assert "The client gets an email with it." in page
    with nothing_changed():
        bea.get(url, 404)
        bea.post(url, {"changes": ["items.photos"]}, 404)
        assert "Choose at least one change" in ada.post(url, {"sha256": version.sha256}, follow=True).text
    ada.post(url, {"changes": ["items.photos", "items.texts"], "sha256": version.sha256})
    assert "Twelve photos" in bea.get(f"/projects/{project.id}").text
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count(TemplateVersion.id))) == 2


def test_a_draft_that_others_wait_for_can_be_thrown_away(app, cast, ada):
    project = begin(app, cast, send=False)
    made = items(app, project)
    ada.post(f"/staff/items/{made['photos'].id}/remove", {})
    ada.post(f"/staff/projects/{project.id}/send", {})
    assert fresh(app, made["home"]).state is ItemState.PREPARING


@pytest.mark.parametrize("kind", [Type.SHORT_TEXT, Type.SECRET, Type.ONE_CHOICE])
def test_an_answer_is_never_read_as_something_else(app, cast, kind):
    row = make_template(app)
    project = begin(app, cast, publish(app, row))
    answer(app, items(app, project)["brand"], "logo", "yes")
    others = (replace(LOGO.options[0], key="sure"), LOGO.options[1])
    asked = replace(LOGO, type=kind, options=others if kind is Type.ONE_CHOICE else ())
    brand = replace(BRAND, sections=(replace(BRAND.sections[0], questions=(asked,)),))
    version = publish(app, row, replace(without(WEBSITE, "logo"), questionnaires={"brand": brand}))
    with pytest.raises(Refused, match="is answered already"):
        pull(app, cast, project, version, "items.brand")
