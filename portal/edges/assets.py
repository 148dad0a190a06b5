"""Static files under names that carry their content's hash, so that browsers may keep them for a year."""

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, abort, has_request_context, request, send_from_directory
from werkzeug.security import safe_join

ROOT = Path(__file__).resolve().parents[2] / "static"
YEAR = 365 * 24 * 60 * 60
HASHED = re.compile(r"(?P<stem>.+?)\.(?P<digest>[0-9a-f]{12})(?P<suffixes>(?:\.[^./]+)+)")


@lru_cache(maxsize=256)
def _digest_at(path: Path, _modified: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


def digest(path: Path) -> str:
    """The first 12 characters of the file's SHA-256; computed anew when the file changes."""
    return _digest_at(path, path.stat().st_mtime_ns)


def hashed_name(root: Path, name: str) -> str:
    """`app.css` → `app.1f0c2b9d3a4e.css`; folders stay as they are."""
    folder, _, file = name.rpartition("/")
    stem, dot, suffixes = file.partition(".")
    return f"{folder}{'/' if folder else ''}{stem}.{digest(root / name)}{dot}{suffixes}"


def plain_name(name: str) -> tuple[str, str]:
    """The real name of a hashed one, and the hash it asks for; both as they came when there is no hash in it."""
    folder, slash, file = name.rpartition("/")
    found = HASHED.fullmatch(file)
    if not found:
        return name, ""
    return f"{folder}{slash}{found['stem']}{found['suffixes']}", found["digest"]


def register(app: Flask, *, root: Path = ROOT) -> None:
    """Give templates `asset('app.css')` and serve what it points to; the app itself is made with `static_folder=None`."""

    def asset(name: str) -> str:
        return f"{request.script_root if has_request_context() else ''}/static/{hashed_name(root, name)}"

    def static(name: str) -> Response:
        real, wanted = plain_name(name)
        path = safe_join(str(root), real)
        if path is None or not Path(path).is_file():
            abort(404)
        fresh = wanted == digest(Path(path))
        response = send_from_directory(root, real, conditional=True, max_age=YEAR if fresh else 0)
        if fresh:
            response.cache_control.public = True
            response.cache_control.immutable = True
        return response

    app.jinja_env.globals["asset"] = asset
    app.add_url_rule("/static/<path:name>", endpoint="static", view_func=static)
