"""Staff write down what they need, send it, change it, order it, and let it go."""

import pytest
from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds import life
from portal.kinds import reading as reads
from portal.kinds.files.kind import spec_of
from portal.models.clients import Membership
from portal.models.item_states import ItemState, WaitingOn
from portal.models.items import Item, Part
from portal.models.people import Firm
from portal.models.projects import ProjectState
from tests.support.cast import (
    act,
    answer,
    as_viewer,
    fresh,
    make_contact,
    make_item,
    make_project,
    make_questionnaire,
    milestones_of,
    reading,
)
from tests.support.templates import BRAND

LOGO = {
    "kind": "files",
    "title": "Your logo",
    "why": "It stands on every page.",
    "help": "SVG is best.",
    "due_on": "2030-01-14",
    "minutes": "2",
    "lead_days": "3",
    "milestone": "",
    "holds_up": "",
    "required": "y",
    "needs_review": "y",
    "types": ["vector", "image"],
    "min_count": "1",
    "max_count": "4",
    "max_mb": "50",
    "questionnaire": "",
    "act": "send",
}


@pytest.fixture
def ask(cast):
    return f"/staff/projects/{cast.project.id}/ask"


def item_named(app, title):
    with reading(app) as session:
        return next((i for i in session.scalars(select(Item)) if i.text("title") == title), None)


def test_a_thing_is_asked_for_and_sent_at_once(app, cast, ada, bea, ask, send_mail, clock):
    design = milestones_of(app, cast.project)[1]
    ada.get(ask)
    ada.post(ask, LOGO | {"holds_up": str(design.id)})
    item = item_named(app, "Your logo")
    assert item.state is ItemState.TO_DO and item.holds_up_id == design.id and item.lead_days == 3 and item.required
    assert set(item.spec["types"]) == {"image", "vector"} and item.spec["max_bytes"] == 50_000_000 and item.spec["max_count"] == 4
    assert "Your logo" in bea.get("/").text
    clock.advance(seconds=20)
    assert {mail.subject for mail in send_mail()} == {"What we need for New website"}


def test_a_decision_leads_on_to_its_first_version_and_says_nothing_of_mail(app, cast, ada, ask, send_mail, clock):
    page = ada.post(ask, LOGO | {"kind": "confirmation", "title": "Opening hours"}, follow=True)
    item = item_named(app, "Opening hours")
    assert page.url == f"/staff/items/{item.id}/present" and "Saved. Now present the first version." in page.text
    draft = make_item(app, cast.project, "Homepage", kind="approval", state=ItemState.DRAFT)
    page = ada.post(f"/staff/items/{draft.id}/send", follow=True)
    assert page.url == f"/staff/items/{draft.id}/present" and "on its way" not in page.text
    clock.advance(seconds=20)
    assert send_mail() == []


def test_who_has_to_say_yes_is_asked_with_the_decision_and_can_be_changed(app, cast, ada, ask):
    assert ada.get(ask).value("rule") == "any"
    ada.post(ask, LOGO | {"kind": "approval", "title": "Homepage", "rule": "all"})
    item = item_named(app, "Homepage")
    assert item.spec == {"rule": "all"}
    edit = f"/staff/items/{item.id}/edit"
    page = ada.get(edit)
    assert page.value("rule") == "all" and "Counts from the next version on" in page.text
    ada.post(edit, LOGO | {"kind": "approval", "title": "Homepage", "rule": "any"})
    assert fresh(app, item).spec == {"rule": "any"}
    ada.get(edit)
    ada.post(edit, LOGO | {"kind": "approval", "title": "Homepage", "rule": "most"}, 422)
    assert fresh(app, item).spec == {"rule": "any"}


def test_sent_together_with_files_a_decision_is_said_to_wait_for_us(app, cast, ada):
    make_item(app, cast.project, "Homepage", kind="approval", state=ItemState.DRAFT)
    make_item(app, cast.project, "Your logo", state=ItemState.DRAFT)
    page = ada.post(f"/staff/projects/{cast.project.id}/send", follow=True)
    assert "One email per person is on its way. One decision waits for you to present it." in page.text


def test_drafts_are_unseen_until_they_are_sent_together_in_one_mail_each(app, cast, ada, bea, ask, send_mail, clock):
    for title in ("Your logo", "Photos", "Texts"):
        ada.post(ask, LOGO | {"title": title, "act": "draft"})
    drafts = [item_named(app, title) for title in ("Your logo", "Photos", "Texts")]
    assert "Your logo" not in bea.get("/").text
    for item in drafts:
        bea.get(f"/items/{item.id}", 404)
    assert "Send 3 drafts" in ada.get(f"/staff/clients/{cast.birch.id}").text
    ada.post(f"/staff/items/{drafts[0].id}/send")
    ada.post(f"/staff/projects/{cast.project.id}/send")
    clock.advance(seconds=20)
    mails = [mail for mail in send_mail() if mail.to.endswith(cast.bea.email_typed) or cast.bea.email_typed in mail.to]
    assert len(mails) == 1 and all(title in mails[0].words for title in ("Your logo", "Photos", "Texts"))
    assert mails[0].reply_to == cast.ada.email_typed and mails[0].codes == []
    ada.post(f"/staff/projects/{cast.project.id}/send", follow=True)
    assert "There is nothing to send" in ada.page.text


def test_the_mail_is_called_off_when_nothing_waits_any_more(app, cast, ada, ask, send_mail, clock):
    ada.post(ask, LOGO)
    ada.post(f"/staff/items/{item_named(app, 'Your logo').id}/waive")
    clock.advance(seconds=20)
    assert send_mail() == []


def test_whoever_was_never_invited_gets_the_first_mail(app, cast, ada, ask, send_mail):
    project = make_project(app, cast.cedar, "Other", state=ProjectState.DRAFT)
    make_item(app, project, "Floor plan", state=ItemState.DRAFT)
    new = make_contact(app, cast.cedar, "Nia New", joined=False)
    act(app, lambda: setattr(db.session.get_one(Membership, (cast.cedar.id, new.id)), "invited_at", None))
    ada.post(f"/staff/projects/{project.id}/send")
    (mail,) = send_mail()
    assert new.email_typed in mail.to and mail.code and "Floor plan" in mail.words


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": ""}, "Give it a name the client understands"),
        ({"min_count": "9"}, "is less than"),
        ({"max_mb": "50001"}, "Between 1 and 50,000."),
        ({"kind": "questionnaire"}, "Choose a questionnaire."),
        ({"due_on": "whenever"}, "Not a valid date"),
    ],
)
def test_what_cannot_be_asked_is_said_and_the_text_stays(ada, ask, wrong, says, nothing_changed):
    with nothing_changed():
        page = ada.post(ask, LOGO | wrong, 422)
    assert says in page.text and page.value("why") == LOGO["why"]


def test_no_item_takes_larger_files_than_the_firm(app, cast, ada, ask, nothing_changed):
    smaller = {"most_bytes_per_file": 40_000_000}
    roomy = make_item(app, cast.project, spec={"max_bytes": 90_000_000})
    assert ada.get(ask).value("max_mb") == "5000"
    act(app, lambda: setattr(db.session.scalars(select(Firm)).one(), "settings", smaller))
    assert ada.get(ask).value("max_mb") == "40"
    with nothing_changed():
        page = ada.post(ask, LOGO, 422)
    assert "Your portal takes files of up to 40 MB." in page.text and page.value("max_mb") == "50"
    assert ada.get(f"/staff/items/{roomy.id}/edit").value("max_mb") == "40"
    with reading(app):
        assert spec_of(roomy).max_bytes == 40_000_000


def test_only_the_named_person_is_asked(app, cast, ada, bea, ben, ask, send_mail, clock):
    ada.post(ask, LOGO | {"people": [str(cast.ben.id)]})
    item = item_named(app, "Your logo")
    with reading(app):
        assert reads.people_of(item.id, Part.DO) == [cast.ben.id]
    clock.advance(seconds=20)
    (mail,) = send_mail()
    assert cast.ben.email_typed in mail.to
    ada.post(f"/staff/items/{item.id}/edit", LOGO | {"people": []})
    with reading(app):
        assert reads.people_of(item.id, Part.DO) == []


def test_somebody_of_another_client_cannot_be_named(cast, ada, ask, nothing_changed):
    with nothing_changed():
        ada.post(ask, LOGO | {"people": [str(cast.cal.id)]}, 422)


def test_texts_of_a_sent_item_change_but_not_its_kind(app, cast, ada, bea):
    item = make_item(app, cast.project, "Your logo")
    ada.get(f"/staff/items/{item.id}/edit")
    ada.post(f"/staff/items/{item.id}/edit", LOGO | {"title": "Your mark", "kind": "approval"})
    changed = fresh(app, item)
    assert changed.text("title") == "Your mark" and changed.kind is item.kind and changed.state is ItemState.TO_DO
    assert "Your mark" in bea.get("/").text
    assert "changed “ Your mark ”" in ada.get(f"/staff/items/{item.id}").text


def test_items_move_up_and_down(app, cast, ada):
    items = [make_item(app, cast.project, title, state=ItemState.DRAFT) for title in ("One", "Two", "Three")]

    def order():
        with reading(app):
            return [i.text("title") for i in reads.items_of(cast.project.id)]

    before = order()
    ada.post(f"/staff/items/{items[0].id}/up")
    ada.post(f"/staff/items/{items[2].id}/up")
    after = order()
    assert sorted(after) == sorted(before) and after != before
    for _ in range(4):
        ada.post(f"/staff/items/{items[1].id}/up")
    assert order()[0] == "Two"


def test_a_draft_is_thrown_away_and_what_was_sent_is_not(app, cast, ada, nothing_changed):
    draft = make_item(app, cast.project, "Draft", state=ItemState.DRAFT)
    sent = make_item(app, cast.project, "Your logo")
    ada.post(f"/staff/items/{draft.id}/remove")
    ada.get(f"/staff/items/{draft.id}", 404)
    with nothing_changed():
        ada.post(f"/staff/items/{sent.id}/remove", follow=True)
    assert "This was sent already." in ada.page.text
    assert "removed the draft" in ada.get(f"/staff/clients/{cast.birch.id}").text


def test_waived_and_asked_for_again(app, cast, ada):
    item = make_item(app, cast.project, "Your logo")
    ada.post(f"/staff/items/{item.id}/waive", follow=True)
    assert fresh(app, item).waiting_on is WaitingOn.NOBODY and "Ask for it again" in ada.page.text
    ada.post(f"/staff/items/{item.id}/waive", follow=True)
    assert "This is closed already." in ada.page.text
    ada.post(f"/staff/items/{item.id}/restore")
    assert fresh(app, item).waiting_on is WaitingOn.CLIENT


def test_asking_all_the_same_needs_a_reason(app, cast, ada):
    item = make_item(app, cast.project, "Brand book", state="not_available")
    url = f"/staff/items/{item.id}/insist"
    assert "We never had this." in ada.get(url).text
    ada.refused(url, {"reason": " "}, says="Write one sentence on why we need it all the same.", status=422)
    ada.post(url, {"reason": "The printer wants it."})
    assert fresh(app, item).state is ItemState.RETURNED and "The printer wants it." in ada.follow().text


def test_strangers_ask_for_nothing(app, cast, bea, ask, nothing_changed):
    item = make_item(app, cast.project, "Your logo")
    with nothing_changed():
        bea.post(ask, LOGO, 404)
        for verb in ("send", "up", "remove", "waive", "restore", "insist", "edit"):
            bea.post(f"/staff/items/{item.id}/{verb}", LOGO, 404)


def test_other_questions_never_cost_an_answer(app, cast, ada, nothing_changed):
    first, other = make_questionnaire(app, BRAND), make_questionnaire(app)
    item = make_item(app, cast.project, "About you", kind="questionnaire", questionnaire_version_id=first.id)
    edit, asked = f"/staff/items/{item.id}/edit", {"kind": "questionnaire", "title": "About you", "lead_days": "1"}
    ada.post(edit, asked | {"questionnaire": str(other.id)})
    assert fresh(app, item).questionnaire_version_id == other.id
    answer(app, item, "q1", "Birch & Sons")
    with nothing_changed():
        ada.refused(edit, asked | {"questionnaire": str(first.id)}, says="is answered already")
    act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=as_viewer(app, cast.bea)), by=as_viewer(app, cast.bea))
    with nothing_changed():
        ada.refused(edit, asked | {"questionnaire": str(first.id)}, says="The answers were sent already")
