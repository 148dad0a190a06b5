"""Taking answers out: every language of spreadsheet, nothing that acts, nothing secret, and a questionnaire in figures."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import openpyxl
import pytest
from flask import Flask
from openpyxl.utils.escape import unescape
from sqlalchemy import select

from portal.features.exports.queries import Speech
from portal.features.exports.writing import COLUMNS, WAYS
from portal.features.questionnaires import actions
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.kinds import life
from portal.models.definition.canonical import dump, sha256
from portal.models.definition.shape import Definition, Option, Question, Section, Type
from portal.models.items import Item
from portal.models.questionnaires import QuestionnaireVersion
from portal.web.cells import harmless
from tests.support.browser import Browser
from tests.support.cast import Cast, act, answer, as_viewer, make_item, make_questionnaire, reading

pytestmark = pytest.mark.sqlite_only
HOSTILE = (
    '=HYPERLINK("http://evil.example","Click")',
    "+1+cmd|'/c calc'!A0",
    "@SUM(A1)",
    " =1+1",
    "＝1+1",
    "_x0041_",
    "a\u2028b",
    "\u202eabc",
)
FORM = Definition(
    sections=(
        Section(
            key="s",
            title={"en": "All"},
            questions=(
                Question(key="name", type=Type.LONG_TEXT, label={"en": "What is its name?"}),
                Question(key="staff", type=Type.NUMBER, label={"en": "How many people?"}),
                Question(
                    key="kind",
                    type=Type.SEVERAL_CHOICES,
                    label={"en": "What do you sell?"},
                    options=(Option(key="a", label={"en": "Bread"}), Option(key="b", label={"en": "Cake"})),
                ),
                Question(key="shop", type=Type.YES_NO, label={"en": "Online?"}),
                Question(key="pin", type=Type.SECRET, label={"en": "The password?"}),
            ),
        ),
    )
)


def send(
    app: Flask, cast: Cast, version: object, name: str, *, staff: str = "12", kind: tuple[str, ...] = ("a",), shop: str = "yes"
) -> Item:
    item = make_item(app, cast.project, "About you", kind="questionnaire", questionnaire_version_id=version.id)
    answer(app, item, "name", name)
    answer(app, item, "staff", staff)
    answer(app, item, "kind", *kind)
    answer(app, item, "shop", shop)
    answer(app, item, "pin", "text=tr0ub4dor")
    bea = as_viewer(app, cast.bea)
    act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=bea), by=bea)
    return item


def take(browser: Browser, way: str, project: object | None = None, status: int = 200) -> bytes:
    url = f"/staff/projects/{project.id}/answers/get" if project else "/staff/answers/get"
    browser.get(url.removesuffix("/get"))
    return browser.post(url, {"way": way}, status).data


def test_csv_holds_every_answer_with_who_when_and_what_we_said(app, cast, ada):
    item = send(app, cast, make_questionnaire(app, FORM, "Intake"), "Birch & Söhne", kind=("a", "b"))
    ada_v = as_viewer(app, cast.ada)
    act(app, lambda: life.accept(db.session.get_one(Item, item.id), by=ada_v), by=ada_v)
    make_item(app, cast.cedar_project, "Typing still", kind="questionnaire", state="started")
    data = take(ada, "csv")
    assert ada.get("/staff/answers").soup.select_one("form[data-hands-file]"), "the page stays, so its other buttons open again at once"
    assert data.startswith(b"\xef\xbb\xbf"), "Excel wants the mark"
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["Key"] for row in rows] == ["name", "staff", "kind", "shop"]
    first = rows[0]
    assert first["Answer"] == "Birch & Söhne" and first["Client"] == "Birch" and first["Questionnaire"] == "Intake"
    assert first["Answered by"] == "Bea Birch" and first["Review"] == "Accepted" and first["Version"] == "1" and first["Language"] == "en"
    assert rows[2]["Answer"] == "Bread, Cake" and rows[3]["Answer"] == "Yes"
    assert b"tr0ub4dor" not in data and b"password" not in data


def test_nothing_somebody_typed_acts_in_a_spreadsheet(app, cast, ada):
    version = make_questionnaire(app, FORM)
    for text in HOSTILE:
        send(app, cast, version, text)
    cells = [row["Answer"] for row in csv.DictReader(io.StringIO(take(ada, "csv").decode("utf-8-sig"))) if row["Key"] == "name"]
    assert len(cells) == len(HOSTILE)
    assert not [cell for cell in cells if cell.strip()[:1] in "=+-@＝"]
    sheet = openpyxl.load_workbook(io.BytesIO(take(ada, "xlsx"))).active
    head, *rows = sheet.iter_rows()
    at = [cell.value for cell in head].index("Answer")
    held = [row[at] for row in rows]
    assert all(cell.data_type in ("s", "n") and cell.hyperlink is None for cell in held), "no formula, no link"
    names = [cell.value for cell in held if cell.data_type == "s"]
    assert '=HYPERLINK("http://evil.example","Click")' in names and "_x0041_" in map(unescape, names)
    assert 12 in [cell.value for cell in held], "numbers are numbers"
    told = json.loads(take(ada, "json"))["answers"]
    assert {one["value"] for one in told if one["key"] == "name"} >= {"@SUM(A1)", "a\u2028b"}


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        *(("-5.5", "-5.5"), ("-5+3", "'-5+3"), ("\x07=1", "'=1"), ("\r=1", "'\n'=1"), ("Bread", "Bread"), (7, "7")),
        *(('a";"=1', 'a";"\'=1'), ("a\n -1", "a\n '-1"), ("a; b", "a; b")),
        *(("\u202e=1", "'\u202e=1"), ("\u3000@x", "'\u3000@x"), ("a;\u200e=1", "a;\u200e'=1"), ("", ""), ("\u200b", "\u200b")),
    ],
)
def test_a_cell_is_made_harmless_and_numbers_stay(cell, safe):
    assert harmless(cell) == safe


def test_files_for_people_speak_their_language_and_those_for_programs_do_not(app, cast, ada):
    shop = Question(key="shop", type=Type.YES_NO, label={"en": "Online?"})
    place = Question(key="place", type=Type.ADDRESS, label={"en": "Where?"})
    shops = Question(key="shops", type=Type.TABLE, label={"en": "All shops"}, columns=(replace(shop, key="open"),))
    sheet = Definition(sections=(Section(key="s", title={"en": "All"}, questions=(shop, place, shops)),))
    item = make_item(app, cast.project, "Shop", kind="questionnaire", questionnaire_version_id=make_questionnaire(app, sheet).id)
    bea = as_viewer(app, cast.bea)
    for key, row, typed in (("shop", "", ["no"]), ("place", "", ["town=Kiel", "country=DE"]), ("shops", "row1", ["open=yes"])):
        given = {"row": row, "rev": 0, "language": "en", "by": bea}
        act(app, lambda k=key, t=typed, g=given: actions.save_answer(db.session.get_one(Item, item.id), k, t, **g), by=bea)
    act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=bea), by=bea)
    rows = list(csv.DictReader(io.StringIO(take(ada, "csv").decode("utf-8-sig"))))
    assert [row["Answer"] for row in rows] == ["No", "Kiel\nGermany", "Online?: Yes"] and rows[0]["Review"] == "Not looked at"
    head, first = list(openpyxl.load_workbook(io.BytesIO(take(ada, "xlsx"))).active.values)[:2]
    assert first[head.index("Answer")] == "No" and not {str(name)[0] for name in head} & set("=+-@")
    told = json.loads(take(ada, "json"))["answers"]
    assert [one["value"] for one in told] == ["no", {"town": "Kiel", "country": "DE"}, [{"open": "yes"}]]
    assert told[0]["answer"] == "no" and told[0]["review"] == "open"


def test_a_heading_cannot_act_either():
    speech = Speech({"client": "=1+1", "answer": "@Antwort"})
    head = next(csv.reader(io.StringIO(b"".join(WAYS["csv"][1]([], speech)).decode("utf-8-sig"))))
    assert head[0] == "'=1+1" and head[COLUMNS.index("answer")] == "'@Antwort"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(WAYS["xlsx"][1]([], speech))))
    assert (book.active["A1"].value, book.active["A1"].data_type) == ("=1+1", "s")


def test_a_project_gives_only_its_own_and_an_empty_one_a_heading(app, cast, ada):
    send(app, cast, make_questionnaire(app, FORM), "Birch & Sons")
    assert json.loads(take(ada, "json", cast.cedar_project))["answers"] == []
    assert openpyxl.load_workbook(io.BytesIO(take(ada, "xlsx", cast.cedar_project))).active.max_row == 1
    assert len(json.loads(take(ada, "json", cast.project))["answers"]) == 4


def test_it_is_on_record_and_only_staff_may(app, cast, ada, bea, nothing_changed):
    send(app, cast, make_questionnaire(app, FORM), "Birch & Sons")
    take(ada, "csv", cast.project)
    with reading(app) as session:
        last = session.scalars(select(Event).where(Event.kind == "answers.exported")).one()
    assert last.actor_id == cast.ada.id and last.audience == "internal" and "csv" in last.facts
    with nothing_changed():
        bea.post("/staff/answers/get", {"way": "csv"}, 404)
        bea.get("/staff/answers", 404)
        ada.post("/staff/answers/get", {"way": "exe"}, 404)


def test_a_questionnaire_in_figures(app, cast, ada, clock):
    version = make_questionnaire(app, FORM, "Intake")
    for staff, kind, shop in (("2", ("a",), "yes"), ("10", ("a", "b"), "no"), ("1000", ("b",), "yes")):
        send(app, cast, version, "Birch", staff=staff, kind=kind, shop=shop)
    page = ada.get(f"/staff/questionnaires/{version.questionnaire_id}/figures")
    assert "Over 3 questionnaires" in page.text and "3 of 3 answered" in page.text
    assert "Least 2 In the middle 10 Most 1,000" in page.text
    rows = [row.get_text(" ", strip=True) for row in page.soup.select(".figures__c li")]
    assert rows == ["Bread 2", "Cake 2", "Yes 2", "No 1"] and "half of them within 1 minute" in page.text
    assert "tr0ub4dor" not in page.html


@pytest.mark.parametrize("kind", [Type.NUMBER, Type.MONEY, Type.RATING, Type.RANKING])
def test_answers_of_another_kind_than_is_asked_for_now_are_left_out_of_the_figures(app, cast, ada, kind):
    version = make_questionnaire(app, FORM)
    send(app, cast, version, "Birch")
    asked = replace(FORM.sections[0].questions[0], type=kind, currency="EUR", most=5, options=FORM.question("kind").options)
    newer = Definition(sections=(Section(key="s", title={"en": "All"}, questions=(asked,)),))
    facts = {"questionnaire_id": version.questionnaire_id, "n": 2, "definition": dump(newer), "sha256": sha256(newer)}
    act(app, lambda: db.session.add(QuestionnaireVersion(published_at=now(), **facts)))
    page = ada.get(f"/staff/questionnaires/{version.questionnaire_id}/figures")
    assert "in none of those that were sent" in page.text and "1 of 1 answered" in page.text


def test_figures_and_files_ask_no_more_for_more_answers(app, cast, ada, count_queries):
    version, counts = make_questionnaire(app, FORM, "Intake"), []
    ada.get("/staff/answers")
    ada.post("/staff/answers/get", {"way": "json"}, 200)
    for more in (2, 8):
        for _n in range(more):
            send(app, cast, version, "Birch")
        ada.get("/staff/answers")
        with count_queries() as asked:
            ada.get(f"/staff/questionnaires/{version.questionnaire_id}/figures")
            ada.post("/staff/answers/get", {"way": "json"}, 200)
        counts.append(len(asked))
    assert counts[0] == counts[1]
