"""Serving people: waitress in front, the worker beside it in the same process, and an orderly end."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from flask import Flask
from waitress import create_server
from waitress.server import BaseWSGIServer

from portal.edges.counters import Counters
from portal.edges.gate import parser_for
from portal.edges.intake import PIECE, SILENT, Channel
from portal.edges.queue import Worker

LARGE = 1024 * 1024  # memory in pieces from here on is the machine's again as soon as nobody needs it
M_MMAP_THRESHOLD = -3  # how glibc calls that
TURN = 0.001  # seconds until a thread must let the next one have a turn; pages change hands often and would wait five times as long
WORDS_FIRST = 64 * 1024 * 1024  # waitress cuts connections without a word, so its limit lies above Flask's


class PortTaken(Exception):
    """Somebody else listens on this port already."""


@dataclass(frozen=True)
class Serving:
    """How to serve: where, with how many threads, for how many connections, and whether the worker runs along."""

    host: str
    port: int
    threads: int = 8
    connections: int = 1000
    worker: bool = True
    behind_proxy: bool = False


def serve(app: Flask, how: Serving, *, ready: Callable[[], None]) -> None:
    """Serve until somebody asks to end (Ctrl-C or SIGTERM), then finish what is under way."""
    sys.setswitchinterval(TURN)
    _give_memory_back()
    server = _listen(app, how)
    worker = Worker(app) if how.worker else None
    end_on_signals()
    try:
        if worker:
            worker.start()
        ready()
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        if worker:
            worker.stop()


def work(app: Flask, *, ready: Callable[[], None]) -> None:
    """Run the worker alone until somebody asks to end."""
    worker = Worker(app)
    end_on_signals()
    try:
        worker.start()
        ready()
        while True:
            signal.pause()
    except KeyboardInterrupt:
        worker.stop()


def end_on_signals() -> None:
    """Let SIGTERM end the process as Ctrl-C does, also where a shell started it deaf to Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _give_memory_back() -> None:
    """Keep the C library from holding on to what large bodies took, once for every thread that had one."""
    with contextlib.suppress(AttributeError, OSError):  # there are libraries without such a word
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)


def _listen(app: Flask, how: Serving):  # type: ignore[no-untyped-def]  # waitress has no types
    Channel.parser_class = parser_for(app)
    BaseWSGIServer.channel_class = Channel  # there is no setting for it
    tempfile.tempdir = app.config["SPOOL"]  # where waitress lets large bodies wait
    try:
        return create_server(
            app,
            host=how.host,
            port=how.port,
            _dispatcher=Counters(pages=how.threads, files=(os.cpu_count() or 1) + 1),
            connection_limit=how.connections,
            asyncore_use_poll=True,
            recv_bytes=PIECE,
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + WORDS_FIRST,
            clear_untrusted_proxy_headers=not how.behind_proxy,
            channel_timeout=SILENT,
            ident=None,
        )
    except OSError as trouble:
        if trouble.errno == errno.EADDRINUSE:
            raise PortTaken from None
        raise
