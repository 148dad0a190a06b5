"""Staff put a template together: parts are added, ordered, taken out and brought back; questions are edited where all questions are."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.models.definition.canonical import parse as parse_definition
from portal.models.item_states import ItemKind
from portal.models.template.editing import grouped
from portal.models.template.shape import Template
from tests.support.browser import Browser
from tests.support.cast import make_questionnaire
from tests.support.template_desk import Desk

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def desk(app: Flask, ada: Browser) -> Desk:
    return Desk(app, ada)


def order(desk: Desk) -> list[list[str]]:
    return [[piece.key for piece in pieces] for _stage, pieces in grouped(desk.draft)]


def test_an_item_of_every_kind_is_added_where_it_belongs(desk: Desk) -> None:
    for kind in ItemKind:
        page = desk.browser.post(f"{desk.url}/items", {"title": f"A {kind.value}", "kind": kind.value, "stage": "design"})
        assert "/items/i" in page.location
    added = [piece for piece in desk.draft.items if piece.stage == "design" and piece.title["en"].startswith("A ")]
    assert [piece.kind for piece in added] == list(ItemKind)
    asked = next(piece for piece in added if piece.kind is ItemKind.QUESTIONNAIRE)
    assert len(desk.draft.definition(asked).sections) == 1


def test_without_words_nothing_is_added_and_the_rest_stays(desk: Desk) -> None:
    before = desk.draft
    page = desk.browser.post(f"{desk.url}/items", {"title": " ", "kind": "approval", "stage": "design"}, 422)
    assert "Write what you need" in page.text
    assert page.soup.find(id="add-design-fold").has_attr("open") and not page.soup.find(id="add-start-fold").has_attr("open")
    assert "Write a name." in desk.browser.post(f"{desk.url}/milestones", {"name": ""}, 422).text
    assert "Write a name, like" in desk.browser.post(f"{desk.url}/roles", {"name": "", "part": "do"}, 422).text
    assert desk.draft == before


def test_a_milestone_and_a_role_are_added(desk: Desk) -> None:
    desk.browser.post(f"{desk.url}/milestones", {"name": "Launch"})
    desk.browser.post(f"{desk.url}/roles", {"name": "Pays", "part": "do"})
    assert desk.draft.milestones[-1].name == {"en": "Launch"} and desk.draft.roles[-1].name == {"en": "Pays"}
    assert "Launch" in desk.at().text and "Pays" in desk.at().text


def test_parts_move_with_buttons(desk: Desk) -> None:
    assert order(desk) == [["brand", "logo"], ["home"], ["photos"]]
    desk.browser.post(f"{desk.url}/parts/logo/up")
    assert order(desk)[0] == ["logo", "brand"]
    desk.browser.post(f"{desk.url}/parts/brand/down")
    assert order(desk)[:2] == [["logo"], ["brand", "home"]]
    desk.browser.post(f"{desk.url}/parts/design/up")
    assert [stage.key for stage in desk.draft.milestones] == ["design", "start"]


def test_parts_land_where_they_are_dropped(desk: Desk) -> None:
    desk.browser.post(f"{desk.url}/place", {"key": "photos", "stage": "start", "before": "logo"})
    assert order(desk)[0] == ["brand", "photos", "logo"]
    desk.browser.post(f"{desk.url}/place", {"key": "photos", "stage": "", "before": ""})
    assert order(desk)[-1] == ["photos"]
    desk.browser.post(f"{desk.url}/place", {"key": "design", "stage": "", "before": "start"})
    assert [stage.key for stage in desk.draft.milestones] == ["design", "start"]


def test_what_was_removed_meanwhile_cannot_be_moved(desk: Desk) -> None:
    before = desk.draft
    for way in ("parts/nothing/up", "parts/nothing/remove", "place"):
        page = desk.browser.post(f"{desk.url}/{way}", {"key": "nothing", "stage": "", "before": ""}, follow=True)
        assert "Somebody removed this in the meantime." in page.text
    assert desk.draft == before


def test_a_removal_can_be_undone_until_the_next_change(desk: Desk) -> None:
    before = desk.draft
    page = desk.browser.post(f"{desk.url}/parts/brand/remove", follow=True)
    assert desk.draft.item("brand") is None and "brand" not in desk.draft.questionnaires and "Removed from the draft." in page.text
    undo = next(str(form["action"]) for form in page.forms if "/undo/" in str(form.get("action")))
    desk.browser.post(undo)
    assert desk.draft == before
    desk.browser.post(f"{desk.url}/parts/brand/remove")
    desk.write("items/photos", title="More photos")
    assert "Somebody else changed this template" in desk.browser.post(undo, follow=True).text
    assert desk.draft.item("brand") is None


def test_the_last_change_is_undone_and_done_again(desk: Desk) -> None:
    before = desk.draft
    desk.browser.post(f"{desk.url}/parts/photos/up")
    after = desk.draft
    for way, wanted, said in (("undo", before, "The last change was taken back."), ("redo", after, "The change stands again.")):
        page = desk.browser.post(f"{desk.url}/{way}", {"rev": str(desk.row.rev)}, follow=True)
        assert desk.draft == wanted and said in page.text
        assert ("Redo" in page.text) == (way == "undo")
    assert "Somebody else changed" in desk.browser.post(f"{desk.url}/undo", {"rev": "1"}, follow=True).text


def test_questions_are_edited_where_all_are_and_land_in_the_draft(desk: Desk) -> None:
    place = desk.browser.post(f"{desk.url}/items/brand/questions").location
    page = desk.browser.get(place)
    assert (
        "New website: About your brand" in page.text
        and "Publish version" not in page.text
        and f"{desk.url}/questionnaires/brand" in page.links
    )
    section = desk.draft.questionnaires["brand"].sections[0].key
    desk.browser.post(
        f"{place}/sections/{section}/questions", {f"add-{section}-label": "Which colours?", f"add-{section}-type": "short_text"}
    )
    assert [q.label["en"] for q in desk.draft.questionnaires["brand"].questions] == ["Do you have a logo?", "Which colours?"]
    desk.browser.post(f"{desk.url}/undo", {"rev": str(desk.row.rev)})
    assert len(desk.draft.questionnaires["brand"].questions) == 1
    assert "Which colours?" not in desk.browser.get(place).text
    assert "belong to a template" in desk.browser.post(f"{place}/publish", {"rev": "0"}, 409).text
    assert "New website: About your brand" not in desk.browser.get("/staff/questionnaires").text


def test_an_item_without_questions_gets_some(app: Flask, ada: Browser) -> None:
    desk = Desk(app, ada, Template(name={"de": "Neu"}, languages=("de",)))
    desk.browser.post(f"{desk.url}/items", {"title": "Fragen", "kind": "questionnaire", "stage": ""})
    key = desk.draft.items[0].key
    place = desk.browser.post(f"{desk.url}/items/{key}/questions").location
    assert parse_definition(_row(desk, place).draft) == desk.draft.definition(desk.draft.items[0])
    assert _row(desk, desk.browser.post(f"{desk.url}/items/{key}/questions").location).id == _row(desk, place).id


def test_an_item_takes_over_what_a_questionnaire_of_the_firm_asks(app: Flask, ada: Browser, desk: Desk) -> None:
    version = make_questionnaire(app, name="About your shop")
    page = desk.at("items/brand")
    assert [option.text for option in page.soup.select("#take option")] == ["About your shop"]
    place = desk.browser.post(f"{desk.url}/items/brand/questions").location
    was = desk.draft
    shown = desk.browser.post(f"{desk.url}/items/brand/questions/take", {"questionnaire": version.id}, follow=True)
    assert "2 questions" in shown.text
    taken = desk.draft.definition(next(piece for piece in desk.draft.items if piece.key == "brand"))
    assert taken == parse_definition(version.definition) == parse_definition(_row(desk, place).draft)
    desk.browser.post(f"{desk.url}/undo", {"rev": desk.row.rev})
    assert desk.draft == was


def test_without_a_questionnaire_chosen_the_questions_stay(desk: Desk, nothing_changed) -> None:  # type: ignore[no-untyped-def]
    with nothing_changed():
        for chosen in ("", "nothing", str(desk.id)):
            shown = desk.browser.post(f"{desk.url}/items/brand/questions/take", {"questionnaire": chosen}, follow=True)
            assert "Choose a questionnaire first." in shown.text


def test_contacts_find_nothing_and_change_nothing(desk: Desk, bea: Browser, nothing_changed) -> None:  # type: ignore[no-untyped-def]
    with nothing_changed():
        for part in (
            "milestones",
            "items",
            "roles",
            "place",
            "parts/logo/up",
            "parts/logo/remove",
            "items/brand/questions",
            "items/brand/questions/take",
            "undo",
            "redo",
        ):
            bea.post(f"{desk.url}/{part}", {"name": "x", "title": "x", "kind": "files", "part": "do", "key": "logo", "rev": "1"}, 404)


def test_a_problem_of_a_questionnaire_leads_to_its_item(desk: Desk) -> None:
    assert desk.browser.get(f"{desk.url}/questionnaires/brand", 303).location == f"{desk.url}/items/brand"
    desk.browser.get(f"{desk.url}/questionnaires/nothing", 404)


def _row(desk: Desk, place: str):  # type: ignore[no-untyped-def]
    from uuid import UUID

    from portal.models.questionnaires import Questionnaire
    from tests.support.cast import reading

    with reading(desk.app) as session:
        return session.get_one(Questionnaire, UUID(place.split("/")[-1]))
