"""From a mail to something sent: by phone, at a desk and without scripts, within so many taps, and with the same end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.features.clients import actions as clients
from portal.features.nudges import actions as nudges
from portal.kernel.db import db
from portal.kinds.plans.planning import Ask
from portal.models.approvals import Choice
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.reminders import Tone
from tests.conftest import Clock
from tests.journeys.hands import Hand, Plain, Screen
from tests.journeys.listening import Live
from tests.journeys.promises import answers_arrived, decided, file_arrived, receipt_arrived
from tests.support.cast import PDF, act, as_viewer, lay_ready, make_item, make_questionnaire, present, reading
from tests.support.mails import Mail

pytestmark = pytest.mark.journey

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
FILE, DECISION, QUESTIONNAIRE = 3, 3, 6  # taps on a device where one is signed in (of the questionnaire: beyond answering)
NEW_DEVICE = 3  # so many taps more elsewhere, and one code at most


@pytest.fixture(autouse=True)
def _a_working_day(clock: Clock) -> None:
    clock.to(MONDAY)


@pytest.fixture
def logo(live: Live) -> Item:
    """A file that Birch owes."""
    return make_item(live.app, live.cast.project, "Your logo", minutes=3)


@pytest.fixture
def nudged(live: Live, logo: Item, clock: Clock) -> str:
    """The link in a nudge to Bea that leads to her logo."""
    ada = as_viewer(live.app, live.cast.ada)
    act(live.app, lambda: nudges.nudge(db.session.get_one(Project, live.cast.project.id), Tone.FRIENDLY, by=ada), by=ada)
    clock.advance(minutes=1)
    (mail,) = [mail for mail in live.mails(to=live.cast.bea.email_typed) if "One small thing" in mail.subject]
    return next(link for link in mail.links if f"/items/{logo.id}" in link)


@pytest.fixture
def asked(live: Live) -> tuple[Item, str]:
    """A design to decide on, and the link in the mail that says so."""
    item = make_item(live.app, live.cast.project, "The design", kind="approval")
    (mail,) = [mail for mail in live.mails(to=live.cast.bea.email_typed) if "is ready" in mail.subject]
    return item, mail.link


def sign_in(hand: Hand, live: Live, person: Person) -> None:
    """From the sign-in page, which knows the address from the mail, through the sign-in mail to the page that was asked for."""
    hand.stands_at("Sign in")
    hand.finds("Your email address", person.email_typed)
    hand.tap("Email me a link")
    hand.stands_at("Check your email")
    (mail,) = live.mails(to=person.email_typed)
    hand.open(mail.link)
    hand.stands_at("Almost there")
    hand.tap("Continue")


def send_a_file(hand: Hand) -> None:
    hand.stands_at("Your logo")
    hand.choose("Logo.pdf", PDF)
    hand.tap("Send these files")
    hand.stands_at("Thank you, “Your logo” is with us")
    hand.reads("Logo.pdf", "A receipt is on its way to you", "That was everything")


def the_logo_arrived(live: Live, clock: Clock, item: Item, *, sender: str, address: str) -> None:
    file_arrived(live, item, name="Logo.pdf", content=PDF, sender=sender)
    clock.advance(minutes=3)
    receipt_arrived(live, address, "Your logo", "Logo.pdf", "SHA-256")


class TestAFile:
    def test_from_a_nudge_on_a_device_that_knows_her(self, live: Live, hand: Hand, clock: Clock, logo: Item, nudged: str) -> None:
        hand.enter(live.cast.bea)
        hand.open(nudged)
        send_a_file(hand)
        assert (hand.taps, hand.keys) == (FILE, 0)
        the_logo_arrived(live, clock, logo, sender="Bea Birch", address=live.cast.bea.email_typed)

    def test_from_a_nudge_on_a_new_device(self, live: Live, hand: Hand, clock: Clock, logo: Item, nudged: str) -> None:
        hand.open(nudged)
        sign_in(hand, live, live.cast.bea)
        send_a_file(hand)
        assert (hand.taps, hand.keys) == (FILE + NEW_DEVICE, 0)
        the_logo_arrived(live, clock, logo, sender="Bea Birch", address=live.cast.bea.email_typed)

    def test_from_the_first_mail_with_its_code(self, live: Live, hand: Hand, clock: Clock) -> None:
        item, mail = begin_with_dana(live)
        hand.open(mail.link)
        hand.stands_at("Welcome")
        hand.type("Code from the email", mail.code)
        hand.tap("Continue")
        hand.reads("Hello Dana")
        hand.tap("Your logo")
        send_a_file(hand)
        assert hand.taps <= FILE + NEW_DEVICE and hand.keys <= 9
        the_logo_arrived(live, clock, item, sender="Dana Dogwood", address="dana@dogwood.example")

    def test_a_sign_in_link_opened_in_another_browser_wants_the_code(self, live: Live, hand: Hand, nudged: str) -> None:
        mail = ask_elsewhere(live, nudged)
        hand.open(mail.link)
        hand.stands_at("Almost there")
        hand.type("Code from the email", mail.code)
        hand.tap("Continue")
        send_a_file(hand)
        assert hand.taps <= FILE + NEW_DEVICE and hand.keys <= 7


class TestADecision:
    def test_yes(self, live: Live, hand: Hand, asked: tuple[Item, str]) -> None:
        item, link = asked
        hand.enter(live.cast.bea)
        hand.open(link)
        hand.stands_at("The design")
        hand.tick("Yes, I approve it")
        hand.tap("Send my answer")
        hand.stands_at("Thank you, “The design” is approved")
        assert (hand.taps, hand.keys) == (DECISION, 0)
        decided(live, item, Choice.APPROVED, decider=live.cast.bea)
        receipt_arrived(live, live.cast.bea.email_typed, "The design", "Bea Birch")

    def test_not_yet_on_a_new_device(self, live: Live, hand: Hand, asked: tuple[Item, str]) -> None:
        item, link = asked
        hand.open(link)
        sign_in(hand, live, live.cast.bea)
        hand.stands_at("The design")
        hand.tick("Not yet, please change it")
        hand.type("What should be different, or your note", "A darker blue, please.")
        hand.tap("Send my answer")
        hand.stands_at("Thank you, we got your changes")
        assert hand.taps == DECISION + NEW_DEVICE
        decided(live, item, Choice.CHANGES, decider=live.cast.bea, words="A darker blue, please.")
        receipt_arrived(live, live.cast.bea.email_typed, "A darker blue, please.")

    def test_a_picture_is_seen_large_and_the_typed_words_stay(self, live: Live, screens: Callable[..., Screen]) -> None:
        item = make_item(live.app, live.cast.project, "The design", kind="approval", state="preparing")
        lay_ready(live.app, item)
        ada = as_viewer(live.app, live.cast.ada)
        act(live.app, lambda: present(db.session.get_one(Item, item.id), by=ada), by=ada)
        bea = screens(width=390)
        bea.enter(live.cast.bea)
        bea.open(f"/items/{item.id}/decision")
        bea.tick("Not yet, please change it")
        bea.type("What should be different, or your note", "Warmer, please.")
        for close in (lambda: bea.tap("Close"), bea.page.go_back):
            bea.page.get_by_role("link", name="See it large").click()
            expect(bea.page.get_by_role("region", name="Large: Design.png")).to_be_visible()
            expect(bea.page.get_by_role("button", name="Send my answer")).to_be_hidden()
            close()
            expect(bea.page.get_by_role("region", name="Large: Design.png")).to_be_hidden()
            bea.finds("What should be different, or your note", "Warmer, please.")


class TestAQuestionnaire:
    def test_answered_and_sent(self, live: Live, hand: Hand, clock: Clock) -> None:
        version = make_questionnaire(live.app)
        item = make_item(live.app, live.cast.project, "Your company", kind="questionnaire", questionnaire_version_id=version.id)
        clock.advance(minutes=1)
        (mail,) = live.mails(to=live.cast.bea.email_typed)
        hand.enter(live.cast.bea)
        hand.open(next(link for link in mail.links if f"/items/{item.id}" in link))
        hand.stands_at("The company")
        hand.type("What is its name?", "Birch & Sons")
        hand.tap("Next section")
        hand.stands_at("The shop")
        hand.tick("Yes")
        hand.tap("Check your answers")
        hand.stands_at("Check your answers")
        hand.reads("Birch & Sons")
        hand.tap("Send my answers")
        hand.stands_at("Thank you, “Your company” is with us")
        assert hand.taps - 1 <= QUESTIONNAIRE, "beyond the one answer that is a tap"
        answers_arrived(live, item, sender=live.cast.bea, q1="Birch & Sons", q2="yes")
        clock.advance(minutes=3)
        receipt_arrived(live, live.cast.bea.email_typed, "Your company")


def ask_elsewhere(live: Live, link: str) -> Mail:
    """Ask for a sign-in mail in some other browser; the mail leads to the same page."""
    other = Plain(live)
    other.open(link)
    other.tap("Email me a link")
    return live.mail()


def begin_with_dana(live: Live) -> tuple[Item, Mail]:
    """A new client with one thing to send, and the one mail that begins it all."""
    ada = as_viewer(live.app, live.cast.ada)
    company = clients.Company("Dogwood", "en", "Europe/Berlin", live.cast.ada)
    contact = clients.Contact("Dana Dogwood", "dana@dogwood.example", "en", "Europe/Berlin")
    plan = clients.Plan("New website", None, (), (Ask(ItemKind.FILES, "Your logo", minutes=3),))
    project = act(live.app, lambda: clients.begin(company, contact, plan, send=True, by=ada).id, by=ada)
    with reading(live.app) as session:
        (item,) = session.scalars(select(Item).where(Item.project_id == project))
    (mail,) = live.mails(to="dana@dogwood.example")
    return item, mail
