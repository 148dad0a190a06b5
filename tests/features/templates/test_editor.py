"""Staff change a template part by part, in each language, and never overwrite each other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from portal.kinds.questionnaires.verdicts import one_by_one
from portal.models.item_states import ItemKind
from portal.models.template import editing
from portal.models.template.file.writing import write
from portal.models.template.file.yaml_file import read
from portal.models.template.shape import Is, Need, When
from portal.models.turns import Part
from tests.features.templates.test_starting import begin, items
from tests.support.browser import Browser
from tests.support.cast import Cast
from tests.support.template_desk import Desk
from tests.support.templates import publish

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def desk(app: Flask, ada: Browser) -> Desk:
    return Desk(app, ada)


def test_saving_a_part_as_it_stands_changes_nothing(desk: Desk) -> None:
    before = desk.draft
    for part in ("about", "milestones/design", "items/brand", "items/logo", "items/photos", "items/home", "roles/boss"):
        desk.write(part)
        assert desk.draft == before, part
    for part in ("about?in=de", "items/logo?in=de", "items/brand?in=de", "texts?in=de"):
        desk.write(part)
        assert desk.draft == before, part
    assert desk.row.rev == 1


def test_everything_about_an_item_can_be_changed(desk: Desk) -> None:
    changed = {"title": "The logo", "why": "", "help": "SVG please", "due-days": "2", "due-way": "after", "due-since": "item:photos"}
    more = {"types": ["vector", "pdf"], "min_count": "2", "max_count": "4", "roles": ["helper"], "needs_review": None, "stage": "design"}
    desk.write("items/logo", **changed, **more, holds_up="design", minutes="20", lead_days="0")
    logo = desk.draft.item("logo")
    assert logo.title == {"en": "The logo", "de": "Ihr Logo"} and logo.why == {"de": "Es bestimmt die Farben."}
    assert logo.due == When(days=2, after="item:photos") and logo.stage == logo.holds_up == "design"
    assert logo.spec == {"types": ["vector", "pdf"], "min_count": 2, "max_count": 4}
    assert (logo.roles, logo.needs_review, logo.required, logo.minutes, logo.lead_days) == (("helper",), False, True, 20, 0)


def test_how_large_files_may_be_is_said_in_megabytes_and_what_a_file_says_exactly_stays(desk: Desk) -> None:
    desk.write("items/logo", min_size="100000", max_mb="20", min_width="600", min_pages="1", max_pages="3")
    spec = {"min_count": 1, "min_bytes": 100_000, "max_bytes": 20_000_000, "min_width": 600, "min_pages": 1, "max_pages": 3}
    assert desk.draft.item("logo").spec == spec
    exactly = replace(desk.draft.item("logo"), spec={"min_bytes": 12_345, "max_bytes": 1_234_567})
    publish(desk.app, desk.row, editing.change(desk.draft, exactly))
    page = desk.at("items/logo")
    assert (page.value("max_mb"), page.soup.select_one("#min_size [selected]")["value"]) == ("1", "12345")
    desk.write("items/logo", title="The logo")
    assert desk.draft.item("logo").spec == exactly.spec
    desk.write("items/logo", min_size="", max_mb="")
    assert desk.draft.item("logo").spec == {}


def test_days_before_something_and_no_day_at_all(desk: Desk) -> None:
    desk.write("items/photos", **{"due-days": "3", "due-way": "before", "due-since": "stage:design"})
    assert desk.draft.item("photos").due == When(days=-3, after="stage:design")
    assert desk.at("items/photos").value("due-days") == "3"
    assert "due 3 working days before “Design” ends" in desk.at().text
    desk.write("items/photos", **{"due-days": ""})
    assert desk.draft.item("photos").due is None


def test_what_opens_when_is_chosen_and_said_with_its_reason(desk: Desk) -> None:
    page = desk.at("items/photos")
    offered = [str(option["value"]) for option in page.soup.find(id="needs-0-on").find_all("option")]
    assert "answer:brand.logo=yes" in offered and "accepted:home" in offered and "accepted:photos" not in offered
    desk.write("items/photos", **{"needs-0-on": "answer:brand.logo=no", "needs-0-why": "We take pictures without it."})
    assert desk.draft.item("photos").needs == (
        Need(item="brand", is_=Is.ANSWER, question="logo", value="no", why={"en": "We take pictures without it."}),
    )
    assert "Opens when “Do you have a logo?” is “No”" in desk.at().text
    desk.write("items/photos", **{"needs-1-on": "sent:logo"})
    assert [need.is_ for need in desk.draft.item("photos").needs] == [Is.ANSWER, Is.SENT]
    desk.write("items/photos", **{"needs-0-on": ""})
    assert [need.is_ for need in desk.draft.item("photos").needs] == [Is.SENT]


def test_answers_are_looked_at_one_by_one_unless_the_template_says_otherwise(app: Flask, cast: Cast, desk: Desk) -> None:
    desk.write("items/brand", one_by_one=None)
    assert desk.draft.item("brand").spec == {"one_by_one": False} and read(write(desk.draft)).template == desk.draft
    project = begin(app, cast, publish(app, desk.row))
    assert not one_by_one(items(app, project)["brand"])
    desk.write("items/brand", one_by_one="y")
    version = publish(app, desk.row)
    assert desk.draft.item("brand").spec == {} and version.n == 2
    page = desk.browser.get(f"/staff/projects/{project.id}/template").text
    assert "every answer looked at by itself: no" in page


def test_a_reason_keeps_its_other_languages(desk: Desk) -> None:
    desk.write("items/home", **{"needs-0-why": "Your photos come first."})
    assert desk.draft.item("home").needs[0].why == {"en": "Your photos come first.", "de": "Wir gestalten um Ihre Fotos herum."}


def test_a_milestone_and_a_role_change(desk: Desk) -> None:
    desk.write("milestones/design", name="Shape", **{"starts-days": "", "ends-days": "4", "ends-since": ""})
    stage = desk.draft.stage("design")
    assert (stage.name["en"], stage.starts, stage.ends) == ("Shape", None, When(days=4))
    desk.write("roles/helper", name="Finds things", part="decide")
    assert (desk.draft.role("helper").name["en"], desk.draft.role("helper").part) == ("Finds things", Part.DECIDE)


def test_a_template_says_its_name_languages_and_reminders(desk: Desk) -> None:
    desk.write("items/logo", reminders="standard")
    assert desk.draft.item("logo").reminders == "standard"
    desk.write("about", name="Big website", languages=["de", "ar"], reminders="standard")
    assert desk.draft.languages == ("en", "de", "ar") and desk.draft.reminders == "standard" and desk.row.name == "Big website"
    desk.browser.post(f"{desk.url}/undo", {"rev": str(desk.row.rev)})
    assert desk.row.name == "New website"
    desk.browser.post(f"{desk.url}/redo", {"rev": str(desk.row.rev)})
    assert desk.row.name == "Big website"
    assert "missing" in desk.at("texts?in=ar").text
    desk.write("about", languages=[])
    assert desk.draft.languages == ("en",) and desk.draft.name["de"] == "Neue Website"


def test_texts_stand_beside_the_first_language_with_gaps_marked(desk: Desk) -> None:
    desk.write("about", languages=["de", "ar"])
    page = desk.at("items/brand?in=ar")
    assert "About your brand" in page.text and "Do you have a logo?" in page.text and page.soup.select(".is-gap")
    typed = {"t:items.brand.title": "عن علامتك", "t:questionnaires.brand.logo.options.yes": "نعم"}
    desk.write("items/brand?in=ar", **typed)
    assert desk.draft.item("brand").title["ar"] == "عن علامتك"
    assert desk.draft.questionnaires["brand"].question("logo").option("yes").label["ar"] == "نعم"
    assert "3 texts are missing" not in desk.at("texts?in=de").text


def test_a_tab_saves_what_was_typed_on_the_way_to_the_other_language(desk: Desk) -> None:
    page = desk.write("items/photos", title="Pictures", then="de")
    assert page.location == f"{desk.url}/items/photos?in=de" and desk.draft.item("photos").title["en"] == "Pictures"


def test_what_is_wrong_is_said_and_the_text_stays(desk: Desk) -> None:
    before = desk.draft
    fields = desk.fields("items/logo", title="", help="Please send SVG", minutes="a lot")
    page = desk.browser.post(f"{desk.url}/items/logo", fields, 422)
    assert "Write what you need" in page.text and page.value("help") == "Please send SVG" and page.value("minutes") == "a lot"
    fields = desk.fields("items/logo", **{"due-days": "9999"})
    assert "Between 0 and 2,000." in desk.browser.post(f"{desk.url}/items/logo", fields, 422).text
    assert desk.draft == before


def test_two_people_on_one_part_are_told_and_nothing_is_overwritten(desk: Desk, abe: Browser) -> None:
    mine = desk.fields("items/logo", help="Mine")
    desk.write("items/logo", help="Theirs")
    page = desk.browser.post(f"{desk.url}/items/logo", mine, 409)
    assert "Somebody else changed this in the meantime" in page.text and "Theirs" in page.text and page.value("help") == "Mine"
    assert desk.draft.item("logo").help["en"] == "Theirs"
    desk.browser.post(f"{desk.url}/items/logo", {**mine, "saw": page.value("saw")})
    assert desk.draft.item("logo").help["en"] == "Mine"


def test_two_people_on_different_parts_do_not_meet(desk: Desk) -> None:
    mine = desk.fields("items/photos", title="My photos")
    desk.write("items/logo", title="Their logo")
    desk.browser.post(f"{desk.url}/items/photos", mine)
    assert [desk.draft.item(key).title["en"] for key in ("logo", "photos")] == ["Their logo", "My photos"]


def test_of_two_translators_the_later_is_told_about_the_same_text_only(desk: Desk) -> None:
    mine = desk.fields("texts?in=de", **{"t:items.logo.title": "Mein Logo", "t:items.photos.title": "Meine Fotos"})
    desk.write("texts?in=de", **{"t:items.logo.title": "Deren Logo"})
    page = desk.browser.post(f"{desk.url}/texts?in=de", mine, 409)
    assert "Somebody else changed one text" in page.text and "Deren Logo" in page.text and page.value("t:items.logo.title") == "Mein Logo"
    assert [desk.draft.item(key).title["de"] for key in ("logo", "photos")] == ["Deren Logo", "Meine Fotos"]
    desk.browser.post(f"{desk.url}/texts?in=de", {**mine, "w:items.logo.title": page.value("w:items.logo.title")})
    assert desk.draft.item("logo").title["de"] == "Mein Logo"


def test_what_a_script_saves_while_somebody_types_is_undone_in_one_go(desk: Desk) -> None:
    before = desk.draft
    for n, text in enumerate(("A", "A new", "A new logo")):
        fields = desk.fields("items/logo", title=text)
        page = desk.browser.post(f"{desk.url}/items/logo", fields, X_Autosave="again" if n else "first")
        assert page.location == f"{desk.url}/items/logo?in=en"
    assert desk.draft.item("logo").title["en"] == "A new logo"
    desk.browser.post(f"{desk.url}/undo", {"rev": str(desk.row.rev)})
    assert desk.draft == before


def test_the_statement_of_a_confirmation_travels_with_it(desk: Desk) -> None:
    desk.browser.post(f"{desk.url}/items", {"title": "Texts come from you", "kind": "confirmation", "stage": ""})
    key = next(piece.key for piece in desk.draft.items if piece.kind is ItemKind.CONFIRMATION)
    desk.write(f"items/{key}", assume="You write the texts.", rule="all")
    assert desk.draft.item(key).spec == {"assume": {"en": "You write the texts."}, "rule": "all"}


def test_how_a_decision_is_made_is_written_by_roles(desk: Desk) -> None:
    desk.write("items/home", rule="order", **{"place-helper": "1", "place-boss": "2"}, decide_days="10", rounds="0", important="y")
    home = desk.draft.item("home")
    assert (home.roles, home.spec) == (("helper", "boss"), {"rule": "order", "decide_days": 10, "rounds": 0, "important": True})
    assert [desk.at("items/home").value(f"place-{role}") for role in home.roles] == ["1", "2"]
    refused = desk.write("items/home", rule="some", status=422)
    assert "Say how many of them are enough." in refused.text and desk.draft.item("home") == home
    desk.write("items/home", rule="some", need="2", rounds="", decide_days="", important=None)
    assert desk.draft.item("home").spec == {"rule": "some", "need": 2}


def test_a_part_that_is_not_there_is_not_found(desk: Desk, app: Flask, bea: Browser) -> None:
    for part in ("items/nothing", "milestones/logo", "roles/logo"):
        desk.browser.get(f"{desk.url}/{part}", 404)
    bea.get(f"{desk.url}/items/logo", 404)


def test_a_part_removed_while_it_was_open_is_said_and_nothing_comes_back(desk: Desk) -> None:
    mine = desk.fields("items/photos", title="Mine")
    desk.browser.post(f"{desk.url}/parts/photos/remove", {"rev": "1"})
    desk.browser.post(f"{desk.url}/items/photos", mine, 404)
    assert desk.draft.item("photos") is None


def test_one_item_costs_as_many_questions_as_twenty(app: Flask, ada: Browser, desk: Desk, count_queries) -> None:  # type: ignore[no-untyped-def]
    with count_queries() as few:
        desk.at("items/logo")
    for n in range(18):
        desk.browser.post(f"{desk.url}/items", {"title": f"Thing {n}", "kind": "files", "stage": "start"})
    with count_queries() as many:
        desk.at("items/logo")
    assert len(many) == len(few), many
