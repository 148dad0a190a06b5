"""Proposing other rows of a table: the client sees what each was and would be, and theirs stand until they say that ours are right."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.kinds.questionnaires.kind import given
from portal.kinds.questionnaires.verdicts import frozen_answers
from portal.models.definition.shape import Definition, Limits, Question, Section, Type
from portal.models.items import Item
from portal.models.questionnaires import AnswerVerdict
from tests.features.review.test_answers import finish, hand_over, last, place, say
from tests.support.browser import Browser
from tests.support.cast import Cast, fresh, make_item, make_questionnaire, reading

pytestmark = pytest.mark.sqlite_only

NAME = Question(key="name", type=Type.SHORT_TEXT, label={"en": "Name"}, required=True)
MAIL = Question(key="mail", type=Type.EMAIL, label={"en": "E-mail"})
TEAM = Question(key="team", type=Type.TABLE, label={"en": "Who should be on the website?"}, columns=(NAME, MAIL), limits=Limits(max=4))
KEY = Question(key="wifi", type=Type.SECRET, label={"en": "Your key"}, keep_days=9)
SHEET = Definition(sections=(Section(key="s1", title={"en": "People"}, questions=(TEAM, KEY)),))
THEIRS = {"aaaa": {"name": "Bea"}, "bbbb": {"name": "Ben", "mail": "ben@birch.example"}, "cccc": {"name": "Carl"}}
OURS = {"aaaa": {"name": "Bea Birch"}, "bbbb": {"name": "Ben", "mail": "ben@birch.example"}, "dddd": {"name": "Dora"}}


@pytest.fixture
def sent(app: Flask, cast: Cast, bea: Browser) -> Item:
    """Three people Bea wrote down, and a secret."""
    item = make_item(app, cast.project, "Your team", kind="questionnaire", questionnaire_version_id=make_questionnaire(app, SHEET).id)
    bea.post(f"/items/{item.id}/sections/1", typed(THEIRS) | {"wifi.text": "x9", "rev.wifi": "0", "act": "later"})
    hand_over(app, cast, item)
    return fresh(app, item)


def typed(rows: dict[str, dict[str, str]]) -> dict[str, object]:
    """A form with these rows."""
    cells = {f"team.{row}.{column}": text for row, told in rows.items() for column, text in told.items()}
    return cells | {f"rev.team.{row}": "0" for row in rows}


def standing(app: Flask, item: Item) -> dict[str, object]:
    with reading(app):
        return {row: answer.value for row, answer in given(item.id).rows["team"].items()}


def propose(ada: Browser, app: Flask, item: Item, rows: dict[str, dict[str, str]]) -> None:
    say(ada, app, item, "team/correct", **typed(rows), reason="As on your door.")


def test_rows_are_changed_added_and_taken_out_once_the_client_says_so(app, cast, ada, bea, sent):
    assert "Bea" in ada.get(f"{place(app, sent)}/answers/team/correct").html
    propose(ada, app, sent, OURS)
    assert ada.get(f"{place(app, sent)}/answers/team/correct").value("team.dddd.name") == "Dora"
    review = ada.get(place(app, sent))
    assert [li.find("span").text for li in review.soup.select(".changes li")] == ["Changed", "New", "Taken out"]
    finish(ada, app, sent)
    asked = "“Who should be on the website?”: we propose other rows (one changed, one new and one taken out). Right? As on your door."
    assert fresh(app, sent).reason == asked
    assert standing(app, sent) == THEIRS, "nobody changes what the client wrote"
    page, again = bea.get(f"/items/{sent.id}/again"), f"/items/{sent.id}/again"
    assert "Bea then Bea Birch" in page.text and "One row stays as it is." in page.text and "As on your door." in page.text
    refused = bea.refused(again, {"act": "send"}, says="is what we wrote right?")
    assert "One answer needs a look" in refused.text and refused.soup.select_one(".error-summary a")["href"] == "#team"
    bea.post(again, {"act": "yes.team"})
    assert standing(app, sent) == OURS
    assert "You said that this is right" in bea.get(again).text
    bea.post(again, {"act": "send"})
    assert frozen_answers(last(app, sent))["team"]["value"] == list(OURS.values())
    assert "We proposed other rows: they said that our proposal is right." in ada.get(place(app, sent)).text
    history = ada.get(f"{place(app, sent)}/answers/team/history").text
    assert "Name: Bea Birch" in history and "emptied" not in history


def test_the_client_puts_their_rows_back_or_writes_others(app, cast, ada, bea, sent):
    propose(ada, app, sent, OURS)
    finish(ada, app, sent)
    again = f"/items/{sent.id}/again"
    bea.post(again, {"act": "yes.team"})
    bea.post(again, {"act": "mine.team"})
    assert standing(app, sent) == THEIRS
    page = bea.get(again)
    assert "Yours stand" in page.text and page.value("team.cccc.name") == "Carl"
    bea.post(again, {"team.eeee.name": "Eve", "rev.team.eeee": "0", "act": "stay"}, None)
    assert standing(app, sent) == THEIRS | {"eeee": {"name": "Eve"}}
    bea.post(again, {"act": "yes.team"})
    assert standing(app, sent) == OURS, "taking the proposal after all takes it whole"


def test_another_order_is_a_proposal_too_and_goes_back_as_it_came(app, cast, ada, bea, sent):
    url, again = f"{place(app, sent)}/answers/team/correct", f"/items/{sent.id}/again"
    moved = ada.post(url, typed(THEIRS) | {"act": "up.team.cccc"}, 200)
    assert [row["data-row"] for row in moved.soup.select("[data-rows] > .trow")] == ["aaaa", "cccc", "bbbb"]
    assert moved.soup.select_one("[autofocus]")["value"] == "up.team.cccc"
    stays = ada.post(url, typed(THEIRS) | {"act": "up.team.aaaa"}, 200)
    assert [row["data-row"] for row in stays.soup.select("[data-rows] > .trow")] == ["aaaa", "bbbb", "cccc"]
    propose(ada, app, sent, {key: THEIRS[key] for key in ("cccc", "aaaa", "bbbb")})
    shown = ada.get(place(app, sent)).soup.select_one(".changes").get_text(" ", strip=True)
    assert shown.startswith("Moved was row 3, would be row 1") and shown.count("Moved") == 1
    finish(ada, app, sent)
    assert "(one moved)" in fresh(app, sent).reason and list(standing(app, sent)) == ["aaaa", "bbbb", "cccc"]
    bea.post(again, {"act": "yes.team"})
    assert list(standing(app, sent)) == ["cccc", "aaaa", "bbbb"]
    bea.post(again, {"act": "mine.team"})
    assert list(standing(app, sent)) == ["aaaa", "bbbb", "cccc"]


def test_buttons_for_rows_keep_what_was_typed(app, cast, ada, sent, nothing_changed):
    url = f"{place(app, sent)}/answers/team/correct"
    with nothing_changed():
        more = ada.post(url, typed(OURS) | {"act": "more.team", "reason": "So"}, 200)
        less = ada.post(url, typed(OURS) | {"act": "remove.team.bbbb", "reason": "So"}, 200)
    assert len(more.soup.select("[data-rows] > .trow")) == 4 and more.value("reason") == "So"
    assert [row["data-row"] for row in less.soup.select("[data-rows] > .trow")] == ["aaaa", "dddd"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (THEIRS, "This is what the client wrote"),
        ({}, "Write what you think is right"),
        ({"aaaa": {"mail": "bea@birch.example"}}, "a cell that must be filled in"),
        ({"aaaa": {"name": "Bea", "mail": "nowhere"}}, "must be an email address"),
        ({f"row{n}": {"name": "Bea"} for n in range(5)}, "room for 4 rows"),
    ],
)
def test_rows_that_cannot_stand_are_refused_and_kept_on_the_page(app, cast, ada, sent, nothing_changed, rows, says):
    with nothing_changed():
        page = ada.refused(f"{place(app, sent)}/answers/team/correct", {"seen": fresh(app, sent).rev, **typed(rows)}, says=says)
    assert all(page.value(name) == text for name, text in typed(rows).items() if not name.startswith("rev."))


def test_a_secret_is_asked_for_again_and_the_page_says_why(app, cast, ada, sent, nothing_changed):
    assert "A secret is theirs alone to write" in ada.get(f"{place(app, sent)}/answers/wifi/ask").text
    with nothing_changed():
        ada.get(f"{place(app, sent)}/answers/wifi/correct", 404)


def test_a_proposal_for_a_table_is_one_verdict(app, cast, ada, sent):
    propose(ada, app, sent, OURS)
    propose(ada, app, sent, {"aaaa": {"name": "Bea"}})
    with reading(app) as session:
        kept = session.get_one(AnswerVerdict, (sent.id, "team", 1)).ours
    assert [row["now"] for row in kept] == [{"name": "Bea"}, None, None]


def test_what_was_said_stays_in_sight_while_it_waits_for_the_client_and_once_all_is_accepted(app, cast, ada, bea, sent):
    propose(ada, app, sent, OURS)
    finish(ada, app, sent)
    page = ada.get(place(app, sent))
    assert "Ada proposes another answer" in page.text and "Accepted with the rest" in page.text
    assert not page.soup.select(".judging form, .judging .btn"), "nothing can be said while it is with the client"
    bea.post(f"/items/{sent.id}/again", {"act": "yes.team"})
    bea.post(f"/items/{sent.id}/again", {"act": "send"})
    ada.post(f"{place(app, sent)}/accept", {"seen": fresh(app, sent).rev})
    accepted = ada.get(place(app, sent))
    assert [said.text for said in accepted.soup.select(".verdict__said")] == ["Accepted", "Accepted in an earlier round"]


def test_nothing_is_undone_once_the_client_agreed_to_a_row_less(app, cast, ada, bea, sent, nothing_changed):
    propose(ada, app, sent, {row: cells for row, cells in THEIRS.items() if row != "cccc"})
    finish(ada, app, sent)
    assert "The client sees it already" in ada.get(place(app, sent)).text
    bea.post(f"/items/{sent.id}/again", {"act": "yes.team"})
    with nothing_changed():
        ada.post(f"{place(app, sent)}/undo", {"seen": fresh(app, sent).rev})
    assert "It is too late to undo this" in ada.follow().text
