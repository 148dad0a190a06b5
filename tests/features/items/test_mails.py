"""Mails about items: one per delivery, one receipt per burst, one question per finished delivery, and none that is not true any more."""

import pytest

from portal.kernel.db import db
from portal.kinds import life, undoing
from portal.models.clients import StaffClient
from portal.models.items import Item
from tests.support.cast import act, as_viewer, fresh, make_item, make_upload


def does(app, person, verb, item, *words):
    """Somebody does something to an item, now."""
    viewer = as_viewer(app, person)
    return act(app, lambda: verb(db.session.get_one(Item, item.id), *words, by=viewer), by=viewer)


def hands_over(app, cast, *titles):
    """Bea hands over items with these titles."""
    items = [make_item(app, cast.project, title) for title in titles]
    for item in items:
        make_upload(app, item, name=f"{item.text('title', 'en')}.pdf")
        does(app, cast.bea, life.hand_over, item)
    return items


def to(mails, person):
    """What this person got, besides the mail that we ask for something."""
    return [mail for mail in mails if mail.to == person.email_typed and not mail.subject.startswith("What we need")]


@pytest.fixture
def waiting(app, cast):
    """Something still waits for the client."""
    return make_item(app, cast.project, "Opening hours")


# --- to the client, of what is asked ------------------------------------------------------------------------------------


def test_a_list_promises_no_day_that_we_ourselves_have_let_pass(app, cast, clock, send_mail):
    def asked(title, **columns):
        make_item(app, cast.project, title, holds_up_id=cast.milestones[1].id, **columns)
        clock.advance(minutes=10)
        return [mail.words for mail in send_mail() if mail.to == cast.bea.email_typed and title in mail.words]

    assert ["If everything is here by" in words for words in asked("Photos", lead_days=1)] == [True]
    asked("Design", kind="approval", state="preparing", lead_days=30)
    assert ["If everything is here by" in words for words in asked("Texts", lead_days=1)] == [False]


# --- to the firm --------------------------------------------------------------------------------------------------------


def test_the_firm_hears_once_of_a_delivery_when_the_client_pauses(app, cast, clock, send_mail, waiting):
    hands_over(app, cast, "Logo", "Photos")
    clock.advance(minutes=20)
    assert not to(send_mail(), cast.ada)
    hands_over(app, cast, "Menu")
    clock.advance(minutes=29)
    assert not to(send_mail(), cast.ada)
    clock.advance(minutes=2)
    (mail,) = to(send_mail(), cast.ada)
    assert mail.subject == "Birch sent 3 things" and len(mail.subject) <= 45
    for words in ("Logo", "Photos", "Menu", "B-0101", "1 thing still waits for the client."):
        assert words in mail.words and words in mail.text
    assert mail.path.startswith("/staff/review/")
    clock.advance(days=2)
    assert not to(send_mail(), cast.ada)


def test_the_firm_hears_nothing_of_files_that_are_saved_and_not_sent(app, cast, clock, send_mail, waiting):
    for name in ("one.pdf", "two.pdf"):
        make_upload(app, waiting, name=name)
    clock.advance(hours=30)
    assert [mail for mail in send_mail() if mail.to.endswith("@halden.example")] == []


def test_the_firm_hears_at_once_when_nothing_waits_any_more(app, cast, send_mail):
    hands_over(app, cast, "Logo")
    (mail,) = to(send_mail(), cast.ada)
    assert mail.subject == "Birch sent 1 thing" and "Nothing waits for the client any more." in mail.text


def test_everybody_who_counts_the_client_as_theirs_hears_of_it(app, cast, send_mail):
    act(app, lambda: db.session.add(StaffClient(client_id=cast.birch.id, person_id=cast.abe.id)))
    hands_over(app, cast, "Logo")
    mails = send_mail()
    assert len(to(mails, cast.ada)) == 1 and len(to(mails, cast.abe)) == 1


def test_the_firm_hears_nothing_of_what_was_taken_back(app, cast, clock, send_mail, waiting):
    (logo,) = hands_over(app, cast, "Logo")
    does(app, cast.bea, life.take_back, logo)
    clock.advance(hours=1)
    mails = send_mail()
    assert not to(mails, cast.ada) and not to(mails, cast.bea)


# --- to the client ------------------------------------------------------------------------------------------------------


def test_the_sender_gets_one_receipt_for_what_came_together(app, cast, clock, send_mail, waiting):
    logo, _photos = hands_over(app, cast, "Logo", "Photos")
    clock.advance(minutes=3)
    (mail,) = to(send_mail(), cast.bea)
    assert mail.subject == "Receipt: 2 things"
    for words in ("B-0101", "Logo.pdf", "Photos.pdf", "bytes", "Ada looks at it by"):
        assert words in mail.text and words in mail.words
    upload = make_upload(app, waiting)
    assert upload.sha256 in mail.text
    assert fresh(app, logo).round == 1
    clock.advance(days=1)
    assert not to(send_mail(), cast.bea)


def test_a_finished_delivery_asks_again_in_one_mail(app, cast, clock, send_mail, waiting):
    logo, photos, menu = hands_over(app, cast, "Logo", "Photos", "Menu")
    clock.advance(hours=1)
    send_mail()
    does(app, cast.ada, life.send_back, logo, "Do you have it larger?")
    does(app, cast.ada, life.send_back, photos, "Two of them are the same.")
    clock.advance(minutes=5)
    assert send_mail() == []
    does(app, cast.ada, life.accept, menu)
    clock.advance(seconds=9)
    assert send_mail() == []
    clock.advance(seconds=2)
    (mail,) = send_mail()
    assert mail.to == cast.bea.email_typed and mail.subject == "One more look at 2 things"
    for words in ("1 of the 3 things you sent are fine", "Do you have it larger?", "Two of them are the same."):
        assert words in mail.words
    clock.advance(days=2)
    assert not [mail for mail in send_mail() if "look" in mail.subject]


def test_half_an_hour_without_a_verdict_is_as_good_as_finished(app, cast, clock, send_mail, waiting):
    logo, _photos = hands_over(app, cast, "Logo", "Photos")
    clock.advance(hours=1)
    send_mail()
    does(app, cast.ada, life.send_back, logo, "Do you have it larger?")
    clock.advance(minutes=31)
    (mail,) = send_mail()
    assert mail.subject == "One more look at Logo" and mail.path.startswith(f"/items/{logo.id}")


def test_what_was_sent_again_meanwhile_is_not_asked_for(app, cast, clock, send_mail, waiting):
    logo, photos = hands_over(app, cast, "Logo", "Photos")
    clock.advance(hours=1)
    send_mail()
    does(app, cast.ada, life.send_back, logo, "Do you have it larger?")
    does(app, cast.bea, life.hand_over, logo)
    does(app, cast.ada, life.accept, photos)
    clock.advance(minutes=31)
    assert not [mail for mail in send_mail() if "One more look" in mail.subject]


def test_an_undone_accept_holds_the_question_back(app, cast, clock, send_mail, waiting):
    logo, photos = hands_over(app, cast, "Logo", "Photos")
    clock.advance(hours=1)
    send_mail()
    does(app, cast.ada, life.send_back, logo, "Do you have it larger?")
    does(app, cast.ada, life.accept, photos)
    clock.advance(seconds=5)
    does(app, cast.ada, undoing.undo, photos)
    clock.advance(minutes=1)
    assert send_mail() == []


def test_insisting_asks_whoever_said_no(app, cast, clock, send_mail):
    book = make_item(app, cast.project, "Brand book", state="not_available", doer=cast.ben)
    does(app, cast.ada, life.insist, book, "The printer has it.")
    clock.advance(seconds=11)
    (mail,) = send_mail()
    assert mail.to == cast.ben.email_typed and "The printer has it." in mail.text
    assert "You don’t have it?" not in mail.text + mail.words


@pytest.mark.parametrize(("kind", "offers"), [("files", True), ("questionnaire", False)])
def test_only_who_is_asked_for_files_again_reads_that_they_may_not_have_them(app, cast, clock, send_mail, kind, offers):
    make_item(app, cast.project, "About you", kind=kind, state="returned")
    clock.advance(hours=1)
    (mail,) = [mail for mail in send_mail() if "One more look" in mail.subject]
    assert ("You don’t have it?" in mail.words, "You don’t have it?" in mail.text) == (offers, offers)


def test_what_is_fine_is_said_once_a_day_to_those_who_were_not_here(app, cast, clock, send_mail, browse, waiting):
    logo, photos, menu = hands_over(app, cast, "Logo", "Photos", "Menu")
    clock.advance(hours=1)
    send_mail()
    does(app, cast.ada, life.accept, logo)
    does(app, cast.ada, life.accept, photos)
    clock.advance(hours=5)
    (mail,) = send_mail()
    assert mail.subject == "Thank you, 2 things are fine" and "Opening hours" in mail.words
    does(app, cast.ada, life.accept, menu)
    clock.advance(hours=5)
    assert send_mail() == []
    browse(cast.bea).get("/")
    clock.advance(days=1)
    assert send_mail() == []
