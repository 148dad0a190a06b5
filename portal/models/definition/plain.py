"""Reads parts of plain data into what they should be, and lets nothing wrong pass unsaid."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from portal.kernel.refusal import N_
from portal.kernel.words import Words

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
Kind = TypeVar("Kind", bound=StrEnum)


class PlainReader(ABC):
    """Reads every part it can; what it cannot read it names and takes as a default, so that one look shows everything."""

    @abstractmethod
    def _wrong(self, message: str, **values: object) -> None:
        """Remember what is wrong at the place that is being read."""

    def _parts(self, data: object, known: Iterable[object]) -> dict[str, object]:
        if not isinstance(data, dict):
            self._wrong(N_("%(place)s: here belongs a group of named parts, not “%(found)s”."), found=data)
            return {}
        for name in sorted(set(map(str, data)) - set(map(str, known))):
            self._wrong(N_("%(place)s has a part we do not know: “%(part)s”."), part=name)
        return data

    def _words(self, data: object, part: str) -> Words:
        if data is None:
            return {}
        if isinstance(data, dict) and all(str(tongue).isascii() and is_sound(said) for tongue, said in data.items()):
            return {str(tongue): said for tongue, said in data.items() if said}
        self._wrong(N_("%(place)s: “%(part)s” must be text by language, like en: Hello."), part=part)
        return {}

    def _text(self, data: object, part: str) -> str:
        if isinstance(data, int) and not isinstance(data, bool):
            return str(data)
        if is_sound(data):
            return str(data)
        self._wrong(N_("%(place)s: “%(part)s” must be text or a whole number."), part=part)
        return ""

    def _yes_or_no(self, data: object, part: str, *, usual: bool) -> bool:
        if isinstance(data, bool):
            return data
        self._wrong(N_("%(place)s: “%(part)s” must be true or false, not “%(found)s”."), part=part, found=data)
        return usual

    def _stable(self, data: object) -> str:
        if isinstance(data, str) and KEY.fullmatch(data):
            return data
        self._wrong(N_("%(place)s: a key is made of small letters, digits and _, and begins with a letter, not “%(found)s”."), found=data)
        return ""

    def _one_of(self, kind: type[Kind], data: object) -> Kind:
        for one in kind:
            if one == data:
                return one
        known = ", ".join(kind)
        self._wrong(N_("%(place)s: “%(found)s” is not known here; we know %(known)s."), found=data, known=known)
        return next(iter(kind))


def named(values: dict[str, object]) -> dict[str, str]:
    """Values for a message, none of them endless."""
    return {name: "" if value is None else str(value)[:200] for name, value in values.items()}


def is_sound(text: object) -> bool:
    """Whether it is text that both databases keep."""
    return isinstance(text, str) and "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
