"""A whole portal for tests: the real app on a real database that is as new for every test.

Each database is prepared once per process (schema, firm, cast) and put back before every test: SQLite by copying a file,
PostgreSQL by refilling the tables from pristine copies beside them, which is ten times faster than a new database.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

import psycopg
from flask import Flask

from config import Config
from portal.app import create_app
from portal.kernel.db import Base, db
from portal.storage import current, scanner
from portal.storage.disk import DiskStorage
from tests.support.postgres import create_database, database_url, temp_postgres

T = TypeVar("T")

SECRET = "a secret that every test knows and nobody uses"
BASE_URL = "https://portal.test"
NEWLY_MADE = "pristine"  # the name of the first state, which every test begins with


def configuration(data_dir: Path, *, database_url: str = "", **changes: object) -> Config:
    """A production configuration in a folder of its own."""
    plain = Config(
        mode="production",
        secret_key=SECRET,
        base_url=BASE_URL,
        data_dir=data_dir,
        database_url=database_url or f"sqlite:///{data_dir / 'portal.sqlite3'}",
        mail_url=f"file:{data_dir / 'mail'}",
        host="127.0.0.1",
        port=8000,
        trusted_proxies=0,
    )
    return replace(plain, **changes)


def build(config: Config) -> Flask:
    """The real app, telling tests of errors instead of showing a page. Where the app spools is put back: it is a setting of the process."""
    before = tempfile.tempdir
    app = create_app(config)
    tempfile.tempdir = before
    app.testing = True
    return app


def create_schema(app: Flask) -> None:
    """Every table, index and trigger. That the migrations make the very same is proven in tests/migrations."""
    with app.app_context():
        Base.metadata.create_all(db.engine)


class House:
    """One app on one kind of database, put back to its first state before every test; further states can be kept by name."""

    def __init__(self, app: Flask, keep: Callable[[str], None], restore: Callable[[str], None], *, folder: Path) -> None:
        self.app = app
        self._keep, self._restore = keep, restore
        self._folder = folder
        self._config = dict(app.config)
        self._told: dict[str, object] = {}
        self.rest()
        keep(NEWLY_MADE)

    def renew(self, data_dir: Path) -> Flask:
        """The app with the prepared rows, an empty store and an empty mail folder."""
        self.app.config.clear()
        self.app.config.update(self._config)
        config = replace(self.app.config["CONFIG"], data_dir=data_dir, mail_url=f"file:{data_dir / 'mail'}")
        self.app.config.update(CONFIG=config, DATA_DIR=str(data_dir), MAIL_URL=config.mail_url, MAIL_FOLDER=config.mail_folder)
        current.use(DiskStorage(data_dir / "files"))
        scanner.use("")
        spool = data_dir / "tmp"
        spool.mkdir(mode=0o700)
        self._tempdir, tempfile.tempdir = tempfile.tempdir, str(spool)
        self.rest()
        self._restore(NEWLY_MADE)
        return self.app

    def furnish(self, name: str, build: Callable[[], T]) -> T:
        """What `build` makes and returns; from the second time on its rows and files are put back instead of being made again."""
        files, kept = Path(self.app.config["DATA_DIR"]) / "files", self._folder / f"files of {name}"
        known = name in self._told
        if not known:
            self._told[name] = build()
        self.rest()
        if known:
            self._restore(name)
            shutil.copytree(kept, files, dirs_exist_ok=True)
        else:
            self._keep(name)
            shutil.copytree(files, kept)
        return cast(T, self._told[name])

    def close(self) -> None:
        """End a test."""
        tempfile.tempdir = self._tempdir
        self.rest()

    def rest(self) -> None:
        """Close every connection."""
        with self.app.app_context():
            db.engine.dispose()


@contextlib.contextmanager
def sqlite_house(folder: Path, prepare: Callable[[Flask], None], **changes: object) -> Iterator[House]:
    """A house on a SQLite file; `changes` are settings that differ."""
    config = configuration(folder, **changes)
    app = build(config)
    create_schema(app)
    prepare(app)
    living = folder / "portal.sqlite3"

    def keep(name: str) -> None:
        with contextlib.closing(sqlite3.connect(living)) as last:
            last.execute("pragma wal_checkpoint(truncate)")
        shutil.copyfile(living, folder / f"{name}.sqlite3")

    def restore(name: str) -> None:
        for leftover in (f"{living}-wal", f"{living}-shm"):
            Path(leftover).unlink(missing_ok=True)
        shutil.copyfile(folder / f"{name}.sqlite3", living)

    house = House(app, keep, restore, folder=folder)
    living.chmod(0o600)  # as under the umask of wsgi.py
    yield house
    house.rest()


@contextlib.contextmanager
def postgres_house(folder: Path, prepare: Callable[[Flask], None], server: str) -> Iterator[House]:
    """A house on a database of a running server."""
    name = f"house_{folder.name.replace('-', '_')}"
    create_database(server, name)
    url = database_url(server, name)
    app = build(configuration(folder, database_url=url))
    create_schema(app)
    prepare(app)
    tables = [table.name for table in Base.metadata.sorted_tables]
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as keeper:
        keeper.execute("SET session_replication_role = replica; SET lock_timeout = '10s'")

        def keep(name: str) -> None:
            copies = ";".join(f'CREATE TABLE "{name}"."{t}" AS TABLE public."{t}"' for t in tables)
            keeper.execute(f'CREATE SCHEMA "{name}"; {copies}')

        def restore(name: str) -> None:
            refill = ";".join(f'DELETE FROM public."{t}"; INSERT INTO public."{t}" SELECT * FROM "{name}"."{t}"' for t in tables)
            keeper.execute(others)
            keeper.execute(f"BEGIN; {refill}; COMMIT")

        house = House(app, keep, restore, folder=folder)
        yield house
        house.rest()


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """A server of our own for as long as the tests of this process run."""
    with temp_postgres() as url:
        yield url
