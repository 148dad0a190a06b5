"""The firm's templates: the list, a new one, publishing with what keeps it, versions, and putting one away."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.models.item_states import ItemKind
from portal.models.template.shape import Piece, Template, When
from tests.support.browser import Browser
from tests.support.template_desk import SHELF, Desk
from tests.support.templates import make_template, publish

pytestmark = pytest.mark.sqlite_only


def test_with_nothing_there_the_list_offers_to_write_one(ada: Browser) -> None:
    page = ada.get(SHELF)
    assert "No templates yet" in page.text and f"{SHELF}/new" in page.links


def test_a_new_template_is_blank_or_a_copy_with_its_own_name(app: Flask, ada: Browser) -> None:
    ada.get(f"{SHELF}/new")
    page = ada.post(f"{SHELF}/new", {"name": "Yearly accounts", "start": ""}, follow=True)
    assert page.h1 == "Yearly accounts" and "Draft saved" in page.text
    model = Desk(app, ada)
    assert "From brief to launch" in ada.get(f"{SHELF}/new").text
    ada.post(f"{SHELF}/new", {"name": "Small website", "start": str(model.id)}, follow=True)
    page = ada.get(SHELF)
    assert all(name in page.text for name in ("Yearly accounts", "New website", "Small website"))


def test_without_a_name_nothing_is_made(ada: Browser, nothing_changed) -> None:  # type: ignore[no-untyped-def]
    with nothing_changed():
        assert "Write a name." in ada.post(f"{SHELF}/new", {"name": " ", "start": ""}, 422).text
        assert "Not a valid choice" in ada.post(f"{SHELF}/new", {"name": "Mine", "start": "nothing"}, 422).text


def test_what_keeps_it_from_being_published_leads_to_its_place(app: Flask, ada: Browser) -> None:
    logo = Piece(key="logo", kind=ItemKind.FILES, title={"en": "Logo"}, due=When(days=1, after="item:gone"))
    desk = Desk(app, ada, Template(name={"en": "Site"}, languages=("en",), items=(logo,)))
    for page in (desk.at("publish"), desk.at()):
        assert "“Logo” counts its day from “gone”, which is not here." in page.text and f"{desk.url}/items/logo" in page.links
    page = ada.post(f"{desk.url}/publish", {"rev": "1"}, 422)
    assert "This cannot be published yet." in page.text
    desk.write("items/logo", **{"due-days": ""})
    page = ada.post(f"{desk.url}/publish", {"rev": str(desk.row.rev)}, follow=True)
    assert "Version 1 is published." in page.text and "Projects begin from version 1." in page.text


def test_only_languages_in_use_hold_it_up(app: Flask, ada: Browser) -> None:
    desk = Desk(app, ada)
    desk.write("about", languages=["de", "ja"])
    assert "Nothing keeps it from being published." in desk.at().text and "not complete in" in desk.at().text


def test_publishing_says_what_changes_and_versions_keep_it(app: Flask, ada: Browser) -> None:
    desk = Desk(app, ada)
    publish(app, desk.row)
    ada.post(f"{desk.url}/parts/photos/remove")
    desk.write("items/logo", **{"due-days": "7"})
    ada.post(f"{desk.url}/milestones", {"name": "Launch"})
    told = ("“Photos” is gone", "“Your logo”: day", "“Launch” is new")
    page = desk.at("publish")
    assert all(one in page.text for one in told) and "“Homepage design” waits for “photos”" in page.text
    desk.write("items/home", **{"needs-0-on": "", "due-days": ""})
    ada.post(f"{desk.url}/publish", {"rev": str(desk.row.rev)})
    page = desk.at("versions")
    assert all(one in page.text for one in ("Version 2", "Version 1", "The first version.", *told))


def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(app: Flask, ada: Browser) -> None:
    desk = Desk(app, ada)
    rev = desk.row.rev
    desk.write("items/logo", title="Other")
    assert "Somebody else changed this template" in ada.post(f"{desk.url}/publish", {"rev": str(rev)}, 409).text
    assert "Nothing is published yet." in desk.at("versions").text


def test_one_is_put_away_and_brought_back(app: Flask, ada: Browser) -> None:
    desk = Desk(app, ada)
    page = ada.post(f"{desk.url}/archive", follow=True)
    assert "New website" not in page.soup.select_one("main").get_text() or "Archived" in page.text
    assert "New website" in ada.get(f"{SHELF}?archived").text and "Archived. No project starts from it" in desk.at().text
    assert "archived" in ada.post(f"{desk.url}/publish", {"rev": "1"}, 409).text
    ada.post(f"{desk.url}/restore")
    assert "New website" in ada.get(SHELF).text


def test_contacts_find_nothing(app: Flask, ada: Browser, bea: Browser, nothing_changed) -> None:  # type: ignore[no-untyped-def]
    desk = Desk(app, ada)
    with nothing_changed():
        for url in (SHELF, f"{SHELF}/new", desk.url, f"{desk.url}/publish", f"{desk.url}/versions", f"{desk.url}/preview"):
            bea.get(url, 404)
        for url in (f"{SHELF}/new", f"{desk.url}/publish", f"{desk.url}/archive"):
            bea.post(url, {"name": "x", "rev": "1"}, 404)


def test_the_list_costs_as_many_questions_with_two_rows_as_with_twelve(app: Flask, ada: Browser, count_queries) -> None:  # type: ignore[no-untyped-def]
    for n in range(2):
        publish(app, make_template(app, name=f"Template {n}"))
    with count_queries() as few:
        ada.get(SHELF)
    for n in range(10):
        make_template(app, name=f"More {n}")
    with count_queries() as many:
        ada.get(SHELF)
    assert len(many) == len(few), many
