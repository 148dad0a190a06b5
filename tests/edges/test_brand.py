"""Whatever colour a firm has, every page stays readable and the button keeps the colour where it can."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from portal.web.brand import Oklch, brand_css, check, contrast, derive, is_colour

HARD = [
    "#0b5a63", "#a4321f", "#5b3a8c", "#ffd400", "#00ff66", "#ff6f61", "#000000", "#ffffff", "#808080", "#c0ffee", "#ff0000",
    "#0000ff", "#e0218a", "#7a5c00", "#1db954", "#ff9900", "#00a3e0", "#777777", "#767676", "#ff00ff", "#00ffff", "#ff0",
]  # fmt: skip


@pytest.mark.parametrize("colour", HARD)
def test_hard_colours_are_readable_everywhere(colour: str) -> None:
    assert check(derive(colour)) == []


@given(some.integers(0, 0xFFFFFF))
@settings(max_examples=500)
def test_any_colour_is_readable_everywhere(number: int) -> None:
    assert check(derive(f"#{number:06x}")) == []


@given(some.integers(0, 0xFFFFFF))
@settings(max_examples=100)
def test_the_button_keeps_the_exact_colour_where_text_can_be_read_on_it(number: int) -> None:
    colour = f"#{number:06x}"
    readable = max(contrast(colour, "#ffffff"), contrast(colour, "#15181c")) >= 4.5
    assert (derive(colour).light.brand == colour) == readable or not readable


@given(some.integers(0, 0xFFFFFF))
@settings(max_examples=100)
def test_a_colour_survives_the_way_there_and_back(number: int) -> None:
    there = int(Oklch.of(f"#{number:06x}").hex()[1:], 16)
    assert all(abs((there >> shift & 255) - (number >> shift & 255)) <= 1 for shift in (0, 8, 16))


def test_a_colour_that_vanishes_on_white_gets_an_edge() -> None:
    assert derive("#ffffff").light.brand_edge != "transparent"
    assert derive("#0b5a63").light.brand_edge == "transparent"


def test_the_sheet_sets_nine_values_three_times() -> None:
    css = brand_css("#A43")
    assert css.count("--brand") == 27
    assert css.count("--brand: ") == 3
    assert "--brand: #aa4433;" in css


def test_only_colours_are_taken() -> None:
    assert is_colour("#0b5a63")
    assert is_colour("#ABC")
    for text in ("red", "#12345", "#0b5a63; }", "", "#0b5a63\n"):
        assert not is_colour(text)
        with pytest.raises(ValueError, match="not a colour"):
            brand_css(text)
