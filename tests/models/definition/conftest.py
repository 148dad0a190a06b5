"""A browser page that can load our scripts, without any server: every address is answered from here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.support.chromium import launch_options

STATIC = Path(__file__).parents[3] / "static"
ORIGIN = "http://portal.test"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return launch_options()


def serve_script(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    route.fulfill(body=(STATIC / name).read_text(), content_type="text/javascript")


@pytest.fixture(scope="module")
def rules_page(browser: Browser) -> Iterator[Page]:
    """A page where `twin(definition, answers)` is the browser's rule engine."""
    page = browser.new_page()
    page.route(f"{ORIGIN}/", lambda route: route.fulfill(body="<!doctype html><title>Twin</title>", content_type="text/html"))
    page.route(f"{ORIGIN}/static/*", serve_script)
    page.goto(f"{ORIGIN}/")
    page.evaluate(
        """async () => {
            const { visible, required } = await import('/static/questionnaire.js');
            const { readNumber } = await import('/static/questionnaire-rules.js');
            window.twin = (definition, answers) => [visible(definition, answers), required(definition, answers)];
            window.readNumber = readNumber;
        }"""
    )
    yield page
    page.close()
