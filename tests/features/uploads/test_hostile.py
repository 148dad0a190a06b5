"""Hostile files, from the page to what a person reads of them: names, types, bombs, files that are two things, ways out of a zip."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from portal.models.files import Upload
from tests.storage import hostile
from tests.storage.corpus import EXE, HTML, SVG, office, picture
from tests.support.cast import make_item, reading

pytestmark = pytest.mark.sqlite_only


WITH_SCRIPT = SVG.replace(b"<path", b"<script>alert(1)</script><path")
LEADS_OUT = "holds names that lead out of its own folder. Unpack it with care."


@pytest.fixture
def url(app, cast):
    return f"/items/{make_item(app, cast.project, 'Anything').id}/files"


def uploads(app):
    with reading(app) as session:
        return list(session.scalars(select(Upload)))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("setup.exe", EXE, "“setup.exe” is a program or script. We do not take those; please send the document or picture itself."),
        ("invoice.pdf.exe", EXE, "“invoice.pdf.exe” looks like a .pdf file but is a program (.exe). We do not take programs."),
        ("invoice\u202efdp.exe", EXE, "“invoicefdp.exe” is a program or script."),
        ("../../Startup/run.bat", b"@echo off", "“run.bat” is a program or script."),
        ("photo.jpg", EXE, "“photo.jpg” is a program or script."),
        ("../../holiday.jpg", HTML, "“holiday.jpg” is named .jpg, but inside it is HTML. Please save it again in one of the two."),
        ("letter.docx", b"\x00\x01\x02 nonsense", "“letter.docx” cannot be read as .docx, it may be damaged. Do you have the original?"),
        ("empty.pdf", b"", "“empty.pdf” is empty. Please open it, save it again and choose it once more."),
        ("bomb.zip", hostile.zip_bomb(), "would unpack to 85.9 GB, which nobody can open. Please send the files themselves."),
        ("bomb.png", hostile.png_of(50_000, 50_000), "is 50,000 × 50,000 px, more than anybody can open. Please send it smaller."),
    ],
)
def test_it_is_turned_away_with_a_sentence_that_says_what_to_do(app, bea, url, name, content, says):
    page = bea.post(url, {"files": [(io.BytesIO(content), name)], "act": "save"}, 422)
    assert says in page.text
    assert uploads(app) == []


@pytest.mark.parametrize(
    ("name", "content", "shown", "says"),
    [
        (
            "../slip.zip",
            hostile.zip_with("../../etc/cron.d/job"),
            "slip.zip",
            "holds names that lead out of its own folder. Unpack it with care.",
        ),
        ("link.zip", hostile.link_zip(), "link.zip", LEADS_OUT),
        ("tools.zip", hostile.zip_with("a.txt", "invoice.pdf.js"), "tools.zip", "holds programs or scripts. Open it with care."),
        ("a.docm", office("word", "word/vbaProject.bin"), "a.docm", "contains macros or scripts. Open it with care."),
        (
            "logo.svg",
            WITH_SCRIPT,
            "logo.svg",
            "contains macros or scripts. Open it with care.",
        ),
        ("photo.png", picture("GIF"), "photo.png", "is named .png, but inside it is GIF. Rename your copy if it does not open."),
        ("tax.zip", hostile.locked_zip(), "tax.zip", "is locked with a password."),
    ],
)
def test_it_is_taken_and_whoever_opens_it_is_warned(app, bea, ada, url, name, content, shown, says):
    bea.post(url, {"files": [(io.BytesIO(content), name)], "act": "save"})
    bea.post(url, {"act": "send"})
    ada.get(ada.get("/staff/review").soup.select_one("a[href^='/staff/review/']")["href"], 303)
    assert f"“{shown}” {says}" in ada.follow().text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("both.jpg", hostile.whole_picture(300) + hostile.zip_with("run.txt")),
        ("script.svg", WITH_SCRIPT),
        ("page.html", HTML),
    ],
    ids=["a picture and a zip", "a drawing with a script", "a page"],
)
def test_what_a_browser_could_run_is_only_ever_handed_out_as_an_attachment(app, bea, url, name, content):
    bea.post(url, {"files": [(io.BytesIO(content), name)], "act": "save"})
    (file,) = uploads(app)
    answer = bea.get(f"/files/{file.id}")
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
