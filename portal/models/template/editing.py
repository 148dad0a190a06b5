"""Edits of a template, each from one to the next. What stays keeps its key; keys of what is new were never used; nothing else moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from portal.kernel.words import Words
from portal.models.definition import editing as definitions
from portal.models.definition import wording
from portal.models.definition.editing import Gone, new_key, said
from portal.models.definition.shape import Definition
from portal.models.item_states import ItemKind
from portal.models.template.shape import Need, Piece, Role, Stage, Template
from portal.models.turns import Part

__all__ = ["Gone", "new_key", "said"]

Keyed = TypeVar("Keyed", Stage, Piece, Role)


def add_stage(draft: Template, *, name: str, language: str, key: str | None = None) -> Template:
    """A new milestone at the end."""
    stage = Stage(key=key or new_key("m"), name=said({}, language=language, text=name))
    return replace(draft, milestones=(*draft.milestones, stage))


def add_piece(
    draft: Template, *, kind: ItemKind, title: str, language: str, stage: str = "", first_section: str = "", key: str | None = None
) -> Template:
    """A new item at the end of a milestone ("" for none); one that asks questions brings an empty questionnaire along."""
    piece = Piece(key=key or new_key("i"), kind=kind, title=said({}, language=language, text=title), stage=stage)
    if stage and not draft.stage(stage):
        raise Gone(stage)
    if kind is ItemKind.QUESTIONNAIRE:
        piece = replace(piece, questionnaire=new_key("q"))
        empty = definitions.add_section(Definition(), title=first_section or title, language=language)
        draft = put_questions(draft, piece.questionnaire, empty)
    return in_order(replace(draft, items=(*draft.items, piece)))


def add_role(draft: Template, *, name: str, part: Part, language: str, key: str | None = None) -> Template:
    """Somebody more the client names when a project starts."""
    return replace(draft, roles=(*draft.roles, Role(key=key or new_key("r"), name=said({}, language=language, text=name), part=part)))


def put_questions(draft: Template, key: str, definition: Definition) -> Template:
    """The questionnaire of this key, new or another one."""
    return replace(draft, questionnaires={**draft.questionnaires, key: definition})


def change(draft: Template, changed: Stage | Piece | Role) -> Template:
    """The draft with this milestone, item or role in the place of the one with its key."""
    if isinstance(changed, Stage):
        return replace(draft, milestones=_with(draft.milestones, changed))
    if isinstance(changed, Role):
        return replace(draft, roles=_with(draft.roles, changed))
    moved = changed.stage != _one(draft.items, changed.key).stage
    draft = replace(draft, items=_with(draft.items, changed))
    return in_order(draft) if moved else draft


def step(draft: Template, key: str, *, by: int) -> Template:
    """A milestone or an item some places down, or up when negative; at the edge of a milestone an item steps into the next one."""
    if draft.stage(key):
        return in_order(replace(draft, milestones=_moved(draft.milestones, key, by)))
    for _ in range(abs(by)):
        draft = _stepped(draft, key, 1 if by > 0 else -1)
    return draft


def place(draft: Template, key: str, *, stage: str, before: str = "") -> Template:
    """A milestone before another, or an item into a milestone before another item; last without `before`."""
    if draft.stage(key):
        return in_order(replace(draft, milestones=_before(draft.milestones, _one(draft.milestones, key), before)))
    if stage and not draft.stage(stage):
        raise Gone(stage)
    return in_order(replace(draft, items=_before(draft.items, replace(_one(draft.items, key), stage=stage), before)))


def remove(draft: Template, key: str) -> Template:
    """Without this milestone (its items stay, in the one before it), item (with its questions) or role.

    What waited for it or counted from it still names it, and is named before publishing."""
    if draft.stage(key):
        return _without_stage(draft, key)
    if draft.role(key):
        freed = tuple(replace(piece, roles=tuple(role for role in piece.roles if role != key)) for piece in draft.items)
        return replace(draft, roles=tuple(role for role in draft.roles if role.key != key), items=freed)
    gone = _one(draft.items, key)
    draft = replace(draft, items=tuple(piece for piece in draft.items if piece.key != key))
    own = gone.questionnaire if all(piece.questionnaire != gone.questionnaire for piece in draft.items) else ""
    return replace(draft, questionnaires={name: one for name, one in draft.questionnaires.items() if name != own})


def in_order(draft: Template) -> Template:
    """Items in the order of their milestones, those without one last; within a milestone as they are."""
    at = {stage.key: n for n, stage in enumerate(draft.milestones)}
    return replace(draft, items=tuple(sorted(draft.items, key=lambda piece: at.get(piece.stage, len(at)))))


def grouped(draft: Template) -> list[tuple[Stage | None, list[Piece]]]:
    """The milestones with their items; what belongs to none comes last, under None."""
    groups: list[tuple[Stage | None, list[Piece]]] = []
    for stage in draft.milestones:
        groups.append((stage, [piece for piece in draft.items if piece.stage == stage.key]))
    loose = [piece for piece in draft.items if not draft.stage(piece.stage)]
    return [*groups, (None, loose)] if loose or not groups else groups


def speak(draft: Template, languages: Iterable[str]) -> Template:
    """The languages it offers; texts in others stay where they are, for when they are wanted again."""
    return replace(draft, languages=tuple(dict.fromkeys(languages)))


def texts(draft: Template) -> dict[str, Words]:
    """Every text by its place ("items.logo.title"), in reading order: a template's own also where they are empty."""
    found: dict[str, Words] = {"name": draft.name, "summary": draft.summary}
    for stage, pieces in grouped(draft):
        if stage:
            found[f"milestones.{stage.key}.name"] = stage.name
        for piece in pieces:
            found |= {f"items.{piece.key}.{name}": words for name, words in _piece_texts(piece).items()}
            asked = draft.definition(piece)
            found |= {f"questionnaires.{piece.questionnaire}.{at}": words for at, words in wording.texts(asked).items()} if asked else {}
    return found | {f"roles.{role.key}.name": role.name for role in draft.roles}


def say(draft: Template, said_at: Mapping[str, str], *, language: str) -> Template:
    """These texts, by their places, in one language; a blank text takes the language out. Raises Gone for a place that is not there."""
    for where, text in said_at.items():
        draft = _say_one(draft, where, text, language)
    return draft


def say_piece(piece: Piece, said_of: Mapping[str, str], *, language: str) -> Piece:
    """An item with these texts ("title", "spec.assume", "needs.0.why") in one language."""
    known = _piece_texts(piece)
    for name, text in said_of.items():
        if name not in known:
            raise Gone(name)
        words = said(known[name], language=language, text=text)
        first, _, rest = name.partition(".")
        if first == "spec":
            spec = {part: one for part, one in piece.spec.items() if part != rest}
            piece = replace(piece, spec={**spec, rest: words} if words else spec)
        elif first == "needs":
            at = int(rest.partition(".")[0])
            piece = replace(piece, needs=tuple(replace(need, why=words) if n == at else need for n, need in enumerate(piece.needs)))
        else:
            piece = replace(piece, **{name: words})  # type: ignore[arg-type]
    return piece


def keep_whys(needs: Iterable[Need], before: Iterable[Need]) -> tuple[Need, ...]:
    """Needs with the reasons that were given for the very same ones, in the languages nobody is writing in now."""
    known = {replace(need, why={}).__repr__(): need.why for need in before}
    return tuple(replace(need, why={**known.get(replace(need, why={}).__repr__(), {}), **need.why}) for need in needs)


def _say_one(draft: Template, where: str, text: str, language: str) -> Template:
    kind, _, rest = where.partition(".")
    key, _, name = rest.partition(".")
    if kind == "items":
        return change(draft, say_piece(_one(draft.items, key), {name: text}, language=language))
    if kind == "questionnaires":
        if key not in draft.questionnaires:
            raise Gone(where)
        return put_questions(draft, key, wording.say(draft.questionnaires[key], {name: text}, language=language))
    if where in ("name", "summary"):
        return replace(draft, **{where: said(getattr(draft, where), language=language, text=text)})  # type: ignore[arg-type]
    part: Stage | Role = _one(draft.milestones, key) if kind == "milestones" else _one(draft.roles, key)
    return change(draft, replace(part, name=said(part.name, language=language, text=text)))


def _piece_texts(piece: Piece) -> dict[str, Words]:
    found: dict[str, Words] = {"title": piece.title, "why": piece.why, "help": piece.help}
    if piece.kind is ItemKind.CONFIRMATION:
        found |= {f"spec.{name}": _words(piece.spec.get(name)) for name in ("assume", "because", "cost")}
    return found | {f"needs.{n}.why": need.why for n, need in enumerate(piece.needs)}


def _words(data: object) -> Words:
    return {str(language): str(text) for language, text in data.items()} if isinstance(data, Mapping) else {}


def _one(row: tuple[Keyed, ...], key: str) -> Keyed:
    for one in row:
        if one.key == key:
            return one
    raise Gone(key)


def _with(row: tuple[Keyed, ...], changed: Keyed) -> tuple[Keyed, ...]:
    _one(row, changed.key)
    return tuple(changed if one.key == changed.key else one for one in row)


def _moved(row: tuple[Keyed, ...], key: str, by: int) -> tuple[Keyed, ...]:
    moved = _one(row, key)
    others = [one for one in row if one.key != key]
    others.insert(max(0, row.index(moved) + by), moved)
    return tuple(others)


def _before(row: tuple[Keyed, ...], moved: Keyed, before: str) -> tuple[Keyed, ...]:
    others: list[Keyed] = [one for one in row if one.key != moved.key]
    at: int = next((n for n, one in enumerate(others) if one.key == before), len(others))
    others.insert(at, moved)
    return tuple(others)


def _stepped(draft: Template, key: str, by: int) -> Template:
    piece = _one(draft.items, key)
    groups = grouped(draft)
    here = next(n for n, (_stage, pieces) in enumerate(groups) if piece in pieces)
    fellows = groups[here][1]
    at = fellows.index(piece) + by
    if 0 <= at < len(fellows):
        neighbour = fellows[at].key if by < 0 else _after(fellows, at)
        return in_order(replace(draft, items=_before(draft.items, piece, neighbour)))
    return _next_door(draft, piece, groups, here + by, by)


def _next_door(draft: Template, piece: Piece, groups: list[tuple[Stage | None, list[Piece]]], door: int, by: int) -> Template:
    if door < 0 or door > len(groups) or (door == len(groups) and groups[-1][0] is None):
        return draft
    stage, fellows = groups[door] if door < len(groups) else (None, [])
    first = fellows[0].key if fellows and by > 0 else ""
    return place(draft, piece.key, stage=stage.key if stage else "", before=first)


def _after(fellows: list[Piece], at: int) -> str:
    return fellows[at + 1].key if at + 1 < len(fellows) else ""


def _without_stage(draft: Template, key: str) -> Template:
    at = draft.milestones.index(_one(draft.milestones, key))
    left = tuple(stage for stage in draft.milestones if stage.key != key)
    home = left[max(at - 1, 0)].key if left else ""
    items = tuple(replace(piece, stage=home) if piece.stage == key else piece for piece in draft.items)
    return in_order(replace(draft, milestones=left, items=items))
