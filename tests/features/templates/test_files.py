"""Templates come in and go out as one file: looked at before anything is kept, and nothing typed is lost."""

from dataclasses import replace
from io import BytesIO

import pytest
import sqlalchemy as sa

from portal.models.definition.shape import Question, Type
from portal.models.template.canonical import parse
from portal.models.template.editing import put_questions
from portal.models.template.file.writing import write
from portal.models.template.file.yaml_file import read
from portal.models.templates import ProjectTemplate
from tests.support.cast import fresh, make_note_picture, reading
from tests.support.templates import WEBSITE, make_template, without, words

pytestmark = pytest.mark.sqlite_only
IMPORT = "/staff/templates/import"
TEXT = write(WEBSITE)


def rows(app):
    with reading(app) as session:
        return session.scalars(sa.select(ProjectTemplate)).all()


def test_what_is_handed_out_comes_back_as_it_was(app, ada):
    row = make_template(app)
    page = ada.get(f"/staff/templates/{row.id}/file")
    assert page.headers["Content-Disposition"] == "attachment; filename=\"New website.yaml\"; filename*=UTF-8''New%20website.yaml"
    ada.post(IMPORT, {"text": page.data.decode(), "into": "", "keep": "1"})
    copy = next(one for one in rows(app) if one.id != row.id)
    assert parse(copy.draft) == WEBSITE


def test_a_look_keeps_nothing_and_says_what_it_would_be(app, ada, nothing_changed):
    with nothing_changed():
        page = ada.post(IMPORT, {"text": TEXT, "into": "", "check": "1"}, 200)
    assert "4 items" in page.text
    assert "It can be published as it is." in page.text
    assert page.value("text").strip() == TEXT.strip()


def test_every_problem_is_told_with_line_and_field_and_the_text_stays(ada, nothing_changed):
    wrong = TEXT.replace("kind: files", "kind: file", 1).replace("due: 5", "due: five")
    with nothing_changed():
        page = ada.post(IMPORT, {"text": wrong, "into": "", "keep": "1"}, 422)
    line = wrong[: wrong.index("kind: file\n")].count("\n") + 1
    assert f"Line {line} items.logo.kind “file” is not known here. Did you mean “files”?" in page.text
    assert "items.photos.due" in page.text
    assert page.value("text").strip() == wrong.strip()


def test_what_is_missing_in_a_language_in_use_is_told_but_a_draft_may_be_kept(app, ada):
    short = TEXT.replace("      en: Your logo\n", "")
    page = ada.post(IMPORT, {"text": short, "into": "", "check": "1"}, 200)
    assert "English one text is missing" in page.text
    assert "items.logo.title" in page.text and "has no “title” in English." in page.text
    ada.post(IMPORT, {"text": short, "into": "", "keep": "1"})
    assert len(rows(app)) == 1


def test_a_file_counts_before_what_was_typed_and_stands_in_the_text_afterwards(app, ada):
    page = ada.post(IMPORT, {"text": "", "into": "", "check": "1", "file": (BytesIO(TEXT.encode()), "website.yaml")}, 200)
    assert page.value("text").strip() == TEXT.strip()
    broken = ada.post(IMPORT, {"text": "", "into": "", "check": "1", "file": (BytesIO(b"\x00\xff"), "logo.png")}, 422)
    assert "a character that no text has" in broken.text


def test_it_may_become_the_draft_of_one_the_firm_has_and_undo_brings_the_other_back(app, ada):
    row = make_template(app)
    lean = write(without(WEBSITE, "logo"))
    ada.post(IMPORT, {"text": lean, "into": str(row.id), "keep": "1"})
    assert parse(fresh(app, row).draft) == read(lean).template
    ada.post(f"/staff/templates/{row.id}/undo", {"rev": str(fresh(app, row).rev)})
    assert parse(fresh(app, row).draft) == WEBSITE


def test_the_notes_of_the_one_it_replaces_keep_their_pictures(app, ada):
    """Files carry no pictures, so a file that went out and comes back must not take them away."""
    brand = WEBSITE.questionnaires["brand"]
    section = brand.sections[0]
    note = Question(key="meter", type=Type.NOTE, label=words("Where it is"), picture=make_note_picture(app), alt={"en": "The meter"})
    shown = replace(brand, sections=(replace(section, questions=(*section.questions, note)),))
    row = make_template(app, put_questions(WEBSITE, "brand", shown))
    changed = ada.get(f"/staff/templates/{row.id}/file").data.decode().replace("Where it is", "Where it hangs")
    ada.post(IMPORT, {"text": changed, "into": str(row.id), "keep": "1"})
    kept = parse(fresh(app, row).draft).questionnaires["brand"].question("meter")
    assert (kept.picture, kept.alt, kept.label["en"]) == (note.picture, note.alt, "Where it hangs")


def test_it_goes_into_nobody_elses(app, ada, bea, nothing_changed):
    row = make_template(app)
    with nothing_changed():
        ada.post(IMPORT, {"text": TEXT, "into": "0" * 32, "keep": "1"}, 422)
        bea.post(IMPORT, {"text": TEXT, "into": "", "keep": "1"}, 404)
        bea.get(f"/staff/templates/{row.id}/file", 404)


def test_what_each_language_lacks_is_listed(app, ada):
    short = read(TEXT.replace("      de: Ihr Logo\n", "")).template
    row = make_template(app, short)
    page = ada.get(f"/staff/templates/{row.id}/languages").text
    assert "“Your logo” has no “name” in Deutsch." in page
    assert "Deutsch no client reads it yet One text is missing" in page
    assert "English" in page and "Complete" in page
