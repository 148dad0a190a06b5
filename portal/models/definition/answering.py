"""From what a person typed to the value we store, refused in words they can act on; and from the value back to words."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from portal.kernel.refusal import N_, Refused
from portal.kernel.words import best
from portal.models.definition import typed
from portal.models.definition.publishing import called
from portal.models.definition.rules import compared
from portal.models.definition.shape import Question, Type, Value

LONGEST = {Type.SHORT_TEXT: 300, Type.LONG_TEXT: 20_000, Type.EMAIL: 254, Type.URL: 2_000}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_UNSAFE = re.compile(r"[\s\\<>\"]")
_HOST = re.compile(r"[^\s\\@/]+\.[^\s\\@/.]{2,}\.?")


class Wrong(Refused):
    """An answer we cannot take as it is; the typed text goes back with this sentence."""

    def __init__(self, message: str, question: Question, /, *, language: str, **values: object) -> None:
        super().__init__(message, field=question.key, status=422, name=called(question, language), **values)


def read(question: Question, raw: Sequence[str], *, language: str = "en") -> Value | None:
    """The value of what was typed or ticked; None when empty. Raises Wrong."""
    said = [text for text in map(_clean, raw) if text]
    if not said:
        return None
    return _READERS[question.type](question, said, language)


def as_typed(question: Question, value: Value | None, *, language: str = "en") -> list[str]:
    """The value as its form fields hold it: `read` in the same language gives it back (a German field needs "1,5")."""
    if not value:
        return []
    if isinstance(value, list):
        return value
    return [value.replace(".", typed.decimal_sign(language)) if question.type is Type.NUMBER else value]


def show_value(
    question: Question,
    value: Value | None,
    language: str,
    *,
    day: Callable[[dt.date], str] = dt.date.isoformat,
    number: Callable[[Decimal], str] = "{:f}".format,
    yes: str = "Yes",
    no: str = "No",
    between: str = ", ",
) -> str:
    """The value as people read it; what we do not know stays as it is, empty stays empty."""
    if not value:
        return ""
    if isinstance(value, list):
        return between.join(_label(question, key, language) for key in value)
    if question.type.has_options:
        return _label(question, value, language)
    if question.type is Type.YES_NO:
        return {"yes": yes, "no": no}.get(value, value)
    if question.type is Type.NUMBER and compared(value, "0") is not None:
        return number(Decimal(value))
    if question.type is Type.DATE and typed.day(value) == value:
        return day(dt.date.fromisoformat(value))
    return value


def _label(question: Question, key: str, language: str) -> str:
    option = question.option(key)
    return best(option.label, language) if option else key


def _clean(text: str) -> str:
    """Composed Unicode with plain line ends and no control characters, which databases and pages refuse."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()


def _text(question: Question, said: list[str], language: str) -> Value:
    text = said[0] if question.type is Type.LONG_TEXT else " ".join(said[0].split())
    most, least = int(question.limits.max or LONGEST[question.type]), int(question.limits.min or 0)
    if len(text) > most:
        too_long = N_("%(name)s has %(count)s characters, there is room for %(most)s")
        raise Wrong(too_long, question, language=language, count=len(text), most=most)
    if len(text) < least:
        raise Wrong(N_("%(name)s needs a little more: at least %(least)s characters"), question, language=language, least=least)
    return text


def _one_choice(question: Question, said: list[str], language: str) -> Value:
    if len(said) > 1 or not question.option(said[0]):
        raise Wrong(N_("Choose one of the answers for %(name)s"), question, language=language)
    return said[0]


def _several_choices(question: Question, said: list[str], language: str) -> Value:
    ticked = [option.key for option in question.options if option.key in said]
    if len(ticked) != len(set(said)):
        raise Wrong(N_("Tick only the answers that are listed for %(name)s"), question, language=language)
    if question.limits.max and len(ticked) > int(question.limits.max):
        raise Wrong(N_("Tick at most %(most)s answers for %(name)s"), question, language=language, most=question.limits.max)
    if question.limits.min and len(ticked) < int(question.limits.min):
        raise Wrong(N_("Tick at least %(least)s answers for %(name)s"), question, language=language, least=question.limits.min)
    return ticked


def _yes_no(question: Question, said: list[str], language: str) -> Value:
    if said not in (["yes"], ["no"]):
        raise Wrong(N_("Choose yes or no for %(name)s"), question, language=language)
    return said[0]


def _number(question: Question, said: list[str], language: str) -> Value:
    value = typed.number(said[0], language=language)
    if value is None:
        raise Wrong(N_("%(name)s must be a number, like 40"), question, language=language)
    places = len(value.partition(".")[2])
    if question.limits.places == "0" and places:
        raise Wrong(N_("%(name)s must be a whole number, like 40"), question, language=language)
    if question.limits.places and places > int(question.limits.places):
        most = question.limits.places
        raise Wrong(N_("%(name)s can have at most %(most)s digits after the point"), question, language=language, most=most)
    least, most = question.limits.min, question.limits.max
    if least and compared(value, least) == -1:
        raise Wrong(N_("%(name)s must be %(least)s or more"), question, language=language, least=least)
    if most and compared(value, most) == 1:
        raise Wrong(N_("%(name)s must be %(most)s or less"), question, language=language, most=most)
    return value


def _date(question: Question, said: list[str], language: str) -> Value:
    value = typed.day(said[0], language=language)
    if value is None:
        raise Wrong(N_("%(name)s must be a date, like 24.9.2026"), question, language=language)
    earliest, latest = question.limits.min, question.limits.max
    if earliest and value < earliest:
        raise Wrong(N_("%(name)s must be on %(earliest)s or later"), question, language=language, earliest=earliest)
    if latest and value > latest:
        raise Wrong(N_("%(name)s must be on %(latest)s or earlier"), question, language=language, latest=latest)
    return value


def _email(question: Question, said: list[str], language: str) -> Value:
    try:
        return validate_email(said[0], check_deliverability=False).normalized
    except EmailNotValidError:
        raise Wrong(N_("%(name)s must be an email address, like rosa@example.com"), question, language=language) from None


def _url(question: Question, said: list[str], language: str) -> Value:
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


_READERS: dict[Type, Callable[[Question, list[str], str], Value]] = {
    Type.SHORT_TEXT: _text,
    Type.LONG_TEXT: _text,
    Type.ONE_CHOICE: _one_choice,
    Type.SEVERAL_CHOICES: _several_choices,
    Type.YES_NO: _yes_no,
    Type.NUMBER: _number,
    Type.DATE: _date,
    Type.EMAIL: _email,
    Type.URL: _url,
}
