"""When the work of two people waits for each other's rows, PostgreSQL ends one of the two, which is then done once more.

See docs/decisions/standoffs.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, has_request_context, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from portal.kernel.db import db
from portal.web.doors import READS, begin_writing, receives_first

TRIES = 3
T = TypeVar("T")
DEADLOCK, NOT_SERIALIZABLE, THERE_ALREADY = "40P01", "40001", "23505"


class Portal(Flask):
    """A Flask that does a page once more when the database ended it for the sake of somebody else's work."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Do what the page does."""
        for _ in range(TRIES - 1):
            try:
                return super().dispatch_request()
            except DBAPIError as trouble:
                if not ((is_standoff(trouble) or _state(trouble) == THERE_ALREADY) and _can_be_repeated()):
                    raise
                self.logger.warning("once more after a standoff: %s %s", request.method, request.endpoint)
                begin_writing()
        return super().dispatch_request()


def written(work: Callable[[], T]) -> T:
    """Write in a session of its own, and once more after a standoff, where a page received bytes before: rows are found anew in it."""
    for _ in range(TRIES - 1):
        begin_writing()
        try:
            return work()
        except DBAPIError as trouble:
            if not is_standoff(trouble):
                raise
            current_app.logger.warning("written once more after a standoff: %s", request.endpoint if has_request_context() else "a mail")
    begin_writing()
    return work()


def is_standoff(trouble: BaseException) -> bool:
    """Whether the database ended this work only because it stood in the way of somebody else's."""
    return isinstance(trouble, DBAPIError) and _state(trouble) in (DEADLOCK, NOT_SERIALIZABLE)


def _state(trouble: DBAPIError) -> str:
    return getattr(trouble.orig, "sqlstate", "") or ""


def _can_be_repeated() -> bool:
    """Whether all of the request is still here, and nothing of it was kept yet."""
    return request.method not in READS and not receives_first() and not db.session().info.get("kept")
