"""The pieces a dossier in words is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import get_template_attribute
from markupsafe import Markup


@dataclass(frozen=True)
class Block:
    """One thing of a section: its title, names with words, and lines."""

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def parts(name: str, told: Iterable[tuple[str, list[str]]]) -> list[tuple[str, str]]:
    """The parts of an update or of bad news, under their headings."""
    return [(macro(f"components/{name}.txt", "heading", part), "\n".join(said)) for part, said in told]


def by(name: str, when: str) -> str:
    """Who, and when."""
    return f"{name}, {when}" if name else when


def lines(text: str) -> list[str]:
    """A text line by line."""
    return [line for line in text.splitlines() if line.strip()]


def in_groups(sha256: str) -> str:
    """A fingerprint that can break into lines."""
    return " ".join(sha256[n : n + 8] for n in range(0, len(sha256), 8))


def macro(template: str, name: str, *said: object) -> str:
    """What a macro of a page says, as plain text."""
    return str(Markup(get_template_attribute(template, name)(*said)).striptags())  # noqa: S704 - words of ours, which leave as text
