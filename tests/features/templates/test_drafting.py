"""Two people at one template at the same moment: parts apart are both kept, of one part the later is told. On both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from tests.support.browser import Browser
from tests.support.template_desk import Desk


def at_once(browsers: list[Browser], desk: Desk, sent: list[tuple[str, dict[str, object]]]) -> list[int]:
    """Both press Save at the same moment; what they are answered."""
    start = Barrier(len(sent))

    def press(browser: Browser, part: str, fields: dict[str, object]) -> int:
        browser.watch_connections = False
        browser.csrf()
        start.wait()
        return browser.post(f"{desk.url}/{part}", fields, None).status

    with ThreadPoolExecutor(len(sent)) as pool:
        return [done.result() for done in [pool.submit(press, one, *what) for one, what in zip(browsers, sent, strict=True)]]


def test_of_two_who_save_at_once_nobody_loses_anything(app: Flask, ada: Browser, abe: Browser) -> None:
    desk = Desk(app, ada)
    both = [
        ("items/logo", desk.fields("items/logo", title="Ada's logo")),
        ("items/photos", desk.fields("items/photos", title="Abe's photos")),
    ]
    assert at_once([ada, abe], desk, both) == [303, 303]
    assert [desk.draft.item(key).title["en"] for key in ("logo", "photos")] == ["Ada's logo", "Abe's photos"]
    same = [("items/logo", desk.fields("items/logo", help=text)) for text in ("Ada", "Abe")]
    answers = at_once([ada, abe], desk, same)
    assert sorted(answers) == [303, 409]
    assert desk.draft.item("logo").help["en"] == ("Ada", "Abe")[answers.index(303)]
    assert desk.row.rev == 4
