"""Two counters for those who wait: whoever brings files stands at one, so that nobody who opens a page has to wait behind a photo set."""

from __future__ import annotations

import logging

from waitress.channel import HTTPChannel
from waitress.task import ThreadedTaskDispatcher

LARGE = 512 * 1024  # a body of more than this is not somebody's typing


class Counters:
    """What waitress calls a dispatcher: threads for pages, and fewer of their own for files, which use processors more than they wait."""

    def __init__(self, *, pages: int, files: int) -> None:
        self._pages, self._files = ThreadedTaskDispatcher(), ThreadedTaskDispatcher()
        self._files.queue_logger = logging.getLogger("portal.files")  # that files stand in line is how it should be
        self._files.queue_logger.setLevel(logging.ERROR)
        self._pages.set_thread_count(pages)
        self._files.set_thread_count(files)

    def add_task(self, channel: HTTPChannel) -> None:
        """Let the next request of this line wait where it belongs."""
        (self._files if brings_files(channel) else self._pages).add_task(channel)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Finish what is under way; whether somebody was sent away."""
        away = [one.shutdown(cancel_pending, timeout) for one in (self._pages, self._files)]
        return any(away)


def brings_files(channel: HTTPChannel) -> bool:
    """Whether a request brings a file, or a part of one, or has the portal put together what has come."""
    request = channel.requests[0]
    if request.error:
        return False
    return bool(request.command == "PUT" or request.content_length > LARGE or request.path.endswith(("/bytes", "/uploads/rows")))
