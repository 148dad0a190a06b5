"""Certificates for a https server in tests, signed by an authority that exists only as long as the test."""

import contextlib
import ssl
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificate:
    """Files of one certificate: what the server shows, its key, and the authority a client must trust."""

    chain: Path
    key: Path
    authority: Path

    def server_context(self) -> ssl.SSLContext:
        """Return what a server needs, for instance `werkzeug.serving.make_server(…, ssl_context=…)`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Return a client that trusts this authority and no other."""
        return ssl.create_default_context(cafile=str(self.authority))


@contextlib.contextmanager
def temp_certificate(*names: str) -> Iterator[Certificate]:
    """Make a certificate for these names (default: localhost and 127.0.0.1)."""
    with tempfile.TemporaryDirectory(prefix="courtside-tls-") as folder:
        authority = trustme.CA()
        leaf = authority.issue_cert(*(names or ("localhost", "127.0.0.1")))
        made = Certificate(chain=Path(folder, "chain.pem"), key=Path(folder, "key.pem"), authority=Path(folder, "authority.pem"))
        made.chain.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        made.key.write_bytes(leaf.private_key_pem.bytes())
        made.authority.write_bytes(authority.cert_pem.bytes())
        yield made
