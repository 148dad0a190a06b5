"""A template that somebody edits in a browser."""

from __future__ import annotations

from flask import Flask

from portal.models.template.canonical import parse
from portal.models.template.shape import Template
from portal.models.templates import ProjectTemplate
from tests.support.browser import Browser, Page
from tests.support.cast import reading
from tests.support.templates import WEBSITE, make_template

SHELF = "/staff/templates"


class Desk:
    """One template in the making, and the browser it is open in."""

    def __init__(self, app: Flask, browser: Browser, template: Template = WEBSITE) -> None:
        self.app, self.browser = app, browser
        self.id = make_template(app, template).id
        self.url = f"{SHELF}/{self.id}"

    @property
    def row(self) -> ProjectTemplate:
        """The row as it stands."""
        with reading(self.app) as session:
            return session.get_one(ProjectTemplate, self.id)

    @property
    def draft(self) -> Template:
        """What has been written so far."""
        return parse(self.row.draft)

    def at(self, part: str = "", *, browser: Browser | None = None) -> Page:
        """The page of a part, such as "items/logo"."""
        return (browser or self.browser).get(f"{self.url}/{part}" if part else self.url)

    def fields(self, part: str, /, **changed: object) -> dict[str, object]:
        """What the form at the side would send, with some fields changed; None leaves one out."""
        form = self.at(part).soup.find(id="side")
        held: dict[str, object] = {}
        for field in form.find_all(["input", "textarea", "select"]):  # type: ignore[union-attr]
            name, kind = str(field.get("name", "")), field.get("type")
            if (
                not name
                or name == "csrf_token"
                or field.has_attr("form")
                or (kind in ("checkbox", "radio") and not field.has_attr("checked"))
            ):
                continue
            if field.name == "select":
                chosen = field.find("option", selected=True) or field.find("option")
                value = str(chosen["value"])  # type: ignore[index,call-overload]
            else:
                value = field.get_text().lstrip("\r\n") if field.name == "textarea" else str(field.get("value", ""))
            held[name] = [*held[name], value] if isinstance(held.get(name), list) else [held[name], value] if name in held else value  # type: ignore[misc]
        return {name: value for name, value in (held | changed).items() if value is not None}

    def write(self, part: str, /, status: int = 303, **changed: object) -> Page:
        """Change some fields of a part and save it."""
        return self.browser.post(f"{self.url}/{part}", self.fields(part, **changed), status)
