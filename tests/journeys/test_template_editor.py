"""Staff build a template by keyboard, drag an item, lose nothing they typed to somebody else, and publish."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from portal.features.templates import drafting
from portal.kernel.db import db
from portal.models.template.canonical import parse
from portal.models.template.editing import grouped
from portal.models.templates import ProjectTemplate, TemplateVersion
from tests.support.axe import violations
from tests.support.cast import act, as_viewer, reading
from tests.support.templates import make_template

pytestmark = [pytest.mark.journey]


def titles(live):
    with reading(live.app) as session:
        draft = parse(session.query(ProjectTemplate).one().draft)
    return {stage.name["en"] if stage else "": [piece.title["en"] for piece in pieces] for stage, pieces in grouped(draft)}


def press_to(page: Page, words: str) -> None:
    """Go on with Tab until the focus stands on what is called so."""
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate("(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent).trim()")
        if here == words:
            return
    raise AssertionError(f"Tab does not lead to {words!r}")


def add(page: Page, fold: str, words: str) -> None:
    """Open a fold, write, and press Enter."""
    press_to(page, fold)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator("#outline")).to_contain_text(words)


def test_a_small_template_is_built_by_keyboard_an_item_dragged_and_all_of_it_published(live, screens):
    screen = screens(width=1280)
    page = screen.page
    screen.enter(live.cast.ada)
    screen.open("/staff/templates/new")
    page.get_by_label("Name").focus()
    page.keyboard.type("New website")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("New website")
    add(page, "Add a milestone", "Getting started")
    for name in ("Your texts", "Your logo"):
        add(page, "Add an item", name)
        page.get_by_label("Working days", exact=True).fill("5")
        expect(page.locator("#outline")).to_contain_text("due 5 working days after the start")  # it saved itself
        expect(page.locator("#line")).to_contain_text("Draft saved")
    add(page, "Add a milestone", "Design")
    press_to(page, "Move Your logo up")
    page.keyboard.press("Enter")
    expect(page.locator("[data-piece]").first).to_contain_text("Your logo")
    assert page.evaluate("document.activeElement.closest('[data-piece]')?.textContent ?? ''").find("Your logo") > -1
    assert titles(live) == {"Getting started": ["Your logo", "Your texts"], "Design": []}
    design = page.locator("[data-stage]").nth(1)
    page.locator("[data-piece]").first.locator("[data-grip]").drag_to(design.locator(".sec__foot"))
    expect(design).to_contain_text("Your logo")
    assert titles(live) == {"Getting started": ["Your texts"], "Design": ["Your logo"]}
    for words, where in (("Undo", "Getting started"), ("Redo", "Design")):
        screen.tap(words)
        expect(page.locator("[data-stage]", has_text=where)).to_contain_text("Your logo")
    assert violations(page) == [] and not screen.stands_out()
    screen.tap("Publish version 1")
    screen.tap("Publish version 1")
    screen.reads("Version 1 is published.")
    with reading(live.app) as session:
        assert session.query(TemplateVersion).count() == 1


def test_somebody_else_saves_the_same_item_and_nothing_typed_is_lost_or_overwritten(live, screens):
    row = make_template(live.app)
    screen = screens(width=390)
    page = screen.page
    screen.enter(live.cast.ada)
    screen.open(f"/staff/templates/{row.id}/items/logo")
    page.get_by_label("What helps them").fill("Mine")
    expect(page.locator("#line")).to_contain_text("Draft saved")
    expect(page.locator("#rev")).to_have_value("2")
    abe = as_viewer(live.app, live.cast.abe)

    def theirs() -> None:
        template = db.session.get_one(ProjectTemplate, row.id)
        logo = parse(template.draft).item("logo")
        drafting.edit(
            template, logo, lambda now: drafting.editing.say_piece(now, {"help": "Theirs"}, language="en"), saw=drafting.seen(logo), by=abe
        )

    act(live.app, theirs, by=abe)
    page.get_by_label("What helps them").fill("Mine, and more")
    expect(page.locator("#line")).to_contain_text("somebody else changed this")
    screen.reads("What stands in the draft now", "Theirs")
    assert page.get_by_label("What helps them").input_value() == "Mine, and more"
    with reading(live.app) as session:
        assert parse(session.get_one(ProjectTemplate, row.id).draft).item("logo").help["en"] == "Theirs"
    screen.tap("Save")
    expect(page.get_by_role("heading", level=1)).to_have_text("New website")
    with reading(live.app) as session:
        assert parse(session.get_one(ProjectTemplate, row.id).draft).item("logo").help["en"] == "Mine, and more"
