"""Where to go after signing in: only to a page of ours, behind a door, that a GET may open."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

HOME = "/"


def safe_next(path: str | None) -> str:
    """The path if it leads to a page of ours, else the home page. Decided by our own URL map, not by looking at characters alone."""
    if (
        not path
        or len(path) > 300
        or not path.startswith("/")
        or path.startswith("//")
        or any(c in path for c in "\\\r\n\t\0")
        or not path.isprintable()
    ):
        return HOME
    parts = urlsplit(path)
    if parts.scheme or parts.netloc:
        return HOME
    try:
        endpoint, _ = current_app.url_map.bind("").match(parts.path, method="GET")
    except (HTTPException, RequestRedirect):
        return HOME
    if str(endpoint).split(".")[0] not in ("client", "staff"):
        return HOME
    return path


def _hints() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="mail-hint")


def mail_hint(address: str) -> str:
    """A signed note in a mail's link that fills in the address on the sign-in page; it gives no power to sign in."""
    return str(_hints().dumps(address))


def hinted_address(path: str | None) -> str:
    """The address a mail's link was written to, or nothing."""
    hint = parse_qs(urlsplit(path or request.full_path).query).get("m", [""])[0]
    try:
        return str(_hints().loads(hint)) if hint else ""
    except BadSignature:
        return ""
