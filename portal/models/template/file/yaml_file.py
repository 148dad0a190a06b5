"""A template file as a template, and the places of what is wrong in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.models.template.canonical import from_data
from portal.models.template.file.checking import Check
from portal.models.template.file.faults import BadFile, Fault, Path
from portal.models.template.file.marked import Marked, load
from portal.models.template.file.outline import LANGUAGES, TEMPLATE
from portal.models.template.problems import BadTemplate, Problem
from portal.models.template.shape import Template


@dataclass(frozen=True)
class TemplateFile:
    """What a file holds, and on which lines."""

    template: Template
    marked: Marked

    def placed(self, problems: Iterable[Problem]) -> list[Fault]:
        """What keeps the template from going out, each at its line, from top to bottom."""
        return sorted((_placed(self.marked, problem) for problem in problems), key=lambda fault: fault.line)


def read(text: str) -> TemplateFile:
    """Read a template file; raises BadFile with all that is wrong."""
    marked = load(text)
    check = Check(marked, language=_first_language(marked.data))
    data = check.read(TEMPLATE, marked.data)
    if check.faults:
        raise BadFile(check.faults)
    try:
        return TemplateFile(from_data(data), marked)
    except BadTemplate as bad:
        raise BadFile(_placed(marked, problem) for problem in bad.problems) from None


def _first_language(data: object) -> str:
    """The language of texts that do not name one."""
    named = data.get("languages") if isinstance(data, dict) else None
    first = named[0] if isinstance(named, list) and named else None
    return first if isinstance(first, str) and first in LANGUAGES else "en"


def _placed(marked: Marked, problem: Problem) -> Fault:
    path = _path(marked.data, problem)
    further = problem.values.get("field") or problem.values.get("part") or ""
    finer = (*path, *further.split(".")) if further else path
    return marked.fault(finer if finer in marked.lines else path, problem.message, **problem.values)


def _path(data: object, problem: Problem) -> Path:
    """The place of a problem ("items.logo") in the file."""
    group, _, key = problem.part.partition(".")
    within = data.get(group) if isinstance(data, dict) else None
    if group == "questionnaires":
        return _question(within, key, problem.question)
    if not key:
        return (group,) if group else ()
    return (group, *_member(within, key))


def _member(within: object, key: str) -> Path:
    """The number of a list's member with this key."""
    members = within if isinstance(within, list) else []
    return tuple(n for n, one in enumerate(members) if isinstance(one, dict) and one.get("key") == key)[:1]


def _question(within: object, key: str, question: str) -> Path:
    path: Path = ("questionnaires", key)
    one = within.get(key) if isinstance(within, dict) else None
    sections = one.get("sections") if isinstance(one, dict) else None
    for n, section in enumerate(sections if isinstance(sections, list) else []):
        asked = section.get("questions") if isinstance(section, dict) else None
        found = _member(asked, question)
        if found:
            return (*path, "sections", n, "questions", *found)
    return path
