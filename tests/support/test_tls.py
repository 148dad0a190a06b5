"""A https server with our certificate is trusted by who knows the authority, and by nobody else."""

import http.server
import ssl
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from tests.support.tls import temp_certificate


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_arguments):
        pass


@contextmanager
def https_server(certificate):
    with http.server.HTTPServer(("127.0.0.1", 0), Hello) as server:
        server.socket = certificate.server_context().wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def open_direct(url, context):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open(url, timeout=5) as answer:
        return answer.read()


def test_it_is_trusted_by_who_knows_the_authority():
    with temp_certificate() as certificate, https_server(certificate) as url:
        assert open_direct(url, certificate.client_context()) == b"hello"


def test_it_is_trusted_by_nobody_else():
    with temp_certificate() as certificate, https_server(certificate) as url, pytest.raises(urllib.error.URLError) as refused:
        open_direct(url, ssl.create_default_context())
    assert "CERTIFICATE_VERIFY_FAILED" in str(refused.value)
    refused.value.close() if hasattr(refused.value, "close") else None
