"""Which language somebody probably reads, by where their email address is at home."""

from __future__ import annotations

HOMES = {
    "de": ("de", "at", "ch", "li"),
    "tr": ("tr",),
    "vi": ("vn",),
    "ja": ("jp",),
    "ar": ("ae", "bh", "dz", "eg", "iq", "jo", "kw", "lb", "ly", "ma", "om", "ps", "qa", "sa", "sd", "sy", "tn", "ye"),
    "en": ("uk", "us", "ie", "au", "nz", "ca"),
}


def language_of(email: str, *, otherwise: str) -> str:
    """The language of the country an address ends with, if it ends with one we know."""
    ending = email.strip().rstrip(".").rpartition(".")[2].casefold()
    return next((language for language, endings in HOMES.items() if ending in endings), otherwise)
