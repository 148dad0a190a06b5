"""Killed where it matters most, with real processes: nothing that was acknowledged is lost, and the doctor ends clean.

`make crash` goes through every named point and on for long, also on a bucket and on PostgreSQL.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.crash.points import DOCTOR, POINTS, SHORT, WEB, WORKER, of, place_of

ROOT = Path(__file__).resolve().parents[2]


def crash(*words):
    """Run it; its exit code and its report."""
    command = [sys.executable, "-m", "tests.crash", "--json", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_every_named_point_exists_and_has_a_name_of_its_own():
    names = [point.name for point in POINTS]
    assert len(names) == len(set(names)) and set(names) >= SHORT
    for target in {target for point in POINTS for target in (point.target, point.within) if target}:
        assert callable(getattr(*place_of(target))), target


def test_killed_once_wherever_something_is_acknowledged_promoted_committed_or_deleted():
    code, report = crash("--points", "short", "--seed", "7")
    assert (report["lost"], report["trouble"]) == ([], [])
    assert code == 0 and report["acknowledged"] > 0 and report["handed over"] > 0
    for role in (WEB, WORKER, DOCTOR):
        assert {point.name for point in of(role, "disk", short=True)} <= set(report["places"][role])
    assert report["left in the antechamber"] == 0


def test_a_store_that_lies_is_noticed():
    """Positive control: one that says that bytes are safe and drops them loses files, and this says so."""
    code, report = crash("--kills", "0", "--careless", "--seed", "7")
    assert code == 1
    assert len(report["lost"]) == report["acknowledged"] > 0
    assert any("its bytes are not there" in words for words in report["trouble"])
    assert any("the doctor finds something right after" in words for words in report["trouble"])
