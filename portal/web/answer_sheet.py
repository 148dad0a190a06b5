"""What was sent, as a sheet of paper in the client's language: from the frozen content alone, so that it says what was handed over."""

from __future__ import annotations

import json
from typing import cast
from zoneinfo import ZoneInfo

from babel import Locale
from flask_babel import gettext as _

from portal.kernel.db import db
from portal.models.clients import Client
from portal.models.definition.shape import Type
from portal.models.deliveries import HandOver
from portal.models.items import Item
from portal.models.people import Person, the_firm
from portal.models.projects import Project
from portal.web import answers, i18n
from portal.web.letterpress import reading_as
from portal.web.paper import print_paper, side_of

Content = dict[str, object]


def answer_sheet(item: Item, handed: HandOver) -> bytes:
    """The answers of one hand-over as a PDF."""
    content = cast("Content", json.loads(handed.content))
    client = db.session.get_one(Client, item.client_id)
    lang = i18n.spoken(str(content.get("language") or client.language))
    with reading_as(lang, ZoneInfo(client.zone)):
        facts = _facts(item, handed, content, lang=lang) | {"client": client.name}
    return print_paper("answers", facts, at=handed.at)


def _facts(item: Item, handed: HandOver, content: Content, *, lang: str) -> dict[str, object]:
    side = Locale.parse(lang).text_direction
    title = item.text("title", str(content.get("language") or lang), lang)
    project, by = db.session.get_one(Project, item.project_id), db.session.get_one(Person, handed.by_id)
    return {
        "lang": lang,
        "side": side,
        "title": title,
        "project": project.name,
        "firm": the_firm().name,
        "sent": _("Sent by %(name)s on %(moment)s", name=by.name, moment=i18n.stamp(handed.at)),
        "note": _words(handed.note, side),
        "fingerprint": (_("Fingerprint of what was sent (SHA-256)"), handed.sha256),
        "page": _("Page %(n)s of %(all)s", n="{n}", all="{all}"),
        "nothing": _("Not answered"),
        "sections": [_section(one, side) for one in cast("list[Content]", content.get("sections", []))],
    }


def _section(section: Content, side: str) -> dict[str, object]:
    parts = [_answer(one, side) for one in cast("list[Content]", section["answers"])]
    return {"title": _words(section["title"], side), "answers": parts}


def _answer(answer: Content, side: str) -> dict[str, object]:
    """One answer as lines of text, or as a table."""
    label = _words(answer["label"], side)
    if answer.get("rows"):
        heads = [_words(column["label"], side) for column in cast("list[Content]", answer["columns"])]
        rows = [[_words(cell, side) for cell in row] for row in answers.frozen_rows(answer)]
        return {"label": label, "heads": heads, "rows": rows, "lines": []}
    return {"label": label, "lines": [_words(line, side) for line in _lines(answer)]}


def _words(text: object, side: str) -> dict[str, str]:
    """A text with the side it begins on."""
    return {"text": str(text), "side": side_of(str(text), side)}


def _lines(answer: Content) -> list[str]:
    if answer.get("chosen"):
        chosen = [str(one) for one in cast("list[object]", answer["chosen"])]
        return [f"{i18n.number(n)}. {one}" for n, one in enumerate(chosen, start=1)] if answer["type"] == Type.RANKING else chosen
    if answer.get("files"):
        files = cast("list[Content]", answer["files"])
        return [f"{file['name']} ({i18n.size(cast('int', file.get('bytes', 0)))})" for file in files]
    return answers.told_frozen(answer).split("\n") if answer.get("value") else []
