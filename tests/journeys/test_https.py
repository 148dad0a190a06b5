"""The same over https, where browsers send and keep things differently: sign in by mail, and send a file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Request

from tests.journeys.hands import Screen
from tests.journeys.listening import Live, listening_safely
from tests.journeys.promises import file_arrived
from tests.support import cast as people
from tests.support.cast import PDF, make_item
from tests.support.house import sqlite_house
from tests.support.ports import free_port
from tests.support.tls import temp_certificate

pytestmark = pytest.mark.journey


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """A real installation (production, https)."""
    port = free_port()
    url = f"https://localhost:{port}"
    with contextlib.ExitStack() as opened:
        certificate = opened.enter_context(temp_certificate())
        house = opened.enter_context(sqlite_house(tmp_path, people.hire, base_url=url, port=port))
        opened.enter_context(listening_safely(house.app, port, certificate.server_context()))
        yield Live(house.app, people.meet(house.app), url)


def test_sign_in_and_send_a_file(live: Live, browser: Chromium) -> None:
    item = make_item(live.app, live.cast.project, "Your logo")
    bea = live.cast.bea
    with Screen(live, browser, width=390, ignore_https_errors=True) as hand:
        sent: list[Request] = []
        hand.page.on("request", lambda request: sent.append(request) if request.method in {"POST", "PUT"} else None)
        hand.open(f"/items/{item.id}")
        hand.type("Your email address", bea.email_typed)
        hand.tap("Email me a link")
        hand.stands_at("Check your email")
        hand.open(live.mails(to=bea.email_typed)[-1].link)
        hand.tap("Continue")
        hand.stands_at("Your logo")
        hand.choose("Logo.pdf", PDF)
        hand.tap("Send these files")
        hand.stands_at("Thank you, “Your logo” is with us")
        file_arrived(live, item, name="Logo.pdf", content=PDF, sender="Bea Birch")

        said = [request.all_headers() for request in sent]
        assert [request.method for request in sent] == ["POST", "POST", "POST", "PUT", "POST", "POST"], (
            "sign in, claim, announce, bring, finish, send"
        )
        assert all(head["origin"] == live.url and head["referer"].startswith(live.url + "/") for head in said)
        cookies = hand.context.cookies()
        assert [cookie["name"] for cookie in cookies] == ["__Host-portal"]
        assert all(c["secure"] and c["httpOnly"] and c["sameSite"] == "Lax" and c["path"] == "/" for c in cookies)
        elsewhere = hand.context.request.post(f"{live.url}/logout", headers={"Referer": "https://elsewhere.example/"})
        assert elsewhere.status == 400
        hand.open("/")
        hand.reads("Hello Bea")
