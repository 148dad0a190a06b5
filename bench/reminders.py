"""How long one look for reminders takes for many clients, and a second one right after it that finds nothing new; then how long the
morning letters of the firm's own people take to be written.

python -m bench.reminders 500 5000
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask

from bench.seed import NOW, seed
from config import Config
from portal.app import create_app
from portal.edges import schema
from portal.edges.queue import remind
from portal.kernel.clock import stopped
from portal.kernel.db import db, open_session
from portal.kernel.viewer import SYSTEM
from portal.kinds.reminders.mornings import LETTER
from portal.models.people import Person
from portal.web.letters import compose


def main(clients: int) -> None:
    """Print seconds, statements and memory of two looks."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        where = {"data_dir": here, "database_url": f"sqlite:///{here / 'portal.sqlite3'}", "mail_url": "console:"}
        web = {"base_url": "https://portal.example.com", "host": "127.0.0.1", "port": 8000, "trusted_proxies": 0}
        app = create_app(Config(mode="production", secret_key="k" * 40, allow_unscanned=True, **where, **web))
        with app.app_context():
            schema.migrate()
            seed(clients)
            asked: list[str] = []
            sa.event.listen(db.engine, "before_cursor_execute", lambda *what: asked.append(what[2]))
        day = next(day for n in range(7) if (day := NOW.date() + timedelta(days=n)).weekday() == 1)
        with stopped(datetime(day.year, day.month, day.day, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))):
            for look in ("first look", "second look"):
                asked.clear()
                cpu, wall = time.process_time(), time.monotonic()
                letters = remind(app)
                spent = f"{time.process_time() - cpu:6.2f} s of the processor, {time.monotonic() - wall:6.2f} s on the wall"
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                print(f"{clients:6} clients, {look}: {letters:5} letters, {len(asked):6} statements, {spent}, {peak} MiB at most")
            _mornings(app, clients, asked)


def _mornings(app: Flask, clients: int, asked: list[str]) -> None:
    """Write everybody's morning letter as the worker does, and count what each asks of the database."""
    with app.app_context():
        open_session(SYSTEM, writes=False)
        ids = list(db.session.scalars(sa.select(Person.id).where(Person.staff_role.is_not(None))))
        cpu, most = time.process_time(), []
        for person_id in ids:
            open_session(SYSTEM, writes=False)
            asked.clear()
            letter = compose(LETTER, db.session.get_one(Person, person_id), {})
            most.append((len(asked), len(letter.html) if letter else 0))
            db.session.remove()
        spent = time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said = f"{min(most)[0]} to {max(most)[0]} statements each, {max(size for _, size in most):,} bytes at most"
    print(
        f"{clients:6} clients, morning:  {len(ids):5} letters, {said}, {spent / len(ids):.3f} s of the processor each, {peak} MiB at most"
    )


if __name__ == "__main__":
    for size in sys.argv[1:]:
        main(int(size))
