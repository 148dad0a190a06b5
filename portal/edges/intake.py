"""Bodies on their way in: what waits in memory goes from the line straight into blocks that are used again and again.

Fresh memory costs more than the bytes that are put into it, and so does every copy.
"""

from __future__ import annotations

import io
import os
import weakref
from threading import Lock

from waitress.channel import HTTPChannel

from portal.features.uploads.signing import SLOWEST
from portal.kernel.clock import now

PIECE = 256 * 1024  # what is read from a line, or given to it, at once
TURNS = 8  # pieces read from one line before the others have theirs
BLOCK = 1024 * 1024
SILENT = 120  # seconds a line may be silent
STEP = SILENT * SLOWEST  # bytes of a request that have to come within these
SPARE = 8  # blocks kept for those who come next; the others are the machine's again


class Blocks:
    """Memory for bodies that are still coming in: so many blocks and no more."""

    def __init__(self, most: int) -> None:
        self.left = most
        self._spare: list[bytearray] = []
        self._lock = Lock()

    def body(self, length: int) -> Body | None:
        """A place for a body of this length; None where there is not so much left."""
        count = -(-length // BLOCK)
        with self._lock:
            if count > self.left:
                return None
            self.left -= count
        body = Body(length, self)
        weakref.finalize(body, self._give_back, body.blocks, count)  # not before the last one who reads it is gone
        return body

    def take(self) -> bytearray:
        """One of the blocks a body was promised."""
        with self._lock:
            return self._spare.pop() if self._spare else bytearray(BLOCK)

    def _give_back(self, blocks: list[bytearray], count: int) -> None:
        with self._lock:
            self.left += count
            self._spare += blocks[: SPARE - len(self._spare)]


class Body:
    """A body of a known length that waits in memory; waitress calls such a thing a receiver, and a buffer."""

    completed = False
    error = None

    def __init__(self, length: int, memory: Blocks) -> None:
        self.blocks: list[bytearray] = []
        self._length, self._here, self._memory = length, 0, memory

    def __len__(self) -> int:
        return self._here

    @property
    def left(self) -> int:
        """How much is still to come."""
        return self._length - self._here

    def room(self, most: int) -> memoryview:
        """Where what comes next belongs, as far as it lies in one piece."""
        n, at = divmod(self._here, BLOCK)
        if n == len(self.blocks):
            self.blocks.append(self._memory.take())
        return memoryview(self.blocks[n])[at : at + min(most, self.left)]

    def came(self, count: int) -> None:
        """Note that so many bytes were put there."""
        self._here += count
        self.completed = not self.left

    def received(self, data: bytes) -> int:
        """Take what came with the head of the request, or as its end; how much of it."""
        rest = memoryview(data)[: self.left]
        taken = len(rest)
        while rest:
            room = self.room(len(rest))
            room[:] = rest[: len(room)]
            self.came(len(room))
            rest = rest[len(room) :]
        return taken

    def getfile(self) -> Stream:
        """The body as the portal reads it."""
        return Stream(self)

    def getbuf(self) -> Body:
        """What waitress would close."""
        return self

    def close(self) -> None:
        """Nothing to do: the memory is free when nobody reads it any more."""

    def piece(self, at: int, size: int) -> memoryview:
        """Bytes of it, as far as they lie in one piece."""
        n, start = divmod(at, BLOCK)
        size = min(size, self._here - at)
        return memoryview(self.blocks[n])[start : start + size] if size > 0 else memoryview(b"")


class Stream(io.RawIOBase):
    """Reading a body where it lies."""

    def __init__(self, body: Body) -> None:
        self._body, self._at = body, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """The next bytes, into somebody's own memory; fewer than fit where a block ends."""
        piece = self._body.piece(self._at, len(buffer))
        memoryview(buffer)[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def lend(self, size: int) -> memoryview:
        """The next bytes where they lie, good as long as this stream is; fewer than asked for where a block ends."""
        piece = self._body.piece(self._at, size)
        self._at += len(piece)
        return piece

    def seekable(self) -> bool:
        """Yes: nothing is gone before the last reader is."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Read on from elsewhere, such as once more from the beginning."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._body)}[whence]
        self._at = max(0, start + offset)
        return self._at


class Channel(HTTPChannel):  # type: ignore[misc]
    """A line as waitress keeps it, but not with pieces of megabytes where the line would take them."""

    last_activity: float

    def __init__(self, *args: object, **words: object) -> None:
        super().__init__(*args, **words)
        self.sendbuf_len = PIECE
        self._step = 0  # so much of a request must have come for the line to count as alive

    def writable(self) -> bool:
        """Whether the loop should give something. A small answer is given by the thread that made it: the loop would only turn
        round and round meanwhile, and keep that thread from its turn."""
        if self.requests and self.total_outbufs_len < PIECE:
            return bool(self.will_close or self.close_when_flushed)
        return bool(super().writable())

    def handle_read(self) -> None:
        """Read what has come. A request that is not all here by then must bring a step more within the time a line may be silent."""
        active = self.last_activity
        self._read()
        if self.request is None:
            self._step = 0
            return
        came = self.request.header_bytes_received + self.request.body_bytes_received
        if self._step and came < self._step:
            self.last_activity = active
        else:
            self._step = came + STEP

    def _read(self) -> None:
        """A body that waits in memory comes straight to its place, all but its last byte, with which waitress goes on."""
        body = self.request.body_rcv if self.request is not None else None
        if isinstance(body, Body) and body.left > 1:
            self._fill(body)
        else:
            super().handle_read()

    def _fill(self, body: Body) -> None:
        for _ in range(TURNS):
            if body.left <= 1:
                return
            try:
                count = self.socket.recv_into(body.room(min(PIECE, body.left - 1)))
            except BlockingIOError:
                return
            except OSError:
                count = 0
            if not count:
                self.handle_close()
                return
            self.last_activity = now().timestamp()
            self.request.body_bytes_received += count
            body.came(count)
