"""What a client's files are called when we fetch them: a pattern for each project, such as {client}-{item}-{n}."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from portal.kernel.refusal import N_, Refused
from portal.storage.names import clean_name, split_extension

PLACEHOLDERS = ("client", "project", "item", "n", "date", "version", "name")
TELLING_APART = frozenset({"n", "name"})
_BRACED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Facts:
    """What can stand in a name."""

    client: str
    project: str
    item: str
    n: int
    date: date
    version: int
    original: str


def checked(pattern: str) -> str:
    """The pattern, tidied; refused in words when it cannot name files."""
    pattern = " ".join(pattern.split())
    if not pattern:
        return ""
    used = _BRACED.findall(pattern)
    for word in used:
        if word not in PLACEHOLDERS:
            raise Refused(
                N_("We do not know {%(word)s}. You can use %(known)s."),
                field="naming",
                status=422,
                word=word[:40],
                known=", ".join(f"{{{known}}}" for known in PLACEHOLDERS),
            )
    if re.search(r"[{}]", _BRACED.sub("", pattern)):
        raise Refused(N_("A bracket is not closed. Write placeholders like {item}."), field="naming", status=422)
    if re.search(r'[/\\<>:"|?*]', pattern):
        raise Refused(N_('File names cannot hold any of / \\ < > : " | ? *. Use a hyphen instead.'), field="naming", status=422)
    if not TELLING_APART & set(used):
        raise Refused(N_("Add {n} or {name}, so that no two files are called the same."), field="naming", status=422)
    return pattern


def name_of(pattern: str, facts: Facts) -> str:
    """The name a file gets, always with the ending it came with; without a pattern its own."""
    if not pattern:
        return facts.original
    stem, ending = split_extension(facts.original)
    said = {
        "client": facts.client,
        "project": facts.project,
        "item": facts.item,
        "n": f"{facts.n:02d}",
        "date": facts.date.isoformat(),
        "version": f"v{facts.version}",
        "name": stem,
    }
    filled = _BRACED.sub(lambda found: _part(said.get(found[1], found[0])), pattern)
    return clean_name(filled + ending)


def _part(text: str) -> str:
    """A word as a part of a name: slashes would cut off what stands before them."""
    return re.sub(r"[/\\]", "-", text)[:80]
