"""How long it takes to find 100,000 entries whole: in the database, and in a download; beside bare SHA-256 over the same bytes.

Seconds of the processor are printed beside those on the wall, for other work on the machine only adds to the latter.

make bench-record
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert

from config import Config
from portal.app import create_app
from portal.edges import audit, schema
from portal.kernel.db import db, open_session
from portal.kernel.evidence import canonical, sealed
from portal.kernel.record import ChainHead, Event, EventDetail
from portal.kernel.spelling import linked
from portal.kernel.viewer import SYSTEM
from portal.kernel.whole import FIRST
from portal.kinds.record.bundling import Bundle, Taken
from portal.kinds.record.signing import signing_key

ENTRIES, AT_ONCE, WANTED = 100_000, 5000, 5.0
CLIENT = UUID(int=7)


def main() -> None:
    """Print three times, each beside the limit."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        config = Config(
            mode="production",
            secret_key="k" * 40,
            base_url="https://portal.example.com",
            data_dir=here,
            database_url=f"sqlite:///{here / 'portal.sqlite3'}",
            mail_url="console:",
            host="127.0.0.1",
            port=8000,
            trusted_proxies=0,
            allow_unscanned=True,
        )
        app = create_app(config)
        with app.app_context():
            schema.migrate()
            _fill()
            open_session(SYSTEM, writes=False)
            portal = _timed(lambda: _none(list(audit.troubles())))
            _take(here / "record.zip")
            db.session.remove()
        with zipfile.ZipFile(here / "record.zip") as packed:
            (here / "verify.py").write_bytes(packed.read("verify.py"))
            lines = packed.read(f"events/{CLIENT}.jsonl").splitlines()
        words = [sys.executable, "-I", "-S", str(here / "verify.py"), str(here / "record.zip")]
        alone = _timed(lambda: subprocess.run(words, check=True, capture_output=True))
        bare = _timed(lambda: [hashlib.sha256(line).digest() for line in lines])
    size = sum(map(len, lines)) / 1e6
    print(f"{ENTRIES} entries, half of them with names and sentences, {size:.0f} MB as lines")
    print(f"  bare SHA-256 over the same lines  {bare[0]:6.2f} s of the processor, {bare[1]:6.2f} s on the wall")
    for name, (cpu, wall) in (("flask audit verify (SQLite)", portal), ("verify.py, Python alone", alone)):
        judged = f"{cpu / bare[0]:.0f} times bare, {'within' if cpu < WANTED else 'OVER'} {WANTED:.0f} s"
        print(f"  {name:32}  {cpu:6.2f} s of the processor, {wall:6.2f} s on the wall; {judged}")


def _fill() -> None:
    """One long chain, hashed as the portal does it."""
    before, at = FIRST, datetime(2026, 1, 1, tzinfo=UTC)
    ids = {"actor_id": uuid4(), "client_id": CLIENT, "project_id": uuid4()}
    open_session(SYSTEM, writes=True)
    for start in range(0, ENTRIES, AT_ONCE):
        events, details = [], []
        for seq in range(start + 1, start + AT_ONCE + 1):
            data = canonical({"title": f"Photos of the products, {seq}"}) if seq % 2 else None
            event = Event(chain_id=CLIENT, seq=seq, at=at + timedelta(minutes=seq), kind="item.changed", via="page", **ids)
            event.item_id = event.object_id = uuid4()
            event.audience, event.facts, event.salt, event.prev_hash = "shared", canonical({"rev": seq}), uuid4().hex * 2, before
            event.detail_hash = sealed(event.salt, data) if data else None
            event.hash = before = linked(str(CLIENT), seq, before, event.body)
            events.append({column.key: getattr(event, column.key) for column in Event.__table__.columns})
            if data:
                details.append({"chain_id": CLIENT, "seq": seq, "salt": event.salt, "data": data})
        db.session.execute(insert(Event), events)
        db.session.execute(insert(EventDetail), details)
    db.session.execute(insert(ChainHead).values(chain_id=CLIENT, seq=ENTRIES, hash=before))
    db.session.commit()


def _take(target: Path) -> None:
    open_session(SYSTEM, writes=True)
    key = signing_key()
    open_session(SYSTEM, writes=False)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, pieces in Bundle(Taken(), key=key, firm="Bench", client="Bench").parts():
            with packed.open(name, "w") as part:
                part.writelines(pieces)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor, and on the wall."""
    wall, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4]), time.perf_counter() - wall


def _none(found: list[object]) -> None:
    assert not found, found[0]


if __name__ == "__main__":
    main()
