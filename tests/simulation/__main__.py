"""Let so many clients be reminded for so many days, and print what went out and what was wrong with it.

make simulate CLIENTS=300 DAYS=365 LOOKS=12
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.simulation.year import START, live, unwanted
from tests.support import cast as people
from tests.support.house import sqlite_house


def main(clients: int, days: int, looks: int = 12) -> int:
    """Print the counts; 1 when a rule was broken."""
    with tempfile.TemporaryDirectory() as folder, sqlite_house(Path(folder), people.hire) as house:
        app = house.renew(Path(folder) / "app")
        ada = people.first_staff(app)
        begun = time.monotonic()
        year = live(app, clients=clients, days=days, start=START, lead=ada, looks=looks, say=_say)
        print(f"{clients} clients, {days} days, {time.monotonic() - begun:.0f} s")
        for what, count in sorted(year.counts.items()):
            print(f"  {count:7} {what}")
        print(f"  {unwanted(app):7} parked, {len(year.wrong)} wrong")
        print("\n".join(year.wrong[:20]))
        return 1 if year.wrong else 0


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
