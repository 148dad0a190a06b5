"""What an item of each kind may say beside its texts, and what of it nobody could meet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import cast

from portal.kernel.refusal import N_
from portal.kernel.words import Words
from portal.models.item_states import ItemKind
from portal.models.template.problems import Problem
from portal.models.template.shape import Piece

COUNTS = ("min_count", "max_count", "max_bytes", "min_bytes", "min_width", "min_pages", "max_pages")
PAIRS = (("min_count", "max_count"), ("min_bytes", "max_bytes"), ("min_pages", "max_pages"))
STATEMENT = ("assume", "because", "cost")
KNOWN: dict[ItemKind, frozenset[str]] = {
    ItemKind.FILES: frozenset({"types", *COUNTS}),
    ItemKind.QUESTIONNAIRE: frozenset({"one_by_one"}),
    ItemKind.APPROVAL: frozenset({"rule"}),
    ItemKind.CONFIRMATION: frozenset({"rule", *STATEMENT}),
}
"""A confirmation may bring its statement along, each part as text by language."""


def spec_problems(piece: Piece, place: str, part: str, file_types: Collection[str] | None) -> Iterator[Problem]:
    """Parts nobody knows, numbers that are none, and limits that nothing can meet."""
    spec = piece.spec
    for name in sorted(set(spec) - KNOWN[piece.kind]):
        yield Problem(N_("%(place)s has a part we do not know: “%(part)s”."), {"place": place, "part": f"spec.{name}"}, part)
    for name in COUNTS:
        if name in spec and not _is_count(spec[name]):
            sentence = N_("%(place)s: “%(part)s” must be a whole number above 0.")
            yield Problem(sentence, {"place": place, "part": f"spec.{name}"}, part)
    for least, most in PAIRS:
        low, high = spec.get(least), spec.get(most)
        if _is_count(low) and _is_count(high) and cast("int", low) > cast("int", high):
            yield Problem(N_("%(place)s wants at least more than at most."), {"place": place}, part)
    if not isinstance(spec.get("one_by_one", True), bool):
        sentence = N_("%(place)s: “%(part)s” must be true or false, not “%(found)s”.")
        yield Problem(sentence, {"place": place, "part": "spec.one_by_one", "found": str(spec["one_by_one"])[:200]}, part)
    if spec.get("rule", "any") not in ("any", "all"):
        sentence = N_("%(place)s: who has to say yes is “any” or “all”.")
        yield Problem(sentence, {"place": place}, part)
    yield from _types(spec.get("types", []), place, part, file_types)
    for name in STATEMENT:
        if not _is_words(spec.get(name, {})):
            sentence = N_("%(place)s: “%(part)s” must be text by language, like en: Hello.")
            yield Problem(sentence, {"place": place, "part": f"spec.{name}"}, part)


def spec_words(piece: Piece) -> Iterator[tuple[str, Words]]:
    """The texts a spec holds, by name."""
    for name in STATEMENT:
        words = piece.spec.get(name)
        if words and _is_words(words):
            yield name, cast("Words", words)


def _types(types: object, place: str, part: str, known: Collection[str] | None) -> Iterator[Problem]:
    if not isinstance(types, (list, tuple)) or not all(isinstance(one, str) for one in types):
        yield Problem(N_("%(place)s: “%(part)s” must be a list."), {"place": place, "part": "spec.types"}, part)
        return
    for one in types if known is not None else ():
        if one not in (known or ()):
            values = {"place": place, "found": str(one), "known": ", ".join(known or ())}
            yield Problem(N_("%(place)s: “%(found)s” is not known here; we know %(known)s."), values, part)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_words(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
