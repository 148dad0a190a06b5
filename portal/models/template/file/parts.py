"""What a template file is described with: a few kinds of parts, and what each of them takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the file, and a sentence about it."""

    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Words(Part):
    """Text somebody reads: plain in a file of one language, else by language."""


@dataclass(frozen=True, kw_only=True)
class Text(Part):
    """One text nobody translates: a key, a limit, a value."""

    pattern: str = ""
    like: str = ""


@dataclass(frozen=True, kw_only=True)
class Whole(Part):
    """A whole number."""

    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class YesNo(Part):
    """True or false."""


@dataclass(frozen=True, kw_only=True)
class OneOf(Part):
    """One of a few words; `usual` goes without saying."""

    known: tuple[str, ...]
    usual: str = ""


@dataclass(frozen=True, kw_only=True)
class Listed(Part):
    """Several of one kind, in an order that counts; `inline` writes them on one line."""

    each: Part
    inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Named(Part):
    """Several of one kind, each under a key of its own."""

    each: Part


@dataclass(frozen=True, kw_only=True)
class Group(Part):
    """Named parts, of which some must be there; `short` is the part a value alone stands for, `inline` writes it on one line."""

    parts: Mapping[str, Part]
    must: frozenset[str] = frozenset()
    short: str = ""
    inline: bool = False
    always: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Either(Part):
    """True or false, or a group."""

    group: Group
