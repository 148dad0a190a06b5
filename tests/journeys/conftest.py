"""A portal that really listens on a port, and somebody who walks through it.

live      the portal, as new: live.app, live.cast, live.url; live.mails() sends what is due, live.mail() is the last of them
hand      somebody at a phone, at a desk (both in Chromium), and without scripts: one after the other, see hands.py
screens   for tests that need Chromium itself: screens(width=1280) opens one more
enter     enter(context, person) signs a browser context in without walking through the mail
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext

from portal.models.people import Person
from tests.journeys.hands import Hand, Plain, Screen
from tests.journeys.listening import Live, listening, session_cookie
from tests.support import cast as people
from tests.support.cast import Cast
from tests.support.chromium import launch_options
from tests.support.house import House, sqlite_house
from tests.support.ports import free_port

WIDTHS = {"phone": 390, "desk": 1280}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return launch_options()


@pytest.fixture(scope="session")
def _listening_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Cast, str]]:
    """One portal that listens for as long as this process tests."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with sqlite_house(tmp_path_factory.mktemp("live"), people.hire, mode="demo", base_url=url, port=port) as house:
        cast = people.meet(house.app)
        with listening(house.app, port):
            yield house, cast, url


@pytest.fixture
def live(_listening_house: tuple[House, Cast, str], tmp_path: Path) -> Iterator[Live]:
    """The portal, as new."""
    house, cast, url = _listening_house
    yield Live(house.renew(tmp_path), cast, url)
    house.close()


@pytest.fixture(scope="module")
def swept() -> Iterator[None]:
    """What a broken line leaves half read in the web server is thrown away here, and not during another file's tests."""
    yield
    gc.collect()


@pytest.fixture
def screens(live: Live, browser: Chromium) -> Iterator[Callable[..., Screen]]:
    """Open more screens; at the end none of them may have complained."""
    with contextlib.ExitStack() as opened:
        yield lambda width=WIDTHS["desk"], **how: opened.enter_context(Screen(live, browser, width=width, **how))


@pytest.fixture(params=[*WIDTHS, "plain"])
def hand(request: pytest.FixtureRequest, live: Live) -> Iterator[Hand]:
    """Somebody at a phone, somebody at a desk, somebody without scripts."""
    if request.param == "plain":
        yield Plain(live)
    else:
        yield request.getfixturevalue("screens")(width=WIDTHS[request.param])


@pytest.fixture
def enter(live: Live) -> Callable[[BrowserContext, Person], None]:
    """Sign a browser context in."""
    return lambda context, person: context.add_cookies([session_cookie(live, person)])
