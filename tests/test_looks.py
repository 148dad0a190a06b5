"""Every shared part renders in every state as HTML that a strict parser accepts, without inline style or script."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import html5lib
import pytest
from flask import Flask, flash, render_template
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from portal.edges import assets

ROOT = Path(__file__).parents[1]
ERRORS = sorted(path.stem for path in (ROOT / "templates/errors").glob("[0-9]*.html"))
PAGES = ["parts", "staff", "signin", *(f"errors/{code}" for code in ERRORS)]


class Example(FlaskForm):
    """One field of every kind."""

    name = StringField("Your company", [DataRequired("Write the name of your company")])
    email = EmailField("Your email address", [DataRequired("Enter an email address like name@example.com")])
    often = TextAreaField("What do people ask you most often?")
    orders = IntegerField("Orders in a normal week")
    language = SelectField("Language", choices=[SelectChoice("en", "English"), SelectChoice("ar", "العربية")])
    who = SelectMultipleField(
        "Who buys from you most?",
        choices=[
            SelectChoice("f", "Families nearby"),
            SelectChoice("w", "People on their way to work"),
            SelectChoice("c", "Cafés and restaurants"),
            SelectChoice("x", "I’m not sure"),
        ],
        option_widget=widgets.CheckboxInput(),
    )
    ahead = RadioField(
        "Can people order ahead today?",
        [InputRequired("Choose one answer")],
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
    )
    keep = BooleanField("Keep me signed in on this phone")
    photos = MultipleFileField("Photos of your products")


def make_app() -> Flask:
    """The smallest app that can show the product's templates."""
    app = Flask("gallery", static_folder=None)
    app.config.update(SECRET_KEY="gallery", TESTING=True)
    CSRFProtect(app)
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), FileSystemLoader(ROOT / "tests/gallery")])
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    assets.register(app)
    firm = SimpleNamespace(name="Studio Halden", mark_url=None, phone="+49 30 555 0142", mail_address="hello@halden.example")
    viewer = SimpleNamespace(person_name="Rosa Lindner", initials="RL", side="client", seen_as_name="Rosa Lindner")

    @app.context_processor
    def shared() -> dict[str, object]:
        return {"firm": firm, "viewer": viewer, "lang": "en", "dir": "ltr", "nav_counts": {"review": 7}}

    @app.get("/<any(ltr, rtl):dir>/<any(light, dark):theme>/<any(right, wrong):answers>/<path:page>")
    def show(dir: str, theme: str, answers: str, page: str) -> str:
        form = Example(meta={"csrf": False}) if answers == "right" else Example(data={}, meta={"csrf": False})
        if answers == "wrong":
            form.validate()
            flash("Saved.", "done")
            flash({"text": "Sent back to Rosa.", "undo": "/undo"}, "done")
        known = {} if answers == "right" else {"form": form}
        return render_template(f"{page}.html", **{"form": form, **known}, dir=dir, theme=theme)

    @app.get("/brand.css")
    def brand_css() -> tuple[str, dict[str, str]]:
        return "", {"Content-Type": "text/css"}

    return app


@pytest.fixture(scope="module")
def pages() -> Iterator[dict[str, str]]:
    """Every page of the gallery, with right and with wrong answers."""
    client = make_app().test_client()
    return {f"{answers} {page}": client.get(f"/ltr/light/{answers}/{page}").text for page in PAGES for answers in ("right", "wrong")}


def test_every_page_is_valid_html(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        parser = html5lib.HTMLParser()
        parser.parse(html)
        assert not parser.errors, (name, parser.errors[:3])


def test_no_id_stands_twice_and_every_reference_points_somewhere(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), (name, [found for found in ids if ids.count(found) > 1])
        wanted = re.findall(r'\b(?:for|aria-labelledby)="([^"]+)"', html) + re.findall(r'href="#([a-z][^"]*)"', html)
        wanted += [part for many in re.findall(r'aria-describedby="([^"]+)"', html) for part in many.split()]
        assert not set(wanted) - set(ids), (name, set(wanted) - set(ids))


def test_nothing_is_inline(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)", html), name


def test_every_symbol_exists(pages: dict[str, str]) -> None:
    known = set(re.findall(r'<symbol id="([a-z]+)"', (ROOT / "static/icons.svg").read_text()))
    for name, html in pages.items():
        assert set(re.findall(r"icons\.[0-9a-f]+\.svg#([a-z]+)", html)) <= known, name


def test_a_wrong_form_says_so_in_the_title_on_top_and_at_the_field(pages: dict[str, str]) -> None:
    html = pages["wrong parts"]
    assert "<title>Error: Parts – Studio Halden</title>" in html
    assert '<a href="#ahead-0">Choose one answer</a>' in html
    assert 'aria-describedby="name-hint name-error"' in html
    assert html.count('aria-invalid="true"') >= 2
    assert html.count("Choose one answer") == 2
    assert "<title>Parts – Studio Halden</title>" in pages["right parts"]


def test_every_class_of_the_macros_has_a_rule(pages: dict[str, str]) -> None:
    css = (ROOT / "static/app.css").read_text()
    rules = set(re.findall(r"\.([a-z][a-z0-9_-]*)", css))
    marks = {"tag--check", "task--locked", "task--preparing", "task--waived", "task--todo", "task--check"}
    for name, html in pages.items():
        used = {word for value in re.findall(r'class="([^"]*)"', html) for word in value.split()}
        assert used - rules - marks <= {"flash--done", "grow", "sm", "lg"}, (name, used - rules - marks)


def test_styles_know_no_left_or_right_and_no_raw_colour() -> None:
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "static/app.css").read_text(), flags=re.S)
    assert not re.findall(r"[^-](?:margin|padding|border|inset)-(?:left|right|top|bottom)|text-align:\s*(?:left|right)", css)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", css)


def test_the_menu_leads_only_to_places_that_exist(pages: dict[str, str]) -> None:
    assert set(re.findall(r'<a href="(/staff[^"]*)"', pages["right staff"])) == {
        "/staff/", "/staff/review", "/staff/clients", "/staff/messages", "/staff/updates", "/staff/templates",
            "/staff/questionnaires", "/staff/reports", "/staff/settings", "/staff/me",
    }  # fmt: skip
    assert 'action="/logout"' in pages["right staff"]
    assert 'action="/logout"' in pages["right parts"]


def test_no_class_means_two_things():
    """A second rule for a bare class far from its first belongs to somebody who did not know the first."""
    first: dict[str, int] = {}
    for number, line in enumerate((ROOT / "static/app.css").read_text().splitlines()):
        if bare := re.match(r"  \.([a-z][\w-]*) \{", line):
            assert number - first.setdefault(bare[1], number) < 5, f".{bare[1]} is written in lines {first[bare[1]] + 1} and {number + 1}"
