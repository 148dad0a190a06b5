"""What was agreed: written by staff, approved like anything else, and from then on the measure of what is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.kernel.viewer import SYSTEM, Role
from portal.kinds import life
from portal.models.item_states import Subject
from portal.models.items import Item
from tests.features.approvals.test_client import answer
from tests.support.cast import act, as_viewer, db, fresh, make_contact, make_item, make_upload, reading

SCOPE = {
    "inside": "- Five pages\n- A shop",
    "outside": "Texts",
    "rounds": "1",
    "budget": "12 000",
    "budget_in": "EUR",
    "starts_on": "2027-01-11",
    "ends_on": "2027-03-01",
    "act": "publish",
}


def item_of(app, subject):
    """The last item with this subject."""
    with reading(app) as session:
        return next(item for item in session.scalars(sa.select(Item).order_by(Item.position.desc())) if item.subject is subject)


def agree(app, ada, bea, project, **said):
    """Let staff write a scope and the client approve it."""
    ada.post(f"/staff/projects/{project.id}/scope")
    item = item_of(app, Subject.SCOPE)
    ada.post(f"/staff/items/{item.id}/present", SCOPE | said)
    page = f"/items/{item.id}/decision"
    bea.post(page, answer(bea.get(page), "approved"))
    return item


@pytest.fixture
def agreed(cast):
    return f"/projects/{cast.project.id}/agreed"


def test_a_scope_is_presented_approved_and_counts_from_then_on(app, cast, ada, bea, agreed, send_mail):
    assert "Nothing is written down yet" in bea.get(agreed).text
    ada.post(f"/staff/projects/{cast.project.id}/scope")
    item = item_of(app, Subject.SCOPE)
    assert item.is_draft
    ada.post(f"/staff/items/{item.id}/present", SCOPE)
    assert "after the day you wrote" not in ada.follow().text
    (mail,) = send_mail()
    assert "What we agree on" in mail.subject and "Five pages; A shop" in mail.text and "€12,000.00" in mail.words
    page = f"/items/{item.id}/decision"
    shown = bea.get(page)
    for words in ("Five pages", "A shop", "Texts", "€12,000.00", "1 for each thing", "Mon 1 Mar 2027", "Do we agree on this?"):
        assert words in shown.text
    assert "€12,000.00" not in bea.get(agreed).text
    bea.post(page, answer(shown, "approved"))
    receipt = bea.follow()
    assert "Five pages" in receipt.text and "€12,000.00" in receipt.text
    for told in (bea.get(agreed), ada.get(f"/staff/projects/{cast.project.id}/agreed")):
        assert "Five pages" in told.text and "€12,000.00" in told.text
    assert "What we agree on" in bea.get("/record").text


def test_what_is_agreed_anew_takes_the_place_and_the_old_one_stays_readable(app, cast, ada, bea, agreed):
    first = agree(app, ada, bea, cast.project)
    ada.post(f"/staff/projects/{cast.project.id}/scope")
    second = item_of(app, Subject.SCOPE)
    assert second.id != first.id
    assert ada.get(f"/staff/items/{second.id}/present").value("inside") == "Five pages\nA shop"
    agree(app, ada, bea, cast.project, budget="9000", inside="Three pages")
    told = bea.get(agreed)
    assert "€9,000.00" in told.text and "Three pages" in told.text and "€12,000.00" not in told.text
    assert f"/items/{first.id}/decision" in told.links
    assert "Five pages" in bea.get(f"/items/{first.id}/decision").text


def test_two_versions_of_a_scope_can_be_compared(app, cast, ada, bea):
    ada.post(f"/staff/projects/{cast.project.id}/scope")
    item = item_of(app, Subject.SCOPE)
    ada.post(f"/staff/items/{item.id}/present", SCOPE)
    ada.post(
        f"/staff/items/{item.id}/present", SCOPE | {"inside": "Five pages\nA blog", "budget": "13500", "changed": "A blog for the shop"}
    )
    shown = bea.get(f"/items/{item.id}/decision/versions/2/compare")
    gone, came = (" ".join(one.get_text() for one in shown.soup.find_all(name)) for name in ("del", "ins"))
    assert "€12,000.00" in gone and "blog" in came and "€13,500.00" in came
    assert "12000.00 EUR" not in shown.text and "2027-01-11" not in shown.text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"inside": "-"}, "Write what is in"),
        ({"budget": "-5"}, "A budget is not less than nothing."),
        ({"ends_on": "2027-01-01"}, "The end lies before the start."),
        ({"rounds": "99"}, "Between 0 and 50."),
    ],
)
def test_what_cannot_be_agreed_is_refused_and_the_words_stay(app, cast, ada, said, why):
    ada.post(f"/staff/projects/{cast.project.id}/scope")
    item = item_of(app, Subject.SCOPE)
    shown = ada.refused(f"/staff/items/{item.id}/present", SCOPE | said, says=why, status=422)
    assert shown.value("outside") == "Texts" and fresh(app, item).is_draft


def test_strangers_and_guests_do_not_read_it(app, cast, ada, bea, cal, browse, agreed):
    agree(app, ada, bea, cast.project)
    cal.get(agreed, 404)
    gus = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
    browse(gus).get(agreed, 404)
    wes = browse(make_contact(app, cast.birch, "Wes Watch", role=Role.WATCH))
    assert "€12,000.00" in wes.get(agreed).text and "I would like something else" not in wes.get(agreed).text


def test_the_day_it_will_be_ready_says_what_is_in_the_way(app, cast, ada, bea, browse, agreed, clock):
    agree(app, ada, bea, cast.project, ends_on=cast.milestones[2].ends_on.isoformat(), starts_on="")
    make_item(app, cast.project, "Your logo", holds_up_id=cast.milestones[1].id, lead_days=1)
    assert "As things stand" not in bea.get(agreed).text
    clock.advance(days=12)
    told = bea.get(agreed).text
    assert "later than agreed" in told and "“Your logo” is with you and comes" in told and "for “Design”" in told
    assert "is with the client and comes" in browse(cast.ada).get(f"/staff/projects/{cast.project.id}/agreed").text


def test_staff_hear_that_their_milestones_end_on_another_day_than_they_agree_on(app, cast, ada, bea, agreed):
    ends = cast.milestones[2].ends_on
    early = agree(app, ada, bea, cast.project, ends_on=(ends - timedelta(days=1)).isoformat(), starts_on="")
    assert "after the day you wrote. Please move them." in ada.get("/staff/").text
    assert "The milestones end on" in ada.get(f"/staff/projects/{cast.project.id}/agreed").text
    page = ada.get(f"/staff/clients/{cast.birch.id}")
    assert f"/staff/projects/{cast.project.id}/milestones" in page.links and "The milestones end on" in page.text
    assert "The milestones end on" not in bea.get(agreed).text and early


def test_more_of_it_costs_no_more_queries(app, cast, ada, bea, agreed, count_queries):
    agree(app, ada, bea, cast.project)
    bea.get(agreed)
    with count_queries() as few:
        bea.get(agreed)
    for n in range(5):
        bea.post(f"/projects/{cast.project.id}/change", {"title": f"Wish {n}"})
        ada.post(f"/staff/items/{item_of(app, Subject.CHANGE).id}/present", {"amount": "10", "act": "publish"})
    with count_queries() as many:
        bea.get(agreed)
    assert len(many) == len(few), many


def closed(browser):
    """The milestones that are shown as done."""
    return [step.bdi.get_text() for step in browser.get("/").soup.select(".line__step--done")]


def test_a_milestone_closes_with_its_last_thing_and_says_who_acts_until_then(app, cast, bea, ada):
    first = cast.milestones[0]
    make_item(app, cast.project, "Your logo", milestone_id=first.id)
    ours = make_item(app, cast.project, "The plan", kind="approval", state="preparing", milestone_id=first.id)
    assert "You: Your logo. We: The plan." in bea.get("/").text
    assert "They: Your logo. We: The plan." in ada.get(f"/staff/clients/{cast.birch.id}").text
    act(app, lambda: [life.waive(db.session.get_one(Item, ours.id), by=SYSTEM)])
    assert not closed(bea)
    with reading(app) as session:
        logo = session.scalars(sa.select(Item).where(Item.kind == "files")).one()
    make_upload(app, logo)
    act(app, lambda: life.hand_over(db.session.get_one(Item, logo.id), by=as_viewer(app, cast.bea)), by=as_viewer(app, cast.bea))
    act(app, lambda: life.accept(db.session.get_one(Item, logo.id), by=SYSTEM))
    assert closed(bea) == ["Kick-off"]
