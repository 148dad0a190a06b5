"""Files in a colleague's hands: they see just that item, bring its files and say that they are done; the client still sends it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.models.deliveries import HandOver
from portal.models.files import Upload
from portal.models.item_states import ItemState, WaitingOn
from portal.models.items import Item
from tests.features.helping.test_helping import GUS, person
from tests.support.browser import Browser
from tests.support.cast import Cast, as_viewer, fresh, make_contact, make_item, make_upload, reading

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def item(app: Flask, cast: Cast) -> Item:
    """What Birch is asked for, with a file of Bea's."""
    item = make_item(app, cast.project, "Photos of your shop")
    make_upload(app, item, name="bea.pdf", by=cast.bea)
    return item


@pytest.fixture
def gus(app: Flask, bea: Browser, item: Item, browse: Callable[..., Browser]) -> Browser:
    """Gus, whom Bea asked for the files, signed in."""
    bea.post(f"/items/{item.id}/ask", {"piece": "files"} | GUS)
    return browse(person(app))


def brought(*names: str, **more: str) -> dict[str, object]:
    return {"files": [(io.BytesIO(b"%PDF-1.4 of " + name.encode()), name) for name in names], **more}


def test_a_colleague_is_mailed_brings_the_files_and_says_so_and_the_client_sends(
    app: Flask, bea: Browser, item: Item, nobody: Browser, send_mail, clock
) -> None:
    place = f"/items/{item.id}/files"
    assert bea.get(place).soup.select_one(f".ways a[href='/items/{item.id}/ask']")
    bea.post(f"/items/{item.id}/ask", {"piece": "files"} | GUS)
    clock.advance(minutes=1)
    (mail,) = [mail for mail in send_mail() if mail.to == GUS["email"]]
    assert "Photos of your shop" in mail.text and GUS["note"] in mail.text and "add files" in mail.text
    nobody.post(mail.path, {"code": mail.code, "keep": "y"})
    assert nobody.page.location == place
    page = nobody.get(place)
    assert page.h1 == "Photos of your shop" and "bea.pdf" in page.text and not page.soup.select("[value=send], .ways, [data-remove-form]")
    nobody.post(place, brought("mine.pdf", act="done"))
    assert nobody.page.location == "/asked" and "You said that everything is here" in nobody.follow().text
    assert "mine.pdf" in nobody.get(place).text and len(nobody.page.soup.select("[data-remove-form]")) == 1
    clock.advance(minutes=1)
    (mail,) = [mail for mail in send_mail() if mail.to == "bea@birch.example"]
    assert mail.subject == "Gus Green is done: Photos of your shop"
    assert fresh(app, item).state is ItemState.STARTED and fresh(app, item).waiting_on is WaitingOn.CLIENT
    assert "Gus Green says that everything is here" in bea.get(place).text and "mine.pdf" in bea.page.text
    bea.post(place, {"act": "send"})
    assert fresh(app, item).state is ItemState.SENT
    assert nobody.get(place, 303).location == "/asked" and "It has been sent" in nobody.follow().text


def test_they_can_do_nothing_else_with_it(app: Flask, cast: Cast, gus: Browser, item: Item, nothing_changed) -> None:
    other = make_item(app, cast.project, "Your contract")
    secret = make_upload(app, other, name="secret.pdf", by=cast.bea)
    with reading(app) as session:
        beas = session.scalars(select(Upload).where(Upload.item_id == item.id)).one()
    gus.get(f"/items/{item.id}/files")
    assert "Your contract" not in gus.page.html and f"/items/{item.id}/ask" not in gus.page.html
    with nothing_changed():
        gus.post(f"/items/{item.id}/files", {"act": "send"}, 403)
        gus.post(f"/items/{item.id}/files/{beas.id}/remove", {}, 403)
        told = {"files": [{"key": "k" * 9, "name": "new.pdf", "size": 9, "print": "1" * 64}]}
        gus.send("POST", f"/items/{item.id}/uploads?replaces={beas.id}", told, 403)
        gus.send("POST", f"/items/{other.id}/uploads", told, 404)
        for path in (f"items/{other.id}/files", f"files/{secret.id}", f"items/{item.id}/ask", f"items/{item.id}/cannot", "files"):
            gus.get(f"/{path}", 404)
        for path in ("promise", "in-the-way", "take-back", "ask", f"files/{beas.id}/versions"):
            gus.post(f"/items/{item.id}/{path}", GUS, 404)
    with reading(app, as_viewer(app, person(app))) as session:
        assert [row.name for row in session.scalars(select(Upload))] == ["bea.pdf"] and not session.scalars(select(HandOver)).all()


def test_the_line_takes_their_files_until_it_is_taken_back(app: Flask, gus: Browser, bea: Browser, item: Item) -> None:
    content = b"%PDF-1.4 small"
    told = {"files": [{"key": "k" * 9, "name": "new.pdf", "size": len(content), "print": "1" * 64}]}
    answer = gus.send("POST", f"/items/{item.id}/uploads", told, 200).response.json["files"][0]
    assert gus.send("PUT", answer["put"]["url"], content, 200).response.json["state"] == "done"
    row = gus.get(f"/items/{item.id}/uploads/rows?id={answer['id']}").response.json["rows"][answer["id"]]["html"]
    assert "data-remove-form" in row and "New version" not in row
    second = {"files": [told["files"][0] | {"key": "l" * 9, "name": "late.pdf", "print": "2" * 64}]}
    late = gus.send("POST", f"/items/{item.id}/uploads", second, 200).response.json["files"][0]
    bea.post(f"/items/{item.id}/ask/{person(app).id}/take-back")
    assert "Taken back" in bea.follow().text and "Gus Green" not in bea.get(f"/items/{item.id}/files").text and "new.pdf" in bea.page.text
    gus.send("PUT", late["put"]["url"], content, 404)
    gus.get(f"/items/{item.id}/files", 404)
    gus.post(f"/items/{item.id}/files", {"act": "done"}, 404)


def test_done_needs_a_file_and_to_have_been_asked(app: Flask, cast: Cast, bea: Browser, browse, nothing_changed) -> None:
    bare = make_item(app, cast.project, "Your logo")
    wes = make_contact(app, cast.birch, "Wes Watch", role=Role.WATCH)
    bea.post(f"/items/{bare.id}/ask", {"piece": "files"} | GUS | {"email": wes.email_typed})
    place, watching = f"/items/{bare.id}/files", browse(wes)
    with nothing_changed():
        bea.post(place, {"act": "done"}, 404)
        watching.refused(place, {"act": "done"}, says="Choose at least one file", status=422)
    watching.post(place, brought("logo.pdf", act="done"))
    with reading(app):
        assert [row.by_id for row in db.session.scalars(select(Upload))] == [wes.id]
