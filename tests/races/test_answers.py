"""Twenty browsers save the same answer at once: exactly one text stands, nobody's is overwritten, everybody else is told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from portal.features.questionnaires import actions
from portal.kernel.db import db, open_session
from portal.kernel.scope import find
from portal.kinds.questionnaires.kind import answer_rows
from portal.models.items import Item
from portal.models.questionnaires import Answer, AnswerChange
from tests.support.browser import Browser
from tests.support.cast import Cast, as_viewer, make_item, reading

RUNNERS = 20


@pytest.fixture
def quiz(app: Flask, cast: Cast) -> Item:
    """A questionnaire that waits for Birch."""
    return make_item(app, cast.project, kind="questionnaire")


def all_at_once(work: Callable[[int], object]) -> list[object]:
    """Everybody starts at the same moment."""
    start = threading.Barrier(RUNNERS)

    def run(n: int) -> object:
        start.wait(30)
        return work(n)

    with ThreadPoolExecutor(RUNNERS) as runners:
        return list(runners.map(run, range(RUNNERS)))


def kept(app: Flask, item: Item) -> tuple[Answer, list[object]]:
    """What stands, and every text there ever was, in order."""
    with reading(app):
        answer = db.session.scalars(select(Answer).where(Answer.item_id == item.id)).one()
        changes = select(AnswerChange.value).where(AnswerChange.item_id == item.id).order_by(AnswerChange.rev)
        return answer, list(db.session.scalars(changes))


def test_exactly_one_wins_and_the_others_are_told(app: Flask, cast: Cast, quiz: Item) -> None:
    browsers = [Browser(app).sign_in(cast.bea if n % 2 else cast.ben) for n in range(RUNNERS)]
    tokens = [browser.csrf() for browser in browsers]

    def save(n: int) -> object:
        browser = browsers[n]
        data = {"csrf_token": tokens[n], "question": "q1", "rev": "0", "value": f"Text {n}"}
        headers = {"Referer": f"{browser.base}/", "Accept": "application/json", "User-Agent": "race"}
        with browser.client.post(f"/items/{quiz.id}/answers", data=data, base_url=browser.base, headers=headers, buffered=True) as reply:
            return reply.status_code, reply.get_json()

    replies = all_at_once(save)
    assert Counter(status for status, _ in replies) == {200: 1, 409: RUNNERS - 1}
    winner = next(n for n, (status, _) in enumerate(replies) if status == 200)
    answer, texts = kept(app, quiz)
    assert answer.value == f"Text {winner}" and answer.rev == 1 and texts == [f"Text {winner}"]
    assert all(told["value"] == [f"Text {winner}"] and told["rev"] == 1 for status, told in replies if status == 409)


def test_without_the_revision_they_would_overwrite_each_other(app: Flask, cast: Cast, quiz: Item) -> None:
    """The control: the same race, each saving on whatever stands, loses nineteen texts. So the race is a race."""
    viewers = [as_viewer(app, cast.bea if n % 2 else cast.ben) for n in range(RUNNERS)]

    def save(n: int) -> object:
        with app.app_context():
            open_session(viewers[n], writes=True)
            item = find(Item, quiz.id)
            standing = answer_rows(item.id).get("q1")
            saved = actions.save_answer(item, "q1", [f"Text {n}"], rev=standing.rev if standing else 0, language="en", by=viewers[n])
            return saved.rev if saved else 0

    assert sorted(all_at_once(save)) == list(range(1, RUNNERS + 1))
    answer, texts = kept(app, quiz)
    assert answer.rev == RUNNERS and len(set(texts)) == RUNNERS
