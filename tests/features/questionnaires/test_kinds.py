"""Every kind of question is answered without scripts, kept, shown in words, and sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.kernel import keys
from portal.kernel.db import db
from portal.kernel.outbox import Outbox
from portal.kernel.record import Event, EventDetail, Kind
from portal.kernel.refusal import Refused
from portal.kinds.questionnaires import judging
from portal.kinds.questionnaires import secrets as secrets_of
from portal.kinds.questionnaires.kind import answers_of
from portal.kinds.questionnaires.verdicts import said_of
from portal.models.deliveries import HandOver
from portal.models.files import Upload
from portal.models.items import Item
from portal.models.people import Person
from portal.models.questionnaires import Answer, AnswerChange
from tests.conftest import Clock
from tests.models.definition.bakery import OF_EVERY_KIND
from tests.support.browser import Browser, Page
from tests.support.cast import Cast, act, as_viewer, make_item, make_questionnaire, reading
from tests.support.watching import Questions

pytestmark = pytest.mark.sqlite_only
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
FACTS = {
    "rev.motto": "0", "motto": "Bread first",
    "rev.size": "0", "size": "40",
    "rev.budget": "0", "budget": "€ 1,200.50",
    "rev.closed": "0", "closed.from": "2026-08-01", "closed.to": "2026-08-14",
    "rev.opens": "0", "opens": "6:30",
    "rev.call": "0", "call": "030 1234567",
    "rev.links": "0", "links": ["example.com", "", "https://two.example"],
    "rev.home": "0", "home.street": "Mill Lane 1", "home.postcode": "10115", "home.town": "Berlin",
}  # fmt: skip
TASTE = {
    "rev.tone": "0", "tone": "#1A7",
    "rev.happy": "0", "happy": "2",
    "rev.why": "0", "why": "It is slow.",
    "rev.first": "0", "first.taste": "1", "first.price": "3", "first.look": "2",
    "rev.where": "0", "where": "other=", "where.other": "Online",
    "rev.more": "0", "more": "Everywhere",
    "rev.range.aaaa": "0", "range.aaaa.bread": "Rye", "range.aaaa.price": "2.50", "range.aaaa.size": "small",
    "rev.range.bbbb": "0", "range.bbbb.bread": "Spelt",
    "rev.range.cccc": "0", "range.cccc.bread": "",
    "rev.many": "0", "many": "yes",
    "rev.router": "0", "router.text": "swordfish 1",
    "rev.terms": "0", "terms": "yes",
}  # fmt: skip


@pytest.fixture
def quiz(app: Flask, cast: Cast) -> Item:
    version = make_questionnaire(app, OF_EVERY_KIND)
    return make_item(app, cast.project, "About your bakery", kind="questionnaire", questionnaire_version_id=version.id)


def url(item: Item, page: str) -> str:
    return f"/items/{item.id}/{page}"


def standing(app: Flask, item: Item) -> dict[str, object]:
    with reading(app):
        return dict(answers_of(item.id))


def answer_all(bea: Browser, quiz: Item) -> None:
    bea.post(url(quiz, "sections/1"), FACTS)
    bea.post(url(quiz, "sections/2"), TASTE)


def test_everything_is_kept_as_it_was_meant_and_stands_in_its_fields_again(app: Flask, bea: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    told = standing(app, quiz)
    assert told == {
        "motto": "Bread first",
        "size": "40",
        "budget": "1200.5",
        "closed": "2026-08-01/2026-08-14",
        "opens": "06:30",
        "call": "+49 30 1234567",
        "links": ["https://example.com", "https://two.example"],
        "home": {"street": "Mill Lane 1", "postcode": "10115", "town": "Berlin"},
        "tone": "#11aa77",
        "happy": "2",
        "why": "It is slow.",
        "first": ["taste", "look", "price"],
        "where": "other=Online",
        "more": "Everywhere",
        "range": [{"bread": "Rye", "price": "2.5", "size": "small"}, {"bread": "Spelt"}],
        "many": "yes",
        "router": "sealed",
        "terms": "I have read the terms.",
    }
    facts, taste = bea.get(url(quiz, "sections/1")), bea.get(url(quiz, "sections/2"))
    assert facts.value("home.town") == "Berlin" and facts.value("closed.to") == "2026-08-14" and facts.value("budget") == "1200.5"
    assert taste.value("range.aaaa.size") == "small" and taste.value("where.other") == "Online" and taste.value("first.look") == "2"
    assert taste.value("router.text") == "", "a secret never goes back into a page"


def test_pressing_next_again_changes_nothing(app: Flask, bea: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    with reading(app):
        before = list(db.session.scalars(select(AnswerChange.id).where(AnswerChange.item_id == quiz.id)))
    again = {name: "1" if name.startswith("rev.") else value for name, value in {**FACTS, **TASTE}.items()} | {"router.text": ""}
    bea.post(url(quiz, "sections/1"), {k: v for k, v in again.items() if k in FACTS})
    bea.post(url(quiz, "sections/2"), {k: v for k, v in again.items() if k in TASTE})
    with reading(app):
        assert len(list(db.session.scalars(select(AnswerChange.id).where(AnswerChange.item_id == quiz.id)))) == len(before)


def test_the_check_page_and_what_is_sent_say_it_in_words(app: Flask, bea: Browser, ada: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    page = bea.get(url(quiz, "check")).text
    for words in (
        "40 m²",
        "€1,200.50",
        "1 Aug",
        "06:30",
        "2 of 5",
        "1. Taste",
        "Online",
        "Bread: Rye",
        "Kept sealed",
        "I have read the terms.",
    ):
        assert words in page, words
    bea.post(url(quiz, "check"), {})
    with reading(app):
        sent = json.loads(db.session.scalars(select(HandOver.content).where(HandOver.item_id == quiz.id)).one())
    assert "swordfish" not in json.dumps(sent)
    answers = {answer["key"]: answer for section in sent["sections"] for answer in section["answers"]}
    assert "hello" not in answers, "a note is not answered"
    assert answers["range"]["rows"] == [["Rye", "2.5", "Small"], ["Spelt", "", ""]]
    assert answers["terms"]["value"] == "I have read the terms." and answers["where"]["chosen"] == ["Online"]


def test_several_fields_of_one_answer_come_back_with_what_is_wrong(bea: Browser, quiz: Item) -> None:
    page = bea.post(url(quiz, "sections/1"), FACTS | {"closed.to": "", "budget": "a lot"}, 422)
    assert "The holiday needs a first and a last day" in page.text and "The budget must be an amount, like 1200" in page.text
    assert page.value("closed.from") == "2026-08-01" and page.value("home.street") == "Mill Lane 1" and page.value("budget") == "a lot"
    page = bea.post(url(quiz, "sections/2"), TASTE | {"range.bbbb.price": "cheap", "first.price": "1"}, 422)
    assert "“Price” must be an amount, like 1200" in page.text and "Give each place of “What matters most?” only once" in page.text
    assert page.value("range.bbbb.price") == "cheap" and page.value("first.price") == "1"


# --- tables -----------------------------------------------------------------------------------------------------------------


def rows_on(page: Page) -> int:
    return len(page.soup.find_all(attrs={"name": re.compile(r"rev\.range\.(?!new)")}))


def test_rows_are_added_and_removed_without_scripts(app: Flask, bea: Browser, quiz: Item) -> None:
    assert rows_on(bea.get(url(quiz, "sections/2"))) == 1, "an empty row to begin with"
    bea.post(url(quiz, "sections/2"), TASTE | {"act": "more.range"})
    page = bea.follow()
    assert rows_on(page) == 3
    bea.post(url(quiz, "sections/2"), {"act": "remove.range.aaaa"})
    assert standing(app, quiz)["range"] == [{"bread": "Spelt"}]


def test_a_removed_row_comes_back_when_somebody_else_writes_into_it(app: Flask, bea: Browser, ben: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    bea.post(url(quiz, "sections/2"), {"act": "remove.range.aaaa"})
    save_cell(ben, quiz, "aaaa", "bread=Rye bread", rev=1)
    assert standing(app, quiz)["range"] == [{"bread": "Rye bread"}, {"bread": "Spelt"}]


def test_a_row_saves_itself_and_is_never_overwritten(app: Flask, bea: Browser, ben: Browser, quiz: Item) -> None:
    assert save_cell(bea, quiz, "aaaa", "bread=Rye")["rev"] == 1
    told = save_cell(ben, quiz, "aaaa", "bread=Spelt", rev=0, status=409)
    assert told["value"] == ["bread=Rye"] and told["rev"] == 1
    assert standing(app, quiz)["range"] == [{"bread": "Rye"}]


def test_a_table_has_no_more_rows_than_it_may(bea: Browser, quiz: Item) -> None:
    for n in range(5):
        save_cell(bea, quiz, f"row{n}", "bread=Rye")
    assert "There is room for 5 rows." in str(save_cell(bea, quiz, "row5", "bread=Rye", status=422)["message"])


@pytest.mark.parametrize("row", ["", "Row 1", "x" * 41, "../.."])
def test_a_row_needs_a_key(app: Flask, bea: Browser, quiz: Item, row: str) -> None:
    save_cell(bea, quiz, row, "bread=Rye", status=410)
    bea.post(url(quiz, "sections/2"), {f"rev.range.{row}": "0", f"range.{row}.bread": "Rye"})
    assert "range" not in standing(app, quiz)


def save_cell(browser: Browser, quiz: Item, row: str, *cells: str, rev: int = 0, status: int = 200) -> dict[str, object]:
    data = {"question": "range", "row": row, "rev": str(rev), "value": list(cells)}
    return dict(json.loads(browser.post(url(quiz, "answers"), data, status, Accept="application/json").data))


# --- files ------------------------------------------------------------------------------------------------------------------


def test_files_come_with_the_form_are_checked_and_sent_with_the_rest(app: Flask, bea: Browser, ada: Browser, quiz: Item) -> None:
    bea.post(url(quiz, "sections/2"), TASTE | {"menu": (BytesIO(PDF), "prices.pdf"), "act": "stay.menu"})
    assert "prices.pdf" in bea.get(url(quiz, "sections/2")).text and "prices.pdf" in bea.get(url(quiz, "check")).text
    bea.post(url(quiz, "check"), {})
    with reading(app):
        upload = db.session.scalars(select(Upload).where(Upload.item_id == quiz.id)).one()
        sent = json.loads(db.session.scalars(select(HandOver.content).where(HandOver.item_id == quiz.id)).one())
    assert upload.question_key == "menu"
    assert [file["name"] for file in sent["files"]] == ["prices.pdf"]
    assert ada.get(f"/staff/files/{upload.id}").data == PDF


def lay(browser: Browser, quiz: Item, name: str, status: int = 303) -> None:
    """Add a file with the form, as browsers without scripts do."""
    browser.post(url(quiz, "sections/2"), {"menu": (BytesIO(PDF), name), "act": "stay.menu"}, status)


def announced(browser: Browser, quiz: Item, key: str, *names: str, status: int = 200) -> list[dict[str, Any]]:
    """What the portal says to files a script announces."""
    files = [{"name": name, "size": len(PDF), "print": sha256(name.encode()).hexdigest(), "key": f"key-of-{name}"} for name in names]
    answer = browser.send("POST", url(quiz, f"answers/{key}/uploads"), {"files": files, "together": True}, status)
    return list(json.loads(answer.data)["files"]) if status == 200 else []


def test_a_script_sends_files_over_the_line_of_items_and_gets_their_rows(app: Flask, bea: Browser, quiz: Item) -> None:
    [told] = announced(bea, quiz, "menu", "prices.pdf")
    assert "data-unfinished" in bea.get(url(quiz, "sections/2")).html, "whoever comes back goes on with it"
    bea.send("PUT", told["put"]["url"], PDF, 200)
    row = json.loads(bea.send("POST", url(quiz, f"answers/menu/uploads/rows?id={told['id']}"), {}, 200).data)["rows"][told["id"]]
    [key] = standing(app, quiz)["menu"]  # type: ignore[misc]
    assert "prices.pdf" in row["html"] and f"drop.menu.{key}" in row["html"]
    announced(bea, quiz, "menu", "a.pdf", "b.pdf", status=422)


def test_a_file_is_taken_off(app: Flask, bea: Browser, quiz: Item) -> None:
    lay(bea, quiz, "prices.pdf")
    [key] = standing(app, quiz)["menu"]  # type: ignore[misc]
    bea.post(url(quiz, "sections/2"), {"act": f"drop.menu.{key}"})
    assert "menu" not in standing(app, quiz)


def test_strangers_and_other_questions_take_no_files(bea: Browser, cal: Browser, quiz: Item) -> None:
    announced(cal, quiz, "menu", "prices.pdf", status=404)
    announced(bea, quiz, "motto", "prices.pdf", status=404)


# --- secrets ----------------------------------------------------------------------------------------------------------------


def test_a_secret_lies_sealed_and_leaves_no_trace(app: Flask, bea: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    with reading(app):
        kept = db.session.scalars(select(Answer).where(Answer.item_id == quiz.id, Answer.question_key == "router")).one()
        changes = list(db.session.scalars(select(AnswerChange.value).where(AnswerChange.question_key == "router")))
    assert kept.secret and b"swordfish" not in kept.secret and kept.value == "sealed" and changes == ["sealed"]


def test_a_secret_is_replaced_or_removed_and_an_empty_field_keeps_it(app: Flask, bea: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    bea.post(url(quiz, "sections/2"), {"rev.router": "1", "router.text": ""})
    assert standing(app, quiz)["router"] == "sealed"
    bea.post(url(quiz, "sections/2"), {"rev.router": "1", "router.text": "another"})
    with reading(app):
        assert db.session.scalars(select(Answer.rev).where(Answer.question_key == "router")).one() == 2
    bea.post(url(quiz, "sections/2"), {"rev.router": "2", "router.text": "", "router.remove": "yes"})
    assert standing(app, quiz)["router"] is None
    with reading(app):
        assert db.session.scalars(select(Answer.secret).where(Answer.question_key == "router")).one() is None


def test_a_secret_is_replaced_neither_unseen_nor_once_it_was_accepted(
    app: Flask, bea: Browser, cast: Cast, quiz: Item, nothing_changed
) -> None:
    answer_all(bea, quiz)
    told = {"question": "router", "value": "text=another"}
    with nothing_changed():
        bea.post(url(quiz, "answers"), told | {"rev": "0"}, 409, Accept="application/json")
    bea.post(url(quiz, "check"), {})
    ada = as_viewer(app, cast.ada)

    def ask_again() -> None:
        item = db.session.get_one(Item, quiz.id)
        judging.ask_again(item, "motto", "Really?", by=ada)
        judging.finish(item, "Really?", by=ada, told=judging.tally(said_of(item.id, item.round)))

    act(app, ask_again, by=ada)
    bea.get(url(quiz, "again"))
    with nothing_changed():
        for rev in ("0", "1", "2"):
            bea.post(url(quiz, "answers"), told | {"rev": rev}, None, Accept="application/json")


def test_staff_see_it_when_they_ask_and_that_is_on_record(app: Flask, bea: Browser, ada: Browser, cast: Cast, quiz: Item) -> None:
    answer_all(bea, quiz)
    bea.post(url(quiz, "check"), {})
    page = ada.get("/staff" + url(quiz, "secrets/router"))
    assert "swordfish" not in page.text and "That you look at it is recorded" in page.text
    shown = ada.post("/staff" + url(quiz, "secrets/router"), {}, 200)
    assert "swordfish 1" in shown.text and shown.soup.select_one(f".crumbs a[href$='/items/{quiz.id}']"), "and there is a way back"
    with reading(app):
        shown = db.session.scalars(select(Event).where(Event.kind == Kind.SECRET_SHOWN.value)).one()
        kept = (
            db.session.scalars(select(Event.facts)),
            db.session.scalars(select(EventDetail.data)),
            db.session.scalars(select(Outbox.facts)),
        )
        assert "swordfish" not in str([list(rows) for rows in kept])
    assert (shown.item_id, shown.actor_id, json.loads(shown.facts)["question"]) == (quiz.id, cast.ada.id, "router")


def test_only_staff_see_secrets_and_only_secrets_are_shown(app: Flask, bea: Browser, ada: Browser, cal: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    for browser, key in ((bea, "router"), (cal, "router"), (ada, "motto"), (ada, "gone")):
        browser.get(url(quiz, f"secrets/{key}"), 404)
        browser.post(url(quiz, f"secrets/{key}"), {}, 404)
    with reading(app):
        assert not db.session.scalar(select(Event.seq).where(Event.kind == Kind.SECRET_SHOWN.value))


def test_a_secret_is_deleted_after_its_days_which_begin_when_it_is_sent(
    app: Flask, cast: Cast, bea: Browser, browse: Callable[[Person], Browser], quiz: Item, clock: Clock, do_chores: Callable[[], int]
) -> None:
    answer_all(bea, quiz)
    clock.advance(days=5)
    bea.post(url(quiz, "check"), {})
    clock.advance(days=5)
    do_chores()
    assert standing(app, quiz)["router"] == "sealed"
    clock.advance(days=3)
    do_chores()
    assert standing(app, quiz)["router"] == "deleted"
    with reading(app):
        gone = db.session.scalars(select(Answer).where(Answer.question_key == "router")).one()
    assert gone.secret is None and gone.expires_at is None
    ada = browse(cast.ada)
    assert "not here any more" in ada.get("/staff" + url(quiz, "secrets/router")).text
    ada.refused("/staff" + url(quiz, "secrets/router"), {}, says="This secret is not here any more.")


def test_a_secret_that_was_sealed_with_another_key_is_said_to_be_lost(app: Flask, bea: Browser, ada: Browser, quiz: Item) -> None:
    answer_all(bea, quiz)
    keys.use("another secret key of thirty-two signs")
    try:
        with reading(app):
            answer = db.session.scalars(select(Answer).where(Answer.question_key == "router")).one()
            with pytest.raises(Refused, match="another SECRET_KEY"):
                secrets_of.opened(answer)
    finally:
        keys.use(app.config["SECRET_KEY"])


def test_many_answers_cost_no_more_questions(bea: Browser, quiz: Item, count_queries: Questions) -> None:
    lay(bea, quiz, "first.pdf")
    bea.get(url(quiz, "sections/2"))
    with count_queries() as few:
        bea.get(url(quiz, "sections/2"))
    answer_all(bea, quiz)
    lay(bea, quiz, "second.pdf")
    with count_queries() as many:
        bea.get(url(quiz, "sections/2"))
    assert len(many) == len(few)
