"""Many clients from one sheet: every problem row is named before anything is written, and then all of them begin, or none."""

import pytest
from sqlalchemy import func, select

from portal.features.clients import sheet
from portal.models.clients import Client
from portal.models.projects import Project, ProjectState
from tests.support.cast import reading
from tests.support.templates import make_version

pytestmark = pytest.mark.sqlite_only
MANY = "/staff/new/many"
FINE = "Company;Person;E-Mail;Sprache;Start\nMaple;Mia Maple;mia@maple.de;;\nOak;Ole Oak;ole@oak.example;Deutsch;05.10.2026\n"


@pytest.fixture
def usual(app, cast):
    """What the form says beside the sheet."""
    version = make_version(app)
    return {"template": str(version.template_id), "starts_on": "2026-09-01", "lead": str(cast.ada.id)}


def clients(app):
    with reading(app) as session:
        return session.scalar(select(func.count(Client.id)))


def test_a_sheet_is_checked_first_and_then_all_of_it_begins(app, ada, usual, nothing_changed, send_mail):
    with nothing_changed():
        page = ada.post(MANY, usual | {"text": FINE, "act": "check"}, 200)
    assert "2 clients, and every row is fine" in page.text
    assert "Mon 5 Oct" in page.text
    ada.post(MANY, usual | {"text": FINE, "act": "send"})
    with reading(app) as session:
        made = {client.name: client.language for client in session.scalars(select(Client)) if client.name in ("Maple", "Oak")}
        running = session.scalars(select(Project).where(Project.template_version_id.is_not(None))).all()
    assert made == {"Maple": "de", "Oak": "de"}
    assert {(project.name, project.state) for project in running} == {("Neue Website", ProjectState.ACTIVE)}
    assert sorted(mail.to for mail in send_mail()) == ["mia@maple.de", "ole@oak.example"]


def test_every_problem_row_is_named_and_nothing_is_written(app, cast, ada, usual, nothing_changed):
    rows = [
        "company,person,email,language,template,start",
        f"{cast.birch.name},Bea,bea2@birch.example,,,",
        "Maple,,mia@maple.example,,,",
        "maple,Mo,mo@maple.example,Klingon,,",
        "Oak,Ole,ole at oak,,Brochure,",
        f"Elm,Ed,{cast.abe.email_typed},,,31/02/2026",
    ]
    with nothing_changed():
        for act in ("check", "send"):
            page = ada.post(MANY, usual | {"text": "\n".join(rows), "act": act}, 200).text
    assert "5 rows need a look" in page
    for sentence in (
        f"{cast.birch.name} is a client already.",
        "The person is missing.",
        "This company stands on line 3 already.",
        "“Klingon” is no language we know.",
        "“ole at oak” is no email address.",
        "There is no published template called “Brochure”.",
        "works here",
        "“31/02/2026” is no day we can read.",
    ):
        assert sentence in page
    assert "Nothing has been written." in page


def test_a_file_from_a_spreadsheet_is_read_whatever_it_is_written_in(ada, usual):
    for data in (FINE.encode("utf-8-sig"), FINE.encode("utf-16"), FINE.replace("Maple", "Müller").encode("cp1252")):
        assert len(sheet.read(sheet.decoded(data)).rows) == 2
    assert sheet.read(sheet.decoded(FINE.replace("Maple", "Müller").encode("cp1252"))).rows[0]["company"] == "Müller"
    assert sheet.read(FINE.replace(";", "\t").replace("\n", "\r\n")).rows[1]["email"] == "ole@oak.example"
    quoted = 'email,company,person\nmia@maple.de,"Maple, Inc.","Mia ""M"" Maple"\n\n'
    assert dict(sheet.read(quoted).rows[0].cells) == {"email": "mia@maple.de", "company": "Maple, Inc.", "person": 'Mia "M" Maple'}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is nothing in it yet."),
        ("company,email\nMaple,m@x.example", "these are missing: person"),
        ("company,person,email,shoe size\nMaple,Mia,m@x.example,39", "We do not know the column “shoe size”."),
        ("company,person,email\n", "There is no client in it"),
        ("company,name,contact,email\nMaple,Mia,Max,m@x.example", "More than one column is the person."),
        ("email,person,company\nm@x.example,Mia,Maple, Inc.", "Line 2 has more cells than there are columns."),
        ("company,person,email\n" + "\n".join(f"C{n},P,p{n}@x.example" for n in range(101)), "At most 100 clients at once."),
    ],
)
def test_a_sheet_that_is_none_says_why(ada, usual, nothing_changed, text, sentence):
    with nothing_changed():
        assert sentence in ada.post(MANY, usual | {"text": text, "act": "send"}, 200).text


def test_too_large_a_sheet_is_refused(ada, usual, nothing_changed):
    with nothing_changed():
        ada.refused(MANY, usual | {"text": "x" * 200_001, "act": "check"}, says="more than a list of clients", status=413)


def test_checking_asks_the_same_of_the_database_for_two_rows_and_for_twenty(ada, usual, count_queries):
    def rows(n):
        return "company,person,email\n" + "\n".join(f"C{i},P{i},p{i}@x.example" for i in range(n))

    ada.post(MANY, usual | {"text": rows(2), "act": "check"}, 200)
    with count_queries() as two:
        ada.post(MANY, usual | {"text": rows(2), "act": "check"}, 200)
    with count_queries() as twenty:
        ada.post(MANY, usual | {"text": rows(20), "act": "check"}, 200)
    assert len(two) == len(twenty)


@pytest.mark.parametrize("text", ['""', ",", ";;\n;;\n"])
def test_a_sheet_of_empty_cells_is_an_empty_sheet(ada, usual, nothing_changed, text):
    with nothing_changed():
        page = ada.post(MANY, usual | {"text": text, "act": "send"}, 200)
    assert "There is nothing in it yet." in page.text
