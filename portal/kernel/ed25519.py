"""Looking at Ed25519 signatures (RFC 8032) with plain numbers, for machines that have nothing but Python. It never makes any.

This file goes into every download (see portal/kinds/record/bundling.py), so it needs nothing but Python 3.8 or newer.
"""

from __future__ import annotations

import hashlib

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)
SIDE = 1 << 255
BASE = bytes([0x58]) + bytes([0x66]) * 31


def is_signed(message: bytes, signature: str, public_key: str) -> bool:
    """Whether a signature (hex) of a message was made with the secret behind a public key (hex)."""
    try:
        signed, key = bytes.fromhex(signature), bytes.fromhex(public_key)
        base, owner = _point(BASE), _point(key)
    except ValueError:
        return False
    number = int.from_bytes(signed[32:], "little")
    if len(signed) != 64 or signed.hex() != signature or len(key) != 32 or number >= ORDER:
        return False
    x, y, z, t = owner
    challenge = int.from_bytes(hashlib.sha512(signed[:32] + key + message).digest(), "little") % ORDER
    return _written(_sum(_times(number, base), _times(challenge, (PRIME - x, y, z, PRIME - t)))) == signed[:32]


def _point(written: bytes) -> tuple[int, int, int, int]:
    """The point (x/z, y/z, and t = xy/z beside them) that 32 bytes stand for; raises ValueError when there is none."""
    number = int.from_bytes(written, "little")
    y, odd = number % SIDE, number >= SIDE
    if len(written) != 32 or y >= PRIME:
        raise ValueError("no point")
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != square:
        x = x * ROOT_OF_MINUS_ONE % PRIME
    if x * x % PRIME != square or (x == 0 and odd):
        raise ValueError("no point")
    x = PRIME - x if x % 2 != odd else x
    return x, y, 1, x * y % PRIME


def _written(point: tuple[int, int, int, int]) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, PRIME - 2, PRIME)
    odd = (x * inverse % PRIME) % 2
    return (y * inverse % PRIME + odd * SIDE).to_bytes(32, "little")


def _sum(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    a = (one[1] - one[0]) * (other[1] - other[0]) % PRIME
    b = (one[1] + one[0]) * (other[1] + other[0]) % PRIME
    c = 2 * one[3] * other[3] * CURVE % PRIME
    d = 2 * one[2] * other[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _times(number: int, point: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    total: tuple[int, int, int, int] = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _sum(total, point)
        point, number = _sum(point, point), number >> 1
    return total
