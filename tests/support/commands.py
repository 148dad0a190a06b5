"""Commands of the portal run to their end: as a person types them, or forked from a process that has read the code already.

Reading the code is what a short command costs; `forked` saves that where the promise is about what the command does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from multiprocessing import forkserver, get_context
from pathlib import Path

from flask.cli import FlaskGroup

from config import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["portal.app", "tests.support.commands"])


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these settings of the portal and no others."""
    bare = {name: value for name, value in os.environ.items() if name not in SETTINGS and not name.startswith("FLASK")}
    return bare | settings


def command(*words: str) -> list[str]:
    """What a person types."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", *words]


def typed(*words: str, said: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command; `said` is what a person answers to its questions."""
    how = {"env": environment(**settings), "cwd": ROOT, "text": True, "capture_output": True, "timeout": 120, "check": False}
    return subprocess.run(command(*words), input=said, **how)  # type: ignore[call-overload,no-any-return]


def forked(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command that asks nothing, quickly."""
    with tempfile.TemporaryDirectory() as folder:
        heard = [Path(folder) / name for name in ("stdout", "stderr")]
        process = FORKS.Process(target=_run, args=(words, environment(**settings), heard))
        process.start()
        process.join(120)
        out, err = (path.read_text() for path in heard)
    return subprocess.CompletedProcess(command(*words), process.exitcode or 0, out, err)


def begin_forking() -> None:
    """Begin the process that others are forked from, while temporary files lie where they outlive a test."""
    forkserver.ensure_running()


def _run(words: tuple[str, ...], env: Mapping[str, str], heard: list[Path]) -> None:
    for number, path in enumerate(heard, start=1):
        file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(file, number)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["flask", *words]
    FlaskGroup(create_app=lambda: import_module("wsgi").app).main(args=list(words), prog_name="flask")
