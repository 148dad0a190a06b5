"""The Files pages of both sides, and zips: everything that was exchanged and nothing else, let in again for each file."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha256

import pytest
import sqlalchemy as sa

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.models.clients import Membership
from portal.models.files import Download, Scan, Upload
from portal.models.projects import Project
from portal.web.zipping import BrokenOff
from tests.support.cast import (
    PDF,
    act,
    fresh,
    give_files,
    lay_ready,
    make_contact,
    make_item,
    make_project,
    make_upload,
    name_person,
    reading,
)


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Logo")


def change(app, row, **columns):
    def work():
        for name, value in columns.items():
            setattr(db.session.get_one(type(row), row.id), name, value)

    act(app, work)


def unpacked(page):
    with zipfile.ZipFile(io.BytesIO(page.data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def theirs(cast):
    return f"/staff/clients/{cast.birch.id}/files"


def test_both_sides_see_what_was_exchanged_by_what_it_was_for(app, cast, ada, bea, item):
    make_upload(app, item, name="Mark.pdf")
    give_files(app, cast.project, "Plan.pdf", note="As we said on the phone")
    for browser, url in ((bea, "/files"), (ada, theirs(cast))):
        page = browser.get(url)
        for said in ("Mark.pdf", "Plan.pdf", "Logo", "As we said on the phone", "Bea Birch"):
            assert said in page.text, (url, said)
        assert "Plan.pdf" not in browser.get(f"{url}?side=client").text
        assert "Mark.pdf" not in browser.get(f"{url}?side=firm").text


def test_nothing_here_says_what_will_be_here(bea):
    assert "Files appear here when you or we send something." in bea.get("/files").text


def test_what_only_lies_ready_or_was_removed_or_is_a_draft_is_not_listed(app, cast, ada, bea, item):
    shown = make_item(app, cast.project, "Design", kind="approval", state="preparing")
    lay_ready(app, shown, name="unseen.png")
    gone = make_upload(app, item, name="gone.pdf")
    bea.post(f"/items/{item.id}/files/{gone.id}/remove", follow=True)
    for browser, url in ((bea, "/files"), (ada, theirs(cast))):
        text = browser.get(url).text
        assert "unseen.png" not in text and "gone.pdf" not in text


@pytest.mark.both
def test_the_list_goes_on_page_by_page_and_shows_each_file_once(app, cast, bea, item):
    for n in range(33):
        make_upload(app, item, name=f"photo-{n:02d}.pdf")
    first = bea.get("/files")
    onwards = next(link for link in first.links if "after=" in link)
    second = bea.get(onwards)
    seen = [[a.get_text() for a in page.soup.select(".file__name a")] for page in (first, second)]
    assert [len(names) for names in seen] == [30, 3]
    assert len({*seen[0], *seen[1]}) == 33
    assert not any("after=" in link for link in second.links)
    assert bea.get("/files?after=nonsense").text == first.text


def test_files_can_be_narrowed_to_a_project(app, cast, bea, item):
    make_upload(app, item, name="Mark.pdf")
    other = make_project(app, cast.birch, "Shop")
    make_upload(app, make_item(app, other, "Goods"), name="goods.pdf")
    assert "Mark.pdf" not in bea.get(f"/files?project={other.id}").text
    assert "goods.pdf" in bea.get(f"/files?project={other.id}").text


def test_a_stranger_sees_nothing_and_the_words_of_the_address_open_nothing(app, cast, cal, ada, item, nothing_changed):
    file = make_upload(app, item, name="Mark.pdf")
    given = give_files(app, cast.project, "Plan.pdf")
    assert "Mark.pdf" not in cal.get("/files").text and "Plan.pdf" not in cal.get("/files").text
    with nothing_changed():
        for word, row in (("project", cast.project), ("item", item), ("share", given)):
            for url in ("/files", "/files/zip", "/files/zip/get"):
                cal.get(f"{url}?{word}={row.id}", 404)
        assert "There is nothing to download" in cal.get(f"/files/zip?f={file.id}").text
        assert set(unpacked(cal.get(f"/files/zip/get?f={file.id}"))) == {"Contents.txt", "SHA256SUMS.txt"}
        cal.get("/files?project=nonsense", 404)
        ada.get(f"/staff/clients/{cast.cedar.id}/files?project={cast.project.id}", 404)
        ada.get(f"/staff/clients/{cast.cedar.id}/files/zip?item={item.id}", 404)
    assert "Mark.pdf" not in ada.get(f"/staff/clients/{cast.cedar.id}/files/zip?f={file.id}").text


def test_a_guest_sees_the_files_of_what_they_are_named_for(app, cast, browse, item):
    make_upload(app, item, name="Mark.pdf")
    other = make_item(app, cast.project, "Photos")
    make_upload(app, other, name="loaf.pdf")
    give_files(app, cast.project, "Plan.pdf")
    guest = make_contact(app, cast.birch, "Gus", role=Role.GUEST)
    name_person(app, item, guest)
    text = browse(guest).get("/files").text
    assert "Mark.pdf" in text and "loaf.pdf" not in text and "Plan.pdf" not in text
    names = set(unpacked(browse(guest).get("/files/zip/get")))
    assert names == {"Mark.pdf", "Contents.txt", "SHA256SUMS.txt"}


def test_held_files_are_named_but_cannot_be_opened(app, bea, item):
    file = make_upload(app, item, name="Mark.pdf")
    change(app, file, scan=Scan.INFECTED)
    page = bea.get("/files")
    assert "A virus was found" in page.text
    assert f"/files/{file.id}" not in page.links


@pytest.mark.parametrize("side", ["bea", "ada"])
def test_the_pages_ask_as_much_for_twenty_files_as_for_two(app, cast, request, count_queries, item, side):
    browser, url = request.getfixturevalue(side), "/files" if side == "bea" else theirs(cast)
    change(app, cast.project, naming="{item}-{n}")
    make_upload(app, item, name="0.pdf")
    give_files(app, cast.project, "a.pdf")
    browser.get(url)
    with count_queries() as few:
        browser.get(url)
    for n in range(18):
        make_upload(app, item, name=f"{n + 1}.pdf")
    give_files(app, cast.project, "b.pdf", "c.pdf")
    with count_queries() as many:
        browser.get(url)
    assert len(many) == len(few), many


# --- zips ---------------------------------------------------------------------------------------------------------------


def test_a_zip_holds_the_very_bytes_with_a_list_and_sums(app, cast, bea, item):
    make_upload(app, item, name="Mark.pdf", content=PDF + b"one")
    make_upload(app, item, name="mark.PDF", content=PDF + b"two")
    make_upload(app, item, name="顧客 Größe.pdf", content=PDF + b"three")
    said = bea.get(f"/files/zip?item={item.id}")
    assert said.h1 == "Download 3 files"
    answer = bea.get(next(link for link in said.links if "/zip/get" in link))
    assert answer.headers["Content-Type"] == "application/zip"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    inside = unpacked(answer)
    assert {sha256(inside[name]).hexdigest() for name in inside if name.lower().endswith("pdf")} == {
        sha256(PDF + word).hexdigest() for word in (b"one", b"two", b"three")
    }
    assert len({name.casefold() for name in inside}) == 5
    contents = inside["Contents.txt"].decode()
    for line in inside["SHA256SUMS.txt"].decode().splitlines():
        digest, name = line.split("  ")
        assert sha256(inside[name]).hexdigest() == digest
        assert digest in contents
    assert "顧客 Größe.pdf" in contents and "from Bea Birch" in contents


def test_files_of_several_things_lie_in_folders(app, cast, bea, item):
    make_upload(app, item, name="a.pdf")
    make_upload(app, make_item(app, cast.project, "Texts/../../etc: <all>"), name="a.pdf")
    give_files(app, cast.project, "Contents.txt.pdf")
    names = set(unpacked(bea.get("/files/zip/get")))
    assert "Logo/a.pdf" in names and "From us/Contents.txt.pdf" in names
    assert all(".." not in name and not name.startswith("/") for name in names), names
    assert len([name for name in names if name.endswith("a.pdf")]) == 2


def test_a_folder_falls_back_to_the_clients_language(app, cast, ada, item):
    change(app, item, words={"fr": {"title": "Le logo"}, "nl": {"title": "Beeldmerk"}})
    change(app, cast.birch, language="nl")
    make_upload(app, item, name="a.pdf")
    make_upload(app, make_item(app, cast.project, "Texts"), name="b.pdf")
    assert {"Beeldmerk/a.pdf", "Texts/b.pdf"} <= set(unpacked(ada.get(f"{theirs(cast)}/zip/get")))


def test_names_of_our_own_in_a_zip_are_not_overwritten(app, bea, item):
    make_upload(app, item, name="contents.TXT", content=b"mine")
    inside = unpacked(bea.get(f"/files/zip/get?item={item.id}"))
    assert inside["contents (2).TXT"] == b"mine"


def test_only_the_chosen_ones_are_packed_and_choosing_none_packs_none(app, bea, item):
    one, _two = make_upload(app, item, name="one.pdf"), make_upload(app, item, name="two.pdf")
    assert set(unpacked(bea.get(f"/files/zip/get?chosen=1&f={one.id}"))) == {"one.pdf", "Contents.txt", "SHA256SUMS.txt"}
    assert "There is nothing to download" in bea.get("/files/zip?chosen=1").text


def test_what_is_held_is_left_out_and_said_before_and_inside(app, cast, ada, bea, item):
    make_upload(app, item, name="good.pdf")
    change(app, make_upload(app, item, name="bad.pdf"), scan=Scan.INFECTED)
    change(app, make_upload(app, item, name="new.pdf"), scan=Scan.WAITING)
    page = bea.get("/files/zip")
    assert "2 files are not in it" in page.text and "A virus was found in this file" in page.text
    inside = unpacked(ada.get(f"{theirs(cast)}/zip/get"))
    assert set(inside) == {"good.pdf", "Contents.txt", "SHA256SUMS.txt"}
    assert "- bad.pdf: A virus was found in this file" in inside["Contents.txt"].decode()


def test_a_delivery_is_packed_as_it_was_sent(app, cast, ada, bea):
    item = make_item(app, cast.project, "Logo", state="sent")
    with reading(app) as session:
        sent = session.scalars(sa.select(Upload)).one()
        delivery = session.scalars(sa.select(make_delivery())).one()
    make_upload(app, make_item(app, cast.project, "Later"), name="later.pdf")
    assert set(unpacked(ada.get(f"{theirs(cast)}/zip/get?delivery={delivery}"))) == {sent.name, "Contents.txt", "SHA256SUMS.txt"}
    assert item.id


def make_delivery():
    from portal.models.deliveries import Delivery

    return Delivery.id


def test_packing_marks_each_file_for_its_reader_once(app, cast, bea, item):
    files = {make_upload(app, item, name=f"{n}.pdf").id for n in range(3)}
    unpacked(bea.get("/files/zip/get"))
    unpacked(bea.get("/files/zip/get"))
    with reading(app) as session:
        marks = session.scalars(sa.select(Download)).all()
    assert {mark.upload_id for mark in marks} == files and len(marks) == 3


def test_rights_that_end_in_the_middle_break_the_zip_off(app, cast, bea, item):
    for n in range(3):
        make_upload(app, item, name=f"{n}.pdf", content=PDF + bytes(400_000))

    def end():
        db.session.get_one(Membership, (cast.birch.id, cast.bea.id)).ended_at = now()

    response = bea.client.get("/files/zip/get", base_url=bea.base, buffered=False)
    pieces = iter(response.response)
    next(pieces)
    act(app, end)
    with pytest.raises(BrokenOff):
        b"".join(pieces)
    response.close()


def test_asking_about_a_zip_reads_nothing(app, bea, item):
    make_upload(app, item)
    answer = bea.client.head("/files/zip/get", base_url=bea.base)
    assert answer.status_code == 200 and answer.data == b"" and int(answer.headers["Content-Length"]) > len(PDF)
    with reading(app) as session:
        assert session.scalars(sa.select(Download)).all() == []


# --- names --------------------------------------------------------------------------------------------------------------


def test_a_pattern_names_what_staff_fetch_and_keeps_the_name_it_came_with(app, cast, ada, bea, item):
    first, second = make_upload(app, item, name="IMG_1.PDF"), make_upload(app, item, name="scan.pdf")
    place = f"/staff/projects/{cast.project.id}/naming"
    assert "Save" in ada.get(place).text
    ada.post(place, {"naming": "{client}-{item}-{n}"})
    page = ada.get(theirs(cast))
    for said in ("Birch-Logo-01.PDF", "Birch-Logo-02.pdf", "came as: scan.pdf"):
        assert said in page.text
    inside = unpacked(ada.get(f"{theirs(cast)}/zip/get"))
    assert {"Birch-Logo-01.PDF", "Birch-Logo-02.pdf"} < set(inside)
    assert "came as: IMG_1.PDF" in inside["Contents.txt"].decode()
    assert "Birch-Logo-02.pdf" in ada.get(f"/staff/files/{second.id}").headers["Content-Disposition"]
    assert "IMG_1.PDF" in bea.get(f"/files/{first.id}").headers["Content-Disposition"]
    assert "scan.pdf" in unpacked(bea.get("/files/zip/get"))


def test_a_number_stays_with_its_file_when_another_is_removed(app, cast, ada, bea, item):
    first = make_upload(app, item, name="one.pdf")
    make_upload(app, item, name="two.pdf")
    change(app, cast.project, naming="{item}-{n}")
    bea.post(f"/items/{item.id}/files/{first.id}/remove")
    assert "Logo-02.pdf" in ada.get(theirs(cast)).text


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("{client}-{thing}-{n}", "We do not know {thing}."),
        ("{client}-{n", "A bracket is not closed."),
        ("{client}/{n}", "File names cannot hold any of"),
        ("{client}-{item}", "Add {n} or {name}, so that no two files are called the same."),
    ],
)
def test_a_pattern_that_names_nothing_is_refused_and_stays_in_its_field(app, cast, ada, pattern, sentence, nothing_changed):
    with nothing_changed():
        ada.refused(f"/staff/projects/{cast.project.id}/naming", {"naming": pattern}, says=sentence, status=422)
    assert fresh(app, cast.project).naming == ""


def test_the_example_shows_the_pattern_at_work(app, cast, ada):
    change(app, cast.project, naming="{client}-{item}-{n}-{version}")
    assert "Birch-Photos-03-v1.jpg" in ada.get(f"/staff/projects/{cast.project.id}/naming").text
    with reading(app) as session:
        assert session.get_one(Project, cast.project.id).naming
