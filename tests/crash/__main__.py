"""Kills the portal while people use it, and counts what became of what they sent.

    python -m tests.crash [--kills 200] [--points [short]] [--s3] [--postgres] [--seed N] [--json]

`--points` kills at every named point once instead, `--points short` at those the tests always go through. Ends with 1 when
something acknowledged was lost or anything else is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Event

from portal.kernel.clock import now
from tests.crash import judge, killer
from tests.crash.browser import Sent
from tests.crash.people import Onlooker, Somebody, Told
from tests.crash.place import Place, installed

PEOPLE = 2
PATIENCE = 150.0  # seconds for everybody to finish once nobody is killed any more
PATIENCE_WITH_LIES = 15.0  # what a lying store dropped never gets done


def main() -> int:
    """Run, print, and say by the exit code whether all is well."""
    wanted = _arguments()
    os.umask(0o077)  # as the portal does
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="courtside-crash-") as folder,
        installed(Path(folder), on_s3=wanted.s3, on_postgres=wanted.postgres) as place,
    ):
        report = _run(place, wanted)
    report["seconds"] = round(time.monotonic() - began)
    sys.stdout.write(json.dumps(report) + "\n" if wanted.json else _in_words(report))
    return 1 if report["lost"] or report["trouble"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--points", nargs="?", const="all", choices=("all", "short"))
    for flag in ("s3", "postgres", "careless", "json"):
        parser.add_argument(f"--{flag}", action="store_true")
    return parser.parse_args()


def _run(place: Place, wanted: argparse.Namespace) -> dict[str, object]:
    told, sent, home, over = Told(), Sent(), Event(), Event()
    keepers = killer.keepers(place, seed=wanted.seed, careless=wanted.careless)
    people = [Somebody(place, told, sent, seed=n, home=home, over=over) for n in range(PEOPLE)]
    onlooker = Onlooker(place, told, home=over)
    for keeper in keepers:
        if wanted.points:
            keeper.must(short=wanted.points == "short")
    for thread in [*(one.thread for one in people), onlooker.thread]:
        thread.start()
    _kill(keepers, wanted, people)
    home.set()
    _wait(keepers, lambda: any(one.thread.is_alive() for one in people), again=4.0)
    since = now()
    _wait(keepers, lambda: place.still_to_do(since=since) > 0, again=4.0, patience=PATIENCE_WITH_LIES if wanted.careless else PATIENCE)
    if left := place.still_to_do(since=since):
        told.trouble.append(f"{left} mails and chores are left undone")
    over.set()
    for thread in [*(one.thread for one in people), onlooker.thread]:
        thread.join(60)
    for keeper in keepers:
        keeper.end()
    return _report(place, told, sent, keepers, wanted) | {"put on again": onlooker.put_on_again}


def _kill(keepers: list[killer.Keeper], wanted: argparse.Namespace, people: list[Somebody]) -> None:
    """Kill until it is enough."""
    said = 0
    while any(one.thread.is_alive() for one in people):
        for keeper in keepers:
            keeper.tick()
        kills = sum(keeper.kills.total() for keeper in keepers)
        if (not any(keeper.todo for keeper in keepers)) if wanted.points else kills >= wanted.kills:
            break
        if kills >= said + 20 and not wanted.json:
            said = kills
            left = [point.name for keeper in keepers for point in keeper.todo]
            sys.stderr.write(f"{kills} kills …{f' not yet: {left}' if left else ''}\n")
        time.sleep(0.02)
    for keeper in keepers:
        keeper.killing = False


def _wait(keepers: list[killer.Keeper], busy: Callable[[], bool], *, again: float, patience: float = PATIENCE) -> None:
    """Keep everything running until nobody is busy; a worker that begins `again` need not wait for its next full minute."""
    moment = time.monotonic()
    deadline, next_one = moment + patience, moment + again
    while busy() and moment < deadline:
        for keeper in keepers:
            keeper.tick()
        if moment > next_one:
            keepers[-1].again()
            next_one = moment + again
        time.sleep(0.1)
        moment = time.monotonic()


def _report(place: Place, told: Told, sent: Sent, keepers: list[killer.Keeper], wanted: argparse.Namespace) -> dict[str, object]:
    trouble = [*told.trouble, *(words for keeper in keepers for words in keeper.trouble), *judge.complaints(place, told)]
    lost = judge.lost(place, told)
    before = place.lying()
    treating: Counter[str] = Counter()
    trouble += judge.treated(place, treating, short=wanted.points == "short")
    after = place.lying()
    lost += [name for name in judge.lost(place, told) if name not in lost]
    return {
        "seed": wanted.seed,
        "store": place.store_name,
        "database": "postgresql" if wanted.postgres else "sqlite",
        "kills": sum(keeper.kills.total() for keeper in keepers) + treating.total(),
        "places": {keeper.role: dict(keeper.kills.most_common()) for keeper in keepers} | {"doctor": dict(+treating)},
        "acknowledged": len(told.kept),
        "bytes": told.bytes,
        "handed over": len(told.handed_over),
        "removed": len(told.removed),
        "unanswered": sent.unanswered,
        "sent twice": max(sent.bytes - told.bytes - told.others, 0),
        "orphans swept": len(before - after),
        "left in the antechamber": len([key for key in after if key.startswith("incoming/")]),
        "lost": lost,
        "trouble": trouble,
    }


def _in_words(report: dict[str, object]) -> str:
    lines = [f"{report['kills']} kills on {report['store']} and {report['database']} in {report['seconds']} s (--seed {report['seed']})"]
    for role, places in report["places"].items():  # type: ignore[attr-defined]
        lines += [f"  {role:<8}{count:>5}  {name}" for name, count in places.items()]
    for name in (
        "acknowledged",
        "bytes",
        "removed",
        "handed over",
        "unanswered",
        "sent twice",
        "put on again",
        "orphans swept",
        "left in the antechamber",
    ):
        lines.append(f"{name:<26}{report[name]:>12,}")
    lines.append(f"{'lost':<26}{len(report['lost']):>12,}")  # type: ignore[arg-type]
    lines += [f"- {words}" for words in [*report["lost"], *report["trouble"]]]  # type: ignore[misc]
    lines.append("Nothing is lost, and all is well." if not report["lost"] and not report["trouble"] else "NOT WELL")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
