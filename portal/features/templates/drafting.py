"""Edits of a template in the making, part by part. Parts are found by key in the draft as it stands, so two people may work on
different parts at once; whoever saves a part that somebody else changed in between is told, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from portal.features.templates import actions
from portal.kernel.action import action
from portal.kernel.evidence import fingerprint
from portal.kernel.policy import require
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kernel.words import Words, best
from portal.kinds.plans import embedding
from portal.kinds.questionnaires.kind import published, read_definition
from portal.models import may
from portal.models.definition.shape import Definition
from portal.models.item_states import ItemKind
from portal.models.questionnaires import Questionnaire
from portal.models.template import editing
from portal.models.template.canonical import dump, parse
from portal.models.template.shape import Piece, Role, Stage, Template
from portal.models.templates import ProjectTemplate
from portal.models.turns import Part

AnyPart = TypeVar("AnyPart", Stage, Piece, Role)


class Changed(Refused):
    """Somebody else changed this part in between; what they wrote stands in the draft."""

    def __init__(self) -> None:
        super().__init__(N_("Somebody else changed this in the meantime. What you wrote is still here: save again to keep yours."))


@dataclass(frozen=True)
class Typing:
    """How somebody came to a change: the revision their page showed, and whether they go on typing at the same place.

    What is typed in one go is undone in one go."""

    rev: int
    goes_on: bool = False


@dataclass(frozen=True, kw_only=True)
class Whole:
    """What a template says about itself."""

    name: str
    summary: str
    languages: tuple[str, ...]
    reminders: str


def seen(part: Stage | Piece | Role | Template) -> str:
    """A mark of a part as somebody saw it, to notice when it changed since."""
    if isinstance(part, Template):
        return fingerprint("part", dump(replace(part, milestones=(), items=(), roles=(), questionnaires={})))
    alone = {"milestones": (part,)} if isinstance(part, Stage) else {"roles": (part,)} if isinstance(part, Role) else {"items": (part,)}
    return fingerprint("part", dump(Template(**alone)))


def heard(words: Words, language: str) -> str:
    """A mark of a text in one language as somebody saw it."""
    return fingerprint("text", words.get(language, ""))[:16]


@action
def add_stage(template: ProjectTemplate, name: str, *, language: str, by: Viewer) -> str:
    """A new milestone at the end; its key."""
    key = editing.new_key("m")
    _edit(template, lambda draft: editing.add_stage(draft, name=name, language=language, key=key), by=by)
    return key


@action
def add_piece(template: ProjectTemplate, kind: ItemKind, title: str, *, stage: str, first_section: str, language: str, by: Viewer) -> str:
    """A new item at the end of a milestone, or of none when somebody removed that; its key."""
    key = editing.new_key("i")
    more = {"language": language, "first_section": first_section, "key": key}

    def added(draft: Template) -> Template:
        return editing.add_piece(draft, kind=kind, title=title, stage=stage if draft.stage(stage) else "", **more)

    _edit(template, added, by=by)
    return key


@action
def add_role(template: ProjectTemplate, name: str, part: Part, *, language: str, by: Viewer) -> str:
    """Somebody more the client names when a project starts; the role's key."""
    key = editing.new_key("r")
    _edit(template, lambda draft: editing.add_role(draft, name=name, part=part, language=language, key=key), by=by)
    return key


@action
def edit(
    template: ProjectTemplate, part: AnyPart, change: Callable[[AnyPart], AnyPart], *, saw: str, typing: Typing | None = None, by: Viewer
) -> None:
    """A milestone, item or role as somebody wants it; raises Changed."""

    def edited(draft: Template) -> Template:
        now = found(draft, part.key, type(part))
        if seen(now) != saw:
            raise Changed
        return editing.change(draft, change(now))

    _edit(template, edited, typing=typing, by=by)


@action
def edit_whole(template: ProjectTemplate, wish: Whole, *, language: str, saw: str, typing: Typing | None = None, by: Viewer) -> None:
    """What a template says about itself; its name in the first language is its name in lists. Raises Changed."""

    def edited(draft: Template) -> Template:
        if seen(draft) != saw:
            raise Changed
        named = editing.say(draft, {"name": wish.name, "summary": wish.summary}, language=language)
        return replace(editing.speak(named, wish.languages), reminders=wish.reminders)

    _edit(template, edited, typing=typing, by=by)
    actions.rename(template, wish.name, by=by)


@action
def say(
    template: ProjectTemplate, typed: Mapping[str, tuple[str, str]], *, language: str, typing: Typing | None = None, by: Viewer
) -> list[str]:
    """Texts in one language by their places, each with a mark of what stood there; the places somebody else wrote to in between.

    Those are left as they stand, the others are saved. A place that is gone is one of them."""
    before = editing.texts(parse(template.draft))
    wanted = {where: (text.strip(), saw) for where, (text, saw) in typed.items()}
    changed = {where: text for where, (text, saw) in wanted.items() if heard({language: text}, language) != saw}
    kept = {where: text for where, text in changed.items() if where in before and heard(before[where], language) == wanted[where][1]}
    _edit(template, lambda draft: editing.say(draft, kept, language=language), typing=typing, by=by)
    return [where for where, text in changed.items() if where not in kept and before.get(where, {}).get(language, "") != text]


@action
def step(template: ProjectTemplate, key: str, *, by_places: int, by: Viewer) -> None:
    """A milestone or an item some places down, or up when negative."""
    _edit(template, lambda draft: editing.step(draft, key, by=by_places), by=by)


@action
def place(template: ProjectTemplate, key: str, *, stage: str, before: str, by: Viewer) -> None:
    """A milestone or an item where somebody dropped it."""
    _edit(template, lambda draft: editing.place(draft, key, stage=stage, before=before), by=by)


@action
def remove(template: ProjectTemplate, key: str, *, by: Viewer) -> None:
    """Without this milestone (its items stay), item or role."""
    _edit(template, lambda draft: editing.remove(draft, key), by=by)


@action
def open_questions(template: ProjectTemplate, key: str, *, first_section: str, language: str, by: Viewer) -> Questionnaire:
    """The questions of an item as a questionnaire that can be edited; what is written there is written into the draft."""
    require(may.write_templates(by))
    draft = parse(template.draft)
    piece = found(draft, key, Piece)
    if draft.definition(piece) is None:
        piece = replace(piece, questionnaire=editing.new_key("q"))
        given = editing.put_questions(draft, piece.questionnaire, Definition())
        actions.save(template, editing.change(given, piece), rev=template.rev, by=by)
    name = f"{template.name}: {best(piece.title, language)}"
    return embedding.open_for_editing(template, piece.questionnaire, name=name, first_section=first_section, language=language)


@action
def take_questions(template: ProjectTemplate, key: str, version_id: UUID | None, *, by: Viewer) -> None:
    """A copy of what one of the firm's questionnaires asks, in the place of the item's questions."""
    definition = next((read_definition(version.definition) for _name, version in published() if version.id == version_id), None)
    if definition is None:
        raise Refused(N_("Choose a questionnaire first."))

    def taken(draft: Template) -> Template:
        piece = found(draft, key, Piece)
        own = piece.questionnaire or editing.new_key("q")
        return editing.change(editing.put_questions(draft, own, definition), replace(piece, questionnaire=own))

    _edit(template, taken, by=by)


def found(draft: Template, key: str, kind: type[AnyPart]) -> AnyPart:
    """The part with this key; raises Refused when somebody removed it."""
    rows: dict[type, tuple[Stage | Piece | Role, ...]] = {Stage: draft.milestones, Piece: draft.items, Role: draft.roles}
    for one in rows[kind]:
        if one.key == key and isinstance(one, kind):
            return one
    raise Refused(N_("Somebody removed this in the meantime."))


def _edit(template: ProjectTemplate, change: Callable[[Template], Template], *, typing: Typing | None = None, by: Viewer) -> None:
    goes_on = typing is not None and typing.goes_on and typing.rev == template.rev
    try:
        draft = change(parse(template.draft))
    except editing.Gone:
        raise Refused(N_("Somebody removed this in the meantime.")) from None
    actions.save(template, draft, rev=template.rev, goes_on=goes_on, by=by)
