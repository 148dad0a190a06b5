"""Who decides: some of them, one after the other, and in whose place; who is missing is told, and nobody decides who may not."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from portal.kernel.clock import now
from portal.kernel.viewer import Role
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.deputies import Deputy
from portal.models.items import Part
from tests.features.approvals.test_client import answer, decisions, present_again
from tests.support.cast import act, db, fresh, make_contact, make_item, name_person, reading

NOTHING = {"milestone": "", "holds_up": "", "questionnaire": ""}


@pytest.fixture
def three(app, cast, browse):
    """Bea, Bob and Cem decide; their browsers."""
    people = [cast.bea, make_contact(app, cast.birch, "Bob Birch"), make_contact(app, cast.birch, "Cem Birch")]
    return people, [browse(person) for person in people]


def ask(app, cast, **spec):
    return make_item(app, cast.project, "Homepage design", kind="approval", spec=spec)


def in_order(app, cast, people):
    item = make_item(app, cast.project, "Homepage design", kind="approval", state="preparing", spec={"rule": "order"})
    for n, person in enumerate(people):
        row = name_person(app, item, person, Part.DECIDE)
        act(app, lambda row=row, n=n: db.session.execute(sa.update(type(row)).where(type(row).id == row.id).values(position=n)))
    present_again(app, cast, item)
    return item


def say(browser, item, choice="approved", words="", seat=None):
    """Answer as the form does; whoever sees no form sends what theirs would."""
    place = f"/items/{item.id}/decision"
    shown = browser.get(place)
    if shown.soup.find("input", {"name": "choice"}):
        return browser.post(place, answer(shown, choice, words, seat=seat or shown.value("seat")), None)
    with reading(browser.app) as session:
        version = session.scalars(sa.select(ApprovalVersion.id).where(ApprovalVersion.item_id == item.id)).first()
    return browser.post(place, {"choice": choice, "words": words, "version": version, "key": "k", "seat": seat or ""}, None)


def day(days):
    return (now() + timedelta(days=days)).astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()


def let(browser, item, person, begins=0, ends=7, status=303):
    return browser.post(f"/items/{item.id}/decision/deputy", {"deputy": person.id, "begins_on": day(begins), "ends_on": day(ends)}, status)


# --- how many, and in which order ---------------------------------------------------------------------------------------


def test_two_of_three_are_enough(app, cast, three):
    item = ask(app, cast, rule="some", need=2)
    (_bea, bob, _cem), browsers = three
    page = browsers[0].get(f"/items/{item.id}/decision")
    assert "2 of these still have to say yes: you, Bob Birch and Cem Birch." in page.text
    say(browsers[0], item)
    assert fresh(app, item).state.value == "to_do"
    assert "One of these still has to say yes: Bob Birch and Cem Birch." in browsers[0].get(f"/items/{item.id}/decision").text
    say(browsers[2], item)
    assert fresh(app, item).state.value == "accepted" and bob


def test_one_no_stops_two_of_three(app, cast, three):
    item = ask(app, cast, rule="some", need=2)
    say(three[1][1], item, "changes", "Warmer")
    assert fresh(app, item).state.value == "preparing"


def test_each_answers_when_it_is_their_turn_and_gets_the_mail_then(app, cast, three, send_mail, nothing_changed):
    (bea, bob, cem), browsers = three
    item = in_order(app, cast, [cem, bea, bob])
    assert [mail.to for mail in send_mail()] == [cem.email_typed]
    page = browsers[0].get(f"/items/{item.id}/decision")
    assert (
        "It is not your turn yet" in page.text
        and "It is the turn of Cem Birch. After that: Bea Birch and Bob Birch, one after the other." in page.text
    )
    assert not page.soup.find("input", {"name": "choice"})
    needed = [browser.get("/").text.split("Waiting for your colleagues")[0].count("Homepage design") for browser in browsers]
    assert needed[:2] == [0, 0] and needed[2] > 0
    version = browsers[2].get(f"/items/{item.id}/decision").value("version")
    with nothing_changed():
        refused = browsers[0].post(f"/items/{item.id}/decision", {"choice": "approved", "version": version, "key": "k"}, 409)
    assert "It is not your turn yet: others answer first" in refused.text
    say(browsers[2], item)
    assert bea.email_typed in [mail.to for mail in send_mail() if "is ready for you" in mail.subject]
    say(browsers[0], item)
    say(browsers[1], item)
    assert fresh(app, item).state.value == "accepted"


def test_staff_say_the_rule_and_the_order_when_they_ask(app, cast, ada, three):
    people = three[0]
    form = {"kind": "approval", "title": "Design", "rule": "order", "rounds": "2", "people": [str(p.id) for p in people], **NOTHING}
    form |= {f"place-{person.id}": str(3 - n) for n, person in enumerate(people)}
    ada.post(f"/staff/projects/{cast.project.id}/ask", form | {"act": "send"})
    page = ada.follow()
    assert "These answer one after the other: Cem Birch, Bob Birch, Bea Birch." in page.text
    assert "0 of 2 agreed rounds of changes used." in page.text
    edit = ada.get(page.url.replace("/present", "/edit"))
    assert [edit.value(f"place-{person.id}") for person in people] == ["3", "2", "1"]
    turned = form | {f"place-{person.id}": str(n + 1) for n, person in enumerate(people)} | {"people": []}
    ada.post(edit.url, turned)
    assert "one after the other: Bea Birch, Bob Birch, Cem Birch." in ada.get(page.url).text


def test_some_needs_a_number_that_fits(cast, ada, three, nothing_changed):
    form = {"kind": "approval", "title": "Design", "rule": "some", "people": [str(p.id) for p in three[0]], "act": "send", **NOTHING}
    with nothing_changed():
        ada.refused(f"/staff/projects/{cast.project.id}/ask", form | {}, says="Say how many of them are enough.", status=422)
        ada.refused(f"/staff/projects/{cast.project.id}/ask", form | {"need": "4"}, says="You named fewer people than that.", status=422)


# --- in whose place -----------------------------------------------------------------------------------------------------


def test_a_deputy_decides_on_behalf_and_everybody_is_told(app, cast, bea, ben, ada, send_mail):
    item = make_item(app, cast.project, "Homepage design", kind="approval")
    send_mail()
    let(bea, item, cast.ben)
    assert sorted((mail.to, mail.subject) for mail in send_mail()) == [
        ("bea@birch.example", "Ben Moss decides for you"),
        ("ben@birch.example", "You decide for Bea Birch"),
    ]
    assert "Homepage design" in ben.get("/").text
    page = ben.get(f"/items/{item.id}/decision")
    assert "You answer on behalf of Bea Birch." in page.text
    assert "Waiting for Bea Birch (or Ben Moss in their place)." in ada.get(f"/staff/items/{item.id}").text
    receipt = say(ben, item)
    (made,) = decisions(app, item)
    assert (made.person_id, made.by_id, made.who, made.behalf) == (cast.bea.id, cast.ben.id, "Ben Moss", "Bea Birch")
    assert fresh(app, item).state.value == "accepted"
    assert "You answered as deputy of Bea Birch" in ben.get(receipt.location).text
    assert "Role deputy of Bea Birch" in bea.get(receipt.location).text
    assert "Ben Moss on behalf of Bea Birch approved it" in ada.get(f"/staff/items/{item.id}").text
    mails = send_mail()
    assert {mail.to for mail in mails} == {"bea@birch.example", "ben@birch.example", "ada@halden.example"}
    assert all("Ben Moss on behalf of Bea Birch" in mail.text for mail in mails)
    bea.get(next(mail.path for mail in mails if mail.to == "bea@birch.example"))


def test_a_deputy_cannot_hand_it_on_and_names_nobody(app, cast, bea, ben, browse, nothing_changed):
    item = make_item(app, cast.project, kind="approval")
    third = make_contact(app, cast.birch, "Dan Birch", role=Role.CONTRIBUTE)
    dan = browse(third)
    let(bea, item, cast.ben)
    ben.get(f"/items/{item.id}/decision/deputy", 404)
    with nothing_changed():
        let(ben, item, third, status=404)
        say(dan, item)


def test_it_begins_and_ends_by_the_clients_calendar(app, cast, bea, ben, clock, nothing_changed):
    item = make_item(app, cast.project, kind="approval")
    let(bea, item, cast.ben, begins=1, ends=2)
    with nothing_changed():
        say(ben, item)
    clock.advance(days=3)
    with nothing_changed():
        say(ben, item)
    clock.advance(days=-2)
    say(ben, item)
    assert fresh(app, item).state.value == "accepted"


def test_it_can_be_ended_and_then_counts_no_more(app, cast, bea, ben, send_mail, nothing_changed):
    item = make_item(app, cast.project, kind="approval")
    let(bea, item, cast.ben)
    opened = ben.get(f"/items/{item.id}/decision")
    place = f"/items/{item.id}/decision/deputy"
    page = bea.get(place)
    send_mail()
    bea.post(f"{place}/end", {"deputy": page.soup.find("input", {"name": "deputy"})["value"]}, follow=True)
    assert "You decide for yourself again." in bea.page.text
    assert {mail.to for mail in send_mail()} == {"bea@birch.example", "ben@birch.example"}
    with nothing_changed():
        ben.post(f"/items/{item.id}/decision", answer(opened, "approved", seat=opened.value("seat")), 403)


def test_naming_somebody_else_takes_the_place_of_the_one_before(app, cast, bea, ben, three, nothing_changed):
    item = make_item(app, cast.project, kind="approval", spec={"rule": "all"})
    let(bea, item, cast.ben)
    let(bea, item, three[0][1])
    with nothing_changed():
        say(ben, item)
    bob = three[1][1].get(f"/items/{item.id}/decision")
    assert "For whom do you answer?" in bob.text and "On behalf of Bea Birch" in bob.text
    assert bob.value("seat") == str(three[0][1].id)
    say(three[1][1], item, seat=cast.bea.id)
    say(three[1][1], item)
    assert {decision.person_id for decision in decisions(app, item)} == {cast.bea.id, three[0][1].id}


def test_only_a_colleague_who_works_there_can_be_named(app, cast, bea, cal, ada, nothing_changed):
    item = make_item(app, cast.project, kind="approval")
    guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
    with nothing_changed():
        for person in (cast.cal, cast.ada, guest, cast.bea):
            let(bea, item, person, status=422)
        let(bea, item, cast.ben, begins=-2, status=422)
        let(bea, item, cast.ben, begins=3, ends=1, status=422)
        let(bea, item, cast.ben, ends=500, status=422)
        let(cal, item, cast.ben, status=404)
        let(ada, item, cast.ben, status=404)


def test_both_sides_of_a_seat_make_one_answer(app, cast, bea, ben, nothing_changed):
    item = make_item(app, cast.project, kind="approval", spec={"rule": "all"})
    make_contact(app, cast.birch, "Bob Birch")
    let(bea, item, cast.ben)
    opened = bea.get(f"/items/{item.id}/decision")
    say(ben, item)
    with nothing_changed():
        refused = bea.post(f"/items/{item.id}/decision", answer(opened, "approved"), 409)
    assert "Ben Moss has answered in the place of Bea Birch already." in refused.text
    (made,) = decisions(app, item)
    bea.post(f"/items/{item.id}/decision/take-back", {"decision": made.id}, follow=True)
    assert "Your answer is taken back." in bea.page.text


def test_one_form_sent_for_two_seats_makes_two_answers(app, cast, three, ben):
    (bea, bob, _), browsers = three
    item = ask(app, cast, rule="all")
    for browser in browsers[:2]:
        let(browser, item, cast.ben)
    sent = answer(ben.get(f"/items/{item.id}/decision"), "approved")
    for seat in (bea, bob):
        ben.post(f"/items/{item.id}/decision", sent | {"seat": seat.id})
    assert [made.person_id for made in decisions(app, item)] == [bea.id, bob.id]


def test_who_stands_in_no_longer_takes_nothing_back_in_that_place(app, cast, three, ben, nothing_changed):
    (bea, *_), browsers = three
    item = ask(app, cast, rule="all")
    for browser in browsers[:2]:
        let(browser, item, cast.ben)
    say(ben, item, seat=bea.id)
    with reading(app) as session:
        named = session.scalars(sa.select(Deputy).where(Deputy.person_id == bea.id)).one().id
    browsers[0].post(f"/items/{item.id}/decision/deputy/end", {"deputy": named})
    (made,) = decisions(app, item)
    with nothing_changed():
        ben.post(f"/items/{item.id}/decision/take-back", {"decision": made.id}, 404)


def test_who_left_is_no_deputy_any_more(app, cast, bea, ben, nothing_changed):
    from portal.models.clients import Membership

    item = make_item(app, cast.project, kind="approval")
    let(bea, item, cast.ben)
    act(app, lambda: db.session.execute(sa.update(Membership).where(Membership.person_id == cast.ben.id).values(role="watch")))
    with nothing_changed():
        say(ben, item)
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Deputy)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(Decision)) == 0
