"""Another client's rows do not exist: not by their ids, not mixed with one's own, not in any page, not by the answer's bytes."""

from __future__ import annotations

import itertools

import pytest

from portal.kernel.viewer import Role
from portal.models.item_states import ItemState
from tests.support.cast import act, make_client, make_contact, make_item, make_project, name_person
from tests.support.walk import MARK, address, birch, cedar, has_ids, pages, plain, strange
from tests.test_doors import UNTRIED_METHODS, ask, tries


@pytest.fixture
def world(house, app, cast):
    return house[0].furnish("birch", lambda: birch(app, cast))


def test_a_stranger_gets_the_very_page_that_random_ids_get(app, world, cal, nothing_changed):
    cal.inspect = False
    random = {}
    with nothing_changed():
        for method, rule, url in tries(app, world, "client."):
            if has_ids(rule):
                elsewhere = strange(rule)
                random[method, rule.rule] = random.get((method, rule.rule)) or plain(ask(cal, method, elsewhere).html, elsewhere)
                theirs = ask(cal, method, url)
                assert theirs.status == 404, (method, url, theirs)
                assert plain(theirs.html, url) == random[method, rule.rule], f"{url} gives itself away"


@pytest.mark.sqlite_only
def test_ids_of_two_clients_do_not_go_together(app, cast, world, bea, cal, nothing_changed):
    other = cedar(app, cast)
    bea.inspect = cal.inspect = False
    with nothing_changed():
        for rule in pages(app, "client."):
            names = sorted(name for name in rule.arguments if f"uuid:{name}" in rule.rule)
            for owner in itertools.product((world, other), repeat=len(names)) if len(names) > 1 else ():
                if len({id(one) for one in owner}) == 1:
                    continue
                for choice in itertools.product(*(one.parts[name][:2] for one, name in zip(owner, names, strict=True))):
                    url = address(rule, {"n": "1", **dict(zip(names, choice, strict=True))})
                    for browser, method in itertools.product((bea, cal), sorted(rule.methods - UNTRIED_METHODS)):
                        assert 400 <= ask(browser, method, url).status < 500, (method, url)


@pytest.mark.sqlite_only
def test_no_page_shows_a_word_of_another_client(app, world, cal, nobody):
    for browser, door in ((cal, "client."), (nobody, "public.")):
        for _, rule, url in tries(app, world, door):
            if "GET" in rule.methods:
                assert MARK not in browser.get(url, None).html, url


def test_the_canary_sings_on_birchs_own_pages(world, bea):
    assert MARK in bea.get("/").html


def test_drafts_are_nowhere_for_clients(app, cast, bea, nothing_changed):
    draft = make_item(app, cast.project, "Not yet out", state=ItemState.DRAFT)
    assert "Not yet out" not in bea.get("/").text
    with nothing_changed():
        for rule in pages(app, "client."):
            if rule.arguments == {"item_id"}:
                for method in sorted(rule.methods - UNTRIED_METHODS):
                    assert ask(bea, method, address(rule, {"item_id": str(draft.id)})).status == 404, (method, rule.rule)


def test_a_guest_sees_only_what_they_are_named_for(app, cast, browse):
    guest = make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST)
    named = make_item(app, cast.project, "For the guest", state=ItemState.TO_DO)
    other = make_item(app, cast.project, "For the others", state=ItemState.TO_DO)
    name_person(app, named, guest)
    browser = browse(guest)
    home = browser.get("/").text
    assert "For the guest" in home and "For the others" not in home
    browser.get(f"/items/{named.id}", 303)
    browser.get(f"/items/{other.id}", 404)


def test_the_same_person_at_two_clients_sees_both_and_no_third(app, cast, browse):
    dogwood = make_client(app, "Dogwood")
    both = make_contact(app, dogwood, "Dora Both")
    from tests.support.cast import add_membership

    add_membership(app, cast.birch, both)
    mine = make_item(app, make_project(app, dogwood, "Garden"), "Seeds")
    theirs, third = make_item(app, cast.project, "Bark"), make_item(app, cast.cedar_project, "Cones")
    browser = browse(both)
    for item, status in ((mine, 303), (theirs, 303), (third, 404)):
        browser.get(f"/items/{item.id}", status)


@pytest.mark.parametrize("how", ["the membership ends", "the client is archived", "the person is disabled"])
def test_rights_end_with_the_next_request(app, cast, bea, how):
    from portal.kernel.clock import now
    from portal.kernel.db import db
    from portal.models.clients import Client, Membership
    from portal.models.people import Person

    item = make_item(app, cast.project)
    bea.get(f"/items/{item.id}", 303)

    def end() -> None:
        if how == "the membership ends":
            db.session.get_one(Membership, (cast.birch.id, cast.bea.id)).ended_at = now()
        elif how == "the client is archived":
            db.session.get_one(Client, cast.birch.id).archive(at=now())
        else:
            db.session.get_one(Person, cast.bea.id).disabled_at = now()

    act(app, end)
    page = bea.get(f"/items/{item.id}", None)
    assert page.status == (303 if "disabled" in how else 404)
    assert "disabled" not in how or page.location.startswith("/login")
