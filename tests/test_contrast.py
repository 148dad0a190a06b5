"""Every pair of colours that meets on a page is far enough apart, in light and in dark."""

import re
from pathlib import Path

import pytest

from portal.web.brand import DARK, INK, LIGHT, contrast, derive

TOKENS = (Path(__file__).parents[1] / "static/tokens.css").read_text()
DARK_STARTS, TYPE_STARTS = TOKENS.index("/* 3 ─"), TOKENS.index("/* 4 ─")


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-fA-F]{6})", css))


THEMES = {"light": colours(TOKENS[:DARK_STARTS])}
THEMES["dark"] = {**THEMES["light"], **colours(TOKENS[DARK_STARTS:TYPE_STARTS])}

STATES = ("todo", "return", "decide", "check", "done", "late", "warn")
TEXT = [
    *((text, ground) for text in ("text", "text-2", "text-3") for ground in ("surface", "canvas", "sunken", "hover")),
    *((state, f"{state}-bg") for state in STATES),
    *((state, ground) for state in ("done", "late", "warn", "return", "error") for ground in ("surface", "hover")),
    *(("brand-text", ground) for ground in ("surface", "canvas", "sunken", "brand-tint")),
    ("brand-on", "brand"), ("brand-on", "brand-hover"), ("brand-tint-text", "brand-tint"),
    ("text", "raised"), ("error", "canvas"), ("canvas", "text"), ("todo", "surface"),
]  # fmt: skip
LINES = [
    ("control", "surface"), ("control", "canvas"), ("brand-meter", "track"), ("brand-meter", "surface"),
    ("focus", "surface"), ("focus", "canvas"), ("focus", "brand-tint"), ("focus", "warn-bg"), ("brand-text", "brand-tint"),
    ("todo", "surface"), ("return", "surface"), ("decide", "surface"),
]  # fmt: skip


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_can_be_read(theme: str, front: str, back: str) -> None:
    assert contrast(THEMES[theme][front], THEMES[theme][back]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), LINES)
def test_lines_and_focus_can_be_seen(theme: str, front: str, back: str) -> None:
    assert contrast(THEMES[theme][front], THEMES[theme][back]) >= 3


def test_the_two_dark_blocks_say_the_same() -> None:
    dark = TOKENS[DARK_STARTS:TYPE_STARTS]
    system, chosen = dark.split(':root[data-theme="dark"]')
    assert re.findall(r"--[a-z0-9-]+:[^;]+;", system) == re.findall(r"--[a-z0-9-]+:[^;]+;", chosen)


def test_brands_are_measured_on_the_grounds_pages_really_have() -> None:
    for grounds, theme in ((LIGHT, "light"), (DARK, "dark")):
        assert grounds._asdict() == {name: THEMES[theme][name] for name in grounds._fields}
    assert THEMES["light"]["text"] == INK


def test_the_sheet_starts_with_a_brand_of_our_own_making() -> None:
    for name, value in vars(derive("#0b5a63").light).items():
        if value != "transparent":
            assert THEMES["light"][name.replace("_", "-")] == value, name
