"""Drafts are saved by revision and never overwrite each other; versions are immutable and held only for languages in use."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.features.templates import actions, queries
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.kernel.refusal import Forbidden, Refused
from portal.kinds.plans import draft_steps
from portal.kinds.plans.templates import last_used, published_templates
from portal.kinds.questionnaires.kind import published
from portal.models.people import Firm
from portal.models.questionnaires import QuestionnaireVersion
from portal.models.template.canonical import parse
from portal.models.templates import DraftStep, ProjectTemplate, TemplateVersion
from tests.support.cast import act, as_viewer, reading
from tests.support.templates import WEBSITE, make_template, make_version, publish, without

pytestmark = pytest.mark.sqlite_only


def on(app, cast, row, work):
    ada = as_viewer(app, cast.ada)
    return act(app, lambda: work(db.session.get_one(ProjectTemplate, row.id), ada), by=ada)


def draft_of(app, row):
    with reading(app) as session:
        return parse(session.get_one(ProjectTemplate, row.id).draft)


def test_every_change_can_be_undone_one_after_the_other_and_done_again(app, cast):
    row = make_template(app)
    drafts = [WEBSITE, without(WEBSITE, "photos"), without(WEBSITE, "photos", "home"), without(WEBSITE, "photos", "home", "logo")]
    for n, draft in enumerate(drafts[1:], start=1):
        assert on(app, cast, row, lambda t, ada, d=draft, n=n: actions.save(t, d, rev=n, by=ada)) == n + 1
    rev = len(drafts)
    for way, wanted in (("undo", 2), ("undo", 1), ("redo", 2), ("undo", 1), ("undo", 0), ("redo", 1)):
        rev = on(app, cast, row, lambda t, ada, way=way, rev=rev: actions.walk(t, way, rev=rev, by=ada))
        assert draft_of(app, row) == drafts[wanted]
    other = without(WEBSITE, "home")
    rev = on(app, cast, row, lambda t, ada: actions.save(t, other, rev=rev, by=ada))
    with pytest.raises(Refused, match="nothing to do again"):
        on(app, cast, row, lambda t, ada: actions.walk(t, "redo", rev=rev, by=ada))
    on(app, cast, row, lambda t, ada: actions.walk(t, "undo", rev=rev, by=ada))
    assert draft_of(app, row) == drafts[1]


def test_only_the_last_fifty_changes_are_kept(app, cast):
    row = make_template(app)
    for n in range(1, draft_steps.MOST + 4):
        named = replace(WEBSITE, reminders=str(n))
        on(app, cast, row, lambda t, ada, n=n, named=named: actions.save(t, named, rev=n, by=ada))
    with reading(app) as session:
        steps = session.scalars(sa.select(DraftStep.n).order_by(DraftStep.n)).all()
    assert steps == list(range(3, draft_steps.MOST + 3))


def test_whoever_saves_on_an_older_draft_is_told_and_nothing_is_overwritten(app, cast):
    row, lean = make_template(app), without(WEBSITE, "home")
    on(app, cast, row, lambda t, ada: actions.save(t, lean, rev=1, by=ada))
    with pytest.raises(actions.Changed, match="Somebody else changed this template"):
        on(app, cast, row, lambda t, ada: actions.save(t, WEBSITE, rev=1, by=ada))
    with pytest.raises(actions.Changed):
        on(app, cast, row, lambda t, ada: actions.publish(t, rev=1, by=ada))
    with reading(app) as session:
        assert parse(session.get_one(ProjectTemplate, row.id).draft) == lean


def test_saving_the_same_changes_nothing(app, cast):
    row = make_template(app)
    assert on(app, cast, row, lambda t, ada: actions.save(t, WEBSITE, rev=1, by=ada)) == 1
    with pytest.raises(Refused, match="nothing to undo"):
        on(app, cast, row, lambda t, ada: actions.walk(t, "undo", rev=1, by=ada))


def test_a_version_is_hashed_recorded_and_brings_its_questionnaires_along(app, cast):
    version = make_version(app)
    with reading(app) as session:
        assert parse(version.document) == WEBSITE
        event = session.scalars(sa.select(Event).where(Event.kind == "template.published")).one()
        assert version.sha256 in event.facts
        assert event.audience == "internal"
        assert session.scalar(sa.select(sa.func.count(QuestionnaireVersion.id))) == 1
        assert published() == []  # it stands on no shelf of its own
        assert [v.id for _t, v in published_templates()] == [version.id]
        assert last_used() is None


def test_the_next_version_publishes_only_questionnaires_that_changed(app, cast):
    row = make_template(app)
    publish(app, row)
    second = publish(app, row, without(WEBSITE, "logo"))
    assert second.n == 2
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count(QuestionnaireVersion.id))) == 1
        assert session.scalar(sa.select(sa.func.count(TemplateVersion.id))) == 2
    with pytest.raises(Refused, match="Nothing has changed since version 2"):
        publish(app, row)


def test_publishing_is_held_only_for_languages_somebody_reads(app, cast):
    half = replace(WEBSITE, name={"en": "New website"})
    row = make_template(app, half)
    assert publish(app, row).n == 1  # nobody reads German here
    act(app, lambda: db.session.query(Firm).one().__setattr__("languages", ["en", "de"]))
    with reading(app):
        assert [str(one) for one in queries.lacks(half)] == ["The template has no name in de."]
    with pytest.raises(actions.NotReady) as held:
        publish(app, row, replace(half, reminders=""))
    assert [one.part for one in held.value.problems] == ["name"]


def test_an_archived_template_is_offered_no_longer(app, cast):
    row = make_template(app)
    publish(app, row)
    on(app, cast, row, lambda t, ada: actions.archive(t, by=ada))
    with reading(app):
        assert published_templates() == []
        assert (queries.SHELF.all(), queries.SHELF.archived_count()) == ([], 1)
    with pytest.raises(Refused, match="archived"):
        publish(app, row, without(WEBSITE, "home"))
    on(app, cast, row, lambda t, ada: actions.restore(t, by=ada))
    with reading(app):
        assert [(one.used, one.changed) for one in queries.SHELF.all()] == [(0, False)]


def test_clients_make_no_templates(app, cast):
    row, bea = make_template(app), as_viewer(app, cast.bea)
    for work in (actions.archive, actions.restore, lambda t, by: actions.save(t, WEBSITE, rev=1, by=by)):
        with pytest.raises(Forbidden):
            act(app, lambda work=work: work(db.session.get_one(ProjectTemplate, row.id), by=bea), by=bea)
