"""Staff write a questionnaire, try it out, publish it, and never overwrite each other."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.kernel.db import db
from portal.kernel.record import Event, Kind
from portal.models.definition.canonical import parse, sha256
from portal.models.definition.shape import Definition, Is, Type
from portal.models.questionnaires import Questionnaire, QuestionnaireVersion
from tests.support.browser import Browser
from tests.support.cast import Cast, act, make_item, reading

LIST = "/staff/questionnaires"


@pytest.fixture
def desk(app: Flask, ada: Browser) -> Desk:
    """A new questionnaire, open at Ada's."""
    return Desk(app, ada)


class Desk:
    """One questionnaire in the making."""

    def __init__(self, app: Flask, browser: Browser, name: str = "Website questionnaire") -> None:
        self.app, self.browser = app, browser
        browser.get(f"{LIST}/new")
        self.url = browser.post(f"{LIST}/new", {"name": name}).location
        browser.get(self.url)

    @property
    def row(self) -> Questionnaire:
        with reading(self.app) as session:
            query = select(Questionnaire).where(Questionnaire.id == _id(self.url))
            return session.scalars(query).one()

    @property
    def draft(self) -> Definition:
        return parse(self.row.draft)

    @property
    def first(self) -> str:
        return self.draft.sections[0].key

    def ask(self, label: str, kind: str = "short_text", *, section: str = "") -> str:
        key = section or self.first
        self.browser.post(f"{self.url}/sections/{key}/questions", {f"add-{key}-label": label, f"add-{key}-type": kind})
        return next(q.key for q in self.draft.questions if q.label == {"en": label})

    def fields(self, key: str, browser: Browser | None = None, **changed: str) -> dict[str, str]:
        page = (browser or self.browser).get(f"{self.url}/questions/{key}")
        names = ("label", "type", "help", "short", "follows", "saw", "options", "least", "most", "places", "required")
        held = {name: page.value(name) for name in names if page.soup.find(attrs={"name": name})}
        return {name: text for name, text in (held | changed).items() if text or name != "required"}

    def write(self, key: str, **changed: str) -> None:
        self.browser.post(f"{self.url}/questions/{key}", self.fields(key, **changed))

    def publish(self, status: int = 303) -> None:
        self.browser.post(f"{self.url}/publish", {"rev": str(self.row.rev)}, status)


def test_with_nothing_there_the_list_offers_to_write_one(ada: Browser) -> None:
    page = ada.get(LIST)
    assert "No questionnaires yet" in page.text and f"{LIST}/new" in page.links


def test_a_new_questionnaire_is_a_draft_with_one_section(desk: Desk) -> None:
    assert desk.row.name == "Website questionnaire" and len(desk.draft.sections) == 1 and not desk.draft.questions
    assert "Draft" in desk.browser.get(LIST).text


def test_without_a_name_nothing_is_made(app: Flask, ada: Browser) -> None:
    ada.get(f"{LIST}/new")
    ada.refused(f"{LIST}/new", {"name": "  "}, says="Write a name.", status=422)
    with reading(app):
        assert db.session.scalar(select(func.count(Questionnaire.id))) == 0


def test_everything_about_a_question_can_be_said(desk: Desk) -> None:
    ahead = desk.ask("Can people order ahead?", "yes_no")
    orders = desk.ask("How many orders a week?", "number")
    said = {"short": "Orders in a week", "help": "Roughly.", "least": "0", "most": "1,000", "places": "0"}
    desk.write(orders, **said, required="y", follows=f"{ahead}=yes")
    asked = desk.draft.question(orders)
    assert asked and asked.short == {"en": "Orders in a week"} and asked.help == {"en": "Roughly."} and asked.required is True
    assert (asked.limits.min, asked.limits.max, asked.limits.places) == ("0", "1000", "0")
    assert asked.show and asked.show.conditions[0].question == ahead and asked.show.conditions[0].value == "yes"
    page = desk.browser.get(desk.url)
    assert "Shown if “Can people order ahead?” is “Yes”" in page.text and "required" in page.text
    desk.write(orders, follows="")
    assert desk.draft.question(orders).show is None and desk.draft.question(orders).limits.max == "1000"


def test_a_choice_gets_its_answers_one_on_each_line(desk: Desk) -> None:
    who = desk.ask("Who buys?", "several_choices")
    assert f"/questions/{who}" in desk.browser.page.location
    desk.write(who, options="Families\nCafés\n\nFamilies")
    assert [option.label["en"] for option in desk.draft.question(who).options] == ["Families", "Cafés"]
    why = desk.ask("Why cafés?")
    cafes = desk.draft.question(who).options[1].key
    desk.write(why, follows=f"{who}={cafes}")
    assert desk.draft.question(why).show.conditions[0].is_ is Is.CONTAINS
    desk.write(who, options="Families\nCafés and bars")
    assert desk.draft.question(who).options[1].key == cafes, "a reworded answer keeps the rules about it"


def test_another_kind_of_answer_drops_what_no_longer_fits(desk: Desk) -> None:
    key = desk.ask("How much?", "number")
    desk.write(key, least="5")
    desk.write(key, type="one_choice")
    assert desk.draft.question(key).limits.min == ""
    assert "Answers to choose from" in desk.browser.get(f"{desk.url}/questions/{key}").text


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("number", {"least": "a lot"}, "Write a number"),
        ("date", {"most": "soon"}, "Write a date"),
        ("short_text", {"most": "1.5"}, "whole"),
    ],
)
def test_a_limit_nobody_can_read_is_refused_with_the_text_kept(desk: Desk, kind: str, typed: dict[str, str], says: str) -> None:
    key = desk.ask("Something", kind)
    fields = desk.fields(key, help="Still here", **typed)
    desk.browser.refused(f"{desk.url}/questions/{key}", fields, says=says, status=422)


def test_a_question_without_words_is_refused(desk: Desk) -> None:
    desk.browser.refused(
        f"{desk.url}/sections/{desk.first}/questions",
        {f"add-{desk.first}-label": " ", f"add-{desk.first}-type": "date"},
        says="Write the question.",
        status=422,
    )
    assert desk.browser.page.soup.find("option", selected=True)["value"] == "date" and not desk.draft.questions


def test_sections_are_added_renamed_moved_and_removed_and_removing_can_be_undone(desk: Desk) -> None:
    desk.browser.post(f"{desk.url}/sections", {"new-title": "Look and feel"})
    first, second = (section.key for section in desk.draft.sections)
    page = desk.browser.get(f"{desk.url}/sections/{first}")
    desk.browser.post(
        f"{desk.url}/sections/{first}", {"title": "Customers", "intro": "Short answers.", "minutes": "12", "saw": page.value("saw")}
    )
    assert desk.draft.sections[0].minutes == 12
    assert desk.draft.sections[0].title == {"en": "Customers"} and desk.draft.sections[0].intro == {"en": "Short answers."}
    desk.ask("Who buys?", section=first)
    desk.browser.post(f"{desk.url}/parts/{second}/up")
    assert [section.key for section in desk.draft.sections] == [second, first]
    desk.browser.post(f"{desk.url}/parts/{first}/remove", {"rev": str(desk.row.rev)})
    assert [section.key for section in desk.draft.sections] == [second]
    undo = re.search(r'action="([^"]+/undo/\d+)"', desk.browser.follow().html)
    desk.browser.post(undo[1])
    assert [section.key for section in desk.draft.sections] == [second, first] and len(desk.draft.questions) == 1
    desk.browser.post(undo[1], follow=True)
    assert "cannot be undone any more" in desk.browser.page.text


def test_questions_move_within_and_between_sections(desk: Desk) -> None:
    one, two = desk.ask("One"), desk.ask("Two")
    desk.browser.post(f"{desk.url}/sections", {"new-title": "More"})
    desk.browser.post(f"{desk.url}/parts/{one}/down")
    assert [q.key for q in desk.draft.questions] == [two, one]
    desk.browser.post(f"{desk.url}/parts/{one}/down")
    assert [[q.key for q in section.questions] for section in desk.draft.sections] == [[two], [one]]


@pytest.mark.both
def test_two_at_once_the_later_is_told_keeps_the_text_and_may_insist(desk: Desk, abe: Browser) -> None:
    key = desk.ask("What is your name?")
    mine, his = desk.fields(key, label="Your full name?"), desk.fields(key, abe, label="What are you called?")
    abe.post(f"{desk.url}/questions/{key}", his)
    page = desk.browser.post(f"{desk.url}/questions/{key}", mine, 409)
    assert "Somebody else changed this in the meantime" in page.text
    assert page.value("label") == "Your full name?" and "What are you called?" in page.text
    assert desk.draft.question(key).label == {"en": "What are you called?"}
    desk.browser.post(f"{desk.url}/questions/{key}", mine | {"saw": page.value("saw")})
    assert desk.draft.question(key).label == {"en": "Your full name?"}


def test_two_at_different_questions_do_not_disturb_each_other(desk: Desk, abe: Browser) -> None:
    one, two = desk.ask("One"), desk.ask("Two")
    mine, his = desk.fields(one, label="First"), desk.fields(two, abe, label="Second")
    abe.post(f"{desk.url}/questions/{two}", his)
    desk.browser.post(f"{desk.url}/questions/{one}", mine)
    assert [q.label["en"] for q in desk.draft.questions] == ["First", "Second"]


def test_nobody_removes_or_publishes_what_they_have_not_seen(desk: Desk, abe: Browser) -> None:
    key = desk.ask("One")
    seen = str(desk.row.rev)
    abe.get(desk.url)
    abe.post(f"{desk.url}/sections/{desk.first}/questions", {f"add-{desk.first}-label": "Two"})
    desk.browser.post(f"{desk.url}/parts/{key}/remove", {"rev": seen}, follow=True)
    assert "Look at it as it is now" in desk.browser.page.text and desk.draft.question(key)
    page = desk.browser.post(f"{desk.url}/publish", {"rev": seen}, 409)
    assert "Look at it as it is now" in page.text
    desk.publish()


def test_what_somebody_else_removed_is_not_there(desk: Desk) -> None:
    key = desk.ask("One")
    fields = desk.fields(key)
    desk.browser.post(f"{desk.url}/parts/{key}/remove", {"rev": str(desk.row.rev)})
    desk.browser.get(f"{desk.url}/questions/{key}", 404)
    desk.browser.post(f"{desk.url}/questions/{key}", fields, 404)
    desk.browser.post(f"{desk.url}/parts/{key}/up", follow=True)
    assert "Somebody removed this" in desk.browser.page.text


def test_what_keeps_it_from_being_published_is_listed_with_ways_to_mend_it(desk: Desk) -> None:
    desk.browser.post(f"{desk.url}/sections", {"new-title": "Empty"})
    who = desk.ask("Who buys?", "one_choice")
    desk.publish(422)
    page = desk.browser.page
    assert "This cannot be published yet." in page.text and "has no answers to choose from" in page.text
    summary = page.soup.find(attrs={"data-error-summary": True})
    assert [a["href"] for a in summary.find_all("a")] == [
        f"{desk.url}/questions/{who}",
        f"{desk.url}/sections/{desk.draft.sections[1].key}",
    ]
    with reading(desk.app):
        assert db.session.scalar(select(func.count(QuestionnaireVersion.id))) == 0


def test_while_a_part_is_being_edited_nothing_is_published_past_what_is_typed(desk: Desk) -> None:
    key = desk.ask("What is your bakery called?")
    assert "Publish version 1" in desk.browser.get(desk.url).text
    for part in (f"questions/{key}", f"sections/{desk.first}"):
        page = desk.browser.get(f"{desk.url}/{part}")
        assert not page.soup.select("[action$='/publish'], [formaction$='/publish']")
        assert "Save or cancel, then publish." in page.text


@pytest.mark.parametrize("button", ["publish", "archive", "take-in", "parts/{key}/remove", "parts/{other}/up", "sections"])
def test_whatever_button_is_pressed_nothing_typed_for_something_new_is_lost(desk: Desk, button: str) -> None:
    key, other = desk.ask("One"), desk.ask("Two")
    fields = desk.browser.get(desk.url).soup.select("[form=moves][name]")
    assert {str(field["name"]) for field in fields} == {f"add-{desk.first}-label", f"add-{desk.first}-type", "new-title"}
    typed = {"rev": str(desk.row.rev), f"add-{desk.first}-label": "Half a thought", f"add-{desk.first}-type": "date", "new-title": "Look"}
    desk.browser.post(f"{desk.url}/{button.format(key=key, other=other)}", typed)
    half = next(q for q in desk.draft.questions if q.label == {"en": "Half a thought"})
    assert half.type is Type.DATE and desk.draft.sections[-1].title == {"en": "Look"}
    if button.endswith("remove"):
        assert desk.draft.question(key) is None
        desk.browser.post(str(desk.browser.follow().soup.select_one("form[action*='/undo/']")["action"]))
        assert desk.draft.question(key) and desk.draft.question(half.key)


def test_what_was_typed_and_not_added_is_looked_at_before_it_is_published(desk: Desk, app: Flask) -> None:
    desk.ask("One")
    desk.browser.post(f"{desk.url}/publish", {"rev": str(desk.row.rev), f"add-{desk.first}-label": "Half a thought"})
    assert "Not published yet: what you had typed was not added." in desk.browser.follow().text
    with reading(app):
        assert db.session.scalar(select(func.count(QuestionnaireVersion.id))) == 0
    desk.publish()


def test_a_question_typed_for_a_section_that_is_gone_goes_to_the_end(desk: Desk, abe: Browser) -> None:
    desk.browser.post(f"{desk.url}/sections", {"new-title": "Second"})
    gone, last = desk.first, desk.draft.sections[1].key
    abe.get(desk.url)
    abe.post(f"{desk.url}/parts/{gone}/remove", {"rev": str(desk.row.rev)})
    desk.browser.post(f"{desk.url}/take-in", {f"add-{gone}-label": "Still here?"})
    assert [q.label["en"] for q in desk.draft.sections[0].questions] == ["Still here?"] and desk.first == last


def test_putting_away_and_bringing_back_is_recorded_once_each_and_edits_are_not(desk: Desk, app: Flask) -> None:
    desk.ask("One")
    for verb in ("archive", "archive", "restore", "restore"):
        desk.browser.post(f"{desk.url}/{verb}")
    with reading(app):
        told = list(db.session.scalars(select(Event.kind).where(Event.object_id == desk.row.id)))
    assert told == [Kind.QUESTIONNAIRE_ARCHIVED.value, Kind.QUESTIONNAIRE_RESTORED.value]


def test_publishing_makes_a_version_once_and_records_it(desk: Desk, app: Flask) -> None:
    desk.ask("What is your bakery called?")
    desk.publish()
    assert "Version 1 is published" in desk.browser.follow().text
    page = desk.browser.post(f"{desk.url}/publish", {"rev": str(desk.row.rev)}, 409)
    assert "Nothing has changed since version 1." in page.text
    desk.ask("And where?")
    assert "Clients still get version 1" in desk.browser.get(desk.url).text
    desk.publish()
    with reading(app):
        versions = list(db.session.scalars(select(QuestionnaireVersion).order_by(QuestionnaireVersion.n)))
        assert [(v.n, len(parse(v.definition).questions)) for v in versions] == [(1, 1), (2, 2)]
        assert versions[1].sha256 == sha256(desk.draft) and versions[1].definition == desk.row.draft
        events = list(db.session.scalars(select(Event).where(Event.kind == Kind.QUESTIONNAIRE_PUBLISHED.value)))
        assert len(events) == 2 and "Website" not in events[0].facts


def test_the_preview_shows_the_clients_page_and_saves_nothing(desk: Desk, nothing_changed) -> None:
    desk.ask("What is your bakery called?")
    with nothing_changed():
        page = desk.browser.get(f"{desk.url}/preview/1")
        assert (
            "What is your bakery called?" in page.text
            and "nothing is saved" in page.text
            and not page.soup.find(attrs={"data-save-url": True})
        )
        desk.browser.get(f"{desk.url}/preview/2", 404)


def test_archived_it_leaves_the_list_and_can_come_back(desk: Desk) -> None:
    desk.browser.post(f"{desk.url}/archive", follow=True)
    assert "Website questionnaire" not in desk.browser.page.soup.find("main").find("h1").text and "1 archived" in desk.browser.page.text
    assert "Website questionnaire" in desk.browser.get(f"{LIST}?archived=").text
    desk.browser.post(f"{desk.url}/publish", {"rev": str(desk.row.rev)}, 409)
    assert "archived" in desk.browser.page.text
    desk.browser.post(f"{desk.url}/restore")
    assert desk.row.archived_at is None


def test_the_list_says_how_often_it_is_used(desk: Desk, app: Flask, cast: Cast) -> None:
    desk.ask("What is your bakery called?")
    desk.publish()
    with reading(app):
        version = db.session.scalars(select(QuestionnaireVersion)).one()
    for _ in range(2):
        make_item(app, cast.project, kind="questionnaire", state="draft", questionnaire_version_id=version.id)
    assert "used 2 times" in desk.browser.get(LIST).text


def test_contacts_and_strangers_find_no_editor(desk: Desk, bea: Browser, nobody: Browser, nothing_changed) -> None:
    key = desk.ask("One")
    with nothing_changed():
        for path in ("", f"/questions/{key}", f"/sections/{desk.first}", "/preview/1", "/name"):
            bea.get(desk.url + path, 404)
            nobody.get(desk.url + path, 303)
        for path in ("/publish", "/archive", "/sections", f"/parts/{key}/remove", f"/questions/{key}"):
            bea.post(desk.url + path, {"rev": str(desk.row.rev)}, 404)


def test_the_list_asks_the_database_as_often_with_20_as_with_2(app: Flask, ada: Browser, count_queries) -> None:
    def write(count: int) -> None:
        act(app, lambda: db.session.add_all(_questionnaire(n) for n in range(count)))

    def asked() -> int:
        with count_queries() as questions:
            ada.get(LIST)
        return len(questions)

    write(2)
    asked()
    few = asked()
    write(18)
    assert asked() == few


def _questionnaire(n: int) -> Questionnaire:
    from uuid import uuid4

    own_id = uuid4()
    return Questionnaire(id=own_id, key=f"k{own_id.hex}", name=f"List {n}", draft='{"format":1,"sections":[]}')


def _id(url: str):
    from uuid import UUID

    return UUID(url.split("/")[3].partition("#")[0])
