"""The other side of the sandbox: a process with nothing of ours in it, which waits for files and forks itself for each of them."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import cast

LOADED_BEFOREHAND = ("portal.storage.looking", "portal.storage.painting.painter")
MOST_FILES_OPEN = 32
NO_NEW_PRIVILEGES = 38
NEW_USERS_AND_NETWORK = 0x10000000 | 0x40000000
LONGEST_ORDER = 64 * 1024


def serve(line_number: int) -> None:
    """Fork for every message until whoever started us is gone."""
    line = socket.socket(fileno=line_number)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # Ctrl-C in a terminal reaches us too; our end is the line's end
        signal.signal(number, signal.SIG_IGN)
    _shut_ourselves_in()
    for name in LOADED_BEFOREHAND:
        importlib.import_module(name)
    while True:
        message, files, _, _ = socket.recv_fds(line, 16, 3)
        if not message:
            return
        if os.fork() == 0:
            line.close()
            try:
                _do(files)
            finally:
                os._exit(0)
        for file in files:
            os.close(file)


def _shut_ourselves_in() -> None:
    """No new rights and, where the system allows it, no network."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.unshare(NEW_USERS_AND_NETWORK)


def _do(files: list[int]) -> None:
    """Read the order, do the work within its limits, and say how it went."""
    answer = socket.socket(fileno=files[0])
    answer.sendall(b"%d\n" % os.getpid())
    order = json.loads(answer.makefile("rb").readline(LONGEST_ORDER))
    try:
        _limit(order["limits"])
        source = os.fdopen(files[1], "rb", closefd=False)
        source.seek(0)
        out = os.fdopen(files[2], "r+b", closefd=False) if len(files) > 2 else None
        said: dict[str, object] = _find(order["work"])(source, out, **order["told"])
        if out:
            out.flush()
    except MemoryError:
        said = {"trouble": "memory"}
    except BaseException as trouble:
        said = {"trouble": type(trouble).__name__}
    answer.sendall(json.dumps(said).encode())


def _limit(limits: dict[str, float]) -> None:
    """From here on the system itself ends us when we take too much."""
    for number in (signal.SIGALRM, signal.SIGXCPU, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, float(limits["seconds"]))
    quiet = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(quiet, standard)
    for what, most in (
        (resource.RLIMIT_CPU, int(limits["cpu"])),
        (resource.RLIMIT_AS, int(limits["memory"])),
        (resource.RLIMIT_FSIZE, int(limits["written"])),
        (resource.RLIMIT_NOFILE, MOST_FILES_OPEN),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError):
            resource.setrlimit(what, (most, most))


def _find(work: str) -> Callable[..., dict[str, object]]:
    module, _, name = work.partition(":")
    return cast("Callable[..., dict[str, object]]", getattr(importlib.import_module(module), name))
