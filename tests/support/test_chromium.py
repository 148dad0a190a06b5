"""The browser that is found is a browser, and a missing one is named."""

import pytest
from playwright.sync_api import Playwright

from tests.support import chromium


@pytest.mark.journey
def test_the_browser_draws_and_runs_scripts(playwright: Playwright):
    browser = playwright.chromium.launch(**chromium.launch_options())
    page = browser.new_page()
    page.set_content("<h1>Courtside</h1>")
    assert page.evaluate("document.querySelector('h1').textContent") == "Courtside"
    browser.close()


def test_a_missing_browser_is_named_with_what_to_install(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="apt-get install chromium-headless-shell"):
        chromium.find_chromium()


def test_a_wrong_setting_is_not_passed_over_silently(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(FileNotFoundError, match="CHROMIUM says /nowhere/chromium"):
        chromium.find_chromium()
