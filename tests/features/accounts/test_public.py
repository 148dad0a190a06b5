"""Signing in: who has the mail comes in, once, in the browser that asked or with the code; nobody else learns anything."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from portal.features.accounts import actions
from portal.kernel import keys
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.outbox import Outbox
from portal.kernel.record import Event
from portal.models.clients import Membership
from portal.models.people import Person, Purpose, SignedIn, SignInRequest
from portal.web.links import for_person
from tests.support.browser import FIREFOX
from tests.support.cast import act, as_viewer, make_contact, make_item, reading
from tests.support.walk import plain
from tests.support.watching import all_rows

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1"
NO_ADDRESSES = [
    "",
    "bea",
    "bea@",
    "bea@birch.example, cal@cedar.example",
    "bea@birch.example\nBcc: cal@cedar.example",
    "a" * 300 + "@x.example",
]
CHANGES = {
    "one letter": lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
    "longer": lambda token: token + "=",
    "shorter": lambda token: token[:20],
    "shouted": lambda token: token.swapcase(),
}
GONE = "This link does not open any more"
DOES_NOT_FIT = "That code does not fit."


@pytest.fixture
def ask(send_mail):
    """Ask for a mail in a browser and read it."""

    def ask_for_mail(browser, person, *, next=""):
        browser.get(f"/login?next={next}" if next else "/login")
        browser.post("/login", {"email": person.email_typed, "next": next or "/"})
        return to_sign_in(send_mail())[-1]

    return ask_for_mail


def to_sign_in(mails):
    """Those of the mails that carry a code; others may be due at the same time."""
    return [mail for mail in mails if mail.codes]


def in_as(browser):
    """Whose session the browser holds, by the home page; None for nobody's."""
    page = browser.get("/", None)
    if page.status == 303 and page.location.startswith("/login"):
        return None
    found = page.soup.select_one(".me__name")
    return found.get_text(strip=True) if found else page.location


def cookie_of(browser):
    """What the browser's cookie holds."""
    with browser.client.session_transaction(base_url=browser.base) as cookie:
        return dict(cookie)


def put_cookie(browser, held):
    """Put an earlier cookie back."""
    with browser.client.session_transaction(base_url=browser.base) as cookie:
        cookie.clear()
        cookie.update(held)


def disable(app, person):
    act(app, lambda: setattr(db.session.get_one(Person, person.id), "disabled_at", now()))


class TestAsking:
    """One field, one answer."""

    def test_a_mail_with_a_link_and_a_code_goes_to_the_address_we_know(self, cast, nobody, ask):
        mail = ask(nobody, cast.bea)
        assert mail.to == cast.bea.email_typed
        assert re.fullmatch(r"\d{3} \d{3}", mail.code)
        assert mail.path.startswith("/l/") and mail.link in mail.html
        assert "Firefox on Windows" in mail.text

    @pytest.mark.sqlite_only
    def test_the_mail_carries_nothing_a_person_wrote_in_its_subject(self, cast, nobody, ask):
        assert ask(nobody, cast.bea).subject == "Your sign-in link"

    @pytest.mark.parametrize("typed", ["BEA@Birch.example", "  bea@birch.example  ", "Bea@BIRCH.example"])
    @pytest.mark.sqlite_only
    def test_the_spelling_does_not_matter_and_the_stored_address_is_written_to(self, nobody, send_mail, typed):
        nobody.get("/login")
        nobody.post("/login", {"email": typed})
        (mail,) = send_mail()
        assert mail.to == "bea@birch.example"

    @pytest.mark.parametrize("typed", NO_ADDRESSES)
    @pytest.mark.sqlite_only
    def test_what_is_no_address_is_refused_in_words_and_kept(self, nobody, nothing_changed, typed):
        nobody.get("/login")
        with nothing_changed():
            page = nobody.post("/login", {"email": typed}, 422)
        assert "name@example.com" in page.text or "characters" in page.text
        assert typed.split("\n")[0][:20] in page.value("email")

    def test_known_unknown_and_disabled_get_the_same_bytes_and_cost_the_same_work(self, app, cast, browse, count_queries, send_mail):
        disable(app, cast.ben)
        answers = []
        for address in ("bea@birch.example", "nil@birch.example", "ben@birch.example"):
            browser = browse()
            browser.get("/login")
            with count_queries() as asked:
                sent = browser.post("/login", {"email": address})
                page = browser.follow()
            headers = sorted((name, value) for name, value in sent.headers.items() if name not in ("Date", "Set-Cookie"))
            answers.append((sent.status, sent.data, headers, plain(page.html, address), asked.statements))
        known, unknown, disabled = answers
        assert known == unknown == disabled
        assert [mail.to for mail in send_mail()] == ["bea@birch.example"]

    @pytest.mark.sqlite_only
    def test_the_same_outbox_and_request_rows_are_written_for_all(self, app, browse):
        for address in ("bea@birch.example", "nil@birch.example"):
            browser = browse()
            browser.get("/login")
            browser.post("/login", {"email": address})
        with reading(app) as session:
            posted, asked = list(session.scalars(sa.select(Outbox))), list(session.scalars(sa.select(SignInRequest)))
        assert len(posted) == len(asked) == 2
        assert sorted(row.person_id is None for row in posted) == [False, True]

    @pytest.mark.sqlite_only
    def test_a_mail_link_fills_in_the_address_and_gives_no_power(self, app, cast, nobody):
        item = make_item(app, cast.project)
        with app.app_context():
            link = for_person(cast.bea, "client.items.show", item_id=item.id)
        page = nobody.get(link, 303)
        form = nobody.follow()
        assert page.location.startswith("/login?next=") and form.value("email") == cast.bea.email_typed
        nobody.get(link.replace("m=", "m=x"), 303)
        assert nobody.follow().value("email") == ""

    @pytest.mark.sqlite_only
    def test_who_is_in_already_goes_straight_on(self, bea):
        assert bea.get("/login?next=/items/x", 303).location == "/"

    @pytest.mark.sqlite_only
    def test_pages_of_signing_in_are_kept_out_of_caches_and_search_engines(self, nobody):
        page = nobody.get("/login")
        assert page.headers["X-Robots-Tag"] == "noindex" and "no-store" in page.headers["Cache-Control"]


class TestTheLink:
    """Opening it changes nothing; one press in the browser that asked opens the door, once."""

    def test_the_browser_that_asked_goes_on_with_one_press(self, cast, nobody, ask):
        mail = ask(nobody, cast.bea)
        page = nobody.get(mail.path)
        assert page.h1 == "Almost there" and not page.soup.find(attrs={"name": "code"})
        assert nobody.post(mail.path, {"keep": "y"}).location == "/"
        assert in_as(nobody) == "Bea Birch"

    def test_opening_it_is_inert(self, app, cast, nobody, browse, ask, nothing_changed):
        mail = ask(nobody, cast.bea)
        scanner = browse(agent="Scanner/1.0")
        with nothing_changed():
            for _ in range(3):
                nobody.get(mail.path)
                scanner.get(mail.path)
        with reading(app) as session:
            (asked,) = session.scalars(sa.select(SignInRequest))
        assert asked.consumed_at is None and asked.attempts == 0
        nobody.post(mail.path, {})

    def test_another_browser_types_the_code_of_the_same_mail(self, cast, nobody, browse, ask):
        mail = ask(nobody, cast.bea)
        phone = browse(agent=PHONE)
        page = phone.get(mail.path)
        assert "another browser" in page.text and page.soup.find(attrs={"name": "code"})
        phone.post(mail.path, {"code": mail.code})
        assert in_as(phone) == "Bea Birch" and in_as(nobody) is None

    def test_a_scanner_that_submits_the_form_does_not_come_in(self, cast, nobody, browse, ask, nothing_changed):
        mail = ask(nobody, cast.bea)
        scanner = browse()
        scanner.get(mail.path)
        with nothing_changed():
            scanner.refused(mail.path, {"code": ""}, says="Type the code from the email.", status=422)
        assert in_as(scanner) is None
        nobody.post(mail.path, {})
        assert in_as(nobody) == "Bea Birch"

    def test_an_empty_code_costs_no_try(self, cast, nobody, browse, ask):
        mail = ask(nobody, cast.bea)
        scanner = browse()
        for _ in range(7):
            scanner.post(mail.path, {"code": ""}, 422)
        scanner.post(mail.path, {"code": mail.code})

    def test_it_opens_once(self, cast, nobody, browse, ask, clock):
        mail = ask(nobody, cast.bea)
        nobody.post(mail.path, {})
        nobody.post("/logout", {})
        clock.advance(seconds=61)
        assert GONE in nobody.post(mail.path, {}, 410).text
        assert GONE in browse().get(mail.path, 410).text
        assert in_as(nobody) is None

    @pytest.mark.both
    def test_a_double_click_within_a_minute_is_the_same_session(self, app, cast, nobody, ask, clock):
        mail = ask(nobody, cast.bea)
        before = cookie_of(nobody)
        nobody.post(mail.path, {})
        token = cookie_of(nobody)["_user_id"]
        put_cookie(nobody, before)  # the second click left before the answer to the first had come
        clock.advance(seconds=59)
        nobody.post(mail.path, {})
        assert cookie_of(nobody)["_user_id"] == token
        with reading(app) as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(SignedIn)) == 1

    def test_the_grace_is_for_the_same_browser_only_and_ends(self, cast, nobody, browse, ask, clock):
        mail = ask(nobody, cast.bea)
        before = cookie_of(nobody)
        nobody.post(mail.path, {})
        browse().post(mail.path, {"code": mail.code}, 410)
        put_cookie(nobody, before)
        clock.advance(seconds=61)
        nobody.post(mail.path, {}, 410)

    @pytest.mark.both
    def test_a_replay_does_not_bring_back_a_session_that_was_ended(self, cast, nobody, ask):
        mail = ask(nobody, cast.bea)
        before = cookie_of(nobody)
        nobody.post(mail.path, {})
        nobody.post("/logout", {})
        put_cookie(nobody, before)
        nobody.post(mail.path, {}, 410)
        assert in_as(nobody) is None

    @pytest.mark.parametrize(("minutes", "opens"), [(9.9, True), (10, False), (600, False)])
    def test_it_lives_ten_minutes(self, cast, nobody, ask, clock, minutes, opens):
        mail = ask(nobody, cast.bea)
        clock.advance(minutes=minutes)
        nobody.get(mail.path, 200 if opens else 410)
        nobody.post(mail.path, {}, 303 if opens else 410)
        assert (in_as(nobody) == "Bea Birch") is opens

    def test_used_old_unknown_and_garbled_links_show_one_page(self, app, cast, nobody, browse, ask, clock):
        used = ask(nobody, cast.bea)
        nobody.post(used.path, {})
        old = ask(browse(), cast.ben)
        clock.advance(minutes=11)
        ended = ask(browse(), cast.cal)
        disable(app, cast.cal)
        never = f"/l/{keys.link_token(cast.bea.id)}"
        garbled = old.path[:-3] + "AAA"
        unreadable = "/l/" + "%F0%9F%8C%B3" * 3
        pages = {url: browse().get(url, 410) for url in (used.path, old.path, never, garbled, unreadable)}
        bare = {re.sub(r'name="token" value="[^"]*"', "", plain(page.html, url)) for url, page in pages.items()}
        assert len(bare) == 1 and GONE in bare.pop()
        guest = browse()
        guest.post(ended.path, {"code": ended.code}, 422)
        assert in_as(guest) is None

    @pytest.mark.parametrize("what", ["used", "old"])
    def test_a_dead_link_sends_a_new_one_in_one_tap_to_the_same_item(self, app, cast, nobody, browse, ask, send_mail, clock, what):
        item = make_item(app, cast.project)
        mail = ask(nobody, cast.bea, next=f"/items/{item.id}")
        if what == "used":
            nobody.post(mail.path, {})
        clock.advance(minutes=11)
        phone = browse(agent=PHONE)
        page = phone.get(mail.path, 410)
        phone.post("/login/again", {"token": page.value("token")})
        said = phone.follow()
        assert "bea@birch.example" not in said.html, "an old link must not tell whose it was"
        (new,) = to_sign_in(send_mail())
        assert new.to == cast.bea.email_typed and new.code != mail.code
        phone.get(new.path)
        assert phone.post(new.path, {}).location == f"/items/{item.id}"

    @pytest.mark.sqlite_only
    def test_a_token_that_was_never_ours_says_the_same_and_sends_nothing(self, cast, nobody, browse, ask, send_mail, clock):
        mail = ask(nobody, cast.bea)
        clock.advance(minutes=11)
        real, never = browse(), browse()
        pages = []
        for browser, token in ((real, mail.path[3:]), (never, "A" * 48)):
            browser.get("/login")
            browser.post("/login/again", {"token": token})
            pages.append(plain(browser.follow().html))
        assert pages[0] == pages[1]
        assert len(send_mail()) == 1

    @pytest.mark.sqlite_only
    @pytest.mark.parametrize("change", CHANGES)
    def test_a_changed_token_opens_nothing(self, cast, nobody, ask, change):
        mail = ask(nobody, cast.bea)
        nobody.get("/l/" + CHANGES[change](mail.path[3:]), 410)

    def test_following_it_signed_in_goes_straight_on(self, app, cast, nobody, bea, ask):
        item = make_item(app, cast.project)
        mail = ask(nobody, cast.bea, next=f"/items/{item.id}")
        assert bea.get(mail.path, 303).location == f"/items/{item.id}"

    def test_somebody_elses_link_asks_before_it_changes_who_you_are(self, cast, nobody, cal, ask):
        mail = ask(nobody, cast.bea)
        assert cal.get(mail.path).soup.find(attrs={"name": "code"})
        cal.post(mail.path, {"code": mail.code})
        assert in_as(cal) == "Bea Birch"


class TestTheCode:
    """For whoever reads the mail on another device."""

    def test_it_is_typed_where_the_mail_was_asked_for(self, cast, nobody, ask):
        mail = ask(nobody, cast.bea)
        nobody.get("/login/sent")
        assert nobody.post("/login/sent", {"code": mail.code}).location == "/"
        assert in_as(nobody) == "Bea Birch"

    @pytest.mark.sqlite_only
    @pytest.mark.parametrize("typed", ["{}", " {} ", "{0:.3}-{0:.6}"])
    def test_spaces_do_not_matter(self, cast, nobody, ask, typed):
        code = ask(nobody, cast.bea).code.replace(" ", "")
        nobody.post("/login/sent", {"code": f"{code[:3]}-{code[3:]}" if "-" in typed else typed.format(code)})

    def test_a_wrong_one_is_refused_and_kept(self, cast, nobody, ask, nothing_changed):
        mail = ask(nobody, cast.bea)
        wrong = "000000" if mail.code != "000 000" else "000001"
        with nothing_changed():
            nobody.refused("/login/sent", {"code": wrong}, says=DOES_NOT_FIT, status=422)
        nobody.post("/login/sent", {"code": mail.code})

    def test_five_tries_and_it_is_used_up_however_right_the_sixth(self, cast, nobody, browse, ask):
        mail = ask(nobody, cast.bea)
        wrong = "000000" if mail.code != "000 000" else "000001"
        phone = browse(agent=PHONE)
        for n in range(5):
            (nobody if n % 2 else phone).post("/login/sent" if n % 2 else mail.path, {"code": wrong}, 422)
        nobody.refused("/login/sent", {"code": mail.code}, says="After five tries a code is used up", status=422)
        phone.post(mail.path, {"code": mail.code}, 422)
        assert in_as(nobody) is None and in_as(phone) is None

    def test_who_has_the_link_can_still_press_it_after_somebody_guessed(self, cast, nobody, browse, ask):
        mail = ask(nobody, cast.bea)
        guesser = browse()
        for _ in range(6):
            guesser.post(mail.path, {"code": "123123"}, 422)
        nobody.post(mail.path, {})

    def test_an_unknown_address_is_refused_like_a_wrong_code(self, nobody, browse, cast, ask, clock):
        nobody.get("/login")
        nobody.post("/login", {"email": "nil@birch.example"})
        other = browse()
        ask(other, cast.bea)
        unknown = [plain(nobody.post("/login/sent", {"code": "123123"}, 422).html, "nil@birch.example") for _ in range(6)]
        known = [plain(other.post("/login/sent", {"code": "123123"}, 422).html, "bea@birch.example") for _ in range(6)]
        assert unknown == known

    def test_any_of_several_outstanding_mails_works_and_then_none(self, cast, nobody, browse, ask):
        first, second = ask(nobody, cast.bea), ask(nobody, cast.bea)
        third = ask(nobody, cast.bea)
        assert len({first.code, second.code, third.code}) == 3
        nobody.post("/login/sent", {"code": first.code})
        assert in_as(nobody) == "Bea Birch"
        for mail in (second, third):
            browse().post(mail.path, {"code": mail.code}, 410)

    @pytest.mark.sqlite_only
    def test_a_code_of_somebody_elses_mail_opens_nothing_here(self, cast, nobody, browse, ask):
        theirs = ask(browse(), cast.cal)
        mine = ask(nobody, cast.bea)
        nobody.post("/login/sent", {"code": theirs.code}, 422 if theirs.code != mine.code else None)

    @pytest.mark.sqlite_only
    def test_without_asking_there_is_no_page_to_type_it(self, nobody):
        assert nobody.get("/login/sent", 303).location == "/login"

    def test_the_code_page_survives_a_closed_window(self, cast, nobody, ask):
        mail = ask(nobody, cast.bea)
        assert "Expires=" in nobody.get("/login/sent").headers["Set-Cookie"]
        nobody.post("/login/sent", {"code": mail.code})


class TestWhereItLeads:
    """Back to the page somebody wanted, when it is one of ours."""

    def test_to_the_item_that_was_asked_for(self, app, cast, nobody, send_mail):
        item = make_item(app, cast.project)
        nobody.get(f"/items/{item.id}", 303)
        form = nobody.follow()
        nobody.post(form.url, {"email": cast.bea.email_typed, "next": form.value("next")})
        (mail,) = send_mail()
        assert nobody.post(mail.path, {}).location == f"/items/{item.id}"

    @pytest.mark.sqlite_only
    @pytest.mark.parametrize(
        "wanted",
        [
            "//evil.example",
            "/\t/evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/",
            "https:/evil.example",
            "javascript:alert(1)",
            "/%09/evil.example",
            "/%2F%2Fevil.example",
            "/.//evil.example",
            "/logout",
            "/login",
            "/login/again",
            "/nowhere",
            "/items/1",
            "/l/abc",
            " /",
            "/\n",
            "/" + "a" * 400,
            "",
        ],
    )
    def test_nowhere_else(self, cast, nobody, ask, wanted):
        nobody.get("/login")
        mail = ask(nobody, cast.bea, next=quote(wanted, safe=""))
        assert nobody.post(mail.path, {}).location == "/"

    @pytest.mark.sqlite_only
    def test_links_in_mails_never_follow_the_host_header(self, cast, nobody, send_mail):
        answer = nobody.client.post("/login", base_url="https://evil.example", data={"email": cast.bea.email_typed})
        assert answer.status_code == 400 and send_mail() == []
        nobody.get("/login")
        nobody.post("/login", {"email": cast.bea.email_typed}, None, X_Forwarded_Host="evil.example", X_Forwarded_Proto="http")
        (mail,) = send_mail()
        assert "evil" not in mail.text and mail.link.startswith("https://portal.test/l/")


class TestOtherWaysIn:
    """An invitation, and the operator's own link."""

    def invite(self, app, person, next_path="/"):
        request_id = act(app, lambda: actions.make_link(person, Purpose.INVITE, next_path=next_path))
        return f"/l/{keys.link_token(request_id)}", keys.letter_code(request_id)

    def test_an_invitation_opens_with_its_code_for_seven_days(self, app, cast, browse, clock):
        item = make_item(app, cast.project)
        path, code = self.invite(app, cast.bea, f"/items/{item.id}")
        clock.advance(days=6, hours=23)
        browser = browse(agent=PHONE)
        assert browser.get(path).h1 == "Welcome"
        assert browser.post(path, {"code": f"{code[:4].lower()} {code[4:]}"}).location == f"/items/{item.id}"
        assert in_as(browser) == "Bea Birch"

    def test_not_without_it_and_not_after(self, app, cast, browse, clock):
        path, code = self.invite(app, cast.bea)
        browser = browse()
        browser.post(path, {"code": "22222222"}, 422)
        browser.post(path, {"code": keys.number_code(keys.read_link_token(path[3:]))}, 422)
        clock.advance(days=7)
        browser.post(path, {"code": code}, 410)

    def test_a_newer_invitation_takes_the_place_of_the_older(self, app, cast, browse):
        old, old_code = self.invite(app, cast.bea)
        new, new_code = self.invite(app, cast.bea)
        browse().post(old, {"code": old_code}, 410)
        browse().post(new, {"code": new_code})

    def test_joining_is_noted_once(self, app, cast, browse):
        person = make_contact(app, cast.birch, "New Nora", joined=False)
        path, code = self.invite(app, person)
        browse().post(path, {"code": code})
        with reading(app) as session:
            assert session.get_one(Membership, (cast.birch.id, person.id)).joined_at

    def test_the_operators_link_needs_one_press_and_no_browser_binding(self, app, cast, browse, clock):
        request_id = act(app, lambda: actions.make_link(cast.ada, Purpose.OPERATOR, next_path="/staff/"))
        path = f"/l/{keys.link_token(request_id)}"
        clock.advance(hours=23)
        browser = browse()
        assert not browser.get(path).soup.find(attrs={"name": "code"})
        assert browser.post(path, {}).location == "/staff/"
        browse().post(path, {}, 410)

    def test_the_operators_link_is_good_for_a_day(self, app, cast, browse, clock):
        request_id = act(app, lambda: actions.make_link(cast.ada, Purpose.OPERATOR, next_path="/"))
        clock.advance(hours=24)
        browse().post(f"/l/{keys.link_token(request_id)}", {}, 410)


class TestStayingAndLeaving:
    """A session lives in the database, and ends there."""

    def test_signing_out_ends_it_on_the_server_too(self, cast, bea):
        stolen = dict(bea.client._cookies)
        assert bea.post("/logout", {}).location == "/login"
        assert in_as(bea) is None
        bea.client._cookies.update(stolen)
        assert in_as(bea) is None, "an old cookie works again"

    @pytest.mark.sqlite_only
    def test_signing_out_is_no_link(self, bea):
        bea.get("/logout", 405)
        assert in_as(bea) == "Bea Birch"

    def test_revoking_counts_from_the_next_request(self, app, cast, browse):
        here, there, elsewhere = browse(cast.bea), browse(cast.bea), browse(cast.cal)
        with reading(app):
            viewer = as_viewer(app, cast.bea)
        by = replace(viewer, session_id=here.session_id)
        act(app, lambda: actions.end_other_sessions(by=by), by=by)
        assert (in_as(here), in_as(there), in_as(elsewhere)) == ("Bea Birch", None, "Cal Cedar")

    def test_nobody_ends_somebody_elses_session(self, app, cast, bea, cal):
        by = as_viewer(app, cast.cal)
        act(app, lambda: actions.end_session(bea.session_id, by=by), by=by)
        assert in_as(bea) == "Bea Birch"

    @pytest.mark.sqlite_only
    @pytest.mark.parametrize(
        ("who", "keep", "days", "stays"),
        [("bea", True, 29, True), ("bea", True, 31, False), ("bea", False, 0.6, False), ("ada", True, 0.6, False)],
    )
    def test_idle_sessions_end(self, app, cast, browse, clock, who, keep, days, stays):
        browser = browse().sign_in(getattr(cast, who), keep=keep)
        clock.advance(days=days)
        assert (in_as(browser) is not None) is stays

    @pytest.mark.sqlite_only
    def test_using_it_keeps_a_clients_session_and_no_staff_session_outlives_twenty_hours(self, cast, bea, ada, clock):
        for _ in range(5):
            clock.advance(hours=5)
            ada.get("/login", None)
            bea.get("/login", None)
        assert in_as(bea) == "Bea Birch" and in_as(ada) is None
        for _ in range(4):
            clock.advance(days=20)
            assert in_as(bea) == "Bea Birch"

    @pytest.mark.sqlite_only
    def test_unticking_keeps_no_cookie_beyond_the_window(self, cast, nobody, ask):
        kept = ask(nobody, cast.bea)
        assert "Expires=" in nobody.post(kept.path, {"keep": "y"}).headers["Set-Cookie"]
        nobody.post("/logout", {})
        brief = ask(nobody, cast.bea)
        assert "Expires=" not in nobody.post(brief.path, {}).headers["Set-Cookie"]

    @pytest.mark.sqlite_only
    def test_the_cookie_is_for_this_host_over_https_and_not_for_scripts(self, cast, nobody, ask):
        mail = ask(nobody, cast.bea)
        cookie = nobody.post(mail.path, {"keep": "y"}).headers["Set-Cookie"]
        assert cookie.startswith("__Host-") and all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))

    @pytest.mark.sqlite_only
    def test_nothing_secret_is_at_rest(self, app, cast, nobody, ask):
        mail = ask(nobody, cast.bea)
        nobody.post(mail.path, {})
        session_token = cookie_of(nobody)["_user_id"]
        everything = "\n".join(row for rows in all_rows(app).values() for row in rows)
        code = mail.code.replace(" ", "")
        for secret in (mail.path[3:], session_token, f"'{code}'", f'"{code}"'):
            assert secret not in everything

    def test_coming_and_going_is_recorded_without_names_in_the_chain(self, app, cast, nobody, ask):
        mail = ask(nobody, cast.bea)
        nobody.post(mail.path, {})
        nobody.post("/logout", {})
        with reading(app) as session:
            kinds = list(session.scalars(sa.select(Event.kind).where(Event.actor_id == cast.bea.id).order_by(Event.seq)))
            chained = " ".join(session.scalars(sa.select(Event.facts).where(Event.actor_id == cast.bea.id)))
        assert kinds == ["signed_in", "signed_out"]
        assert "Bea" not in chained and "birch" not in chained  # "bea" may well be three digits of an id


class TestLimits:
    """How often one may ask is counted over the requests themselves."""

    def mails(self, browser, address, times, send_mail):
        for _ in range(times):
            browser.get("/login")
            browser.post("/login", {"email": address})
        return len(send_mail())

    def served(self, app, address, network):
        """Whether this request would still lead in."""
        ask = {"binding": None, "next_path": "/", "ua": "", "ip_net": network}
        request_id = act(app, lambda: actions.ask_to_sign_in(address, **ask))
        with reading(app) as session:
            asked = session.get_one(SignInRequest, request_id)
        return asked.expires_at > asked.created_at

    def test_five_mails_to_an_address_in_a_quarter_of_an_hour(self, browse, send_mail, clock):
        browser = browse()
        assert self.mails(browser, "bea@birch.example", 7, send_mail) == 5
        clock.advance(minutes=16)
        assert self.mails(browser, "bea@birch.example", 2, send_mail) == 2

    @pytest.mark.sqlite_only
    def test_twenty_a_day(self, app, clock):
        served = 0
        for _ in range(6):
            served += sum(self.served(app, "bea@birch.example", f"10.0.{n}.0/24") for n in range(5))
            clock.advance(minutes=16)
        assert served == 20
        clock.advance(days=1)
        assert self.served(app, "bea@birch.example", "10.0.0.0/24")

    @pytest.mark.sqlite_only
    def test_forty_from_one_network(self, app):
        assert sum(self.served(app, f"somebody-{n}@birch.example", "10.0.0.0/24") for n in range(43)) == 40
        assert self.served(app, "somebody-else@birch.example", "10.0.1.0/24")

    def test_over_the_limit_the_answer_is_the_same(self, browse, send_mail):
        pages = []
        for _ in range(7):
            browser = browse()
            browser.get("/login")
            browser.post("/login", {"email": "bea@birch.example"})
            pages.append(plain(browser.follow().html))
        assert len(set(pages)) == 1

    @pytest.mark.sqlite_only
    def test_an_address_that_asks_too_often_does_not_lock_out_others(self, browse, send_mail):
        self.mails(browse(), "cal@cedar.example", 9, send_mail)
        assert self.mails(browse(), "bea@birch.example", 1, send_mail) == 1


@pytest.mark.sqlite_only
def test_what_came_with_a_browser_is_shortened(app, cast, nobody, ask):
    ask(nobody, cast.bea)
    with reading(app) as session:
        (asked,) = session.scalars(sa.select(SignInRequest))
    assert asked.ip_net == "127.0.0.0/24" and asked.ua == "Firefox on Windows" and FIREFOX not in asked.ua
