"""A browser on a real connection that sends files as the page's script does, and tries again for as long as nobody answers."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.crash.place import HOST, Place

AT_ONCE = 3
PATIENCE = 180.0  # seconds after which a file that is sent again and again counts as refused
DONE = re.compile(r'<li class="file[^"]*" data-state="done" data-name="([^"]+)".*?</li>', re.DOTALL)
TAKE_OFF = re.compile(r'action="(/items/[^"]+/remove)"')
PART_OF = re.compile(r"<Part>(.*?)</Part>", re.DOTALL)
NUMBER, ETAG = re.compile(r"<PartNumber>(\d+)<"), re.compile(r"<ETag>(?:&quot;|&#34;|\")?([^<&\"]+)")


class Over(Exception):
    """The run ends while somebody still waits."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def said(self) -> dict[str, object]:
        """The answer as JSON."""
        told: dict[str, object] = json.loads(self.body)
        return told


@dataclass(frozen=True)
class File:
    """A file on somebody's machine."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """What tells it from every other."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass
class Sent:
    """What a browser knows: the bytes it sent, and how often nobody answered."""

    bytes: int = 0
    tries: int = 0
    unanswered: int = 0
    lock: Lock = field(default_factory=Lock)

    def note(self, count: int, *, answered: bool) -> None:
        """Count one request."""
        with self.lock:
            self.bytes, self.tries, self.unanswered = self.bytes + count, self.tries + 1, self.unanswered + (not answered)


class Counted(io.BytesIO):
    """A body that knows how much of it was sent."""

    def __len__(self) -> int:
        return len(self.getbuffer())


class Browser:
    """Somebody who is signed in."""

    def __init__(self, place: Place, sent: Sent, over: Event) -> None:
        self.place, self.sent, self.over = place, sent, over
        self.ticket = place.ticket()

    def ask(self, method: str, url: str, body: object = None, *, kind: str = "", once: bool = False) -> Answer | None:
        """Ask until somebody answers and is not just busy; `once` gives up at the first trouble, as a form does."""
        tries = 0
        while True:
            answer = self._try(method, url, body, kind=kind)
            if once or (answer and answer.status < 500 and answer.status != 429):
                return answer
            if self.over.is_set():
                raise Over(f"{method} {url}: {answer}")
            time.sleep(min(0.05 * 2**tries, 0.4))
            tries += 1

    def sure(self, method: str, url: str, body: object = None, *, kind: str = "") -> Answer:
        """Ask until somebody answers."""
        answer = self.ask(method, url, body, kind=kind)
        assert answer is not None
        return answer

    def _try(self, method: str, url: str, body: object, *, kind: str) -> Answer | None:
        parts = urlsplit(url)
        ours = not parts.netloc or parts.hostname == HOST
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        stream = Counted(raw)
        headers = {
            "Content-Length": str(len(raw)),
            "Content-Type": kind or ("application/octet-stream" if isinstance(body, bytes) else "application/json"),
        }
        if ours:
            headers |= {
                "Host": HOST,
                "Cookie": self.ticket.cookie,
                "X-CSRFToken": self.ticket.token,
                "Accept": "text/html" if kind or (method == "GET" and "/uploads" not in url) else "application/json",
            }
            headers |= {
                "Referer": f"https://{HOST}/",
                "Origin": f"https://{HOST}",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": "127.0.0.1",
            }
        line = http.client.HTTPConnection("127.0.0.1", self.place.port if ours else parts.port, timeout=20)
        answered = False
        try:
            line.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, stream if raw else None, headers)
            got = line.getresponse()
            answer = Answer(got.status, got.read(), {name.lower(): value for name, value in got.getheaders()})
            answered = True
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()
            self.sent.note(stream.tell() if isinstance(body, bytes) else 0, answered=answered)
        return answer

    # --- pages --------------------------------------------------------------------------------------------------------

    def shown(self, thing: str) -> dict[str, str] | None:
        """The files the page shows as saved, with the address that takes each off; None when it was handed over."""
        page = self.sure("GET", f"/items/{thing}/files", kind="text/html")
        if page.status == 303:
            return None
        assert page.status == 200, page
        found = {}
        for row in DONE.finditer(page.body.decode()):
            off = TAKE_OFF.search(row.group(0))
            found[row.group(1)] = off.group(1) if off else ""
        return found

    def press(self, url: str, **fields: str) -> Answer | None:
        """Press a button once."""
        body = urlencode({"csrf_token": self.ticket.token, **fields}).encode()
        return self.ask("POST", url, body, kind="application/x-www-form-urlencoded", once=True)

    def post_plainly(self, thing: str, file: File) -> Answer | None:
        """Send one file with the form as it is without scripts, once."""
        line = uuid4().hex
        fields = [("csrf_token", self.ticket.token), ("act", "save"), ("note", "")]
        said = "".join(f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields)
        said += f'--{line}\r\nContent-Disposition: form-data; name="files"; filename="{file.name}"\r\n\r\n'
        body = said.encode() + file.content + f"\r\n--{line}--\r\n".encode()
        return self.ask("POST", f"/items/{thing}/files", body, kind=f"multipart/form-data; boundary={line}", once=True)

    # --- files --------------------------------------------------------------------------------------------------------

    def announce(self, thing: str, *files: File) -> list[dict[str, object]]:
        """Say which files will come."""
        said = [{"key": f"{f.name}{f.sha256}"[-60:], "name": f.name, "size": len(f.content), "print": f.sha256} for f in files]
        answer = self.sure("POST", f"/items/{thing}/uploads", {"files": said, "beside": [], "together": True})
        assert answer.status == 200, answer
        told: list[dict[str, object]] = answer.said["files"]  # type: ignore[assignment]
        assert all("id" in row for row in told), [row for row in told if "id" not in row]
        return [row | {"thing": thing} for row in told]

    def bring(self, file: File, told: Mapping[str, object]) -> bool:
        """Send a file that was announced until we hear that the portal has it (True) or does not want it (False)."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self._in_parts(file, told) if told["part"] else self._whole(file, told)
            if answer.status == 422:
                return False
            if answer.status not in (409, 412, 403):
                answer = self.sure("POST", f"/uploads/{told['id']}/complete")
            if answer.status == 200 and answer.said.get("state") == "done":
                return True
            if answer.status == 422:
                return False
            if self.over.is_set():
                raise Over(file.name)
            time.sleep(0.1)
        raise AssertionError(f"{file.name} is not there after {PATIENCE} s: {answer.status} {answer.body!r}")

    def _sign(self, told: Mapping[str, object], method: str, n: int | None = None) -> str:
        answer = self.sure("POST", f"/uploads/{told['id']}/sign", {"method": method, "n": n})
        return str(answer.said["url"]) if answer.status == 200 else ""

    def _whole(self, file: File, told: Mapping[str, object]) -> Answer:
        """At its own address, where it waits to be finished with others; or, every other file, finished with its one request."""
        waits = told.get("put") if int(str(told["id"])[-1], 16) % 2 else None
        if isinstance(waits, dict) and self.sure("PUT", waits["url"], file.content).status == 200:
            return self.sure("POST", f"/items/{told['thing']}/uploads/rows?id={told['id']}")
        url = self._sign(told, "PUT")
        return self.sure("PUT", url, file.content) if url else self.sure("POST", f"/uploads/{told['id']}/complete")

    def _in_parts(self, file: File, told: Mapping[str, object]) -> Answer:
        size = int(str(told["part"]))
        url = self._sign(told, "GET")
        listed = self.sure("GET", url) if url else None
        etags = _listed(listed.body.decode()) if listed else {}
        for n in range(1, -(-len(file.content) // size) + 1):
            if n in etags:
                continue
            url = self._sign(told, "PUT", n)
            answer = self.sure("PUT", url, file.content[(n - 1) * size : n * size]) if url else None
            if answer is None or answer.status != 200:
                break
            etags[n] = answer.headers["etag"].strip('"')
        said = "".join(f'<Part><PartNumber>{n}</PartNumber><ETag>"{etag}"</ETag></Part>' for n, etag in sorted(etags.items()))
        whole = f"<CompleteMultipartUpload>{said}</CompleteMultipartUpload>".encode()
        return self.sure("POST", self._sign(told, "POST"), whole)

    def bring_a_part(self, file: File, told: Mapping[str, object]) -> None:
        """Send the first part only."""
        if url := self._sign(told, "PUT", 1):
            self.sure("PUT", url, file.content[: int(str(told["part"]))])

    def give_up(self, told: Mapping[str, object]) -> None:
        """Forget a file that is on its way."""
        while self.sure("DELETE", f"/uploads/{told['id']}").status not in (204, 404):
            time.sleep(0.2)
            if self.over.is_set():
                raise Over("giving up")


def _listed(xml: str) -> dict[int, str]:
    """The parts that are there, by number; which of the words comes first differs from store to store."""
    return {int(NUMBER.findall(part)[0]): ETAG.findall(part)[0] for part in PART_OF.findall(xml)}


def at_once(work: list[object]) -> list[object]:
    """Do several things at once, as many as a browser does."""
    with ThreadPoolExecutor(AT_ONCE) as hands:
        return [done.result() for done in [hands.submit(one) for one in work]]  # type: ignore[arg-type]
