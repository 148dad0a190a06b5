"""Paper: a PDF that can be kept and printed, set by Typst, which brings shaping, both directions and fonts without anything installed.

What people wrote reaches the template as data, never as its language. Fonts: Noto for Latin and Arabic letters come as wheels, all others
from the machine (Debian: fonts-noto-cjk for Chinese, Japanese and Korean). The only module that knows Typst.
"""

from __future__ import annotations

import contextlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst
from flask import Response, current_app

from portal.storage.names import clean_name, content_disposition

FAMILIES = ("Noto Sans", "Noto Sans Arabic", "Noto Sans CJK JP", "Noto Sans JP")


def print_paper(name: str, facts: Mapping[str, object], *, at: datetime, to_keep: bool = False) -> bytes:
    """The sheet `templates/paper/<name>.typ` with these facts, tagged for screen readers; the same facts give the same bytes.

    `to_keep` makes it a PDF/A-1b, unless that standard refuses the text, as it does letters that no font here has.
    """
    source = (Path(str(current_app.template_folder)) / "paper" / f"{name}.typ").read_bytes()
    data = json.dumps({**facts, "fonts": _families()}, ensure_ascii=False)
    if to_keep:
        with contextlib.suppress(typst.TypstError):
            return _set(source, data, at, standard="a-1b")
    return _set(source, data, at)


def _set(source: bytes, data: str, at: datetime, *, standard: Literal["a-1b"] | None = None) -> bytes:
    told = {"data": data}
    return typst.compile(source, font_paths=_fonts(), sys_inputs=told, timestamp=int(at.timestamp()), pdf_standards=standard)


def hand_out_paper(content: bytes, title: str) -> Response:
    """A PDF as a file to keep, called as its title."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = content_disposition(f"{clean_name(title)}.pdf")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def side_of(text: str, otherwise: str) -> str:
    """The direction of a text by its first letter that has one, as `dir="auto"` finds it."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return otherwise


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """All fonts there are; looked for once."""
    shipped = [str(files(package) / "files") for package in ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")]
    return typst.Fonts(include_system_fonts=True, font_paths=shipped)


@lru_cache(maxsize=1)
def _families() -> list[str]:
    """Those of our families that are here: Typst warns of others."""
    there = set(_fonts().families())
    return [family for family in FAMILIES if family in there]
