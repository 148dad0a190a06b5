"""Every page of the portal in every state it has, found by walking the map of its addresses."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page as Tab
from playwright.sync_api import Route
from werkzeug.routing import Rule

from portal.models.people import Person
from tests.journeys.listening import Live
from tests.support import walk
from tests.support.browser import Browser, Page
from tests.support.cast import make_item
from tests.support.mails import send_mail

DOORS = ("public", "client", "staff")
MAIL = "public.mailbox.sheet"  # locked into a sandbox without scripts, which would keep axe out too: looked at outside of it
MOST_TRIED, MOST_SENT = 24, 12


@dataclass(frozen=True)
class Sight:
    """One page in one state; `answer` is there when no address leads to it, because a form or another browser did."""

    name: str
    url: str
    who: Person | None = None
    answer: Page | None = None

    @property
    def is_first(self) -> bool:
        """Whether this is the page as one comes to it, and not one of its other states."""
        return self.name.endswith(" 1") and (self.answer is None or self.answer.status < 400)

    def show(self, live: Live, tab: Tab) -> None:
        """Open it, in a tab of a browser in which `who` is signed in."""
        address = live.url + self.url
        if self.answer is None:
            said = tab.goto(address)
            assert said is not None and said.status < 500, f"{self.name} answered {said and said.status}"
            return
        tab.route(address, lambda route: self._give(route), times=1)
        tab.goto(address)

    def _give(self, route: Route) -> None:
        assert self.answer is not None
        names = ("Content-Type",) if self.name.startswith(MAIL) else ("Content-Type", "Content-Security-Policy")
        kept = {name: text for name, text in self.answer.headers.items() if name in names}
        route.fulfill(status=200, headers=kept, body=self.answer.html)


@dataclass
class Eyes:
    """Looks at pages and keeps those that show something new."""

    live: Live
    language: str = "en"
    most: int = 1
    seen: dict[str, set[str]] = field(default_factory=dict)
    found: list[Sight] = field(default_factory=list)

    def browser(self, who: Person | None) -> Browser:
        """A browser of theirs, which does not judge."""
        browser = Browser(self.live.app, language=self.language)
        browser.inspect = False
        return browser.sign_in(who) if who else browser

    def has_seen_enough(self, name: str) -> bool:
        """Whether no more states of this page are kept."""
        return sum(sight.name.startswith(f"{name} ") for sight in self.found) >= self.most

    def look(self, name: str, page: Page, who: Person | None, *, only_here: bool = False) -> None:
        """Keep a page if some part of it was not seen on pages of this name before."""
        nowhere = page.status == 404 and not name.endswith(".lost")
        if page.response.mimetype != "text/html" or 300 <= page.status < 400 or nowhere:
            return
        known, parts = self.seen.setdefault(name, set()), set(_parts(page))
        number = sum(sight.name.startswith(f"{name} ") for sight in self.found)
        if parts <= known or number >= self.most:
            return
        known |= parts
        self.found.append(Sight(f"{name} {number + 1}", page.url, who, page if only_here else None))


def sights(live: Live, door: str, language: str = "en", *, most: int = 1) -> list[Sight]:
    """What there is to see behind a door: every page, in as many of its states."""
    eyes = Eyes(live, language, most)
    before = {"public": [], "client": [_emptiness], "staff": [_empty_desks]}[door]
    after = {"public": [_signing_in], "client": [_seen_as], "staff": [_lost]}[door]
    for look in before:
        look(eyes)
    world = walk.birch(live.app, live.cast)
    send_mail(live.app)
    world.parts["name"] = sorted(path.stem for path in Path(live.app.config["MAIL_FOLDER"]).glob("*.eml"))
    who = {"public": None, "client": live.cast.bea, "staff": live.cast.ada}[door]
    browser = eyes.browser(who)
    rules = walk.pages(live.app, f"{door}.")
    for rule in rules:
        for url in _tried(world, rule, MOST_TRIED):
            if "GET" in rule.methods and not eyes.has_seen_enough(rule.endpoint):
                eyes.look(rule.endpoint, browser.get(url, None), who, only_here=rule.endpoint == MAIL)
    for rule in rules:
        for url in _tried(world, rule, MOST_SENT):
            if {"GET", "POST"} <= rule.methods and not eyes.has_seen_enough(rule.endpoint):
                page = browser.post(url, {}, None)
                if page.status >= 400:
                    eyes.look(rule.endpoint, page, who, only_here=True)
    for look in after:
        look(eyes)
    return eyes.found


def _tried(world: walk.World, rule: Rule, most: int) -> Iterator[str]:
    return itertools.islice(world.fill(rule), most)


def _parts(page: Page) -> Iterator[str]:
    """What a page is made of: its kinds of parts, whatever they say."""
    for tag in page.soup.find_all(True):
        yield f"{tag.name}.{'.'.join(sorted(tag.get('class') or []))}"


def _emptiness(eyes: Eyes) -> None:
    """The first look of somebody who has nothing to do, and of somebody who has done everything."""
    browser = eyes.browser(eyes.live.cast.cal)
    eyes.look("client.home.empty", browser.get("/", follow=True), eyes.live.cast.cal, only_here=True)
    make_item(eyes.live.app, eyes.live.cast.cedar_project, state="accepted")
    eyes.look("client.home.done", browser.get("/", follow=True), eyes.live.cast.cal, only_here=True)


def _empty_desks(eyes: Eyes) -> None:
    """What staff see before anything was asked."""
    browser = eyes.browser(eyes.live.cast.ada)
    for url in ("/staff/", "/staff/review", "/staff/clients", "/staff/questionnaires"):
        eyes.look(f"staff.empty{url.replace('/', '.')}", browser.get(url), eyes.live.cast.ada, only_here=True)


def _seen_as(eyes: Eyes) -> None:
    """A client's page with the banner of staff who look at it."""
    live = eyes.live
    browser = eyes.browser(live.cast.ada)
    browser.post(f"/staff/clients/{live.cast.birch.id}/see-as/{live.cast.bea.id}")
    eyes.look("client.seen-as", browser.get("/", follow=True), None, only_here=True)
    eyes.look("client.lost", eyes.browser(live.cast.bea).get("/there-is-no-such-page", 404), live.cast.bea)


def _lost(eyes: Eyes) -> None:
    eyes.look("staff.lost", eyes.browser(eyes.live.cast.ada).get("/staff/there-is-no-such-page", 404), eyes.live.cast.ada)
    eyes.look("staff.refused", eyes.browser(eyes.live.cast.abe).post("/staff/settings", {}, None), None, only_here=True)


def _signing_in(eyes: Eyes) -> None:
    """Every step from the address to the code, in the browser that asked and in another."""
    live, asker, other = eyes.live, eyes.browser(None), eyes.browser(None)
    asker.post("/login", {"email": live.cast.bea.email_typed})
    eyes.look("public.sent", asker.get("/login/sent"), None, only_here=True)
    eyes.look("public.sent", asker.post("/login/sent", {"code": "000 000"}, None), None, only_here=True)
    mail = live.mail()
    eyes.look("public.here", asker.get(mail.path), None, only_here=True)
    eyes.look("public.elsewhere", other.get(mail.path), None, only_here=True)
    eyes.look("public.elsewhere", other.post(mail.path, {"code": "000 000"}, None), None, only_here=True)
    eyes.look("public.used", other.get("/l/there-is-no-such-link", None), None, only_here=True)
    eyes.look("public.lost", other.get("/there-is-no-such-page", 404), None)
    eyes.look("public.forged", other.post("/login", {"csrf_token": "forged"}, 400), None, only_here=True)
