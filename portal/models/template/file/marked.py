"""Reads YAML into plain data and remembers on which line each part stands. No tags, no aliases, nothing deep or large.

Only `true`, `false`, whole numbers and nothing are more than text: a day, a time, "yes" and "no" stay as they were written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from portal.kernel.refusal import N_
from portal.models.template.file.faults import BadFile, Fault, Path, field_name

LARGEST = 1_000_000
DEEPEST = 24
MOST_PARTS = 50_000
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_WORDS: dict[str, bool | None] = {"true": True, "True": True, "false": False, "False": False, "null": None, "~": None, "": None}
UNWRITABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class Marked:
    """Plain data, and the line of every part of it."""

    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line a part stands on, or, where it is missing, the one it would belong to."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path, message: str, **values: object) -> Fault:
        """What is wrong with a part."""
        return Fault(self.line(path), field_name(self.data, path), message, {name: str(value)[:200] for name, value in values.items()})


def load(text: str) -> Marked:
    """Read one document; raises BadFile."""
    text = text.removeprefix("\ufeff")
    if len(text) > LARGEST:
        most = f"{LARGEST:,}"
        raise BadFile(
            [Fault(1, "", N_("The file is larger than %(most)s characters. Leave out what the project does not need."), {"most": most})]
        )
    strange = UNWRITABLE.search(text)
    if strange:
        line, code = text.count("\n", 0, strange.start()) + 1, f"U+{ord(strange.group()):04X}"
        raise BadFile(
            [
                Fault(
                    line, "", N_("There is a character that no text has (%(code)s). Remove it, and save the file as UTF-8."), {"code": code}
                )
            ]
        )
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise BadFile([*builder.faults, _unreadable(error)]) from None
    except yaml.YAMLError as error:
        raise BadFile([Fault(1, "", N_("This cannot be read as YAML: %(problem)s."), {"problem": str(error)[:200]})]) from None
    return builder.done()


def _unreadable(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    sentence = N_(
        "This cannot be read as YAML: %(problem)s. Look at the indentation, the colons and the quotes here and on the line above."
    )
    return Fault(mark.line + 1 if mark else 1, "", sentence, {"problem": error.problem or error.context or ""})


@dataclass
class _Open:
    """A list or a group that is being read."""

    into: dict[str, object] | list[object]
    path: Path
    key: str | None = None
    waits_for_value: bool = False


class _Builder:
    """Builds plain data from what the parser meets."""

    def __init__(self) -> None:
        self.marked = Marked()
        self.faults: list[Fault] = []
        self.open: list[_Open] = []
        self.parts, self.documents = 0, 0

    def take(self, event: Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, DocumentStartEvent):
            self._document(line)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self.open.pop()
        elif isinstance(event, NodeEvent):
            self._limits(line)
            self._plainly(event, line)
            self._node(event, line)

    def done(self) -> Marked:
        if not self.parts:
            self.faults.append(Fault(1, "", N_("There is nothing in here yet.")))
        if self.faults:
            raise BadFile(self.faults)
        return self.marked

    def _document(self, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            raise BadFile([*self.faults, Fault(line, "", N_("A second document begins here. One file holds one template."))])

    def _limits(self, line: int) -> None:
        self.parts += 1
        if len(self.open) > DEEPEST or self.parts > MOST_PARTS:
            raise BadFile(
                [*self.faults, Fault(line, "", N_("There is more here than a template can hold. Nothing after this line was read."))]
            )

    def _plainly(self, event: NodeEvent, line: int) -> None:
        """Nothing that stands for something else."""
        if event.anchor is not None:
            sentence = N_("“&” and “*” repeat a part by a name, which is not read here. Write the text out.")
            self.faults.append(Fault(line, self._here(), sentence))
        tag = getattr(event, "tag", None)
        if tag is not None:
            sentence = N_("“%(tag)s” is a tag, which is not read here. Remove it.")
            self.faults.append(Fault(line, self._here(), sentence, {"tag": str(tag)[:60]}))

    def _node(self, event: NodeEvent, line: int) -> None:
        top = self.open[-1] if self.open else None
        if top and isinstance(top.into, dict) and not top.waits_for_value:
            self._key(top, event, line)
            return
        value, path = _value(event), self._place(top)
        self.marked.lines.setdefault(path, line)
        self._put(top, value)
        if isinstance(value, (dict, list)):
            self.open.append(_Open(value, path))

    def _key(self, group: _Open, event: NodeEvent, line: int) -> None:
        group.waits_for_value, group.key = True, None
        if not isinstance(event, ScalarEvent):
            raise BadFile(
                [*self.faults, Fault(line, self._here(), N_("A name belongs here, like “title:”. If this is text, put it in quotes."))]
            )
        if event.value in group.into:
            sentence = N_("“%(name)s” stands here twice. Keep one of them.")
            self.faults.append(Fault(line, self._here(), sentence, {"name": event.value[:60]}))
            return
        group.key = event.value
        self.marked.lines[(*group.path, event.value)] = line

    def _place(self, top: _Open | None) -> Path:
        if top is None:
            return ()
        return (*top.path, len(top.into)) if isinstance(top.into, list) else (*top.path, top.key or "")

    def _put(self, top: _Open | None, value: object) -> None:
        if top is None:
            self.marked.data = value
        elif isinstance(top.into, list):
            top.into.append(value)
        else:
            top.waits_for_value = False
            if top.key is not None:
                top.into[top.key] = value

    def _here(self) -> str:
        return field_name(self.marked.data, self.open[-1].path) if self.open else ""


def _value(event: NodeEvent) -> object:
    if isinstance(event, CollectionStartEvent):
        empty: dict[str, object] | list[object] = {} if isinstance(event, MappingStartEvent) else []
        return empty
    if isinstance(event, AliasEvent) or not isinstance(event, ScalarEvent):
        return None
    text: str = event.value
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text
