"""Settings of the firm: admins change them, members read them, contacts never see them."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from portal.features.firm import marks
from portal.features.firm.marks import redraw
from portal.features.firm.queries import KINDS
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.outbox import Lane, Outbox, Stand, post
from portal.kernel.record import Event, EventDetail
from portal.kernel.refusal import Refused
from portal.kinds.previews import redrawing
from portal.models.clients import Client
from portal.models.people import Firm
from portal.storage.current import store
from portal.web import letters
from tests.support.cast import act, reading

PAGES = ("/staff/settings", "/staff/settings/look", "/staff/settings/mail", "/staff/settings/calendar", "/staff/settings/files")
FIRM = {"name": "Studio Halden", "phone": "+49 30 999", "address": "Lane 1\nBerlin", "language": "de", "zone": "Europe/Berlin"}
POSTS = (
    ("/staff/settings", FIRM),
    ("/staff/settings/look", {"colour": "#123456"}),
    ("/staff/settings/mail", {"mail_name": "X", "mail_address": ""}),
    ("/staff/settings/calendar", {"working_days": ["0"], "holidays": ""}),
    ("/staff/settings/files", {"file_mb": "100", "client_gb": "10", "keep_days": "30"}),
    ("/staff/settings/look/mark/remove", {}),
    ("/staff/settings/mail/test", {}),
)


def firm(app) -> Firm:
    with reading(app) as session:
        return session.query(Firm).one()


def last_change(app) -> tuple[str, str]:
    with reading(app) as session:
        event = session.query(Event).order_by(Event.at.desc(), Event.seq.desc()).first()
        detail = session.get(EventDetail, (event.chain_id, event.seq))
        return event.kind, detail.data if detail else ""


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300)) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", size, (10, 90, 99)).save(out, kind)
    out.seek(0)
    return out


def park(app, kind: str = "sign_in", *, person=None, **values) -> Outbox:
    def work() -> Outbox:
        from portal.kernel.db import db

        row = db.session.get_one(Outbox, post(kind, lane=Lane.MESSAGE, person_id=person.id if person else None, facts={}))
        row.state, row.error = Stand.PARKED, "550 no such mailbox"
        for name, value in values.items():
            setattr(row, name, value)
        return row

    return act(app, work)


def fresh(app, row: Outbox) -> Outbox:
    with reading(app) as session:
        return session.get_one(Outbox, row.id)


def test_an_admin_says_who_the_firm_is(app, ada) -> None:
    page = ada.get("/staff/settings")
    assert page.value("name") == "Halden"
    ada.post("/staff/settings", FIRM)
    found = firm(app)
    assert (found.name, found.phone, found.language) == ("Studio Halden", "+49 30 999", "de")
    assert found.settings["postal_address"] == "Lane 1\nBerlin"
    kind, detail = last_change(app)
    assert kind == "firm.changed"
    assert "Studio Halden" in detail
    assert "Saved." in ada.follow().text


def test_saving_without_a_change_is_not_recorded(app, ada, nothing_changed) -> None:
    page = ada.get("/staff/settings")
    same = {name: page.value(name) for name in FIRM}
    with nothing_changed():
        ada.post("/staff/settings", same)


def test_a_firm_without_a_name_is_refused_and_the_text_stays(ada, nothing_changed) -> None:
    with nothing_changed():
        ada.refused("/staff/settings", FIRM | {"name": "", "phone": "+49 30 1"}, says="Write the name of your firm.", status=422)


@pytest.mark.parametrize("url", PAGES)
def test_members_read_and_strangers_find_nothing(url, abe, bea, nobody) -> None:
    page = abe.get(url)
    assert "Only admins can change it" in page.text
    assert not page.soup.find("fieldset", disabled=False) or not [
        b for b in page.soup.find("main").find_all("button") if b.get_text(strip=True) == "Save"
    ]
    bea.get(url, 404)
    assert nobody.get(url, 303).location.startswith("/login")


@pytest.mark.parametrize(("url", "data"), POSTS)
def test_members_and_contacts_change_nothing(url, data, abe, bea, nobody, nothing_changed) -> None:
    with nothing_changed():
        assert "Only admins" in abe.post(url, data, 403).text
        bea.post(url, data, 404)
        nobody.post(url, data, 303)


def test_a_colour_is_tried_on_before_it_is_kept(app, ada, nothing_changed) -> None:
    with nothing_changed():
        page = ada.get("/staff/settings/look?colour=0B7A3C")
    assert page.value("colour") == "#0b7a3c"
    sheet = next(link["href"] for link in page.soup.find_all("link") if "look.css" in link["href"])
    css = ada.get(sheet)
    assert css.headers["Content-Type"].startswith("text/css")
    assert '.trial[data-theme="dark"]' in css.html
    ada.post("/staff/settings/look", {"colour": "#0b7a3c"})
    assert firm(app).colour == "#0b7a3c"
    assert "This is your colour now" in ada.follow().text
    assert "#0b7a3c" in ada.get("/brand.css").html


def test_a_colour_nothing_can_be_read_on_is_corrected_and_not_refused(app, ada) -> None:
    page = ada.get("/staff/settings/look?colour=%23777777")
    assert "Neither white nor black text can be read on #777777" in page.text
    ada.post("/staff/settings/look", {"colour": "#777777"})
    assert firm(app).colour == "#777777"


def test_what_is_no_colour_is_refused_and_stays(ada, nothing_changed) -> None:
    with nothing_changed():
        ada.refused("/staff/settings/look", {"colour": "teal; x"}, says="Write a colour as # and six characters", status=422)
        assert "Write a colour" in ada.get("/staff/settings/look?colour=zz").text
        assert "zz" not in ada.get("/staff/settings/look.css?colour=zz").html


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_mark_is_redrawn_small_and_square(app, ada, kind) -> None:
    ada.get("/staff/settings/look")
    ada.post("/staff/settings/look/mark", {"mark": (picture(kind), "mark.bin")})
    key = firm(app).mark_key
    assert key and key.startswith(f"blobs/{firm(app).id.hex}/")
    shown = ada.get("/mark")
    assert shown.headers["Content-Type"] == "image/png"
    with Image.open(BytesIO(shown.data)) as drawn:
        assert drawn.size == (512, 512)
        assert drawn.format == "PNG"
    assert "/mark?v=" in ada.get("/staff/settings/look").html


def test_another_mark_replaces_the_bytes_and_removing_brings_the_letter_back(app, ada) -> None:
    ada.post("/staff/settings/look/mark", {"mark": (picture(), "a.png")})
    ada.post("/staff/settings/look/mark", {"mark": (picture("JPEG"), "b.jpg")})
    with app.app_context():
        assert [stored.key for stored in store().keys("blobs/")] == [firm(app).mark_key]
    ada.post("/staff/settings/look/mark/remove")
    with app.app_context():
        assert list(store().keys("blobs/")) == []
    ada.get("/mark", 404)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("data", [SVG, b"GIF89a nonsense", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_picture_of_ours_is_refused_in_words(ada, data, nothing_changed) -> None:
    with nothing_changed():
        page = ada.post("/staff/settings/look/mark", {"mark": (BytesIO(data), "mark.png")}, 422)
        assert "picture" in page.text
        assert "choose it again" in page.text


def test_a_picture_that_is_too_large_is_refused_before_it_is_opened() -> None:
    with pytest.raises(Refused, match="larger than 5 MB"):
        redraw(BytesIO(b"x" * 5_000_001))


def test_a_picture_with_too_many_pixels_is_refused() -> None:
    with pytest.raises(Refused, match="choose it again"):
        redraw(picture(size=(20_000, 2_001)))


def test_a_picture_that_breaks_its_decoder_is_refused_in_words_and_breaks_nothing_else(monkeypatch) -> None:
    monkeypatch.setattr(marks, "DRAW", "tests.storage.misbehaving:hang")
    monkeypatch.setattr(redrawing, "LIMITS", replace(redrawing.LIMITS, seconds=0.5))
    with pytest.raises(Refused, match="cannot read this picture"):
        redraw(picture())


def test_choosing_no_picture_is_refused_in_words(ada, abe, nothing_changed) -> None:
    with nothing_changed():
        ada.refused("/staff/settings/look/mark", {}, says="Choose a picture first.", status=422)
        assert "Only admins" in abe.post("/staff/settings/look/mark", {"mark": (picture(), "a.png")}, 403).text


def test_the_sender_is_checked_like_any_address(app, ada) -> None:
    ada.refused(
        "/staff/settings/mail", {"mail_name": "Halden", "mail_address": "not an address"}, says="Write an email address", status=422
    )
    ada.post("/staff/settings/mail", {"mail_name": "Halden", "mail_address": "hello@halden.example"})
    assert firm(app).mail_address == "hello@halden.example"


def test_a_test_mail_arrives_and_the_page_says_so(ada, send_mail) -> None:
    ada.post("/staff/settings/mail/test")
    assert "On its way" in ada.follow().text
    (mail,) = send_mail()
    assert mail.subject == "Your test email has arrived"
    assert "Sent" in ada.get("/staff/settings/mail").soup.find(class_="tag--done").get_text()
    ada.get(mail.path)


def test_what_came_of_it_shows_without_a_reload_and_nobody_is_asked_for_ever(ada, clock, send_mail) -> None:
    ada.post("/staff/settings/mail/test")
    again = ada.get("/staff/settings/mail").soup.select_one("#tests a[hx-get]")
    assert again["hx-trigger"].startswith("load delay:2s") and again["href"] == "/staff/settings/mail"
    part = ada.get(again["hx-get"], HX_Request="true")
    assert "On its way" in part.text and "Sender" not in part.text and part.soup.select_one("#tests a[hx-get]")
    clock.advance(minutes=3)
    assert not ada.get("/staff/settings/mail").soup.select_one("#tests a[hx-get]")
    send_mail()
    part = ada.get("/staff/settings/mail", HX_Request="true")
    assert "Sent" in part.text and not part.soup.select_one("a[hx-get]")


@pytest.mark.both
def test_pressing_twice_sends_one_test_mail(ada, send_mail) -> None:
    ada.post("/staff/settings/mail/test")
    ada.post("/staff/settings/mail/test")
    assert len(send_mail()) == 1


def test_mail_that_got_stuck_is_shown_and_tried_again(app, ada, cast, send_mail) -> None:
    row = park(app, "test_mail", person=cast.abe)
    page = ada.get("/staff/settings/mail")
    assert "550 no such mailbox" in page.text
    assert "Abe" in page.text
    ada.post(f"/staff/settings/mail/{row.id}/again")
    assert len(send_mail()) == 1
    assert fresh(app, row).state is Stand.SENT
    assert last_change(app)[0] == "mail.tried_again"
    assert "None. Every email so far" in ada.get("/staff/settings/mail").text


def test_mail_that_got_stuck_can_be_dismissed_once(app, ada, bea, cast, nothing_changed) -> None:
    row = park(app, "test_mail", person=cast.abe)
    with nothing_changed():
        bea.post(f"/staff/settings/mail/{row.id}/drop", status=404)
    ada.post(f"/staff/settings/mail/{row.id}/drop")
    assert fresh(app, row).state is Stand.CANCELLED
    with nothing_changed():
        ada.post(f"/staff/settings/mail/{row.id}/drop")
        assert "not stuck any more" in ada.follow().text
        ada.post(f"/staff/settings/mail/{row.id}/again")
        assert "not stuck any more" in ada.follow().text
        ada.post(f"/staff/settings/mail/{cast.abe.id}/again", status=404)


def test_mail_that_is_too_old_is_not_offered_again(app, ada, cast, nothing_changed) -> None:
    row = park(app, person=cast.bea, expires_at=now())
    assert "Too old to send" in ada.get("/staff/settings/mail").text
    with nothing_changed():
        ada.post(f"/staff/settings/mail/{row.id}/again")


def test_the_list_of_stuck_mail_asks_as_much_for_twenty_as_for_two(app, ada, cast, count_queries) -> None:
    for _ in range(2):
        park(app, person=cast.bea)
    with count_queries() as two:
        ada.get("/staff/settings/mail")
    for _ in range(18):
        park(app, person=cast.bea)
    with count_queries() as twenty:
        ada.get("/staff/settings/mail")
    assert len(two) == len(twenty)


def test_working_days_and_days_off(app, ada) -> None:
    page = ada.get("/staff/settings/calendar")
    assert page.value("working_days") == "0,1,2,3,4"
    ada.post("/staff/settings/calendar", {"working_days": ["0", "1"], "holidays": "2026-12-25\n\n2026-12-24\n2026-12-25"})
    assert firm(app).working_days == [0, 1]
    assert firm(app).holidays == ["2026-12-24", "2026-12-25"]


def test_errors_in_days_off_name_the_line_and_keep_the_text(ada, nothing_changed) -> None:
    typed = "2026-12-24\nChristmas\n2026-13-01"
    with nothing_changed():
        page = ada.post("/staff/settings/calendar", {"working_days": ["0"], "holidays": typed}, 422)
        assert "Line 2 is not a day like 2026-12-24: Christmas." in page.text
        assert "Line 3" in page.text
        assert page.value("holidays").split() == typed.split()
        ada.refused("/staff/settings/calendar", {"holidays": ""}, says="Choose at least one working day.", status=422)


def test_every_kind_of_mail_has_a_name_here(app) -> None:
    ours = {kind for kind in letters.kinds() if not kind.startswith("test_of_")}  # tests of the worker write letters of their own
    assert ours <= set(KINDS)


def test_what_is_wrong_with_a_colour_stands_in_the_part_that_is_swapped(ada) -> None:
    page = ada.get("/staff/settings/look?colour=teal")
    form = page.soup.select_one("form[hx-get]")
    part = page.soup.select_one(form["hx-select"])
    assert form["hx-target"] == form["hx-select"] and "Write a colour as # and six characters" in part.get_text()


def used(app, client, count: int) -> None:
    act(app, lambda: setattr(db.session.get_one(Client, client.id), "bytes_used", count))


def test_an_admin_says_how_large_files_may_be_and_how_much_room_a_client_has(app, cast, ada) -> None:
    assert "No client has files here yet." in ada.get("/staff/settings/files").text
    used(app, cast.birch, 7_200_000_000)
    used(app, cast.cedar, 300_000_000)
    page = ada.get("/staff/settings/files")
    assert (page.value("file_mb"), page.value("client_gb"), page.value("keep_days")) == ("5000", "100", "30")
    assert "Your clients have 7.5 GB of files here now; the most is Birch with 7.2 GB." in page.text
    ada.post("/staff/settings/files", {"file_mb": "12000", "client_gb": "300", "keep_days": "7"})
    said = firm(app).settings
    assert (said["most_bytes_per_file"], said["most_bytes_per_client"]) == (12_000_000_000, 300_000_000_000)
    assert last_change(app)[0] == "firm.changed"
    page = ada.follow()
    assert "Saved." in page.text and page.value("file_mb") == "12000"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"file_mb": ""}, "Write a number of MB."),
        ({"file_mb": "0"}, "Between 1 and 50,000."),
        ({"file_mb": "many"}, "Not a valid integer"),
        ({"client_gb": "-1"}, "Between 1 and 100,000."),
        ({"keep_days": "0"}, "Between 1 and 3,650."),
        ({"file_mb": "11000"}, "cannot be larger than the room a client has"),
        ({"client_gb": "6", "file_mb": "6000"}, "Birch has more than that here already."),
    ],
)
def test_limits_nobody_can_mean_are_refused_in_words_and_stay(app, cast, ada, nothing_changed, wrong, says) -> None:
    used(app, cast.birch, 7_200_000_000)
    typed = {"file_mb": "4000", "client_gb": "10", "keep_days": "30"} | wrong
    with nothing_changed():
        page = ada.post("/staff/settings/files", typed, 422)
    assert says in page.text
    assert {name: page.value(name) for name in typed} == typed
