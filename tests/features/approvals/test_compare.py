"""Two versions beside each other, for both sides: what changed is told in words, and nobody else sees it."""

from __future__ import annotations

import pytest

from tests.storage.test_painting import pdf
from tests.support.cast import PDF, PNG, act, as_viewer, db, lay_ready, make_item, present
from tests.support.cast import Item as TheItem


@pytest.fixture
def item(app, cast):
    item = make_item(app, cast.project, "Homepage design", kind="approval", state="preparing")
    for text, files in (("The **loaf** is warm", {"Home.png": PNG, "Plan.pdf": PDF}), ("The loaf is very warm", {"Home.png": PNG + b"\0"})):
        for name, content in files.items():
            lay_ready(app, item, name=name, content=content)
        show(app, cast, item, text)
    return item


def show(app, cast, item, text):
    ada = as_viewer(app, cast.ada)
    act(app, lambda: present(db.session.get_one(TheItem, item.id), by=ada, text=text), by=ada)


def places(item):
    return f"/items/{item.id}/decision/versions/2/compare", f"/staff/items/{item.id}/versions/2/compare"


def test_both_sides_see_what_went_and_came(ada, bea, item):
    for browser, place in zip((bea, ada), places(item), strict=True):
        page = browser.get(place)
        assert "Version 1 beside version 2" in page.text
        assert [part.get_text(" ", strip=True) for part in page.soup.select("ins")] == ["put in: very (end)"]
        assert not page.soup.select("del")
        told = [article.p.get_text(" ", strip=True) for article in page.soup.select("article")]
        assert told == ["Home.png Changed", "Plan.pdf Removed"]
        assert "Not in this version" in page.text


def test_links_lead_there_from_where_versions_are_shown(ada, bea, item):
    client, staff = places(item)
    assert bea.get(f"/items/{item.id}/decision").soup.find("a", href=client)
    assert bea.get(f"/items/{item.id}/decision/versions/2").soup.find("a", href=client)
    for place in (f"/staff/items/{item.id}", f"/staff/items/{item.id}/versions/2"):
        assert ada.get(place).soup.find("a", href=staff)


def test_pages_of_documents_are_turned_on_both_sides_at_once(app, cast, bea, do_chores):
    item = make_item(app, cast.project, "Plan", kind="approval", state="preparing")
    for name, text in (("a", "One"), ("bb", "Two")):
        lay_ready(app, item, name="Plan.pdf", content=pdf(*[(200, 200 + len(name))] * 2))
        show(app, cast, item, text)
    do_chores()
    page = bea.get(places(item)[0])
    assert "Page 1 of 2" in page.text
    page = bea.get(f"{places(item)[0]}?page=2")
    pictures = [img["src"] for img in page.soup.select(".beside__file img")]
    assert len(pictures) == 2 and all(src.endswith("size=screen&page=2") for src in pictures)
    assert all(bea.get(src).status == 200 for src in pictures)
    for wrong in ("page=3", "page=0", "page=x", "with=9", "with=x", "page=9999999"):
        bea.get(f"{places(item)[0]}?{wrong}", 404)


def test_the_first_version_has_nothing_beside_it(ada, bea, item):
    assert bea.get(f"/items/{item.id}/decision/versions/1/compare", 303).location.endswith("/versions/1")
    assert ada.get(f"/staff/items/{item.id}/versions/1/compare", 303).location.endswith("/versions/1")


def test_any_two_versions_can_be_compared(app, cast, bea, item):
    show(app, cast, item, "The loaf is very warm")
    page = bea.get(f"/items/{item.id}/decision/versions/3/compare?with=1")
    assert "Version 1 beside version 3" in page.text
    same = bea.get(f"/items/{item.id}/decision/versions/3/compare")
    assert [link.text for link in same.soup.select("nav[aria-label='Compare with'] a")] == ["Version 2", "Version 1"]


def test_strangers_find_nothing(cal, ada, bea, item):
    client, staff = places(item)
    cal.get(client, 404)
    ada.get(client, 404)
    for browser in (bea, cal):
        browser.get(staff, 404)


def test_the_same_questions_for_2_and_20_versions(app, cast, bea, item, count_queries):
    def asked():
        bea.get(places(item)[0])
        with count_queries() as questions:
            bea.get(places(item)[0])
        return len(questions)

    few = asked()
    for _ in range(18):
        show(app, cast, item, "Once more")
    assert asked() == few
