"""A portal that really listens on a port, and a real browser to walk through it.

live      the portal, once on SQLite and once on PostgreSQL: live.app, live.cast, live.url; live.mail() sends what is due
enter     enter(context, person) signs a browser context in without walking through the mail
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.kernel.db import db
from portal.models.people import Person
from tests.support import cast as people
from tests.support.browser import Browser
from tests.support.cast import Cast
from tests.support.chromium import launch_options
from tests.support.house import build, configuration, create_schema
from tests.support.mails import Mail, send_mail
from tests.support.ports import free_port
from tests.support.postgres import create_database, database_url


class Quiet(WSGIRequestHandler):
    """Writes no log."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Live:
    """A portal that listens."""

    app: Flask
    cast: Cast
    url: str

    def mail(self) -> Mail:
        """The mail that leaves now."""
        return send_mail(self.app)[-1]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return launch_options()


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Live]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    database = ""
    if request.param == "postgresql":
        server, name = request.getfixturevalue("postgres_server"), f"live_{port}"
        create_database(server, name)
        database = database_url(server, name)
    app = build(configuration(tmp_path, database_url=database, mode="demo", base_url=url, port=port))
    app.testing = False
    create_schema(app)
    people.hire(app)
    with _listening(app, port):
        yield Live(app, people.meet(app), url)
    with app.app_context():
        db.engine.dispose()


@contextlib.contextmanager
def _listening(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@pytest.fixture
def enter(live: Live) -> Callable[[BrowserContext, Person], None]:
    """Sign a browser context in."""

    def sign_in(context: BrowserContext, person: Person) -> None:
        cookie = Browser(live.app).sign_in(person).client.get_cookie("portal", domain="127.0.0.1")
        assert cookie is not None
        context.add_cookies([{"name": "portal", "value": cookie.value, "url": live.url}])

    return sign_in
