"""The processes that are killed: `flask serve` and `flask work` as they are, told where to die, with shorter waits and smaller parts."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click
from flask.cli import FlaskGroup

from portal.edges import chores, queue
from portal.features.uploads import arriving
from portal.kernel import clock, outbox
from portal.kernel.db import open_session
from portal.kernel.viewer import SYSTEM
from portal.kinds.files import incoming, purging
from portal.storage import s3_storage  # noqa: F401 - so that a new process need not read it from the disk
from portal.storage.disk import DiskStorage
from tests.crash import points

PARTS = {"disk": 256 * 1024, "s3": 5 * 1024 * 1024}  # how long one part is; buckets take none shorter
MEDIUM, LARGE = {"disk": 3.0, "s3": 1.1}, {"disk": 5.0, "s3": 1.4}  # parts of a file that the page waits for, and of one it does not
LEASE = timedelta(seconds=2)
COMMANDS = {points.WEB: ["serve", "--no-worker"], points.WORKER: ["work"]}


@dataclass(frozen=True)
class Order:
    """What a process is to be: its command, where it dies and the how-manieth time, how many days from now, and whether it lies."""

    words: tuple[str, ...]
    log: Path
    points: tuple[str, ...] = ()
    nth: int = 1
    days: int = 0
    careless: bool = False
    lease: timedelta = LEASE

    @property
    def died_at(self) -> Path:
        """Where it leaves the name of the point at which it died."""
        return self.log.with_suffix(".died")


def live(order: Order, env: Mapping[str, str]) -> None:
    """Be a process of the portal until it ends or dies."""
    _write_to(order.log)
    os.environ.update(env)
    _hurry("s3" if env.get("STORAGE_URL") else "disk", order.lease)
    if order.careless:
        _be_careless()
    for name in order.points:
        points.arm(points.named(name), order.nth, order.died_at)
    import wsgi

    group = FlaskGroup(create_app=lambda: wsgi.app, add_default_commands=False)
    moment = clock.stopped(clock.now() + timedelta(days=order.days)) if order.days else nullcontext()
    with moment:
        if order.days:
            queue.send_all(wsgi.app)
            chores.do_chores(wsgi.app)
        if order.days and (not order.points or order.points[0].startswith("purge")):
            with wsgi.app.app_context():  # by hand: a chore that is killed as often as this is given up
                open_session(SYSTEM, writes=True)
                purging.purge({})
        try:
            group.main(args=list(order.words), prog_name="flask", standalone_mode=False)
        except click.ClickException as trouble:
            trouble.show()
            sys.exit(1)


def _write_to(log: Path) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(file, number)
    os.close(file)


def _hurry(store: str, lease: timedelta) -> None:
    """What takes minutes in real life takes seconds here, and parts are small, so that many of them come."""
    incoming.PART = PARTS[store]
    arriving.patience = lambda _row: lease
    arriving.AT_ONCE = int(MEDIUM[store] * PARTS[store])
    outbox.LEASE = LEASE
    outbox.LEASES = dict.fromkeys(outbox.LEASES, LEASE)


def _be_careless() -> None:
    """What must be noticed: a store that says that bytes are safe and drops them, one by one or together."""
    DiskStorage.promote = lambda self, received, _key: self.discard(received.key_in_incoming)
    DiskStorage.promote_all = lambda self, received: [self.discard(one.key_in_incoming) for one, _ in received]
