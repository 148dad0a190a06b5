"""A browser without a window: keeps cookies, sends the token and the address of the page it is on, and looks hard at every answer."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

import turbohtml
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from portal.edges.headers import ALWAYS
from portal.kernel.db import db
from portal.models import sessions
from portal.models.people import Person, SignedIn
from tests.support.cast import act
from tests.support.html import complaints, fragment_complaints

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]+')
NEWLINES = re.compile(r"\s+")


class Page:
    """An answer, with what a person sees of it."""

    def __init__(self, response: TestResponse, url: str) -> None:
        self.response = response
        self.url = url
        self.status = response.status_code
        self.headers = response.headers
        self.data = response.data
        self.html = response.get_data(as_text=True) if (response.mimetype or "").startswith("text/") else ""
        self._soup: BeautifulSoup | None = None

    @property
    def soup(self) -> BeautifulSoup:
        """The parsed page."""
        if self._soup is None:
            self._soup = BeautifulSoup(self.html, "html.parser")
        return self._soup

    @property
    def text(self) -> str:
        """What a person reads, on one line."""
        page = turbohtml.parse(self.html).remove("head, script, style, template")
        return NEWLINES.sub(" ", " ".join(page.strings)).strip()

    @property
    def h1(self) -> str:
        """The page's heading."""
        found = turbohtml.parse(self.html).find("h1")
        return NEWLINES.sub(" ", " ".join(found.strings)).strip() if found else ""

    @property
    def location(self) -> str:
        """Where a redirect leads, below the portal's address."""
        target = self.headers.get("Location", "")
        parts = urlsplit(target)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def links(self) -> list[str]:
        """Where the links of the page lead."""
        return [str(a.attr("href")) for a in turbohtml.parse(self.html).select("a[href]")]

    @property
    def forms(self) -> list[Tag]:
        """The page's forms that post."""
        return [form for form in self.soup.find_all("form") if str(form.get("method", "get")).lower() == "post"]

    def value(self, name: str) -> str:
        """What a field holds: typed text, the chosen option, or "" when there is none."""
        fields = turbohtml.parse(self.html).select(f'[name="{name}"]')
        assert fields, f"there is no field {name!r} on {self.url}"
        field = fields[0]
        if field.tag == "textarea":
            return "".join(field.strings)
        if field.tag == "select":
            chosen = field.select_one("option[selected]")
            return str(chosen.attr("value") or "") if chosen else ""
        if field.attr("type") in ("radio", "checkbox"):
            return ",".join(str(one.attr("value") or "on") for one in fields if one.attr("checked") is not None)
        return str(field.attr("value") or "")

    def __repr__(self) -> str:
        return f"<Page {self.status} {self.url}>"


class Browser:
    """Somebody at a browser. `inspect = False` skips the look at the HTML, `watch_connections = False` is for many at once."""

    def __init__(self, app: Flask, *, agent: str = FIREFOX, language: str = "en") -> None:
        self.app = app
        self.client = app.test_client()
        self.base = app.config["BASE_URL"]
        self.inspect = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")  # both databases give the same pages; looking costs
        self.watch_connections = True
        self.page: Page | None = None
        self.person: Person | None = None
        self._headers = {"User-Agent": agent, "Accept-Language": language, "Accept": "text/html"}
        self._csrf = ""

    # --- who ----------------------------------------------------------------------------------------------------------

    def sign_in(self, person: Person, *, keep: bool = True) -> Browser:
        """Give this browser a session of this person, as if they had come in by a mail."""
        token = secrets.token_urlsafe(32)
        self.session_id = act(
            self.app, lambda: sessions.begin(person, token, method="login", keep=keep, ua="Firefox on Windows", ip_net="127.0.0.0/24").id
        )
        with self.client.session_transaction(base_url=self.base) as cookie:
            cookie.update(_user_id=token, _fresh=True, _permanent=keep)
        self.person = person
        return self

    def session(self) -> SignedIn:
        """The row of the session that `sign_in` made."""
        with self.app.app_context():
            return db.session.get_one(SignedIn, self.session_id)

    # --- what ---------------------------------------------------------------------------------------------------------

    def get(self, url: str, status: int | None = 200, *, follow: bool = False, **headers: str) -> Page:
        """Open a page; with `follow` also what it leads to."""
        return self._ask("GET", url, status, follow=follow, headers=headers)

    def post(
        self, url: str, data: Mapping[str, object] | None = None, status: int | None = 303, *, follow: bool = False, **headers: str
    ) -> Page:
        """Send a form with the token of the page this browser saw last (files: `(BytesIO, name)` values)."""
        fields = {name: value for name, value in (data or {}).items() if value is not None}
        fields.setdefault("csrf_token", self.csrf())
        return self._ask("POST", url, status, follow=follow, headers=headers, data=fields)

    def send(self, method: str, url: str, body: object = b"", status: int | None = None, **headers: str) -> Page:
        """Ask as a script of the page does: bytes as they are, anything else as JSON, with the token in a header."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        sent = {"Accept": "application/json", "X-CSRFToken": self.csrf(), "Content-Type": kind, "Referer": f"{self.base}/", **headers}
        return self._ask(method, url, status, follow=False, headers=sent, data=raw)

    def refused(self, url: str, data: Mapping[str, object] | None = None, *, says: str, status: int | None = None) -> Page:
        """Send a form and promise: it is refused with this sentence, and what was typed is still there."""
        page = self.post(url, data, status)
        assert 400 <= page.status < 500, f"{page} was not refused"
        assert says in page.text, f"{says!r} is not said by {page}: {page.text}"
        for name, typed in (data or {}).items():
            if isinstance(typed, str) and typed and name not in ("csrf_token", "act"):
                assert typed in page.value(name) or typed in page.text, f"the text typed into {name!r} is gone from {page}"
        return page

    def follow(self) -> Page:
        """Go where the last answer leads."""
        assert self.page is not None and 300 <= self.page.status < 400, f"{self.page} leads nowhere"
        return self.get(self.page.location)

    def csrf(self) -> str:
        """The token that belongs to this browser's cookie."""
        if not self._csrf or not self._holds_token():
            with self.client.session_transaction(base_url=self.base) as cookie:
                cookie.setdefault("csrf_token", secrets.token_hex(20))
                raw = cookie["csrf_token"]
            self._csrf = _sign(self.app, raw)
        return self._csrf

    # --- how ----------------------------------------------------------------------------------------------------------

    def _holds_token(self) -> bool:
        with self.client.session_transaction(base_url=self.base) as cookie:
            return "csrf_token" in cookie and _sign(self.app, cookie["csrf_token"], check=self._csrf) == self._csrf

    def _ask(
        self,
        method: str,
        url: str,
        status: int | None,
        *,
        follow: bool,
        headers: Mapping[str, str],
        data: Mapping[str, object] | bytes | None = None,
    ) -> Page:
        path = "/" + url.split("/", 3)[3] if url.startswith("http") else url
        sent = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            sent = {"Referer": f"{self.base}{self.page.url if self.page else path}", "Origin": self.base} | sent
        before = self._open_connections()
        with self.client.open(path, method=method, base_url=self.base, headers=sent, data=data, buffered=True) as response:
            page = Page(response, path)
        assert not self.watch_connections or self._open_connections() <= before, f"{method} {path} left a connection to the database open"
        self._look(page, fragment=sent.get("HX-Request") == "true")
        self.page = page
        if status is not None:
            assert page.status == status, f"{method} {path} answered {page.status}, not {status}: {page.text[:600] or page.headers}"
        return self.follow() if follow and 300 <= page.status < 400 else page

    def _open_connections(self) -> int:
        with self.app.app_context():
            return int(db.engine.pool.checkedout())  # type: ignore[attr-defined]

    def _look(self, page: Page, *, fragment: bool) -> None:
        for name in ALWAYS:
            assert name in page.headers, f"{page} has no {name}"
        assert "unsafe" not in page.headers["Content-Security-Policy"] or "/mailbox/" in page.url, f"{page} allows unsafe things"
        if not self.inspect or page.response.mimetype != "text/html" or 300 <= page.status < 400:
            return
        found = _complaints(TOKEN.sub("", page.html), fragment=fragment)
        assert not found, f"{page}:\n- " + "\n- ".join(found)


@lru_cache(maxsize=2000)
def _complaints(html: str, *, fragment: bool) -> tuple[str, ...]:
    """What is wrong with a page; the same page is looked at once."""
    return tuple(fragment_complaints(html) if fragment else complaints(html))


def _sign(app: Flask, raw: str, *, check: str = "") -> str:
    """The token a form carries for the secret in the cookie (Flask-WTF signs it); `check` is given back when it already fits."""
    from itsdangerous import BadData, URLSafeTimedSerializer

    serializer = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")  # type: ignore[arg-type]
    if check:
        try:
            if serializer.loads(check) == raw:
                return check
        except BadData:
            return ""
    return str(serializer.dumps(raw))
