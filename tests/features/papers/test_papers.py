"""What was sent can be kept as a PDF: in the client's language and script, from what was frozen, for both sides and nobody else."""

from __future__ import annotations

import itertools

import pypdfium2
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as some

from portal.app import ROOT
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds import life
from portal.models.definition.shape import Definition, Option, Question, Section, Type
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.web import paper
from tests.features.questionnaires.test_kinds import FACTS, TASTE
from tests.models.definition.bakery import OF_EVERY_KIND
from tests.support.browser import Browser
from tests.support.cast import Cast, act, answer, as_viewer, make_item, make_questionnaire

pytestmark = pytest.mark.sqlite_only

ARABIC, VIETNAMESE, JAPANESE = "مخبز ليندنر", "Ếch ộp ữ: đường ở đâu?", "お店の名前は何ですか"
QUESTIONS = Definition(
    sections=(
        Section(
            key="s1",
            title={"en": "The shop", "ar": "المتجر"},
            questions=(
                Question(key="name", type=Type.LONG_TEXT, label={"en": "What is its name?", "ar": "ما اسمه؟"}, required=True),
                Question(key="more", type=Type.YES_NO, label={"en": "Is there a garden?"}),
                Question(key="grass", type=Type.ONE_CHOICE, label={"en": "Which grass?"}, options=(Option(key="g1", label={"en": "Rye"}),)),
            ),
        ),
    )
)


@pytest.fixture
def sent(app: Flask, cast: Cast) -> Item:
    """A questionnaire answered in three scripts, and sent."""
    version = make_questionnaire(app, QUESTIONS)
    item = make_item(app, cast.project, "About: the shop", kind="questionnaire", questionnaire_version_id=version.id)
    answer(app, item, "name", "\n".join((ARABIC, VIETNAMESE, JAPANESE, "#panic() *not bold* <b> $x$")))
    bea = as_viewer(app, cast.bea)
    act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=bea), by=bea)
    return item


def read(content: bytes) -> tuple[str, set[str]]:
    """The text of a PDF, and the names of the fonts it is set in."""
    with pypdfium2.PdfDocument(content) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
        parts = itertools.chain.from_iterable(page.get_objects() for page in document)
        fonts = {part.get_font().get_base_name() for part in parts if isinstance(part, pypdfium2.PdfTextObj)}
    return "\n".join(texts), {name.partition("+")[2] or name for name in fonts}


def test_a_client_keeps_what_they_sent(bea: Browser, sent: Item) -> None:
    assert f"/items/{sent.id}/answers.pdf" in bea.get(f"/items/{sent.id}/sent").links
    page = bea.get(f"/items/{sent.id}/answers.pdf")
    assert page.response.mimetype == "application/pdf" and "attachment" in page.response.headers["Content-Disposition"]
    text, fonts = read(page.data)
    for words in ("About: the shop", "What is its name?", VIETNAMESE, "#panic() *not bold* <b> $x$", "Sent by Bea Birch", "Not answered"):
        assert words in text, text
    assert any(name.startswith("NotoSansArabic") for name in fonts) and any(name.startswith("NotoSans-") for name in fonts), fonts
    assert any("CJK" in name or "JP" in name for name in fonts), f"no font for Japanese is installed: {fonts}"


def test_staff_get_the_same_sheet(ada: Browser, bea: Browser, sent: Item) -> None:
    mine, theirs = (browser.get(f"{at}/items/{sent.id}/answers.pdf").data for browser, at in ((ada, "/staff"), (bea, "")))
    assert mine == theirs
    assert ada.get(f"/staff/items/{sent.id}/answers.pdf?round=1").data == mine
    for round_ in ("2", "-1", "9" * 20):
        ada.get(f"/staff/items/{sent.id}/answers.pdf?round={round_}", 404)


def test_there_is_none_before_sending_none_of_other_kinds_and_none_for_strangers(
    app: Flask, cast: Cast, bea: Browser, cal: Browser, ada: Browser, sent: Item
) -> None:
    version = make_questionnaire(app, QUESTIONS)
    unsent = make_item(app, cast.project, kind="questionnaire", questionnaire_version_id=version.id)
    files = make_item(app, cast.project, kind=ItemKind.FILES.value, state="sent")
    for item in (unsent, files):
        bea.get(f"/items/{item.id}/answers.pdf", 404)
        ada.get(f"/staff/items/{item.id}/answers.pdf", 404)
    cal.get(f"/items/{sent.id}/answers.pdf", 404)


def test_words_on_paper_begin_on_the_side_of_their_script(app: Flask) -> None:
    assert [paper.side_of(text, "rtl") for text in ("12 € Bakery", ARABIC, "12,5", "")] == ["ltr", "rtl", "rtl", "rtl"]


@given(said=some.text(max_size=40))
def test_whatever_people_write_is_words_on_paper_never_its_language(app_of_papers: Flask, said: str) -> None:
    facts = {"lang": "en", "side": "ltr", "title": "T", "project": "P", "firm": "F", "client": "C", "sent": "S"}
    words = {"text": said, "side": paper.side_of(said, "ltr")}
    facts |= {"fingerprint": ("F", "0"), "page": "{n}", "nothing": "N", "note": words}
    answers = [{"label": words, "lines": [words]}, {"label": words, "heads": [words], "rows": [[words]], "lines": []}]
    facts["sections"] = [{"title": words, "answers": answers}]
    with app_of_papers.app_context():
        assert paper.print_paper("answers", facts, at=now()).startswith(b"%PDF-")


@pytest.fixture(scope="module")
def app_of_papers() -> Flask:
    """As much of an app as paper needs: where the templates lie."""
    return Flask("papers", template_folder=str(ROOT / "templates"))


def test_every_kind_of_answer_stands_on_paper_in_words_and_secrets_do_not(app: Flask, cast: Cast, bea: Browser) -> None:
    version = make_questionnaire(app, OF_EVERY_KIND)
    item = make_item(app, cast.project, "All of it", kind="questionnaire", questionnaire_version_id=version.id)
    for n, typed in enumerate((FACTS, TASTE), start=1):
        bea.post(f"/items/{item.id}/sections/{n}", typed | {"act": "next"})
    bea.post(f"/items/{item.id}/check")
    text, _fonts = read(bea.get(f"/items/{item.id}/answers.pdf").data)
    for words in ("Bread first", "€1,200.50", "Mill Lane 1", "2 of", "1. Taste", "Online", "Rye", "Spelt", "Kept sealed"):
        assert words in text, (words, text)
    assert "swordfish" not in text
