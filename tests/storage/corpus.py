"""Small real files, made here, so that nothing binary lies in the repository."""

import gzip
import io
import struct
import tarfile
import zipfile

from PIL import Image

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(out, kind)
    return out.getvalue()


def packed(*names: str, mime: str = "", method: int = zipfile.ZIP_DEFLATED, content: bytes = b"<x/>" * 50) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        if mime:
            archive.writestr(zipfile.ZipInfo("mimetype"), mime)
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def office(folder: str, *more: str) -> bytes:
    return packed("[Content_Types].xml", "_rels/.rels", f"{folder}/document.xml", *more)


def media(brand: bytes, *others: bytes) -> bytes:
    brands = brand + bytes(4) + b"".join(others)
    return struct.pack(">I4s", 8 + len(brands), b"ftyp") + brands + struct.pack(">I4s", 8, b"mdat") + bytes(64)


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return out.getvalue()


SVG = b'<?xml version="1.0"?>\n<!-- made by hand --><svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'
ILLUSTRATOR_SVG = b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C" "x.dtd" [\n<!ENTITY ns "http://ns.adobe.com/">\n]>\n<svg:svg/>'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
HTML = b"<!DOCTYPE html>\n<html><body>Hello</body></html>"
EXE = b"MZ\x90\0\x03\0\0\0" + bytes(200)
GROUPED_ZIP = packed("word.docx", "list.xlsx", method=zipfile.ZIP_STORED, content=office("word"))

# name, content, label, families
GOOD: list[tuple[str, bytes, str, str]] = [
    ("a.jpg", picture("JPEG"), "JPEG", "image"),
    ("a.JPEG", picture("JPEG"), "JPEG", "image"),
    ("a.png", picture("PNG"), "PNG", "image"),
    ("a.gif", picture("GIF"), "GIF", "image"),
    ("a.webp", picture("WEBP"), "WebP", "image"),
    ("a.tiff", picture("TIFF"), "TIFF", "image"),
    ("a.dng", picture("TIFF"), "DNG", "image"),
    ("a.bmp", picture("BMP"), "BMP", "image"),
    ("a.avif", picture("AVIF"), "AVIF", "image"),
    ("IMG_0001.HEIC", media(b"heic", b"mif1", b"heic"), "HEIC", "image"),
    ("a.heif", media(b"mif1", b"miaf"), "HEIC", "image"),
    ("IMG_0001.jpg", media(b"heic", b"mif1", b"heic"), "HEIC", "image"),
    ("a.jpg", picture("PNG"), "PNG", "image"),
    ("a.pdf", PDF, "PDF", "pdf"),
    ("a.ai", PDF, "Illustrator", "vector design"),
    ("a.ai", b"%!PS-Adobe-3.0", "Illustrator", "vector design"),
    ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0", "EPS", "vector design"),
    ("a.psd", b"8BPS\0\1" + bytes(40), "Photoshop", "design"),
    ("a.svg", SVG, "SVG", "vector"),
    ("a.svg", ILLUSTRATOR_SVG, "SVG", "vector"),
    ("a.svg", b"\xef\xbb\xbf <svg>", "SVG", "vector"),
    ("a.docx", office("word"), "Word", "document"),
    ("a.xlsx", office("xl"), "Excel", "spreadsheet"),
    ("a.pptx", office("ppt"), "PowerPoint", "presentation"),
    ("a.docm", office("word", "word/vbaProject.bin"), "Word", "document"),
    ("a.odt", packed("content.xml", mime="application/vnd.oasis.opendocument.text"), "OpenDocument", "document"),
    ("a.ods", packed("content.xml", mime="application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument", "spreadsheet"),
    ("a.odp", packed("content.xml", mime="application/vnd.oasis.opendocument.presentation"), "OpenDocument", "presentation"),
    ("a.epub", packed("OEBPS/a.xml", mime="application/epub+zip"), "EPUB", "document"),
    ("a.pages", packed("Index/Document.iwa"), "Pages", "document"),
    ("a.key", packed("Index/Document.iwa"), "Keynote", "presentation"),
    ("a.doc", OLE, "Word", "document"),
    ("a.xls", OLE, "Excel", "spreadsheet"),
    ("a.msg", OLE, "Outlook", "document"),
    ("a.rtf", rb"{\rtf1\ansi hello}", "RTF", "document"),
    ("a.csv", "Name;Größe\nBMW;4".encode("cp1252"), "CSV", "spreadsheet text"),
    ("a.csv", b"BMW;4\n", "CSV", "spreadsheet text"),
    ("MZ.csv", b"MZ;4\n", "CSV", "spreadsheet text"),
    ("a.csv", "\ufeffa\tb".encode("utf-16-le"), "CSV", "spreadsheet text"),
    ("a.tsv", b"a\tb\n", "TSV", "spreadsheet text"),
    ("a.txt", "ひらがな".encode("shift-jis"), "TXT", "text"),
    ("a.txt", b" \n", "TXT", "text"),
    ("a.txt", ("é" * 70_000).encode(), "TXT", "text"),
    ("a.md", b"# Hi", "Markdown", "text"),
    ("a.vcf", b"BEGIN:VCARD", "vCard", "text"),
    ("a.json", b' {"a": 1}', "JSON", "text"),
    ("a.xml", b"<?xml version='1.0'?><a/>", "XML", "text"),
    ("a.html", HTML, "HTML", "text"),
    ("a.mp4", media(b"isom", b"mp42"), "MP4", "video"),
    ("a.MOV", media(b"qt  "), "MOV", "video"),
    ("a.mp4", media(b"qt  "), "MP4", "video"),
    ("a.m4a", media(b"M4A "), "M4A", "audio"),
    ("a.3gp", media(b"3gp4"), "3GP", "video"),
    ("a.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm", "WebM", "video"),
    ("a.mp3", b"ID3\x03\0\0\0\0\0\0" + bytes(30), "MP3", "audio"),
    ("a.wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(30), "WAV", "audio"),
    ("a.amr", b"#!AMR\n\x3c\0\0" + bytes(30), "AMR", "audio"),
    ("a.flac", b"fLaC\0\0\0\x22" + bytes(30), "FLAC", "audio"),
    ("a.zip", packed("a.txt"), "ZIP", "archive"),
    ("a.zip", packed("word/a.txt"), "ZIP", "archive"),
    ("a.zip", GROUPED_ZIP, "ZIP", "archive"),
    ("a.zip", packed(), "ZIP", "archive"),
    ("a.tar.gz", gzip.compress(tarred()), "GZIP", "archive"),
    ("a.tar", tarred(), "TAR", "archive"),
    ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(30), "7z", "archive"),
    ("a.rar", b"Rar!\x1a\x07\x01\0" + bytes(30), "RAR", "archive"),
    ("a.woff2", b"wOF2\0\1\0\0" + bytes(30), "WOFF2", "font"),
    ("a.ttf", b"\0\1\0\0\0\x0c" + bytes(30), "TrueType", "font"),
    ("a.otf", b"OTTO\0\x0c" + bytes(30), "OpenType", "font"),
    ("a.otf", b"\0\1\0\0\0\x0c" + bytes(30), "OpenType", "font"),
    ("Scan 12.05", PDF, "PDF", "pdf"),
    ("photo", picture("PNG"), "PNG", "image"),
]

# name, content, the code of the finding
BAD: list[tuple[str, bytes, str]] = [
    ("a.pdf", b"", "empty"),
    ("a.exe", b"", "empty"),
    ("logo.exe", EXE, "program"),
    ("logo.pdf", EXE, "program"),
    ("logo", EXE, "program"),
    ("photo.jpg", b"\x7fELF\2\1\1\0" + bytes(99), "program"),
    ("a.txt", b"#!/bin/sh\nrm -rf /", "program"),
    ("a.jpg", b"<?php system($_GET['c']);", "program"),
    ("a.txt", b"\n <?= 1 ?>", "program"),
    ("a.asp", b"<% x %>", "program"),
    ("a.html", b"<%@ page %>", "program"),
    ("a.js", b"alert(1)", "program"),
    ("a.bat", b"del *", "program"),
    ("a.lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(60), "program"),
    ("a.zip", b"L\0\0\0\x01\x14\x02\0" + bytes(60), "program"),
    ("a.jar", packed("META-INF/MANIFEST.MF"), "program"),
    ("a.zip", packed("META-INF/MANIFEST.MF", "A.class"), "program"),
    ("a.zip", packed("AndroidManifest.xml"), "program"),
    ("a.iso", bytes(100), "program"),
    ("a.library-ms", b"<x/>", "program"),
    ("a.doc", OLE + bytes.fromhex("84100c0000000000c000000000000046"), "program"),
    ("a.swf", b"CWS\x0a\0\0" + bytes(40), "program"),
    ("logo.pdf.exe", EXE, "double_extension"),
    ("logo.pdf.exe", PDF, "double_extension"),
    ("photo.jpg  .scr", EXE, "double_extension"),
    ("logo\u202e.pdf.js", b"x", "double_extension"),
    ("logo.pdf.exe. .", EXE, "double_extension"),
    ("a.jpg", PDF, "mismatch"),
    ("a.pdf", picture("JPEG"), "mismatch"),
    ("a.png", SVG, "mismatch"),
    ("a.txt", HTML, "mismatch"),
    ("a.csv", b"\xef\xbb\xbf<!-- x --> <SCRIPT>alert(1)</SCRIPT>", "mismatch"),
    ("a.docx", packed("a"), "mismatch"),
    ("a.zip", office("word"), "mismatch"),
    ("a.docx", office("xl"), "mismatch"),
    ("a.jpg", HTML, "mismatch"),
    ("a.pdf", b"hello", "mismatch"),
    ("a.json", b"hello", "mismatch"),
    ("a.heic", media(b"isom"), "mismatch"),
    ("a.mp4", media(b"heic"), "mismatch"),
    ("a.svg", picture("PNG"), "mismatch"),
    ("a.jpg", bytes(500), "unreadable"),
    ("a.pdf", b"\x01\x02garbage\x00", "unreadable"),
    ("a.txt", b"bin\0ary", "unreadable"),
]
