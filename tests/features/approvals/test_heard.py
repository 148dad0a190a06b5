"""Decided elsewhere: what staff heard is a note, and nothing more, until the person who said it confirms it."""

import json
from datetime import date

import pytest
import sqlalchemy as sa

from portal.edges import audit
from portal.kernel.clock import now
from portal.kernel.record import Event
from portal.kernel.viewer import Role
from portal.models.approvals import Decision
from portal.models.heard import Heard
from tests.edges.test_audit import change
from tests.features.approvals.test_client import present_again
from tests.features.papers.test_papers import read
from tests.features.records import leads_to
from tests.support.cast import fresh, make_contact, make_item, reading
from tests.support.downloads import checked, download


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Homepage design", kind="approval")


@pytest.fixture
def page(item):
    return f"/items/{item.id}/decision"


def noted(cast, page, choice="approved", words="", **more):
    """What the form of the firm sends."""
    return {"person": cast.bea.id, "choice": choice, "words": words, "way": "phone", "said_on": page.value("said_on"), **more}


def rows(app, table):
    with reading(app) as session:
        return list(session.scalars(sa.select(table)))


@pytest.fixture
def note(ada, cast, item):
    """Ada notes what Bea said; the address of what was noted."""

    def work(choice="approved", words=""):
        address = f"/staff/items/{item.id}/heard"
        ada.post(address, noted(cast, ada.get(address), choice, words))
        (form,) = ada.get(f"/staff/items/{item.id}").soup.select("form[action$=withdraw]")
        return str(form["action"])

    return work


def test_a_yes_by_phone_counts_once_bea_confirms_it(app, cast, bea, ada, item, page, note, send_mail):
    send_mail()
    note()
    assert rows(app, Decision) == [] and fresh(app, item).state.value == "to_do"
    assert "Not confirmed" in ada.get(f"/staff/items/{item.id}").text
    (mail,) = send_mail()
    assert mail.to == cast.bea.email_typed and mail.subject == "Is this what you decided? Homepage design"
    assert "You approved version 1." in mail.text and "By phone on" in mail.text and "noted by Ada Voss" in mail.text
    shown = bea.get(page)
    assert "Is this what you decided?" in shown.text
    (form,) = shown.soup.select("form[action*='/heard/']")
    receipt = bea.post(str(form["action"]), {"act": "confirm"}, follow=True)
    (made,) = rows(app, Decision)
    assert (made.choice.value, made.person_id, made.words) == ("approved", cast.bea.id, "")
    assert "By phone on" in receipt.text and "noted by Ada Voss. It counts since it was confirmed here." in receipt.text
    assert "noted by Ada Voss" in read(bea.get(f"{receipt.url}.pdf").data)[0].replace("\n", " ")
    assert receipt.h1 == "Thank you, “Homepage design” is approved" and fresh(app, item).state.value == "accepted"
    (told,) = rows(app, Heard)
    assert (told.outcome.value, told.decision_id) == ("confirmed", made.id)
    again = bea.post(str(form["action"]), {"act": "confirm"})
    assert again.location == receipt.url and len(rows(app, Decision)) == 1


def test_a_yes_with_a_note_is_called_one(ada, bea, item, page, note):
    note("noted", "A little warmer in print")
    assert "Bea Birch approved version 1 with a note." in ada.get(f"/staff/items/{item.id}").text
    assert "You approved version 1 with a note." in bea.get(page).text


def test_not_quite_decides_nothing_and_the_lead_reads_why(app, bea, item, page, note, send_mail):
    note("changes", "Make it warmer")
    send_mail()
    (form,) = bea.get(page).soup.select("form[action*='/heard/']")
    shown = bea.post(str(form["action"]), {"act": "deny", "words": "Only the <b>font</b>"}, follow=True)
    assert "Nothing is decided" in shown.text and not shown.soup.select("form[action*='/heard/']")
    assert rows(app, Decision) == [] and fresh(app, item).state.value == "to_do"
    (mail,) = send_mail()
    assert mail.to == "ada@halden.example" and "Only the <b>font</b>" in mail.text and "Bea Birch did not confirm" in mail.text
    shown = bea.post(str(form["action"]), {"act": "confirm"}, follow=True)
    assert "taken back meanwhile" in shown.text and rows(app, Decision) == []


def test_what_was_noted_by_mistake_is_asked_no_more(app, ada, bea, page, note, send_mail):
    withdraw = note()
    ada.post(withdraw)
    assert not [mail for mail in send_mail() if "Is this what you decided" in mail.subject]
    assert "Is this what you decided?" not in bea.get(page).text
    assert "This has been answered already." in ada.post(withdraw, follow=True).text


def test_what_bea_wrote_about_a_note_taken_back_meanwhile_stays(ada, bea, page, note, nothing_changed):
    withdraw = note()
    (form,) = bea.get(page).soup.select("form[action*='/heard/']")
    ada.post(withdraw)
    with nothing_changed():
        bea.refused(str(form["action"]), {"act": "deny", "words": "Only the font"}, says="This has been answered already.")


def test_nobody_but_the_person_named_can_confirm(app, bea, ben, cal, ada, page, note, nothing_changed):
    note()
    (form,) = bea.get(page).soup.select("form[action*='/heard/']")
    address = str(form["action"])
    with nothing_changed():
        ben.post(address, {"act": "confirm"}, None)
        cal.post(address, {"act": "confirm"}, 404)
        ada.post(address, {"act": "confirm"}, 404)
    assert rows(app, Decision) == []


def test_a_newer_version_leaves_what_was_heard_behind(app, cast, bea, item, page, note):
    note()
    (form,) = bea.get(page).soup.select("form[action*='/heard/']")
    present_again(app, cast, item, text="Blue", changed="It is blue now")
    assert "Is this what you decided?" not in bea.get(page).text
    shown = bea.post(str(form["action"]), {"act": "confirm"}, follow=True)
    assert "version 2" in shown.text and rows(app, Decision) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"person": ""}, "Choose who decided."),
        ({"choice": "approved"}, "A plain yes has no words."),
        ({"choice": "changes"}, "Write down what should be different."),
        ({"said_on": "2099-01-01"}, "This day has not come yet."),
        ({"way": ""}, "Choose how they said it."),
    ],
)
def test_what_is_missing_is_said_and_the_typed_words_stay(cast, ada, item, nothing_changed, change, says):
    address = f"/staff/items/{item.id}/heard"
    form = noted(cast, ada.get(address), choice="noted", words="" if change.get("choice") == "changes" else "Warm")
    with nothing_changed():
        shown = ada.refused(address, form | change, says=says)
    assert not form["words"] or "Warm" in shown.html


def test_the_record_shows_it_as_not_confirmed_and_then_what_became_of_it(app, cast, browse, ada, bea, cal, page, note, tmp_path):
    guest = browse(make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST))
    note("changes", "Make it warmer")
    for browser, address in ((bea, "/record"), (ada, f"/staff/clients/{cast.birch.id}/record")):
        (shown,) = browser.get(address).soup.select("#elsewhere")[0].find_parents("section")
        assert "Not confirmed" in shown.text and "Make it warmer" in shown.text and "noted by Ada Voss" in shown.text
    for other in (cal, guest):
        assert "Make it warmer" not in other.get("/record").html
    assert heard_rows(app, cast, tmp_path) == [("", "")]
    (form,) = bea.get(page).soup.select("form[action*='/heard/']")
    bea.post(str(form["action"]), {"act": "deny", "words": "Only the <b>font</b>"})
    shown = bea.get("/record")
    assert "Not so" in shown.text and "Only the <b>font</b>" in shown.text
    assert heard_rows(app, cast, tmp_path) == [("denied", "Only the <b>font</b>")]
    note()
    (form,) = bea.get(page).soup.select("form[action*='/heard/']")
    receipt = bea.post(str(form["action"]), {"act": "confirm"}, follow=True)
    shown = bea.get("/record")
    assert "Confirmed" in shown.text and leads_to(shown, "Homepage design") in receipt.url
    assert heard_rows(app, cast, tmp_path)[-1] == ("confirmed", "")


def heard_rows(app, cast, folder):
    """What became of all that was heard, as a download has it, which is whole."""
    parts = download(app, cast.birch.id, closed=True)
    assert checked(parts, folder) == []
    return [(row["outcome"], row["answer"]) for row in map(json.loads, parts["heard.jsonl"].splitlines())]


@pytest.mark.parametrize(
    "values",
    [{"said_on": date(2020, 1, 1)}, {"words": "Build ten"}, {"outcome": "confirmed", "ended_at": now()}],
)
def test_what_was_heard_cannot_be_changed_unnoticed(app, cast, note, values):
    note()
    change(app, sa.select(Heard), **values)
    with reading(app):
        (trouble,) = audit.troubles()
    assert trouble.words.startswith("heard ")


def test_without_a_version_that_waits_there_is_nothing_to_note(app, cast, ada, nothing_changed):
    item = make_item(app, cast.project, "Texts", kind="approval", state="preparing")
    address = f"/staff/items/{item.id}/heard"
    assert "No version waits for an answer" in ada.get(address).text
    with nothing_changed():
        ada.refused(
            address, {"person": cast.bea.id, "choice": "approved", "way": "phone", "said_on": "2026-01-02"}, says="No version waits"
        )


def test_it_is_recorded_with_ids_and_its_words_beside_it(app, note):
    note("changes", "Make it warmer")
    with reading(app) as session:
        event = session.scalars(sa.select(Event).where(Event.kind == "decision.heard")).one()
    assert "warmer" not in event.facts and '"choice":"changes"' in event.facts and event.detail_hash
