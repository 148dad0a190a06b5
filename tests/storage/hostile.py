"""Files that mean harm, are broken, or are locked: made here, small, and never unpacked by anything of ours."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

from PIL import Image

from tests.storage.corpus import packed, picture

ZIP = zipfile.ZIP_DEFLATED


def whole_picture(width: int, height: int = 40, kind: str = "JPEG", **how: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, kind, **how)
    return out.getvalue()


def turned_picture() -> bytes:
    """100 × 300 in the file, 300 × 100 as people see it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return whole_picture(100, 300, exif=exif.tobytes())


def png_of(width: int, height: int) -> bytes:
    """A small PNG that says it is as large as it likes, its rows all alike."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    body = packer.compress(bytes(min(width // 8 + 1, 100_000))) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(pages: int = 1, extra: bytes = b"") -> bytes:
    kids = b" ".join(b"%d 0 R" % (n + 3) for n in range(pages))
    each = b"".join(b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n" % (n + 3) for n in range(pages))
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids["
        + kids
        + b"]/Count %d>>endobj\n" % pages
        + each
        + extra
        + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def locked_pdf() -> bytes:
    """A PDF with a user password (RC4, 40 bit) that nobody knows."""
    seal = b"<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>"
    return pdf().replace(b"trailer<<", b"9 0 obj" + seal + b"endobj\ntrailer<</ID[<61><61>]/Encrypt 9 0 R")


def deep_pdf() -> bytes:
    """A page tree that holds itself."""
    return pdf().replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R 2 0 R]/Count 99")


def nested_pdf() -> bytes:
    return pdf(extra=b"8 0 obj" + b"[" * 200_000 + b"endobj\n")


def zip_with(*names: str | zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", ZIP) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def zip_of_many(members: int) -> bytes:
    """An archive whose list names one file as often as that; written by hand, because the library takes seconds."""
    one = zip_with("a.txt")
    at = one.find(b"PK\x01\x02")
    entries = one[at : one.find(b"PK\x05\x06")] * members
    far_end = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, members, members, len(entries), at)
    where = struct.pack("<4sIQI", b"PK\x06\x07", 0, at + len(entries), 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return one[:at] + entries + far_end + where + end


def zip_bomb(members: int = 20) -> bytes:
    """A few hundred bytes whose list of contents promises twenty times four gigabytes."""
    whole = bytearray(zip_with(*(f"{n}.txt" for n in range(members))))
    at = whole.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", whole, at + 24, 0xFFFFFFF0)
        at = whole.find(b"PK\x01\x02", at + 4)
    return bytes(whole)


def locked_zip() -> bytes:
    whole = bytearray(zip_with("tax.pdf"))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.find(mark)
        whole[at + place] |= 1
    return bytes(whole)


def link_zip() -> bytes:
    entry = zipfile.ZipInfo("letter.txt")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return zip_with(entry, content=b"/etc/passwd")


def locked_rar5(*, whole: bool) -> bytes:
    def block(kind: int, flags: int, body: bytes, extra: bytes = b"") -> bytes:
        head = bytes([kind, flags | (1 if extra else 0)]) + (bytes([len(extra)]) if extra else b"") + body + extra
        return b"crc!" + bytes([len(head)]) + head

    if whole:
        return b"Rar!\x1a\x07\x01\x00" + block(4, 0, b"\0\0\x0f" + bytes(16)) + bytes(40)
    return b"Rar!\x1a\x07\x01\x00" + block(1, 0, b"\0") + block(2, 0, b"\0" * 8, b"\x06\x01" + bytes(5)) + bytes(40)


def locked_rar4(*, whole: bool) -> bytes:
    main = struct.pack("<HBHH", 0, 0x73, 0x0080 if whole else 0, 13) + bytes(6)
    file = struct.pack("<HBHH", 0, 0x74, 0x0004 | 0x8000, 40) + struct.pack("<I", 10) + bytes(39)
    return b"Rar!\x1a\x07\x00" + main + (b"" if whole else file) + bytes(40)


def seven(listing: bytes, body: bytes = b"") -> bytes:
    return b"7z\xbc\xaf'\x1c\0\4" + bytes(4) + struct.pack("<QQ", len(body), len(listing)) + bytes(4) + body + listing


def locked_seven(*, whole: bool) -> bytes:
    """With names and all, or with readable names: then the list is packed, and says in itself how the files are locked."""
    if whole:
        return seven(b"\x17\x06\x10\x01\x09\x20\x00\x07\x0b\x01\x00\x02\x24\x06\xf1\x07\x01" + bytes(30), bytes(48))
    plain = b"\x01\x04\x06\x00\x01\x09\x10\x00\x07\x0b\x01\x00\x02\x24\x06\xf1\x07\x01\x0a" + bytes(80)
    packed = lzma.compress(plain, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "preset": 6}])
    properties, body = packed[:5], packed[13:]
    size, count = bytes([len(plain)]), bytes([len(body)])
    listing = b"\x17\x06\x00\x01\x09" + count + b"\x00\x07\x0b\x01\x00\x01\x23\x03\x01\x01\x05" + properties + b"\x0c" + size + b"\x00\x00"
    return seven(listing, body)


def compound(*sectors: bytes) -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return head + b"".join(sector.ljust(512, b"\0") for sector in sectors)


SEALED_WORD = compound(b"", "EncryptedPackage".encode("utf-16-le"))
LOCKED_DOC = compound(struct.pack("<HHHHHH", 0xA5EC, 0x00C1, 0, 0, 0, 0x0100))
OPEN_DOC = compound(struct.pack("<HHHHHH", 0xA5EC, 0x00C1, 0, 0, 0, 0x0000))
LOCKED_XLS = compound(struct.pack("<HH", 0x0809, 16) + bytes(16) + struct.pack("<HH", 0x002F, 54))
OPEN_XLS = compound(struct.pack("<HH", 0x0809, 16) + bytes(16) + struct.pack("<HH", 0x0042, 2))
LOCKED_ODT = packed(
    "META-INF/manifest.xml",
    mime="application/vnd.oasis.opendocument.text",
    method=zipfile.ZIP_STORED,
    content=b"<manifest:encryption-data/>",
)
GIF_WITH_SCRIPT = b"GIF89a/*" + picture("GIF")[8:] + b"*/=1;<script>alert(1)</script>"
PDF_AND_ZIP = pdf() + zip_with("inside.txt")
JPEG_AND_HTML = whole_picture(20) + b"<html><script>alert(1)</script></html>"
JPEG_AND_ZIP = whole_picture(20) + zip_with("a.txt")
