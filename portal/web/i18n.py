"""Languages at the edge: which one a page speaks, and dates, sizes and counts as its readers write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_timezone, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from portal.kernel.markdown import as_html

LANGUAGES = {"en": "English", "de": "Deutsch", "tr": "Türkçe", "vi": "Tiếng Việt", "ja": "日本語", "ar": "العربية"}
LOCALES = {"en": "en_GB"}
UNITS = ("KB", "MB", "GB")


def init(app: Flask) -> None:
    """Attach Flask-Babel and the filters templates use."""
    app.config["BABEL_DEFAULT_LOCALE"] = "en_GB"
    app.config.setdefault("LANGUAGES_SPOKEN", tuple(LANGUAGES))
    Babel(app, locale_selector=page_language, timezone_selector=page_zone)
    app.jinja_env.filters.update(day=day, moment=moment, stamp=stamp, clock=clock, size=size, number=number, dialled=dialled, listed=listed)
    app.jinja_env.filters.update(money=money, iso_day=iso_day, markdown=markdown, hour=hour, zone_name=zone_name)
    app.jinja_env.filters["language_name"] = language_name
    app.jinja_env.globals.update(day=day, moment=moment, size=size, LANGUAGES=LANGUAGES)


def spoken(language: str) -> str:
    """The language we answer in: this one if we have words in it, else English; never half and half."""
    ours = current_app.config["LANGUAGES_SPOKEN"]
    return language if language in ours else "en"


def locale_of(language: str) -> str:
    """The locale a language is written in here; English means British English."""
    return LOCALES.get(spoken(language), spoken(language))


def page_language() -> str:
    """The language of this page: the person's own, else the browser's best among ours."""
    person = g.get("seen_as") or g.get("person")
    if person is not None:
        return locale_of(person.language)
    if not has_request_context():
        return locale_of("en")
    return locale_of(request.accept_languages.best_match(current_app.config["LANGUAGES_SPOKEN"], default="en") or "en")


def page_zone() -> str:
    """The time zone of whoever reads the page."""
    person = g.get("seen_as") or g.get("person")
    return person.zone if person is not None else "UTC"


def language() -> str:
    """The page's language as its two letters."""
    return _locale().language


def direction() -> str:
    """`rtl` or `ltr`."""
    return _locale().text_direction


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say what follows in somebody else's language, such as the client's on a page of ours."""
    with force_locale(locale_of(language)):
        yield


def translated(text: str) -> str:
    """A sentence of ours, marked elsewhere for translation, in the language that is spoken now."""
    return str(_(text))


def day(value: date | datetime | None) -> str:
    """A day with its weekday, such as "Thu 24 Sept"."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(_zone()).date()
    here = _locale()
    text = format_skeleton("MMMEd", value, locale=here)
    return text.replace(",", "") if here.language == "en" else text


def moment(value: datetime | None, *, zone: str = "") -> str:
    """A day and time in the reader's zone, or in another one."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(zone)) if zone else value
    return f"{day(local.date() if zone else local)}, {clock(local, zone=zone)}"


def stamp(value: datetime) -> str:
    """A moment as a receipt writes it: with year, seconds and zone, so that it can be read anywhere."""
    return f"{format_datetime(value, 'long', tzinfo=_zone(), locale=_locale())} ({_zone()})"


def clock(value: datetime, *, zone: str = "") -> str:
    """A time of day in the reader's zone, or in another one."""
    local = value.astimezone(ZoneInfo(zone) if zone else _zone())
    return _minute(local.hour, local.minute, _locale())


@lru_cache(maxsize=4096)
def _minute(hour: int, minute: int, locale: Locale) -> str:
    """A time of day in words; said with every answer that is saved, so each is put together once."""
    return format_time(time(hour, minute), "short", locale=locale)


def hour(value: time) -> str:
    """A time of day that belongs to no day."""
    return _minute(value.hour, value.minute, _locale())


def zone_name(zone: str) -> str:
    """The place a time zone is named after."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def size(count: int) -> str:
    """How much a file weighs, in words people know."""
    if count < 1000:
        return str(ngettext("%(num)s byte", "%(num)s bytes", count))
    value = float(count)
    for unit in UNITS:
        value /= 1000
        if value < 1000 or unit == UNITS[-1]:
            break
    return str(_("%(size)s %(unit)s", size=format_decimal(round(value, 1 if value < 100 else 0), locale=_locale()), unit=unit))


def number(value: int) -> str:
    """A whole number as the reader's language writes it."""
    return format_decimal(value, locale=_locale())


def markdown(text: str) -> Markup:
    """A text with its marks, as a page shows it."""
    return Markup(as_html(text))  # noqa: S704 - cleaned there


def money(amount: str, currency: str) -> str:
    """A sum as the reader's language writes it."""
    return format_currency(Decimal(amount), currency, locale=_locale())


def iso_day(text: str) -> str:
    """A day that was written down as 2026-09-28, with its year: such a day is evidence."""
    return format_skeleton("yMMMEd", date.fromisoformat(text), locale=_locale()).replace(",", "") if text else ""


def language_name(code: str) -> str:
    """What a language calls itself."""
    return LANGUAGES.get(code, code)


def listed(names: Iterable[str], style: Literal["standard", "or"] = "standard") -> str:
    """Names as a sentence takes them: "Bea, Cem and Ben", or with `or`."""
    return str(format_list(list(names), style=style, locale=_locale()))


def dialled(phone: str) -> str:
    """A phone number as a telephone dials it."""
    return "".join(c for c in phone if c.isdigit() or c == "+")


def _locale() -> Locale:
    return get_locale() or Locale.parse("en_GB")


def _zone() -> tzinfo:
    """The reader's zone: of the page, or of the letter being printed."""
    return get_timezone() or UTC
