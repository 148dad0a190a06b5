"""Both sides talk about projects and items; what only the firm reads stays with it; a message to a client is looked at before it goes."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from portal.kernel.viewer import Role
from portal.models.files import Upload
from portal.models.marks import Seen
from portal.models.talk import Message, MessageFile
from tests.support.cast import PNG, make_contact, make_item, name_person, reading

NOON = "2026-03-04T11:00:00+00:00"


@pytest.fixture(autouse=True)
def _noon(clock):
    from datetime import datetime

    clock.to(datetime.fromisoformat(NOON))


def messages(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(Message).order_by(Message.kept_at, Message.at)))


def test_they_talk_and_hear_of_it_once(app, cast, ada, bea, clock, send_mail):
    url = f"/messages/{cast.project.id}"
    bea.get("/messages", 303)
    bea.post(url, {"words": "Where do we park?"})
    bea.post(url, {"words": "Where do we park? "})
    assert len(messages(app)) == 1, "a double press says it once"
    bea.post(url, {"words": "And <b>when</b>?"})
    assert "Where do we park?" in bea.get(url).text and send_mail() == []
    clock.advance(minutes=6)
    (mail,) = send_mail()
    assert mail.to == "ada@halden.example" and "> Where do we park?\n" in mail.text and "> And <b>when</b>?\n" in mail.text
    assert f"<project-{cast.project.id.hex}@" in mail.message["References"]
    board = ada.get("/staff/messages")
    assert "2 new" in board.text and "waits for an answer since" in board.text
    ada.post(f"/staff/messages/{cast.project.id}", {"act": "preview", "words": "Behind the house, at nine."})
    page = ada.follow()
    assert "Bea" in page.text and "Ben" in page.text and "Behind the house" not in bea.get(url).text
    (draft,) = [message for message in messages(app) if message.is_draft]
    ada.post(f"/staff/messages/drafts/{draft.id}/send")
    assert "Messages 1 : 1 new message" in bea.get("/files").text
    clock.advance(seconds=2)
    page = bea.get(url)
    assert "Behind the house" in page.text and "1 new message" not in page.text
    with reading(app) as session:  # read up to what she saw, and not up to now: more may have come meanwhile
        read = session.scalar(sa.select(sa.func.max(Seen.last_at)).where(Seen.person_id == cast.bea.id, Seen.kind == "thread"))
        assert read == session.get_one(Message, draft.id).at
    assert "waits for an answer since" not in ada.get("/staff/messages").text
    assert "Read by Bea" in ada.get(f"/staff/messages/{cast.project.id}").text
    clock.advance(minutes=6)
    assert [mail.to for mail in send_mail()] == ["ben@birch.example"]  # Bea has read it
    assert "Read by Ada" in bea.get(url).text


def test_a_note_stays_with_the_firm(app, cast, ada, bea, clock, send_mail):
    url = f"/staff/messages/{cast.project.id}"
    ada.post(url, {"act": "note", "note": "They are slow payers"})
    assert "They are slow payers" in ada.get(url).text
    assert "slow" not in bea.get(f"/messages/{cast.project.id}").text
    clock.advance(hours=1)
    assert send_mail() == []
    (note,) = messages(app)
    with pytest.raises(ValueError):
        note.audience = "shared"
    bea.get(f"/messages/said/{note.id}", 404)


def test_an_item_has_a_thread_of_its_own_for_whoever_sees_the_item(app, cast, ada, bea, browse):
    guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
    named, other = make_item(app, cast.project, "Photos"), make_item(app, cast.project, "Logo")
    name_person(app, named, guest)
    gus = browse(guest)
    gus.post(f"/items/{named.id}/messages", {"words": "How large?"})
    bea.post(f"/items/{other.id}/messages", {"words": "Which logo?"})
    bea.post(f"/messages/{cast.project.id}", {"words": "About all of it"})
    seen = gus.get("/messages").text
    assert "Photos" in seen and "Logo" not in seen and "About all of it" not in gus.get(f"/items/{named.id}/messages").text
    gus.get(f"/items/{other.id}/messages", 404)
    gus.post(f"/messages/{cast.project.id}", {"words": "Let me in"}, 403)
    assert "How large?" in ada.get(f"/staff/items/{named.id}/messages").text
    assert "How large?" not in ada.get(f"/staff/messages/{cast.project.id}").text


def test_what_was_just_written_can_be_changed_and_taken_back(app, cast, ada, bea, clock, send_mail):
    url = f"/messages/{cast.project.id}"
    bea.post(url, {"words": "Monday"})
    bea.post(url, {"words": "Rubbish"})
    first, second = messages(app)
    bea.post(f"/messages/said/{first.id}", {"words": "Tuesday"})
    bea.refused(f"/messages/said/{first.id}", {"words": "  "}, says="Write a sentence first.")
    bea.post(f"/messages/said/{second.id}/back")
    clock.advance(minutes=6)
    (mail,) = send_mail()
    assert "Tuesday" in mail.text and "Monday" not in mail.text and "Rubbish" not in mail.text
    bea.refused(f"/messages/said/{first.id}", {"words": "Wednesday"}, says="within five minutes")
    assert "Tuesday" in ada.get(f"/staff/messages/{cast.project.id}").text


def test_files_come_with_messages_and_only_where_they_were_meant(app, cast, ada, bea, ben):
    url = f"/staff/messages/{cast.project.id}"
    bea.post(f"/messages/{cast.project.id}", {"words": "Our house", "files": (io.BytesIO(PNG), "house.png")})
    assert "house.png" in ada.get(url).text and "house.png" in bea.get("/files").text
    ada.post(url, {"act": "note", "note": "The bill", "note_files": (io.BytesIO(PNG), "secret.png")})
    ada.post(url, {"act": "preview", "words": "The plan", "files": (io.BytesIO(PNG), "plan.png")})
    assert "plan.png" in ada.follow().text
    assert "plan.png" not in ben.get(f"/messages/{cast.project.id}").text + ben.get("/files").text
    (draft,) = [message for message in messages(app) if message.is_draft]
    ada.post(f"/staff/messages/drafts/{draft.id}/send")
    shown = ben.get(f"/messages/{cast.project.id}").text + ben.get("/files").text
    assert "plan.png" in shown and "secret.png" not in shown
    with reading(app) as session:
        ids = {file.name: file.id for file in session.scalars(sa.select(Upload).join(MessageFile, MessageFile.upload_id == Upload.id))}
    ben.get(f"/files/{ids['plan.png']}")
    ben.get(f"/files/{ids['secret.png']}", 404)
    ada.post(f"/staff/messages/said/{draft.id}/back")
    ben.get(f"/files/{ids['plan.png']}", 404)


def test_what_is_refused_keeps_what_was_typed(cast, ada, bea, nothing_changed):
    url = f"/messages/{cast.project.id}"
    with nothing_changed():
        bea.refused(url, {"words": " "}, says="Write a sentence first.")
        page = bea.post(url, {"words": "kept " + "x" * 8001}, 422)
        assert "kept xxx" in page.html
        page = ada.post(f"/staff{url}", {"act": "preview", "words": " ", "note": ""}, 422)
        assert "Write a sentence first." in page.text


def test_lists_cost_the_same_for_many(app, cast, ada, bea, count_queries):
    counts = []
    for n in (2, 20):
        for _ in range(n):
            bea.post(f"/items/{make_item(app, cast.project).id}/messages", {"words": "Hello"})
        for page in (ada, bea):
            page.get("/staff/messages" if page is ada else "/messages")
            with count_queries() as asked:
                page.get("/staff/messages" if page is ada else "/messages")
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
