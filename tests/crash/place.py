"""The installation that is killed: a fresh data folder with a firm, one client and things to send, and what lies in it afterwards."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock

import sqlalchemy as sa
from flask import Flask

from config import Config
from portal.app import create_app
from portal.edges import schema
from portal.kernel import outbox
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from portal.models import sessions
from portal.models.clients import Client
from portal.models.files import Incoming, Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.previews import Preview
from portal.storage import NoSuchKey
from portal.storage.current import store
from portal.storage.s3 import Place as BucketPlace
from tests.support import cast
from tests.support.browser import _sign
from tests.support.clamd import running_clamd
from tests.support.ports import free_port
from tests.support.postgres import temp_database, temp_postgres
from tests.support.seaweed import running_seaweed

HOST = "portal.test"
A_PROJECT = 8  # things in one project


@dataclass(frozen=True)
class Ticket:
    """What a browser holds that is signed in: a cookie, and the token its forms carry."""

    cookie: str
    token: str


class Place:
    """One installation, looked at from the inside."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, env
        self.port = int(env["PORT"])
        self.store_name = "s3" if env.get("STORAGE_URL") else "disk"
        self.app: Flask = create_app(Config.from_env(env))
        self._lock, self._things = Lock(), list[Item]()
        with self.app.app_context():
            schema.migrate()
        cast.make_firm(self.app)
        self._ada = cast.make_staff(self.app, "Ada Voss", admin=True)
        self._birch = cast.make_client(self.app, "Birch", lead=self._ada)
        self._bea = cast.make_contact(self.app, self._birch, "Bea Birch")

    def ticket(self) -> Ticket:
        """Sign Bea in, as if she had come by a mail."""
        token, raw = secrets.token_urlsafe(32), secrets.token_hex(20)
        cast.act(
            self.app, lambda: sessions.begin(self._bea, token, method="login", keep=True, ua="Firefox on Windows", ip_net="127.0.0.0/24").id
        )
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        held = signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True, "csrf_token": raw})
        return Ticket(f"{self.app.config['SESSION_COOKIE_NAME']}={held}", _sign(self.app, raw))

    def thing(self) -> str:
        """Something to send files for."""
        with self._lock:
            if not self._things:
                project = cast.make_project(self.app, self._birch, lead=self._ada)
                self._things = [cast.make_item(self.app, project) for _ in range(A_PROJECT)]
            return str(self._things.pop().id)

    def rows(self) -> list[Upload]:
        """Every file the database says that we have."""
        with cast.reading(self.app) as session:
            return list(session.scalars(sa.select(Upload)))

    def bytes_are_those_of(self, row: Upload) -> bool:
        """Whether what lies in the store is what the row says."""
        try:
            digest, size = hashlib.sha256(), 0
            with store().open(row.key) as stream:
                while piece := stream.read(1 << 20):
                    digest.update(piece)
                    size += len(piece)
        except NoSuchKey:
            return False
        return (size, digest.hexdigest()) == (row.bytes, row.sha256)

    def stands(self, things: set[str]) -> dict[str, ItemState]:
        """How these things stand."""
        with cast.reading(self.app) as session:
            return {str(item.id): item.state for item in session.scalars(sa.select(Item)) if str(item.id) in things}

    def keeps(self, row: Upload) -> bool:
        """Whether its bytes, or those of its previews, are still there, or its row says so."""
        with cast.reading(self.app) as session:
            painted = session.scalar(sa.select(sa.func.count()).select_from(Preview).where(Preview.upload_id == row.id))
        return row.purged_at is None or bool(painted) or self.bytes_are_those_of(row)

    def room(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """What is counted of the client's room, used and reserved, and what it should be."""
        with cast.reading(self.app) as session:
            client = session.get_one(Client, self._birch.id)
            used = session.scalar(sa.select(sa.func.sum(Upload.bytes)).where(Upload.purged_at.is_(None))) or 0
            alive = sa.select(sa.func.sum(Incoming.bytes)).where(Incoming.state.in_(("open", "completing")))
            return (client.bytes_used, client.bytes_reserved), (used, session.scalar(alive) or 0)

    def still_to_do(self, *, since: datetime) -> int:
        """How many mails and chores have been due since then and are not done."""
        with cast.reading(self.app) as session:
            due = (Outbox.not_before <= since, Outbox.state.in_((Stand.WAITING, Stand.LEASED)))
            return session.scalar(sa.select(sa.func.count()).select_from(Outbox).where(*due)) or 0

    def put_on_again(self) -> int:
        """Do what staff do with what was parked, in the settings; how many there were."""
        with cast.reading(self.app) as session:
            parked = list(session.scalars(sa.select(Outbox.id).where(Outbox.state == Stand.PARKED)))
        return sum(cast.act(self.app, partial(outbox.try_again, row_id)) for row_id in parked)

    def lying(self) -> set[str]:
        """Every key in the store."""
        return {stored.key for prefix in ("blobs/", "incoming/", "previews/") for stored in store().keys(prefix)}


@contextmanager
def installed(folder: Path, *, on_s3: bool, on_postgres: bool) -> Iterator[Place]:
    """An installation with everything beside it that it asks for."""
    with ExitStack() as beside:
        env = settings(folder) | {"CLAMD_URL": beside.enter_context(running_clamd(folder / "clamd")).url}
        if on_postgres:
            env["DATABASE_URL"] = beside.enter_context(temp_database(beside.enter_context(temp_postgres())))
        if on_s3:
            (folder / "seaweed").mkdir()
            env |= in_bucket(beside.enter_context(running_seaweed(folder / "seaweed")))
        yield beside.enter_context(standing(folder, env))


@contextmanager
def standing(folder: Path, env: dict[str, str]) -> Iterator[Place]:
    """An installation for which everything is there."""
    place = Place(folder, env)
    yield place
    with place.app.app_context():
        db.engine.dispose()


def settings(folder: Path) -> dict[str, str]:
    """What every installation is told."""
    return {
        "PORTAL_MODE": "production",
        "SECRET_KEY": secrets.token_hex(32),
        "BASE_URL": f"https://{HOST}",
        "DATA_DIR": str(folder / "data"),
        "MAIL_URL": f"file:{folder / 'mail'}",
        "PORT": str(free_port()),
        "TRUSTED_PROXIES": "1",
    }


def in_bucket(bucket: BucketPlace) -> dict[str, str]:
    """What one is told whose files lie in this bucket."""
    at = {"STORAGE_URL": f"s3://{bucket.bucket}?endpoint={bucket.endpoint}"}
    return at | {"AWS_ACCESS_KEY_ID": bucket.key_id, "AWS_SECRET_ACCESS_KEY": bucket.secret}
