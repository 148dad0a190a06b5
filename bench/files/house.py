"""The real server on a folder of its own: a firm, clients who may send files, and the cookies they hold."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from bench.seed import seed
from config import Config
from portal.app import create_app
from portal.edges import schema
from portal.kernel.action import action
from portal.kernel.db import db, open_session
from portal.kernel.viewer import SYSTEM
from portal.models import sessions
from portal.models.clients import Membership
from portal.models.files import Upload
from portal.models.item_states import ItemState, WaitingOn
from portal.models.items import Item
from portal.models.people import Person
from portal.storage.current import store

ROOT = Path(__file__).resolve().parents[2]
HOST = "portal.example"
PEOPLE = 40
WHAT_FITS = {"max_count": 5000, "max_bytes": 2**40}


@dataclass(frozen=True)
class Place:
    """An item that waits for files, and the cookie of the one who may send them."""

    item: UUID
    cookie: str


class House:
    """One installation. `more` are further settings, such as a bucket."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.settings = {
            "PORTAL_MODE": "production",
            "BASE_URL": f"https://{HOST}",
            "MAIL_URL": f"file:{folder / 'mail'}",
            "SECRET_KEY": secrets.token_hex(32),
            "DATA_DIR": str(folder),
            "ALLOW_UNSCANNED": "1",
            **more,
        }
        self.app = create_app(Config.from_env(self.settings))
        self.store = store()
        with self.app.app_context():
            schema.migrate()
            seed(PEOPLE)
            _let_everything_come()
            self._places = _places(self.app)
        self.looker = next(self._places)

    def place(self) -> Place:
        """An item nothing was sent for yet."""
        return next(self._places)

    def stored(self, item: UUID) -> list[tuple[str, int, str]]:
        """What the portal has for an item: key, bytes and SHA-256, as its rows say."""
        with self.app.app_context(), Session(db.engine) as session:
            session.info.update(viewer=SYSTEM, writes=False)
            table = Upload.__table__.c
            rows = session.connection().execute(sa.select(table.key, table.bytes, table.sha256).where(table.item_id == item)).all()
            return [(row.key, row.bytes, row.sha256) for row in rows]

    def open(self, key: str):  # type: ignore[no-untyped-def]
        """The bytes under a key."""
        return self.store.open(key)

    def upload_of(self, item: UUID) -> UUID:
        """The one upload of an item."""
        with self.app.app_context(), db.engine.connect() as line:
            return line.execute(sa.select(Upload.__table__.c.id).where(Upload.__table__.c.item_id == item)).scalar_one()

    def command(self, *words: str, **more: str) -> str:
        """What a command of the portal prints."""
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        return subprocess.run(command, cwd=ROOT, env=keep | self.settings | more, check=True, capture_output=True, text=True).stdout

    @contextlib.contextmanager
    def serving(self, **more: str) -> Iterator[Server]:
        """The real `flask serve` with its worker, as long as the block runs."""
        server = Server(self, **more)
        server.start()
        try:
            yield server
        finally:
            server.stop()


class Server:
    """One process of `flask serve`; may be killed and started again."""

    def __init__(self, house: House, **more: str) -> None:
        self.house = house
        self.port = free_port()
        self._settings = {**house.settings, "PORT": str(self.port), **more}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its number; 0 when it does not run."""
        return self.process.pid if self.process else 0

    def start(self) -> None:
        """Start it and wait for the first answer."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--threads", os.environ.get("BENCH_THREADS", "8")]
        log = (self.house.folder / "serve.log").open("ab")
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.process = subprocess.Popen(command, cwd=ROOT, env=keep | self._settings, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The portal did not start:\n{(self.house.folder / 'serve.log').read_text()[-2000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """Let it end in order."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=20)
            self.kill()

    def _answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/healthz", headers={"Host": HOST})
            return line.getresponse().status == 200
        except OSError:
            return False
        finally:
            line.close()


def free_port() -> int:
    """A port nobody listens on."""
    from tests.support.ports import free_port as found

    return int(found())


def _let_everything_come() -> None:
    with Session(db.engine) as session:
        session.info.update(viewer=None, writes=True)
        line = session.connection(execution_options={"writes": True})
        waits = {"state": ItemState.TO_DO, "waiting_on": WaitingOn.CLIENT, "spec": WHAT_FITS}
        line.execute(sa.update(Item.__table__).values(**waits))
        session.commit()


def _places(app: Flask) -> Iterator[Place]:
    """Every item of every client, each with a cookie of that client's contact."""
    found = []
    with Session(db.engine) as session:
        session.info.update(viewer=SYSTEM, writes=False)
        held = Membership.__table__.c
        people = session.connection().execute(sa.select(held.client_id, held.person_id)).all()
        items = session.connection().execute(sa.select(Item.__table__.c.client_id, Item.__table__.c.id)).all()
    for client_id, person_id in people:
        cookie = _cookie(app, person_id)
        found += [Place(item_id, cookie) for owner, item_id in items if owner == client_id]
    return iter(found)


def _cookie(app: Flask, person_id: UUID) -> str:
    token = secrets.token_urlsafe(32)
    open_session(SYSTEM, writes=True)
    person = db.session.get_one(Person, person_id)
    action(sessions.begin)(person, token, method="bench", keep=True, ua="", ip_net="")
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    held = serializer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
    return f"{app.config['SESSION_COOKIE_NAME']}={held}"
