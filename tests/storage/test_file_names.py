"""File names people typed: what they become on pages, in headers and in zips."""

import unicodedata
from email.message import EmailMessage
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from portal.storage.names import MAX_BYTES, MAX_CHARS, clean_name, content_disposition, unique_names

ANY_TEXT = st.text(st.characters(codec=None), max_size=300) | st.text(
    st.sampled_from("aZ09.. /\\:\"';%\r\n\0\u202e\u2066\u200b\u200c\u200d\ufeffé\u0301日本ن👩ß\U000e0041-_~con"), max_size=300
)

PLAIN = [
    ("Logo final.pdf", "Logo final.pdf"),
    ("Anforderungen für Größe.docx", "Anforderungen für Größe.docx"),
    ("日本語の請求書.pdf", "日本語の請求書.pdf"),
    ("فاتورة ٢٠٢٦.pdf", "فاتورة ٢٠٢٦.pdf"),
    ("e\u0301te\u0301.jpg", "été.jpg"),
    ("photo 👩‍👩‍👧 ❤️.jpg", "photo 👩‍👩‍👧 ❤️.jpg"),
    ("نامه\u200cها.pdf", "نامه\u200cها.pdf"),  # Persian is misspelt without its ZWNJ
    ("क\u094d\u200dष.pdf", "क\u094d\u200dष.pdf"),
    ("archive.tar.gz", "archive.tar.gz"),
    ("50% & more; really 'good' #1.txt", "50% & more; really 'good' #1.txt"),
]

DANGEROUS = [
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\bea\\Desktop\\logo.png", "logo.png"),
    ("..\\..\\boot.ini", "boot.ini"),
    ("folder/", "folder"),
    ("a\0b.pdf", "ab.pdf"),
    ("line\r\nbreak: x.pdf", "line break- x.pdf"),
    ("invoice\u202efdp.exe", "invoicefdp.exe"),
    ("a\u2066b\u2069\u200e\u061c.pdf", "ab.pdf"),
    ("in\u200bvo\u200cice\u200d\ufeff\u00ad.pdf", "invoice.pdf"),
    ("\u200d.pdf\u200c", "pdf"),
    ("a\ud800b.pdf", "ab.pdf"),
    ("a\U000e0041\u3164\u034fb.pdf", "ab.pdf"),
    ("  ...hidden.pdf", "hidden.pdf"),
    ("trailing.pdf. . .", "trailing.pdf"),
    ("a\u00a0\u2003\t b.pdf", "a b.pdf"),
    ("a\u2028b\u2029c.pdf", "a b c.pdf"),
    ('wh<a>t:"is"|this?*.pdf', "wh-a-t--is--this--.pdf"),
    ("CON", "_CON"),
    ("nul.txt", "_nul.txt"),
    ("Com1.tar.gz", "_Com1.tar.gz"),
    ("LPT¹.txt", "_LPT¹.txt"),
    ("aux .txt", "_aux .txt"),
    ("CONTRACT.pdf", "CONTRACT.pdf"),
    ("com10.txt", "com10.txt"),
    ("", "file"),
    (".", "file"),
    ("..", "file"),
    ("///", "file"),
    (" . . ", "file"),
    ("\u202e\u200b", "file"),
]


@pytest.mark.parametrize(("typed", "shown"), PLAIN + DANGEROUS)
def test_a_name_stays_what_it_was_without_what_could_hurt(typed: str, shown: str) -> None:
    assert clean_name(typed) == shown


def test_a_long_name_keeps_its_extension() -> None:
    assert clean_name("x" * 500 + ".docx") == "x" * 175 + ".docx"
    assert clean_name("日" * 500 + ".pdf") == "日" * 78 + ".pdf"
    assert clean_name("." + "y" * 500) == "y" * 180
    assert clean_name("x." + "y" * 500) == "x." + "y" * 178, "what long is no extension"
    assert clean_name("x" * 170 + " . . . . . .pdf").endswith("x.pdf") or len(clean_name("x" * 170 + " . . . . . .pdf")) <= MAX_CHARS


@given(ANY_TEXT)
@example("a" * 176 + "\u0301.pdf")
def test_whatever_is_typed_becomes_a_name_that_hurts_nobody(typed: str) -> None:
    name = clean_name(typed)
    assert 0 < len(name) <= MAX_CHARS
    assert len(name.encode()) <= MAX_BYTES
    assert name == unicodedata.normalize("NFC", name)
    assert clean_name(name) == name
    assert not set(name) & set('/\\:<>"|?*\0\r\n\u202e\u2066\u200b\ufeff')
    assert name == name.strip(" .")
    assert all(unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"} for char in name)


@given(ANY_TEXT)
@example('evil".pdf; filename=x.exe')
@example("rec\r\nSet-Cookie: a=b.pdf")
@example("100%41.pdf")
def test_a_header_brings_back_exactly_the_clean_name(typed: str) -> None:
    value, name = content_disposition(typed), clean_name(typed)
    assert value.isascii()
    assert value.isprintable()
    assert value.startswith('attachment; filename="')

    kind, options = parse_options_header(value)
    assert (kind, set(options)) == ("attachment", {"filename"})
    assert options["filename"] == name

    message = EmailMessage()
    message["Content-Disposition"] = value.replace('filename="', 'x="', 1)  # the standard parser takes the first of both
    assert message["Content-Disposition"].params["filename"] == name

    plain = value.split('"')[1]
    assert plain
    assert not set(plain) & set('"\\%;/:')
    assert unquote(value.rpartition("''")[2]) == name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Größe été.pdf", "Gro_e ete.pdf"),
        ("日本語.pdf", "download.pdf"),
        ("日本語 2.pdf", "___ 2.pdf"),
        ("logo.pdf", "logo.pdf"),
        ("50%;x.pdf", "50__x.pdf"),
    ],
)
def test_old_programs_get_the_nearest_plain_name(name: str, plain: str) -> None:
    assert content_disposition(name).split('"')[1] == plain


def test_equal_names_are_numbered_as_windows_and_macos_compare_them() -> None:
    assert unique_names(["a.pdf", "A.PDF", "a.pdf", "a (2).pdf", "b.pdf"]) == ["a.pdf", "A (2).PDF", "a (3).pdf", "a (2) (2).pdf", "b.pdf"]
    assert unique_names(["été.txt", "e\u0301te\u0301.txt", "ÉTÉ.txt"]) == ["été.txt", "été (2).txt", "ÉTÉ (3).txt"]
    assert unique_names(["straße", "STRASSE"]) == ["straße", "STRASSE (2)"]
    assert unique_names(["", "", "../file"]) == ["file", "file (2)", "file (3)"]


@example(["0\r.0", "0\r.0"], 1)
@given(st.lists(ANY_TEXT, max_size=12), st.integers(1, 12))
def test_no_two_names_of_a_zip_are_equal(typed: list[str], times: int) -> None:
    names = unique_names(typed * times)
    assert len(names) == len(typed) * times
    assert len({unicodedata.normalize("NFC", name).casefold() for name in names}) == len(names)
    assert all(len(name) <= MAX_CHARS and len(name.encode()) <= MAX_BYTES for name in names)
    assert all(clean_name(name) == name for name in names)
