"""The sandbox: whatever happens to a look, the caller gets an answer or a reason, soon, and nothing else suffers."""

import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from portal.storage import sandbox
from portal.storage.disk import DiskStorage
from portal.storage.sandbox import Ended, Limits, run
from tests.storage.corpus import PDF

CRY = "tests.storage.misbehaving:cry"


def cry(how: str = "", source=None, out=None, **limits) -> dict[str, object]:
    return run(CRY, source or io.BytesIO(b"abc"), out=out, told={"how": how}, limits=Limits(**{"seconds": 5, **limits}))


def test_the_work_sees_nothing_of_ours() -> None:
    seen = cry()
    assert seen["environment"] in ([], ["LC_CTYPE"])
    assert all(name == "portal" or name.startswith("portal.storage") for name in seen["ours"]), seen["ours"]
    assert seen["memory"] == Limits().memory


@pytest.mark.parametrize(
    ("how", "trouble", "limits"),
    [
        ("for ever", {"time", "killed"}, {"cpu": 1}),
        ("asleep", {"killed"}, {"seconds": 0.5}),
        ("deaf", {"time"}, {"seconds": 0.2}),
        ("memory", {"memory"}, {}),
        ("crash", {"killed"}, {}),
        ("raise", {"ValueError"}, {}),
        ("noise", {"killed"}, {}),
        ("disk", {"killed"}, {"written": 1000}),
    ],
)
def test_who_misbehaves_ends_alone(how: str, trouble: set[str], limits: dict[str, float], tmp_path: Path) -> None:
    began = time.monotonic()
    with (tmp_path / "out").open("w+b") as out, pytest.raises(Ended) as ended:
        cry(how, out=out, **limits)
    assert ended.value.trouble in trouble
    assert time.monotonic() - began < 8
    assert (tmp_path / "out").stat().st_size <= 1000
    assert cry()["pid"], "the next one is served"


def test_what_does_not_end_by_itself_is_ended() -> None:
    before = _children()
    with pytest.raises(Ended):
        cry("deaf", seconds=0.1)
    deadline = time.monotonic() + 5
    while _children() - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _children() - before


def _children() -> set[str]:
    """Every process below the nursery."""
    process = sandbox._nursery._process
    if process is None:
        return set()
    return set(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())


def test_output_goes_to_the_one_file_given(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w+b") as out:
        cry("write", io.BytesIO(b"abc"), out, written=100)
    assert (tmp_path / "out").read_bytes() == b"cba"


def test_a_file_of_the_store_is_read_where_it_lies_and_from_its_start(tmp_path: Path) -> None:
    storage = DiskStorage(tmp_path)
    received = storage.receive(io.BytesIO(PDF), limit=1000)
    with storage.open(received.key_in_incoming) as stream, (tmp_path / "out").open("w+b") as out:
        stream.read(4)
        assert stream.fileno()
        cry("write", stream, out, written=1000)
        assert stream.read(3) == PDF[4:7], "our own place in it is where it was"
    assert (tmp_path / "out").read_bytes() == PDF[::-1]
    with storage.open(received.key_in_incoming, start=2, end=5) as part, (tmp_path / "out").open("w+b") as out:
        cry("write", part, out, written=1000)
    assert (tmp_path / "out").read_bytes() == PDF[2:5][::-1]


def test_a_stream_without_a_file_is_copied_first(tmp_path: Path) -> None:
    """What comes from elsewhere, such as another machine's store."""

    class Line(io.RawIOBase):
        left = [b"ab", b"c", b""]

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return self.left.pop(0)

        def fileno(self) -> int:
            return 0 if self.left is None else os.pipe()[0]  # a line has a number too, but is no file

    with (tmp_path / "out").open("w+b") as out:
        cry("write", Line(), out, written=100)
    assert (tmp_path / "out").read_bytes() == b"cba"


def test_many_at_once_do_not_mix() -> None:
    found: list[bytes] = []

    def look(n: int) -> None:
        with tempfile.TemporaryFile() as out:
            cry("write", io.BytesIO(b"%05d" % n), out, written=10)
            out.seek(0)
            found.append(out.read()[::-1])

    threads = [threading.Thread(target=look, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [b"%05d" % n for n in range(20)]


def test_a_nursery_that_was_killed_is_started_again() -> None:
    cry()
    os.kill(sandbox._nursery._process.pid, signal.SIGKILL)
    sandbox._nursery._process.wait()
    assert cry()["pid"]


def test_our_end_is_its_end() -> None:
    """Whoever dies takes the nursery along."""
    code = "from tests.storage.test_sandbox import cry, sandbox; cry(); print(sandbox._nursery._process.pid)"
    pid = int(subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def test_a_look_is_quick() -> None:
    cry()
    began = time.monotonic()
    for _ in range(20):
        cry()
    assert (time.monotonic() - began) / 20 < 0.25
