"""Starting many at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread


def race(count: int, work: Callable[[int], object]) -> None:
    """Do something in many threads that start together; trouble in one is trouble here."""
    barrier, trouble = Barrier(count), []

    def run(n: int) -> None:
        try:
            barrier.wait(10)
            work(n)
        except BaseException as error:
            trouble.append(error)

    threads = [Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    if trouble:
        raise trouble[0]
