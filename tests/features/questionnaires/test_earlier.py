"""What a client answered before is offered with its date, and taken over only when somebody says it is still right."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.kernel.viewer import Role
from portal.kinds import life
from portal.kinds.questionnaires import judging
from portal.kinds.questionnaires.verdicts import said_of
from portal.models.definition.canonical import dump, sha256
from portal.models.definition.shape import Definition, Limits, Option, Question, Section, Type
from portal.models.items import Item
from portal.models.questionnaires import Answer, QuestionnaireVersion
from portal.models.turns import Part
from tests.support.cast import Cast, act, answer, as_viewer, make_contact, make_item, make_questionnaire, name_person, reading

pytestmark = pytest.mark.sqlite_only


def definition(prefix: str = "", *, options: tuple[str, ...] = ("a", "b")) -> Definition:
    """A company's name, its trade and its password; under other keys when there is a prefix."""
    choices = tuple(Option(key=key, label={"en": key.upper()}) for key in options)
    questions = (
        Question(key=f"{prefix}name", type=Type.SHORT_TEXT, label={"en": "What is its name?"}, prefill_key="company"),
        Question(key=f"{prefix}trade", type=Type.ONE_CHOICE, label={"en": "What do you sell?"}, options=choices, prefill_key="trade"),
        Question(key=f"{prefix}pin", type=Type.SECRET, label={"en": "The password?"}, prefill_key="pin"),
        Question(key=f"{prefix}note", type=Type.SHORT_TEXT, label={"en": "Anything else?"}),
    )
    return Definition(sections=(Section(key="s", title={"en": "All"}, questions=questions),))


def ask(app: Flask, cast: Cast, version: QuestionnaireVersion) -> Item:
    return make_item(app, cast.project, "About you", kind="questionnaire", questionnaire_version_id=version.id)


def send(app: Flask, cast: Cast, item: Item) -> None:
    for key, typed in (("name", "Birch & Sons"), ("trade", "a"), ("pin", "text=tr0ub4dor"), ("note", "Hello")):
        answer(app, item, key, typed)
    bea = as_viewer(app, cast.bea)
    act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=bea), by=bea)


def stored(app: Flask, item: Item) -> dict[str, tuple[object, str]]:
    with reading(app) as session:
        return {row.question_key: (row.value, row.source.value) for row in session.scalars(select(Answer).where(Answer.item_id == item.id))}


@pytest.fixture
def before(app: Flask, cast: Cast) -> Item:
    """What Birch sent once."""
    item = ask(app, cast, make_questionnaire(app, definition()))
    send(app, cast, item)
    return item


def test_an_earlier_answer_is_offered_and_taken_with_one_tap(app, cast, bea, before):
    item = ask(app, cast, make_questionnaire(app, definition("new"), "Another one"))
    url = f"/items/{item.id}/sections/1"
    page = bea.get(url)
    assert "you wrote: Birch & Sons" in " ".join(page.text.split()) and "You have answered 2 of these before." in page.text
    assert "Hello" not in page.text, "only what was marked as the same question"
    assert "tr0ub4dor" not in page.html and 'value="take.newpin"' not in page.html, "secrets are never offered"
    assert page.soup.select_one("form[data-questionnaire] button")["value"] == "next", "Enter takes nothing over"
    assert stored(app, item) == {}, "nothing is copied silently"
    bea.post(url, {"act": "take.newname", "rev.newname": "0", "newname": "", "newnote": "typed meanwhile", "rev.newnote": "0"})
    assert stored(app, item) == {"newname": ("Birch & Sons", "prefilled"), "newnote": ("typed meanwhile", "typed")}
    with reading(app) as session:
        assert session.scalars(select(Event).where(Event.kind == "answer.prefilled")).one().item_id == item.id
    answer(app, item, "newname", "Birch Ltd", rev=1)
    assert stored(app, item)["newname"] == ("Birch Ltd", "typed")


def test_rows_of_a_table_are_offered_and_taken_as_they_were(app, cast, bea):
    columns = (Question(key="who", type=Type.SHORT_TEXT, label={"en": "Name"}), Question(key="born", type=Type.DATE, label={"en": "Born"}))

    def team(key: str, most: str = "") -> QuestionnaireVersion:
        limits = Limits(max=most or None)
        table = Question(key=key, type=Type.TABLE, label={"en": "Who?"}, columns=columns, prefill_key="team", limits=limits)
        sections = (Section(key="s", title={"en": "All"}, questions=(table,)),)
        return make_questionnaire(app, Definition(sections=sections), name=f"{key}{most}")

    first, viewer = ask(app, cast, team("old")), as_viewer(app, cast.bea)
    rows = {"rev.old.aaaa": "0", "old.aaaa.who": "Bea", "rev.old.bbbb": "0", "old.bbbb.who": "Ben", "old.bbbb.born": "1990-02-01"}
    bea.post(f"/items/{first.id}/sections/1", rows | {"act": "later"})
    act(app, lambda: life.hand_over(db.session.get_one(Item, first.id), by=viewer), by=viewer)
    assert "take.new" not in bea.get(f"/items/{ask(app, cast, team('new', '1')).id}/sections/1").html, "there is no room for both"
    item = ask(app, cast, team("new"))
    offer = bea.get(f"/items/{item.id}/sections/1").soup.select_one("[data-offer]").get_text(" ", strip=True)
    assert "Name: Bea\nName: Ben · Born: Thu 1 Feb 1990" in offer
    bea.post(f"/items/{item.id}/sections/1", {"act": "take.new", "rev.new.cccc": "0"})
    page = bea.get(f"/items/{item.id}/sections/1")
    assert [row["value"] for row in page.soup.select("[data-rows] [data-part=who]")] == ["Bea", "Ben"]
    assert not page.soup.select("[data-offer]")
    bea.post(f"/items/{item.id}/sections/1", {"act": "take.new"}, 409)


@pytest.mark.both
def test_all_are_taken_at_once_and_none_is_overwritten(app, cast, bea, before):
    item = ask(app, cast, make_questionnaire(app, definition("new"), "Another one"))
    answer(app, item, "newname", "Ash")
    bea.get(f"/items/{item.id}/sections/1")
    bea.post(f"/items/{item.id}/sections/1", {"act": "take", "earlier": ["newname", "newtrade", "newpin"]})
    assert stored(app, item) == {"newname": ("Ash", "typed"), "newtrade": ("a", "prefilled")}


def test_the_same_questionnaire_knows_its_own_questions(app, cast, bea, before):
    with reading(app) as session:
        old = session.get_one(QuestionnaireVersion, before.questionnaire_version_id)
    newer = definition(options=("b",))
    facts = {"questionnaire_id": old.questionnaire_id, "definition": dump(newer), "sha256": sha256(newer), "published_at": now()}
    version = QuestionnaireVersion(id=uuid4(), n=2, **facts)
    act(app, lambda: db.session.add(version))
    page = bea.get(f"/items/{ask(app, cast, version).id}/sections/1")
    assert 'value="take.note"' in page.html and 'value="take.name"' in page.html
    assert 'value="take.trade"' not in page.html, "that choice is not there any more"


def test_what_was_not_sent_or_was_asked_for_again_is_not_offered(app, cast, bea):
    version, ada = make_questionnaire(app, definition()), as_viewer(app, cast.ada)
    answer(app, ask(app, cast, version), "name", "Typed only")
    item = ask(app, cast, version)
    assert "take." not in bea.get(f"/items/{item.id}/sections/1").html
    sent = ask(app, cast, version)
    send(app, cast, sent)

    def judge() -> None:
        row = db.session.get_one(Item, sent.id)
        judging.ask_again(row, "name", "Which one?", by=ada)
        from_now = judging.tally(said_of(row.id, row.round))
        judging.finish(row, "Which one?", by=ada, told=from_now)

    act(app, judge, by=ada)
    page = bea.get(f"/items/{item.id}/sections/1")
    assert 'value="take.trade"' in page.html and 'value="take.name"' not in page.html


def test_nobody_is_offered_what_they_could_not_see(app, cast, browse, cal, before, nothing_changed):
    version = make_questionnaire(app, definition("new"), "Another one")
    other = make_item(app, cast.cedar_project, "About you", kind="questionnaire", questionnaire_version_id=version.id)
    assert "Birch & Sons" not in cal.get(f"/items/{other.id}/sections/1").text, "another client's answers"
    guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
    item = ask(app, cast, version)
    for one in (item, before):
        name_person(app, one, guest, Part.DO)
    browser = browse(guest)
    assert "Birch & Sons" not in browser.get(f"/items/{item.id}/sections/1").text
    with nothing_changed():
        browser.post(f"/items/{item.id}/sections/1", {"act": "take.newname"}, 409)


def test_more_earlier_questionnaires_ask_no_more_of_the_database(app, cast, bea, count_queries):
    version, counts = make_questionnaire(app, definition()), []
    item = ask(app, cast, version)
    for more in (2, 8):
        for _n in range(more):
            send(app, cast, ask(app, cast, version))
        bea.get(f"/items/{item.id}/sections/1")
        with count_queries() as asked:
            bea.get(f"/items/{item.id}/sections/1")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_section_of_120_questions_asks_no_more_than_one_of_two(app, cast, bea, count_queries):
    counts = []
    for many in (2, 120):
        questions = tuple(Question(key=f"q{n}", type=Type.SHORT_TEXT, label={"en": f"Question {n}?"}) for n in range(many))
        version = make_questionnaire(app, Definition(sections=(Section(key="s", title={"en": "All"}, questions=questions),)))
        item = ask(app, cast, version)
        answer(app, item, "q1", "once")
        bea.get(f"/items/{item.id}/sections/1")
        with count_queries() as asked:
            bea.get(f"/items/{item.id}/sections/1")
        counts.append(len(asked))
    assert counts[0] == counts[1]
