"""The file formats we know by name: what they are called, which extensions they carry, what family they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


def N_(message: str) -> str:
    """Mark a message for translation; our own, because this room knows nothing of the house."""
    return message


class Family(StrEnum):
    """What an item can ask for, in words people use."""

    IMAGE = "image"
    PDF = "pdf"
    DOCUMENT = "document"
    SPREADSHEET = "spreadsheet"
    PRESENTATION = "presentation"
    VIDEO = "video"
    AUDIO = "audio"
    ARCHIVE = "archive"
    TEXT = "text"
    VECTOR = "vector"
    DESIGN = "design"
    FONT = "font"
    ANY = "any"


FAMILY_LABELS: dict[Family, str] = {
    Family.IMAGE: N_("Pictures (JPEG, PNG, HEIC)"),
    Family.PDF: N_("PDF"),
    Family.DOCUMENT: N_("Word documents"),
    Family.SPREADSHEET: N_("Tables (Excel, CSV)"),
    Family.PRESENTATION: N_("Presentations (PowerPoint)"),
    Family.VIDEO: N_("Videos"),
    Family.AUDIO: N_("Sound recordings"),
    Family.ARCHIVE: N_("Packed folders (ZIP)"),
    Family.TEXT: N_("Plain text"),
    Family.VECTOR: N_("Vector graphics (SVG, EPS, AI)"),
    Family.DESIGN: N_("Design files (Photoshop, Illustrator)"),
    Family.FONT: N_("Fonts"),
    Family.ANY: N_("Any kind of file"),
}


@dataclass(frozen=True, slots=True)
class FileType:
    """What a file really is; the label is a technical name that is the same in every language."""

    mime: str
    label: str
    extensions: tuple[str, ...] = ()
    families: tuple[Family, ...] = ()

    @property
    def extension(self) -> str:
        """The usual extension, without a dot; empty for content we do not know."""
        return self.extensions[0] if self.extensions else ""


UNKNOWN = FileType("application/octet-stream", "?")
PROGRAM = FileType("application/x-executable", "EXE")

_OPEN = "application/vnd.oasis.opendocument."
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ROWS: dict[tuple[Family, ...], str] = {
    (Family.IMAGE,): """
        jpg,jpeg,jpe,jfif image/jpeg JPEG
        png,apng image/png PNG
        gif image/gif GIF
        webp image/webp WebP
        heic,heif,hif image/heic HEIC
        avif image/avif AVIF
        tif,tiff image/tiff TIFF
        bmp image/bmp BMP
        ico image/x-icon ICO
        jp2,jpx image/jp2 JPEG-2000
        dng image/x-adobe-dng DNG
        cr2 image/x-canon-cr2 CR2
        nef image/x-nikon-nef NEF
        arw image/x-sony-arw ARW""",
    (Family.PDF,): "pdf application/pdf PDF",
    (Family.DOCUMENT,): f"""
        docx {_OFFICE}wordprocessingml.document Word
        dotx {_OFFICE}wordprocessingml.template Word
        docm application/vnd.ms-word.document.macroenabled.12 Word
        doc,dot application/msword Word
        odt {_OPEN}text OpenDocument
        rtf application/rtf RTF
        pages application/vnd.apple.pages Pages
        epub application/epub+zip EPUB
        msg application/vnd.ms-outlook Outlook""",
    (Family.SPREADSHEET,): f"""
        xlsx {_OFFICE}spreadsheetml.sheet Excel
        xlsm application/vnd.ms-excel.sheet.macroenabled.12 Excel
        xlsb application/vnd.ms-excel.sheet.binary.macroenabled.12 Excel
        xls,xlt application/vnd.ms-excel Excel
        ods {_OPEN}spreadsheet OpenDocument
        numbers application/vnd.apple.numbers Numbers""",
    (Family.PRESENTATION,): f"""
        pptx {_OFFICE}presentationml.presentation PowerPoint
        ppsx {_OFFICE}presentationml.slideshow PowerPoint
        pptm application/vnd.ms-powerpoint.presentation.macroenabled.12 PowerPoint
        ppt,pps application/vnd.ms-powerpoint PowerPoint
        odp {_OPEN}presentation OpenDocument
        key application/vnd.apple.keynote Keynote""",
    (Family.VIDEO,): """
        mp4 video/mp4 MP4
        mov,qt video/quicktime MOV
        m4v video/x-m4v M4V
        3gp,3g2 video/3gpp 3GP
        webm video/webm WebM
        mkv video/x-matroska MKV
        avi video/x-msvideo AVI
        wmv,asf video/x-ms-wmv WMV
        mpg,mpeg video/mpeg MPEG
        ogv video/ogg Ogg""",
    (Family.AUDIO,): """
        mp3 audio/mpeg MP3
        m4a audio/mp4 M4A
        wav audio/x-wav WAV
        ogg,oga,opus audio/ogg Ogg
        flac audio/x-flac FLAC
        aac audio/aac AAC
        aiff,aif audio/x-aiff AIFF
        wma audio/x-ms-wma WMA
        amr audio/amr AMR
        mid,midi audio/midi MIDI""",
    (Family.ARCHIVE,): """
        zip application/zip ZIP
        7z application/x-7z-compressed 7z
        rar application/x-rar-compressed RAR
        tar application/x-tar TAR
        gz,tgz application/gzip GZIP
        bz2 application/x-bzip2 BZIP2
        xz application/x-xz XZ
        zst application/zstd ZSTD""",
    (Family.TEXT,): """
        txt,text,log text/plain TXT
        md,markdown text/markdown Markdown
        html,htm,xhtml text/html HTML
        json text/json JSON
        xml text/xml XML
        css text/css CSS
        vcf text/vcard vCard
        ics text/calendar iCalendar
        eml message/rfc822 EML
        srt text/x-subrip SRT
        vtt text/vtt WebVTT
        yaml,yml text/yaml YAML""",
    (Family.SPREADSHEET, Family.TEXT): "csv text/csv CSV\n tsv,tab text/tab-separated-values TSV",
    (Family.VECTOR,): "svg image/svg+xml SVG\n dwg image/vnd.dwg DWG",
    (Family.VECTOR, Family.DESIGN): "eps,ps application/postscript EPS\n ai application/illustrator Illustrator",
    (Family.DESIGN,): """
        psd,psb image/vnd.adobe.photoshop Photoshop
        indd application/x-indesign InDesign
        xcf image/x-xcf GIMP
        sketch application/x-sketch Sketch
        xd application/x-adobe-xd XD
        fig application/x-figma Figma""",
    (Family.FONT,): """
        woff2 font/woff2 WOFF2
        woff font/woff WOFF
        ttf font/ttf TrueType
        otf font/otf OpenType""",
}

FORMATS: tuple[FileType, ...] = tuple(
    FileType(mime, label, tuple(extensions.split(",")), families)
    for families, rows in _ROWS.items()
    for extensions, mime, label in (row.split() for row in rows.strip().splitlines())
)
BY_EXTENSION: dict[str, FileType] = {extension: known for known in FORMATS for extension in known.extensions}

MACROS = frozenset({"docm", "xlsm", "xlsb", "pptm"})
_DANGEROUS = """
    exe com bat cmd scr pif msi msp msu dll sys drv cpl ocx js mjs jse vbs vbe vb ws wsf wsh wsc sct ps1 psm1 ps1xml psd1 hta jar
    class apk aab ipa app sh bash zsh csh ksh fish command run elf so dylib lnk url webloc desktop reg scf inf ins isp chm
    hlp msc gadget xll xla xlam ade adp mde iso img vhd vhdx dmg pkg deb rpm appimage msix appx application appref-ms
    library-ms search-ms settingcontent-ms diagcab php php3 php4 php5 php7 phtml phar py pyc pyw pyz pl pm rb cgi asp aspx ashx
    jsp jspx cfm shtml htaccess mht mhtml swf crx xpi wasm lua tcl scpt workflow action"""
DANGEROUS = frozenset(_DANGEROUS.split())

_OPENED = """
    jpg png gif webp avif tif bmp heic ico jp2 pdf zip docx dotx docm xlsx xlsm xlsb pptx ppsx pptm odt ods odp doc xls ppt rar 7z"""
OPENED = frozenset(_OPENED.split())  # by their usual extension: what looking.py opens


def allowed(found: FileType, wanted: Iterable[str]) -> bool:
    """Say whether an item that wants these families takes such a file; no family means any."""
    families = {Family(each) for each in wanted} or {Family.ANY}
    return Family.ANY in families or not families.isdisjoint(found.families)


def accept(wanted: Iterable[str]) -> str:
    """Return the value of a file field's `accept` attribute; empty when everything may be chosen."""
    wanted = list(wanted)
    if allowed(UNKNOWN, wanted):
        return ""
    takes = [known for known in FORMATS if allowed(known, wanted)]
    return ",".join([f".{extension}" for known in takes for extension in known.extensions] + [known.mime for known in takes])
