"""The published JSON schema of template files, from the same outline that reads and writes them."""

from __future__ import annotations

import json

from portal.models.template.file.outline import LANGUAGES, TEMPLATE
from portal.models.template.file.parts import Either, Group, Listed, Named, OneOf, Part, Text, Whole, Words, YesNo


def schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def schema() -> dict[str, object]:
    """The schema as data (draft 2020-12)."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A template of projects"}
    return {**head, **_part(TEMPLATE), "$defs": {"words": _words()}}


def _part(part: Part) -> dict[str, object]:
    about = {"description": part.about} if part.about else {}
    return about | _shape(part)


def _shape(part: Part) -> dict[str, object]:
    match part:
        case Words():
            return {"$ref": "#/$defs/words"}
        case Text():
            return {"type": ["string", "integer"]} | ({"pattern": f"^(?:{part.pattern})$"} if part.pattern else {})
        case Whole():
            return {"type": "integer", "minimum": part.least, "maximum": part.most}
        case YesNo():
            return {"type": "boolean"}
        case OneOf():
            return {"type": "string", "enum": [str(word) for word in part.known]}
        case Listed():
            return {"type": "array", "items": _part(part.each)}
        case Named():
            return {"type": "object", "additionalProperties": _part(part.each)}
        case Either():
            return {"anyOf": [{"type": "boolean"}, _part(part.group)]}
        case Group():
            return _group(part)
    raise TypeError(part)


def _group(group: Group) -> dict[str, object]:
    parts = {name: _part(part) for name, part in group.parts.items()}
    whole: dict[str, object] = {"type": "object", "properties": parts, "additionalProperties": False}
    if group.must:
        whole["required"] = sorted(group.must)
    return {"anyOf": [_shape(group.parts[group.short]), whole]} if group.short else whole


def _words() -> dict[str, object]:
    texts = {language: {"type": ["string", "integer", "null"]} for language in LANGUAGES}
    by_language = {"type": "object", "properties": texts, "additionalProperties": False}
    return {"description": "Text: plain in the first language, or by language.", "anyOf": [{"type": ["string", "integer"]}, by_language]}
