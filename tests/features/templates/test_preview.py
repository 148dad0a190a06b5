"""A template as its client will see it: in each language and its direction, with the days of a project that starts then."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from portal.models.people import the_firm
from tests.support.browser import Browser
from tests.support.cast import reading
from tests.support.template_desk import Desk

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def desk(app: Flask, ada: Browser) -> Desk:
    return Desk(app, ada)


def test_it_shows_what_is_open_closed_and_prepared_with_real_days(desk: Desk) -> None:
    page = desk.at("preview?start=2026-09-21")
    screen = page.soup.find(id="as-seen").get_text(" ")
    assert "2 things we need from you" in screen and "About your brand" in screen and "About 6 minutes" in screen
    assert "by Thu 24 Sept" in screen  # three working days after a Monday
    assert "Opens later" in screen and "Opens if you answer “Do you have a logo?” with “Yes”." in screen
    assert "Opens when you have sent “Photos”" not in screen and "We design around your photos." in screen
    with reading(desk.app):
        assert the_firm().calendar.works_on(date(2026, 9, 24))


def test_each_language_is_shown_in_its_direction(app: Flask, desk: Desk) -> None:
    desk.write("about", languages=["de", "ar"])
    german = desk.at("preview?in=de").soup.find(id="as-seen")
    assert (german["lang"], german["dir"]) == ("de", "ltr") and "Über Ihre Marke" in german.get_text()
    page = desk.at("preview?in=ar")
    arabic = page.soup.find(id="as-seen")
    assert (arabic["lang"], arabic["dir"]) == ("ar", "rtl")
    assert "About your brand" in arabic.get_text() and "items are not complete in العربية" in page.text
    assert "own words are not there in العربية yet" in page.text


def test_an_item_never_mixes_two_languages(desk: Desk) -> None:
    desk.write("items/logo?in=de", **{"t:items.logo.why": ""})
    page = desk.at("preview?in=de")
    screen = page.soup.find(id="as-seen").get_text()
    assert "Your logo" in screen and "Ihr Logo" not in screen and "Fotos" in screen
    assert "One item is not complete in Deutsch" in page.text


def test_nonsense_in_the_address_shows_the_first_language_and_the_next_working_day(desk: Desk) -> None:
    for query in ("in=xx&start=yesterday", "start=0001-01-01", ""):
        page = desk.at(f"preview?{query}")
        assert page.soup.find(id="as-seen")["lang"] == "en" and page.value("start") > "2020"


def test_nothing_is_written(desk: Desk, nothing_changed) -> None:  # type: ignore[no-untyped-def]
    with nothing_changed():
        desk.at("preview?in=de")
