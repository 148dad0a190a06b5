"""Writes a template as a file people like to read: texts plain where there is one language, what is usual left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from portal.models.template.canonical import to_data
from portal.models.template.file.outline import TEMPLATE
from portal.models.template.file.parts import Either, Group, Listed, Named, OneOf, Part, Text, Words
from portal.models.template.shape import Template

WIDTH = 120
_COUNT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FOREIGN_BREAKS = frozenset("\r\x85\u2028\u2029")
HEAD = "# A template of projects. What may stand here: see template-schema.json.\n"


class Inline(dict[str, object]):
    """A group that fits on one line."""


class InlineList(list[object]):
    """A list that fits on one line."""


class _Dumper(yaml.SafeDumper):
    """Lists indented below their name, long texts as they are read."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: _Dumper, text: str) -> ScalarNode:
    open_ended = text == "\n" or text.endswith("\n\n")  # as a block it would end the document, and the rest could not be read
    style = '"' if open_ended or _FOREIGN_BREAKS & set(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _group(dumper: _Dumper, group: Inline) -> MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", group, flow_style=True)


def _list(dumper: _Dumper, many: InlineList) -> SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", many, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Inline, _group)
_Dumper.add_representer(InlineList, _list)


def write(template: Template) -> str:
    """The whole template as one file."""
    data = _parts(TEMPLATE, {"format": template.format, **to_data(template)}, template.languages)
    blocks = [HEAD]
    for name, part in data.items():
        blocks += _spaced(name, part) if name in ("items", "questionnaires") else [_gap(name), _yaml({name: part})]
    return "".join(blocks)


def _gap(name: str) -> str:
    return "\n" if name in ("roles", "milestones") else ""


def _spaced(name: str, data: object) -> Iterator[str]:
    """A large part with an empty line before each of its members."""
    members = [{key: one} for key, one in data.items()] if isinstance(data, dict) else [[one] for one in data]  # type: ignore[attr-defined]
    yield f"\n{name}:\n"
    for n, member in enumerate(members):
        yield ("\n" if n else "") + _yaml({name: member}).partition("\n")[2]


def _yaml(data: dict[str, object]) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=False)


def _lean(part: Part, data: object, languages: tuple[str, ...]) -> object:
    """One part in its shortest form, in the order of the outline."""
    if isinstance(part, Words) and isinstance(data, dict):
        return data[languages[0]] if len(languages) == 1 and set(data) == set(languages) else _ordered(data, languages)
    if isinstance(part, Text) and isinstance(data, str):
        return int(data) if _COUNT.fullmatch(data) and data != "-0" else data
    if isinstance(part, Listed) and isinstance(data, list):
        members = [_lean(part.each, one, languages) for one in data]
        return InlineList(members) if part.inline else members
    if isinstance(part, Named) and isinstance(data, dict):
        return {key: _lean(part.each, one, languages) for key, one in data.items()}
    if isinstance(part, Either) and isinstance(data, dict):
        return _lean(part.group, data, languages)
    if isinstance(part, Group) and isinstance(data, dict):
        return _short(part, data, languages)
    return data


def _short(group: Group, data: dict[str, object], languages: tuple[str, ...]) -> object:
    lean = _parts(group, data, languages)
    if group.short and set(lean) == {group.short}:
        return lean[group.short]
    return Inline(lean) if group.inline else lean


def _parts(group: Group, data: dict[str, object], languages: tuple[str, ...]) -> dict[str, object]:
    """The parts that say something, in the order of the outline."""
    said = {name: part for name, part in group.parts.items() if name in data and not (isinstance(part, OneOf) and part.usual == data[name])}
    return {name: _lean(part, data[name], languages) for name, part in said.items()}


def _ordered(words: dict[str, object], languages: tuple[str, ...]) -> dict[str, object]:
    """Texts in the order of the template's languages."""
    names = [*(name for name in languages if name in words), *(name for name in words if name not in languages)]
    return {name: words[name] for name in names}
