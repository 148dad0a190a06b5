"""The templates that come with the portal are whole in English and German, start a project, and every page of it can be read."""

import pytest
import sqlalchemy as sa

from portal.features.templates.shipped import FOLDER, shipped
from portal.kinds.plans.templates import FILE_TYPES
from portal.models.item_states import ItemKind
from portal.models.template.file.writing import write
from portal.models.template.publishing import gaps, problems
from portal.models.templates import ProjectTemplate
from tests.support.cast import reading
from tests.support.templates import begin_shipped, open_everything, pages_of, speak

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
def test_each_starts_a_project_whose_pages_can_be_read_in_both_languages(app, cast, bea, key):
    project = begin_shipped(app, cast, key)
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
    book = ada.get(f"{LIBRARY}/annual_tax_return").text
    assert "Draft of the return" in book and "Opens when “" in book and "working days after “" in book
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
