"""Compares what a file says with what a template file holds, and brings it to the one form templates are kept in."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from portal.kernel.refusal import N_
from portal.models.template.file.faults import MOST_FAULTS, Fault, Path
from portal.models.template.file.marked import Marked
from portal.models.template.file.outline import LANGUAGES
from portal.models.template.file.parts import Either, Group, Listed, Named, OneOf, Part, Text, Whole, Words, YesNo


class Check:
    """Reads data by the outline; everything that is wrong is remembered, and the rest read on."""

    def __init__(self, marked: Marked, *, language: str) -> None:
        self.marked, self.language = marked, language
        self.faults: list[Fault] = []

    def read(self, part: Part, data: object, path: Path = ()) -> object:
        """One part in its full form."""
        match part:
            case Words():
                return self._words(data, path)
            case Text():
                return self._text(part, data, path)
            case Whole():
                return self._whole(part, data, path)
            case YesNo():
                return self._yes_no(data, path)
            case OneOf():
                return self._one_of(part.known, data, path)
            case Listed():
                return self._list(part, data, path)
            case Named():
                return self._named(part, data, path)
            case Either():
                return data if isinstance(data, bool) else self._group(part.group, data, path)
            case Group():
                return self._group(part, data, path)
        raise TypeError(part)

    def _group(self, group: Group, data: object, path: Path) -> dict[str, object]:
        if group.short and not isinstance(data, (dict, list)):
            return dict(group.always) | {group.short: self.read(group.parts[group.short], data, path)}
        if not isinstance(data, dict):
            names = ", ".join(sorted(group.must) or list(group.parts)[:4])
            self._wrong(path, N_("Here belongs a group of named parts, like %(names)s, not “%(found)s”."), names=names, found=_shown(data))
            return {}
        for name in data:
            if name not in group.parts:
                self._unknown((*path, name), name, group.parts)
        for name in sorted(name for name in group.must if data.get(name) in (None, "", [], {})):
            about = group.parts[name].about
            self._wrong(path, N_("“%(name)s” is missing here. Add a line “%(name)s: …”."), name=name, about=about)
        read = {name: self.read(part, data[name], (*path, name)) for name, part in group.parts.items() if data.get(name) is not None}
        return dict(group.always) | read

    def _list(self, listed: Listed, data: object, path: Path) -> list[object]:
        if isinstance(data, list):
            return [self.read(listed.each, one, (*path, n)) for n, one in enumerate(data)]
        self._wrong(path, N_("Here belongs a list: each entry on a line of its own, beginning with “- ”."))
        return []

    def _named(self, named: Named, data: object, path: Path) -> dict[str, object]:
        if isinstance(data, dict):
            return {key: self.read(named.each, one, (*path, key)) for key, one in data.items()}
        self._wrong(path, N_("Here belongs a group of named parts, like %(names)s, not “%(found)s”."), names="brief:", found=_shown(data))
        return {}

    def _words(self, data: object, path: Path) -> dict[str, object]:
        if isinstance(data, dict):
            for name in data:
                if name not in LANGUAGES:
                    self._unknown((*path, name), name, LANGUAGES, language=True)
            return {name: self._said(one, (*path, name)) for name, one in data.items() if one not in (None, "")}
        said = self._said(data, path)
        return {self.language: said} if said else {}

    def _said(self, data: object, path: Path) -> str:
        if isinstance(data, str) or (isinstance(data, int) and not isinstance(data, bool)):
            return str(data)
        self._wrong(
            path,
            N_("Here belongs text, or text by language like “en: Hello”. Put “%(found)s” in quotes if it is text."),
            found=_shown(data),
        )
        return ""

    def _text(self, text: Text, data: object, path: Path) -> str:
        if isinstance(data, (dict, list, bool)):
            self._wrong(path, N_("Here belongs one text. Put “%(found)s” in quotes if it is text."), found=_shown(data))
            return ""
        said = str(data)
        if text.pattern and not re.fullmatch(text.pattern, said):
            self._wrong(path, N_("“%(found)s” is not written as it should be. Write it like “%(like)s”."), found=said, like=text.like)
        return said

    def _whole(self, whole: Whole, data: object, path: Path) -> int:
        if isinstance(data, int) and not isinstance(data, bool) and whole.least <= data <= whole.most:
            return data
        sentence = N_("Here belongs a whole number from %(least)s to %(most)s, not “%(found)s”.")
        self._wrong(path, sentence, least=whole.least, most=whole.most, found=_shown(data))
        return whole.least

    def _yes_no(self, data: object, path: Path) -> bool:
        if isinstance(data, bool):
            return data
        self._wrong(path, N_("Write true or false here, not “%(found)s”."), found=_shown(data))
        return False

    def _one_of(self, known: tuple[str, ...], data: object, path: Path) -> str:
        if isinstance(data, str) and data in known:
            return data
        near = self._near(_shown(data), known)
        names = ", ".join(known)
        if near:
            self._wrong(path, N_("“%(found)s” is not known here. Did you mean “%(near)s”?"), found=_shown(data), near=near[0])
        else:
            self._wrong(path, N_("“%(found)s” is not known here. Write one of %(names)s."), found=_shown(data), names=names)
        return known[0]

    def _unknown(self, path: Path, name: str, known: Iterable[str], *, language: bool = False) -> None:
        near = self._near(name, known)
        names = ", ".join(known)
        if language:
            self._wrong(path, N_("“%(name)s” is no language we know here. Write one of %(names)s."), name=name, names=names)
        elif near:
            self._wrong(path, N_("There is no field “%(name)s” here. Did you mean “%(near)s”?"), name=name, near=near[0])
        else:
            self._wrong(path, N_("There is no field “%(name)s” here. We know %(names)s."), name=name, names=names)

    def _near(self, name: str, known: Iterable[str]) -> list[str]:
        """What was probably meant; not looked for any more once there is more wrong than is told."""
        return difflib.get_close_matches(name, known, n=1) if len(self.faults) < MOST_FAULTS else []

    def _wrong(self, path: Path, message: str, **values: object) -> None:
        self.faults.append(self.marked.fault(path, message, **values))


def _shown(data: object) -> str:
    if isinstance(data, (dict, list)):
        return "- …" if isinstance(data, list) else "{…}"
    return {True: "true", False: "false", None: ""}.get(data, str(data)) if isinstance(data, (bool, type(None))) else str(data)
