"""What people type becomes a value, or a sentence about what to do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.definition import typed
from portal.models.definition.answering import Wrong, as_typed, read, read_row, row_as_typed, show_value
from portal.models.definition.shape import Limits, Question, Type, Value

from .bakery import BAKERY, COLUMNS, options

COLOURS = options(red="Red", blue="Blue", green="Green")


def asks(type: Type, **more: object) -> Question:
    question = Question(key="q", type=type, label={"en": "What?"}, options=COLOURS if type.has_options else ())
    question = replace(question, currency="EUR" if type is Type.MONEY else "", text={"en": "Yes, I do."} if type is Type.AGREE else {})
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
        (Type.MONEY, ["€ 1,200.50"], "1200.5"),
        (Type.MONEY, ["1 200 EUR"], "1200"),
        (Type.DATE_RANGE, ["from=2026-09-24", "to=30.9.2026"], "2026-09-24/2026-09-30"),
        (Type.DATE_RANGE, ["from=", "to="], None),
        (Type.TIME, ["2:30 pm"], "14:30"),
        (Type.PHONE, ["0049 30 1234567"], "+49 30 1234567"),
        (Type.PHONE, ["030 1234567"], "030 1234567"),
        (Type.URLS, ["example.com", "", "https://two.example", "example.com"], ["https://example.com", "https://two.example"]),
        (Type.ADDRESS, ["street= Mill  Lane 1 ", "town=Bath", "region="], {"street": "Mill Lane 1", "town": "Bath"}),
        (Type.ADDRESS, ["street=", "town= "], None),
        (Type.COLOUR, ["1A7"], "#11aa77"),
        (Type.COLOUR, ["rgb(26, 115, 232)"], "#1a73e8"),
        (Type.RATING, ["5"], "5"),
        (Type.RANKING, ["red=2", "blue=1", "green=30"], ["blue", "red", "green"]),
        (Type.RANKING, ["red=", "blue=", "green="], None),
        (Type.SECRET, ["text= pa ss=1 ", "remove="], "pa ss=1"),
        (Type.AGREE, ["yes"], "Yes, I do."),
        (Type.TABLE, ["bread=Rye"], None),
        (Type.FILE, ["anything"], None),
        (Type.NOTE, ["anything"], None),
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
        (Type.URLS, "our website", "“What?” must be a web address, like www.example.com"),
        (Type.MONEY, "a lot", "“What?” must be an amount, like 1200"),
        (Type.MONEY, "1.234,567", "“What?” can have at most 2 digits after the point"),
        (Type.DATE_RANGE, "from=2026-09-24", "“What?” needs a first and a last day"),
        (Type.TIME, "25:00", "“What?” must be a time, like 14:30"),
        (Type.PHONE, "call me", "“What?” must be a phone number, like +49 30 1234567"),
        (Type.COLOUR, "sky", "“What?” must be a colour, like #1a73e8"),
        (Type.RATING, "6", "Choose one of the ratings for “What?”"),
        (Type.RANKING, "red=first", "Give each answer of “What?” a place, like 1, 2, 3"),
        (Type.RANKING, "red=" + "9" * 5000, "Give each answer of “What?” a place, like 1, 2, 3"),
        (Type.RANKING, "red=1", "Give every answer of “What?” a place"),
        (Type.ADDRESS, "street=" + "x" * 201, "“What?” is too long: there is room for 200 characters"),
        (Type.SECRET, "text=" + "x" * 5001, "“What?” is too long: there is room for 5000 characters"),
        (Type.AGREE, "perhaps", "Tick “What?” if you agree, or leave it open"),
        (Type.ONE_CHOICE, "other=pink", "Choose one of the answers for “What?”"),
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


FIELDS = st.sampled_from(
    ["", "other=", "from=", "to=", "street=", "town=", "red=", "blue=", "green=", "text=", "bread=", "price=", "size="]
)
SAID = st.text(max_size=12) | st.sampled_from(
    [
        "red",
        "1",
        "2",
        "3",
        "small",
        "2026-09-24",
        "1,5",
        "9:30 pm",
        "+49 30 1234567",
        "030 12345",
        "#abc",
        "yes",
        "rosa@example.com",
        "a.example",
    ]
)
RAW = st.lists(st.builds(str.__add__, FIELDS, SAID), max_size=4)
LANGUAGES = st.sampled_from(["en", "de", "ar", "tlh", "", "en-US"])


@given(RAW, st.sampled_from(Type), st.booleans(), st.sampled_from(["", "DE"]), LANGUAGES)
def test_whatever_is_typed_becomes_a_value_or_a_sentence_and_a_value_stays_itself(
    raw: list[str], type: Type, other: bool, country: str, language: str
) -> None:
    question = replace(asks(type), other=other and type.may_have_other, country=country if type is Type.PHONE else "")
    try:
        value = read(question, raw, language=language)
    except Wrong:
        return
    assert type is Type.SECRET or read(question, as_typed(question, value, language=language), language=language) == value
    assert bool(show_value(question, value, "en")) is bool(value)


@given(RAW, LANGUAGES)
def test_a_row_stays_itself(raw: list[str], language: str) -> None:
    table = asks(Type.TABLE, columns=COLUMNS)
    try:
        cells = read_row(table, raw, language=language)
    except Wrong:
        return
    held = row_as_typed(table, cells or {}, language=language)
    assert read_row(table, [f"{column}={text}" for column, text in held.items()], language=language) == cells


def test_a_cell_that_does_not_fit_is_named_by_its_column() -> None:
    with pytest.raises(Wrong, match=r"^“Price” must be an amount, like 1200$") as wrong:
        read_row(asks(Type.TABLE, columns=COLUMNS), ["bread=Rye", "price=cheap"])
    assert (wrong.value.field, wrong.value.cell) == ("q", "price")


def test_a_secret_is_never_put_back_into_its_field() -> None:
    assert as_typed(asks(Type.SECRET), "sealed") == []


@pytest.mark.parametrize(
    ("type", "raw", "value"),
    [
        (Type.ONE_CHOICE, ["other=", "other= Pink  and white "], "other=Pink and white"),
        (Type.ONE_CHOICE, ["other=Pink"], "other=Pink"),
        (Type.ONE_CHOICE, ["red", "other=Pink"], "red"),
        (Type.SEVERAL_CHOICES, ["blue", "other=", "other=Pink"], ["blue", "other=Pink"]),
        (Type.SEVERAL_CHOICES, ["blue", "other=Pink"], ["blue", "other=Pink"]),
    ],
)
def test_an_answer_of_ones_own_beside_the_options(type: Type, raw: list[str], value: Value) -> None:
    question = asks(type, other=True)
    assert read(question, raw) == value
    assert "Pink" not in show_value(question, value, "en") or "other" not in show_value(question, value, "en")


def test_ticking_other_asks_for_words() -> None:
    with pytest.raises(Wrong, match=r"^Write your own answer for “What\?”, or choose one of the others$"):
        read(asks(Type.ONE_CHOICE, other=True), ["other="])


def test_a_phone_number_belongs_to_the_country_of_its_question() -> None:
    assert read(asks(Type.PHONE, country="DE"), ["030 1234567"]) == "+49 30 1234567"
    assert read(asks(Type.PHONE, country="DE"), ["+1 650 253 0000"]) == "+1 650-253-0000"
    with pytest.raises(Wrong):
        read(asks(Type.PHONE, country="DE"), ["1"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14:30", "14:30"),
        ("9.05", "09:05"),
        ("0930", "09:30"),
        ("9", "09:00"),
        ("12 am", "00:00"),
        ("12:15 p.m.", "12:15"),
        ("14h30", "14:30"),
        ("14時30分", "14:30"),
        ("١٤:٣٠", "14:30"),
        ("13 pm", None),
        ("24:00", None),
        ("noon", None),
    ],
)
def test_times_as_people_type_them(text: str, value: str | None) -> None:
    assert typed.time(text) == value


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


def test_more_values_in_words() -> None:
    rows: Value = [{"bread": "Rye", "price": "2.5", "size": "small"}, {"bread": "Spelt"}]
    assert show_value(asks(Type.TABLE, columns=COLUMNS), rows, "en") == "Bread: Rye · Price: 2.5 EUR · Size: Small\nBread: Spelt"
    assert show_value(asks(Type.NUMBER, unit={"en": "loaves"}), "40", "en") == "40 loaves"
    assert show_value(asks(Type.DATE_RANGE), "2026-09-24/2026-09-30", "en", day="{:%d.%m.}".format) == "24.09. – 30.09."
    assert show_value(asks(Type.RANKING), ["blue", "red"], "en") == "1. Blue\n2. Red"
    assert show_value(asks(Type.ADDRESS), {"town": "Bath", "street": "Mill Lane 1", "postcode": "BA1"}, "en") == "Mill Lane 1\nBA1 Bath"
    assert show_value(asks(Type.RATING, most=10), "7", "en") == "7 of 10"
    assert show_value(asks(Type.SECRET), "sealed", "en") == "Kept sealed"
    assert show_value(asks(Type.SECRET), "deleted", "en") == "Deleted"
    assert show_value(asks(Type.FILE), ["1", "2"], "en", names={"1": "menu.pdf"}) == "menu.pdf\n2"
    assert show_value(asks(Type.AGREE), "I agree to that.", "en") == "✓ I agree to that."
