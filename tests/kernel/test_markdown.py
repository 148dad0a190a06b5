"""Markdown from anybody becomes a few harmless tags, however hard somebody tries; and plain lines for mails."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from portal.kernel.markdown import TAGS, as_html, as_lines, as_text

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=https://evil.example></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<!-- <script> --><b onclick=alert(1)>x</b>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<p style='position:fixed;inset:0'>x</p>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/staff/settings)",
    "[x](http://plain.example)",
    "[x](https://a.example 'onmouseover=alert(1)')",
    '[x](https://a.example"onmouseover="alert(1))',
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    '![x"onerror="alert(1)](https://evil.example/x.png)',
    "![<script>alert(1)</script>](https://evil.example/x.png)",
    "[![x](https://evil.example/x.png)](https://a.example)",
    "[a]\n\n[a]: javascript:alert(1)",
    "```<script>\nalert(1)\n```",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "# <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<" * 5000,
    "[" * 5000,
    "![" * 2000 + "](x)" * 2000,
    "> " * 2000 + "x",
    "- " * 2000 + "x",
    "*" * 9999,
    "`" * 9999,
    "\u202ehttps://a.example\u202c",
)


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_hostile_comes_through(text):
    for tag, attributes in Tags(as_html(text)).found:
        assert tag in TAGS
        assert set(attributes) <= {"href", "rel", "target", "dir", "start"}
        assert attributes.get("href", "https://").startswith(("https://", "mailto:"))
        assert tag != "a" or attributes["rel"] == "noopener noreferrer nofollow"
    as_lines(text)


def test_the_check_would_notice(monkeypatch):
    monkeypatch.setattr("portal.kernel.markdown.nh3.clean", lambda html, **_: html)
    monkeypatch.setattr("portal.kernel.markdown._READER", type("Raw", (), {"render": staticmethod(str)}))
    with pytest.raises(AssertionError):
        test_nothing_hostile_comes_through(HOSTILE[0])


def test_what_people_write_is_shown_as_they_mean_it():
    html = as_html("# Colours\n\nWarm **and** *plain*\nno ~~blue~~\n\n- one\n- two\n\n3. three\n\n[Draft](https://draft.example)")
    for part in (
        "<h3",
        "<strong>and</strong>",
        "<em>plain</em><br>",
        "<s>blue</s>",
        "<ul",
        'start="3"',
        'href="https://draft.example"',
    ):
        assert part in html


def test_a_picture_from_elsewhere_is_only_its_words():
    assert as_html("See ![our shop](https://elsewhere.example/shop.png)") == '<p dir="auto">See our shop</p>\n'


def test_plain_lines_keep_every_word_and_address():
    text = "# Colours\n\nWarm **and** plain, see [the draft](https://draft.example)\n\n- one\n- two\n\n3. three\n\n<https://a.example>"
    assert as_lines(text) == [
        "Colours",
        "Warm and plain, see the draft (https://draft.example)",
        "- one",
        "- two",
        "3. three",
        "https://a.example",
    ]
    assert as_text("a\nb") == "a\nb"
