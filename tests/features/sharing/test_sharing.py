"""Files we give a client: laid ready, sent in one act to everybody or some, seen, and taken back with a word."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.models.files import Scan, Upload
from portal.models.projects import Project, ProjectState
from portal.models.sharing import Share
from tests.support.cast import PDF, act, fresh, give_files, lay_for, make_contact, make_project, reading


def chosen(*names, **more):
    return {"files": [(io.BytesIO(PDF), name) for name in names], **more}


@pytest.fixture
def place(cast):
    return f"/staff/projects/{cast.project.id}/give"


def shares(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(Share)))


def uploads(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(Upload).order_by(Upload.name)))


def test_files_are_sent_in_one_act_with_one_mail_each(app, cast, ada, bea, place, send_mail, clock):
    ada.post(place, chosen("Plan.pdf", "Offer.pdf", note="As we said", act="give"))
    assert send_mail() == []
    clock.advance(minutes=3)
    mails = {mail.to: mail for mail in send_mail()}
    assert set(mails) == {"bea@birch.example", "ben@birch.example"}
    assert mails["bea@birch.example"].subject == "2 files for you: Offer.pdf and more"
    assert "As we said" in mails["bea@birch.example"].text
    home = bea.get("/")
    assert "New from us" in home.text and "Offer.pdf and 1 more" in home.text
    (share,) = shares(app)
    page = bea.get(f"/given/{share.id}")
    assert "As we said" in page.text and "Plan.pdf" in page.text
    assert "New from us" not in bea.get("/").text
    bea.get(next(link for link in page.links if link.startswith("/files/")))
    shown = ada.get(f"/staff/clients/{cast.birch.id}/files").text
    assert "Bea Birch opened it on" in shown


@pytest.mark.both
def test_two_acts_at_once_share_one_mail(app, cast, send_mail, clock):
    give_files(app, cast.project, "one.pdf")
    give_files(app, cast.project, "two.pdf")
    clock.advance(minutes=3)
    mails = send_mail()
    assert len(mails) == 2
    assert all("one.pdf" in mail.text and "two.pdf" in mail.text for mail in mails)


def test_what_lies_ready_is_seen_by_nobody_outside(app, cast, ada, bea, place, send_mail):
    ada.post(place, chosen("Plan.pdf", act="save"), 200)
    (file,) = uploads(app)
    assert "Plan.pdf" in ada.get(place).text
    bea.get(f"/files/{file.id}", 404)
    assert "Plan.pdf" not in bea.get("/files").text and "Plan.pdf" not in bea.get("/").text
    assert send_mail() == []
    assert "“Plan.pdf” is removed." in ada.post(place, {"drop": str(file.id)}, 200).text
    ada.refused(place, {"note": "Nothing", "act": "give"}, says="Choose at least one file first.", status=422)


def test_given_to_some_nobody_else_sees_or_hears_of_it(app, cast, ada, bea, ben, place, send_mail, clock):
    ada.post(place, chosen("Salary.pdf", act="give", people=[str(cast.ben.id)], **{"for": "some"}))
    clock.advance(minutes=3)
    assert [mail.to for mail in send_mail()] == ["ben@birch.example"]
    (share,), (file,) = shares(app), uploads(app)
    ben.get(f"/given/{share.id}")
    ben.get(f"/files/{file.id}")
    bea.get(f"/given/{share.id}", 404)
    bea.get(f"/files/{file.id}", 404)
    for url in ("/", "/files", f"/files/zip?f={file.id}"):
        assert "Salary.pdf" not in bea.get(url).text, url
    assert "only for Ben Moss" in ada.get(f"/staff/clients/{cast.birch.id}/files").text


def test_some_without_anybody_ticked_is_refused(app, cast, ada, place):
    ada.refused(place, chosen("Plan.pdf", act="give", **{"for": "some"}), says="Choose who sees them", status=422)
    assert shares(app) == []


def test_watchers_see_what_is_for_everybody_and_guests_what_they_are_named_for(app, cast, browse):
    wes, gus = make_contact(app, cast.birch, "Wes", role=Role.WATCH), make_contact(app, cast.birch, "Gus", role=Role.GUEST)
    open_one, own = give_files(app, cast.project, "all.pdf"), give_files(app, cast.project, "own.pdf", to=[gus])
    watcher, guest = browse(wes), browse(gus)
    watcher.get(f"/given/{open_one.id}")
    watcher.get(f"/given/{own.id}", 404)
    guest.get(f"/given/{open_one.id}", 404)
    assert "own.pdf" in guest.get(f"/given/{own.id}").text
    text = guest.get("/files").text
    assert "own.pdf" in text and "all.pdf" not in text


def test_taken_back_it_cannot_be_opened_any_more_and_the_word_stands_there(app, cast, ada, bea, send_mail, clock):
    share = give_files(app, cast.project, "Plan.pdf")
    (file,) = uploads(app)
    bea.get(f"/files/{file.id}")
    page = ada.get(f"/staff/shares/{share.id}/withdraw")
    assert "Plan.pdf" in page.text
    ada.post(f"/staff/shares/{share.id}/withdraw", {"words": "That was an old one."})
    bea.get(f"/files/{file.id}", 404)
    assert "That was an old one." in bea.get(f"/given/{share.id}").text
    files = bea.get("/files").text
    assert "Plan.pdf" not in files and "That was an old one." in files
    assert "New from us" not in bea.get("/").text
    clock.advance(minutes=3)
    assert send_mail() == []
    again = ada.post(f"/staff/shares/{share.id}/withdraw", {"words": "Again"}, 409)
    assert "This has been taken back already." in again.text


def test_a_new_version_takes_the_place_and_the_older_one_can_still_be_opened(app, cast, ada, bea, place):
    give_files(app, cast.project, "Plan.pdf")
    (old,) = uploads(app)
    shown = ada.get(f"{place}?replaces={old.id}")
    assert shown.h1 == "Send a new version"
    ada.post(f"{place}?replaces={old.id}", chosen("Plan new.pdf", act="give"))
    new = next(file for file in uploads(app) if file.replaces_id)
    assert (new.version, new.replaces_id, new.first_id) == (2, old.id, old.id)
    page = bea.get("/files")
    assert "Version 2, replaces Plan.pdf" in page.text
    bea.get(f"/files/{old.id}")
    for browser, url in ((bea, "/files"), (ada, f"/staff/clients/{cast.birch.id}/files")):
        assert "Bea Birch opened it on" in browser.get(url).soup.select_one("details.more").text
    assert [a.get_text() for a in page.soup.select(".file__name a")] == ["Plan new.pdf"]
    ada.refused(f"{place}?replaces={new.id}", chosen("a.pdf", "b.pdf", act="give"), says="A new version is one file.", status=422)
    ada.get(f"{place}?replaces={fresh(app, cast.project).id}", 404)


def test_a_version_that_was_taken_back_leaves_the_older_one(app, cast, ada, bea):
    give_files(app, cast.project, "Plan.pdf")
    (old,) = uploads(app)
    lay_for(app, cast.project, "Plan 2.pdf", replaces=old)
    assert "Plan.pdf" in bea.get("/files").text
    share = give_files(app, cast.project)
    assert "Plan 2.pdf" in bea.get("/files").text
    ada.post(f"/staff/shares/{share.id}/withdraw", {"words": ""})
    text = bea.get("/files").text
    assert "Plan.pdf" in text and "Plan 2.pdf" not in text


def test_an_infected_or_unchecked_file_is_not_given(app, cast, ada, place):
    file = lay_for(app, cast.project, "Plan.pdf")
    for state in (Scan.WAITING, Scan.INFECTED):
        act(app, lambda state=state: setattr(db.session.get_one(Upload, file.id), "scan", state))
        ada.refused(place, {"act": "give"}, says="cannot be sent yet")
    assert shares(app) == []


@pytest.mark.parametrize(
    ("state", "sentence"),
    [(ProjectState.DRAFT, "No client sees this project yet."), (ProjectState.ARCHIVED, "This project is closed.")],
)
def test_a_project_nobody_sees_takes_nothing(app, cast, ada, state, sentence, nothing_changed):
    project = make_project(app, cast.birch, "Shop", state=state)
    with nothing_changed():
        ada.refused(f"/staff/projects/{project.id}/give", chosen("Plan.pdf", act="give"), says=sentence)


def test_strangers_find_nothing(app, cast, cal, nothing_changed):
    share = give_files(app, cast.project, "Plan.pdf")
    (file,) = uploads(app)
    with nothing_changed():
        cal.get(f"/given/{share.id}", 404)
        cal.get(f"/files/{file.id}", 404)
        cal.get(f"/files?share={share.id}", 404)


def test_the_pages_ask_as_much_for_twenty_as_for_two(app, cast, ada, bea, place, count_queries):
    share = give_files(app, cast.project, "a.pdf", "b.pdf")
    many_files = give_files(app, cast.project, *(f"{n}.pdf" for n in range(20)))
    bea.get(f"/given/{share.id}")
    bea.get(f"/given/{many_files.id}")
    for browser, few_url, many_url in ((bea, f"/given/{share.id}", f"/given/{many_files.id}"),):
        with count_queries() as few:
            browser.get(few_url)
        with count_queries() as many:
            browser.get(many_url)
        assert len(many) == len(few), many
    lay_for(app, cast.project, "ready.pdf")
    with count_queries() as few:
        ada.get(place)
    for n in range(5):
        lay_for(app, cast.project, f"ready{n}.pdf")
    with count_queries() as many:
        ada.get(place)
    assert len(many) == len(few), many
    with reading(app) as session:
        assert session.get_one(Project, cast.project.id).state is ProjectState.ACTIVE
