"""What a file really is, what we refuse, and the words for it."""

import io
import re
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.storage import Incomplete, KeyTaken, StoreDown, StoreFull, TooLarge
from portal.storage.checks import FAMILY_LABELS, SENTENCES, Code, Family, Finding, accept, allowed, blocking, check, explain, sniff
from portal.storage.formats import BY_EXTENSION, DANGEROUS, FORMATS, UNKNOWN
from portal.storage.sniff import _ALIKE, HEAD
from tests.storage.corpus import BAD, EXE, GOOD, OLE, PDF, SVG, office, packed, picture

OF_OPENED_FILES = {  # see test_arrival.py
    Code.BOMB,
    Code.TOO_MANY_PIXELS,
    Code.TOO_SMALL,
    Code.NARROW,
    Code.FEW_PAGES,
    Code.MANY_PAGES,
    Code.LOCKED,
    Code.DAMAGED,
    Code.DUPLICATE,
    Code.LEADS_OUT,
    Code.HOLDS_PROGRAMS,
    Code.NOT_OPENED,
}


class OneWay(io.BytesIO):
    """A stream that cannot be sought, like the body of a request."""

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0, /) -> int:
        raise io.UnsupportedOperation


def label(item: tuple[object, ...]) -> str:
    return f"{item[0]}-{item[2]}"


@pytest.mark.parametrize(("name", "content", "kind", "families"), GOOD, ids=map(label, GOOD))
def test_good_files_are_known_and_taken(name: str, content: bytes, kind: str, families: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    for source in (tmp_path / "file", io.BytesIO(content), OneWay(content)):
        found, findings = check(source, name)
        assert found.label == kind
        assert set(found.families) == set(families.split())
        assert blocking(findings) == []
    for family in Family:
        refused = blocking(check(io.BytesIO(content), name, wanted=[family])[1])
        expected = [] if family in {*found.families, Family.ANY} else [Code.NOT_WANTED]
        assert [finding.code for finding in refused] == expected


@pytest.mark.parametrize(("name", "content", "code"), BAD, ids=map(label, BAD))
def test_bad_files_are_refused_even_where_anything_goes(name: str, content: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    for source in (tmp_path / "file", io.BytesIO(content)):
        _, findings = check(source, name, wanted=["any"])
        assert [(finding.code, finding.blocks) for finding in findings] == [(code, True)]


@pytest.mark.parametrize("extension", sorted(DANGEROUS))
def test_program_extensions_are_refused_whatever_is_inside(extension: str) -> None:
    assert check(io.BytesIO(PDF), f"a.{extension.upper()}")[1][0].code == Code.PROGRAM
    assert extension not in BY_EXTENSION


def test_content_nobody_knows_is_taken_only_where_anything_goes() -> None:
    content, name = b"\x00\x01\x02 plan", "house.plan"
    assert check(io.BytesIO(content), name) == (UNKNOWN, [])
    assert check(io.BytesIO(content), name, wanted=["any", "pdf"]) == (UNKNOWN, [])
    finding = check(io.BytesIO(content), name, wanted=["image", "pdf"])[1][0]
    assert finding == Finding(Code.NOT_WANTED, {"name": name, "found": "?", "wanted": ["image", "pdf"]})
    assert check(io.BytesIO(content), "firmware.bin", wanted=["any"]) == (UNKNOWN, [])
    assert [found.code for found in check(io.BytesIO(EXE), "firmware.bin", wanted=["any"])[1]] == [Code.PROGRAM]


def test_findings_carry_the_facts_their_sentence_needs() -> None:
    facts: dict[Code, Finding] = {}
    for name, content, _ in BAD:
        for finding in check(io.BytesIO(content), name)[1]:
            facts.setdefault(finding.code, finding)
    for finding in check(io.BytesIO(PDF), "a.pdf", wanted=["image"])[1] + check(io.BytesIO(office("xl")), "a.xlsm")[1]:
        facts[finding.code] = finding
    facts[Code.OTHER_PICTURE] = check(io.BytesIO(picture("PNG")), "a.jpg", wanted=["image"])[1][0]
    assert not facts[Code.OTHER_PICTURE].blocks
    facts[Code.NOT_THE_PICTURE] = check(io.BytesIO(PDF), "a.jpg", wanted=["image"])[1][0]
    assert facts[Code.NOT_THE_PICTURE].code == Code.NOT_THE_PICTURE
    for them in (["any"], ["image", "pdf"], ["video"]):
        assert check(io.BytesIO(PDF), "a.jpg", wanted=them)[1][0].code == Code.MISMATCH
    for error in (TooLarge(5), Incomplete(expected=3, got=1), StoreFull("no room"), StoreDown("no answer")):
        facts[explain(error, "x.pdf").code] = explain(error, "x.pdf")
    assert set(facts) | OF_OPENED_FILES == set(Code) == set(SENTENCES)
    for code, finding in facts.items():
        assert set(re.findall(r"%\((\w+)\)s", SENTENCES[code])) <= set(finding.facts)
        assert SENTENCES[code] % finding.facts
    assert facts[Code.DOUBLE_EXTENSION].facts == {"name": "logo.pdf.exe", "shown": "pdf", "extension": "exe"}
    assert facts[Code.TOO_LARGE].facts == {"name": "x.pdf", "limit": 5}
    with pytest.raises(KeyTaken):
        explain(KeyTaken("k"), "x.pdf")


@pytest.mark.parametrize(
    ("name", "content", "active"),
    [
        ("a.docx", office("word"), False),
        ("a.docx", office("word", "word/vbaProject.bin"), True),
        ("a.xlsm", office("xl"), True),
        ("a.svg", SVG, False),
        ("a.svg", b"<svg onload = 'x()'/>", True),
        ("a.svg", b"<svg><script/></svg>", True),
        ("a.html", b"<html><script>", True),
        ("a.html", "\ufeff<html><script>".encode("utf-16-le"), True),
        ("a.txt", b"javascript:", False),
    ],
)
def test_macros_and_scripts_are_told_but_taken(name: str, content: bytes, active: bool) -> None:
    _, findings = check(io.BytesIO(content), name)
    assert [(finding.code, finding.blocks) for finding in findings] == ([(Code.ACTIVE_CONTENT, False)] if active else [])


def test_a_big_packed_file_is_known_by_its_first_entries() -> None:
    names = [f"ppt/slides/slide{n}_{'x' * 60}.xml" for n in range(1500)]
    content = packed("[Content_Types].xml", *names)
    assert len(content) > 3 * HEAD
    assert sniff(io.BytesIO(content), "a.pptx").label == "PowerPoint"


def test_only_the_ends_of_a_file_are_read_and_the_stream_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "big.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("big", bytes(64 << 20))
    tracemalloc.start()
    with path.open("rb") as stream:
        stream.seek(0)
        assert check(stream, "big.zip")[0].label == "ZIP"
        assert stream.tell() == 0
    assert tracemalloc.get_traced_memory()[1] < 2 << 20
    tracemalloc.stop()


HOSTILE = [
    b"<!-- -->" * 9000,
    b"<?" * 30_000,
    b" " * 65_000,
    b"<!doctype svg" + b"[" * 60_000,
    b"<!--" * 16_000,
    b"PK\x03\x04" * 16_000,
    b"PK\x05\x06" * 16_000,
    b"PK\x03\x04" + b"PK\x01\x02" * 16_000,
    b"<svg " + b"onload " * 9000,
    b"\0\0\0\xffftyp" + b"\xff" * 60_000,
    b"<" + b"a" * 60_000,
    b"\xff\xfe" + b"\xd8" * 60_001,
]


@pytest.mark.parametrize("content", HOSTILE)
@pytest.mark.parametrize("name", ["a.svg", "a.zip", "a.docx", "a.txt"])
def test_a_hostile_head_costs_no_time(name: str, content: bytes) -> None:
    began = time.perf_counter()
    check(io.BytesIO(content), name)
    assert time.perf_counter() - began < 1


STARTS = [b"", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", OLE[:8], b"<svg", b"\xff\xfe"]


@given(
    st.binary(max_size=400),
    st.sampled_from(STARTS),
    st.text(max_size=20) | st.sampled_from(sorted(f"x.{extension}" for extension in BY_EXTENSION)),
)
def test_no_bytes_and_no_name_make_it_fall_over(content: bytes, start: bytes, name: str) -> None:
    found, findings = check(io.BytesIO(start + content), name)
    assert found is UNKNOWN or found.mime
    assert len(findings) <= 1


def test_every_family_has_a_label_and_files_and_every_extension_one_home() -> None:
    assert list(FAMILY_LABELS) == list(Family)
    assert {family for known in FORMATS for family in known.families} == set(Family) - {Family.ANY}
    assert len(BY_EXTENSION) == sum(len(known.extensions) for known in FORMATS)
    assert all(extension in BY_EXTENSION for formats in _ALIKE for extension in formats)
    assert len({known.mime for known in FORMATS}) == len(FORMATS)


def test_the_file_field_offers_what_the_server_takes() -> None:
    assert accept([]) == accept(["any"]) == accept(["pdf", "any"]) == ""
    assert accept(["pdf"]) == ".pdf,application/pdf"
    assert {".jpg", ".heic", "image/heic", "image/jpeg", ".pdf"} <= set(accept(["image", "pdf"]).split(","))
    assert "svg" not in accept(["image"])
    assert allowed(BY_EXTENSION["csv"], ["spreadsheet"])
    assert not allowed(BY_EXTENSION["pdf"], ["document"])
    with pytest.raises(ValueError):
        allowed(BY_EXTENSION["pdf"], ["pictures"])


def test_a_real_picture_with_a_program_behind_it_is_still_only_a_picture() -> None:
    assert check(io.BytesIO(picture("PNG") + EXE), "a.png")[0].label == "PNG"
