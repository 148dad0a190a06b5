"""Whether we take a file: findings as codes with facts, and the sentence each of them is told in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from portal.storage import Incomplete, StorageError, StoreDown, StoreFull, TooLarge
from portal.storage.formats import BY_EXTENSION, DANGEROUS, FAMILY_LABELS, N_, PROGRAM, UNKNOWN, Family, FileType, accept, allowed
from portal.storage.names import clean_name, split_extension
from portal.storage.sniff import extension_of, is_active, sniff

__all__ = [
    "FAMILY_LABELS",
    "SENTENCES",
    "Code",
    "Fact",
    "Family",
    "FileType",
    "Finding",
    "accept",
    "allowed",
    "blocking",
    "check",
    "check_ahead",
    "explain",
    "sniff",
]

Fact = str | int | list[str]

PICTURES = frozenset({Family.IMAGE, Family.VECTOR})


class Code(StrEnum):
    """Why a file is refused, or what staff should know about it."""

    EMPTY = "empty"
    PROGRAM = "program"
    DOUBLE_EXTENSION = "double_extension"
    MISMATCH = "mismatch"
    OTHER_PICTURE = "other_picture"
    NOT_THE_PICTURE = "not_the_picture"
    UNREADABLE = "unreadable"
    NOT_WANTED = "not_wanted"
    ACTIVE_CONTENT = "active_content"
    TOO_LARGE = "too_large"
    INCOMPLETE = "incomplete"
    STORE_FULL = "store_full"
    STORE_DOWN = "store_down"
    BOMB = "bomb"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    NARROW = "narrow"
    FEW_PAGES = "few_pages"
    MANY_PAGES = "many_pages"
    LOCKED = "locked"
    DAMAGED = "damaged"
    DUPLICATE = "duplicate"
    LEADS_OUT = "leads_out"
    HOLDS_PROGRAMS = "holds_programs"
    NOT_OPENED = "not_opened"


# The caller fills in: name and extensions in <bdi>, `limit` (bytes) as a size, `wanted` (families) by their FAMILY_LABELS.
SENTENCES: dict[Code, str] = {
    Code.EMPTY: N_("“%(name)s” is empty. Please open it, save it again and choose it once more."),
    Code.PROGRAM: N_("“%(name)s” is a program or script. We do not take those; please send the document or picture itself."),
    Code.DOUBLE_EXTENSION: N_("“%(name)s” looks like a .%(shown)s file but is a program (.%(extension)s). We do not take programs."),
    Code.MISMATCH: N_("“%(name)s” is named .%(extension)s, but inside it is %(found)s. Please save it again in one of the two."),
    Code.NOT_THE_PICTURE: N_("“%(name)s” is named .%(extension)s, but inside it is %(found)s. Please send the picture itself."),
    Code.UNREADABLE: N_("“%(name)s” cannot be read as .%(extension)s, it may be damaged. Do you have the original?"),
    Code.NOT_WANTED: N_("“%(name)s” is of a kind we cannot use here. Please send: %(wanted)s."),
    Code.ACTIVE_CONTENT: N_("“%(name)s” contains macros or scripts. Open it with care."),
    Code.TOO_LARGE: N_("“%(name)s” is larger than %(limit)s, the most we can take here. Could you send a smaller version?"),
    Code.INCOMPLETE: N_("“%(name)s” did not arrive completely. Please send it again."),
    Code.STORE_FULL: N_("There is no room for “%(name)s” at the moment. Please try again later."),
    Code.STORE_DOWN: N_("“%(name)s” could not be kept, because our file store does not answer. Please send it again in a few minutes."),
    Code.BOMB: N_("“%(name)s” would unpack to %(unpacked)s, which nobody can open. Please send the files themselves."),
    Code.TOO_MANY_PIXELS: N_("“%(name)s” is %(width)s × %(height)s px, more than anybody can open. Please send it smaller."),
    Code.TOO_SMALL: N_("“%(name)s” has only %(bytes)s, we asked for at least %(limit)s."),
    Code.NARROW: N_("“%(name)s” is %(width)s px wide, we asked for %(wanted_px)s."),
    Code.FEW_PAGES: N_("“%(name)s” has %(pages)s pages, we asked for at least %(wanted_pages)s."),
    Code.MANY_PAGES: N_("“%(name)s” has %(pages)s pages, we asked for at most %(wanted_pages)s."),
    Code.LOCKED: N_("“%(name)s” is locked with a password."),
    Code.DAMAGED: N_("“%(name)s” is damaged: it cannot be opened to its end."),
    Code.DUPLICATE: N_("“%(name)s” is a file they have sent before."),
    Code.OTHER_PICTURE: N_("“%(name)s” is named .%(extension)s, but inside it is %(found)s. Rename your copy if it does not open."),
    Code.LEADS_OUT: N_("“%(name)s” holds names that lead out of its own folder. Unpack it with care."),
    Code.HOLDS_PROGRAMS: N_("“%(name)s” holds programs or scripts. Open it with care."),
    Code.NOT_OPENED: N_("“%(name)s” could not be opened here. Open it with care."),
}

# What the client reads beside a file that we keep: what we noticed, and what to do. Nothing where only staff have to take care.
HINTS: dict[Code, str] = {
    Code.TOO_SMALL: N_("This file has only %(bytes)s, we asked for at least %(limit)s. Do you have the original?"),
    Code.NARROW: N_("This picture is %(width)s px wide, we asked for %(wanted_px)s. Do you have the original?"),
    Code.FEW_PAGES: N_("This has %(pages)s pages, we asked for at least %(wanted_pages)s. Is it all of it?"),
    Code.MANY_PAGES: N_("This has %(pages)s pages, we asked for at most %(wanted_pages)s. Could you send the part we need?"),
    Code.LOCKED: N_("This file is locked with a password, so we cannot open it. Could you send it without one?"),
    Code.DAMAGED: N_("This file seems to be damaged: it cannot be opened to its end. Could you send it again, or the original?"),
    Code.DUPLICATE: N_("We have this very file already, since %(on)s. Remove it here if you did not mean to send it twice."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found about a file; a blocking one means that we do not take it."""

    code: Code
    facts: Mapping[str, Fact] = field(default_factory=dict)
    blocks: bool = True


def check(source: Path | BinaryIO, name: str, *, wanted: Iterable[str] = ()) -> tuple[FileType, list[Finding]]:
    """Look into received bytes and say what they are and what speaks against taking them.

    Reads 64 KiB at either end, whatever the size. A stream is left where it stood, or after the head
    when it cannot be sought.
    """
    name, wanted = clean_name(name), list(wanted)
    if _is_empty(source):
        return UNKNOWN, [Finding(Code.EMPTY, {"name": name})]
    found = sniff(source, name)
    refusal = _program(found, name) or _disagreement(found, name, wanted) or _unwanted(found, name, wanted)
    if refusal:
        return found, [refusal]
    findings = []
    if _seekable(source) and is_active(source, found):
        findings.append(Finding(Code.ACTIVE_CONTENT, {"name": name}, blocks=False))
    if _is_other_picture(found, name):
        findings.append(Finding(Code.OTHER_PICTURE, {"name": name, "extension": extension_of(name), "found": found.label}, blocks=False))
    return found, findings


def check_ahead(name: str, size: int, *, wanted: Iterable[str] = (), limit: int) -> Finding | None:
    """Say what speaks against a file before any byte of it has come, as far as its name and size tell."""
    name, wanted = clean_name(name), list(wanted)
    if size == 0:
        return Finding(Code.EMPTY, {"name": name})
    if size > limit:
        return Finding(Code.TOO_LARGE, {"name": name, "limit": limit})
    claimed = BY_EXTENSION.get(extension_of(name))
    return _program(UNKNOWN, name) or (_unwanted(claimed, name, wanted) if claimed else None)


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings because of which a file is not taken."""
    return [finding for finding in findings if finding.blocks]


def explain(error: StorageError, name: str) -> Finding:
    """Turn what ended a `receive` into a finding; errors that are nobody's news are raised again."""
    name = clean_name(name)
    match error:
        case TooLarge():
            return Finding(Code.TOO_LARGE, {"name": name, "limit": error.limit})
        case Incomplete():
            return Finding(Code.INCOMPLETE, {"name": name, "expected": error.expected, "got": error.got})
        case StoreFull():
            return Finding(Code.STORE_FULL, {"name": name})
        case StoreDown():
            return Finding(Code.STORE_DOWN, {"name": name})
    raise error


def _program(found: FileType, name: str) -> Finding | None:
    """Refuse programs and scripts, by what they are and by what a double click would make of them."""
    extension = extension_of(name)
    if extension in DANGEROUS:
        shown = extension_of(split_extension(name)[0].rstrip(" ."))
        if shown in BY_EXTENSION:
            return Finding(Code.DOUBLE_EXTENSION, {"name": name, "shown": shown, "extension": extension})
        return Finding(Code.PROGRAM, {"name": name})
    return Finding(Code.PROGRAM, {"name": name}) if found is PROGRAM else None


def _disagreement(found: FileType, name: str, wanted: list[str]) -> Finding | None:
    """Refuse a known extension over other content, but not one picture named as another; an extension nobody knows claims nothing."""
    extension = extension_of(name)
    if extension not in BY_EXTENSION or extension in found.extensions or _is_other_picture(found, name):
        return None
    facts: dict[str, Fact] = {"name": name, "extension": extension}
    if found is UNKNOWN:
        return Finding(Code.UNREADABLE, facts)
    only_pictures = bool(wanted) and set(wanted) <= PICTURES and not allowed(found, wanted)
    return Finding(Code.NOT_THE_PICTURE if only_pictures else Code.MISMATCH, facts | {"found": found.label})


def _is_other_picture(found: FileType, name: str) -> bool:
    """Whether a picture is named as another kind of picture, as phones do with HEIC; what we do with it follows its content alone."""
    claimed = BY_EXTENSION.get(extension_of(name))
    return claimed is not None and claimed is not found and claimed.families == found.families == (Family.IMAGE,)


def _unwanted(found: FileType, name: str, wanted: list[str]) -> Finding | None:
    """Refuse what the item does not ask for."""
    if allowed(found, wanted):
        return None
    return Finding(Code.NOT_WANTED, {"name": name, "found": found.label, "wanted": wanted})


def _is_empty(source: Path | BinaryIO) -> bool:
    """Say whether there is nothing in it; a stream that cannot be sought is judged by its content alone."""
    if isinstance(source, Path):
        return source.stat().st_size == 0
    if not source.seekable():
        return False
    start = source.tell()
    first = source.read(1)
    source.seek(start)
    return not first


def _seekable(source: Path | BinaryIO) -> bool:
    """Say whether the content can be read a second time."""
    return isinstance(source, Path) or source.seekable()
