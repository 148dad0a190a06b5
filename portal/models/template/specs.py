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
RULES = ("any", "some", "all", "order")
DECIDING = {"need": (2, 50), "rounds": (0, 50), "decide_days": (1, 250)}
STATEMENT = ("assume", "because", "cost")
KNOWN: dict[ItemKind, frozenset[str]] = {
    ItemKind.FILES: frozenset({"types", *COUNTS}),
    ItemKind.QUESTIONNAIRE: frozenset({"one_by_one"}),
    ItemKind.APPROVAL: frozenset({"rule", "important", *DECIDING}),
    ItemKind.CONFIRMATION: frozenset({"rule", "important", *DECIDING, *STATEMENT}),
}
"""Decisions say how they are made; a confirmation may bring its statement along, each part as text by language."""


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
    for name in ("one_by_one", "important"):
        if not isinstance(spec.get(name, True), bool):
            sentence = N_("%(place)s: “%(part)s” must be true or false, not “%(found)s”.")
            yield Problem(sentence, {"place": place, "part": f"spec.{name}", "found": str(spec[name])[:200]}, part)
    yield from _deciding(piece, place, part)
    yield from _types(spec.get("types", []), place, part, file_types)
    for name in STATEMENT:
        if not _is_words(spec.get(name, {})):
            sentence = N_("%(place)s: “%(part)s” must be text by language, like en: Hello.")
            yield Problem(sentence, {"place": place, "part": f"spec.{name}"}, part)


def _deciding(piece: Piece, place: str, part: str) -> Iterator[Problem]:
    """A rule nobody knows, some without a number, an order of nobody, and numbers that are none."""
    rule = piece.spec.get("rule", "any")
    if rule not in RULES:
        sentence = N_("%(place)s: who has to say yes is one of %(known)s.")
        yield Problem(sentence, {"place": place, "known": ", ".join(RULES), "part": "spec.rule"}, part)
    if rule == "some" and "need" not in piece.spec:
        sentence = N_("%(place)s: some of those who decide are enough. Say how many.")
        yield Problem(sentence, {"place": place, "part": "spec.rule"}, part)
    if rule != "some" and "need" in piece.spec:
        sentence = N_("%(place)s says how many are enough, but not that some are.")
        yield Problem(sentence, {"place": place, "part": "spec.need"}, part)
    if rule == "order" and len(set(piece.roles)) < 2:
        sentence = N_("%(place)s is decided one after the other. Name at least two roles, in their order.")
        yield Problem(sentence, {"place": place, "part": "spec.rule"}, part)
    for name, (least, most) in DECIDING.items():
        number = piece.spec.get(name, least)
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            values = {"place": place, "part": f"spec.{name}", "least": str(least), "most": str(most), "found": str(number)[:200]}
            yield Problem(N_("%(place)s: “%(part)s” must be a whole number from %(least)s to %(most)s, not “%(found)s”."), values, part)


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
