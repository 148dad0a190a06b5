"""Two frozen versions beside each other: which words went and came, and which files are new, gone or another by their hash."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from portal.models.snapshots import Change, FrozenFile, Money, Scope, Snapshot

UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # scripts that write words without spaces: letter by letter
WORDS = re.compile(rf"[{UNSPACED}]|\s+|[^\W{UNSPACED}]+|[^\w\s]")
NUMBERS = re.compile(r"\d+")
ALIKE = 0.35  # below this, two lines are two lines and not one that was changed


Term = tuple[Money | str | int | None, Money | str | int | None]


@dataclass(frozen=True)
class Stretch:
    """Words that stand in both versions, or only in one."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Line:
    """One line as it was and as it is; empty where there was or is none."""

    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]

    @property
    def same(self) -> bool:
        """Whether nothing changed in it."""
        return self.before == self.after


@dataclass(frozen=True)
class Pair:
    """A file of the one version beside that of the other; `how` is same, changed, renamed, added or removed."""

    how: str
    before: FrozenFile | None
    after: FrozenFile | None

    @property
    def newest(self) -> FrozenFile:
        """The file as it is, or as it last was."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a pair of nothing")
        return found


@dataclass(frozen=True)
class Compared:
    """All that two versions have in common and not; `passages` says by name which texts they hold, line by line, and `terms` which sums,
    days and numbers are others now, before and after, for the page to write in the reader's language."""

    before: Snapshot
    after: Snapshot
    passages: dict[str, tuple[Line, ...]]
    files: tuple[Pair, ...]
    terms: dict[str, Term]

    @property
    def same(self) -> bool:
        """Whether there is no difference to be seen."""
        effects = (self.before.cost, self.before.moved) == (self.after.cost, self.after.moved)
        effects = effects and not self.terms
        return effects and all(line.same for lines in self.passages.values() for line in lines) and all(f.how == "same" for f in self.files)


def compare(before: Snapshot, after: Snapshot) -> Compared:
    """Put two versions beside each other."""
    old, new = _texts(before), _texts(after)
    passages = {name: tuple(lines(old[name], new[name])) for name in new if old[name] or new[name]}
    was, is_now = _terms(before), _terms(after)
    terms = {name: (was[name], is_now[name]) for name in is_now if was[name] != is_now[name]}
    return Compared(before, after, passages, tuple(pairs(before.files, after.files)), terms)


def lines(before: str, after: str) -> Iterator[Line]:
    """Two texts line by line, and where a line changed, word by word."""
    old, new = _filled(before), _filled(after)
    for how, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if how == "equal":
            yield from (Line((Stretch(text),), (Stretch(text),)) for text in old[a:b])
        else:
            yield from (_line(gone, came) for gone, came in zip_longest(old[a:b], new[c:d], fillvalue=""))


def pairs(before: Sequence[FrozenFile], after: Sequence[FrozenFile]) -> Iterator[Pair]:
    """Files beside each other: the same bytes first, then the same name, then one that differs in numbers only, then the only one of its
    type on either side, then what is left over."""
    left = list(before)
    types = [Counter(file.type for file in files) for files in (before, after)]

    def alone(one: FrozenFile, other: FrozenFile) -> bool:
        return one.type == other.type and all(count[one.type] == 1 for count in types)

    found: dict[int, Pair] = {}
    for how, alike in (("same", _same), ("renamed", _renamed), ("changed", _changed), ("changed", _numbered), ("changed", alone)):
        for n, file in enumerate(after):
            other = next((one for one in left if n not in found and alike(one, file)), None)
            if other:
                left.remove(other)
                found[n] = Pair(how, other, file)
    yield from (found.get(n) or Pair("added", None, file) for n, file in enumerate(after))
    yield from (Pair("removed", file, None) for file in left)


def _same(one: FrozenFile, other: FrozenFile) -> bool:
    return (one.sha256, one.name) == (other.sha256, other.name)


def _renamed(one: FrozenFile, other: FrozenFile) -> bool:
    return one.sha256 == other.sha256


def _changed(one: FrozenFile, other: FrozenFile) -> bool:
    return one.name.casefold() == other.name.casefold()


def _numbered(one: FrozenFile, other: FrozenFile) -> bool:
    """Whether only numbers tell their names apart, as those of the second and the third draft do."""
    return NUMBERS.sub("", one.name.casefold()) == NUMBERS.sub("", other.name.casefold())


def _texts(shown: Snapshot) -> dict[str, str]:
    told = shown.statement
    links = "\n".join(f"{link.label} {link.address}" for link in shown.links)
    statement = (
        {"assume": told.assume, "because": told.because, "cost": told.cost} if told else dict.fromkeys(("assume", "because", "cost"), "")
    )
    return {"title": shown.title, **statement, **_agreement(shown), "text": shown.plain, "links": links}


def _agreement(shown: Snapshot) -> dict[str, str]:
    """What comes into a scope or a change request and what does not, line by line."""
    scope, change = shown.scope or Scope(), shown.change or Change()
    lists = {"inside": scope.inside, "outside": scope.outside, "adds": change.adds, "drops": change.drops}
    return {name: "\n".join(lines) for name, lines in lists.items()}


def _terms(shown: Snapshot) -> dict[str, Money | str | int | None]:
    """The sums, days and numbers of a scope or a change request; what is not there is None."""
    scope, change = shown.scope or Scope(), shown.change or Change()
    days = {"starts": scope.starts_on or None, "ends": scope.ends_on or None, "dates": scope.dates or None, "days": change.days or None}
    return {"budget": scope.budget, "rounds": scope.rounds, **days}


def _filled(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _line(before: str, after: str) -> Line:
    old, new = WORDS.findall(before), WORDS.findall(after)
    match = SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > 4000)
    if not (before and after) or match.ratio() < ALIKE:
        return Line(_stretch(old, changed=True), _stretch(new, changed=True))
    gone: list[Stretch] = []
    came: list[Stretch] = []
    for how, a, b, c, d in match.get_opcodes():
        gone += _stretch(old[a:b], changed=how != "equal")
        came += _stretch(new[c:d], changed=how != "equal")
    return Line(tuple(gone), tuple(came))


def _stretch(words: Sequence[str], *, changed: bool) -> tuple[Stretch, ...]:
    return (Stretch("".join(words), changed),) if words else ()
