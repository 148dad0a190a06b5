"""Numbers, dates, times, colours and phone numbers as people type them, in the order and with the signs of their language."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

_SPACES = re.compile(r"[\s'’_]")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+")
_PLAIN = re.compile(r"([0-9]*)(?:\.([0-9]*))?")
_DAY_PARTS = re.compile(r"([0-9]{1,4})\s*[./年 -]\s*([0-9]{1,2})\s*[./月 -]\s*([0-9]{1,4})\s*日?")
_TIME_PARTS = re.compile(r"([0-9]{1,2})(?:\s*[:.h時时]\s*([0-9]{2})?|([0-9]{2}))?\s*分?\s*([ap])?\.?m?\.?", re.IGNORECASE)
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_RGB = re.compile(r"rgb\(\s*([0-9]{1,3})[\s,]+([0-9]{1,3})[\s,]+([0-9]{1,3})\s*\)", re.IGNORECASE)
_AMOUNT = re.compile(r"^[^\W\d_]{1,4}\.?\s*|\s*[^\W\d_]{1,4}\.?$")
_NATIONAL = re.compile(r"[0-9][0-9 ()/.-]{2,30}[0-9]")
_MONTH_FIRST = ("en-US", "en_US")
MOST_DIGITS = 30


def decimal_sign(language: str) -> str:
    """The sign between whole and parts in a language, "," or "."; also for the page, so that the browser reads alike."""
    try:
        return "," if get_decimal_symbol(Locale.parse(language, sep="-" if "-" in language else "_")) == "," else "."
    except (UnknownLocaleError, ValueError):
        return "."


def number(text: str, *, language: str = "en") -> str | None:
    """A typed number as a plain decimal ("1.234,50" in German is "1234.5"); None when it is none.

    The last of two different signs is the decimal one. A single sign before exactly three digits groups thousands,
    unless it is the decimal sign of the language.
    """
    clean = _SPACES.sub("", _western(text))
    sign, digits = ("-", clean[1:]) if clean[:1] in ("-", "−") else ("", clean.removeprefix("+"))
    decimal = _decimal_in(digits, language)
    whole_part, point, rest = digits.rpartition(decimal) if decimal else (digits, "", "")
    grouped = whole_part.replace(".", ",")
    if "," in grouped and not (_GROUPED.fullmatch(grouped) and len(set(re.sub("[0-9]", "", whole_part))) == 1):
        return None
    plain = _PLAIN.fullmatch(grouped.replace(",", "") + (f".{rest}" if point else ""))
    if not plain or not (plain[1] or plain[2]) or len(digits) > MOST_DIGITS:
        return None
    whole, places = plain[1].lstrip("0") or "0", (plain[2] or "").rstrip("0")
    value = f"{whole}.{places}" if places else whole
    return value if value == "0" else sign + value


def day(text: str, *, language: str = "en") -> str | None:
    """A typed date as ISO text: 2026-09-24, or 24.9.2026, 24/9/2026 in the order of the language; None when it is none."""
    parts = _DAY_PARTS.fullmatch(_western(text).strip())
    if not parts:
        return None
    if len(parts[1]) == 4 and len(parts[3]) <= 2:
        return _iso(parts[1], parts[2], parts[3])
    if len(parts[3]) != 4 or len(parts[1]) > 2:
        return None
    first, second = (parts[2], parts[1]) if language in _MONTH_FIRST else (parts[1], parts[2])
    return _iso(parts[3], second, first) or _iso(parts[3], first, second)


def time(text: str) -> str | None:
    """A typed time of the day as "14:30": 14:30, 14.30, 1430, 2:30 pm, 14 h 30, 14時30分; None when it is none."""
    parts = _TIME_PARTS.fullmatch(_western(text).strip())
    if not parts or (parts[4] is None and text.strip()[-1:].lower() in ("m", "a", "p")):
        return None
    hour, minute, half = int(parts[1]), int(parts[2] or parts[3] or 0), (parts[4] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def colour(text: str) -> str | None:
    """A typed colour as "#rrggbb": #1a73e8, 1A7, rgb(26, 115, 232); None when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = _HEX.fullmatch(plain)
    if digits:
        shade = digits[1].lower()
        return "#" + (shade if len(shade) == 6 else "".join(sign * 2 for sign in shade))
    shares = _RGB.fullmatch(plain)
    if shares and all(int(share) < 256 for share in shares.groups()):
        return "#" + "".join(f"{int(share):02x}" for share in shares.groups())
    return None


def without_currency(text: str) -> str:
    """A typed amount without the signs and letters of a currency around it."""
    signs = "".join(sign for sign in text if unicodedata.category(sign) != "Sc")
    return _AMOUNT.sub("", signs.strip()).strip()


def phone(text: str, *, country: str = "") -> str | None:
    """A typed phone number as it is written internationally, "+49 30 1234567"; one without "+" is of this country, or stays
    as it was typed when there is none; None when it is no number."""
    plain = " ".join(_western(text).split())
    if not country and not plain.startswith(("+", "00")):
        return plain if _NATIONAL.fullmatch(plain) and sum(sign.isdigit() for sign in plain) <= 15 else None
    abroad = f"+{plain[2:]}" if plain.startswith("00") else plain
    try:
        found = phonenumbers.parse(abroad, None if abroad.startswith("+") else country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(found):
        return None
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _iso(year: str, month: str, day_of_month: str) -> str | None:
    try:
        return dt.date(int(year), int(month), int(day_of_month)).isoformat()
    except ValueError:
        return None


def _western(text: str) -> str:
    """Digits and signs of any script as 0-9, point and comma."""
    plain = unicodedata.normalize("NFKC", text).translate({ord("٫"): ".", ord("٬"): None})
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in plain)


def _decimal_in(digits: str, language: str) -> str:
    """Which sign in the typed text separates the parts; empty when none does."""
    signs = [sign for sign in digits if sign in ".,"]
    if not signs:
        return ""
    last = signs[-1]
    if signs.count(last) > 1:
        return ""
    if len(signs) > 1 or last == decimal_sign(language):
        return last
    return "" if _GROUPED.fullmatch(digits.replace(".", ",")) else last
