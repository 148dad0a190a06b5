"""Weekly updates write themselves from facts, are edited and sent in one sitting, and stay as they were sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.models.news import SECTIONS, UpdateReply, WeeklyUpdate
from tests.support.cast import act, fresh, give_files, make_contact, make_item, make_project, reading

PAGE = "/staff/updates"
WEDNESDAY = "2026-03-04T10:00:00+00:00"


@pytest.fixture(autouse=True)
def _wednesday(clock):
    clock.to(datetime.fromisoformat(WEDNESDAY))


def card(page, project):
    """What stands in a project's card, as the browser would send it back."""
    fields = {f"{name}-{project.id}": page.value(f"{name}-{project.id}") for name in SECTIONS if f'name="{name}-{project.id}"' in page.html}
    return fields | {"project": str(project.id)} | {f"{name}-{project.id}": page.value(f"{name}-{project.id}") for name in ("week", "saw")}


def updates(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(WeeklyUpdate)))


def test_it_is_written_from_facts_edited_sent_read_and_answered(app, cast, ada, bea, cal, clock, send_mail):
    make_item(app, cast.project, "Logo", state="accepted")
    make_item(app, cast.project, "Photos", minutes=7)
    make_item(app, cast.project, "Poster", kind="approval", state="preparing")
    make_item(app, cast.project, "Unasked", state="draft")
    page = ada.get(PAGE)
    fields = card(page, cast.project)
    assert "“Logo” is here and fine." in fields[f"done-{cast.project.id}"]
    assert "Photos, about 7 min" in fields[f"theirs-{cast.project.id}"]
    assert "We are preparing “Poster”." in fields[f"ours-{cast.project.id}"]
    assert "Unasked" not in str(fields)
    send_mail()
    fields[f"next-{cast.project.id}"] = "We draw the shop window."
    ada.post(PAGE, fields | {"send": str(cast.project.id), "act": "send"})
    assert "1 update is on its way." in ada.follow().text
    (mail,) = [mail for mail in send_mail() if mail.to == "bea@birch.example"]
    assert mail.subject.endswith(": this week") and "We draw the shop window." in mail.words and "Photos, about 7 min" in mail.words
    assert "Updates 1 : 1 new" in bea.get("/files").text and ": 1 new" not in cal.get("/files").text
    told = bea.get("/updates").text
    assert ": 1 new" not in told and ": 1 new" not in bea.get("/files").text
    assert "We draw the shop window." in told and "Week of Mon 2 Mar" in told
    assert "Week of Mon 2 Mar" in bea.get("/").text
    (update,) = updates(app)
    bea.post(f"/updates/{update.id}", {"words": "Lovely, thank you!"})
    assert "Lovely, thank you!" in bea.get(f"/updates/{update.id}").text
    clock.advance(minutes=6)
    (news,) = [mail for mail in send_mail() if mail.to == "ada@halden.example"]
    assert "Lovely, thank you!" in news.words and "about our update of" in news.words
    thread = ada.get(f"/staff/messages/{cast.project.id}")
    assert "Lovely, thank you!" in thread.text and f'href="{PAGE}/{update.id}"' in thread.html
    assert f'href="/updates/{update.id}"' in bea.get(f"/messages/{cast.project.id}").html
    assert "Lovely" in ada.get(f"{PAGE}/{update.id}").text


def test_what_was_written_before_such_words_became_messages_is_still_read_and_settled(app, cast, ada, bea):
    ada.post(
        PAGE, card(ada.get(PAGE), cast.project) | {"act": "send", "send": str(cast.project.id), f"done-{cast.project.id}": "All of it."}
    )
    (update,) = updates(app)
    old = {"update_id": update.id, "person_id": cast.bea.id, "project_id": cast.project.id, "client_id": cast.birch.id}
    answer = UpdateReply(id=uuid4(), words="Lovely, as before!", at=update.sent_at, **old)
    act(app, action(lambda: db.session.add(answer)))
    answer = fresh(app, answer)
    assert "as before!" in bea.get(f"/updates/{update.id}").text and "as before!" in ada.get(PAGE).text
    ada.post(f"{PAGE}/replies/{answer.id}/done")
    assert "as before!" not in ada.get(PAGE).text and "as before!" in ada.get(f"{PAGE}/{update.id}").text


def test_what_was_typed_is_kept_until_it_is_sent_and_fixed_from_then_on(app, cast, ada, bea):
    fields = card(ada.get(PAGE), cast.project) | {f"next-{cast.project.id}": "A visit on Friday."}
    ada.post(PAGE, fields | {"act": "keep"})
    assert "A visit on Friday." in ada.get(PAGE).html
    assert "A visit on Friday." not in bea.get("/updates").text
    ada.post(PAGE, fields | {"act": "send", "send": str(cast.project.id), f"nothing-{cast.project.id}": "we waited for the printer."})
    ada.post(PAGE, fields | {"act": "send", "send": str(cast.project.id), f"next-{cast.project.id}": "Something else"})
    (update,) = updates(app)
    assert update.said["next"] == "A visit on Friday." and update.sha256
    assert "Nothing moved this week, because" in bea.get(f"/updates/{update.id}").text


def test_whoever_ends_them_by_mail_reads_them_on_their_page_and_may_begin_again(app, cast, ada, bea, nobody, clock, send_mail):
    done = {"act": "send", "send": str(cast.project.id), f"done-{cast.project.id}": "All of it."}
    ada.post(PAGE, card(ada.get(PAGE), cast.project) | done)
    (mail,) = [mail for mail in send_mail() if mail.to == "bea@birch.example"]
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    nobody.post("/" + mail.message["List-Unsubscribe"].strip("<>").split("/", 3)[3], {"List-Unsubscribe": "One-Click"}, 200)
    assert "Not by email." in bea.get("/me").text
    clock.advance(days=6)
    ada = ada.sign_in(cast.ada)
    ada.post(PAGE, card(ada.get(PAGE), cast.project) | done)
    clock.advance(hours=30)
    assert [mail.to for mail in send_mail() if mail.subject.endswith(": this week")] == ["ben@birch.example"]
    assert "You get them by email, too." in bea.sign_in(cast.bea).post("/me/mails/updates/on", follow=True).text


def test_a_week_in_which_nothing_moved_needs_a_reason(app, cast, ada):
    fields = card(ada.get(PAGE), cast.project) | {f"next-{cast.project.id}": "Kept all the same", "act": "send"}
    page = ada.post(PAGE, fields | {"send": str(cast.project.id)}, 422)
    assert "Say in one sentence why nothing moved." in page.text and "Kept all the same" in page.html
    assert [update.sent_at for update in updates(app)] == [None]


def test_what_only_some_may_know_is_in_no_update(app, cast, ada, browse):
    give_files(app, cast.project, "Salaries.pdf", to=[cast.bea])
    give_files(app, cast.project, "Plan.pdf")
    done = card(ada.get(PAGE), cast.project)[f"done-{cast.project.id}"]
    assert "Plan.pdf" in done and "Salaries" not in done
    guest = browse(make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST))
    ada.post(PAGE, card(ada.get(PAGE), cast.project) | {"send": str(cast.project.id), "act": "send"})
    (update,) = updates(app)
    guest.get(f"/updates/{update.id}", 404)
    assert "Plan.pdf" not in guest.get("/updates").text


def test_a_date_that_was_moved_says_from_when_to_when(app, cast, ada):
    stone = cast.milestones[-1]
    with reading(app) as session:
        was = session.get_one(type(stone), stone.id)
    new = (was.starts_on or was.ends_on) + timedelta(days=7)
    url, fields = (
        f"/staff/projects/{cast.project.id}/milestones/{stone.id}",
        {"name": "Launch", "starts_on": new.isoformat(), "ends_on": ""},
    )
    ada.refused(url, fields, says="Say in a sentence why the day moves.")
    ada.post(url, fields | {"why": "The printer is ill."})
    said = card(ada.get(PAGE), cast.project)[f"moved-{cast.project.id}"]
    assert "moves from" in said and "Why: The printer is ill." in said


def test_two_who_write_the_same_card_are_told_and_nothing_is_overwritten(app, cast, ada, abe):
    mine, theirs = card(ada.get(PAGE), cast.project), card(abe.get(PAGE), cast.project)
    part = f"next-{cast.project.id}"
    abe.post(PAGE, theirs | {part: "From Abe.", "act": "keep"})
    said = ada.post(PAGE, mine | {part: "From Ada.", "act": "keep"}, 200, HX_Request="true").text
    assert "Abe Lund has kept another text" in said
    page = ada.post(PAGE, mine | {part: "From Ada.", "act": "keep"}, 422)
    assert "Abe Lund has kept another text" in page.text and "From Abe." in page.text
    assert "From Abe." in abe.get(PAGE).html and "From Ada." not in abe.page.html
    ada.post(PAGE, card(page, cast.project) | {"act": "keep"})
    assert "From Ada." in abe.get(PAGE).html
    late = card(abe.page, cast.project) | {part: "Once more from Abe.", "act": "keep"}
    ada.post(PAGE, card(ada.get(PAGE), cast.project) | {"act": "send", "send": str(cast.project.id), f"done-{cast.project.id}": "All."})
    assert "has been sent in the meantime" in abe.post(PAGE, late, follow=True).text


def test_two_and_twenty_cards_cost_the_same(app, cast, ada, count_queries):
    def asked():
        with count_queries() as found:
            ada.get(PAGE)
        return len(found)

    for n in range(2):
        make_item(app, make_project(app, cast.birch, f"Second {n}"), "Logo")
    two = asked()
    for n in range(12):
        project = make_project(app, cast.birch, f"More {n}")
        make_item(app, project, "Logo")
        give_files(app, project, "Plan.pdf")
    assert asked() == two
