"""Pictures of enormous size in few bytes, made without ever holding them."""

from __future__ import annotations

import struct
import zlib


def vast_png(width: int, height: int) -> bytes:
    """A whole, valid PNG of one black area; two colours, so that it is small and quickly made."""
    row, pressed = bytes(1 + (width + 7) // 8), zlib.compressobj(1)
    body = b"".join(pressed.compress(row) for _ in range(height)) + pressed.flush()
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
