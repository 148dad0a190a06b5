"""Waking the worker after a commit. Losing a wake-up loses nothing: the rows are swept."""

from __future__ import annotations

from collections.abc import Callable

_wakers: list[Callable[[], None]] = []


def on_wake(waker: Callable[[], None]) -> None:
    """Register how to wake the worker; replaces whoever was registered before."""
    _wakers[:] = [waker]


def wake() -> None:
    """Tell the worker that something may be due."""
    for waker in _wakers:
        waker()
