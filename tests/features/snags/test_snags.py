"""Something is in the way: the client says it in a sentence, the ball is ours, and our answer gives it back."""

from __future__ import annotations

import pytest

from tests.support.cast import fresh, make_item

SAID = "Our photographer is ill."


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Your photos", state="started")


def tell(bea, item, words=SAID):
    bea.post(f"/items/{item.id}/in-the-way", {"words": words})


def test_it_is_our_turn_until_we_have_answered(app, cast, bea, ada, item, send_mail):
    assert "Something else is in the way" in bea.get(f"/items/{item.id}/files").text
    tell(bea, item)
    after = fresh(app, item)
    assert (after.state.value, after.waiting_on.value, after.stuck) == ("started", "firm", True)
    assert fresh(app, cast.project).lane.value == "us"
    home = bea.follow()
    assert "You told us that something is in the way." in home.text and "Nothing to do for you right now" in home.text
    assert "from your side" not in home.text
    assert SAID in bea.get(f"/items/{item.id}/files").text
    mail = next(mail for mail in send_mail() if mail.to == cast.ada.email_typed)
    assert SAID in mail.text and "It is our turn until you have answered." in mail.text
    assert SAID in ada.get(f"/staff/items/{item.id}").text
    answer = f"/staff/items/{item.id}/in-the-way"
    queue = ada.get("/staff/review")
    assert SAID in queue.text and "1 thing that a client cannot go on with." in queue.text and queue.soup.select_one(f"a[href='{answer}']")
    assert queue.soup.select_one("nav a[href='/staff/review'] .count").get_text() == "1"
    page = ada.get(f"/staff/clients/{cast.birch.id}")
    assert SAID in page.text and page.soup.select_one(f"a.btn[href='{answer}']")
    ada.post(f"/staff/items/{item.id}/in-the-way", {"words": "Take your time until Friday."})
    after = fresh(app, item)
    assert (after.state.value, after.waiting_on.value, after.stuck) == ("started", "client", False)
    mail = next(mail for mail in send_mail() if mail.to == cast.bea.email_typed)
    assert "Take your time until Friday." in mail.text
    assert "All reviewed." in ada.get("/staff/review").text and SAID not in ada.page.text
    assert "settled what was in the way of" in ada.get(f"/staff/items/{item.id}").text


def test_whoever_can_go_on_all_the_same_says_so_or_just_sends_it(app, cast, bea):
    item = make_item(app, cast.project, state="sent")
    bea.post(f"/items/{item.id}/take-back")
    tell(bea, item)
    bea.post(f"/items/{item.id}/in-the-way/over", follow=True)
    assert fresh(app, item).waiting_on.value == "client"
    tell(bea, item, "And now it rains.")
    bea.post(f"/items/{item.id}/files", {"note": "All there is.", "act": "send"})
    assert (fresh(app, item).state.value, fresh(app, item).stuck) == ("sent", False)
    bea.post(f"/items/{item.id}/take-back")
    assert fresh(app, item).waiting_on.value == "client"


def test_it_stays_ours_when_the_project_has_rested_meanwhile(app, cast, bea, ada, item):
    tell(bea, item)
    for verb, side in (("pause", "nobody"), ("resume", "firm")):
        ada.post(f"/staff/projects/{cast.project.id}/{verb}")
        assert fresh(app, item).waiting_on.value == side


def test_it_needs_a_sentence_once(app, bea, ada, item, nothing_changed):
    here = f"/items/{item.id}/in-the-way"
    with nothing_changed():
        bea.refused(here, {"words": " "}, says="Tell us in a sentence what is in the way.", status=422)
        bea.post(f"{here}/over", follow=True)
        assert "This has changed in the meantime." in bea.page.text
    tell(bea, item)
    with nothing_changed():
        bea.refused(here, {"words": "More."}, says="You have told us already")
        ada.refused(f"/staff{here}", {"words": ""}, says="Write one sentence", status=422)


def test_a_stranger_and_whoever_is_not_named_change_nothing(app, cast, cal, bea, item, nothing_changed):
    done = make_item(app, cast.project, state="accepted")
    with nothing_changed():
        cal.get(f"/items/{item.id}/in-the-way", 404)
        cal.post(f"/items/{item.id}/in-the-way", {"words": "No."}, 404)
        cal.post(f"/items/{item.id}/in-the-way/over", status=404)
        bea.post(f"/staff/items/{item.id}/in-the-way", {"words": "No."}, 404)
        bea.refused(f"/items/{done.id}/in-the-way", {"words": "No."}, says="This is not waiting for you any more.")
