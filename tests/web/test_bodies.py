"""Whatever a browser sends arrives as text that every database keeps, or is answered in words."""

from __future__ import annotations

import pytest

from tests.support.cast import fresh, make_item


@pytest.mark.parametrize("url", ["/staff/?q=a%00b", "/staff/clients?q=%00", "/staff/?q=%1b%5b2J"])
def test_a_search_for_control_characters_finds_something_or_nothing(ada, url):
    ada.get(url)


def test_control_characters_are_not_kept(app, cast, bea, ada):
    item = make_item(app, cast.project, state="to_do")
    bea.post(f"/items/{item.id}/cannot", {"reason": "We\0 never\x1b[2J had\nthis"})
    assert fresh(app, item).reason == "We never[2J had\nthis"
    ada.post(
        f"/staff/clients/{cast.birch.id}/edit", {"company": "Bir\0ch", "language": "en", "zone": "UTC", "lead": str(cast.ada.id)}, None
    )
    assert "\0" not in fresh(app, cast.birch).name


def test_nothing_is_written_back_to_front(app, cast, bea):
    item = make_item(app, cast.project, state="to_do")
    bea.post(f"/items/{item.id}/cannot", {"reason": "not \u202eevorppa\u202c, \u2067שלום\u2069"})
    assert fresh(app, item).reason == "not evorppa\u202c, \u2067שלום\u2069"


@pytest.mark.parametrize("said", ["https://[", "https://portal.test:x/", "//[", "https://portal.test:99999999/"])
def test_a_page_to_come_from_that_cannot_be_read_counts_as_none(app, cast, bea, nobody, nothing_changed, said):
    with nothing_changed():
        for browser in (bea, nobody):
            browser.post("/me", {"name": "Other"}, 400, Referer=said)


def test_a_page_to_come_from_that_cannot_be_read_does_no_harm_to_reading(nobody):
    nobody.get("/login", Referer="https://[")


@pytest.mark.parametrize("n", ["0", "-1", "x", "9223372036854775807", "9" * 30, "9" * 5000])
def test_a_page_that_no_list_has_is_the_first(cast, ada, n):
    for url in ("/staff/clients", f"/staff/clients/{cast.birch.id}/history"):
        ada.get(f"{url}?page={n}")


def test_a_cookie_of_something_else_that_is_no_text_shuts_nobody_out(app, bea):
    held = bea.client.get_cookie("__Host-portal", domain="portal.test")
    environ = {"HTTP_COOKIE": f"theirs=\xff; __Host-portal={held.value}; other=\x80"}
    answer = app.test_client(use_cookies=False).get("/me", base_url=bea.base, environ_overrides=environ)
    assert answer.status_code == 200 and "Bea" in answer.get_data(as_text=True)


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_nobody_can_mean_is_asked_for_again(app, cast, bea, ada, nothing_changed, day):
    item, stage = make_item(app, cast.project, state="to_do"), cast.milestones[0]
    says = "Choose a day between 2000 and 2099."
    project = f"/staff/projects/{cast.project.id}"
    with nothing_changed():
        bea.refused(f"/items/{item.id}/promise", {"promised_on": day}, says=says)
        ada.refused(f"{project}/milestones/{stage.id}", {"name": "Start", "starts_on": day}, says=says)
        ada.refused(f"{project}/ask", {"kind": "files", "title": "Logo", "due_on": day}, says=says)
        ada.post("/staff/settings/calendar", {"working_days": ["0"], "holidays": day}, 422)
