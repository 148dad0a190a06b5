"""What people type becomes a value, or a sentence about what to do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.definition import typed
from portal.models.definition.answering import Wrong, as_typed, read, show_value
from portal.models.definition.shape import Limits, Question, Type, Value

from .bakery import BAKERY, options

COLOURS = options(red="Red", blue="Blue", green="Green")


def asks(type: Type, **more: object) -> Question:
    question = Question(key="q", type=type, label={"en": "What?"}, options=COLOURS if type.has_options else ())
    return replace(question, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type", "raw", "value"),
    [
        (Type.SHORT_TEXT, ["  Lindner \r\n Bakery "], "Lindner Bakery"),
        (Type.SHORT_TEXT, ["a\0b\x07"], "ab"),
        (Type.LONG_TEXT, ["one\r\ntwo\n"], "one\ntwo"),
        (Type.LONG_TEXT, ["  \n "], None),
        (Type.ONE_CHOICE, ["red"], "red"),
        (Type.SEVERAL_CHOICES, ["blue", "", "red", "red"], ["red", "blue"]),
        (Type.SEVERAL_CHOICES, [], None),
        (Type.YES_NO, ["no"], "no"),
        (Type.NUMBER, ["1,5"], "1.5"),
        (Type.DATE, ["2026-09-24"], "2026-09-24"),
        (Type.EMAIL, [" Rosa@EXAMPLE.com "], "Rosa@example.com"),
        (Type.URL, ["www.example.com/menu?a=1"], "https://www.example.com/menu?a=1"),
        (Type.URL, ["http://bäckerei.example:8080"], "http://bäckerei.example:8080"),
    ],
)
def test_what_fits_is_taken(type: Type, raw: list[str], value: Value | None) -> None:
    assert read(asks(type), raw) == value


@pytest.mark.parametrize(
    ("type", "raw", "sentence"),
    [
        (Type.SHORT_TEXT, "x" * 301, "“What?” has 301 characters, there is room for 300"),
        (Type.ONE_CHOICE, "pink", "Choose one of the answers for “What?”"),
        (Type.SEVERAL_CHOICES, "pink", "Tick only the answers that are listed for “What?”"),
        (Type.YES_NO, "maybe", "Choose yes or no for “What?”"),
        (Type.NUMBER, "a lot", "“What?” must be a number, like 40"),
        (Type.DATE, "soon", "“What?” must be a date, like 24.9.2026"),
        (Type.EMAIL, "rosa@", "“What?” must be an email address, like rosa@example.com"),
        (Type.URL, "javascript:alert(1)", "“What?” must be a web address, like www.example.com"),
        (Type.URL, "https://me:secret@example.com", "“What?” must be a web address, like www.example.com"),
        (Type.URL, "ftp://example.com", "“What?” must be a web address, like www.example.com"),
        (Type.URL, "our website", "“What?” must be a web address, like www.example.com"),
    ],
)
def test_what_does_not_fit_says_what_would(type: Type, raw: str, sentence: str) -> None:
    with pytest.raises(Wrong) as wrong:
        read(asks(type), [raw])
    assert str(wrong.value) == sentence
    assert (wrong.value.field, wrong.value.status) == ("q", 422)


def test_a_short_name_makes_a_better_sentence() -> None:
    orders = BAKERY.question("orders")
    assert orders
    with pytest.raises(Wrong, match=r"^Orders in a week must be a number, like 40$"):
        read(orders, ["a lot"])


@pytest.mark.parametrize(
    ("type", "limits", "raw", "sentence"),
    [
        (Type.NUMBER, Limits(min="10"), ["9"], "“What?” must be 10 or more"),
        (Type.NUMBER, Limits(max="10"), ["10.01"], "“What?” must be 10 or less"),
        (Type.NUMBER, Limits(places="0"), ["1.5"], "“What?” must be a whole number, like 40"),
        (Type.NUMBER, Limits(places="2"), ["1.555"], "“What?” can have at most 2 digits after the point"),
        (Type.DATE, Limits(min="2026-01-01"), ["31.12.2025"], "“What?” must be on 2026-01-01 or later"),
        (Type.SHORT_TEXT, Limits(min="5"), ["abc"], "“What?” needs a little more: at least 5 characters"),
        (Type.SEVERAL_CHOICES, Limits(max="1"), ["red", "blue"], "Tick at most 1 answers for “What?”"),
        (Type.SEVERAL_CHOICES, Limits(min="2"), ["red"], "Tick at least 2 answers for “What?”"),
    ],
)
def test_limits_are_said_in_words(type: Type, limits: Limits, raw: list[str], sentence: str) -> None:
    with pytest.raises(Wrong) as wrong:
        read(asks(type, limits=limits), raw)
    assert str(wrong.value) == sentence


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("40", "en", "40"),
        ("1,234.50", "en", "1234.5"),
        ("1,234", "en", "1234"),
        ("1.234", "en", "1.234"),
        ("1.234", "de", "1234"),
        ("1.234,50", "de", "1234.5"),
        ("1,234", "de", "1.234"),
        ("0.125", "de", "0.125"),
        ("1 234 567,8", "tr", "1234567.8"),
        ("1'234.50", "en", "1234.5"),
        ("1.234.567", "en", "1234567"),
        ("−7", "en", "-7"),
        ("-0", "en", "0"),
        ("+3", "en", "3"),
        (".5", "en", "0.5"),
        ("007", "en", "7"),
        ("٤٠٫٥", "ar", "40.5"),
        ("４０", "ja", "40"),
        ("1,23,456", "en", None),
        ("1.2.3", "en", None),
        ("1,234.567.890", "en", None),
        ("1.234,567.8", "en", None),
        ("a lot", "en", None),
        ("1e5", "en", None),
        ("-", "en", None),
        (",", "en", None),
        ("²", "en", "2"),
        ("9" * 31, "en", None),
    ],
)
def test_numbers_as_people_type_them(text: str, language: str, value: str | None) -> None:
    assert typed.number(text, language=language) == value


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("24.9.2026", "de", "2026-09-24"),
        ("24. 9. 2026", "de", "2026-09-24"),
        ("24/9/2026", "en", "2026-09-24"),
        ("04/09/2026", "en", "2026-09-04"),
        ("04/09/2026", "en-US", "2026-04-09"),
        ("9/24/2026", "en", "2026-09-24"),
        ("2026/9/24", "ja", "2026-09-24"),
        ("2026年9月24日", "ja", "2026-09-24"),
        ("٢٤/٩/٢٠٢٦", "ar", "2026-09-24"),
        ("31.2.2026", "de", None),
        ("24.9.26", "de", None),
        ("0000-01-01", "en", None),
        ("next week", "en", None),
    ],
)
def test_dates_as_people_type_them(text: str, language: str, value: str | None) -> None:
    assert typed.day(text, language=language) == value


@given(st.text(max_size=40), st.sampled_from(Type), st.sampled_from(["en", "de", "ar", "tlh", "", "en-US"]))
def test_whatever_is_typed_becomes_a_value_or_a_sentence_and_a_value_stays_itself(text: str, type: Type, language: str) -> None:
    question = asks(type)
    try:
        value = read(question, [text], language=language)
    except Wrong:
        return
    assert read(question, as_typed(question, value, language=language), language=language) == value
    assert isinstance(show_value(question, value, "en"), str)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=3), st.sampled_from([",", "."]))
def test_a_number_written_with_groups_is_read_exactly(number: object, decimal: str) -> None:
    text = f"{number:,.3f}"
    written = text.translate({ord(","): ".", ord("."): ","}) if decimal == "," else text
    language = "de" if decimal == "," else "en"
    assert typed.number(written, language=language) == typed.number(f"{number:f}")


def test_values_in_words() -> None:
    assert show_value(asks(Type.SEVERAL_CHOICES), ["red", "gone"], "en") == "Red, gone"
    assert show_value(asks(Type.ONE_CHOICE), "blue", "de") == "Blue"
    assert show_value(asks(Type.YES_NO), "yes", "de", yes="Ja", no="Nein") == "Ja"
    assert show_value(asks(Type.NUMBER), "0.0000001", "en") == "0.0000001"
    assert show_value(asks(Type.NUMBER), "a lot", "en") == "a lot"
    assert show_value(asks(Type.DATE), "2026-09-24", "en", day="{:%d %b}".format) == "24 Sep"
    assert show_value(asks(Type.DATE), "2026-99-99", "en") == "2026-99-99"
    assert show_value(asks(Type.SHORT_TEXT), None, "en") == ""
