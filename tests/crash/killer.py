"""Keeping web and worker alive, and killing them: at the points they were armed with, or at any moment."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.crash.place import Place
from tests.crash.points import WEB, WORKER, Point, of
from tests.crash.victim import COMMANDS, Order, live

SPAWN = get_context("forkserver")
SPAWN.set_forkserver_preload(["portal.app", "tests.crash.victim"])
REACHED_WITHIN = 12.0  # seconds after which nobody waits any longer for a process to come to its point
ANY_MOMENT = "at any moment"


def run(place: Place, order: Order) -> BaseProcess:
    """Start one process of the portal."""
    process = SPAWN.Process(target=live, args=(order, place.env), daemon=True)
    process.start()
    return process


class Keeper:
    """One process of a kind after another; each dies as it was told to."""

    def __init__(self, place: Place, role: str, *, chance: random.Random, careless: bool) -> None:
        self.place, self.role, self.chance, self.careless = place, role, chance, careless
        self.log = Path(place.folder) / f"{role}.log"
        self.kills: Counter[str] = Counter()
        self.trouble: list[str] = []
        self.todo: list[Point] = []
        self.killing = True
        self._process: BaseProcess | None = None
        self._order = Order((), self.log)
        self._until = 0.0
        self._killed = False

    def tick(self) -> None:
        """Begin anew what has died, and end what has lived for long enough."""
        if self._process is None:
            self._begin()
        elif not self._process.is_alive():
            self._died(self._process.exitcode)
        elif self.killing and not self._killed and time.monotonic() > self._until:
            self._killed = True
            os.kill(self._process.pid or 0, signal.SIGKILL)

    def must(self, *, short: bool) -> None:
        """Die at every point (or those of the short list), each once; in a bucket at those that it alone has."""
        self.todo = [point for point in of(self.role, self.place.store_name, short=short) if point.stores[0] == self.place.store_name]

    def again(self) -> None:
        """Have another one begin, which looks at once at what the last one left."""
        if self._process and self._process.is_alive():
            self._killed = True
            os.kill(self._process.pid or 0, signal.SIGKILL)

    def end(self) -> None:
        """Ask the last one to end, as an operator does."""
        self.killing = False
        process = self._process
        if process is None or not process.is_alive():
            return
        process.terminate()
        process.join(30)
        if process.exitcode != 0:
            self.trouble.append(f"the {self.role} ended with {process.exitcode} when it was asked to end")
            process.kill()

    def _begin(self) -> None:
        """Die at whichever comes first of those still to do; else at one of all, or at any moment."""
        names: tuple[str, ...] = tuple(point.name for point in self.todo)
        nth, alive = 1, self.chance.uniform(0.2, 4)
        if self.killing and not names and self.chance.random() < 0.6:
            names, nth = (self.chance.choice(of(self.role, self.place.store_name)).name,), self.chance.randrange(1, 4)
        alive = REACHED_WITHIN if names else alive
        self._order = Order(tuple(COMMANDS[self.role]), self.log, names if self.killing else (), nth, careless=self.careless)
        self._order.died_at.unlink(missing_ok=True)
        self._killed = False
        self._process, self._until = run(self.place, self._order), time.monotonic() + alive

    def _died(self, code: int | None) -> None:
        if code != -signal.SIGKILL:
            last = self.log.read_text()[-600:] if self.log.exists() else ""
            self.trouble.append(f"the {self.role} ended by itself with {code}: {last}")
        else:
            where = self._order.died_at.read_text() if self._order.died_at.exists() else ANY_MOMENT
            self.kills[where] += 1
            self.todo = [point for point in self.todo if point.name != where]
        self._begin()


def keepers(place: Place, *, seed: int, careless: bool) -> list[Keeper]:
    """One for the web, one for the worker."""
    return [Keeper(place, role, chance=random.Random(f"{seed}{role}"), careless=careless) for role in (WEB, WORKER)]


def once(place: Place, *words: str, point: str = "", days: int = 0) -> tuple[int | None, str]:
    """Run one command to its end; how it ended and what it said."""
    log = Path(place.folder) / f"{'-'.join(words)}.log"
    log.unlink(missing_ok=True)
    process = run(place, Order(words, log, (point,) if point else (), days=days))
    process.join(180)
    return process.exitcode, log.read_text() if log.exists() else ""
