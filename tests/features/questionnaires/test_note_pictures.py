"""A note shows a picture: drawn anew, told in words, and seen only by whoever sees the note."""

from __future__ import annotations

from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from portal.edges.queue import tidy_up
from portal.features.helping import actions as helping
from portal.kernel.db import db
from portal.models.definition.canonical import parse
from portal.models.definition.shape import Definition, Question, Section, Type
from portal.models.items import Item
from portal.models.questionnaires import NotePicture, Questionnaire, QuestionnaireVersion
from tests.support.browser import Browser
from tests.support.cast import Cast, act, as_viewer, make_item, make_note_picture, make_questionnaire, reading

NAME = Question(key="name", type=Type.SHORT_TEXT, label={"en": "Your name?"})


def photo() -> bytes:
    """A JPEG with something written beside its pixels."""
    out = BytesIO()
    Image.new("RGB", (2400, 1200), (120, 40, 30)).save(out, "JPEG", comment=b"taken at home")
    return out.getvalue()


def questionnaire(app: Flask, note: Question) -> QuestionnaireVersion:
    sections = (Section(key="one", title={"en": "One"}, questions=(NAME,)), Section(key="two", title={"en": "Two"}, questions=(note,)))
    return make_questionnaire(app, Definition(sections=sections))


def note(app: Flask) -> Question:
    return Question(key="hello", type=Type.NOTE, label={"en": "Where it is"}, picture=make_note_picture(app), alt={"en": "The meter"})


def drafted(app: Flask, version: QuestionnaireVersion) -> Question:
    with reading(app):
        found = parse(db.session.get_one(Questionnaire, version.questionnaire_id).draft).question("hello")
    assert found is not None
    return found


def test_staff_add_a_picture_and_clients_see_it_drawn_anew(app: Flask, ada: Browser) -> None:
    version = questionnaire(app, Question(key="hello", type=Type.NOTE, label={"en": "Where it is"}))
    edit = f"/staff/questionnaires/{version.questionnaire_id}"
    ada.get(f"{edit}/questions/hello")
    assert f"{edit}/questions/hello/picture" in ada.page.links
    ada.get(f"{edit}/questions/hello/picture")
    ada.post(f"{edit}/questions/hello/picture", {"picture": (BytesIO(photo()), "meter.jpg"), "alt": "The meter"})
    assert drafted(app, version).alt == {"en": "The meter"}
    shown = ada.get(f"{edit}/questions/hello/picture/shown")
    with Image.open(BytesIO(shown.data)) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (1600, 800)) and b"taken at home" not in shown.data
    page = ada.get(f"{edit}/preview/2")
    assert page.soup.select_one("img.qnote__picture[alt='The meter']")
    ada.post(f"{edit}/questions/hello/picture/remove")
    assert not drafted(app, version).picture and not drafted(app, version).alt


def test_its_words_can_be_changed_alone_and_what_is_wrong_is_said(app: Flask, ada: Browser) -> None:
    version = questionnaire(app, note(app))
    where = f"/staff/questionnaires/{version.questionnaire_id}/questions/hello/picture"
    ada.get(where)
    ada.refused(where, {"alt": ""}, says="for those who cannot see it", status=422)
    ada.refused(where, {"picture": (BytesIO(b"no picture"), "x.png"), "alt": "A door"}, says="cannot read this picture", status=422)
    ada.post(where, {"alt": "A door"})
    assert drafted(app, version).alt == {"en": "A door"} and drafted(app, version).picture
    ada.get(where.replace("hello", "name"), 404)


def test_whoever_sees_the_note_sees_its_picture_and_nobody_else(app: Flask, cast: Cast, bea: Browser, cal: Browser, browse) -> None:
    version = questionnaire(app, note(app))
    item = make_item(app, cast.project, kind="questionnaire", questionnaire_version_id=version.id)
    picture = f"/items/{item.id}/notes/hello/picture"
    page = bea.get(f"/items/{item.id}/sections/2")
    assert page.soup.select_one(f"img[src='{picture}'][alt='The meter'][width]")
    assert bea.get(picture).response.content_type == "image/webp"
    cal.get(picture, 404)
    bea.get(f"/items/{item.id}/notes/name/picture", 404)
    by = as_viewer(app, cast.bea)
    gus = helping.Colleague("Gus", "gus@green.example")
    for piece, status in (("question:name", 404), ("section:two", 200)):
        row = act(app, lambda p=piece: helping.ask(db.session.get_one(Item, item.id), p, gus, by=by).person_id, by=by)  # type: ignore[misc]
        with reading(app) as session:
            person = session.get_one(type(cast.bea), row)
            session.expunge_all()
        browse(person).get(picture, status)


@pytest.mark.sqlite_only
def test_a_picture_without_words_is_not_published(app: Flask, ada: Browser) -> None:
    bare = Question(key="hello", type=Type.NOTE, label={"en": "Where it is"}, picture=make_note_picture(app))
    version = questionnaire(app, bare)
    page = ada.post(f"/staff/questionnaires/{version.questionnaire_id}/publish", {"rev": "0"}, 422)
    assert "does not say in English what its picture shows" in page.text


@pytest.mark.sqlite_only
def test_a_picture_stays_while_anything_names_it_also_if_only_undo_does(app: Flask, cast: Cast, ada: Browser, clock, do_chores) -> None:
    def left() -> set[str]:
        clock.advance(days=2)
        tidy_up(app)
        do_chores()
        clock.advance(days=-2)
        with reading(app) as session:
            return {str(own_id) for own_id in session.scalars(sa.select(NotePicture.id))}

    asked = note(app)
    version = questionnaire(app, asked)
    edit = f"/staff/questionnaires/{version.questionnaire_id}"
    ada.post(f"{edit}/questions/hello/picture", {"picture": (BytesIO(photo()), "meter.jpg"), "alt": "The meter"})
    second = drafted(app, version).picture
    assert left() == {asked.picture, second}, "a version shows one, the draft the other"
    ada.post(f"{edit}/parts/hello/remove", {"rev": str(rev(app, version))})
    assert left() == {asked.picture, second}, "Undo brings it back"
    ada.post(f"{edit}/sections", {"new-title": "More"})
    assert left() == {asked.picture}


def rev(app: Flask, version: QuestionnaireVersion) -> int:
    with reading(app):
        return db.session.get_one(Questionnaire, version.questionnaire_id).rev
