"""A time-stamp service on this machine: openssl behind a small web server."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
ess_cert_id_alg = sha256
"""
CERTIFICATE = ("-subj", "/CN=Time here", "-addext", "extendedKeyUsage=critical,timeStamping", "-days", "30")


@contextlib.contextmanager
def running_tsa(folder: Path) -> Iterator[str]:
    """Its address; its certificate is `tsa.pem` in the folder."""
    keys = ("-keyout", folder / "tsa.key", "-out", folder / "tsa.pem")
    made = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *keys, *CERTIFICATE)
    subprocess.run(made, check=True, capture_output=True)
    (folder / "tsa.cnf").write_text(SETTINGS.format(folder=folder))
    (folder / "serial").write_text("01\n")

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "asked.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            reply = ("openssl", "ts", "-reply", "-config", folder / "tsa.cnf", "-queryfile", folder / "asked.tsq")
            answer = subprocess.run(reply, check=True, capture_output=True).stdout
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is written into the output of a test."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
