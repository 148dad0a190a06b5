"""Cells of files that spreadsheets open: whatever somebody typed stays text."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable

BOM = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as something else
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
PARTED_OTHERWISE = re.compile(r"""([;\t\n][\s\u200b-\u200f\u202a-\u202e\u2060\ufeff"]*)(?=[=+\-@|%＝＋－＠])""")
UNSEEN = ("Zs", "Cf")  # spaces of all widths, marks of direction: a program may skip them
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")


def clean(text: str) -> str:
    """Text without control characters and half signs, which spreadsheets and XML refuse."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Cn"))


def harmless(cell: str | int) -> str:
    """A cell no spreadsheet takes for a formula: what could begin one gets an apostrophe in front; plain numbers stay.

    So does what could within it: where Excel parts cells at semicolons, the commas and quotes around a cell are text like any other."""
    text = clean(str(cell))
    if PLAIN_NUMBER.fullmatch(text):
        return text
    first = next((sign for sign in text if unicodedata.category(sign) not in UNSEEN), "")
    safe = PARTED_OTHERWISE.sub(r"\1'", text)
    return f"'{safe}" if first in STARTS_A_FORMULA else safe


def line(cells: Iterable[str | int]) -> bytes:
    """A line of such a file: every cell in quotes, and none of them a formula."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode()
