"""How fast answers save themselves while many people type, beside a bare page that updates one row.

Fifty people, each with their own sign-in, answer a questionnaire of 120 questions at once: one half all on one copy, the other half
each on their own. They type without a rest, which saves about every two seconds. The web server is the real one (waitress, in a
process of its own); the bare page is served by the same server and asked in turns with ours, so that both meet the same machine. At
the end everything that was shown as saved is looked for in the database. Run: `python -m bench.answers [sqlite] [postgresql]`.

The bare page is a Flask app with one view: it counts one column of one row up, found by its id, and commits as durably as we do (SQLite
writes nothing and waits for no disk where a column gets the value it has, so the value must be another one). It knows
nobody: no cookie, no form token, no rights, no revision, no history, no headers. What ours does besides, and what that costs, is told in
docs/decisions/saving-while-typing.md.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import multiprocessing
import random
import secrets
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import sqlalchemy as sa
import waitress
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

from bench.seed import seed
from config import Config
from portal.app import create_app
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import Base, db, open_session
from portal.kernel.viewer import SYSTEM, Role
from portal.models import sessions
from portal.models.clients import Membership
from portal.models.definition.canonical import dump, sha256
from portal.models.definition.shape import Definition, Question, Section, Type
from portal.models.item_states import ItemKind, ItemState, WaitingOn
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project, ProjectState
from portal.models.questionnaires import Answer, Questionnaire, QuestionnaireVersion
from tests.support.ports import free_port
from tests.support.postgres import create_database, database_url, temp_postgres

PEOPLE, QUESTIONS, ROUNDS, EACH = 50, 120, 2, 4
PAUSE = 2.0  # seconds between two saves of one person who types without a rest
BARE = "/bare/"


@dataclass
class Desk:
    """One person at a questionnaire: what they send with every request, and what they were told is saved."""

    cookie: str
    token: str
    item_id: str
    questions: list[str]
    saved: dict[str, tuple[str, int]] = field(default_factory=dict)


@dataclass
class Told:
    """What came of one kind of request."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """Milliseconds within which 95 of 100 were answered."""
        return statistics.quantiles(self.times, n=20)[18]


def main() -> None:
    """Measure on SQLite, then on PostgreSQL."""
    print(f"{PEOPLE} people at once, {QUESTIONS} questions, {PEOPLE * EACH * ROUNDS} saves each")
    print(f"{'database':<12}{'page':<26}{'p50 ms':>8}{'p95 ms':>8}{'errors':>8}{'lost':>6}  x bare (p95)")
    wanted = sys.argv[1:] or ["sqlite", "postgresql"]
    if "sqlite" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            measure("sqlite", {"DATA_DIR": folder})
    if "postgresql" in wanted:
        with temp_postgres() as server, tempfile.TemporaryDirectory() as folder:
            create_database(server, "bench")
            measure("postgresql", {"DATA_DIR": folder, "DATABASE_URL": database_url(server, "bench")})


def measure(name: str, place: dict[str, str]) -> None:
    """One database: ours and the bare page in turns."""
    port = free_port()
    settings = {"PORTAL_MODE": "demo", "PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}", **place}
    app = create_app(Config.from_env(settings))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        desks = _furnish(app)
        db.engine.dispose()
    ours, bare = Told(), Told()
    with _serving(settings, port):
        _all_at_once(port, desks, ours=Told(), work=_save)  # warm
        _all_at_once(port, desks, ours=Told(), work=_touch)
        for _round in range(ROUNDS):
            _all_at_once(port, desks, ours=bare, work=_touch)
            _all_at_once(port, desks, ours=ours, work=_save)
    with app.app_context():
        lost = _lost(desks)
        db.engine.dispose()
    print(f"{name:<12}{'bare one-row UPDATE':<26}{statistics.median(bare.times):>8.1f}{bare.p95:>8.1f}{len(bare.errors):>8}")
    told = f"{statistics.median(ours.times):>8.1f}{ours.p95:>8.1f}{len(ours.errors):>8}{lost:>6}"
    print(f"{name:<12}{'autosave of one answer':<26}{told}  {ours.p95 / bare.p95:.1f}", flush=True)
    for sentence in sorted({*ours.errors, *bare.errors})[:5]:
        print(f"  {sentence}")


def _all_at_once(port: int, desks: list[Desk], *, ours: Told, work: Callable[[http.client.HTTPConnection, Desk, int], str]) -> None:
    """Everybody saves so many times, one after the other each, all of them at the same time."""
    start = threading.Barrier(len(desks))

    def sit(desk: Desk) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        start.wait()
        time.sleep(random.random() * PAUSE)
        for n in range(EACH):
            if n:
                time.sleep(PAUSE * (0.5 + random.random()))
            begun = time.perf_counter()
            try:
                problem = work(line, desk, n)
            except OSError as error:
                problem, line = repr(error), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            ours.times.append((time.perf_counter() - begun) * 1000)
            if problem:
                ours.errors.append(problem)
        line.close()

    threads = [threading.Thread(target=sit, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _save(line: http.client.HTTPConnection, desk: Desk, n: int) -> str:
    """One answer as the browser saves it."""
    key, text = desk.questions[n % len(desk.questions)], secrets.token_hex(12)
    rev = desk.saved.get(key, ("", 0))[1]
    body = urlencode({"question": key, "rev": rev, "value": text})
    headers = {"Cookie": desk.cookie, "X-CSRFToken": desk.token, "Accept": "application/json", **FORM}
    line.request("POST", f"/items/{desk.item_id}/answers", body, headers)
    answer = line.getresponse()
    told = answer.read()
    if answer.status != 200:
        return f"{answer.status} {told[:120]!r}"
    desk.saved[key] = (text, json.loads(told)["rev"])
    return ""


def _touch(line: http.client.HTTPConnection, desk: Desk, n: int) -> str:
    """The bare page: one row is updated."""
    line.request("POST", f"{BARE}{desk.item_id}", urlencode({"value": n}), FORM)
    answer = line.getresponse()
    answer.read()
    return "" if answer.status == 200 else f"bare: {answer.status}"


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _lost(desks: list[Desk]) -> int:
    """How many answers that were shown as saved do not stand in the database."""
    with db.engine.connect() as connection:
        rows = connection.execute(sa.select(Answer.__table__.c["item_id", "question_key", "value"]))
        standing = {(str(row.item_id), row.question_key): row.value for row in rows}
    return sum(standing.get((desk.item_id, key)) != text for desk in desks for key, (text, _rev) in desk.saved.items())


@contextlib.contextmanager
def _serving(settings: dict[str, str], port: int) -> Iterator[None]:
    """The web server in a process of its own."""
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(settings, port), daemon=True)
    process.start()
    try:
        for _try in range(300):
            with contextlib.suppress(OSError):
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                line.request("GET", "/login")
                line.getresponse().read()
                break
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.join(10)


def _serve(settings: dict[str, str], port: int) -> None:
    """Ours, and beside it in the same server a page that does nothing but update one row."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # fifty people on eight threads wait for each other, as meant
    app = create_app(Config.from_env(settings))
    with app.app_context():
        engine = sa.create_engine(db.engine.url, **({"pool_size": 8} if "DATABASE_URL" in settings else {}))
    bare = Flask("bare")
    item = Item.__table__

    if engine.dialect.name == "sqlite":  # as ours: nothing is lost when the machine stops, and writers wait for each other

        @sa.event.listens_for(engine, "connect")
        def _connect(raw: object, _record: object) -> None:
            raw.isolation_level = None  # type: ignore[attr-defined]
            for pragma in ("journal_mode=wal", "synchronous=full", "busy_timeout=30000"):
                raw.execute(f"pragma {pragma}")  # type: ignore[attr-defined]

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    @bare.post(f"{BARE}<uuid:item_id>")
    def touch(item_id: uuid.UUID) -> str:
        with engine.begin() as connection:
            connection.execute(sa.update(item).where(item.c.id == item_id).values(minutes=item.c.minutes + 1))
        return "ok"

    def either(environ: dict[str, object], start: object) -> object:
        here = bare if str(environ["PATH_INFO"]).startswith(BARE) else app
        return here(environ, start)  # type: ignore[arg-type]

    waitress.serve(either, host="127.0.0.1", port=port, threads=8, _quiet=True)


def _furnish(app: Flask) -> list[Desk]:
    """A firm, a questionnaire, and fifty people of one client; one half shares an item, the others have one each."""
    _staff, _contact, project = seed(50, items_each=4)
    client_id, project_id, version_id = project.client_id, project.id, uuid.uuid4()
    keys = [f"q{n}" for n in range(QUESTIONS)]
    open_session(SYSTEM, writes=True)

    def build() -> list[tuple[Person, uuid.UUID, list[str]]]:
        _publish(version_id, keys)
        db.session.get_one(Project, project_id).state = ProjectState.ACTIVE
        shared, sat = _item(client_id, project_id, version_id), []
        for n in range(PEOPLE):
            person = Person(id=uuid.uuid4(), name=f"Typist {n}", email_typed=f"t{n}@b.example", email_canon=f"t{n}@b.example")
            db.session.add(person)
            db.session.flush()
            db.session.add(Membership(client_id=client_id, person_id=person.id, role=Role.DECIDE))
            own = keys[(n // 2) * 4 : (n // 2) * 4 + 4] if n % 2 else keys
            sat.append((person, shared if n % 2 else _item(client_id, project_id, version_id), own))
        return sat

    with app.test_request_context():
        token = generate_csrf()
        carried = dict(session)
    return [_desk(app, person, item_id, questions, token=token, carried=carried) for person, item_id, questions in action(build)()]


def _publish(version_id: uuid.UUID, keys: list[str]) -> None:
    questions = [Question(key=key, type=Type.SHORT_TEXT, label={"en": f"What about {key}?"}) for key in keys]
    sections = [Section(key=f"s{n}", title={"en": f"Part {n}"}, questions=tuple(questions[n * 12 : n * 12 + 12])) for n in range(10)]
    definition = Definition(sections=tuple(sections))
    one = Questionnaire(id=uuid.uuid4(), key="bench", name="Bench", draft=dump(definition))
    db.session.add(one)
    db.session.flush()
    facts = {"questionnaire_id": one.id, "n": 1, "definition": dump(definition), "sha256": sha256(definition)}
    db.session.add(QuestionnaireVersion(id=version_id, published_at=now(), **facts))
    db.session.flush()


def _item(client_id: uuid.UUID, project_id: uuid.UUID, version_id: uuid.UUID) -> uuid.UUID:
    where = {"client_id": client_id, "project_id": project_id, "questionnaire_version_id": version_id}
    state = {"state": ItemState.STARTED, "waiting_on": WaitingOn.CLIENT, "state_since": now(), "sent_at": now()}
    item = Item(id=uuid.uuid4(), kind=ItemKind.QUESTIONNAIRE, words={"en": {"title": "Bench"}}, **where, **state)
    db.session.add(item)
    db.session.flush()
    return item.id


def _desk(app: Flask, person: Person, item_id: uuid.UUID, questions: list[str], *, token: str, carried: dict[str, object]) -> Desk:
    """Sign somebody in; `token` is what their forms carry, `carried` what belongs to it in their cookie."""
    key = secrets.token_urlsafe(32)
    open_session(SYSTEM, writes=True)
    action(sessions.begin)(db.session.get_one(Person, person.id), key, method="bench", keep=True, ua="", ip_net="")
    sealed = SecureCookieSessionInterface().get_signing_serializer(app)
    if sealed is None:
        raise RuntimeError("there is no key to sign cookies with")
    cookie = sealed.dumps(carried | {"_user_id": key, "_fresh": True})
    return Desk(f"{app.config['SESSION_COOKIE_NAME']}={cookie}", token, str(item_id), questions)


if __name__ == "__main__":
    main()
