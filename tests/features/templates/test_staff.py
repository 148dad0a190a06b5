"""The shelf of templates: made, looked at, published, named and put away by staff; of nobody else's business."""

import pytest

from portal.models.templates import ProjectTemplate
from tests.support.cast import fresh, reading
from tests.support.templates import WEBSITE, make_template, make_version, publish, without

pytestmark = pytest.mark.sqlite_only
SHELF = "/staff/templates"


def test_a_template_is_named_and_then_waits_to_be_written(app, ada):
    ada.post(f"{SHELF}/new", {"name": "Tax return"})
    with reading(app) as session:
        row = session.query(ProjectTemplate).one()
    page = ada.get(f"{SHELF}/{row.id}")
    assert "Nothing in it yet" in page.text
    assert "Publish version" not in page.text  # there is nothing to publish
    assert "Tax return" in ada.get(SHELF).text


def test_a_name_is_wanted(ada):
    ada.refused(f"{SHELF}/new", {"name": " "}, says="Write a name.")


def test_what_is_in_it_is_said_in_words(app, cast, ada):
    row = make_template(app)
    page = ada.get(f"{SHELF}/{row.id}").text
    assert "3 working days after the start" in page
    assert "3 working days after “Photos” is done" in page
    assert "opens by an answer in “About your brand”" in page
    assert "English, Deutsch" in page


def test_publishing_says_so_and_what_lacks_keeps_it_back(app, cast, ada):
    row = make_template(app)
    ada.post(f"{SHELF}/{row.id}/publish", {"rev": row.rev})
    assert "Projects begin from version 1." in ada.get(f"{SHELF}/{row.id}").text
    broken = make_template(app, without(WEBSITE, "photos"), name="Broken")
    page = ada.post(f"{SHELF}/{broken.id}/publish", {"rev": broken.rev}, 422)
    assert "This cannot be published yet." in page.text
    assert "“Homepage design” waits for “photos”, which is not here." in page.text


def test_a_draft_somebody_changed_is_not_published_by_who_saw_the_older_one(app, cast, ada):
    row = make_template(app)
    assert "Somebody else changed this template" in ada.post(f"{SHELF}/{row.id}/publish", {"rev": "7"}, follow=True).text
    assert fresh(app, row).archived_at is None


def test_it_is_renamed_archived_and_restored(app, cast, ada):
    row = make_template(app)
    publish(app, row)
    ada.post(f"{SHELF}/{row.id}/name", {"name": "Web project"})
    ada.post(f"{SHELF}/{row.id}/archive", {})
    assert "Web project" not in ada.get(SHELF).text.replace("Archived. Projects", "")
    assert "Web project" in ada.get(f"{SHELF}?archived=").text
    ada.post(f"{SHELF}/{row.id}/restore", {})
    assert "Version 1" in ada.get(SHELF).text


def test_contacts_find_no_templates(app, cast, bea, nothing_changed):
    row = make_template(app)
    with nothing_changed():
        for url in (SHELF, f"{SHELF}/{row.id}", f"{SHELF}/{row.id}/name"):
            bea.get(url, 404)
        bea.post(f"{SHELF}/{row.id}/archive", {}, 404)


def test_the_shelf_asks_the_same_of_the_database_for_two_and_for_twenty(app, cast, ada, count_queries):
    for n in range(2):
        make_version(app, name=f"T{n}")
    ada.get(SHELF)
    with count_queries() as two:
        ada.get(SHELF)
    for n in range(2, 10):
        make_version(app, name=f"T{n}")
    with count_queries() as ten:
        ada.get(SHELF)
    assert len(two) == len(ten)
