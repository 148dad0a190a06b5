"""How fast the main pages are, beside a bare Flask page with two queries and as many bytes. Run: `python -m bench.pages [clients …]`."""

from __future__ import annotations

import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from bench.seed import seed
from config import Config
from portal.app import create_app
from portal.kernel.action import action
from portal.kernel.db import Base, db, open_session
from portal.kernel.viewer import SYSTEM
from portal.models import sessions
from portal.models.people import Person

ROUNDS, EACH = 5, 30
BARE = "<!doctype html><title>x</title><ul>{% for row in rows %}<li>{{ row.name }} {{ row.id }}</li>{% endfor %}</ul>{{ padding }}"


def main() -> None:
    """Measure at each size and print one line per page."""
    sizes = [int(text) for text in sys.argv[1:]] or [500, 5000]
    print(f"{'clients':>8}  {'page':<34}{'p50 ms':>8}{'p95 ms':>8}{'bytes':>8}{'queries':>8}  x bare (same bytes)")
    for size in sizes:
        measure(size)


def measure(size: int) -> None:
    """One database of this size."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config.from_env({"PORTAL_MODE": "demo", "DATA_DIR": folder}))
        with app.app_context():
            Base.metadata.create_all(db.engine)
            staff, contact, project = seed(size)
            staff_client, contact_client = (_signed_in(app, person) for person in (staff, contact))
        pages: list[tuple[str, FlaskClient, str]] = [
            ("client home", contact_client, "/"),
            ("who owes what", staff_client, "/staff/"),
            ("who owes what, filtered", staff_client, "/staff/?q=thing"),
            ("to review", staff_client, "/staff/review"),
            ("clients", staff_client, "/staff/clients"),
            ("client page", staff_client, f"/staff/clients/{project.client_id}"),
        ]
        for name, client, url in pages:
            _line(app, size, name, client, url)


def _line(app: Flask, size: int, name: str, client: FlaskClient, url: str) -> None:
    with _counted(app) as statements:
        answer = client.get(url)
    count = len(statements)
    if answer.status_code != 200:
        print(f"{size:>8}  {name:<34}answered {answer.status_code}")
        return
    bare = _bare(Path(app.config["DATA_DIR"]), len(answer.data))
    ours: list[float] = []
    ratios = []
    for _ in range(ROUNDS):
        limit = statistics.median(_times(lambda: bare.get("/")))
        mine = _times(lambda: client.get(url))
        ours += mine
        ratios.append(statistics.median(mine) / limit)
    p95 = statistics.quantiles(ours, n=20)[18]
    ratio = statistics.median(ratios)
    print(f"{size:>8}  {name:<34}{statistics.median(ours):>8.1f}{p95:>8.1f}{len(answer.data):>8}{count:>8}  {ratio:.1f}")


def _times(ask: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(EACH):
        start = time.perf_counter()
        ask()
        found.append((time.perf_counter() - start) * 1000)
    return found


class _counted:  # noqa: N801 - reads as a verb in a with-statement
    def __init__(self, app: Flask) -> None:
        self.app, self.statements = app, list[str]()

    def __enter__(self) -> list[str]:
        with self.app.app_context():
            self.engine = db.engine
        sa.event.listen(self.engine, "before_cursor_execute", self._note)
        return self.statements

    def __exit__(self, *_: object) -> None:
        sa.event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.statements.append(statement)


def _bare(folder: Path, size: int) -> FlaskClient:
    """A page of this many bytes: two ORM queries and a template, nothing else."""
    app = Flask("bare")
    engine = sa.create_engine(f"sqlite:///{folder / 'portal.sqlite3'}")

    @app.get("/")
    def page() -> str:
        with sa.orm.Session(engine) as session:
            first = session.scalars(sa.select(Person).limit(1)).one()
            rows = session.scalars(sa.select(Person).where(Person.id != first.id).limit(10)).all()
            return render_template_string(BARE, rows=rows, padding="x" * max(0, size - 800))

    return app.test_client()


def _signed_in(app: Flask, person: Person) -> FlaskClient:
    token = secrets.token_urlsafe(32)
    open_session(SYSTEM, writes=True)
    action(sessions.begin)(person, token, method="bench", keep=True, ua="", ip_net="")
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(_user_id=token, _fresh=True)
    return client


if __name__ == "__main__":
    main()
