"""Every named point once, with real processes: nothing that was acknowledged is lost, and the doctor ends clean.

`make crash` goes on for long, also on a bucket and on PostgreSQL.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.crash.points import DOCTOR, WEB, WORKER, of

ROOT = Path(__file__).resolve().parents[2]


def crash(*words):
    """Run it; its exit code and its report."""
    command = [sys.executable, "-m", "tests.crash", "--json", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_killed_once_at_every_named_point():
    code, report = crash("--points", "--seed", "7")
    assert (report["lost"], report["trouble"]) == ([], [])
    assert code == 0 and report["acknowledged"] > 0 and report["handed over"] > 0
    for role in (WEB, WORKER, DOCTOR):
        assert {point.name for point in of(role, "disk")} <= set(report["places"][role])
    assert report["left in the antechamber"] == 0


def test_a_store_that_lies_is_noticed():
    """Positive control: one that says that bytes are safe and drops them loses files, and this says so."""
    code, report = crash("--kills", "0", "--careless", "--seed", "7")
    assert code == 1
    assert len(report["lost"]) == report["acknowledged"] > 0
    assert any("its bytes are not there" in words for words in report["trouble"])
    assert any("the doctor finds something right after" in words for words in report["trouble"])
