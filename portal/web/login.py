"""Flask-Login, in the one module that knows it: the browser holds a random token, the session lives in our database."""

from __future__ import annotations

from flask import Flask, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from portal.kernel.clock import now
from portal.models.people import SignedIn
from portal.models.sessions import SEEN_EVERY, Known, recognise

manager = LoginManager()


class Ticket(UserMixin):  # type: ignore[misc]
    """What Flask-Login calls the user: a recognised session of ours."""

    def __init__(self, token: str, known: Known | None = None) -> None:
        self.id = token
        self.known = known


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> Ticket | None:
    known = recognise(token)
    return Ticket(token, known) if known else None


def init(app: Flask) -> None:
    """Attach Flask-Login to the app."""
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)


def known() -> Known | None:
    """The recognised session of this request, if there is one."""
    found: Known | None = getattr(current_user, "known", None)
    return found


def enter(token: str, row: SignedIn) -> None:
    """Give this browser a session; whatever it held before is dropped first."""
    csrf = session.get("csrf_token")
    session.clear()
    if csrf:
        session["csrf_token"] = csrf
    session.permanent = row.kept
    login_user(Ticket(token))


def leave() -> None:
    """Take the session away from this browser."""
    logout_user()
    session.clear()


def needs_touch(row: SignedIn) -> bool:
    """Whether the last-seen mark is older than five minutes and this request counts as being here."""
    return request.method == "GET" and now() - row.last_seen_at > SEEN_EVERY
