"""Whether a packed or Office file asks for a password before it shows what is in it. Reads a few bytes; opens nothing."""

from __future__ import annotations

import lzma
import struct
from typing import BinaryIO

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEALED = "EncryptedPackage".encode("utf-16-le")
_SECTOR = 512
_MOST_READ = 4 * 1024 * 1024
_AES = b"\x06\xf1\x07\x01"
_LZMA = b"\x03\x01\x01"


def is_locked(source: BinaryIO, kind: str) -> bool:
    """Say whether a file of this kind (its usual extension) is locked with a password."""
    head = source.read(_MOST_READ)
    source.seek(0)
    if head.startswith(_OLE):
        return _SEALED in head or _old_office(head)
    if kind == "7z":
        return _seven(source, head)
    if kind == "rar":
        return _rar(head)
    return _open_document(head)


def _old_office(head: bytes) -> bool:
    """Word marks it in its first block; Excel says it in the first records of its workbook."""
    for at in range(0, len(head), _SECTOR):
        sector = head[at : at + 64]
        if sector.startswith(b"\xec\xa5") and len(sector) > 12:
            return bool(struct.unpack_from("<H", sector, 10)[0] & 0x0100)
        if sector[:2] == b"\x09\x08" and len(sector) > 24:
            length = struct.unpack_from("<H", sector, 2)[0]
            if length in (8, 16):
                return sector[4 + length : 6 + length] == b"\x2f\x00"
    return False


def _open_document(head: bytes) -> bool:
    """OpenDocument files with a password say so in their list of contents, which is seldom packed away."""
    return b"manifest:encryption-data" in head


def _rar(head: bytes) -> bool:
    """The archive, or one of its first entries, is marked as encrypted."""
    if head.startswith(b"Rar!\x1a\x07\x01\x00"):
        return _rar5(head)
    at = 7
    while at + 7 <= len(head):
        kind, flags, length = struct.unpack_from("<BHH", head, at + 2)
        if (kind == 0x73 and flags & 0x0080) or (kind == 0x74 and flags & 0x0004):
            return True
        more = struct.unpack_from("<I", head, at + 7)[0] if flags & 0x8000 and at + 11 <= len(head) else 0
        if length < 7 or kind not in (0x72, 0x73, 0x74):
            return False
        at += length + more
    return False


def _rar5(head: bytes) -> bool:
    at = 8
    while at + 6 < len(head):
        length, begin = _vint(head, at + 4)
        kind, body = _vint(head, begin)
        flags, body = _vint(head, body)
        extra, body = _vint(head, body) if flags & 1 else (0, body)
        data, body = _vint(head, body) if flags & 2 else (0, body)
        if kind == 4 or (kind == 2 and extra and _has_lock(head[begin + length - extra : begin + length])):
            return True
        if not length or kind > 5:
            return False
        at = begin + length + data
    return False


def _has_lock(records: bytes) -> bool:
    """Walk the extra records of an entry; record 1 is its encryption."""
    at = 0
    while at < len(records):
        length, begin = _vint(records, at)
        kind, _ = _vint(records, begin)
        if kind == 1:
            return True
        if not length:
            return False
        at = begin + length
    return False


def _vint(data: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, lowest first; and where it ends."""
    value = 0
    for n in range(10):
        if at + n >= len(data):
            break
        value |= (data[at + n] & 0x7F) << (7 * n)
        if not data[at + n] & 0x80:
            return value, at + n + 1
    return 0, len(data)


def _seven(source: BinaryIO, head: bytes) -> bool:
    """The list of contents at the end names the method; it is usually packed itself."""
    if len(head) < 32:
        return False
    offset, length = struct.unpack_from("<QQ", head, 12)
    if not 0 < length <= _MOST_READ:
        return False
    source.seek(32 + offset)
    listing = source.read(length)
    source.seek(0)
    if _AES in listing:
        return True
    return listing[:1] == b"\x17" and _AES in _unpacked(source, listing)


def _unpacked(source: BinaryIO, listing: bytes) -> bytes:
    """The packed list of contents, as the usual program writes it (one LZMA stream); nothing when it is anything else."""
    at = listing.find(_LZMA)
    if listing[1:2] != b"\x06" or at < 0 or listing[at + 3 : at + 4] != b"\x05":
        return b""
    offset, place = _seven_number(listing, 2)
    _, place = _seven_number(listing, place)
    packed, _ = _seven_number(listing, place + 1)
    sizes = listing.find(b"\x0c", at + 9)
    unpacked, _ = _seven_number(listing, sizes + 1) if sizes >= 0 else (0, 0)
    if not (0 < packed <= _MOST_READ and 0 < unpacked <= _MOST_READ):
        return b""
    source.seek(32 + offset)
    body = source.read(packed)
    source.seek(0)
    properties = listing[at + 4 : at + 9]
    try:
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_ALONE)
        return unpacker.decompress(properties + struct.pack("<Q", unpacked) + body, unpacked)
    except lzma.LZMAError:
        return b""


def _seven_number(data: bytes, at: int) -> tuple[int, int]:
    """A number whose first byte says by its leading ones how many follow; and where it ends."""
    first = data[at] if at < len(data) else 0
    value, mask = 0, 0x80
    for n in range(8):
        if not first & mask:
            return value | ((first & (mask - 1)) << (8 * n)), at + n + 1
        value |= (data[at + n + 1] if at + n + 1 < len(data) else 0) << (8 * n)
        mask >>= 1
    return value, at + 9
