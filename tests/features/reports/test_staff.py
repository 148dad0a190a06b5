"""Reports count the working days of what is done, say where a number comes from, and hand it out as a file that does nothing."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from portal.kinds import life
from portal.kinds.waiting.booking import Days
from portal.kinds.waiting.history import Figures, grouped
from portal.models.items import Item
from tests.support.cast import act, add_membership, as_viewer, db, make_client, make_contact, make_item, make_project, make_upload

REPORTS = "/staff/reports"


@pytest.fixture
def done(app, cast, clock):
    """A thing that took a client some working days and us one, asked on Mon 2 Nov 2026."""

    def make(project, person, days, title="Photos", **more):
        clock.to(datetime(2026, 11, 2, 9, tzinfo=UTC))
        item = make_item(app, project, title, doer=person, **more)
        clock.advance(days=days)
        make_upload(app, item, by=person)
        who, ada = as_viewer(app, person), as_viewer(app, cast.ada)
        act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=who), by=who)
        clock.advance(days=1)
        act(app, lambda: life.accept(db.session.get_one(Item, item.id), by=ada), by=ada)
        return item

    return make


def test_the_days_of_what_is_done_stand_by_client_kind_and_template(app, cast, ada, done):
    assert "Nothing to count yet" in ada.get(REPORTS).text
    first = done(cast.project, cast.bea, 1)
    done(cast.project, cast.bea, 3)
    done(cast.cedar_project, cast.cal, 2)
    told = ada.get(REPORTS)
    assert "1 to 3 working days" in told.text
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in told.soup.select(".spent tbody tr")]
    assert [row[:2] for row in rows] == [["Birch", "2 things"], ["Cedar", "1 thing"]]
    assert rows[0][2] == "With them 1 to 3 working days" and rows[0][3] == "With us 1 working day"
    assert "Files 3 things" in ada.get(f"{REPORTS}?by=kind").text
    assert "Without a template 3 things" in ada.get(f"{REPORTS}?by=template").text
    for _n in range(2):
        done(cast.project, cast.bea, 0)
    assert "half within 1 working day nine of ten within 3 working days" in ada.get(REPORTS).text
    cases = ada.get(f"{REPORTS}/cases?client={cast.birch.id}")
    assert "4 things" in cases.text and "3 working days with them, 1 with us" in cases.text and f"/staff/items/{first.id}" in cases.links


def test_a_period_leaves_out_what_was_done_before_it(cast, browse, done, clock):
    done(cast.project, cast.bea, 2)
    clock.advance(days=120)
    ada = browse(cast.ada)
    assert "1 thing" in ada.get(f"{REPORTS}?period=year").text
    assert "Nothing to count yet" in ada.get(f"{REPORTS}?period=quarter").text
    assert "Nothing here" in ada.get(f"{REPORTS}/cases?client={cast.birch.id}&period=quarter").text
    assert "1 thing" in ada.get(f"{REPORTS}?by=nonsense&period=nonsense").text


def test_the_file_holds_every_row_and_no_formula(app, cast, ada, done):
    client = make_client(app, '=HYPERLINK("http://evil")')
    eve = make_contact(app, cast.birch, "Eve")
    add_membership(app, client, eve)
    done(make_project(app, client), eve, 2)
    answer = ada.get(f"{REPORTS}/file")
    (head, row) = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert head[0] == "Name" and row == ["'" + client.name, "1", "2", "2", "1", "1"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_reports_ask_as_much_for_many_as_for_two(app, cast, ada, done, count_queries):
    asked = []
    for n in (1, 3):
        for number in range(n):
            client = make_client(app, f"Number {n} {number}")
            done(make_project(app, client), make_contact(app, client), 1)
        with count_queries() as these:
            ada.get(REPORTS)
            ada.get(f"{REPORTS}/cases?kind=files")
        asked.append(len(these))
    assert asked[0] == asked[1]


def test_contacts_do_not_come_in_here(bea):
    bea.get(REPORTS, status=404)


def test_half_and_nine_of_ten_are_plain_counts():
    assert Figures.of([5, 1, 9, 2]) == Figures(1, 3.5, 9, 9)
    assert Figures.of(range(1, 21)) == Figures(1, 10.5, 18, 20)
    assert grouped([], lambda case: case.client_id) == {} and Days(1, 2) + Days(3, 4, 5) == Days(4, 6, 5)
