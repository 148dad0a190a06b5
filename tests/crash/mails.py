"""Kills the mail worker at random lines of its code while the mail server says no, not now, nothing, or is not there; counts what became
of every mail.

    python -m tests.crash.mails [--kills 200] [--seed N]

The clock is ours: twenty minutes pass from one worker to the next, and for a day of them the server is not there. A mail is lost when
its row says sent and nobody took it, or when it is neither sent nor parked in the end. Ends with 1 when one is, when more left twice
than workers were killed, or when a mail that will never leave is not shown to staff.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

import sqlalchemy as sa
from flask import Flask

from portal.edges import mail
from portal.edges.worker import drain
from portal.features.firm import queries
from portal.kernel import outbox
from portal.kernel.clock import stopped
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.models.people import Person
from portal.web.letterpress import Letter
from portal.web.letters import letter
from tests.support import cast as people
from tests.support.cast import act, reading
from tests.support.house import SECRET, sqlite_house
from tests.support.smtp import Answer, MailServer

LETTER = "test_of_mails_and_kills"
SPAWN = get_context("forkserver")
SPAWN.set_forkserver_preload(["portal.app"])
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
BETWEEN, AWAY = timedelta(minutes=20), timedelta(hours=24)
MOST_LINES, FEW_LINES = 1500, 150  # of the worker's code, until one dies: a few mails' worth, or one try where nobody listens
EACH = 3  # mails posted before each worker
CODE = ("portal/edges/worker.py", "portal/edges/mail.py", "portal/kernel/outbox.py", "portal/kernel/action.py", "smtplib.py")
ANSWERS: tuple[Answer, ...] = ("later", "drop", "silence", "never")


@letter(LETTER)
def numbered(person: Person, facts: dict[str, object]) -> Letter | None:
    """A letter that says which one it is."""
    words = f"Mail {facts['n']}"
    return Letter(subject=words, preheader="", text=words, html=f"<p>{words}</p>")


@dataclass
class Report:
    """What became of every mail."""

    posted: int = 0
    kills: int = 0
    places: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    hidden: int = 0
    other_ids: int = 0

    @property
    def twice(self) -> int:
        """How many mails left more than once, each further time counted."""
        return sum(count - 1 for count in self.taken.values())

    @property
    def is_well(self) -> bool:
        """Whether every promise was kept."""
        return not self.lost and not self.hidden and not self.other_ids and self.twice <= self.kills


def run(folder: Path, *, kills: int, seed: int) -> Report:
    """Kill so many workers, then let one live until nothing is left to do."""
    chance, report = random.Random(seed), Report()
    with sqlite_house(folder, people.hire) as house, MailServer() as server:
        app = house.app
        app.config["MAIL_URL"] = server.url
        bea = people.meet(app).bea
        away = range(kills // 4, kills // 4 + max(kills // 3, 1))
        at = START
        with _nursery(app, server.url, folder / "died") as nursery:
            while report.kills < kills:
                gone = report.kills in away
                server.down() if gone else server.up()
                if not gone and chance.random() < 0.5:
                    server.will(chance.choice(ANSWERS))
                _post(app, bea, report, at)
                nursery.send((at, chance.randrange(1, FEW_LINES if gone else MOST_LINES)))
                died = str(nursery.recv())
                report.kills += bool(died)
                report.places[died] += bool(died)
                at += AWAY / len(away) if gone else BETWEEN
        server.up()
        _finish(app, server, at)
        _judge(app, server, report)
    return report


def _post(app: Flask, person: Person, report: Report, at: datetime) -> None:
    def post() -> None:
        for n in range(report.posted, report.posted + EACH):
            outbox.post(LETTER, lane=Lane.MESSAGE, person_id=person.id, facts={"n": n})

    with stopped(at):
        act(app, post)
    report.posted += EACH


@contextmanager
def _nursery(app: Flask, url: str, died: Path) -> Iterator[Connection]:
    """A process that has everything loaded and, told a moment and a number of lines, has a worker that lives for so long."""
    config = app.config["CONFIG"]
    env = {
        "PORTAL_MODE": "production",
        "SECRET_KEY": SECRET,
        "BASE_URL": config.base_url,
        "DATA_DIR": str(config.data_dir),
        "DATABASE_URL": config.database_url,
        "ALLOW_UNSCANNED": "1",
        "MAIL_URL": url,
    }
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=bear, args=(there, env, died), daemon=True)
    process.start()
    try:
        yield here
    finally:
        here.send(None)
        process.join(20)


def bear(orders: Connection, env: dict[str, str], died: Path) -> None:
    """Have one worker after another; say where each died, or nothing when it had nothing more to do before."""
    os.environ.update(env)
    mail.SECONDS_TO_WAIT = 0.3
    import wsgi

    while order := orders.recv():
        died.unlink(missing_ok=True)
        worker = os.fork()
        if not worker:
            work(wsgi.app, *order, died)
            os._exit(0)
        _pid, ended = os.waitpid(worker, 0)
        orders.send(died.read_text() if os.WIFSIGNALED(ended) else "")


def work(app: Flask, at: datetime, nth: int, died: Path) -> None:
    """Be a mail worker until the nth line of the code that sends, and die there."""
    left = nth

    def line(frame: FrameType, event: str, _arg: object) -> object:
        nonlocal left
        left -= event == "line"
        if left <= 0:
            died.write_text(f"{Path(frame.f_code.co_filename).name}: {frame.f_code.co_name}")
            os.kill(os.getpid(), signal.SIGKILL)
        return line

    def call(frame: FrameType, _event: str, _arg: object) -> object:
        return line if frame.f_code.co_filename.endswith(CODE) else None

    with stopped(at):
        sys.settrace(call)  # type: ignore[arg-type]
        drain(app, mail.transport_for(app.config["MAIL_URL"]))
        sys.settrace(None)


def _finish(app: Flask, server: MailServer, at: datetime) -> None:
    """Let one worker live for three days and more, an hour from look to look."""
    for hour in range(80):
        with stopped(at + timedelta(hours=hour)):
            if not drain(app, mail.transport_for(server.url)) and not _left(app):
                return


def _left(app: Flask) -> int:
    with reading(app) as session:
        unsettled = Outbox.state.in_((Stand.WAITING, Stand.LEASED))
        return session.scalar(sa.select(sa.func.count()).select_from(Outbox).where(Outbox.kind == LETTER, unsettled)) or 0


def _judge(app: Flask, server: MailServer, report: Report) -> None:
    taken = Counter(one.subject for one in server.taken)
    ids = {(one.subject, str(one.message["Message-ID"])) for one in server.taken}
    report.taken, report.other_ids = taken, len(ids) - len(taken)
    with reading(app) as session:
        rows = list(session.scalars(sa.select(Outbox).where(Outbox.kind == LETTER)))
        shown = {one.row.id for one in queries.stuck_mails()}
    report.states = Counter(row.state.value for row in rows)
    for row in rows:
        name = f"Mail {row.facts['n']}"
        if row.state is not (Stand.SENT if taken[name] else Stand.PARKED) and not (row.state is Stand.PARKED and taken[name]):
            report.lost.append(f"{name}: {row.state.value}, taken {taken[name]} times")
        report.hidden += row.state is Stand.PARKED and row.id not in shown
    report.lost += [f"{report.posted - len(rows)} rows are gone"] if len(rows) != report.posted else []
    report.hidden = max(report.hidden - max(report.states[Stand.PARKED.value] - queries.MOST_SHOWN, 0), 0)  # the page shows the newest


def main() -> int:
    """Run, and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.mails")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    wanted = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="courtside-mails-") as folder:
        report = run(Path(folder), kills=wanted.kills, seed=wanted.seed)
    print(f"{report.kills} kills in {time.monotonic() - begun:.0f} s (--seed {wanted.seed}); {report.posted} mails, {dict(report.states)}")
    for place, count in report.places.most_common():
        print(f"  {count:5}  {place}")
    print(f"left twice {report.twice}, lost {len(report.lost)}, parked and not shown {report.hidden}, new Message-IDs {report.other_ids}")
    print("\n".join(report.lost[:20]))
    print("Nothing is lost, and all is well." if report.is_well else "NOT WELL")
    return 0 if report.is_well else 1


if __name__ == "__main__":
    from tests.crash import mails

    sys.exit(mails.main())  # under its own name, by which a new process knows it
