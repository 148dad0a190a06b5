"""What a file really is, read from its first bytes (and, for packed formats, its last)."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import filetype

from portal.storage.formats import BY_EXTENSION, FORMATS, MACROS, PROGRAM, UNKNOWN, FileType
from portal.storage.names import split_extension

HEAD = 64 * 1024

# Formats that begin alike: inside one set the extension says which of them it is.
_ALIKE: tuple[frozenset[str], ...] = tuple(
    frozenset(row.split())
    for row in (
        "mp4 mov qt m4v 3gp 3g2 m4a",
        "mkv webm",
        "wmv asf wma",
        "ogg oga opus ogv",
        "tif tiff dng nef arw cr2",
        "pdf ai",
        "eps ps ai",
        "doc dot xls xlt ppt pps msg",
        "docx dotx docm",
        "xlsx xlsm xlsb",
        "pptx ppsx pptm",
        "zip pages numbers key sketch xd fig",
        "ttf otf",
        "xml xhtml",
        "txt text log md markdown css vcf ics eml srt vtt yaml yml csv tsv tab json",
    )
)
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"%!PS", "eps"),
    (b"\xc5\xd0\xd3\xc6", "eps"),
    (b"8BPS", "psd"),
    (b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5", "indd"),
    (b"{\\rtf", "rtf"),
    (b"wOF2", "woff2"),
    (b"wOFF", "woff"),
    (b"OTTO", "otf"),
    (b"\0\1\0\0\0", "ttf"),
    (b"fig-kiwi", "fig"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wmv"),
)
_PROGRAM_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"L\0\0\0\x01\x14\x02\0",
    b"\0asm",
    b"dex\n",
    b"!<arch>\n",
    b"Cr24",
    b"\xed\xab\xee\xdb",
    b"ITSF",
)
_LIBRARY_PROGRAMS = frozenset({"exe", "swf", "elf", "deb", "rpm", "crx", "ar", "wasm"})
_JAVA = ("META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEALED = "EncryptedPackage".encode("utf-16-le")  # Office files of today that have a password
_SEALED_IN_IT = frozenset(["docx", "dotx", "docm", "xlsx", "xlsm", "xlsb", "pptx", "ppsx", "pptm"])
_INSTALLER = bytes.fromhex("100c0000000000c000000000000046")  # the class of .msi, .msp and .mst without its first byte
# Possessive throughout: a hostile head must not make it slow. Illustrator writes entities between [ ] into its doctype.
_BEFORE = rb"(?:<\?[^>]*+>|<!--(?>.*?-->)|<!doctype\s++svg[^>\[]*+(?:\[[^\]]*+\]\s*+)?>|\s++)*+"
_HTML = re.compile(_BEFORE + rb"<(!doctype\s+html|html|head|body|script|iframe|meta|title)\b", re.IGNORECASE | re.DOTALL)
_SVG = re.compile(_BEFORE + rb"<(\w{1,32}:)?svg\b", re.IGNORECASE | re.DOTALL)
_SCRIPT_TEXT = re.compile(rb"#!(?!AMR)|\s*<(\?php|\?=|%@|%=)", re.IGNORECASE)
_ACTIVE = re.compile(rb"<script|\bon(load|error|click|begin)\s*=|javascript:|<foreignobject", re.IGNORECASE)
_JSON = re.compile(rb'\s*([\[{"\d-]|true|false|null)')
_CONTROLS = re.compile(rb"[\x00-\x07\x0e-\x19\x1c-\x1f]")  # without line ends, tabs, form feeds, DOS end, ANSI colours
_OWN_MIME = re.compile(rb"PK\x03\x04.{22}\x08\0..mimetype([\x21-\x7e]+)", re.DOTALL)  # OpenDocument and EPUB begin with it
_MACRO_ENTRY = re.compile(r"(word|xl|ppt)/vbaProject\.bin|xl/macrosheets/", re.IGNORECASE)


def sniff(source: Path | BinaryIO, name: str) -> FileType:
    """Say what a file is by its content; the name only chooses among formats that begin alike."""
    head, tail = _ends(source)
    return _identify(head, tail, extension_of(name))


def is_active(source: Path | BinaryIO, found: FileType) -> bool:
    """Say whether macros (Office) or scripts (SVG, HTML) show in what we read of the file."""
    head, tail = _ends(source)
    if found.extension in {"svg", "html"}:
        return bool(_ACTIVE.search(_as_text(head) or b""))
    return found.extension in MACROS or any(_MACRO_ENTRY.match(entry) for entry in _entries(head, tail))


def extension_of(name: str) -> str:
    """Return the extension, lower case, without its dot."""
    return split_extension(name)[1].lstrip(".").lower()


def _ends(source: Path | BinaryIO) -> tuple[bytes, bytes]:
    """Read the head, and the tail where it can be sought, and go back to where the stream stood."""
    with source.open("rb") if isinstance(source, Path) else nullcontext(source) as stream:
        if not stream.seekable():
            return stream.read(HEAD), b""
        start = stream.tell()
        head = stream.read(HEAD)
        end = stream.seek(0, os.SEEK_END)
        stream.seek(max(start, end - HEAD))
        tail = stream.read(HEAD)
        stream.seek(start)
    return head, tail


def _identify(head: bytes, tail: bytes, extension: str) -> FileType:
    """Ask each way of recognising in turn, most certain first."""
    text = _as_text(head)
    if _is_program(head, text):
        return PROGRAM
    for start, known in _STARTS:
        if head.startswith(start):
            return _alike(known, extension)
    if text is not None:  # before the library, which takes text that begins with "BM" for a picture
        return _text(text, extension)
    found = _packed(head, tail, extension) or _media(head, extension) or _compound(head, tail, extension)
    return found or _library(head, extension) or UNKNOWN


def _is_program(head: bytes, text: bytes | None) -> bool:
    """Say whether the first bytes are those of a program or script."""
    if text is not None:
        return bool(_SCRIPT_TEXT.match(text))
    return head.startswith(_PROGRAM_STARTS)


def _alike(known: str, extension: str) -> FileType:
    """Take the extension's word among formats that begin alike."""
    if any(known in formats and extension in formats for formats in _ALIKE):
        return BY_EXTENSION[extension]
    return BY_EXTENSION[known]


def _packed(head: bytes, tail: bytes, extension: str) -> FileType | None:
    """Tell zip files apart by the names inside."""
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    if mime := _OWN_MIME.match(head):
        own = next((known for known in FORMATS if mime[1].startswith(known.mime.encode())), None)
        if own:
            return own
    entries = _entries(head, tail)
    if "[Content_Types].xml" in entries:
        for folder, known in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(entry.startswith(folder) for entry in entries):
                return _alike(known, extension)
    if any(entry in _JAVA for entry in entries):
        return PROGRAM
    return _alike("zip", extension)


def _entries(head: bytes, tail: bytes) -> set[str]:
    """Collect names of zip entries: all when the directory fits into the tail, else the first ones."""
    end = tail.rfind(b"PK\x05\x06")
    start = end - int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else -1
    if start >= 0 and tail[start : start + 4] == b"PK\x01\x02":
        return set(_directory(tail[start:end]))
    return set(_headers(head))


def _directory(part: bytes) -> Iterator[str]:
    """Walk the directory at the end of a zip file."""
    at = 0
    while part[at : at + 4] == b"PK\x01\x02" and at + 46 <= len(part):
        name, extra, comment = struct.unpack_from("<HHH", part, at + 28)
        yield part[at + 46 : at + 46 + name].decode(errors="replace")
        at += 46 + name + extra + comment


def _headers(part: bytes) -> Iterator[str]:
    """Walk the entries at the beginning of a zip file, as far as they say how long they are."""
    at = 0
    while part[at : at + 4] == b"PK\x03\x04" and at + 30 <= len(part):
        size, name, extra = struct.unpack_from("<I4xHH", part, at + 18)
        yield part[at + 30 : at + 30 + name].decode(errors="replace")
        at += 30 + name + extra + size


def _media(head: bytes, extension: str) -> FileType | None:
    """Tell ISO media files (phone pictures and films) apart by their brands."""
    if head[4:8] != b"ftyp":
        return None
    length = min(int.from_bytes(head[:4], "big"), 256)
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, length, 4))}
    if brands & {b"avif", b"avis"}:
        return BY_EXTENSION["avif"]
    if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
        return BY_EXTENSION["heic"]
    own = {b"qt  ": "mov", b"M4A ": "m4a", b"M4V ": "m4v"}.get(head[8:12], "3gp" if head[8:10] == b"3g" else "mp4")
    return _alike(own, extension)


def _compound(head: bytes, tail: bytes, extension: str) -> FileType | None:
    """Tell old Office files from installers, which share one container."""
    if not head.startswith(_OLE):
        return None
    if _INSTALLER in head or _INSTALLER in tail:
        return PROGRAM
    if extension in _SEALED_IN_IT and (_SEALED in head or _SEALED in tail):
        return BY_EXTENSION[extension]
    return _alike("doc", extension)


def _library(head: bytes, extension: str) -> FileType | None:
    """Ask the library for everything that has a plain signature."""
    kind = filetype.guess(head)
    if kind is None:
        return None
    own = {"jpx": "jp2", "aif": "aiff", "midi": "mid"}.get(kind.extension, kind.extension)
    if own in _LIBRARY_PROGRAMS:
        return PROGRAM
    return _alike(own, extension) if own in BY_EXTENSION else None


def _text(text: bytes, extension: str) -> FileType:
    """Tell text formats apart."""
    if _SVG.match(text):
        return BY_EXTENSION["svg"]
    if _HTML.match(text):
        return BY_EXTENSION["html"]
    if text.lstrip().startswith(b"<?xml") or extension == "xml":
        return _alike("xml", extension)
    if extension == "json" and not _JSON.match(text):
        return BY_EXTENSION["txt"]
    return _alike("txt", extension)


def _as_text(head: bytes) -> bytes | None:
    """Return text with one byte for each plain letter, whatever its encoding; None for bytes that are no text."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8")):
        if head.startswith(mark):
            head = head[len(mark) :].decode(encoding, "ignore").encode()
            break
    return None if not head or _CONTROLS.search(head) else head
