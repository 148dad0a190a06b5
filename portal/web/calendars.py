"""Dates as calendar programs read them (RFC 5545). Each keeps its name for good, so that a change moves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from flask import Response, current_app
from icalendar import Calendar, Event, vDuration

MADE_BY = "-//Courtside//Courtside//EN"
EVERY = timedelta(hours=6)


@dataclass(frozen=True)
class Entry:
    """One date: `name` is unique among ours and never changes, `starts` a day or a moment, `ends` only for moments."""

    name: str
    title: str
    starts: date | datetime
    changed: datetime
    ends: datetime | None = None
    link: str = ""
    version: int = 0


def calendar(entries: Iterable[Entry], *, title: str = "") -> bytes:
    """A calendar of these dates; one with a title is a feed that programs fetch again."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "courtside"
    book = Calendar()
    book.add("prodid", MADE_BY)
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    if title:
        book.add("x-wr-calname", title)
        book.add("refresh-interval", vDuration(EVERY), parameters={"VALUE": "DURATION"})
    for entry in entries:
        book.add_component(_event(entry, host))
    return bytes(book.to_ical())


def _event(entry: Entry, host: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.name}@{host}")
    event.add("dtstamp", entry.changed)
    event.add("summary", entry.title)
    event.add("dtstart", entry.starts)
    event.add("sequence", entry.version)
    if entry.ends:
        event.add("dtend", entry.ends)
    else:
        event.add("transp", "TRANSPARENT")
    if entry.link:
        event.add("url", entry.link)
    return event


def answer(content: bytes, *, file: str = "") -> Response:
    """The calendar as an answer; with a name for the file it is saved, without one it is read by a program."""
    response = Response(content, content_type="text/calendar; charset=utf-8")
    if file:
        response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response
