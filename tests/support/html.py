"""What is wrong with a page, in words: `assert complaints(response.text) == []`.

Covers what a parser can see; axe in the browser sees the rest (contrast, roles).
Strict parsing is what looking costs, so pages built of the same tags in the same order are parsed strictly once.
"""

import re
from collections import Counter
from collections.abc import Container, Iterator
from functools import lru_cache

import html5lib
import turbohtml
from html5lib.constants import E as SENTENCES
from turbohtml import Element, Node

NEEDS_NO_LABEL = {"hidden", "submit", "button", "reset", "image"}
POINTS_TO_IDS = {"for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage", "list", "form"}
HX_VERBS = {"hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete"}
WORDS = re.compile(r"(?<=>)[^<]+")
VALUE = re.compile(r'(?<==")[^"]+')
ENTITY = re.compile(r"&[^;\s]{0,12};?")


def complaints(html: str) -> list[str]:
    """Return one sentence for everything wrong with a whole page; an empty list praises it."""
    page = turbohtml.parse(html)
    return [*_parse_errors(html, fragment=False), *_about_the_whole(page), *_about_parts(page)]


def fragment_complaints(html: str) -> list[str]:
    """Return what is wrong with a piece of a page that is swapped into another one."""
    return [*_parse_errors(html, fragment=True), *_about_parts(turbohtml.parse_fragment(html))]


def _parse_errors(html: str, *, fragment: bool) -> list[str]:
    return _strictly(html, fragment=fragment) if _is_wrong(bones(html), fragment=fragment) else []


@lru_cache(maxsize=5000)
def _is_wrong(bones: str, *, fragment: bool) -> bool:
    return bool(_strictly(bones, fragment=fragment))


def _strictly(html: str, *, fragment: bool) -> list[str]:
    parser = html5lib.HTMLParser()
    parser.parseFragment(html) if fragment else parser.parse(html)
    return [f"line {line}, column {column}: {SENTENCES.get(code, code) % facts}" for (line, column), code, facts in parser.errors]


def bones(html: str) -> str:
    """A page without what cannot make it wrong: of its words and values only what begins with an ampersand is left."""
    return VALUE.sub(_kept, WORDS.sub(_kept, html))


def _kept(text: re.Match[str]) -> str:
    return "".join(sorted(set(ENTITY.findall(text[0])))) + ("" if text[0].isspace() else "x")


def _about_the_whole(page: Node) -> Iterator[str]:
    root = page.find("html")
    if root is None or not root.attr("lang"):
        yield "<html> has no lang"
    if root is None or root.attr("dir") not in ("ltr", "rtl"):
        yield "<html> has no dir"
    title = page.find("title")
    if title is None or not title.text.strip():
        yield "the page has no title"
    if page.find("meta", attrs={"name": "viewport"}) is None:
        yield "the page does not tell phones its width (meta viewport)"
    for name in ("h1", "main"):
        found = len(page.find_all(name))
        if found != 1:
            yield f"there must be exactly one <{name}>, not {found}"


def _about_parts(page: Node) -> Iterator[str]:
    tags = list(page.iter_elements())
    ids = Counter(tag.attrs["id"] for tag in tags if "id" in tag.attrs)
    yield from (f"the id {name!r} is there {times} times" for name, times in ids.items() if times > 1)
    for tag in tags:
        yield from _points_nowhere(tag, ids)
        yield from _inline_code(tag)
        yield from _hidden_ways(tag)
        if tag.tag in ("input", "select", "textarea") and tag.attr("type") not in NEEDS_NO_LABEL and not _is_labelled(tag, page):
            yield f"{_shown(tag)} has no label"
        if tag.tag == "img" and tag.attr("alt") is None:
            yield f"{_shown(tag)} has no alt"
        if tag.tag in ("a", "button") and not _has_name(tag):
            yield f"{_shown(tag)} has no words"


def _points_nowhere(tag: Element, ids: Container[object]) -> Iterator[str]:
    for attribute in POINTS_TO_IDS.intersection(tag.attrs):
        for name in (tag.attr(attribute) or "").split():
            if name not in ids:
                yield f"{_shown(tag)} points to the id {name!r}, which is not there"


def _inline_code(tag: Element) -> Iterator[str]:
    if tag.tag == "style":
        yield "there is a <style>, which the content security policy blocks"
    if tag.tag == "script" and not tag.attr("src") and tag.attr("type") != "application/json":
        yield "there is a <script> with code in it, which the content security policy blocks"
    for attribute, text in ((name, tag.attr(name) or "") for name in tag.attrs):
        if attribute == "style" or attribute.startswith(("on", "hx-on")):
            yield f"{_shown(tag)} has code in {attribute}=, which the content security policy blocks"
        if attribute in ("href", "src", "action", "formaction") and text.strip().lower().startswith("javascript:"):
            yield f"{_shown(tag)} has code in {attribute}=, which the content security policy blocks"


def _hidden_ways(tag: Element) -> Iterator[str]:
    """Complain about what works with JavaScript only."""
    if tag.tag == "a" and tag.attr("href") in (None, "", "#"):
        yield f"{_shown(tag)} leads nowhere without JavaScript"
    if not HX_VERBS.intersection(tag.attrs):
        return
    is_real = tag.tag == "form" or (tag.tag == "a" and tag.attr("href")) or (tag.tag in ("button", "input") and _in_a_form(tag))
    autosaves = tag.tag in ("input", "select", "textarea", "fieldset") and _in_a_form(tag)
    if not (is_real or autosaves):
        yield f"{_shown(tag)} does something with JavaScript only (hx-* belongs on real links and forms)"


def _in_a_form(tag: Element) -> bool:
    return "form" in tag.attrs or tag.closest("form") is not None


def _is_labelled(tag: Element, page: Node) -> bool:
    if tag.attr("aria-label") or tag.attr("aria-labelledby"):
        return True
    label = page.find("label", attrs={"for": tag.attrs["id"]}) if tag.attr("id") else None
    label = label or tag.closest("label")
    return label is not None and _has_name(label)


def _has_name(tag: Element) -> bool:
    """Tell whether a screen reader has something to say: text, a label, a picture's words, a drawing's title."""
    if tag.text.strip() or tag.attr("aria-label") or tag.attr("aria-labelledby"):
        return True
    return any(picture.attr("alt") or picture.attr("aria-label") for picture in tag.find_all(["img", "svg"]))


def _shown(tag: Element) -> str:
    attributes = "".join(f' {name}="{tag.attr(name)}"' for name in ("id", "name", "type", "href") if tag.attr(name))
    return f"<{tag.tag}{attributes}>"
