"""Asking a rule. The rules themselves are one page of predicates: `portal/models/may.py`."""

from __future__ import annotations

from portal.kernel.refusal import N_, Forbidden


def require(allowed: bool, message: str = N_("You cannot do this here. Ask the person who invited you.")) -> None:
    """Go on only if a rule allowed it; raises Forbidden with a sentence."""
    if not allowed:
        raise Forbidden(message)
