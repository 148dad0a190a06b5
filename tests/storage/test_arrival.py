"""What is seen when a file arrives: every trouble has its sentence, says what to do, and costs us nothing."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import pytest

from portal.storage import arrival, sandbox
from portal.storage.arrival import Looked, Rules, look_into
from portal.storage.checks import HINTS, SENTENCES, Code
from portal.storage.disk import DiskStorage
from portal.storage.formats import OPENED
from portal.storage.looking import _OPENERS
from tests.storage import hostile
from tests.storage.corpus import GOOD, office, picture


def look(content: bytes, name: str, **rules: object) -> Looked:
    return look_into(io.BytesIO(content), name, size=len(content), rules=Rules(**rules))


def codes(looked: Looked) -> list[str]:
    return [finding.code.value for finding in looked.findings]


# name, content, code, whether the file is turned away
TROUBLE: list[tuple[str, bytes, str, bool]] = [
    ("tax.pdf", hostile.locked_pdf(), "locked", False),
    ("tax.zip", hostile.locked_zip(), "locked", False),
    ("tax.rar", hostile.locked_rar5(whole=True), "locked", False),
    ("tax.rar", hostile.locked_rar5(whole=False), "locked", False),
    ("tax.rar", hostile.locked_rar4(whole=True), "locked", False),
    ("tax.rar", hostile.locked_rar4(whole=False), "locked", False),
    ("tax.7z", hostile.locked_seven(whole=True), "locked", False),
    ("tax.7z", hostile.locked_seven(whole=False), "locked", False),
    ("letter.docx", hostile.SEALED_WORD, "locked", False),
    ("list.xlsx", hostile.SEALED_WORD, "locked", False),
    ("letter.doc", hostile.LOCKED_DOC, "locked", False),
    ("list.xls", hostile.LOCKED_XLS, "locked", False),
    ("letter.odt", hostile.LOCKED_ODT, "locked", False),
    ("cut.jpg", hostile.whole_picture(400, 400)[:9000], "damaged", False),
    ("cut.png", hostile.whole_picture(400, 400, "PNG")[:9000], "damaged", False),
    ("cut.webp", hostile.whole_picture(400, 400, "WEBP")[:3000], "damaged", False),
    ("cut.pdf", hostile.pdf()[:30], "damaged", False),
    ("round.pdf", hostile.deep_pdf(), "damaged", False),
    ("cut.zip", hostile.zip_with("a.txt")[:-30], "damaged", False),
    ("cut.docx", office("word")[:-30], "damaged", False),
    ("deep.pdf", hostile.nested_pdf(), "damaged", False),
    ("bomb.zip", hostile.zip_bomb(), "bomb", True),
    ("many.zip", hostile.zip_of_many(200_001), "bomb", True),
    ("bomb.png", hostile.png_of(50_000, 50_000), "too_many_pixels", True),
    ("slip.zip", hostile.zip_with("../../etc/cron.d/job"), "leads_out", False),
    ("slip.zip", hostile.zip_with("..\\..\\Startup\\a.txt"), "leads_out", False),
    ("slip.zip", hostile.zip_with("/etc/passwd"), "leads_out", False),
    ("slip.zip", hostile.zip_with("C:/Windows/a.txt"), "leads_out", False),
    ("link.zip", hostile.link_zip(), "leads_out", False),
    ("tools.zip", hostile.zip_with("read.txt", "setup.exe"), "holds_programs", False),
    ("tools.zip", hostile.zip_with("invoice.pdf.js"), "holds_programs", False),
]


@pytest.mark.parametrize(("name", "content", "code", "blocks"), TROUBLE, ids=lambda value: value if isinstance(value, str) else "")
def test_trouble_is_found_and_told(name: str, content: bytes, code: str, blocks: bool) -> None:
    began = time.monotonic()
    looked = look(content, name)
    assert codes(looked) == [code]
    (finding,) = looked.findings
    assert finding.blocks is blocks and (looked.refusal is not None) is blocks
    assert name in SENTENCES[finding.code] % finding.facts
    assert time.monotonic() - began < 10


NARROW = hostile.whole_picture(240)
POLYGLOTS = [
    ("pixel.gif", hostile.GIF_WITH_SCRIPT, "GIF"),
    ("both.pdf", hostile.PDF_AND_ZIP, "PDF"),
    ("page.jpg", hostile.JPEG_AND_HTML, "JPEG"),
    ("box.jpg", hostile.JPEG_AND_ZIP, "JPEG"),
]


@pytest.mark.parametrize(("name", "content", "label"), POLYGLOTS, ids=[name for name, _, _ in POLYGLOTS])
def test_what_is_two_things_is_taken_as_the_one_it_is_named(name: str, content: bytes, label: str) -> None:
    """No browser is ever given the original to show, so its other half stays asleep; under its other name it is refused."""
    assert (look(content, name).kind.label, codes(look(content, name))) == (label, [])
    for other in ("html", "svg", "js", "php"):
        assert look(content, f"{name}.{other}").refusal


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", hostile.pdf(3)),
        ("photo.jpg", hostile.whole_picture(300)),
        ("photo.png", hostile.whole_picture(300, kind="PNG")),
        ("photo.webp", hostile.whole_picture(300, kind="WEBP")),
        ("photo.tiff", hostile.whole_picture(300, kind="TIFF")),
        ("letter.docx", office("word")),
        ("letter.doc", hostile.OPEN_DOC),
        ("list.xls", hostile.OPEN_XLS),
        ("all.zip", hostile.zip_with("a/b.txt", "..a/b..txt", "ü/日本.pdf")),
        ("all.7z", hostile.seven(b"\x01\x04\x00")),
        ("large.png", hostile.png_of(20_000, 20_000)),
    ],
)
def test_the_good_is_taken_without_a_word(name: str, content: bytes) -> None:
    assert codes(look(content, name)) == []


def test_measures_are_seen_upright() -> None:
    assert look(hostile.turned_picture(), "tall.jpg").seen == {"width": 300, "height": 100}
    assert look(hostile.pdf(3), "plan.pdf").seen == {"pages": 3}


@pytest.mark.parametrize(
    ("name", "content", "rules", "says"),
    [
        ("logo.jpg", NARROW, {"min_width": 1200}, "This picture is 240 px wide, we asked for 1200. Do you have the original?"),
        ("plan.pdf", hostile.pdf(2), {"min_pages": 3}, "This has 2 pages, we asked for at least 3. Is it all of it?"),
        ("plan.pdf", hostile.pdf(2), {"max_pages": 1}, "This has 2 pages, we asked for at most 1. Could you send the part we need?"),
        ("note.txt", b"Hello", {"min_bytes": 1000}, "This file has only 5, we asked for at least 1000. Do you have the original?"),
    ],
)
def test_less_than_was_asked_is_told_and_taken(name: str, content: bytes, rules: dict[str, object], says: str) -> None:
    looked = look(content, name, **rules)
    (finding,) = looked.findings
    assert looked.refusal is None and HINTS[finding.code] % finding.facts == says
    assert name in SENTENCES[finding.code] % finding.facts
    assert codes(look(content, name, **dict.fromkeys(rules, 1))) in ([], ["many_pages"])


def test_every_good_file_of_the_corpus_is_taken(tmp_path: Path) -> None:
    """Some of them are only heads, which is told, but none is turned away."""
    storage = DiskStorage(tmp_path)
    for name, content, kind, _ in GOOD:
        received = storage.receive(io.BytesIO(content), limit=1_000_000)
        with storage.open(received.key_in_incoming) as stream:
            looked = look_into(stream, name, size=received.bytes, rules=Rules())
        assert looked.kind.label == kind and looked.refusal is None, (name, looked)


def test_a_look_that_does_not_end_is_said_and_the_file_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival, "_WORK", "tests.storage.misbehaving:hang")
    looked = look(picture("PNG"), "slow.png")
    assert codes(looked) == ["not_opened"] and looked.refusal is None


def test_what_lies_elsewhere_and_is_vast_is_not_fetched_to_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "run", None)
    looked = look_into(io.BytesIO(hostile.pdf()), "vast.pdf", size=arrival.MOST_FETCHED + 1, rules=Rules())
    assert codes(looked) == []


def test_what_we_say_we_open_is_what_we_open() -> None:
    assert OPENED - set(_OPENERS) <= {"heic"}
    assert set(_OPENERS) <= OPENED


def test_hints_tell_the_client_what_to_do() -> None:
    for code, words in HINTS.items():
        assert re.search(r"\?|Remove it", words), code
        assert "%(name)s" not in words
    assert set(HINTS) <= set(Code)
