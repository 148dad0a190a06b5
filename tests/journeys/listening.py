"""The portal on a port of this machine, over http or https, and the mails it sends."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from waitress.server import create_server
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.models.people import Person
from tests.support.browser import Browser
from tests.support.cast import Cast
from tests.support.mails import Mail, send_mail


@dataclass(frozen=True)
class Live:
    """A portal that listens."""

    app: Flask
    cast: Cast
    url: str

    def mails(self, *, to: str = "") -> list[Mail]:
        """The mails that leave now, all or those to one address."""
        return [mail for mail in send_mail(self.app) if to in ("", mail.to)]

    def mail(self) -> Mail:
        """The last mail that leaves now."""
        return self.mails()[-1]


def session_cookie(live: Live, person: Person) -> dict[str, str]:
    """The cookie of a browser in which this person is signed in, as Playwright takes it."""
    name = live.app.config["SESSION_COOKIE_NAME"]
    cookie = Browser(live.app).sign_in(person).client.get_cookie(name, domain=live.url.split("/")[2].split(":")[0])
    assert cookie is not None
    return {"name": name, "value": cookie.value, "url": live.url}


@contextlib.contextmanager
def listening(app: Flask, port: int) -> Iterator[None]:
    """Serve people over http, as a real installation does."""
    server = create_server(app, host="127.0.0.1", port=port, threads=6)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.close()
        with contextlib.suppress(OSError):  # it may have woken up by itself and closed its trigger
            server.trigger.pull_trigger()
        thread.join(10)
        server.task_dispatcher.shutdown()


@contextlib.contextmanager
def listening_safely(app: Flask, port: int, certificate: ssl.SSLContext) -> Iterator[None]:
    """Serve people over https, which a real installation leaves to the proxy in front of it."""
    server = make_server("127.0.0.1", port, app, threaded=True, ssl_context=certificate, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: the tests speak."""
