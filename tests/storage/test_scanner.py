"""The virus scanner, a real one: what it says, what it cannot say, and that silence never counts as clean."""

from __future__ import annotations

import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.storage.scanner import Scanned, Scanner, ScannerDown, Verdict
from tests.storage import hostile
from tests.support.clamd import EICAR, MOST_STREAMED, Clamd, find_clamd, running_clamd
from tests.support.ports import free_port


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    with running_clamd(tmp_path_factory.mktemp("clamd")) as clamd:
        yield clamd


def scan(clamd: Clamd, content: bytes, *, size: int | None = None) -> Scanned:
    return Scanner(clamd.url).scan(io.BytesIO(content), size=len(content) if size is None else size)


def zipped(content: bytes, depth: int = 1) -> bytes:
    for n in range(depth):
        content = hostile.zip_with(f"{n}.zip" if n else "inside.com", content=content)
    return content


def test_the_good_is_clean(clamd: Clamd) -> None:
    assert scan(clamd, b"Hello") == Scanned(Verdict.CLEAN)
    assert scan(clamd, hostile.whole_picture(300)).verdict is Verdict.CLEAN
    assert scan(clamd, hostile.pdf(3)).verdict is Verdict.CLEAN


@pytest.mark.parametrize("content", [EICAR, zipped(EICAR), zipped(EICAR, 3), bytes(9) + EICAR], ids=["bare", "zip", "zip in zip", "within"])
def test_a_virus_is_found_and_named_wherever_it_sits(clamd: Clamd, content: bytes) -> None:
    found = scan(clamd, content)
    assert found.verdict is Verdict.INFECTED and "Eicar" in found.what


@pytest.mark.parametrize(
    "content",
    [bytes(MOST_STREAMED + 1), bytes(20_000_000), bytes(2_500_000), zipped(b"deep", 12), hostile.locked_zip()],
    ids=["over the stream's limit", "far over", "over the file limit", "packed too deep", "locked zip"],
)
def test_what_it_cannot_look_into_is_not_called_clean(clamd: Clamd, content: bytes) -> None:
    assert scan(clamd, content).verdict is Verdict.COULD_NOT


def test_more_than_any_scanner_takes_is_not_even_sent() -> None:
    assert Scanner("tcp://127.0.0.1:1").scan(io.BytesIO(b""), size=2 * 1024**3) == Scanned(Verdict.COULD_NOT, "too large")


def test_it_listens_on_a_port_as_well(tmp_path: Path) -> None:
    with running_clamd(tmp_path / "clamd", port=free_port()) as clamd:
        assert scan(clamd, b"Hello").verdict is Verdict.CLEAN
        assert scan(clamd, EICAR).verdict is Verdict.INFECTED
        assert Scanner(clamd.url).version().startswith("ClamAV")


def test_stopped_it_is_down_and_started_again_it_answers(tmp_path: Path) -> None:
    with running_clamd(tmp_path / "clamd") as clamd:
        clamd.stop()
        with pytest.raises(ScannerDown, match="does not answer"):
            scan(clamd, b"Hello")
        clamd.start()
        assert scan(clamd, b"Hello").verdict is Verdict.CLEAN


def test_stopped_in_the_middle_it_is_down(tmp_path: Path) -> None:
    with running_clamd(tmp_path / "clamd") as clamd:

        class Slow(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                if self.tell() > 500_000:
                    clamd.stop()
                return super().read(size)

        with pytest.raises(ScannerDown):
            Scanner(clamd.url).scan(Slow(bytes(2_000_000)), size=2_000_000)


@pytest.mark.parametrize("answer", [b"", b"what?\n", b"stream: Can't allocate memory ERROR\n", b"\xff\xfe\n", None])
def test_whatever_else_answers_is_not_believed(answer: bytes | None) -> None:
    """A port on which something else listens, which says nonsense, hangs up, or says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.recv(100_000)
                if answer is None:
                    threading.Event().wait(2)
                else:
                    line.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(ScannerDown):
            Scanner(f"tcp://127.0.0.1:{server.getsockname()[1]}", seconds=1).scan(io.BytesIO(b"Hello"), size=5)


def test_it_is_tried_out_with_files_of_our_own(clamd: Clamd, tmp_path: Path) -> None:
    assert Scanner(clamd.url).problems() == []
    careless = Clamd(tmp_path / "careless")
    config = careless.folder / "clamd.conf"
    config.write_text(config.read_text().replace("AlertExceedsMax yes", "AlertExceedsMax no"))
    (careless.folder / "db" / "test.ndb").write_text("Something-Else:0:*:00112233445566778899\n")
    careless.start()
    try:
        unknown, shallow = Scanner(careless.url).problems()
    finally:
        careless.stop()
    assert "does not find the test virus" in unknown and "AlertExceedsMax yes" in shallow
    assert "Files wait until it does." in Scanner(careless.url).problems()[0]


def test_where_clamd_is_missing_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Path(find_clamd()).exists()
    monkeypatch.setenv("CLAMD", "/nowhere/clamd")
    with pytest.raises(FileNotFoundError, match="CLAMD says /nowhere/clamd"):
        find_clamd()


def test_zip_is_really_packed() -> None:
    """Positive control: the string does not stand open in the archive."""
    assert EICAR not in zipped(EICAR + bytes(1000)) and zipfile.is_zipfile(io.BytesIO(zipped(EICAR)))
