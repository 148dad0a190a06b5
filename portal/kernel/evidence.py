"""How evidence is written down and hashed, so that it verifies on any machine at any later time."""

from __future__ import annotations

from portal.kernel.spelling import fingerprint, sealed, spelled

__all__ = ["canonical", "fingerprint", "sealed"]


def canonical(value: object) -> str:
    """One spelling for one value: sorted ASCII keys, no spaces; strings, integers, booleans and None only (as RFC 8785)."""
    _check(value)
    return spelled(value)


def _check(value: object) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError(f"evidence keys are ASCII strings, not {key!r}")
            _check(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check(inner)
    elif value is not None and not isinstance(value, (str, int, bool)):
        raise TypeError(f"evidence holds strings and integers, not {type(value).__name__}")
