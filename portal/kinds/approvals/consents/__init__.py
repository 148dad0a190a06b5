"""What people agree to in so many words: a text per language and version, in a file of its own that never changes once somebody agreed.

To say it otherwise, add a file with the next number in every language; the highest number counts from then on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
DECISION, SILENCE = "decision", "silence"


@dataclass(frozen=True)
class Consent:
    """A text that is agreed to: for what, its number and language, and the SHA-256 of its letters."""

    about: str
    n: int
    language: str
    text: str

    @property
    def sha256(self) -> str:
        """The fingerprint of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def newest(about: str, language: str) -> Consent:
    """The text that counts now, in a language or else in English."""
    n = max(consent.n for consent in _texts().values() if consent.about == about)
    return _texts().get((about, n, language)) or _texts()[about, n, "en"]


def agreed(sha256: str) -> Consent | None:
    """The text with this fingerprint."""
    return next((consent for consent in _texts().values() if consent.sha256 == sha256), None)


@lru_cache(maxsize=1)
def _texts() -> Mapping[tuple[str, int, str], Consent]:
    found = {}
    for path in sorted(FOLDER.glob("*.txt")):
        name, language, _ = path.name.split(".")
        about, n = name.rsplit("-", 1)
        found[about, int(n), language] = Consent(about, int(n), language, path.read_text("utf-8").strip())
    return found
