"""What a person sees when something is not there, not theirs, or went wrong: one sentence and a way on."""

from __future__ import annotations

import errno

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.kernel.db import db
from portal.kernel.refusal import NotFound, Refused
from portal.storage import StoreDown
from portal.web.doors import recognise_outside
from portal.web.forms import said
from portal.web.standoffs import is_standoff

OURS = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503, 507})
OTHER_ADDRESS = (
    "This portal does not answer to that address.\n"
    "If you are installing it: set BASE_URL to the address in your browser, and let the proxy pass the Host header on.\n"
)
NO_DATABASE = "The portal cannot get at its data right now. What you saved is safe. Please try again in a few minutes.\n"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def register(app: Flask) -> None:
    """Attach the error pages."""
    app.register_error_handler(NotFound, lambda _error: _page(404))
    app.register_error_handler(CSRFError, lambda _error: _page(400))
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(SecurityError, lambda _error: (OTHER_ADDRESS, 400))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _page(status: int, *, sentence: str = "") -> ResponseReturnValue:
    if request.path.startswith("/static/") or _is_script():
        return sentence or str(status), status, {"Content-Type": "text/plain; charset=utf-8"}
    recognise_outside()
    return render_template(f"errors/{status if status in OURS else 500}.html", sentence=sentence), status


def _refused(error: Refused) -> ResponseReturnValue:
    return _page(error.status, sentence=said(error))


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    return _page(status)


def _broken(error: Exception) -> ResponseReturnValue:
    status = 507 if _no_room(error) else 503 if isinstance(error, StoreDown) else _in_the_way() if is_standoff(error) else 500
    if current_app.testing and status == 500:
        raise error
    current_app.logger.exception("a page broke: %s %s", request.method, request.endpoint)
    db.session.rollback()
    try:
        return _page(status)
    except DBAPIError:  # our pages show whose portal it is, which lies in the database
        return NO_DATABASE, 503, {"Content-Type": "text/plain; charset=utf-8", "Retry-After": "60"}


def _in_the_way() -> int:
    """Ask people to look again, and scripts to come again."""
    return 503 if _is_script() else 409


def _is_script() -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _no_room(error: Exception) -> bool:
    """Whether the disk below the files or the database is full."""
    if isinstance(error, OSError):
        return error.errno in FULL
    return isinstance(error, OperationalError) and any(words in str(error.orig) for words in ("disk is full", "No space left"))
