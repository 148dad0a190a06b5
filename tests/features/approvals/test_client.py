"""The page on which a client decides: what was frozen is shown, one answer counts, and it can be taken back for 15 minutes."""

from __future__ import annotations

import io
import json
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from PIL import Image

from portal.kernel.clock import now
from portal.kernel.record import Event, Kind
from portal.kernel.viewer import Role
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.items import Item, Part
from tests.support.cast import act, as_viewer, decide, fresh, make_contact, make_item, name_person, present, reading


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Homepage design", kind="approval")


@pytest.fixture
def page(item):
    return f"/items/{item.id}/decision"


def answer(page, choice, words="", **more):
    """What the form on a page sends."""
    return {"choice": choice, "words": words, "version": page.value("version"), "key": page.value("key"), **more}


def decisions(app, item):
    with reading(app) as session:
        return list(session.scalars(sa.select(Decision).where(Decision.item_id == item.id).order_by(Decision.at)))


def present_again(app, cast, item, **how):
    ada = as_viewer(app, cast.ada)
    act(app, lambda: present(session_item(item), by=ada, **how), by=ada)


def session_item(item):
    from portal.kernel.db import db

    return db.session.get_one(Item, item.id)


def test_what_was_frozen_is_shown_and_nothing_is_chosen_beforehand(bea, page):
    shown = bea.get(page)
    assert shown.h1 == "Homepage design"
    assert "Look at the plan." in shown.text
    assert "Is version 1 right?" in shown.text
    assert shown.value("choice") == ""


def test_a_form_sent_again_is_the_same_answer_only_as_long_as_it_says_the_same(app, cast, bea, item, page, nothing_changed):
    sent = answer(bea.get(page), "changes", "Warmer")
    bea.post(page, sent)
    with nothing_changed():
        bea.post(page, sent)
        other = bea.post(page, sent | {"words": "No, colder"}, 409)
    assert "You have answered this already." in other.text
    present_again(app, cast, item)
    bea.post(page, sent | {"version": bea.get(page).value("version"), "words": "Colder"})
    assert [made.words for made in decisions(app, item)] == ["Warmer", "Colder"]


def test_a_yes_is_one_decision_with_a_receipt_and_leads_on(app, cast, bea, item, page):
    other = make_item(app, cast.project, "Logo")
    bea.post(page, answer(bea.get(page), "approved"))
    receipt = bea.follow()
    assert receipt.h1 == "Thank you, “Homepage design” is approved"
    assert "Next: Logo" in receipt.text
    (made,) = decisions(app, item)
    assert (made.choice.value, made.person_id, made.words) == ("approved", cast.bea.id, "")
    assert made.evidence["name"] == "Bea Birch"
    assert made.evidence["device"] == "Firefox on Windows"
    assert fresh(app, item).state.value == "accepted"
    for fact in ("Bea Birch", "bea@birch.example", "Europe/Berlin", "with a link from an email", "version 1"):
        assert fact in receipt.text
    with reading(app) as session:
        version = session.scalars(sa.select(ApprovalVersion)).one()
    assert version.sha256 in receipt.text.replace(" ", "")
    assert other


def test_what_a_yes_makes_possible_is_told_with_all_that_still_stands_before_it(app, cast, bea, send_mail):
    design, launch = cast.milestones[1:]
    item = make_item(app, cast.project, "Homepage design", kind="approval", holds_up_id=launch.id)
    texts = make_item(app, cast.project, "Texts", milestone_id=design.id)
    make_item(app, cast.project, "Nice to have", milestone_id=design.id, required=False)
    place = f"/items/{item.id}/decision"
    shown = bea.get(place)
    assert "“Launch” is planned for" in shown.text and "and also waits for “Texts”." in shown.text
    bea.post(place, answer(shown, "approved"))
    receipt = bea.follow()
    assert "and also waits for “Texts”." in receipt.text and "can start" not in receipt.text
    mail = next(mail for mail in send_mail() if mail.subject.startswith("Receipt"))
    assert "waits for one more thing" in mail.words and "can start" not in mail.text
    act(app, lambda: session_item(texts).waive(at=now()))
    assert "Now “Launch” can start on" in bea.get(receipt.url).text


def test_the_receipt_says_when_it_was_presented_and_when_first_seen(app, cast, bea, ben, clock):
    item = make_item(app, cast.project, "Homepage design", kind="approval")
    place = f"/items/{item.id}/decision"
    clock.advance(hours=2)
    ben.get(place)
    clock.advance(hours=1)
    seen_at = clock.now
    bea.get(place)
    clock.advance(hours=3)
    bea.post(place, answer(bea.get(place), "approved"))
    receipt = bea.follow()
    names, values = ([part.get_text(" ", strip=True) for part in receipt.soup.select(f".receipt {tag}")] for tag in ("dt", "dd"))
    told = dict(zip(names, values, strict=True))
    hour = seen_at.astimezone(ZoneInfo(cast.bea.zone)).strftime("%H:%M")
    assert hour in told["First opened by you"] and hour not in told["Presented"] and hour not in told["When"]


def test_a_guest_is_not_told_that_a_stage_can_start_nor_what_else_there_is(app, cast, browse):
    item = make_item(app, cast.project, "Homepage design", kind="approval", holds_up_id=cast.milestones[2].id)
    make_item(app, cast.project, "Bank details", milestone_id=cast.milestones[1].id)
    guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
    name_person(app, item, guest, Part.DECIDE)
    shown = browse(guest).get(f"/items/{item.id}/decision")
    assert "“Launch” is planned for" in shown.text and "can start" not in shown.text and "Bank details" not in shown.text


def test_what_was_named_with_angle_brackets_stays_text_in_every_letter(app, cast, bea, send_mail):
    item = make_item(app, cast.project, "Logo <i>new</i>", kind="approval", holds_up_id=cast.milestones[2].id)
    send_mail()
    place = f"/items/{item.id}/decision"
    bea.post(place, answer(bea.get(place), "approved"))
    told = send_mail()
    assert len(told) == 2
    for mail in told:
        assert "<i>" not in mail.html and "&lt;i&gt;new" in mail.html and "<i>new</i>" in mail.text


def test_changes_need_a_sentence_and_what_was_typed_stays(app, bea, item, page, nothing_changed):
    opened = bea.get(page)
    with nothing_changed():
        refused = bea.post(page, answer(opened, "changes"), 422)
    assert "Tell us in one sentence what should be different." in refused.text
    assert refused.value("choice") == "changes"
    with nothing_changed():
        refused = bea.post(page, answer(refused, "approved", "Please use the loaf"), 422)
    assert refused.value("words") == "Please use the loaf"
    bea.post(page, answer(refused, "changes", "Please use the loaf"), follow=True)
    assert fresh(app, item).state.value == "preparing"
    assert decisions(app, item)[0].words == "Please use the loaf"


def test_no_answer_is_asked_for_in_words(bea, page, nothing_changed):
    opened = bea.get(page)
    with nothing_changed():
        refused = bea.post(page, answer(opened, None), 422)
    assert "Choose an answer first." in refused.text


def test_an_answer_to_an_older_version_is_not_taken_and_the_text_is_kept(app, cast, bea, item, page, nothing_changed):
    opened = bea.get(page)
    present_again(app, cast, item, text="Look at the second plan.")
    with nothing_changed():
        refused = bea.post(page, answer(opened, "changes", "The green is too warm"), 409)
    assert "There is a version 2 now. Your answer was not sent." in refused.text
    assert "Look at the second plan." in refused.text
    assert refused.value("words") == "The green is too warm"
    assert refused.value("choice") == ""
    bea.post(page, answer(refused, "changes", "The green is too warm"))
    assert decisions(app, item)[0].version_id != opened.value("version")


@pytest.mark.both
def test_pressing_twice_is_one_decision_and_one_receipt(app, bea, item, page):
    opened = bea.get(page)
    first = bea.post(page, answer(opened, "approved")).location
    assert bea.post(page, answer(opened, "approved")).location == first
    assert len(decisions(app, item)) == 1


def test_another_tab_cannot_answer_a_second_time(app, bea, item, page, nothing_changed):
    one, other = bea.get(page), bea.get(page)
    bea.post(page, answer(one, "approved"))
    with nothing_changed():
        refused = bea.post(page, answer(other, "changes", "No"), 409)
    assert "You have answered this already." in refused.text


def test_the_second_decider_sees_who_was_faster(app, cast, browse, bea, item, page, nothing_changed):
    bob = browse(make_contact(app, cast.birch, "Bob Birch"))
    opened = bob.get(page)
    bea.post(page, answer(bea.get(page), "approved"))
    with nothing_changed():
        refused = bob.post(page, answer(opened, "changes", "Not yet"), 409)
    assert "Bea Birch was faster and has answered this already." in refused.text
    assert "Bea Birch approved it on" in refused.text


def test_all_must_say_yes_where_that_is_the_rule(app, cast, browse, bea, send_mail):
    bob = browse(make_contact(app, cast.birch, "Bob Birch"))
    item = make_item(app, cast.project, kind="approval", spec={"rule": "all"})
    page = f"/items/{item.id}/decision"
    bea.post(page, answer(bea.get(page), "approved"))
    assert fresh(app, item).state.value == "to_do"
    receipt = bea.follow().text
    assert (
        "Thank you for your yes to" in receipt and "This is one yes of the 2 that are needed." in receipt and "is approved" not in receipt
    )
    told = {mail.to: mail for mail in send_mail()}
    assert "Waiting for Bob Birch." in told["bea@birch.example"].words and "we go on" not in told["bea@birch.example"].words
    assert "Homepage design" not in bea.get("/").text.split("Waiting for your colleagues")[0]
    assert told["ada@halden.example"].subject.startswith("One yes: ") and "Waiting for Bob Birch." in told["ada@halden.example"].words
    assert "Waiting for Bob Birch." in bea.get(page).text and "Waiting" not in bob.get(page).text
    assert bea.get("/").soup.find("a", href=page)  # among what waits for her colleagues
    bob.post(page, answer(bob.get(page), "approved"))
    assert fresh(app, item).state.value == "accepted"


def test_everybody_reads_whose_answer_is_missing(app, cast, browse, ada, bea):
    for name in ("Bob Birch", "Cem Birch"):
        make_contact(app, cast.birch, name)
    one, all_of_them = (make_item(app, cast.project, kind="approval", spec={"rule": rule}) for rule in ("any", "all"))
    assert "Your answer is enough. Bob Birch or Cem Birch could answer as well." in bea.get(f"/items/{one.id}/decision").text
    page = bea.get(f"/items/{all_of_them.id}/decision")
    assert "We also need the answer of Bob Birch and Cem Birch." in page.text
    bea.post(page.url, answer(page, "approved"))
    for place in (f"/staff/items/{all_of_them.id}", f"/staff/items/{all_of_them.id}/versions/1"):
        assert "Waiting for Bob Birch and Cem Birch." in ada.get(place).text
    assert "Waiting for Bea Birch, Bob Birch or Cem Birch; one answer is enough." in ada.get(f"/staff/items/{one.id}").text


def test_one_who_wants_changes_stops_it_and_can_take_that_back(app, cast, browse, bea):
    bob = browse(make_contact(app, cast.birch, "Bob Birch"))
    item = make_item(app, cast.project, kind="approval", spec={"rule": "all"})
    page = f"/items/{item.id}/decision"
    bea.post(page, answer(bea.get(page), "approved"))
    bob.post(page, answer(bob.get(page), "changes", "Not the green"))
    assert fresh(app, item).state.value == "preparing"
    yes, no = decisions(app, item)
    bea.post(f"{page}/take-back", {"decision": yes.id})
    assert fresh(app, item).state.value == "preparing"
    bob.post(f"{page}/take-back", {"decision": no.id})
    assert fresh(app, item).state.value == "to_do"
    assert all(decision.taken_back_at for decision in decisions(app, item))


def test_taking_back_is_an_event_and_the_same_person_may_answer_again(app, bea, item, page, clock):
    bea.post(page, answer(bea.get(page), "approved"))
    receipt = bea.follow()
    assert "Take it back (15 min left)" in receipt.text
    clock.advance(minutes=14, seconds=59)
    shown = bea.post(f"{page}/take-back", {"decision": receipt.value("decision")}, follow=True)
    assert "Your answer is taken back." in shown.text
    assert fresh(app, item).state.value == "to_do"
    bea.post(page, answer(shown, "changes", "The green, please"))
    assert [(d.choice.value, d.is_live) for d in decisions(app, item)] == [("approved", False), ("changes", True)]
    with reading(app) as session:
        kinds = list(session.scalars(sa.select(Event.kind).where(Event.item_id == item.id).order_by(Event.seq)))
    assert kinds[-3:] == [Kind.DECISION_MADE, Kind.DECISION_TAKEN_BACK, Kind.DECISION_MADE]


def test_after_15_minutes_it_stands(app, bea, item, page, clock, nothing_changed):
    receipt = bea.post(page, answer(bea.get(page), "approved"), follow=True)
    clock.advance(minutes=15, seconds=1)
    with nothing_changed():
        shown = bea.post(f"{page}/take-back", {"decision": receipt.value("decision")}, follow=True)
    assert "The 15 minutes are over" in shown.text
    assert "Take it back" not in shown.soup.find("main").get_text()


def test_nothing_is_taken_back_once_a_newer_version_stands(app, cast, bea, item, page, nothing_changed):
    receipt = bea.post(page, answer(bea.get(page), "changes", "Warmer"), follow=True)
    present_again(app, cast, item)
    with nothing_changed():
        shown = bea.post(f"{page}/take-back", {"decision": receipt.value("decision")}, follow=True)
    assert "There is a newer version by now" in shown.text
    assert "Version 1" in shown.text
    assert "You asked for changes on" in shown.text
    assert "Warmer" in bea.get(f"{page}/versions/1").text


def test_an_answer_pressed_again_after_it_was_taken_back_is_not_an_answer(app, bea, item, page, nothing_changed):
    opened = bea.get(page)
    receipt = bea.post(page, answer(opened, "approved"), follow=True)
    bea.post(f"{page}/take-back", {"decision": receipt.value("decision")})
    with nothing_changed():
        refused = bea.post(page, answer(opened, "approved"), 409)
    assert "You took that answer back." in refused.text


def test_who_may_not_decide_sees_it_but_cannot_answer(app, cast, ben, bea, item, page, nothing_changed):
    shown = ben.get(page)
    assert "Waiting for Bea Birch." in shown.text
    assert not shown.soup.find("input", {"name": "choice"})
    with nothing_changed():
        ben.post(page, {"choice": "approved", "version": bea.get(page).value("version"), "key": "k"}, 403)
        ben.post(f"{page}/take-back", {"decision": str(item.id)}, None)


def test_only_named_deciders_decide(app, cast, browse, bea, nothing_changed):
    contributor = make_contact(app, cast.birch, "Bob Birch", role=Role.CONTRIBUTE)
    item = make_item(app, cast.project, kind="approval")
    name_person(app, item, contributor, Part.DECIDE)
    page = f"/items/{item.id}/decision"
    with nothing_changed():
        assert "Waiting for Bob Birch." in bea.get(page).text
    bob = browse(contributor)
    bob.post(page, answer(bob.get(page), "approved"), follow=True)
    assert "named to decide this" in bob.page.text


def test_a_stranger_finds_nothing_and_changes_nothing(app, cast, bea, cal, ada, item, page, nothing_changed):
    given = answer(bea.get(page), "approved")
    bea.post(page, given)
    (made,) = decisions(app, item)
    with nothing_changed():
        for url in (page, f"{page}/receipt/{made.id}", f"{page}/versions/1", f"{page}/pictures/{made.id}"):
            cal.get(url, 404)
        cal.post(page, given, 404)
        cal.post(f"{page}/take-back", {"decision": made.id}, 404)
        ada.get(page, 404)
        ada.post(page, given, 404)


def test_nobody_takes_back_somebody_elses_answer(app, cast, browse, bea, item, page, nothing_changed):
    receipt = bea.post(page, answer(bea.get(page), "approved"), follow=True)
    bob = browse(make_contact(app, cast.birch, "Bob Birch"))
    assert not bob.get(bea.page.url).soup.find("input", {"name": "decision"})
    with nothing_changed():
        bob.post(f"{page}/take-back", {"decision": receipt.value("decision")}, 404)


def test_before_the_first_version_the_page_says_so(app, cast, bea):
    item = make_item(app, cast.project, kind="approval", state="preparing")
    assert "We are preparing this for you." in bea.get(f"/items/{item.id}/decision").text
    bea.post(f"/items/{item.id}/decision", {"choice": "approved", "version": "x", "key": "k"}, 409)


def test_other_kinds_have_no_such_page_and_decisions_have_no_other(app, cast, bea, item, nothing_changed):
    files = make_item(app, cast.project)
    with nothing_changed():
        bea.get(f"/items/{files.id}/decision", 404)
        bea.post(f"/items/{item.id}/cannot", {"reason": "We never had it"}, 409)
        bea.post(f"/items/{item.id}/files", {"files": [(io.BytesIO(b"hello"), "a.txt")], "act": "save"}, None)


@pytest.mark.parametrize(
    ("choice", "words", "state"), [("right", "", "accepted"), ("wrong", "June", "preparing"), ("unknown", "", "preparing")]
)
def test_a_confirmation_is_the_same_with_other_words(app, cast, bea, choice, words, state):
    item = make_item(app, cast.project, "When the shop opens", kind="confirmation")
    page = f"/items/{item.id}/decision"
    shown = bea.get(page)
    for said in ("The shop opens in May", "you said so in March", "two weeks", "Is this right?", "I do not know"):
        assert said in shown.text
    bea.post(page, answer(shown, choice, words), follow=True)
    assert fresh(app, item).state.value == state
    assert decisions(app, item)[0].choice.value == choice


def test_an_answer_of_the_other_kind_is_no_answer(bea, page, nothing_changed):
    opened = bea.get(page)
    with nothing_changed():
        bea.post(page, answer(opened, "right"), 422)


def test_both_sides_get_a_receipt_by_mail(app, cast, bea, item, page, send_mail):
    (asked,) = send_mail()
    assert (asked.subject, asked.to) == ("Homepage design is ready for you", "bea@birch.example")
    assert asked.path.startswith(page)
    bea.post(page, answer(bea.get(page), "changes", "Please use the <b>loaf</b> & the rolls"))
    receipt, news = sorted(send_mail(), key=lambda mail: mail.to, reverse=True)
    assert (receipt.subject, receipt.to) == ("We got your changes for Homepage design", "bea@birch.example")
    assert (news.subject, news.to) == ("Changes asked for: Homepage design", "ada@halden.example")
    with reading(app) as session:
        sha256 = session.scalars(sa.select(ApprovalVersion.sha256)).one()
    for mail in (receipt, news):
        assert sha256 in mail.text
        assert "Bea Birch" in mail.text
        assert "> Please use the <b>loaf</b> & the rolls" in mail.text
        assert "Please use the <b>loaf</b> & the rolls" in mail.words
    assert news.path.startswith(f"/staff/items/{item.id}/receipt/")
    bea.get(receipt.path)


def test_nobody_is_asked_by_mail_what_has_been_decided(app, bea, page, send_mail):
    bea.post(page, answer(bea.get(page), "approved"))
    assert sorted(mail.subject for mail in send_mail()) == [
        "Approved: Homepage design, version 1",
        "Receipt: you approved Homepage design, version 1",
    ]


def test_who_holds_a_receipt_hears_when_it_counts_no_more(app, bea, page, send_mail):
    receipt = bea.post(page, answer(bea.get(page), "approved"), follow=True)
    send_mail()
    bea.post(f"{page}/take-back", {"decision": receipt.value("decision")})
    mails = send_mail()
    assert {mail.to for mail in mails} == {"bea@birch.example", "ada@halden.example"}
    assert {mail.subject for mail in mails} == {"Taken back: the answer to Homepage design"}


def test_pictures_are_painted_anew_and_originals_only_downloaded(app, cast, bea, ada, do_chores):
    item = make_item(app, cast.project, kind="approval", state="preparing")
    photo, hidden = io.BytesIO(), Image.Exif()
    hidden[0x010E] = "where the photo was taken"
    Image.new("RGB", (3000, 200), "tan").save(photo, "JPEG", exif=hidden)
    staff = f"/staff/items/{item.id}/present"
    shown = ada.post(staff, {"files": [(io.BytesIO(photo.getvalue()), "shop.jpg")], "act": "save"}, 200)
    alt = next(field["name"] for field in shown.soup.find_all("input") if str(field.get("name", "")).startswith("alt-"))
    upload_id = alt.removeprefix("alt-")
    bea.get(f"/files/{upload_id}", 404)
    bea.get(f"/items/{item.id}/decision/pictures/{upload_id}", 404)
    ada.post(staff, {"text": "Look", alt: "The shop from the street", "act": "publish"})
    do_chores()
    page = bea.get(f"/items/{item.id}/decision")
    assert page.soup.find("img", alt="The shop from the street")["width"] == "1400"
    painted = bea.get(f"/items/{item.id}/decision/pictures/{upload_id}")
    with Image.open(io.BytesIO(painted.data)) as small:
        assert small.size[0] == 1400
        assert not small.getexif()
    assert "sandbox" in painted.headers["Content-Security-Policy"]
    original = bea.get(f"/files/{upload_id}")
    assert original.data == photo.getvalue()
    assert original.headers["Content-Disposition"].startswith("attachment")


def test_the_same_questions_are_asked_for_2_and_20_versions(app, cast, bea, item, page, count_queries):
    def asked():
        bea.get(page)
        with count_queries() as questions:
            bea.get(page)
        return len(questions)

    present_again(app, cast, item)
    few = asked()
    for _ in range(18):
        present_again(app, cast, item)
    assert asked() == few


def test_the_record_holds_no_words_and_the_detail_is_bound(app, bea, item, page):
    bea.post(page, answer(bea.get(page), "changes", "A sentence of mine"))
    with reading(app) as session:
        event = session.scalars(sa.select(Event).where(Event.kind == Kind.DECISION_MADE.value)).one()
    facts = json.loads(event.facts)
    assert set(facts) == {"decision", "version", "n", "choice", "hash", "at"}
    assert "sentence" not in event.content()
    assert event.detail_hash


def test_nothing_waits_when_it_was_waived_and_a_restored_one_asks_again(app, cast, bea):
    item = make_item(app, cast.project, kind="approval", state="waived")
    assert "This is not needed any more." in bea.get(f"/items/{item.id}/decision").text
    from portal.kinds import life

    ada = as_viewer(app, cast.ada)
    act(app, lambda: life.restore(session_item(item), by=ada), by=ada)
    assert fresh(app, item).state.value == "to_do"
    assert decide
