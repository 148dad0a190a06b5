"""The receipt as a PDF/A: it says what the page says, in the client's language and script, to both sides and nobody else."""

from __future__ import annotations

import itertools
import random
import unicodedata

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.app import ROOT
from portal.edges import audit
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.kernel.verifying import look, read_receipts
from portal.kernel.whole import CHANGED
from portal.models.approvals import Decision
from portal.models.clients import Client
from portal.models.projects import Project, ProjectState
from portal.web.paper import print_paper
from tests.features.approvals.test_client import answer
from tests.features.approvals.test_deciders import let
from tests.features.papers.test_papers import read
from tests.support.cast import act, make_item, reading
from tests.support.downloads import download, packed
from tests.support.preflight import SCRIPTS, receipt_facts


@pytest.fixture
def decided(app, cast, bea):
    """A decision with words, and the address of its receipt."""
    item = make_item(app, cast.project, "Homepage design", kind="approval")
    page = bea.get(f"/items/{item.id}/decision")
    words = {"choice": "changes", "words": "Bitte wärmer", "version": page.value("version"), "key": page.value("key")}
    receipt = bea.post(f"/items/{item.id}/decision", words, follow=True)
    return item, receipt


def test_both_sides_keep_the_same_receipt(app, ada, bea, decided):
    item, receipt = decided
    (link,) = [link for link in receipt.links if link.endswith(".pdf")]
    paper = bea.get(link)
    assert paper.response.mimetype == "application/pdf" and "attachment" in paper.headers["Content-Disposition"]
    assert b"<pdfaid:part>1</pdfaid:part>" in paper.data and b"<pdfaid:conformance>B</pdfaid:conformance>" in paper.data
    with reading(app) as session:
        made = session.scalars(sa.select(Decision)).one()
    text = read(paper.data)[0]
    for words in ("Homepage design, version 1", "Bea Birch, bea@birch.example", "may decide", "Europe/Berlin", "Bitte wärmer"):
        assert words in text, text
    assert "Version 1 is not approved" in text and made.evidence["device"] in text
    for fingerprint in receipt.soup.select(".mono"):
        assert fingerprint.text.strip() in text
    assert ada.get(f"/staff/items/{item.id}/receipt/{made.id}.pdf").data == paper.data


def test_both_sides_still_get_it_when_the_project_is_put_away(app, ada, bea, decided):
    item, receipt = decided
    act(app, lambda: db.session.execute(sa.update(Project).values(state=ProjectState.ARCHIVED)))
    for browser, url in ((bea, f"{receipt.url}.pdf"), (ada, f"/staff/items/{item.id}/receipt/{receipt.url.rpartition('/')[2]}.pdf")):
        assert browser.get(url).data.startswith(b"%PDF-")


def test_who_decided_fetches_it_still_when_the_client_is_put_away(app, cast, ada, bea, ben, cal, decided, nothing_changed):
    _, receipt = decided
    made = receipt.url.rpartition("/")[2]
    before = bea.get(f"{receipt.url}.pdf").data
    assert made not in bea.get("/receipts").html  # as long as the work goes on it stands in its own place
    act(app, lambda: db.session.execute(sa.update(Client).where(Client.id == cast.birch.id).values(archived_at=now())))
    with nothing_changed():
        bea.get(f"{receipt.url}.pdf", 404)
        (link,) = [link for link in bea.get(next(one for one in bea.get("/").links if one == "/receipts")).links if "/receipts/" in link]
        assert bea.get(link).data == before
        for other in (ben, cal):
            assert "Homepage" not in other.get("/receipts").text
            other.get(link, 404)
        ada.get(link, 404)


def test_a_receipt_is_known_to_the_record_to_its_last_byte(app, cast, ada, bea, decided, tmp_path, do_chores, nothing_changed):
    _, receipt = decided
    kept = tmp_path / "Receipt.pdf"
    do_chores()
    with nothing_changed():
        kept.write_bytes(bea.get(f"{receipt.url}.pdf").data)
    act(app, lambda: db.session.execute(sa.update(Project).values(name="Another name")))
    other = tmp_path / "Other.pdf"
    other.write_bytes(bea.get(f"{receipt.url}.pdf").data)
    do_chores()
    with reading(app):
        assert list(audit.troubles(receipts=read_receipts([kept, other]))) == []
    parts = packed(download(app, cast.birch.id, closed=True), tmp_path / "record.zip")
    with reading(app) as session:
        assert len(session.scalars(sa.select(Event).where(Event.kind == "receipt.handed_out")).all()) == 2
        assert list(audit.troubles(receipts=read_receipts([kept]))) == []
    assert look(parts, receipts=[kept])[0] == []
    content = bytearray(kept.read_bytes())
    for place in random.Random(8785).sample(range(len(content)), 12):
        content[place] ^= 1
        kept.write_bytes(content)
        content[place] ^= 1
        (trouble,) = look(parts, receipts=[kept])[0]
        assert trouble.code == CHANGED and "receipt Receipt.pdf: no such paper was handed out" in trouble.words
    with reading(app):
        assert list(audit.troubles(receipts=read_receipts([kept]))) == [trouble]


def test_an_answer_taken_back_says_so_on_paper(app, bea, decided):
    item, receipt = decided
    bea.post(f"/items/{item.id}/decision/take-back", {"decision": receipt.value("decision")})
    text = read(bea.get(f"{receipt.url}.pdf").data)[0]
    assert "Taken back" in text and "counts no more" in text and "Version 1 is not approved" not in text


def test_nobody_else_gets_it(cal, nobody, ada, decided, nothing_changed):
    item, receipt = decided
    with nothing_changed():
        cal.get(f"{receipt.url}.pdf", 404)
        nobody.get(f"{receipt.url}.pdf", 303)
        ada.get(f"/staff/items/{item.id}/receipt/{item.id}.pdf", 404)


@pytest.mark.parametrize("lang", SCRIPTS)
def test_words_of_every_script_can_be_read_out_of_it_again(lang):
    with Flask("papers", template_folder=str(ROOT / "templates")).app_context():
        paper = print_paper("receipt", receipt_facts(SCRIPTS[lang], lang), at=now(), to_keep=True)
    text = unicodedata.normalize("NFKC", read(paper)[0])
    found = set(itertools.chain.from_iterable(text.split()))
    wanted = set(unicodedata.normalize("NFKC", SCRIPTS[lang])) - {" "}
    assert wanted <= found, wanted - found
    assert b"<pdfaid:part>1</pdfaid:part>" in paper


def test_letters_no_font_has_make_a_plain_pdf_not_an_error():
    with Flask("papers", template_folder=str(ROOT / "templates")).app_context():
        paper = print_paper("receipt", receipt_facts("\U0001e900 Adlam \U00012000", "en"), at=now(), to_keep=True)
    assert paper.startswith(b"%PDF-")


def test_it_says_in_whose_place_and_what_a_yes_changes(app, cast, ada, bea, ben):
    item = make_item(app, cast.project, "Homepage design", kind="approval", state="preparing")
    let(bea, item, cast.ben)
    sent = {"text": "Blue", "links": "Demo https://demo.example", "amount": "450", "currency": "EUR", "act": "publish"}
    ada.post(f"/staff/items/{item.id}/present", sent | {"was_on": "2026-11-30", "now_on": "2026-12-07"})
    page = ben.get(f"/items/{item.id}/decision")
    receipt = ben.post(page.url, answer(page, "approved", seat=page.value("seat")), follow=True)
    text = read(ben.get(f"{receipt.url}.pdf").data)[0]
    for words in (
        "Ben Moss, ben@birch.example, on behalf of Bea Birch",
        "deputy of Bea Birch",
        "€450.00 more than agreed",
        "Later: ",
        "https://demo.example",
    ):
        assert words in text, text
