"""Waking the worker after a commit. Losing a wake-up loses nothing: the rows are swept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Waker = Callable[[tuple[float, ...]], None]
MAILS, CHORES = "mails", "chores"
_wakers: dict[str, Waker] = {}


def on_wake(waker: Waker, *, who: str = MAILS) -> None:
    """Register how to wake whoever sends the mails or does the chores; replaces what was registered before."""
    _wakers[who] = waker


def wake(delays: tuple[float, ...] = (0.0,), *, who: str = MAILS) -> None:
    """Tell the worker that something is due, in so many seconds."""
    waker = _wakers.get(who)
    if waker:
        waker(delays)


@contextmanager
def asleep() -> Iterator[None]:
    """Wake nobody for a while, such as while the demo's past is built."""
    before = dict(_wakers)
    _wakers.clear()
    try:
        yield
    finally:
        _wakers.clear()
        _wakers.update(before)
