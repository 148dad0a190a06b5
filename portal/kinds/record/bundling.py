"""The record to take away: its rows, its files if wanted, a signed list of them all, and a program that checks them with Python alone."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.kernel import adding_up, ed25519, spelling, verifying, whole
from portal.kernel.clock import now
from portal.kernel.evidence import canonical
from portal.kernel.verifying import MANIFEST, SIGNATURE
from portal.kernel.whole import EVENTS
from portal.kinds.files.kind import why_held
from portal.kinds.record.proving import Living
from portal.kinds.record.signing import public_of
from portal.models.files import Upload
from portal.storage import chunks
from portal.storage.current import store

FORMAT = 1
WORDS = Path(__file__).with_name("VERIFY.md")
STARTS = "from __future__ import annotations\n"
Part = tuple[str, Iterator[bytes]]


class Taken(Living):
    """The record as it is taken away, perhaps with the files themselves."""

    with_files = False

    def path_of(self, upload: Upload) -> str | None:
        """Where the bytes lie in a download: under a name that every machine can write. What may not be fetched is not in it."""
        ending = Path(upload.name).suffix.lower()
        plain = ending if ending.isascii() and ending[1:].isalnum() else ""
        return f"files/{upload.id}{plain}" if self.with_files and not why_held(upload) else None


class Noting:
    """A download whose parts are noted while they leave: how long each is, and its hash. The list of them comes last."""

    def __init__(self) -> None:
        self._members: dict[str, dict[str, Any]] = {}

    def _part(self, name: str, pieces: Iterable[bytes]) -> Part:
        return name, self._noted(name, pieces)

    def _noted(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        found, length = hashlib.sha256(), 0
        for piece in pieces:
            found.update(piece)
            length += len(piece)
            yield piece
        self._members[name] = {"bytes": length, "sha256": found.hexdigest()}


class Bundle(Noting):
    """The record as a download, part by part; each has to be read to its end before the next."""

    def __init__(self, record: Taken, *, key: Ed25519PrivateKey, firm: str, client: str, ask: Callable[[], None] | None = None) -> None:
        """`ask` is called before the bytes of each file leave, and raises when they may not."""
        super().__init__()
        self._record, self._key, self._ask, self._made_at = record, key, ask, now().isoformat(timespec="seconds")
        self._heads = record.heads()
        self._manifest = b""
        self._words = {"firm": firm, "client": client, "made_at": self._made_at, "key": public_of(key)}

    def parts(self) -> Iterator[Part]:
        """Every part with its bytes."""
        yield self._part("VERIFY.md", [WORDS.read_text("utf-8").format(**self._words).encode()])
        yield self._part("verify.py", [program().encode()])
        for chain in sorted(self._heads):
            yield self._part(f"{EVENTS}{chain}.jsonl", _lines(self._record.entries(chain)))
        for name in ("snapshots", "files", "decisions", "heard", "agreed", "consents"):
            yield self._part(f"{name}.jsonl", _lines(self._record.rows(name)))
        yield self._part("anchors.jsonl", _lines(self._record.anchors()))
        for upload in self._record.uploads() if self._record.with_files else ():
            path = self._record.path_of(upload)
            if path:
                yield self._part(path, self._bytes(upload.key))
        yield MANIFEST, self._list()
        yield SIGNATURE, self._signature()

    def _bytes(self, key: str) -> Iterator[bytes]:
        """The bytes of a file; opened when it is its turn, not all at once."""
        if self._ask:
            self._ask()
        yield from chunks(store().open(key))

    def _signature(self) -> Iterator[bytes]:
        yield self._key.sign(self._manifest).hex().encode() + b"\n"

    def _list(self) -> Iterator[bytes]:
        """The list of all parts, written when the last of them was read."""
        text = canonical(
            {
                "format": FORMAT,
                "made_at": self._made_at,
                "all": self._record.is_all,
                "closed": self._record.closed,
                "client": str(self._record.client_id) if self._record.client_id else None,
                "heads": {chain: {"seq": seq, "hash": end} for chain, (seq, end) in self._heads.items()},
                "members": self._members,
                "public_key": self._words["key"],
            }
        )
        self._manifest = text.encode()
        yield self._manifest


def program() -> str:
    """The program that checks a download: what the portal itself checks with, in one file."""
    own, _, last = inspect.getsource(verifying).partition(STARTS)
    return (
        "#!/usr/bin/env python3\n" + own + STARTS + _body(spelling) + _body(adding_up) + _body(whole) + _body(ed25519) + _without_ours(last)
    )


def _body(module: ModuleType) -> str:
    return _without_ours(inspect.getsource(module).partition(STARTS)[2]).rstrip() + "\n"


def _without_ours(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("from portal."))


def _lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        yield canonical(row).encode() + b"\n"
