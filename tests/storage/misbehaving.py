"""What a library may do when a hostile file takes it over, or a bug does. Runs in the sandbox only."""

import ctypes
import os
import resource
import signal
import socket
import sys
from typing import BinaryIO


def cry(source: BinaryIO, out: BinaryIO | None, *, how: str = "") -> dict[str, object]:
    """Misbehave in one way, or tell what can be seen from here."""
    match how:
        case "for ever":
            while True:
                pass
        case "asleep":
            signal.pause()
        case "deaf":
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            while True:
                signal.pause()
        case "memory":
            return {"size": len(bytearray(8 << 30))}
        case "crash":
            ctypes.string_at(0)
        case "raise":
            raise ValueError("of its own")
        case "noise":
            return {"noise": "x" * (1 << 20)}
        case "disk":
            assert out
            out.write(bytes(1 << 20))
            out.flush()
        case "network":
            with socket.create_server(("127.0.0.1", 0)) as server:
                socket.create_connection(server.getsockname(), timeout=1).close()
        case "write":
            assert out
            out.write(source.read()[::-1])
    memory, _ = resource.getrlimit(resource.RLIMIT_AS)
    ours = [name for name in sys.modules if name.split(".")[0] in ("portal", "flask", "sqlalchemy", "config", "wsgi")]
    return {"ours": sorted(ours), "environment": list(os.environ), "pid": os.getpid(), "memory": memory}


def hang(_source: BinaryIO, _out: BinaryIO | None, **_told: object) -> dict[str, object]:
    """Never come back, and use no time of the processor either; ended sooner than usual."""
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    signal.pause()
    return {}
