"""The hashes of beginnings: while the parts of a file come in order through this process, no byte has to be read again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from threading import Lock

from portal.storage.ledger import Laid

MOST = 256  # files on their way at once in one process; what falls out is hashed when it is joined


@dataclass(frozen=True, slots=True)
class Trail:
    """The hash of a file up to here, and a mark of the writes that brought it."""

    end: int
    digest: hashlib._Hash
    writes: bytes = b""

    def copy(self) -> Trail:
        """A trail of one's own to go on with."""
        return Trail(self.end, self.digest.copy(), self.writes)


class Trails:
    """One trail for each file whose parts have all come in order."""

    def __init__(self) -> None:
        self._trails: OrderedDict[str, Trail] = OrderedDict()
        self._lock = Lock()

    def upto(self, key: str, offset: int) -> Trail | None:
        """The trail that ends where a part begins, to hash on while it comes; None where it is not known."""
        if not offset:
            return Trail(0, hashlib.sha256())
        with self._lock:
            trail = self._trails.get(key)
            return trail.copy() if trail and trail.end == offset else None

    def follow(self, key: str, trail: Trail | None, laid: Laid) -> None:
        """Go on by this part; one that did not come in its turn ends the trail."""
        with self._lock:
            self._trails.pop(key, None)
            if trail:
                self._trails[key] = Trail(laid.end, trail.digest, _mark(trail.writes, laid))
            while len(self._trails) > MOST:
                self._trails.popitem(last=False)

    def known(self, key: str, chosen: Sequence[Laid]) -> str | None:
        """The hash of exactly these writes in this order."""
        with self._lock:
            trail = self._trails.get(key)
        if trail and trail.writes == reduce(_mark, chosen, b""):
            return trail.digest.hexdigest()
        return None

    def drop(self, key: str) -> None:
        """Forget a file."""
        with self._lock:
            self._trails.pop(key, None)


def _mark(writes: bytes, laid: Laid) -> bytes:
    return hashlib.sha256(writes + laid.nonce.encode()).digest()
