"""Whatever goes wrong, a person reads one sentence and finds a way on; also before any door has looked at them."""

from __future__ import annotations


def test_an_unknown_page_is_a_page_for_everybody(nobody, bea, ada):
    for browser, home in ((nobody, "/"), (bea, "/"), (ada, "/staff/")):
        assert home in browser.get("/no/such/page", 404).links


def test_a_form_without_its_token_changes_nothing(bea, cast, app, nothing_changed):
    with nothing_changed():
        page = bea.post("/logout", {"csrf_token": "wrong"}, 400)
    assert page.h1


def test_a_wrong_method_is_said(bea):
    assert bea.get("/logout", 405).h1
