"""What can only be known by opening a file: whether it is whole, locked with a password, how large its picture is, how many pages it has.

Runs in the sandbox (`sandbox.run("portal.storage.looking:look", stream, told={"kind": "pdf"})`), because it hands strangers' files to
parsers. Answers facts only: `width` and `height` (upright, in pixels), `pages`, and `trouble_found`: locked, damaged, bomb,
too_many_pixels, leads_out (a packed name that would leave its folder), holds_programs.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable
from typing import BinaryIO

import pypdfium2
from PIL import Image, UnidentifiedImageError
from pillow_heif import register_heif_opener
from pypdfium2 import raw as pdfium

from portal.storage import locks
from portal.storage.formats import DANGEROUS
from portal.storage.names import split_extension

Facts = dict[str, object]

MOST_PIXELS_OPENED = 120_000_000
MOST_PIXELS_TAKEN = 1_000_000_000
MOST_UNPACKED, MOST_GROWTH = 10 * 2**30, 200
MOST_ENTRIES = 200_000
ORIENTATION, LYING = 0x0112, (5, 6, 7, 8)
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError)
PILLOW = {
    "jpg": "JPEG",
    "png": "PNG",
    "gif": "GIF",
    "webp": "WEBP",
    "avif": "AVIF",
    "tif": "TIFF",
    "bmp": "BMP",
    "heic": "HEIF",
    "ico": "ICO",
    "jp2": "JPEG2000",
}

register_heif_opener()


def look(source: BinaryIO, _out: BinaryIO | None, *, kind: str) -> Facts:
    """Open a file of this kind (its usual extension) and say what is in it; no facts for kinds nobody opens."""
    opener = _OPENERS.get(kind)
    return opener(source, kind) if opener else {}


def _picture(source: BinaryIO, kind: str) -> Facts:
    """Read the size from the head, and decode the whole where its pixels fit: a damaged picture shows only then."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(source, formats=[PILLOW[kind]]) as picture:
            width, height = picture.size
            facts: Facts = {"width": width, "height": height}
            if width * height > MOST_PIXELS_TAKEN:
                return facts | {"trouble_found": "too_many_pixels"}
            if width * height > MOST_PIXELS_OPENED:  # from here on everything, even asking how it is turned, may unfold it
                return facts
            picture.draft("RGB", (64, 64))
            try:
                picture.load()
            except BROKEN:
                return facts | {"trouble_found": "damaged"}
            turned = picture.getexif().get(ORIENTATION, 1) in LYING
            return {"width": height, "height": width} if turned else facts
    except (UnidentifiedImageError, *BROKEN):
        return {"trouble_found": "damaged"}


def _pdf(source: BinaryIO, _kind: str) -> Facts:
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        return {"trouble_found": "locked" if locked else "damaged"}
    try:
        pages = len(document)
        if pages:
            document[0].get_size()
        return {"pages": pages} if pages else {"trouble_found": "damaged"}
    except pypdfium2.PdfiumError:
        return {"trouble_found": "damaged"}


def _zip(source: BinaryIO, _kind: str) -> Facts:
    """Read the list of contents; nothing is unpacked."""
    size = source.seek(0, 2)
    source.seek(0)
    try:
        entries = zipfile.ZipFile(source).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return {"trouble_found": "damaged"}
    unpacked = sum(entry.file_size for entry in entries)
    if (unpacked > MOST_UNPACKED and unpacked > MOST_GROWTH * max(size, 1)) or len(entries) > MOST_ENTRIES:
        return {"trouble_found": "bomb", "unpacked": unpacked}
    if any(entry.flag_bits & 1 for entry in entries):
        return {"trouble_found": "locked"}
    if any(_leads_out(entry) for entry in entries):
        return {"trouble_found": "leads_out"}
    programs = [entry.filename for entry in entries if split_extension(entry.filename)[1].lstrip(".").lower() in DANGEROUS]
    return {"trouble_found": "holds_programs"} if programs else {}


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    """Whether unpacking it carelessly would write elsewhere: upwards, at the root, on another drive, or through a link."""
    name = entry.orig_filename.replace("\\", "/")
    is_link = entry.create_system == 3 and (entry.external_attr >> 16) & 0o170000 == 0o120000
    return is_link or name.startswith("/") or name[1:2] == ":" or ".." in name.split("/") or "\0" in name


def _lock(source: BinaryIO, kind: str) -> Facts:
    return {"trouble_found": "locked"} if locks.is_locked(source, kind) else {}


def _office(source: BinaryIO, kind: str) -> Facts:
    """Office files of today are zips, or a sealed box when they have a password."""
    return _lock(source, kind) or _zip(source, kind)


_OPENERS: dict[str, Callable[[BinaryIO, str], Facts]] = {
    **dict.fromkeys(PILLOW, _picture),
    "pdf": _pdf,
    "zip": _zip,
    **dict.fromkeys(["docx", "dotx", "docm", "xlsx", "xlsm", "xlsb", "pptx", "ppsx", "pptm", "odt", "ods", "odp"], _office),
    **dict.fromkeys(["doc", "xls", "ppt", "rar", "7z"], _lock),
}
