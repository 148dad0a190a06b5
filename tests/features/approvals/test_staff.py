"""The page on which staff present a version: frozen when published, never decided by staff, and everything typed stays."""

from __future__ import annotations

import hashlib
import io

import pytest
import sqlalchemy as sa

from portal.models.approvals import ApprovalVersion
from portal.models.files import Upload
from portal.models.items import Item
from tests.support.cast import PDF, PNG, act, as_viewer, db, decide, fresh, lay_ready, make_contact, make_item, present, reading
from tests.support.templates import words


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Homepage design", kind="approval", state="preparing")


@pytest.fixture
def page(item):
    return f"/staff/items/{item.id}/present"


def versions(app, item):
    with reading(app) as session:
        return list(session.scalars(sa.select(ApprovalVersion).where(ApprovalVersion.item_id == item.id).order_by(ApprovalVersion.n)))


def alt_of(page):
    return next(str(field["name"]) for field in page.soup.find_all("input") if str(field.get("name", "")).startswith("alt-"))


def answered(app, cast, item, choice, words=""):
    bea = as_viewer(app, cast.bea)
    return act(app, lambda: decide(db.session.get_one(Item, item.id), choice, words=words, by=bea), by=bea)


def test_publishing_freezes_text_and_files_and_asks_the_client(app, cast, ada, bea, item, page, send_mail):
    opened = ada.get(page)
    assert "Bea Birch decides and gets an email." in opened.text
    kept = ada.post(
        page, {"text": "Two drafts", "files": [(io.BytesIO(PDF), "plan.pdf"), (io.BytesIO(PNG), "home.png")], "act": "save"}, 200
    )
    assert kept.value("text") == "Two drafts"
    shown = ada.post(page, {"text": "Two drafts", alt_of(kept): "A bakery", "act": "publish"}, follow=True)
    assert "Published." in shown.text
    assert "Version 1" in shown.text
    (version,) = versions(app, item)
    assert version.is_intact
    frozen = {file.name: (file.sha256, file.alt) for file in version.shown.files}
    assert frozen == {
        "plan.pdf": (hashlib.sha256(PDF).hexdigest(), ""),
        "home.png": (hashlib.sha256(PNG).hexdigest(), "A bakery"),
    }
    assert (version.shown.text, version.shown.title, version.shown.presented_by) == ("Two drafts", "Homepage design", cast.ada.id)
    assert version.shown.deciding.people == (cast.bea.id,)
    assert fresh(app, item).state.value == "to_do"
    assert [mail.to for mail in send_mail()] == ["bea@birch.example"]
    asked = bea.get(f"/items/{item.id}/decision").text
    assert asked.index("Two drafts") < asked.index("Is version 1 right?")  # read first, even on a phone


def test_what_is_missing_is_said_and_what_was_typed_stays(ada, app, item, page, nothing_changed):
    with nothing_changed():
        ada.refused(page, {"text": "", "act": "publish"}, says="the client needs something to look at", status=422)
    picture = ada.post(page, {"text": "Look", "files": [(io.BytesIO(PNG), "home.png")], "act": "publish"}, 200)
    assert "Say in one sentence what each of them shows, then publish." in picture.text
    assert picture.value("text") == "Look" and not picture.soup.select("[data-error-summary]")
    with nothing_changed():
        again = ada.post(page, {"text": "Look", alt_of(picture): "", "act": "publish"}, 422)
    assert "Say in a few words what “home.png” shows" in again.text
    ada.post(page, {"text": "Look", alt_of(again): "A bakery", "act": "publish"})
    assert len(versions(app, item)) == 1


def test_a_program_is_turned_away_and_the_rest_is_kept(app, ada, item, page):
    shown = ada.post(
        page,
        {"text": "Look", "files": [(io.BytesIO(b"MZ" + b"\0" * 200), "setup.exe"), (io.BytesIO(PDF), "plan.pdf")], "act": "publish"},
        422,
    )
    assert "setup.exe" in shown.text
    assert "plan.pdf" in shown.text
    assert shown.value("text") == "Look"
    assert versions(app, item) == []


def test_a_file_can_be_taken_away_again_before(app, ada, item, page):
    upload = lay_ready(app, item)
    shown = ada.post(page, {"text": "Look", "drop": str(upload.id)}, 200)
    assert "Design.png" not in shown.text
    assert fresh(app, upload).removed_at
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Upload)) == 1


@pytest.mark.parametrize(
    ("scan", "says"), [("waiting", "not been checked"), ("could_not", "not been checked"), ("infected", "only clean files")]
)
def test_only_clean_files_are_published(app, ada, item, page, nothing_changed, scan, says):
    laid = lay_ready(app, item, name="Plan.pdf", content=PDF)
    act(app, lambda: db.session.execute(sa.update(Upload).where(Upload.id == laid.id).values(scan=scan)))
    with nothing_changed():
        ada.refused(page, {"text": "A plan", "act": "publish"}, says=says)
    act(app, lambda: db.session.execute(sa.update(Upload).where(Upload.id == laid.id).values(scan="clean")))
    ada.post(page, {"text": "A plan", "act": "publish"})
    assert [file.id for file in versions(app, item)[0].shown.files] == [laid.id]


def test_the_next_version_needs_what_changed_and_takes_the_place(app, cast, ada, item, page, nothing_changed):
    ada.post(page, {"text": "One", "act": "publish"})
    answered(app, cast, item, "changes", "Warmer")
    opened = ada.get(page)
    assert opened.h1 == "Present version 2"
    assert opened.value("text") == "One"
    with nothing_changed():
        ada.refused(page, {"text": "Two", "act": "publish"}, says="Say in a line or two what changed since the version before.", status=422)
    shown = ada.post(page, {"text": "Two", "changed": "- Warmer\n- Larger", "act": "publish"}, follow=True)
    assert "Bea Birch asked for changes on" in shown.text
    assert "Warmer" in shown.text
    first, second = versions(app, item)
    assert (first.stands, second.stands) == (False, True)
    assert second.shown.changes == ["Warmer", "Larger"]


def test_after_a_yes_nothing_is_presented_any_more(app, cast, ada, item, page, nothing_changed):
    ada.post(page, {"text": "One", "act": "publish"})
    answered(app, cast, item, "approved")
    assert "The client has said yes already." in ada.get(page).text
    with nothing_changed():
        ada.refused(page, {"text": "Two", "changed": "All", "act": "publish"}, says="The client has said yes already.", status=409)
        ada.post(page, {"text": "Two", "files": [(io.BytesIO(PDF), "plan.pdf")], "act": "save"}, 409)


def test_a_draft_is_sent_first(app, cast, ada, nothing_changed):
    item = make_item(app, cast.project, kind="approval", state="draft")
    with nothing_changed():
        ada.refused(f"/staff/items/{item.id}/present", {"text": "One", "act": "publish"}, says="Send this item first", status=409)


def test_a_first_confirmation_begins_with_what_the_template_says_in_one_language(app, cast, ada):
    item = make_item(app, cast.project, "Assumption", kind="confirmation", state="preparing")
    spec = {
        "assume": words("You open in May", "Sie öffnen im Mai"),
        "because": words("You said so", "Sie sagten es"),
        "cost": {},
        "rule": "all",
    }
    act(app, lambda: db.session.get_one(Item, item.id).__setattr__("spec", spec))
    typed = {"kind": "confirmation", "title": "What we assume", "min_count": "1", "rule": "any"}
    ada.post(f"/staff/items/{item.id}/edit", typed)
    assert fresh(app, item).spec == spec | {"rule": "any"}
    page = ada.get(f"/staff/items/{item.id}/present")
    assert [page.soup.find(id=name).get_text().strip() for name in ("assume", "because", "cost")] == ["You open in May", "You said so", ""]


def test_a_confirmation_freezes_what_is_assumed(app, cast, ada):
    item = make_item(app, cast.project, "Opening", kind="confirmation", state="preparing")
    page = f"/staff/items/{item.id}/present"
    ada.refused(page, {"assume": "", "because": "You said so", "act": "publish"}, says="Write what you assume", status=422)
    ada.post(page, {"assume": "The shop opens in May", "because": "You said so", "cost": "Two weeks", "act": "publish"})
    (version,) = versions(app, item)
    assert vars(version.shown.statement) == {"assume": "The shop opens in May", "because": "You said so", "cost": "Two weeks"}


def test_staff_see_versions_answers_and_receipts_and_cannot_decide(app, cast, ada, item, page, nothing_changed):
    ada.post(page, {"text": "One", "act": "publish"})
    made = answered(app, cast, item, "changes", "Warmer, please")
    (version,) = versions(app, item)
    receipt = ada.get(f"/staff/items/{item.id}/receipt/{made.id}")
    assert version.sha256 in receipt.text.replace(" ", "")
    assert "Warmer, please" in receipt.text
    assert "One" in ada.get(f"/staff/items/{item.id}/versions/1").text
    ada.get(f"/staff/items/{item.id}/versions/2", 404)
    with nothing_changed():
        ada.post(f"/items/{item.id}/decision", {"choice": "approved", "version": str(version.id), "key": "k"}, 404)


def test_publishing_twice_keeps_the_version_with_its_files(app, cast, ada, item, page, nothing_changed):
    ada.post(page, {"text": "One", "act": "publish"})
    plan = lay_ready(app, item, name="plan.pdf", content=PDF)
    sent = {"text": "Two", "changed": "A plan", "after": ada.get(page).value("after"), "act": "publish"}
    ada.post(page, sent)
    with nothing_changed():
        again = ada.refused(page, sent, says="Version 2 was published in the meantime.", status=409)
    assert (again.value("text"), again.value("after")) == ("Two", "2")
    assert [[file.id for file in version.shown.files] for version in versions(app, item)] == [[], [plan.id]]
    ada.post(page, sent | {"after": again.value("after")})
    assert len(versions(app, item)) == 3


def test_a_changed_snapshot_is_pointed_out(app, ada, item, page):
    ada.post(page, {"text": "One", "act": "publish"})
    act(app, lambda: db.session.execute(sa.update(ApprovalVersion).values(snapshot=ApprovalVersion.snapshot + " ")))
    assert "Does not fit its fingerprint" in ada.get(f"/staff/items/{item.id}").text


def test_contacts_and_strangers_find_nothing(app, bea, cal, item, page, nothing_changed):
    with nothing_changed():
        for browser in (bea, cal):
            browser.get(page, 404)
            browser.post(page, {"text": "One", "act": "publish"}, 404)
            browser.get(f"/staff/items/{item.id}/versions/1", 404)


def test_other_kinds_present_nothing(app, cast, ada):
    files = make_item(app, cast.project)
    ada.get(f"/staff/items/{files.id}/present", 404)


def test_nobody_to_decide_is_pointed_out(app, cast, ada):
    from portal.models.clients import Membership

    item = make_item(app, cast.project, kind="approval", state="preparing")
    act(app, lambda: db.session.execute(sa.update(Membership).where(Membership.person_id == cast.bea.id).values(role="contribute")))
    assert "Nobody at this client may decide yet" in ada.get(f"/staff/items/{item.id}/present").text


def test_the_same_questions_for_2_and_20_versions(app, cast, ada, item, count_queries):
    ada_viewer = as_viewer(app, cast.ada)

    def more(count):
        for _ in range(count):
            act(app, lambda: present(db.session.get_one(Item, item.id), by=ada_viewer), by=ada_viewer)

    def asked():
        ada.get(f"/staff/items/{item.id}")
        with count_queries() as questions:
            ada.get(f"/staff/items/{item.id}")
        return len(questions)

    more(2)
    few = asked()
    more(18)
    assert asked() == few


def test_a_person_who_left_is_not_asked(app, cast, send_mail, item):
    from portal.models.clients import Membership

    bob = make_contact(app, cast.birch, "Bob Birch")
    act(app, lambda: db.session.execute(sa.update(Membership).where(Membership.person_id == bob.id).values(ended_at=sa.func.now())))
    ada = as_viewer(app, cast.ada)
    act(app, lambda: present(db.session.get_one(Item, item.id), by=ada), by=ada)
    assert [mail.to for mail in send_mail()] == ["bea@birch.example"]


def test_links_and_what_a_yes_changes_are_frozen_and_shown_everywhere(app, cast, ada, bea, item, page, send_mail):
    more = {"amount": "1.250,5", "currency": "EUR", "was_on": "2026-09-28", "now_on": "2026-10-05"}
    ada.post(page, {"text": "**Warm** <i>& plain</i>", "links": "The draft https://draft.example/a?b=1&c", **more, "act": "publish"})
    (version,) = versions(app, item)
    assert (version.shown.cost.amount, version.shown.cost.currency, version.shown.moved.now) == ("1250.50", "EUR", "2026-10-05")
    shown = bea.get(f"/items/{item.id}/decision")
    assert shown.soup.find("strong").text == "Warm" and "<i>& plain</i>" in shown.text
    assert shown.soup.find("a", href="https://draft.example/a?b=1&c")["rel"] == ["noopener", "noreferrer", "nofollow"]
    told = ("€1,250.50 more than agreed", "Later: Mon 5 Oct 2026 instead of Mon 28 Sept 2026")
    (asked,) = send_mail()
    made = answered(app, cast, item, "approved")
    places = (shown, ada.get(f"/staff/items/{item.id}/versions/1"), bea.get(f"/items/{item.id}/decision/receipt/{made.id}"))
    for where in (*places, asked, *send_mail()):
        assert all(words in where.text for words in told), where
        assert "https://draft.example/a?b=1&c" in where.text
    assert "> Warm <i>& plain</i>" in asked.text and "<i>& plain" not in asked.html


def test_the_next_version_starts_from_what_a_yes_would_have_changed(app, cast, ada, item, page):
    effect = {"amount": "1,250.50", "currency": "CHF", "was_on": "2026-09-28", "now_on": "2026-10-05"}
    ada.post(page, {"text": "Warm", **effect, "act": "publish"})
    answered(app, cast, item, "changes", "Warmer <b>still</b>")
    form = ada.get(page)
    assert {name: form.value(name) for name in effect} == effect | {"amount": "1250.50"}
    assert "What was written with the answer" in form.text and "Warmer <b>still</b>" in form.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"amount": "much"}, "Write an amount like 450"),
        ({"amount": "1e9"}, "Write an amount like 450"),
        ({"amount": "1.2500"}, "Write an amount like 450"),
        ({"amount": "450.50", "currency": "JPY"}, "JPY has no such small parts."),
        ({"was_on": "2026-09-28"}, "Name both days"),
        ({"links": "The draft http://draft.example"}, "does not end with an address that begins with https://"),
        ({"links": "https://ada@draft.example"}, "does not end with an address that begins with https://"),
        ({"links": "https://[draft"}, "does not end with an address that begins with https://"),
        ({"links": "\n".join(["https://a.example"] * 21)}, "more than 20 links"),
    ],
)
def test_what_cannot_be_meant_is_said_and_stays(ada, item, page, nothing_changed, typed, says):
    with nothing_changed():
        refused = ada.refused(page, {"text": "Look", **typed, "act": "publish"}, says=says, status=422)
    assert all(refused.value(name) == value.strip() for name, value in typed.items())
