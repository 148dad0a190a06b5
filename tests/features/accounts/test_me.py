"""About me, behind both doors: what I say of myself, and where I am signed in."""

from __future__ import annotations

import pytest

from tests.support.cast import fresh

ME = {"name": "Bea Birch-Lind", "phone": "+49 40 1", "language": "en", "zone": "Asia/Tokyo"}


@pytest.mark.parametrize(("who", "url"), [("bea", "/me"), ("ada", "/staff/me")])
def test_people_say_who_they_are(request, app, cast, who, url) -> None:
    browser = request.getfixturevalue(who)
    page = browser.get(url)
    assert page.value("name") == getattr(cast, who).name
    browser.post(url, ME | ({"title": "Project lead"} if who == "ada" else {}))
    found = fresh(app, getattr(cast, who))
    assert (found.name, found.phone, found.zone) == (ME["name"], ME["phone"], ME["zone"])
    assert found.title == ("Project lead" if who == "ada" else "")
    assert "Saved." in browser.follow().text


def test_the_next_page_speaks_the_new_language(app, bea) -> None:
    app.config["LANGUAGES_SPOKEN"] = ("en", "ar")
    bea.get("/me")
    bea.post("/me", ME | {"language": "ar"})
    assert bea.follow().soup.html["dir"] == "rtl"


def test_a_contact_gives_themselves_no_title_or_role(app, bea, cast) -> None:
    bea.post("/me", ME | {"title": "Boss", "staff_role": "admin", "email_canon": "x@y.example"})
    found = fresh(app, cast.bea)
    assert (found.title, found.staff_role, found.email_canon) == ("", None, cast.bea.email_canon)


@pytest.mark.parametrize(("who", "url"), [("bea", "/me"), ("ada", "/staff/me")])
def test_what_cannot_be_is_refused_and_stays(request, app, who, url, nothing_changed) -> None:
    browser = request.getfixturevalue(who)
    browser.get(url)
    with nothing_changed():
        browser.refused(url, ME | {"name": ""}, says="Write your name.", status=422)
        browser.post(url, ME | {"zone": "Mars/Olympus"}, 422)
        browser.post(url, ME | {"language": "xx"}, 422)


def test_one_device_is_signed_out_and_only_that_one(browse, bea, cast) -> None:
    phone, tablet = browse(cast.bea), browse(cast.bea)
    assert "Sign out everywhere else" in bea.get("/me").text
    bea.post(f"/me/devices/{phone.session_id}/end")
    assert "Signed out there" in bea.follow().text
    phone.get("/me", 303)
    tablet.get("/me")
    bea.get("/me")


def test_all_other_devices_are_signed_out(browse, ada, cast) -> None:
    others = [browse(cast.ada), browse(cast.ada)]
    ada.post("/staff/me/devices/end-others")
    assert "Signed out on 2 other devices." in ada.follow().text
    for other in others:
        other.get("/staff/me", 303)
    assert "Sign out everywhere else" not in ada.get("/staff/me").text


def test_devices_of_others_are_not_there(bea, cal, ada, abe, nothing_changed) -> None:
    bea.get("/me")
    with nothing_changed():
        cal.post(f"/me/devices/{bea.session_id}/end", status=404)
        ada.post(f"/staff/me/devices/{abe.session_id}/end", status=404)


def test_nobody_is_asked_to_sign_in_and_each_has_their_own_door(nobody, bea, ada, nothing_changed) -> None:
    with nothing_changed():
        assert nobody.get("/me", 303).location.startswith("/login")
        assert nobody.post("/staff/me", ME, 303).location.startswith("/login")
        bea.get("/staff/me", 404)
        bea.post("/staff/me", ME, 404)
        ada.get("/me", 404)
        ada.post("/me", ME, 404)


def test_the_list_asks_as_much_for_twenty_devices_as_for_two(browse, bea, cast, count_queries) -> None:
    browse(cast.bea)
    bea.get("/me")
    with count_queries() as two:
        bea.get("/me")
    for _ in range(18):
        browse(cast.bea)
    with count_queries() as twenty:
        bea.get("/me")
    assert len(two) == len(twenty)


@pytest.mark.parametrize(("who", "url"), [("bea", "/"), ("ada", "/staff/settings")])
def test_the_menu_leads_here(request, app, who, url) -> None:
    links = request.getfixturevalue(who).get(url).links
    assert ("/me" if who == "bea" else "/staff/me") in links


def test_everybody_says_how_they_are_greeted(cast, bea, send_mail):
    bea.post("/me", ME | {"called": "Trixi"})
    assert "Hello Trixi" in bea.get("/").text
    bea.post("/me", ME | {"called": "", "language": "en", "name": "森 健司"})
    assert "Hello 森 健司" in bea.get("/").text


def test_staff_write_down_how_a_contact_is_greeted(app, cast, ada):
    here = f"/staff/clients/{cast.birch.id}/people/{cast.bea.id}"
    assert ada.get(here).value("called") == ""
    ada.post(here, {"name": "Bea Birch", "called": "Mrs Birch", "role": "decide", "language": "en", "zone": "UTC", "phone": ""})
    assert fresh(app, cast.bea).first_name == "Mrs Birch"
    assert ada.get(here).value("called") == "Mrs Birch"
