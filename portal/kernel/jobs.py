"""Waking the worker after a commit. Losing a wake-up loses nothing: the rows are swept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Waker = Callable[[tuple[float, ...]], None]
_wakers: list[Waker] = []


def on_wake(waker: Waker) -> None:
    """Register how to wake the worker; replaces whoever was registered before."""
    _wakers[:] = [waker]


def wake(delays: tuple[float, ...] = (0.0,)) -> None:
    """Tell the worker that something is due, in so many seconds."""
    for waker in _wakers:
        waker(delays)


@contextmanager
def asleep() -> Iterator[None]:
    """Wake nobody for a while, such as while the demo's past is built."""
    before, _wakers[:] = list(_wakers), []
    try:
        yield
    finally:
        _wakers[:] = before
