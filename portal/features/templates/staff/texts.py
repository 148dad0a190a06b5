"""Texts of a template in two languages, one beside the other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from portal.features.templates.drafting import heard
from portal.features.templates.staff.desk import main_language
from portal.kernel.words import best
from portal.models.template import editing
from portal.models.template.shape import Template
from portal.web import template_words

LONG = frozenset({"summary", "why", "help", "intro", "text", "assume", "because", "cost"})


@dataclass(frozen=True)
class Row:
    """One text: where it stands, whose it is, the first language's words, ours, and what somebody else wrote in between."""

    place: str
    owner: str
    part: str
    label: str
    source: str
    text: str
    saw: str
    theirs: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it needs more than a line."""
        return self.place.rpartition(".")[2] in LONG or len(self.source) > 90

    @property
    def is_gap(self) -> bool:
        """Whether it is written in the first language and not in this one."""
        return bool(self.source.strip()) and not self.text.strip()


def rows_of(draft: Template, *, language: str, kept: Collection[str] = (), only: tuple[str, ...] = ()) -> list[Row]:
    """The texts that are there in some language, in reading order; `kept` places show what was typed instead of what stands."""
    first = main_language(draft)
    rows = []
    for place, words in editing.texts(draft).items():
        if not any(words.values()) or (only and not place.startswith(only)):
            continue
        typed = request.form.get(f"t:{place}", "") if place in kept else None
        text = words.get(language, "")
        part, owner = _owner(draft, place, first)
        more = {"label": _label(place), "source": best(words, first), "saw": heard(words, language)}
        rows.append(Row(place, owner, part, text=text if typed is None else typed, theirs="" if typed is None else text, **more))
    return rows


def _owner(draft: Template, place: str, first: str) -> tuple[str, str]:
    kind, _dot, rest = place.partition(".")
    key = rest.partition(".")[0]
    stage, piece, role = draft.stage(key), draft.item(key), draft.role(key)
    if kind == "questionnaires":
        piece = next((one for one in draft.items if one.questionnaire == key), None)
    if kind == "milestones" and stage:
        return f"milestones.{key}", _("Milestone “%(name)s”", name=best(stage.name, first))
    if kind == "roles" and role:
        return f"roles.{key}", _("Role “%(name)s”", name=best(role.name, first))
    if piece:
        return f"items.{piece.key}", best(piece.title, first)
    return "about", _("The template")


def _label(place: str) -> str:
    is_section = place.startswith("questionnaires.") and place.endswith(".title")
    word = _("section") if is_section else template_words.part_word(place)
    return word[:1].upper() + word[1:]
