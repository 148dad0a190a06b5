"""Goals are proposed by either side, agreed by both, put in order by each, and looked back on at the end."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from portal.features.goals import actions
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.kernel.viewer import Role
from portal.models.ground.goals import Aim, Goal, GoalReview
from portal.models.projects import Project
from tests.support.cast import act, as_viewer, make_contact, reading


@pytest.fixture(autouse=True)
def _wednesday(clock):
    clock.to(datetime.fromisoformat("2026-03-04T10:00:00+00:00"))


def client_page(cast):
    return f"/projects/{cast.project.id}/goals"


def staff_page(cast):
    return f"/staff/projects/{cast.project.id}/goals"


def write(app, cast, words, *, by=None, draft=False, project=None):
    """A goal that somebody proposed, as its id."""
    viewer = as_viewer(app, by or cast.ada)
    here = (project or cast.project).id
    return act(app, lambda: actions.propose(db.session.get_one(Project, here), Aim(words), draft=draft, by=viewer), by=viewer).id


def goal(app, goal_id):
    with reading(app) as session:
        return session.get_one(Goal, goal_id)


def words_of(page):
    return [title.get_text(strip=True) for title in page.soup.select(".aim__words")]


def test_both_propose_and_agree_and_a_new_text_needs_both_again(app, cast, ada, bea, send_mail, clock):
    ada.post(f"{staff_page(cast)}/new", {"words": "Half of the orders come by the website", "measure": "The till says so", "act": "show"})
    clock.advance(minutes=6)
    (mail,) = [mail for mail in send_mail() if mail.to == "bea@birch.example"]
    assert "A goal waits for your yes" in mail.subject and "Half of the orders" in mail.words
    page = bea.get(client_page(cast))
    assert "Waits for your yes" in page.text and "The till says so" in page.text
    with reading(app) as session:
        (made,) = session.scalars(sa.select(Goal))
    bea.post(f"/goals/{made.id}/agree", {"n": "1"})
    assert "Agreed by both" in bea.get(client_page(cast)).text
    (told,) = [mail for mail in send_mail() if "Both agreed" in mail.subject]
    assert told.to == "ada@halden.example"
    ada.post(f"/staff/goals/{made.id}/change", {"words": "A third of the orders", "n": "1"})
    page = bea.get(client_page(cast))
    assert "Waits for your yes" in page.text and "Both had agreed to this before" in page.text and "Half of the orders" in page.text
    bea.post(f"/goals/{made.id}/agree", {"n": "1"})
    assert "says something else by now" in bea.follow().text
    bea.post(f"/goals/{made.id}/agree", {"n": "2"})
    assert goal(app, made.id).is_agreed
    with reading(app) as session:
        kinds = list(session.scalars(sa.select(Event.kind).where(Event.object_id == made.id).order_by(Event.seq)))
    assert kinds == ["goal.proposed", "goal.agreed", "goal.agreed", "goal.changed", "goal.agreed", "goal.agreed"]


def test_who_contributes_proposes_and_who_decides_agrees(app, cast, ada, ben, bea, send_mail):
    ben.post(f"{client_page(cast)}/new", {"words": "People find our hours"})
    (mail,) = [mail for mail in send_mail() if mail.to == "ada@halden.example"]
    assert "People find our hours" in mail.words
    with reading(app) as session:
        (made,) = session.scalars(sa.select(Goal))
    assert made.client_n == 0
    ben.post(f"/goals/{made.id}/agree", {"n": "1"}, status=403)
    ada.post(f"/staff/goals/{made.id}/agree", {"n": "1"})
    assert not goal(app, made.id).is_agreed
    bea.post(f"/goals/{made.id}/agree", {"n": "1"})
    assert goal(app, made.id).is_agreed


def test_each_side_has_its_own_order(app, cast, ada, bea):
    first, second, third = (write(app, cast, words) for words in ("First", "Second", "Third"))
    ada.post(f"{staff_page(cast)}/order", {"move": str(third), "way": "up"})
    assert words_of(ada.get(staff_page(cast))) == ["First", "Third", "Second"]
    assert words_of(bea.get(client_page(cast))) == ["First", "Second", "Third"]
    assert "not the same for both" not in bea.get(client_page(cast)).text
    bea.post(f"{client_page(cast)}/order", {"order": f"{second} {first} {third}"})
    page = bea.get(client_page(cast))
    assert words_of(page) == ["Second", "First", "Third"] and "What comes first is not the same for both" in page.text


def test_at_the_end_both_say_whether_it_was_reached(app, cast, ada, bea, send_mail, clock):
    made = write(app, cast, "Orders come in")
    bea.refused(f"/goals/{made}/reached", {"reached": "yes"}, says="Only a goal that both sides agreed to")
    bea.post(f"/goals/{made}/agree", {"n": "1"})
    bea.refused(f"/goals/{made}/reached", {"reached": "yes"}, says="too early")
    ada.post(f"{staff_page(cast)}/reached", {})
    clock.advance(minutes=6)
    assert [mail.to for mail in send_mail() if "Did we reach" in mail.subject] == ["bea@birch.example"]
    bea.refused(f"/goals/{made}/reached", {"reached": "partly", "words": ""}, says="what is missing")
    bea.post(f"/goals/{made}/reached", {"reached": "partly", "words": "Only on weekdays."})
    ada.post(f"/staff/goals/{made}/reached", {"reached": "yes"})
    page = ada.get(staff_page(cast)).text
    assert "Partly reached" in page and "Only on weekdays." in page and "Reached" in page
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count(GoalReview.id))) == 2
    ada.post(f"/staff/goals/{made}/change", {"words": "Ten times as many orders", "n": "1"})
    bea.post(f"/goals/{made}/agree", {"n": "2"})
    page = bea.get(client_page(cast))
    assert "You say" not in page.text and "Only on weekdays." in page.text  # it stays among the steps, and is about the old text
    bea.refused(f"/goals/{made}/reached", {"reached": "yes"}, says="too early")


def test_home_says_what_waits_and_which_goal_a_milestone_serves(app, cast, ada, bea):
    made = write(app, cast, "Orders come in")
    ada.post(f"/staff/goals/{made}/things", {"on": [f"milestone-{cast.milestones[0].id}"]})
    page = bea.get("/").text
    assert "One goal waits for a yes: read and agree" in page and "Serves the goal “Orders come in”." in page
    bea.post(f"/goals/{made}/agree", {"n": "1"})
    assert "waits for a yes" not in bea.get("/").text
    assert "1 of 1 agreed" in ada.get(f"/staff/clients/{cast.birch.id}").text


def test_drafts_are_ours_and_guests_see_none(app, cast, browse, ada, bea):
    hidden = write(app, cast, "Kept secret", draft=True)
    shown = write(app, cast, "Shown")
    assert "Kept secret" not in bea.get(client_page(cast)).html
    bea.get(f"/goals/{hidden}/change", status=404)
    guest = browse(make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST))
    guest.get(client_page(cast), status=404)
    guest.get(f"/goals/{shown}/change", status=404)
    ada.post(f"/staff/goals/{hidden}/show", {})
    assert "Kept secret" in bea.get(client_page(cast)).text


def test_who_reads_along_reads_and_writes_nothing(app, cast, browse):
    made = write(app, cast, "Shown")
    reader = browse(make_contact(app, cast.birch, "Rea Reads", role=Role.WATCH))
    page = reader.get(client_page(cast))
    assert "Shown" in page.text and "Propose a goal" not in page.text and "I agree" not in page.text
    reader.get(f"{client_page(cast)}/new", status=404)
    reader.post(f"/goals/{made}/agree", {"n": "1"}, status=403)


def test_it_is_given_up_with_a_sentence_and_kept(app, cast, ada, bea, send_mail, clock):
    made = write(app, cast, "A shop in Paris")
    ada.refused(f"/staff/goals/{made}/give-up", {"why": ""}, says="Say in a sentence why")
    ada.post(f"/staff/goals/{made}/give-up", {"why": "The lease fell through."})
    clock.advance(minutes=6)
    assert "The lease fell through." in "".join(mail.words for mail in send_mail() if "given up" in mail.subject)
    assert "The lease fell through." in bea.get(client_page(cast)).text
    bea.post(f"/goals/{made}/agree", {"n": "1"})
    assert "was given up" in bea.follow().text


def test_a_typed_goal_is_kept_when_it_lacks_something(cast, bea):
    page = bea.refused(f"{client_page(cast)}/new", {"words": "", "measure": "By eye"}, says="Say in a sentence what we want to reach")
    assert page.value("measure") == "By eye"


def test_twenty_goals_are_read_as_two_are(app, cast, bea, count_queries):
    for n in range(2):
        write(app, cast, f"Goal {n}")
    with count_queries() as two:
        bea.get(client_page(cast))
    for n in range(18):
        write(app, cast, f"More {n}")
    with count_queries() as twenty:
        bea.get(client_page(cast))
    assert len(twenty) == len(two)
