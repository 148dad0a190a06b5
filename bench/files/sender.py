"""A client of our own protocol: declare, sign, PUT, complete, in the order the page does it, and with the kernel sending the bytes."""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from urllib.parse import urlsplit
from uuid import uuid4

from bench.files.house import HOST, Place

AT_ONCE, SOON, ROWS_AT_ONCE = 3, 0.3, 50  # as the page does


class Failed(Exception):
    """An answer that was not the one a working portal gives."""


@dataclass
class Line:
    """One connection to a server, kept open; it may be another server's that only takes a PUT."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        self.sent = 0

    def ask(self, method: str, url: str, body: object = None, *, good: Sequence[int] = (200,), **more: str) -> http.client.HTTPResponse:
        """A small call; the answer is read whole and lies in `answer`."""
        raw = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        kind = {} if raw is None or isinstance(body, bytes) else {"Content-Type": "application/json"}
        self._line.request(method, url, raw, self.headers | kind | more)
        return self._read(good, f"{method} {url}")

    def put(
        self, url: str, source: Path, *, start: int = 0, length: int | None = None, method: str = "PUT", **more: str
    ) -> http.client.HTTPResponse:
        """Bring bytes of a file, by sendfile."""
        count = source.stat().st_size - start if length is None else length
        self._line.putrequest(method, url, skip_host="Host" in self.headers, skip_accept_encoding=True)
        for name, value in (self.headers | {"Content-Length": str(count), "Content-Type": "application/octet-stream"} | more).items():
            self._line.putheader(name, value)
        self._line.endheaders()
        with source.open("rb") as file:
            self._line.sock.sendfile(file, start, count)
        self.sent += count
        return self._read((200, 201, 204), f"{method} {url}")

    def begin(self, url: str, source: Path, *, start: int, length: int, only: int) -> None:
        """Announce a body, send the first bytes of it, and leave it there."""
        self._line.putrequest("PUT", url, skip_host="Host" in self.headers, skip_accept_encoding=True)
        for name, value in (self.headers | {"Content-Length": str(length)}).items():
            self._line.putheader(name, value)
        self._line.endheaders()
        with source.open("rb") as file:
            self._line.sock.sendfile(file, start, only)
        self.sent += only

    def fetch(self, url: str, *, good: int = 200, **more: str) -> int:
        """Fetch bytes and throw them away; how many there were."""
        self._line.request("GET", url, headers=self.headers | more)
        answer = self._line.getresponse()
        if answer.status != good:
            raise Failed(f"GET {url}: {answer.status} {answer.read()[:300]!r}")
        size, buffer = 0, memoryview(bytearray(1 << 20))
        while count := answer.readinto(buffer):
            size += count
        return size

    def download(self, url: str, *, good: int = 200, **more: str) -> tuple[int, str]:
        """Fetch bytes, hash them, and throw them away: how many, and their SHA-256."""
        self._line.request("GET", url, headers=self.headers | more)
        answer = self._line.getresponse()
        if answer.status != good:
            raise Failed(f"GET {url}: {answer.status} {answer.read()[:300]!r}")
        size, buffer, digest = 0, memoryview(bytearray(1 << 20)), hashlib.sha256()
        while count := answer.readinto(buffer):
            size += count
            digest.update(buffer[:count])
        return size, digest.hexdigest()

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _read(self, good: Sequence[int], what: str) -> http.client.HTTPResponse:
        answer = self._line.getresponse()
        self.answer = answer.read()
        if answer.status not in good:
            raise Failed(f"{what}: {answer.status} {self.answer[:300]!r}")
        return answer


class Sender:
    """Somebody who sends files to one item."""

    def __init__(self, port: int, place: Place) -> None:
        self.port, self.place = port, place
        self._headers = {"Host": HOST, "Cookie": place.cookie, "Accept": "application/json"}
        self.line = Line(port, dict(self._headers))
        answer = self.line.ask("GET", f"/items/{place.item}/uploads")
        self._headers["X-CSRFToken"] = json.loads(self.line.answer)["token"]
        cookie = answer.headers.get("Set-Cookie")
        if cookie:
            self._headers["Cookie"] = cookie.split(";")[0]
        self.line.headers = dict(self._headers)

    def again(self) -> None:
        """A new connection, after the server was away."""
        self.line.close()
        self.line = Line(self.port, dict(self._headers))

    def declare(self, files: Sequence[Path]) -> list[dict[str, object]]:
        """Announce files; what the portal says to each."""
        said = [
            {"key": uuid4().hex, "name": file.name, "size": file.stat().st_size, "print": hashlib.sha256(file.name.encode()).hexdigest()}
            for file in files
        ]
        self.line.ask("POST", f"/items/{self.place.item}/uploads", {"files": said, "beside": [], "together": True})
        return list(json.loads(self.line.answer)["files"])

    def big(self, source: Path, *, before_part: Callable[[int], None] = lambda n: None) -> None:
        """One file in parts, one after another."""
        (told,) = self.declare([source])
        self.parts(told, source, before_part=before_part)

    def parts(self, told: dict[str, object], source: Path, *, before_part: Callable[[int], None] = lambda n: None) -> None:
        """Bring what is not there yet, and finish."""
        self.join(self.bring(told, source, before_part=before_part))

    def bring(
        self, told: dict[str, object], source: Path, *, before_part: Callable[[int], None] = lambda n: None
    ) -> tuple[str, dict[int, str]]:
        """Bring what is not there yet; what has to be said to finish."""
        size, part = source.stat().st_size, int(str(told["part"]))
        etags = self.listed(told) if told.get("begun") else {}
        outside: Line | None = None
        ahead: dict[str, dict[str, object]] = {}
        for n in range(1, -(-size // part) + 1):
            if n in etags:
                continue
            before_part(n)
            signed = ahead.pop(str(n), None) or self.sign(told, "PUT", n)
            ahead |= signed.pop("ahead", {})  # type: ignore[call-overload]
            start = (n - 1) * part
            line = self.line
            if not signed.get("ours"):
                outside = line = outside or Line(urlsplit(str(signed["url"])).port or 80)
            answer = line.put(path_of(signed), source, start=start, length=min(part, size - start))
            etags[n] = str(answer.headers["ETag"]).strip('"')
        self.line.sent += outside.sent if outside else 0
        return str(told["id"]), etags

    def join(self, brought: tuple[str, dict[int, str]]) -> None:
        """Have the portal, or the bucket, make one file of the parts; then the portal keeps it."""
        ident, etags = brought
        named = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{etags[n]}</ETag></Part>" for n in sorted(etags))
        url = path_of(self.sign({"id": ident}, "POST"))
        answer = self.line.ask("POST", url, f"<CompleteMultipartUpload>{named}</CompleteMultipartUpload>".encode(), good=(200, 202))
        while answer.status == 202:  # the worker finishes what takes long to read
            time.sleep(0.1)
            answer = self.line.ask("POST", f"/uploads/{ident}/complete", good=(200, 202))

    def sign(self, told: dict[str, object], method: str, n: int | None = None) -> dict[str, object]:
        """An address for one step."""
        self.line.ask("POST", f"/uploads/{told['id']}/sign", {"method": method, "n": n})
        return dict(json.loads(self.line.answer))

    def listed(self, told: dict[str, object]) -> dict[int, str]:
        """The parts that are there, by number."""
        from portal.features.uploads.announced import named_in

        url = urlsplit(str(self.sign(told, "GET")["url"]))
        line = self.line if not url.netloc else Line(url.port or 80)
        line.ask("GET", f"{url.path}?{url.query}")
        return named_in(line.answer)

    def small(self, files: Sequence[Path]) -> None:
        """Many files of one part, several at once, one request each; their rows are asked for meanwhile, as the page does it."""
        told = self.declare(files)
        waiting: Queue[tuple[str, Path]] = Queue()
        ids: dict[str, str] = {}
        for one, file in zip(told, files, strict=True):
            if "put" not in one:
                raise Failed(str(one))
            url = str(one["put"]["url"])  # type: ignore[index]
            ids[url] = str(one["id"])
            waiting.put((url, file))
        here: Queue[str] = Queue()
        asking = threading.Thread(target=self._settle, args=(here, ids))
        asking.start()
        try:
            at_once(self.port, self._headers, waiting, done=here.put)
        finally:
            here.put("")
            asking.join()
        if ids:
            raise Failed(f"{len(ids)} files are not saved")

    def _settle(self, here: Queue[str], ids: dict[str, str]) -> None:
        """Ask for the rows of what has come: a little at a time, at once when a call is full or nothing else is coming."""
        coming, waiting, since = len(ids), list[str](), 0.0
        while coming or waiting:
            if coming and len(waiting) < ROWS_AT_ONCE:
                with suppress(Empty):
                    url = here.get(timeout=max(0.0, since + SOON - time.monotonic()) if waiting else None)
                    since = since if waiting else time.monotonic()
                    coming = coming - 1 if url else 0
                    waiting += [url] if url else []
                    continue
            urls, waiting, since = waiting[:ROWS_AT_ONCE], waiting[ROWS_AT_ONCE:], time.monotonic()
            self.line.ask("POST", f"/items/{self.place.item}/uploads/rows?" + "&".join(f"id={ids[url]}" for url in urls))
            rows = json.loads(self.line.answer)["rows"]
            for url in urls:
                if rows[ids[url]]["state"] == "done":
                    del ids[url]


def at_once(
    port: int,
    headers: dict[str, str],
    waiting: Queue[tuple[str, Path]],
    *,
    lines: int = AT_ONCE,
    done: Callable[[str], None] = lambda url: None,
) -> None:
    """Put every file to its address over this many connections."""
    troubles: list[BaseException] = []

    def work() -> None:
        line = Line(port, dict(headers))
        try:
            while True:
                url, file = waiting.get_nowait()
                line.put(url, file)
                done(url)
        except Empty:
            line.close()
        except BaseException as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=work) for _ in range(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]


def path_of(signed: dict[str, object]) -> str:
    parts = urlsplit(str(signed["url"]))
    return f"{parts.path}?{parts.query}"
