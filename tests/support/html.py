"""What is wrong with a page, in words: `assert complaints(response.text) == []`.

Covers what a parser can see; axe in the browser sees the rest (contrast, roles).
"""

from collections import Counter
from collections.abc import Container, Iterator

import html5lib
from bs4 import BeautifulSoup, Tag
from bs4.builder import HTML5TreeBuilder
from html5lib.constants import E as SENTENCES

NEEDS_NO_LABEL = {"hidden", "submit", "button", "reset", "image"}
POINTS_TO_IDS = {"for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage", "list", "form"}
HX_VERBS = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")


class Builder(HTML5TreeBuilder):
    """Builds a page and keeps its parser, which knows the errors: parsing is what looking at a page costs."""

    parser: html5lib.HTMLParser

    def feed(self, markup: str) -> None:
        """Parse a page of text."""
        self.parser = html5lib.HTMLParser(tree=self.create_treebuilder)
        self.underlying_builder.parser = self.parser
        self.parser.parse(markup)


def complaints(html: str) -> list[str]:
    """Return one sentence for everything wrong with a whole page; an empty list praises it."""
    builder = Builder()
    page = BeautifulSoup(html, builder=builder)
    return [*_parse_errors(builder.parser), *_about_the_whole(page), *_about_parts(page)]


def fragment_complaints(html: str) -> list[str]:
    """Return what is wrong with a piece of a page that is swapped into another one."""
    parser = html5lib.HTMLParser()
    parser.parseFragment(html)
    return [*_parse_errors(parser), *_about_parts(BeautifulSoup(html, "html5lib"))]


def _parse_errors(parser: html5lib.HTMLParser) -> Iterator[str]:
    for (line, column), code, facts in parser.errors:
        yield f"line {line}, column {column}: {SENTENCES.get(code, code) % facts}"


def _about_the_whole(page: BeautifulSoup) -> Iterator[str]:
    root = page.html
    if root is None or not root.get("lang"):
        yield "<html> has no lang"
    if root is None or root.get("dir") not in ("ltr", "rtl"):
        yield "<html> has no dir"
    if page.title is None or not page.title.get_text(strip=True):
        yield "the page has no title"
    if page.find("meta", attrs={"name": "viewport"}) is None:
        yield "the page does not tell phones its width (meta viewport)"
    for name in ("h1", "main"):
        found = len(page.find_all(name))
        if found != 1:
            yield f"there must be exactly one <{name}>, not {found}"


def _about_parts(page: BeautifulSoup) -> Iterator[str]:
    tags = page.find_all(True)
    ids = Counter(str(tag.attrs["id"]) for tag in tags if "id" in tag.attrs)
    yield from (f"the id {name!r} is there {times} times" for name, times in ids.items() if times > 1)
    for tag in tags:
        yield from _points_nowhere(tag, ids)
        yield from _inline_code(tag)
        yield from _hidden_ways(tag)
        if tag.name in ("input", "select", "textarea") and tag.get("type") not in NEEDS_NO_LABEL and not _is_labelled(tag, page):
            yield f"{_shown(tag)} has no label"
        if tag.name == "img" and tag.get("alt") is None:
            yield f"{_shown(tag)} has no alt"
        if tag.name in ("a", "button") and not _has_name(tag):
            yield f"{_shown(tag)} has no words"


def _points_nowhere(tag: Tag, ids: Container[str]) -> Iterator[str]:
    for attribute in POINTS_TO_IDS & tag.attrs.keys():
        pointed = tag.attrs[attribute]
        for name in pointed if isinstance(pointed, list) else str(pointed).split():
            if name not in ids:
                yield f"{_shown(tag)} points to the id {name!r}, which is not there"


def _inline_code(tag: Tag) -> Iterator[str]:
    if tag.name == "style":
        yield "there is a <style>, which the content security policy blocks"
    if tag.name == "script" and not tag.get("src") and tag.get("type") != "application/json":
        yield "there is a <script> with code in it, which the content security policy blocks"
    for attribute, text in tag.attrs.items():
        if attribute == "style" or attribute.startswith(("on", "hx-on")):
            yield f"{_shown(tag)} has code in {attribute}=, which the content security policy blocks"
        if attribute in ("href", "src", "action", "formaction") and str(text).strip().lower().startswith("javascript:"):
            yield f"{_shown(tag)} has code in {attribute}=, which the content security policy blocks"


def _hidden_ways(tag: Tag) -> Iterator[str]:
    """Complain about what works with JavaScript only."""
    if tag.name == "a" and tag.get("href") in (None, "", "#"):
        yield f"{_shown(tag)} leads nowhere without JavaScript"
    if not any(tag.has_attr(verb) for verb in HX_VERBS):
        return
    is_real = tag.name == "form" or (tag.name == "a" and tag.get("href")) or (tag.name in ("button", "input") and _in_a_form(tag))
    autosaves = tag.name in ("input", "select", "textarea", "fieldset") and _in_a_form(tag)
    if not (is_real or autosaves):
        yield f"{_shown(tag)} does something with JavaScript only (hx-* belongs on real links and forms)"


def _in_a_form(tag: Tag) -> bool:
    return tag.has_attr("form") or tag.find_parent("form") is not None


def _is_labelled(tag: Tag, page: BeautifulSoup) -> bool:
    if tag.get("aria-label") or tag.get("aria-labelledby"):
        return True
    label = page.find("label", attrs={"for": tag["id"]}) if tag.get("id") else None
    label = label or tag.find_parent("label")
    return isinstance(label, Tag) and _has_name(label)


def _has_name(tag: Tag) -> bool:
    """Tell whether a screen reader has something to say: text, a label, a picture's words, a drawing's title."""
    if tag.get_text(strip=True) or tag.get("aria-label") or tag.get("aria-labelledby"):
        return True
    return any(picture.get("alt") or picture.get("aria-label") for picture in tag.find_all(["img", "svg"]))


def _shown(tag: Tag) -> str:
    attributes = "".join(f' {name}="{tag[name]}"' for name in ("id", "name", "type", "href") if tag.get(name))
    return f"<{tag.name}{attributes}>"
