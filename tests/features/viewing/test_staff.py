"""Seeing as a client: everything is shown, nothing can be done, and it is recorded."""

from __future__ import annotations

import pytest

from portal.kernel.clock import now
from portal.kernel.record import Event
from portal.models.clients import Client, Membership
from portal.models.people import Person
from tests.support.cast import act, fresh, make_item, reading
from tests.support.walk import choices

BANNER = "You are looking as"


@pytest.fixture
def url(cast) -> str:
    return f"/staff/clients/{cast.birch.id}/see-as/{cast.bea.id}"


@pytest.fixture(params=["files", "questionnaire", "approval"])
def item(request, app, cast):
    return make_item(app, cast.project, kind=request.param, state="to_do")


def client_pages(app, item, cast) -> list[str]:
    """Every page behind the client door that a GET of this project and item may open."""
    known = {"item_id": item.id, "project_id": cast.project.id}
    rules = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("client.") and r.arguments <= set(known)]
    with app.test_request_context():
        return [str(r.build({n: str(known[n]) for n in r.arguments})[1]) for r in rules if "GET" in r.methods]


def posts(app) -> list[str]:
    some = {"item_id", "project_id"}
    rules = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("client.") and "POST" in r.methods]
    assert any(r.arguments & some for r in rules)
    return rules


def test_staff_see_what_the_contact_sees_under_a_banner(app, ada, bea, cast, item, url) -> None:
    assert ada.post(url).location == "/"
    page = ada.follow()
    assert BANNER in page.text
    assert cast.bea.name in page.text
    assert page.h1 == bea.get("/").h1
    shown = 0
    for path in client_pages(app, item, cast):
        page = ada.get(path, None)
        while 300 <= page.status < 400:
            page = ada.get(page.location, None)
        if page.response.mimetype == "text/html":
            assert BANNER in page.text, path
            shown += page.status == 200
    assert shown >= 3


def test_looking_is_recorded_in_the_clients_chain(app, ada, cast, url) -> None:
    ada.post(url)
    with reading(app) as session:
        event = session.query(Event).filter_by(kind="client.seen_as").one()
    assert (event.chain_id, event.actor_id, event.audience) == (cast.birch.id, cast.ada.id, "internal")
    assert str(cast.bea.id) in event.facts


def test_nothing_can_be_done_while_looking(app, ada, cast, item, url, nothing_changed) -> None:
    ada.post(url)
    ada.get("/me")
    known = {"item_id": str(item.id), "project_id": str(cast.project.id)}
    with nothing_changed():
        for rule in posts(app):
            values = {name: known.get(name, str(cast.ada.id) if "id" in name else "1") for name in rule.arguments}
            values |= {name: words[0] for name, words in choices(rule).items()}
            page = ada.post(str(rule.build(values)[1]), {"name": "X", "note": "x"}, None)
            assert page.status == 403, rule
            assert "You are only looking" in page.text, rule
            assert BANNER in page.text, rule


def test_looking_leaves_no_traces_of_the_contact(app, ada, cast, item, url) -> None:
    from portal.models.marks import Seen

    ada.post(url)
    for path in client_pages(app, item, cast):
        ada.get(path, None)
    with reading(app) as session:
        assert session.query(Seen).count() == 0


def test_the_devices_of_the_contact_are_not_shown(ada, bea, url) -> None:
    assert "Where you are signed in" in bea.get("/me").text
    ada.post(url)
    assert "Where you are signed in" not in ada.get("/me").text


def test_staff_pages_go_on_working_and_leaving_ends_it(app, ada, cast, url) -> None:
    ada.post(url)
    assert BANNER not in ada.get("/staff/settings").text
    ada.post("/staff/me", {"name": "Ada", "phone": "", "title": "", "language": "en", "zone": "UTC"})
    assert fresh(app, cast.ada).name == "Ada"
    ada.get("/me")
    assert ada.post("/staff/leave-view").location == f"/staff/clients/{cast.birch.id}"
    ada.get("/me", 404)


def test_leaving_without_looking_leads_home(ada) -> None:
    assert ada.post("/staff/leave-view").location == "/staff/"


def test_only_a_contact_of_this_client_can_be_chosen(ada, cast, nothing_changed) -> None:
    with nothing_changed():
        ada.post(f"/staff/clients/{cast.birch.id}/see-as/{cast.cal.id}", status=404)
        ada.post(f"/staff/clients/{cast.birch.id}/see-as/{cast.abe.id}", status=404)
        ada.post(f"/staff/clients/{cast.bea.id}/see-as/{cast.bea.id}", status=404)
    ada.get("/me", 404)


def test_contacts_and_strangers_see_as_nobody(bea, cal, nobody, url, nothing_changed) -> None:
    with nothing_changed():
        bea.post(url, status=404)
        cal.post(url, status=404)
        nobody.post(url, status=303)


@pytest.mark.parametrize("end", ["membership", "disabled", "archived"])
def test_it_ends_when_the_contact_may_not_come_in_any_more(app, ada, cast, url, end) -> None:
    ada.post(url)
    ada.get("/me")

    def work() -> None:
        from portal.kernel.db import db

        if end == "membership":
            db.session.get_one(Membership, (cast.birch.id, cast.bea.id)).ended_at = now()
        elif end == "disabled":
            db.session.get_one(Person, cast.bea.id).disabled_at = now()
        else:
            db.session.get_one(Client, cast.birch.id).archived_at = now()

    act(app, work)
    ada.get("/me", 404)
    ada.post(url, status=404)
    ada.get("/staff/settings")


def test_a_decision_shows_its_form_as_the_client_sees_it_and_takes_nothing(app, cast, ada, nothing_changed):
    item = make_item(app, cast.project, "Homepage", kind="approval", state="to_do")
    ada.post(f"/staff/clients/{cast.birch.id}/see-as/{cast.bea.id}")
    page = ada.get(f"/items/{item.id}/decision")
    form = page.soup.select_one("form.decide fieldset[disabled]")
    assert "Send my answer" in form.get_text() and len(form.select("input[type=radio]")) == 4
    assert "You are looking as Bea" in page.text
    with nothing_changed():
        ada.post(page.url, {"choice": "approved", "version": page.value("version"), "key": page.value("key")}, 403)
