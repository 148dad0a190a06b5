"""A letter says the same in both twins, in the reader's language and writing direction, and needs no style sheet to stand."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import get_locale, get_timezone
from jinja2 import ChoiceLoader, FileSystemLoader

from portal.web import i18n
from portal.web.letterpress import Letterhead, render, steady

HERE = Path(__file__).parent
TEMPLATES = HERE.parent.parent / "templates"
BERLIN = ZoneInfo("Europe/Berlin")
LIST = "https://portal.halden.example/items/7?a=1&b=2"
HALDEN = Letterhead(
    name="Studio Halden",
    phone="+49 (30) 555 0142",
    address="Mill Street 4, 10115 Berlin",
    brand="#0b5a63",
    brand_on="#ffffff",
    brand_text="#0b5a63",
    dark_brand="#6db1bb",
    dark_brand_on="#02171b",
    dark_brand_text="#83c8d2",
)
TODO = [
    {"title": "Homepage design", "line": "Your decision, by Wed 23 Sept", "minutes": 4, "url": LIST},
    {"title": "شعارك (logo.svg)", "line": "Please send it again", "minutes": 2, "url": LIST},
    {"title": "About <your> customers"},
]


@pytest.fixture
def app():
    press = Flask(__name__, template_folder=str(TEMPLATES))
    press.jinja_loader = ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(HERE / "letters")])
    i18n.init(press)
    with press.app_context():
        yield press


def sample(**changes):
    facts = {
        "lang": "en",
        "zone": BERLIN,
        "firm": HALDEN,
        "first": "Bea",
        "todo": TODO,
        "url": LIST,
        "lead": "Ada Voss",
        "project": "Website",
    }
    return render("sample", **(facts | changes))


def everything(**changes):
    facts = {"lang": "en", "zone": BERLIN, "firm": HALDEN, "words": "her words", "moment": datetime(2026, 9, 18, 22, 30, tzinfo=UTC)}
    return render("everything", **(facts | changes))


def words_of(html):
    body = re.sub(r"(?s)<head.*?</head>|<[^>]+>", " ", html)
    return " ".join(body.split())


@pytest.mark.usefixtures("app")
class TestBothTwins:
    def test_subject_and_preheader_are_one_line_of_plain_text(self):
        letter = sample(project="Müller & <Söhne>\nBcc: eve")
        assert letter.subject == "Four small things for Müller & <Söhne> Bcc: eve"
        assert letter.preheader.startswith("About 20 minutes")
        assert "About 20 minutes" in words_of(letter.html)

    def test_the_plain_twin_reads_like_a_letter(self):
        text = sample(footer_links=[("Which emails I get", "https://portal.halden.example/me")]).text
        assert text.startswith("Hello Bea,\n\nthank you for the first three photos")
        assert f"- Homepage design: Your decision, by Wed 23 Sept (4 min)\n  {LIST}\n" in text
        assert f"\n\nOpen my list:\n{LIST}\n\n" in text
        assert "\n\nAda Voss\nStudio Halden, +49 (30) 555 0142\n\n-- \n" in text
        assert text.endswith("Which emails I get: https://portal.halden.example/me\nMill Street 4, 10115 Berlin\n")
        assert max(len(line) for line in text.splitlines() if "https://" not in line) <= 72

    def test_every_part_has_a_twin(self):
        parts = [
            set(re.findall(r"macro ([a-z]\w*)\(([^)]*)\)", (TEMPLATES / "mail" / name).read_text()))
            for name in ("_parts.html", "_parts.txt")
        ]
        assert parts[0] == parts[1]

    def test_what_people_wrote_stays_text(self):
        letter = everything(words='<b>Größe</b> & "two"\n\nhttps://evil.example\n-- \nnot our footer')
        assert "&lt;b&gt;Größe&lt;/b&gt; &amp;" in letter.html
        assert "<b>Größe" not in letter.html
        assert letter.text.count("\n-- \n") == 1
        assert "> not our footer" in letter.text

    def test_a_person_without_a_name_is_greeted_too(self):
        assert everything().text.startswith("Hello,\n")


@pytest.mark.usefixtures("app")
class TestPaper:
    def test_it_stays_small(self):
        assert len(sample(todo=TODO * 5).html.encode()) < 20_000

    def test_it_stands_without_its_style_sheet(self):
        bare = re.sub(r"(?s)<style.*?</style>", "", sample().html)
        assert re.search(r'class="card"[^>]*width="560"[^>]*style="[^"]*max-width: 560px', bare)
        assert re.search(r'<td align="center" style="[^"]*background: #0b5a63;[^"]*">\s*<a href="[^"]+" style="[^"]*color: #ffffff', bare)
        assert re.search(r'class="item" align="left" style="padding: 14px 0', bare)
        assert len(re.findall(r'class="px[^>]*font-family', bare)) == len(re.findall(r'class="px', bare))

    def test_only_dark_screens_and_phones_keep_a_style_sheet(self):
        (kept,) = re.findall(r"(?s)<style>(@.*?)</style>", sample().html)
        assert re.findall(r"@media \(([a-z-]+)", kept) == ["max-width", "prefers-color-scheme"]
        assert "#6db1bb" in kept

    def test_nothing_is_loaded_but_the_mark(self):
        assert not re.search(r"(?i)src=|url\(|<link|@import|<script", sample().html)
        marked = sample(
            firm=Letterhead(
                name="H", mark_url="https://portal.halden.example/mark.png", brand="#0b5a63", brand_on="#ffffff", brand_text="#0b5a63"
            )
        )
        assert re.findall(r'src="([^"]+)"', marked.html) == ["https://portal.halden.example/mark.png"]

    def test_links_survive_whole(self):
        assert 'href="https://portal.halden.example/items/7?a=1&amp;b=2"' in sample().html
        assert 'href="tel:+49305550142"' in sample().html

    @pytest.mark.parametrize(("done", "total", "filled"), [(0, 0, None), (0, 9, None), (9, 13, "69%"), (13, 13, "100%"), (14, 13, "100%")])
    def test_the_bar_shows_how_far_it_is(self, app, done, total, filled):
        parts = app.jinja_env.get_template("mail/_parts.html").make_module({"start": "left", "end": "right", "firm": HALDEN})
        bar = parts.progress(done, total, "said in words")
        assert re.findall(r'class="fill" width="([^"]+)"', bar) == ([filled] if filled else [])
        assert ("track" in bar) == (filled != "100%")

    @pytest.mark.parametrize("colour", ["teal", "#0b5", "#0b5a63;}body{display:none", "#0B5A63", ""])
    def test_only_plain_colours_get_onto_the_paper(self, colour):
        with pytest.raises(ValueError, match="colour"):
            Letterhead(name="H", brand=colour, brand_on="#ffffff", brand_text="#0b5a63")


class TestTheReader:
    def test_arabic_runs_from_right_to_left(self, app):
        letter = sample(lang="ar")
        assert '<html lang="ar" dir="rtl"' in letter.html
        assert 'class="item" align="right"' in letter.html
        assert "padding-right: 12px" in letter.html
        assert 'align="left"' not in re.sub(r'<td class="item[^"]* minutes"[^>]*>', "", letter.html)
        assert "<bdi>شعارك (logo.svg)</bdi>" in letter.html

    def test_words_of_another_script_do_not_turn_a_line_around(self, app):
        letter = sample(project="Website", todo=[{"title": "صور الأطباء", "minutes": 5}, {"title": "Logo", "minutes": 2}])
        assert "- \u200eصور الأطباء (5 min)\n" in letter.text and "- Logo (2 min)\n" in letter.text
        assert steady("موقع العيادات: what is open", "ltr") == "\u200eموقع العيادات: what is open"
        for as_it_is in ("What موقع needs", "موقع العيادات", "> موقع العيادات is ours", "https://portal.example/1"):
            assert steady(as_it_is, "ltr") == as_it_is

    def test_the_firm_signs_once(self, app):
        assert sample(lead=HALDEN.name).text.count("Studio Halden,") == 1 and "\n\nStudio Halden, +49" in sample(lead=HALDEN.name).text

    def test_times_are_the_readers(self, app):
        assert everything().preheader == "Sat 19 Sept, 00:30"
        assert everything(lang="de").preheader == "Sa., 19. Sept., 00:30"
        assert everything(lang="ja", zone=ZoneInfo("Asia/Tokyo")).preheader == "9月19日(土), 7:30"

    def test_the_page_that_asked_keeps_its_own_language_and_zone(self, app):
        with app.test_request_context():
            before = (str(get_locale()), str(get_timezone()))
            everything(lang="ar", zone=ZoneInfo("Asia/Tokyo"))
            assert (str(get_locale()), str(get_timezone())) == before

    def test_a_failing_letter_leaves_language_and_zone_alone_too(self, app):
        before = (str(get_locale()), str(get_timezone()))
        with pytest.raises(LookupError):
            render("../mail/frame", lang="ar", zone=ZoneInfo("Asia/Tokyo"), firm=HALDEN)
        assert (str(get_locale()), str(get_timezone())) == before


def test_outside_the_app_nothing_is_printed_rather_than_english():
    with pytest.raises(RuntimeError, match="inside the app"):
        sample()
