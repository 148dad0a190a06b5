"""Free ports on this machine."""

import contextlib
import socket
import time


def free_port() -> int:
    """Return a TCP port nobody listens on right now. Prefer binding port 0 yourself where a server can."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Tell whether somebody accepts connections on this port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait_until_it_answers(port: int, *, seconds: float = 20) -> None:
    """Return as soon as somebody accepts connections on this port."""
    deadline = time.monotonic() + seconds
    while not answers(port):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Nobody answered on port {port} within {seconds} seconds.")
        time.sleep(0.02)
