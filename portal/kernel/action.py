"""The one write path: actions join the one that is open, and only the outermost commits, once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from sqlalchemy.orm import Session

from portal.kernel import jobs, record
from portal.kernel.db import db

P = ParamSpec("P")
R = TypeVar("R")
_before_commit: list[Callable[[], None]] = []


def before_commit(hook: Callable[[], None], *, early: bool = False) -> Callable[[], None]:
    """Register work that every action does last, such as refreshing a kept projection; `early` goes before what is there."""
    if hook not in _before_commit:
        _before_commit.insert(0 if early else len(_before_commit), hook)
    return hook


def action(work: Callable[P, R]) -> Callable[P, R]:
    """Make a function a write: all it changes, records and posts commits together, or nothing does."""

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if record.open_facts.get() is not None:
            return work(*args, **kwargs)
        session = db.session()
        if not session.info.get("writes"):
            raise RuntimeError("this session was opened for reading")
        if not session.in_transaction():
            session.connection(execution_options={"writes": True})
        token = record.open_facts.set([])
        try:
            result = work(*args, **kwargs)
            session.flush()
            for hook in _before_commit:
                hook()
            record.write(record.open_facts.get() or ())
            session.commit()
            session.info["kept"] = True
        except BaseException:
            session.rollback()
            raise
        finally:
            record.open_facts.reset(token)
        for who in (jobs.MAILS, jobs.CHORES):
            delays = session.info.pop(f"{who}_in", None)
            if delays:
                jobs.wake(tuple(sorted(delays)), who=who)
        return result

    return run


@contextmanager
def marking() -> Iterator[Session]:
    """A short transaction of its own for marks a GET may leave (seen, download, last seen); never chained."""
    with Session(db.engine) as session:
        session.info.update(viewer=db.session().info.get("viewer"), writes=True)
        session.connection(execution_options={"writes": True})
        yield session
        session.commit()
