"""Everything we look at when a file arrives: what it is, whether we take it, and what the client and staff should know about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from portal.storage import sandbox
from portal.storage.checks import Code, Finding, blocking, check
from portal.storage.formats import OPENED, UNKNOWN, FileType

MOST_FETCHED = 256 * 1024 * 1024  # what is not on this machine is fetched to be opened only up to here
_WORK = "portal.storage.looking:look"


@dataclass(frozen=True)
class Rules:
    """What is asked of a file: families of types (none: any), bytes, the width of pictures, pages of PDFs; 0 asks for nothing."""

    types: tuple[str, ...] = ()
    min_bytes: int = 0
    min_width: int = 0
    min_pages: int = 0
    max_pages: int = 0


@dataclass(frozen=True)
class Looked:
    """What we saw: the type, what speaks against the file or should be known, and its measures (`width`, `height`, `pages`)."""

    kind: FileType = UNKNOWN
    findings: list[Finding] = field(default_factory=list)
    seen: dict[str, object] = field(default_factory=dict)

    @property
    def refusal(self) -> Finding | None:
        """Why we do not take it."""
        return next(iter(blocking(self.findings)), None)


def look_into(stream: BinaryIO, name: str, *, size: int, rules: Rules) -> Looked:
    """Look into received bytes, first at their ends, then whole in the sandbox where somebody knows how to open them."""
    kind, findings = check(stream, name, wanted=rules.types)
    if blocking(findings):
        return Looked(kind, findings)
    facts = _opened(stream, kind, size=size)
    more = [*_troubles(facts, name), *_measured(facts, name, size=size, rules=rules)]
    seen = {key: facts[key] for key in ("width", "height", "pages") if isinstance(facts.get(key), int)}
    return Looked(kind, findings + more, seen)


def _opened(stream: BinaryIO, kind: FileType, *, size: int) -> dict[str, object]:
    """What the sandbox says of it."""
    if kind.extension not in OPENED or (size > MOST_FETCHED and not sandbox.is_file(stream)):
        return {}
    stream.seek(0)
    try:
        return sandbox.run(_WORK, stream, told={"kind": kind.extension})
    except sandbox.Ended as ended:
        return {"trouble_found": "not_opened", "why": ended.trouble}


def _troubles(facts: dict[str, object], name: str) -> list[Finding]:
    found = facts.get("trouble_found")
    if not found:
        return []
    code = Code(str(found))
    told = {key: value for key, value in facts.items() if key in ("width", "height", "unpacked", "why") and isinstance(value, (int, str))}
    return [Finding(code, {"name": name, **told}, blocks=code in (Code.BOMB, Code.TOO_MANY_PIXELS))]


def _measured(facts: dict[str, object], name: str, *, size: int, rules: Rules) -> list[Finding]:
    """What is less, or more, than was asked for. None of it keeps a file out: the client may know better."""
    found: list[Finding] = []
    if size < rules.min_bytes:
        found.append(Finding(Code.TOO_SMALL, {"name": name, "bytes": size, "limit": rules.min_bytes}, blocks=False))
    width, pages = facts.get("width"), facts.get("pages")
    if isinstance(width, int) and width < rules.min_width:
        found.append(Finding(Code.NARROW, {"name": name, "width": width, "wanted_px": rules.min_width}, blocks=False))
    if isinstance(pages, int) and pages < rules.min_pages:
        found.append(Finding(Code.FEW_PAGES, {"name": name, "pages": pages, "wanted_pages": rules.min_pages}, blocks=False))
    if isinstance(pages, int) and 0 < rules.max_pages < pages:
        found.append(Finding(Code.MANY_PAGES, {"name": name, "pages": pages, "wanted_pages": rules.max_pages}, blocks=False))
    return found
