"""What we take for granted is said aloud; the client says whether it is right, and nothing waits for the answer."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
import sqlalchemy as sa

from portal.features.assumptions import actions
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.kernel.viewer import Role
from portal.models.ground.assumptions import Assumption, Belief, Verdict
from portal.models.projects import Project
from tests.support.cast import act, as_viewer, make_contact, reading


@pytest.fixture(autouse=True)
def _wednesday(clock):
    clock.to(datetime.fromisoformat("2026-03-04T10:00:00+00:00"))


def client_page(cast):
    return f"/projects/{cast.project.id}/assumptions"


def staff_page(cast):
    return f"/staff/projects/{cast.project.id}/assumptions"


def assume(app, cast, words, *, draft=False):
    """Something we assume, as its id."""
    ada = as_viewer(app, cast.ada)
    here = cast.project.id
    return act(app, lambda: actions.state(db.session.get_one(Project, here), Belief(words), draft=draft, by=ada), by=ada).id


def assumption(app, one_id):
    with reading(app) as session:
        return session.get_one(Assumption, one_id)


def test_it_is_said_with_its_price_answered_changed_and_kept(app, cast, ada, bea, send_mail, clock):
    price = {"amount": "1,200", "currency": "EUR", "days": "3", "cost": "We write the texts ourselves."}
    ada.post(f"{staff_page(cast)}/new", {"assume": "You send the texts", "because": "The old site has them", "act": "show", **price})
    clock.advance(minutes=6)
    (mail,) = [mail for mail in send_mail() if mail.to == "bea@birch.example"]
    assert "please look" in mail.subject and "You send the texts" in mail.words
    assert "We take one thing for granted: please look" in bea.get("/").text
    page = bea.get(client_page(cast)).text
    assert "Working assumption" in page and "3 working days" in page and "1,200.00" in page and "The old site has them" in page
    with reading(app) as session:
        (one,) = session.scalars(sa.select(Assumption))
    bea.refused(f"/assumptions/{one.id}", {"n": "1", "verdict": "wrong", "words": ""}, says="what is true instead")
    bea.post(f"/assumptions/{one.id}", {"n": "1", "verdict": "wrong", "words": "A writer does, from May on."})
    assert "please look" not in bea.get("/").text
    (told,) = [mail for mail in send_mail() if mail.to == "ada@halden.example"]
    assert told.subject.startswith("Not right") and "A writer does" in told.words
    assert "A writer does" in ada.get(staff_page(cast)).text
    ada.post(f"/staff/assumptions/{one.id}/change", {"n": "1", "assume": "A writer sends the texts in May"})
    page = bea.get(client_page(cast)).text
    assert "Working assumption" in page and "A writer sends the texts in May" in page and "You send the texts" in page
    with reading(app) as session:
        kinds = list(session.scalars(sa.select(Event.kind).where(Event.object_id == one.id).order_by(Event.seq)))
    assert kinds == ["assumption.stated", "assumption.answered", "assumption.changed"]


def test_an_answer_is_for_the_text_that_was_read(app, cast, ada, bea):
    one_id = assume(app, cast, "Old words")
    ada.post(f"/staff/assumptions/{one_id}/change", {"n": "1", "assume": "New words"})
    page = bea.refused(f"/assumptions/{one_id}", {"n": "1", "verdict": "unknown", "words": "Ask Ben."}, says="something else by now")
    assert page.value("words") == "Ask Ben." and "New words" in page.text
    assert assumption(app, one_id).verdict is None
    bea.post(f"/assumptions/{one_id}", {"n": "2", "verdict": "unknown", "words": "Ask Ben."})
    assert "We ask on" in bea.follow().text


def test_who_contributes_may_answer_and_who_reads_along_may_not(app, cast, ben, browse):
    one_id = assume(app, cast, "Parking is free")
    ben.post(f"/assumptions/{one_id}", {"n": "1", "verdict": "right"})
    assert assumption(app, one_id).verdict is Verdict.RIGHT
    reader = browse(make_contact(app, cast.birch, "Rea Reads", role=Role.WATCH))
    assert "Parking is free" in reader.get(client_page(cast)).text
    reader.get(f"/assumptions/{one_id}", status=404)
    guest = browse(make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST))
    guest.get(client_page(cast), status=404)


def test_drafts_are_ours_until_they_are_shown(app, cast, ada, bea):
    first, second = assume(app, cast, "Kept secret", draft=True), assume(app, cast, "Kept too", draft=True)
    assert "Kept" not in bea.get(client_page(cast)).html
    bea.get(f"/assumptions/{first}", status=404)
    ada.post(f"{staff_page(cast)}/show", {})
    assert "Kept secret" in bea.get(client_page(cast)).text
    ada.refused(f"/staff/assumptions/{second}/let-go", {"why": ""}, says="Say in a sentence why")
    ada.post(f"/staff/assumptions/{second}/let-go", {"why": "We measured it."})
    assert "We measured it." in bea.get(client_page(cast)).text
    bea.refused(f"/assumptions/{second}", {"n": "1", "verdict": "right"}, says="do not go by this any more")


def test_twenty_are_read_as_two_are(app, cast, bea, count_queries):
    for n in range(2):
        assume(app, cast, f"Assumed {n}")
    with count_queries() as two:
        bea.get(client_page(cast))
    for n in range(18):
        assume(app, cast, f"More {n}")
    with count_queries() as twenty:
        bea.get(client_page(cast))
    assert len(twenty) == len(two)


def test_the_weekly_update_and_its_letter_list_what_nobody_answered(app, cast, ada, bea, send_mail, clock):
    assume(app, cast, "The prices stay")
    answered = assume(app, cast, "Parking is free")
    assume(app, cast, "Kept secret", draft=True)
    bea.post(f"/assumptions/{answered}", {"n": "1", "verdict": "right"})
    clock.advance(minutes=6)
    send_mail()
    page = ada.get("/staff/updates")
    fields = {name: page.value(name) for name in re.findall(r'name="((?:[a-z]+)-[0-9a-f-]{36})"', page.html)}
    assert fields[f"assumed-{cast.project.id}"] == "We assume: The prices stay"
    fields |= {"project": str(cast.project.id), "send": str(cast.project.id), "act": "send", f"done-{cast.project.id}": "We began."}
    ada.post("/staff/updates", fields)
    (mail,) = [mail for mail in send_mail() if mail.to == "bea@birch.example"]
    assert "Working assumptions" in mail.words and "We assume: The prices stay" in mail.text and "Parking" not in mail.text
    assert "Working assumptions" in bea.get("/updates").text
