"""File names people typed: cleaned for showing, for headers and for zips. Never part of a path or key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

MAX_CHARS = 180
MAX_BYTES = 240  # of UTF-8; 255 is what Linux and macOS can unpack, and unique_names adds " (12)"
NAMELESS = "file"

_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_NOT_ON_WINDOWS = str.maketrans(dict.fromkeys('<>:"|?*', "-"))
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters and marks that show nothing
_JOINERS = frozenset("\u200c\u200d")
_ATTR_CHARS = "!#$&+-.^_`|~"  # RFC 5987, besides letters and digits


def clean_name(typed: str) -> str:
    """Return a name that is safe to show, send and unpack anywhere, as close to what was typed as can be.

    Folders are cut off, so are control, bidi and zero-width characters; the extension survives the cut to
    180 characters. Zero-width (non-)joiners stay between letters of scripts that spell with them (Persian,
    Arabic, Indic) and inside emoji; elsewhere they could only make two equal-looking names differ.
    """
    name = next((part for part in reversed(re.split(r"[/\\]", typed)) if part.strip(" .")), "")
    name = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", name))
    name = "".join(c for c in name if c in _JOINERS or _shows(c))
    name = "".join(c for at, c in enumerate(name) if c not in _JOINERS or _joins(name, at))
    name = unicodedata.normalize("NFC", name).translate(_NOT_ON_WINDOWS)
    name = _trimmed(re.sub(" +", " ", name))
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shortened(name) or NAMELESS


def content_disposition(name: str) -> str:
    """Return the header value that makes every browser save the bytes under this name and never show them."""
    name = clean_name(name)
    stem, extension = split_extension(name)
    plain = _ascii(stem) if re.search("[0-9A-Za-z]", _ascii(stem)) else "download"
    return f"attachment; filename=\"{plain}{_ascii(extension)}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"


def unique_names(names: Iterable[str]) -> list[str]:
    """Clean names and number repeated ones, so that no file of a zip replaces another on Windows or macOS."""
    taken: set[str] = set()
    return [_free_name(clean_name(name), taken) for name in names]


def split_extension(name: str) -> tuple[str, str]:
    """Split at the last dot into stem and extension with its dot; no extension when it does not look like one."""
    stem, dot, extension = name.rpartition(".")
    if not stem or not extension.replace("-", "").isalnum() or len(extension) > 20:
        return name, ""
    return stem, dot + extension


def _free_name(name: str, taken: set[str]) -> str:
    """Return the name, with a number when another one equals it, and mark it as taken."""
    stem, extension = split_extension(name)
    free, n = name, 1
    while _folded(free) in taken:
        n += 1
        free = clean_name(f"{_fitting(stem, suffix=f' ({n}){extension}')} ({n}){extension}")
    taken.add(_folded(free))
    return free


def _folded(name: str) -> str:
    """Return what file systems that ignore case and composition compare."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def _shows(char: str) -> bool:
    """Say whether a character is more than a control, a surrogate, a format code or an invisible letter."""
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"} and char not in _INVISIBLE


def _joins(name: str, at: int) -> bool:
    """Say whether the joiner at this place stands between two characters that it changes."""
    return 0 < at < len(name) - 1 and _joinable(name[at - 1]) and _joinable(name[at + 1])


def _joinable(char: str) -> bool:
    """Say whether a character belongs to a script that spells with joiners, or to an emoji."""
    kind = unicodedata.category(char)
    return kind in {"So", "Sk"} or char == "\ufe0f" or ("\u0600" <= char <= "\u1cff" and kind[0] in "LM")


def _trimmed(name: str) -> str:
    """Drop what hides a file (leading dots) and what Windows drops by itself (trailing dots and spaces)."""
    return name.strip(" .")


def _shortened(name: str) -> str:
    """Cut the stem, not the extension, until the name fits."""
    stem, extension = split_extension(name)
    return _fitting(stem, suffix=extension) + extension


def _fitting(stem: str, *, suffix: str) -> str:
    """Cut a stem so that it fits with its suffix, without leaving a dangling joiner, space or dot."""
    if len(stem) + len(suffix) <= MAX_CHARS and len((stem + suffix).encode()) <= MAX_BYTES:
        return stem
    room = MAX_BYTES - len(suffix.encode())
    short = stem[: MAX_CHARS - len(suffix)].encode()[:room].decode(errors="ignore")
    return short.rstrip(" .\u200c\u200d")


def _ascii(text: str) -> str:
    """Return the nearest plain letters, with an underscore for what has none or would need quoting."""
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in letters)
