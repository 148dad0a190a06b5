"""Readers of answers that stand in one field: each turns what was typed into the value, or says what would fit."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from babel.numbers import get_currency_precision
from email_validator import EmailNotValidError, validate_email

from portal.kernel.refusal import N_
from portal.kernel.words import best
from portal.models.definition import typed
from portal.models.definition.rules import compared
from portal.models.definition.shape import Question, Type, Value
from portal.models.definition.wrong import Wrong

LONGEST = {
    Type.SHORT_TEXT: 300,
    Type.LONG_TEXT: 20_000,
    Type.EMAIL: 254,
    Type.URL: 2_000,
    Type.SECRET: 5_000,
}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_UNSAFE = re.compile(r"[\s\\<>\"]")
_HOST = re.compile(r"[^\s\\@/]+\.[^\s\\@/.]{2,}\.?")


def text(question: Question, said: list[str], language: str) -> Value:
    """Text within its limits; a short one on one line."""
    words = said[0] if question.type is Type.LONG_TEXT else " ".join(said[0].split())
    most, least = int(question.limits.max or LONGEST[question.type]), int(question.limits.min or 0)
    if len(words) > most:
        too_long = N_("%(name)s has %(count)s characters, there is room for %(most)s")
        raise Wrong(too_long, question, language=language, count=len(words), most=most)
    if len(words) < least:
        raise Wrong(N_("%(name)s needs a little more: at least %(least)s characters"), question, language=language, least=least)
    return words


def yes_no(question: Question, said: list[str], language: str) -> Value:
    """Yes or no."""
    if said not in (["yes"], ["no"]):
        raise Wrong(N_("Choose yes or no for %(name)s"), question, language=language)
    return said[0]


def number(question: Question, said: list[str], language: str) -> Value:
    """A number as a plain decimal."""
    value = typed.number(said[0], language=language)
    if value is None:
        raise Wrong(N_("%(name)s must be a number, like 40"), question, language=language)
    places = len(value.partition(".")[2])
    if question.limits.places == "0" and places:
        raise Wrong(N_("%(name)s must be a whole number, like 40"), question, language=language)
    if question.limits.places and places > int(question.limits.places):
        most = question.limits.places
        raise Wrong(N_("%(name)s can have at most %(most)s digits after the point"), question, language=language, most=most)
    _within(question, value, language)
    return value


def _within(question: Question, value: str, language: str) -> None:
    least, most = question.limits.min, question.limits.max
    if least and compared(value, least) == -1:
        raise Wrong(N_("%(name)s must be %(least)s or more"), question, language=language, least=least)
    if most and compared(value, most) == 1:
        raise Wrong(N_("%(name)s must be %(most)s or less"), question, language=language, most=most)


def money(question: Question, said: list[str], language: str) -> Value:
    """An amount; the sign or letters of a currency may stand beside it."""
    value = typed.number(typed.without_currency(said[0]), language=language)
    if value is None:
        raise Wrong(N_("%(name)s must be an amount, like 1200"), question, language=language)
    most = get_currency_precision(question.currency) if question.currency else 2
    if len(value.partition(".")[2]) > most:
        raise Wrong(N_("%(name)s can have at most %(most)s digits after the point"), question, language=language, most=most)
    _within(question, value, language)
    return value


def rating(question: Question, said: list[str], language: str) -> Value:
    """One of the steps from 1 to the highest."""
    if said[0] not in map(str, range(1, question.highest + 1)) or len(said) > 1:
        raise Wrong(N_("Choose one of the ratings for %(name)s"), question, language=language)
    return said[0]


def date(question: Question, said: list[str], language: str) -> Value:
    """A day as ISO text."""
    return one_day(question, said[0], language)


def one_day(question: Question, text: str, language: str) -> str:
    """A day within the limits of the question."""
    value = typed.day(text, language=language)
    if value is None:
        raise Wrong(N_("%(name)s must be a date, like 24.9.2026"), question, language=language)
    return _between(question, value, language, N_("%(name)s must be on %(least)s or later"), N_("%(name)s must be on %(most)s or earlier"))


def time(question: Question, said: list[str], language: str) -> Value:
    """A time of the day, as 24 hours."""
    value = typed.time(said[0])
    if value is None:
        raise Wrong(N_("%(name)s must be a time, like 14:30"), question, language=language)
    return _between(question, value, language, N_("%(name)s must be at %(least)s or later"), N_("%(name)s must be at %(most)s or earlier"))


def _between(question: Question, value: str, language: str, too_early: str, too_late: str) -> str:
    """A day or time within the limits of its question; as we write them they are in order as texts."""
    least, most = question.limits.min, question.limits.max
    if least and value < least:
        raise Wrong(too_early, question, language=language, least=least)
    if most and value > most:
        raise Wrong(too_late, question, language=language, most=most)
    return value


def colour(question: Question, said: list[str], language: str) -> Value:
    """A colour as #rrggbb."""
    value = typed.colour(said[0])
    if value is None:
        raise Wrong(N_("%(name)s must be a colour, like #1a73e8"), question, language=language)
    return value


def phone(question: Question, said: list[str], language: str) -> Value:
    """A phone number as it is written internationally; without a country, and without "+", as it was typed."""
    value = typed.phone(said[0], country=question.country)
    if value is None:
        raise Wrong(N_("%(name)s must be a phone number, like +49 30 1234567"), question, language=language)
    return value


def secret(question: Question, said: list[str], language: str) -> Value:
    """The secret itself, as it was typed; whoever stores it seals it."""
    if len(said[0]) > LONGEST[Type.SECRET]:
        most = LONGEST[Type.SECRET]
        raise Wrong(N_("%(name)s is too long: there is room for %(most)s characters"), question, language=language, most=most)
    return said[0]


def agree(question: Question, said: list[str], language: str) -> Value:
    """The statement in the words that were read, frozen with the answer."""
    if said != ["yes"]:
        raise Wrong(N_("Tick %(name)s if you agree, or leave it open"), question, language=language)
    return best(question.text, language) or best(question.label, language) or "yes"


def email(question: Question, said: list[str], language: str) -> Value:
    """An address for mail."""
    try:
        return validate_email(said[0], check_deliverability=False).normalized
    except EmailNotValidError:
        raise Wrong(N_("%(name)s must be an email address, like rosa@example.com"), question, language=language) from None


def url(question: Question, said: list[str], language: str) -> Value:
    """An address of the open web, with its scheme."""
    address = said[0] if _SCHEME.match(said[0]) else f"https://{said[0]}"
    if len(address) > LONGEST[Type.URL] or not _leads_somewhere(address):
        raise Wrong(N_("%(name)s must be a web address, like www.example.com"), question, language=language)
    return address


def _leads_somewhere(address: str) -> bool:
    """Whether an address is one of the open web: http or https, a host with a dot, no password, no spaces."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or _UNSAFE.search(address):
        return False
    return bool(_HOST.fullmatch(parts.hostname or ""))
