"""What we can see ourselves in what was sent, before a person looks: type, size, number, the same file again, active content."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from portal.features.review import queries
from portal.kernel.refusal import N_
from portal.kinds.files.kind import FileSpec, spec_of
from portal.models.files import Scan, Upload
from portal.models.items import Item
from portal.storage.checks import SENTENCES, Code
from portal.storage.formats import FORMATS, UNKNOWN, allowed

BY_MIME = {known.mime: known for known in FORMATS}
LABELS = {known.mime: known.label for known in FORMATS}


@dataclass(frozen=True)
class Check:
    """One line: fine, worth a look, or just so. Values stand in the sentence; `size` and `wanted` are told by the page."""

    tone: str
    message: str
    values: dict[str, object] = field(default_factory=dict)


def of_files(item: Item, content: dict[str, object], uploads: dict[str, Upload], languages: tuple[str, ...]) -> list[Check]:
    """All lines for a files item, the ones that need a look first."""
    spec, there = spec_of(item), list(uploads.values())
    lines = [*_count(spec, len(queries.frozen_files(content))), *_sizes(spec, there), *_types(spec, there), *_scans(there)]
    for upload, name, before in queries.same_bytes(there):
        told: dict[str, object] = {"name": upload.name, "then": name, "item": before.text("title", *languages)}
        lines.append(Check("no", N_("“%(name)s” is the same file as “%(then)s”, sent before for “%(item)s”."), told))
    lines += _twins(there)
    return sorted(lines, key=lambda line: ("no", "info", "ok").index(line.tone))


def of_answers(content: dict[str, object]) -> list[Check]:
    """All lines for a questionnaire."""
    sections = cast("list[dict[str, list[object]]]", content.get("sections") or [])
    asked, told = sum(len(section["answers"]) for section in sections), queries.answers_in(content)
    if asked == told:
        return [Check("ok", N_("All %(count)s questions are answered."), {"count": asked})]
    return [Check("info", N_("%(count)s of %(asked)s questions are answered."), {"count": told, "asked": asked})]


def _count(spec: FileSpec, count: int) -> list[Check]:
    if count < spec.min_count:
        return [Check("no", N_("%(count)s files, we asked for %(min)s."), {"count": count, "min": spec.min_count})]
    if spec.min_count > 1:
        tone = "ok" if count == spec.min_count else "info"
        return [Check(tone, N_("%(count)s files, we asked for %(min)s."), {"count": count, "min": spec.min_count})]
    return []


def _sizes(spec: FileSpec, uploads: list[Upload]) -> list[Check]:
    large = [upload for upload in uploads if upload.bytes > spec.max_bytes]
    return [Check("no", N_("“%(name)s” is larger than %(size)s."), {"name": f.name, "size": spec.max_bytes}) for f in large]


def _types(spec: FileSpec, uploads: list[Upload]) -> list[Check]:
    """What each file is, and what we noticed when it arrived; that it came before is told by the caller, with the name it had then."""
    found: list[Check] = []
    fine: list[str] = []
    for upload in uploads:
        remarks = [each for each in upload.findings if each["code"] != Code.DUPLICATE]
        found += [Check("no", SENTENCES[Code(str(each["code"]))], {**each, "name": upload.name}) for each in remarks]
        kind = BY_MIME.get(upload.type, UNKNOWN)
        if not allowed(kind, spec.types):
            found.append(Check("no", SENTENCES[Code.NOT_WANTED], {"name": upload.name, "wanted": list(spec.types)}))
        elif not remarks and kind is not UNKNOWN and kind.label not in fine:
            fine.append(kind.label)
    words = N_("Kinds of files as asked for: %(labels)s.") if spec.types else N_("What is inside is what the names say: %(labels)s.")
    return found + ([Check("ok", words, {"labels": ", ".join(sorted(fine))})] if fine else [])


def _scans(uploads: list[Upload]) -> list[Check]:
    """What the virus scanner said; one word for all of them only where it said the same of all."""
    found = [Check(tone, words, {"name": upload.name}) for upload in uploads for tone, words in (_scan_of(upload),) if words]
    if uploads and all(upload.scan is Scan.CLEAN for upload in uploads):
        return [Check("ok", N_("No virus found."))]
    if any(upload.scan is Scan.NOT_SCANNED for upload in uploads):
        found.append(Check("info", N_("Not checked for viruses.")))
    return found


def _scan_of(upload: Upload) -> tuple[str, str]:
    if upload.is_locked:
        return "no", N_("“%(name)s” contains a virus and is locked.")
    if upload.scan is Scan.INFECTED:
        return "no", N_("A virus was found in “%(name)s”, and one of you released it. Open it with care.")
    if upload.scan is Scan.COULD_NOT:
        return "no", N_("“%(name)s” could not be checked for viruses. Open it with care.")
    if upload.scan is Scan.WAITING:
        return "info", N_("“%(name)s” is still being checked for viruses.")
    return "", ""


def _twins(uploads: list[Upload]) -> list[Check]:
    """The same bytes twice in one hand-over."""
    first: dict[str, Upload] = {}
    lines = []
    for upload in uploads:
        twin = first.setdefault(upload.sha256, upload)
        if twin is not upload:
            lines.append(Check("no", N_("“%(name)s” and “%(then)s” are the same file."), {"name": twin.name, "then": upload.name}))
    return lines
