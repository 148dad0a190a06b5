"""E-mail addresses: one canonical spelling to know people by. Mail always goes to the address as stored, never as just typed."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email

from portal.kernel.refusal import N_, Refused


def canonical_address(typed: str) -> str:
    """The spelling an address is known by: NFC, ASCII letters lower-cased, the domain as its A-label. Raises Refused in words."""
    text = unicodedata.normalize("NFC", typed.strip())
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=True, allow_quoted_local=False)
    except EmailNotValidError:
        raise Refused(N_("Write an email address, like name@example.com."), field="email", status=422) from None
    local = "".join(c.lower() if c.isascii() else c for c in found.local_part)
    return f"{local}@{found.ascii_domain or found.domain}"[:254]
