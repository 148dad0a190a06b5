"""Every address of the portal, tried by everybody: whoever must not come in does not, and leaves everything as it was.

What is expected follows from the door a page hangs behind, so a new page is covered without a word here.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from portal.models.item_states import ItemState
from portal.web.places import PAGES
from tests.support.cast import make_item
from tests.support.walk import address, birch, has_ids, pages, plain, strange

# Behind the staff's door: what administrators do to the firm and its staff. Members may look after mail that did not go out.
FOR_ADMINS = ("staff.firm.", "staff.team.")
FOR_MEMBERS_TOO = frozenset({"staff.firm.test", "staff.firm.try_again", "staff.firm.drop"})
# Pages that answer 404 or 410 to their own people too when there is nothing: a firm without a mark, a link that was used.
MAY_BE_EMPTY = frozenset(
    {"public.firm.mark", "public.accounts.follow_link", "public.ending.show", "public.ending.end", "public.calendars.feed"}
)
# Receipts and previews exist for some items only, so some of their addresses lead nowhere for their own people too.
BOARD_IS_MISSING = not (Path(__file__).parents[1] / "portal/desks/owed/staff.py").exists()
UNTRIED_METHODS = frozenset({"HEAD", "OPTIONS"})
# Doors are the same on every database; rows and their owners, which are not, are tried on both in test_tenancy.
pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def world(house, app, cast):
    return house[0].furnish("birch", lambda: birch(app, cast))


def ask(browser, method, url):
    """Open an address, or send it an empty form with a valid token; what no form can send comes from a script."""
    if method in ("GET", "POST"):
        return browser.get(url, None) if method == "GET" else browser.post(url, {}, None)
    return browser.send(method, url, Accept="text/html")


def tries(app, world, door):
    """Every (method, rule, address) behind a door."""
    for rule in pages(app, door):
        for method in sorted(rule.methods - UNTRIED_METHODS):
            for url in world.fill(rule):
                yield method, rule, url


def knocks(app, world, door):
    """The same with one address for each rule: what a door says before it knows the row, it says to all of them."""
    for rule in pages(app, door):
        for method in sorted(rule.methods - UNTRIED_METHODS):
            yield method, rule, next(world.fill(rule))


def test_the_walk_meets_every_door(app, world):
    assert {rule.endpoint.split(".")[0] for rule in pages(app)} == {"public", "client", "staff"} or not pages(app, "staff.")
    assert len(list(tries(app, world, "client."))) > 20


@pytest.mark.parametrize("door", ["client.", "staff."])
def test_nobody_is_led_to_the_sign_in_page_and_changes_nothing(app, world, nobody, nothing_changed, door):
    with nothing_changed():
        for method, _, url in knocks(app, world, door):
            page = ask(nobody, method, url)
            assert page.status == 303 and page.location.startswith("/login"), (method, url, page)


def test_nobody_changes_nothing_on_public_pages(app, world, nobody, nothing_changed):
    with nothing_changed():
        for method, rule, url in tries(app, world, "public."):
            page = ask(nobody, method, url)
            assert page.status < 500, (method, url, page)
            assert page.status != 404 or rule.endpoint in MAY_BE_EMPTY, (method, url, page)


@pytest.mark.parametrize("who", ["bea", "cal"])
def test_contacts_find_nothing_behind_the_staff_door(app, cast, world, browse, nothing_changed, who):
    browser = browse(getattr(cast, who))
    browser.inspect = False
    no_such_page = "/staff/there-is-no-such-page"
    nowhere = {method: ask(browser, method, no_such_page) for method in ("GET", "POST", "PUT", "DELETE")}
    with nothing_changed():
        for method, _, url in knocks(app, world, "staff."):
            page = ask(browser, method, url)
            assert page.status == 404, (method, url, page)
            assert plain(page.html, url) == plain(nowhere[method].html, no_such_page), f"{url} gives itself away"


def test_contacts_see_their_own_pages(app, world, bea):
    for rule in pages(app, "client."):
        found = [(url, bea.get(url, None)) for url in world.fill(rule)] if "GET" in rule.methods else []
        assert all(page.status < 500 and page.status != 403 for _, page in found), found
        assert not found or any(page.status < 400 for _, page in found), f"no row of hers is shown at {rule.rule}: {found}"


def test_whatever_contacts_send_is_answered_in_words(app, world, bea):
    bea.get("/login", 303)
    for method, _, url in tries(app, world, "client."):
        if method == "POST":
            page = bea.post(url, {}, None)
            assert page.status < 500 and page.status not in (400, 405), (url, page)


@pytest.mark.skipif(BOARD_IS_MISSING, reason="waits for the board")
def test_staff_do_not_come_through_the_clients_door(app, world, ada, nothing_changed):
    with nothing_changed():
        for method, _, url in knocks(app, world, "client."):
            page = ask(ada, method, url)
            home = method == "GET" and url == "/"
            assert page.status == (303 if home else 404), (method, url, page)


def test_staff_see_their_pages(app, world, ada):
    for rule in pages(app, "staff."):
        found = [(url, ada.get(url, None)) for url in world.fill(rule)] if "GET" in rule.methods else []
        assert all(page.status < 500 and page.status != 403 for _, page in found), found
        assert not found or any(page.status < 400 for _, page in found), f"no row is shown at {rule.rule}: {found}"


def test_whatever_staff_send_is_answered_in_words(app, world, ada):
    ada.get("/login", 303)
    for method, _, url in tries(app, world, "staff."):
        if method == "POST":
            page = ada.post(url, {}, None)
            assert page.status < 500 and page.status not in (400, 405), (url, page)


def test_members_are_kept_from_what_administrators_do(app, world, abe, nothing_changed):
    tried = 0
    with nothing_changed():
        for method, rule, url in tries(app, world, "staff."):
            if method == "POST" and rule.endpoint.startswith(FOR_ADMINS) and rule.endpoint not in FOR_MEMBERS_TOO:
                page, tried = ask(abe, method, url), tried + 1
                assert page.status < 500, (url, page)
    assert tried > 5


def test_without_its_token_no_form_is_taken(app, world, bea, ada, nothing_changed):
    with nothing_changed():
        for browser, door in ((bea, "client."), (ada, "staff."), (bea, "public.")):
            for method, _, url in knocks(app, world, door):
                if method == "POST":
                    kept_out = 404 if "/no-more/" in url else 400  # mail programs send no token: there the address is the secret
                    assert browser.post(url, {"csrf_token": "forged"}, None).status == kept_out, url
                if method in ("PUT", "DELETE"):
                    assert browser.send(method, url, **{"X-CSRFToken": "forged"}).status == 400, url


def test_ids_that_lead_nowhere_are_not_found(app, world, bea, ada, nothing_changed):
    with nothing_changed():
        for browser, door in ((bea, "client."), (ada, "staff.")):
            for rule in pages(app, door):
                for method in sorted(rule.methods - UNTRIED_METHODS) if has_ids(rule) else ():
                    url = strange(rule)
                    assert ask(browser, method, url).status == 404, (method, url)


def test_a_method_a_page_does_not_know_is_refused(app, world, bea, nothing_changed):
    with nothing_changed():
        for rule in pages(app):
            if not any("POST" in other.methods for other in pages(app) if other.rule == rule.rule):
                assert bea.post(next(world.fill(rule)), {}, None).status in (404, 405), rule.rule


def test_a_page_of_one_kind_does_not_exist_for_another(app, cast, bea, nothing_changed):
    found = {kind: make_item(app, cast.project, kind=kind) for kind in PAGES if PAGES[kind] in app.view_functions}
    with nothing_changed():
        for rule in pages(app, "client."):
            mine = {kind for kind, endpoint in PAGES.items() if endpoint.rsplit(".", 1)[0] == rule.endpoint.rsplit(".", 1)[0]}
            for kind in found.keys() - mine if mine and rule.arguments == {"item_id"} else ():
                for method in sorted(rule.methods - UNTRIED_METHODS):
                    assert ask(bea, method, address(rule, {"item_id": str(found[kind].id)})).status == 404, (kind, method, rule.rule)


class TestLookingThroughAClientsEyes:
    """Staff who see as a contact look at what the contact sees, and can do nothing there."""

    @pytest.fixture
    def looking(self, ada, cast):
        with ada.client.session_transaction(base_url=ada.base) as cookie:
            cookie["seen_as"] = f"{cast.birch.id}:{cast.bea.id}"
        return ada

    def test_nothing_can_be_sent(self, app, world, looking, nothing_changed):
        with nothing_changed():
            for method, _, url in knocks(app, world, "client."):
                if method == "POST":
                    assert looking.post(url, {"files": (BytesIO(b"text"), "a.txt"), "act": "send"}, None).status == 403, url

    def test_every_page_is_shown_with_the_banner(self, world, looking):
        home = looking.get("/")
        assert "You are looking as" in home.text and "Bea Birch" in home.text

    def test_other_clients_stay_closed(self, app, cast, looking):
        item = make_item(app, cast.cedar_project, state=ItemState.TO_DO)
        looking.get(f"/items/{item.id}", 404)

    def test_a_forged_choice_opens_nothing(self, app, cast, ada):
        with ada.client.session_transaction(base_url=ada.base) as cookie:
            cookie["seen_as"] = f"{cast.cedar.id}:{cast.bea.id}"
        ada.get("/", 404)
