"""A template as text and back: one spelling for one template, and errors that say where.

Parts at their default are left out, so a new optional part never changes the fingerprint of an older template.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields

from portal.kernel.evidence import canonical, fingerprint
from portal.kernel.refusal import N_
from portal.models.definition.canonical import to_data as definition_data
from portal.models.template.problems import BadTemplate, Problem
from portal.models.template.reading import TemplateReader
from portal.models.template.shape import Need, Piece, Role, Stage, Template, When


def parse(text: str) -> Template:
    """Read a template from JSON; raises BadTemplate with all that is wrong."""
    try:
        data = json.loads(text, parse_constant=_no_number, parse_float=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadTemplate([Problem(N_("This is not readable JSON: %(error)s"), {"error": str(error)})]) from None
    return from_data(data)


def from_data(data: object) -> Template:
    """Read a template from parsed JSON (or YAML); raises BadTemplate with all that is wrong."""
    reader = TemplateReader()
    template = reader.template(data)
    if reader.problems:
        raise BadTemplate(reader.problems)
    return template


def dump(template: Template) -> str:
    """The canonical text: sorted keys, no spaces, strings and integers only."""
    return canonical(to_data(template))


def sha256(template: Template) -> str:
    """The fingerprint of the canonical text (hex)."""
    return fingerprint("template", dump(template))


def to_data(template: Template) -> dict[str, object]:
    """The template as plain JSON data, parts at their default left out."""
    return _lean(
        format=template.format,
        name=dict(template.name),
        summary=dict(template.summary),
        languages=list(template.languages),
        milestones=[_stage_data(stage) for stage in template.milestones],
        items=[_piece_data(piece) for piece in template.items],
        questionnaires={key: definition_data(definition) for key, definition in template.questionnaires.items()},
        roles=[_role_data(role) for role in template.roles],
        reminders=template.reminders,
    )


def _stage_data(stage: Stage) -> dict[str, object]:
    return _lean(key=stage.key, name=dict(stage.name), starts=_when_data(stage.starts), ends=_when_data(stage.ends))


def _when_data(when: When | None) -> dict[str, object] | None:
    return {**_lean(after=when.after), "days": when.days} if when else None


def _role_data(role: Role) -> dict[str, object]:
    return {"key": role.key, "name": dict(role.name), "part": str(role.part)}


def _need_data(need: Need) -> dict[str, object]:
    return _lean(item=need.item, **{"is": str(need.is_)}, question=need.question, value=need.value, why=dict(need.why))


def _piece_data(piece: Piece) -> dict[str, object]:
    plain = {part.name: getattr(piece, part.name) for part in fields(Piece) if part.name not in _OWN_WAY}
    usual = {part.name: part.default for part in fields(Piece)}
    lean: dict[str, object] = {name: value for name, value in plain.items() if value != usual[name]}
    return lean | _lean(
        kind=str(piece.kind),
        title=dict(piece.title),
        why=dict(piece.why),
        help=dict(piece.help),
        due=_when_data(piece.due),
        spec=_plain(piece.spec),
        roles=list(piece.roles),
        needs=[_need_data(need) for need in piece.needs],
    )


_OWN_WAY = frozenset({"kind", "title", "why", "help", "due", "spec", "roles", "needs"})


def _plain(data: object) -> object:
    if isinstance(data, Mapping):
        return {str(name): _plain(part) for name, part in data.items()}
    return [_plain(part) for part in data] if isinstance(data, (list, tuple)) else data


def _lean(**parts: object) -> dict[str, object]:
    return {name: part for name, part in parts.items() if part}


def _no_number(text: str) -> object:
    raise ValueError(f"numbers are whole or written as text, not {text}")
