"""Important decisions: nothing is decided without a fresh code and the full name, and the receipt says how it was proven."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.edges import audit
from portal.kernel import keys
from portal.kernel.db import db
from portal.kinds.approvals import consents
from portal.kinds.approvals.proofs import same_name
from portal.models.approvals import Decision
from portal.models.heard import Heard
from portal.models.people import Purpose, SignInRequest
from tests.features.approvals.test_client import answer, decisions, present_again
from tests.support.cast import act, make_item, reading


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Contract", kind="approval", spec={"important": True})


@pytest.fixture
def page(item):
    return f"/items/{item.id}/decision"


@pytest.fixture
def code(send_mail):
    """The code of the newest mail."""
    return lambda: next(mail for mail in reversed(send_mail()) if mail.subject.startswith("Your code")).code


def proof(page, code, name="Bea Birch", **more):
    """What the page that asks for the proof sends."""
    fields = {field: page.value(field) for field in ("choice", "words", "version", "key", "seat", "consent")}
    return {**fields, "code": code, "full_name": name, "act": "prove", **more}


def test_a_yes_counts_with_a_code_the_name_and_the_text_agreed_to(app, cast, bea, item, page, code, send_mail):
    asked = bea.post(page, answer(bea.get(page), "noted", "Print it in March"), 200)
    assert asked.h1 == "Confirm that it is you" and "Print it in March" in asked.text and "b…@birch.example" in asked.text
    assert decisions(app, item) == []
    bea.post(page, proof(asked, code(), "  bea BÍRCH "))
    receipt = bea.follow()
    assert "Proven by a code to b…@birch.example at" in receipt.text and "typed as “bea BÍRCH”" in receipt.text
    text = consents.newest(consents.DECISION, "en")
    assert text.text in receipt.text
    (made,) = decisions(app, item)
    assert (made.choice.value, made.words, made.proof, made.consent) == ("noted", "Print it in March", "code", text.sha256)
    mail = next(mail for mail in send_mail() if mail.subject.startswith("Receipt"))
    assert "a code to b…@birch.example" in mail.words
    with reading(app):
        assert list(audit.troubles()) == []
    act(app, lambda: setattr(db.session.get_one(Decision, made.id), "proof", "passkey"))
    with reading(app):
        assert [trouble.words for trouble in audit.troubles()] == [f"decision {made.id}: it was changed."]


def test_a_name_may_be_typed_without_its_accents_or_spelled_out():
    for typed in ("Jörg Müller", "jorg  MULLER", "Joerg Mueller", "Jo\u0308rg Mu\u0308ller"):
        assert same_name(typed, "Jörg Müller")
    assert same_name("Müller", "Mueller")
    assert not any(same_name(typed, "Jörg Müller") for typed in ("", "Jörg", "Jurg Muller"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"full_name": "Ben Birch"}, "This is not the name we know you by. Please write it as it stands here: Bea Birch"),
        ({"code": ""}, "Type the code from the email."),
        ({"code": "000000x"}, "That code does not fit."),
        ({"consent": "0" * 64}, "The text you agree to has changed in the meantime."),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_decided(bea, page, code, nothing_changed, wrong, says):
    asked = bea.post(page, answer(bea.get(page), "approved"), 200)
    right = code()
    with nothing_changed():
        again = bea.post(page, proof(asked, right) | wrong, 422)
    assert says in again.text
    assert again.h1 == "Confirm that it is you" and again.value("choice") == "approved"


def test_five_tries_use_a_code_up_and_a_new_one_helps(bea, page, code, clock):
    asked = bea.post(page, answer(bea.get(page), "approved"), 200)
    right = code()
    for _ in range(5):
        bea.post(page, proof(asked, "12"), 422)
    bea.refused(page, proof(asked, right), says="After five tries a code is used up", status=422)
    clock.advance(minutes=2)
    asked = bea.post(page, proof(asked, "", act="again"), 200)
    bea.post(page, proof(asked, code()))
    assert bea.follow().h1 == "Thank you, “Contract” is approved"


def test_a_code_is_good_for_one_session_and_one_version_and_ten_minutes(app, cast, bea, browse, item, page, code, clock):
    asked = bea.post(page, answer(bea.get(page), "approved"), 200)
    right = code()
    elsewhere = browse(cast.bea)
    elsewhere.refused(page, proof(asked, right, key="other"), says="No code is open any more", status=422)
    present_again(app, cast, item)
    newer = answer(bea.get(page), "approved") | {"full_name": "Bea Birch", "code": right, "act": "prove"}
    bea.refused(page, newer | {"consent": asked.value("consent")}, says="No code is open any more", status=422)
    asked = bea.post(page, answer(bea.get(page), "approved"), 200)
    right = code()
    clock.advance(minutes=11)
    bea.refused(page, proof(asked, right), says="No code is open any more", status=422)
    assert decisions(app, item) == []


def test_a_code_for_a_yes_sends_no_other_answer(bea, item, page, code, send_mail, nothing_changed):
    asked = bea.post(page, answer(bea.get(page), "approved"), 200)
    (mail,) = (mail for mail in send_mail() if mail.subject.startswith("Your code"))
    assert "for this answer alone: Approved" in mail.words
    with nothing_changed():
        bea.refused(page, proof(asked, mail.code, choice="changes", words="All of it"), says="No code is open any more", status=422)
    asked = bea.post(page, proof(asked, "", choice="changes", words="All of it", act="again"), 200)
    bea.post(page, proof(asked, code()))
    assert bea.follow().h1 == "Thank you, we got your changes"


def test_pressing_twice_makes_one_answer(app, bea, item, page, code):
    asked = bea.post(page, answer(bea.get(page), "approved"), 200)
    sent = proof(asked, code())
    bea.post(page, sent)
    bea.post(page, sent)
    assert len(decisions(app, item)) == 1


def test_the_code_opens_no_session_and_what_was_heard_is_not_confirmed_without_one(app, cast, ada, bea, nobody, item, page):
    bea.post(page, answer(bea.get(page), "approved"), 200)
    with reading(app) as session:
        asked = session.scalars(sa.select(SignInRequest).where(SignInRequest.purpose == Purpose.STEP_UP)).one()
    assert nobody.get(f"/l/{keys.link_token(asked.id)}", 410).status == 410
    told = {
        "person": cast.bea.id,
        "choice": "approved",
        "way": "phone",
        "said_on": ada.get(f"/staff/items/{item.id}/heard").value("said_on"),
    }
    ada.post(f"/staff/items/{item.id}/heard", told)
    assert "please answer below: it needs a code" in bea.get(page).text
    with reading(app) as session:
        heard = session.scalars(sa.select(Heard.id)).one()
    bea.post(f"{page}/heard/{heard}", {"act": "confirm"})
    assert "it needs a code from an email and your full name" in bea.follow().text and decisions(app, item) == []
