"""The templates that come with the portal are whole in English and German, start a project, and every page of it can be read."""

from datetime import date

import pytest
import sqlalchemy as sa

from portal.features.templates.shipped import FOLDER, shipped
from portal.kernel.db import db
from portal.kinds.questionnaires import definition_of
from portal.kinds.starting import Start, start
from portal.kinds.templates import FILE_TYPES
from portal.models.clients import Client
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item
from portal.models.people import Person
from portal.models.template.file.writing import write
from portal.models.template.publishing import gaps, problems
from portal.models.templates import ProjectTemplate, TemplateVersion
from tests.support.cast import act, as_viewer, reading

pytestmark = pytest.mark.sqlite_only
LIBRARY = "/staff/templates/library"
BOOKS = {book.key: book for book in shipped()}
WANTED = {
    "new_website",
    "brand_identity",
    "bookkeeping_onboarding",
    "annual_tax_return",
    "legal_matter_intake",
    "building_renovation",
    "photo_video_production",
    "marketing_campaign",
    "software_onboarding",
    "consulting_engagement",
}


def test_what_a_firm_needs_most_is_there():
    assert BOOKS.keys() >= WANTED


@pytest.mark.parametrize("key", BOOKS)
def test_each_is_whole_in_english_and_german_and_says_what_clients_should_hear(key):
    template = BOOKS[key].template
    assert gaps(template, "en") == gaps(template, "de") == []
    assert problems(template, ("en", "de"), file_types=FILE_TYPES) == []
    kinds = [piece.kind for piece in template.items]
    assert set(kinds) == set(ItemKind)
    assert all(piece.why and piece.help and piece.due and piece.stage for piece in template.items)
    assert {"shared_goals", "working_together", "assumptions"} <= {piece.key for piece in template.items}
    assert "Every Friday" in template.item("working_together").spec["assume"]["en"]
    assert template.questionnaires["goals"].question("phone")
    assert sum(kind is ItemKind.APPROVAL for kind in kinds) >= 2
    assert len({question.type for definition in template.questionnaires.values() for question in definition.questions}) >= 10


@pytest.mark.parametrize("key", BOOKS)
def test_each_file_reads_as_an_export_would(key):
    assert (FOLDER / f"{key}.yaml").read_text("utf-8") == write(BOOKS[key].template)


@pytest.mark.parametrize("key", BOOKS)
def test_each_starts_a_project_whose_pages_can_be_read_in_both_languages(app, cast, ada, bea, key):
    ada.post(f"{LIBRARY}/{key}", {})
    project = begin(app, cast, key)
    first = BOOKS[key].template.items[0].title
    assert first["en"] in bea.get(f"/projects/{project.id}").text
    open_everything(app, project)
    speak(app, cast, "de")
    assert first["de"] in bea.get(f"/projects/{project.id}").text
    for item, pages in pages_of(app, project):
        for page in pages:
            assert item.words["de"]["title"] in bea.get(page).text, page


def test_one_tap_adds_a_template_that_projects_can_begin_from(app, cast, ada):
    assert "Annual tax return" in ada.get(LIBRARY).text
    assert "Draft of the return" in ada.get(f"{LIBRARY}/annual_tax_return").text
    page = ada.post(f"{LIBRARY}/annual_tax_return", {}, follow=True)
    assert page.h1 == "Annual tax return"
    assert "Projects begin from version 1." in page.text
    ada.post(f"{LIBRARY}/annual_tax_return", {})  # once more: the firm has it already
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count(ProjectTemplate.id))) == 1
    assert "Open yours" in ada.get(LIBRARY).text


def test_one_that_was_put_away_comes_back(app, ada):
    url = ada.post(f"{LIBRARY}/new_website", {}).location
    ada.post(f"{url}/archive", {})
    ada.post(f"{LIBRARY}/new_website", {})
    assert "New website" in ada.get("/staff/templates").text


def test_nobody_adds_what_does_not_exist_and_clients_add_nothing(ada, bea, nothing_changed):
    with nothing_changed():
        ada.post(f"{LIBRARY}/nonsense", {}, 404)
        bea.post(f"{LIBRARY}/new_website", {}, 404)


def begin(app, cast, key):
    ada = as_viewer(app, cast.ada)
    with reading(app) as session:
        row = session.scalar(sa.select(ProjectTemplate).where(ProjectTemplate.key == key))
        version = session.scalar(sa.select(TemplateVersion).where(TemplateVersion.template_id == row.id))
    wish = Start(version=version, name=row.name, lead_id=cast.ada.id, starts_on=date(2026, 3, 30))
    return act(app, lambda: start(db.session.get_one(Client, cast.birch.id), wish, send=True, by=ada), by=ada)


def open_everything(app, project):
    """As if all that waits for something had opened."""
    mine = sa.update(Item).where(Item.project_id == project.id, Item.kind.in_([ItemKind.FILES, ItemKind.QUESTIONNAIRE]))
    act(app, lambda: db.session.execute(mine.values(state=ItemState.TO_DO)))


def speak(app, cast, language):
    def work():
        db.session.execute(sa.update(Client).where(Client.id == cast.birch.id).values(language=language))
        db.session.execute(sa.update(Person).where(Person.id == cast.bea.id).values(language=language))

    app.config["LANGUAGES_SPOKEN"] = ("en", "de")
    act(app, work)


def pages_of(app, project):
    with reading(app) as session:
        found = []
        for item in session.scalars(sa.select(Item).where(Item.project_id == project.id)):
            home = f"/items/{item.id}"
            if item.kind is ItemKind.QUESTIONNAIRE:
                found.append((item, [f"{home}/sections/{n}" for n, _section in definition_of(item).numbered()]))
            elif item.kind is ItemKind.FILES:
                found.append((item, [f"{home}/files"]))
        return found
