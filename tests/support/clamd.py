"""A real clamd for tests, with one signature of our own: the harmless EICAR string. Nothing is fetched from anywhere.

`python -m tests.support.clamd` prints where it is; with `--install` root gets Debian's package first when there is none.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.packages import find_or_install

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"  # in halves, so that this file is not one
PACKAGE = "clamav-daemon"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/bin")
MISSING = (
    f"clamd is missing. Install the Debian package {PACKAGE} (apt-get install {PACKAGE}), "
    "or say where another one is with CLAMD=/path/to/clamd."
)
MOST_STREAMED = 3_000_000


def find_clamd() -> str:
    """Return the path of an installed clamd, or raise with a sentence about what to install."""
    chosen = os.environ.get("CLAMD")
    if chosen:
        if shutil.which(chosen):
            return chosen
        raise FileNotFoundError(f"CLAMD says {chosen}, but there is no program of that name.")
    path = shutil.which("clamd", path=os.pathsep.join([os.environ.get("PATH", ""), *PLACES]))
    if path:
        return path
    raise FileNotFoundError(MISSING)


class Clamd:
    """One clamd in a folder of its own, on a socket (or a free port) of its own; may be stopped and started again."""

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        self.folder = folder
        self.url = f"tcp://127.0.0.1:{port}" if port else f"unix:{folder / 'clamd.sock'}"
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "db").mkdir(parents=True)
        (folder / "db" / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
        listens = [f"TCPSocket {port}", "TCPAddr 127.0.0.1"] if port else [f"LocalSocket {folder / 'clamd.sock'}"]
        limits = [f"StreamMaxLength {MOST_STREAMED}", "MaxFileSize 2M", "MaxScanSize 8M", "MaxRecursion 5", "AlertExceedsMax yes"]
        rest = ["Foreground yes", f"DatabaseDirectory {folder / 'db'}", f"TemporaryDirectory {folder}", "AlertEncrypted yes"]
        (folder / "clamd.conf").write_text("\n".join([*listens, *limits, *rest]) + "\n")

    def start(self) -> None:
        """Start it and wait until it answers."""
        (self.folder / "clamd.sock").unlink(missing_ok=True)
        log = (self.folder / "clamd.log").open("ab")
        with log:
            self._process = subprocess.Popen([find_clamd(), "-c", str(self.folder / "clamd.conf")], stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "clamd.log").read_text())
            time.sleep(0.05)

    def stop(self) -> None:
        """End it at once, whatever it is doing."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), self._connected() as line:
            line.sendall(b"zPING\0")
            return line.recv(16).startswith(b"PONG")
        return False

    def _connected(self) -> socket.socket:
        if self.url.startswith("tcp"):
            return socket.create_connection(("127.0.0.1", int(self.url.rsplit(":", 1)[1])), timeout=5)
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(5)
        try:
            line.connect(self.url.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line


@contextlib.contextmanager
def running_clamd(folder: Path, *, port: int = 0) -> Iterator[Clamd]:
    """A clamd for as long as the block runs."""
    clamd = Clamd(folder, port=port)
    clamd.start()
    try:
        yield clamd
    finally:
        clamd.stop()


if __name__ == "__main__":
    may_install = "--install" in sys.argv[1:]
    find_or_install(find_clamd, (PACKAGE,), may_install=may_install, chosen="CLAMD", missing=MISSING)
