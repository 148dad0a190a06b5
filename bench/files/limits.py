"""What we hold ourselves against on the same disk: nginx taking and handing out files, and a bare Flask page that hashes what it takes."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.files.house import free_port

NGINX_MISSING = "nginx is missing: what needs it is left out, and there is nothing to compare with. Install it: apt-get install nginx-light"

CONF = """
daemon off;
worker_processes 1;
user root;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    client_max_body_size 0;
    client_body_temp_path {folder}/temp;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {servers}
}}
"""
PUT = "server {{ listen 127.0.0.1:{port}; root {root}; location / {{ dav_methods PUT; create_full_put_path on; {more} }} }}\n"
FRONT = """
server {{
    listen 127.0.0.1:{port};
    location / {{
        proxy_pass http://127.0.0.1:{behind};
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header Connection "";
        proxy_request_buffering off;
    }}
    location /_files/ {{ internal; alias {files}/; }}
    {hands_over}
}}
"""


def nginx_path() -> str | None:
    """Where nginx is, if it is."""
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


class Nginx:
    """One nginx that takes files by PUT on two ports, plain and with a large buffer."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "root"
        self.plain, self.tuned, self.front = free_port(), free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def running(self, *, behind: int, files: Path, hands_over: str) -> Iterator[Nginx]:
        """Run it; `behind` is the portal it stands in front of, `files` the folder it may hand out from, `hands_over` what
        `flask storage nginx` prints."""
        self.root.mkdir(parents=True, exist_ok=True)
        servers = PUT.format(port=self.plain, root=self.root, more="")
        servers += PUT.format(port=self.tuned, root=self.root, more="client_body_buffer_size 1m;")
        servers += FRONT.format(port=self.front, behind=behind, files=files, hands_over=hands_over)
        conf = self.folder / "nginx.conf"
        conf.write_text(CONF.format(folder=self.folder, servers=servers))
        self.process = subprocess.Popen([str(nginx_path()), "-p", str(self.folder), "-e", str(self.folder / "error.log"), "-c", str(conf)])
        try:
            wait_for(self.plain, self.process)
            yield self
        finally:
            self.process.terminate()
            self.process.wait()

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid if self.process else 0


BARE = """
import hashlib, sys, tempfile
from pathlib import Path
from flask import Flask, request
from waitress import serve
root = Path(sys.argv[2])
tempfile.tempdir = sys.argv[2]
app = Flask("bare")

@app.put("/<name>")
def put(name):
    digest = hashlib.sha256()
    with (root / name).open("wb") as file:
        while piece := request.stream.read(262144):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest(), 201

serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8, max_request_body_size=2**40, asyncore_use_poll=True, recv_bytes=262144)
"""


@contextlib.contextmanager
def bare_flask(folder: Path) -> Iterator[tuple[int, int]]:
    """A page that takes a whole body, hashes and writes it, on the same server; its port and process."""
    folder.mkdir(parents=True)
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", BARE, str(port), str(folder)]) as process:
        try:
            wait_for(port, process)
            yield port, process.pid
        finally:
            process.kill()


def wait_for(port: int, process: subprocess.Popen[bytes], *, seconds: float = 30) -> None:
    """Return when somebody listens there."""
    from tests.support.ports import answers

    deadline = time.monotonic() + seconds
    while not answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{process.args!r} did not start.")
        time.sleep(0.05)


def sha256(path: Path) -> str:
    """The hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
