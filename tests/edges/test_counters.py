"""Nobody who opens a page stands in line behind files."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from portal.edges.counters import LARGE, Counters, brings_files


class Line:
    """A line with one request, which takes as long as we like."""

    def __init__(self, command: str, path: str, *, length: int = 0, error: object = None) -> None:
        self.requests = [SimpleNamespace(command=command, path=path, content_length=length, error=error)]
        self.may_end, self.begun = threading.Event(), threading.Event()

    def service(self) -> None:
        self.begun.set()
        assert self.may_end.wait(20)

    def cancel(self) -> None:
        """Nothing to take back."""


def test_a_page_is_answered_while_more_files_come_than_there_are_threads():
    counters = Counters(pages=1, files=2)
    files = [Line("PUT", "/uploads/1/bytes") for _ in range(3)]
    page = Line("GET", "/")
    for line in (*files, page):
        counters.add_task(line)
    assert page.begun.wait(20)
    assert all(file.begun.wait(20) for file in files[:2])
    assert not files[2].begun.is_set()
    for line in (*files, page):
        line.may_end.set()
    assert files[2].begun.wait(20)
    counters.shutdown()


@pytest.mark.parametrize(
    ("line", "brings"),
    [
        (Line("PUT", "/uploads/1/bytes"), True),
        (Line("POST", "/uploads/1/bytes"), True),
        (Line("POST", "/items/1/uploads/rows"), True),
        (Line("POST", "/items/1/files", length=LARGE + 1), True),
        (Line("POST", "/items/1/uploads"), False),
        (Line("GET", "/"), False),
        (Line("PUT", "", error="no request at all"), False),
    ],
)
def test_what_waits_where(line, brings):
    assert brings_files(line) is brings
