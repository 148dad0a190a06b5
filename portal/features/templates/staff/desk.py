"""The editor's page: the outline, and at its side the part being edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.templates import drafting, queries
from portal.features.templates.staff import forms
from portal.kernel.clock import now
from portal.kernel.words import Words, best
from portal.kinds.plans import draft_steps
from portal.kinds.questionnaires.kind import published
from portal.models.item_states import ItemKind
from portal.models.template import editing, publishing
from portal.models.template.problems import Problem
from portal.models.template.shape import Piece, Role, Stage, Template
from portal.models.templates import ProjectTemplate
from portal.web import i18n, template_words

EDITOR = {"milestones": "milestone", "items": "item", "roles": "role"}


def main_language(draft: Template) -> str:
    """The language a template is written in first."""
    return draft.languages[0] if draft.languages else "en"


def tongue_of(draft: Template) -> str:
    """The language the page is asked to be about: one of the template's."""
    asked = request.args.get("in", "")
    return asked if asked in draft.languages else main_language(draft)


def desk_url(template_id: UUID, *, part: str = "", anchor: str = "", tongue: str | None = None) -> str:
    """The page of a part ("items.logo", "questionnaires.brand"), or the whole outline."""
    kind, _, key = part.partition(".")
    if kind in EDITOR and key:
        return in_tongue(url_for(f"staff.template_editor.{EDITOR[kind]}", template_id=template_id, key=key), tongue)
    if kind == "questionnaires" and key:
        return url_for("staff.template_outline.whose", template_id=template_id, key=key)
    if part in ("name", "summary", "languages", "about"):
        return in_tongue(url_for("staff.template_editor.about", template_id=template_id), tongue)
    return url_for("staff.templates.show", template_id=template_id, _anchor=f"p-{anchor}" if anchor else None)


def in_tongue(url: str, tongue: str | None) -> str:
    """The address of a page about one of the template's languages."""
    return f"{url}?in={tongue}" if tongue else url


def part_of(one: Stage | Piece | Role | Template) -> str:
    """The place of a part as problems name it."""
    kinds = {Stage: "milestones", Piece: "items", Role: "roles"}
    return "about" if isinstance(one, Template) else f"{kinds[type(one)]}.{one.key}"


def show_desk(template: ProjectTemplate, *, selected: Stage | Piece | Role | Template | None = None, **more: object) -> ResponseReturnValue:
    """The editor; `more` says what stands at the side and which form was refused."""
    shelved = queries.SHELF.one(template)
    draft = shelved.draft
    language = main_language(draft)
    if selected is None and "form" not in more:
        form = forms.WholeForm(formdata=None)
        form.fill(draft, language)
        form.saw.data = drafting.seen(draft)
        more["form"] = form
    problems = queries.lacks(draft)
    facts = {
        "template": template,
        "shelved": shelved,
        "draft": draft,
        "selected": selected,
        "part": part_of(selected) if selected else "",
        "language": language,
        "tongue": tongue_of(draft) if selected else language,
        "groups": editing.grouped(draft),
        "problems": [(desk_url(template.id, part=one.part), template_words.problem_words(draft, one)) for one in problems],
        "lacks": _first_lacks(draft, problems),
        "missing": _missing(draft),
        "ways": draft_steps.ways(template),
        "saved_words": _saved(template),
        "part_words": forms.PARTS,
        "questionnaires": _questionnaires(selected),
    }
    new = {"stage_form": forms.AddStageForm(formdata=None), "item_form": forms.AddItemForm(formdata=None), "adding_to": None}
    new["role_form"] = forms.AddRoleForm(formdata=None)
    tools = {"url_of": partial(desk_url, template.id), "seen": drafting.seen, "kind_word": template_words.kind_word}
    return render_template("staff/templates/show.html", **(facts | new | words_of(draft, language) | tools | more))


def _questionnaires(selected: Stage | Piece | Role | Template | None) -> list[tuple[str, str]]:
    """The questionnaires whose questions the selected item could take over."""
    if not (isinstance(selected, Piece) and selected.kind is ItemKind.QUESTIONNAIRE):
        return []
    return [(str(version.id), name) for name, version in published()]


def words_of(draft: Template, language: str) -> dict[str, Callable[..., str]]:
    """How a page speaks of a template's parts in one language."""
    return {
        "text": partial(_said, language),
        "when_words": partial(template_words.when_words, draft, language=language),
        "need_words": partial(template_words.need_words, draft, language=language),
        "piece_words": partial(template_words.piece_words, draft),
    }


def _saved(template: ProjectTemplate) -> str:
    """When the draft was saved: the time today, the day before."""
    same_day = i18n.day(template.saved_at) == i18n.day(now())
    return i18n.clock(template.saved_at) if same_day else i18n.moment(template.saved_at)


def _said(language: str, words: Words) -> str:
    return best(words, language)


def _first_lacks(draft: Template, problems: list[Problem]) -> Mapping[str, str]:
    """The first thing each part still lacks, languages apart; what an item's questions lack is said at the item."""
    found: dict[str, str] = {}
    for problem in problems:
        if "language" not in problem.values:
            found.setdefault(_at_item(draft, problem.part), template_words.problem_words(draft, problem))
    return found


def _missing(draft: Template) -> Mapping[str, tuple[str, ...]]:
    """The languages each part lacks texts in, by its place."""
    counted: dict[str, Counter[str]] = {}
    for language in draft.languages:
        for problem in publishing.gaps(draft, language):
            part = _at_item(draft, problem.part)
            counted.setdefault("about" if part in ("name", "summary") else part, Counter())[language] += 1
    return {part: tuple(languages) for part, languages in counted.items()}


def _at_item(draft: Template, part: str) -> str:
    kind, _, key = part.partition(".")
    owner = next((piece for piece in draft.items if piece.questionnaire == key), None) if kind == "questionnaires" else None
    return f"items.{owner.key}" if owner else part
