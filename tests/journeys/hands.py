"""Somebody who opens, taps, types and reads: in Chromium, or in a browser without scripts. Both count what it cost them.

A tap is a tap, a click or a key combination; letters typed are counted apart; choosing in the system's file picker is free.
"""

from __future__ import annotations

import re
from io import BytesIO
from types import TracebackType
from typing import Protocol
from urllib.parse import urlencode, urljoin, urlsplit

from bs4 import Tag
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ConsoleMessage, FilePayload, Page, Response, expect

from portal.models.people import Person
from tests.journeys.listening import Live, session_cookie
from tests.support.browser import NEWLINES, Browser

WORDY = "input:not([type=hidden], [type=radio], [type=checkbox], [type=file]), textarea, select"

PARTS_DIFFER = 412  # an upload goes on after it by itself, so nobody would see it
STANDS_OUT = """() => {
  const shown = [...document.querySelectorAll(".actionbar .btn")].filter((one) => one.getClientRects().length);
  const button = shown[0], stood = scrollY;
  const flows = button && getComputedStyle(button.closest(".actionbar")).position === "static";
  if (flows) button.scrollIntoView({block: "center", behavior: "instant"});
  const bar = button?.getBoundingClientRect();
  const over = bar && document.elementFromPoint(bar.x + bar.width / 2, bar.y + bar.height / 2);
  scrollTo({top: stood, behavior: "instant"});
  if (over && !over.closest(".actionbar, .flashes")) return [`${over.tagName} ${over.className} lies over the buttons of the form`];
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const far = [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (box.right > wide + 1 || box.left < -1);
  });
  return far.slice(0, 5).map((one) => `stands out sideways: ${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`);
}"""


class Hand(Protocol):
    """What a person can do, wherever they sit."""

    taps: int
    keys: int

    def enter(self, person: Person) -> None:
        """Be signed in already, on a device known for weeks."""

    def open(self, url: str) -> None:
        """Tap a link in a mail (one tap)."""

    def tap(self, name: str) -> None:
        """Press the button of this name, or else the link (one tap)."""

    def tick(self, label: str) -> None:
        """Choose an answer (one tap)."""

    def type(self, label: str, text: str) -> None:
        """Write into a field."""

    def choose(self, name: str, content: bytes) -> None:
        """Press the button that opens the file picker (one tap), and pick."""

    def reads(self, *words: str) -> None:
        """Promise that the page says this."""

    def finds(self, label: str, text: str) -> None:
        """Promise that a field holds this."""

    def stands_at(self, heading: str) -> None:
        """Promise which page it is."""

    def path(self) -> str:
        """The address, below the portal's."""


class Screen:
    """Somebody at a browser with scripts, of some width. Whatever goes wrong in the page comes out at the end."""

    def __init__(self, live: Live, browser: Chromium, *, width: int, **how: object) -> None:
        self.live, self.taps, self.keys, self.width = live, 0, 0, width
        phone = width < 600
        size = {"width": width, "height": 844 if phone else 900}
        self.context = browser.new_context(viewport=size, is_mobile=phone, has_touch=phone, reduced_motion="reduce", **how)
        self.context.set_default_timeout(15_000)
        self.trouble: list[str] = []
        self.context.on("page", self._watch)
        self.page: Page = self.context.new_page()

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.context.close()
        assert error or not self.trouble, self.trouble

    def enter(self, person: Person) -> None:
        self.context.add_cookies([session_cookie(self.live, person)])

    def open(self, url: str) -> None:
        self.taps += 1
        self.page.goto(urljoin(self.live.url, url))

    def tap(self, name: str) -> None:
        self.taps += 1
        button, link = (self.page.get_by_role(role, name=name, exact=True) for role in ("button", "link"))
        expect(button.or_(link).first).to_be_visible()
        (button if button.count() else link).first.click()

    def tick(self, label: str) -> None:
        self.taps += 1
        self.page.locator("label").filter(has_text=label).click()

    def type(self, label: str, text: str) -> None:
        self.keys += len(text)
        self.page.get_by_label(label).and_(self.page.locator(WORDY)).first.fill(text)

    def choose(self, name: str, content: bytes) -> None:
        self.taps += 1
        with self.page.expect_file_chooser() as picker:
            self.page.get_by_role("button", name="Choose files").click()
        picker.value.set_files([FilePayload(name=name, mimeType="application/octet-stream", buffer=content)])
        expect(self.page.locator("li.file").filter(has_text=name).filter(has_text=re.compile("Saved|Ready|Not sent yet"))).to_be_visible()

    def reads(self, *words: str) -> None:
        for said in words:
            expect(self.page.locator("body")).to_contain_text(said)

    def finds(self, label: str, text: str) -> None:
        expect(self.page.get_by_label(label).and_(self.page.locator(WORDY)).first).to_have_value(text)

    def stands_at(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        assert not self.stands_out()

    def path(self) -> str:
        return urlsplit(self.page.url).path

    def resize(self, width: int) -> None:
        """Make the screen narrower or wider."""
        self.page.set_viewport_size({"width": width, "height": 844 if width < 600 else 900})

    def stands_out(self) -> list[str]:
        """What makes the page scroll sideways, or lies over its buttons."""
        found: list[str] = self.page.evaluate(STANDS_OUT)
        return found

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("console", self._listen)
        page.on("response", self._see)

    def _see(self, said: Response) -> None:
        if said.status >= 500 or said.status == PARTS_DIFFER:
            self.trouble.append(f"{said.status} {said.url}")

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.trouble.append(said.text)


class Plain:
    """Somebody at a browser without scripts: follows links, fills in forms, sends them as they stand."""

    def __init__(self, live: Live) -> None:
        self.live, self.taps, self.keys = live, 0, 0
        self.browser = Browser(live.app)
        self._given: dict[str, object] = {}

    def enter(self, person: Person) -> None:
        self.browser.sign_in(person)

    def open(self, url: str) -> None:
        self.taps += 1
        self._go("GET", url)

    def tap(self, name: str) -> None:
        self.taps += 1
        named = [tag for tag in (*self._soup.select("button"), *self._soup.select("a[href]")) if _name(tag) == name]
        assert named, f"there is no “{name}” on {self.browser.page}"
        pressed = named[0]
        if pressed.name == "a":
            return self._go("GET", str(pressed["href"]))
        form = self._soup.find(id=pressed["form"]) if pressed.has_attr("form") else pressed.find_parent("form")
        assert isinstance(form, Tag), f"“{name}” belongs to no form"
        sent = _fields(form) | self._given
        if pressed.get("name"):
            sent[str(pressed["name"])] = str(pressed.get("value", ""))
        where = str(pressed.get("formaction") or form.get("action") or self.browser.page.url)  # type: ignore[union-attr]
        return self._go(str(pressed.get("formmethod") or form.get("method") or "get").upper(), where, sent)

    def tick(self, label: str) -> None:
        self.taps += 1
        box = next(found for found in self._soup.find_all("label") if label in _name(found)).find("input")
        self._give(box, str(box.get("value", "on")), several=box["type"] == "checkbox")

    def type(self, label: str, text: str) -> None:
        self.keys += len(text)
        self._give(self._field(label), text)

    def choose(self, name: str, content: bytes) -> None:
        self.taps += 1
        self._give(self._soup.select_one("input[type=file]"), (BytesIO(content), name), several=True)

    def reads(self, *words: str) -> None:
        for said in words:
            assert said in self.browser.page.text, f"{said!r} is not said by {self.browser.page.text}"  # type: ignore[union-attr]

    def finds(self, label: str, text: str) -> None:
        assert self.browser.page.value(str(self._field(label)["name"])) == text  # type: ignore[union-attr]

    def stands_at(self, heading: str) -> None:
        assert self.browser.page is not None and self.browser.page.h1 == heading, (self.browser.page, self.browser.page.text)

    def path(self) -> str:
        return urlsplit(self.browser.page.url).path  # type: ignore[union-attr]

    @property
    def _soup(self) -> Tag:
        assert self.browser.page is not None, "no page is open"
        return self.browser.page.soup

    def _field(self, label: str) -> Tag:
        found = next(tag for tag in self._soup.find_all("label") if label in _name(tag))
        field = self._soup.find(id=found["for"])
        assert isinstance(field, Tag)
        return field

    def _give(self, field: Tag | None, value: object, *, several: bool = False) -> None:
        assert field is not None, "there is no such field"
        name = str(field["name"])
        before = self._given.get(name, [])
        self._given[name] = [*before, value] if several and isinstance(before, list) else value

    def _go(self, method: str, url: str, sent: dict[str, object] | None = None) -> None:
        here = self.browser.page.url if self.browser.page else "/"
        url = urljoin(here, url).split("#")[0]
        self._given = {}
        if method == "POST":
            page = self.browser.post(url, sent, None)
        else:
            page = self.browser.get(f"{url}?{urlencode(sent, doseq=True)}" if sent else url, None)
        while 300 <= page.status < 400:
            page = self.browser.get(page.location, None)
        assert page.status < 400, f"{page}: {page.text}"


def _fields(form: Tag) -> dict[str, object]:
    """What a browser would send of a form as it stands."""
    found: dict[str, object] = {}
    for tag in form.select("input[name], textarea[name]"):
        if tag.get("type") in ("file", "submit") or (tag.get("type") in ("radio", "checkbox") and not tag.has_attr("checked")):
            continue
        found[str(tag["name"])] = str(tag.get("value", "on")) if tag.name == "input" else tag.get_text().removeprefix("\n")
    for tag in form.select("select[name]"):
        option = tag.find("option", selected=True) or tag.find("option")
        found[str(tag["name"])] = str(option.get("value", "")) if isinstance(option, Tag) else ""
    return found


def _name(tag: Tag) -> str:
    """What a person reads on it, without what is there for the eyes only."""
    said = tag.get("aria-label") or "".join(text for text in tag.strings if not text.find_parent(attrs={"aria-hidden": "true"}))
    return NEWLINES.sub(" ", str(said)).strip()
