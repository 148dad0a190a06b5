"""A dossier in words, section by section, in the client's language: the same for the page that is read in a browser and for the paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from babel import Locale
from flask import render_template
from flask_babel import gettext as _

from portal.kernel.clock import now
from portal.kinds.dossier.gathering import Asked, Dossier
from portal.kinds.files.shelf import Entry
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.definition.shape import Type
from portal.models.deliveries import HandOver
from portal.models.item_states import ItemKind, ItemState
from portal.models.people import the_firm
from portal.web import answers, i18n
from portal.web.dossier import said
from portal.web.dossier.blocks import Block, by, in_groups, lines, macro, parts
from portal.web.paper import print_paper, side_of
from portal.web.version_facts import version_facts

Content = dict[str, object]


@dataclass(frozen=True)
class Section:
    """A section with what stands in it."""

    title: str
    blocks: list[Block]


@dataclass(frozen=True)
class FileLine:
    """One file as it stands in the list; `path` leads to it, empty where it is not in the dossier."""

    path: str
    name: str
    told: str
    sha256: str


@dataclass(frozen=True)
class Sheet:
    """A dossier in words."""

    title: str
    firm: str
    sections: list[Section]
    files: list[FileLine]


def sheet_of(dossier: Dossier, paths: Mapping[UUID, str]) -> Sheet:
    """The dossier in the language that is spoken now."""
    sections = (
        Section(_("At a glance"), [_glance(dossier)]),
        Section(_("At the end"), list(_ending(dossier))),
        Section(_("Goals"), list(said.goals(dossier))),
        Section(_("What was agreed"), list(_agreed(dossier))),
        Section(_("What we assumed"), list(said.assumptions(dossier))),
        Section(_("What was decided"), list(_decided(dossier))),
        Section(_("What was sent and answered"), list(_sent(dossier))),
        Section(_("Messages"), list(said.messages(dossier))),
        Section(_("Comments"), list(said.comments(dossier))),
        Section(_("Updates"), list(said.updates(dossier))),
        Section(_("Bad news"), [Block(one.title, parts("bad_news", one.parts)) for one in dossier.news]),
        Section(_("What else was asked"), list(_others(dossier))),
    )
    files = [_file(entry, paths) for entry in dossier.files]
    return Sheet(dossier.project.name, the_firm().name, [one for one in sections if one.blocks], files)


def as_html(sheet: Sheet) -> bytes:
    """To be opened in a browser, from the folder it lies in."""
    return render_template("paper/dossier.html", sheet=sheet, lang=i18n.language(), dir=i18n.direction()).encode()


def as_paper(sheet: Sheet) -> bytes:
    """To be printed and kept."""
    lang = i18n.language()
    side = Locale.parse(lang).text_direction

    def words(text: str) -> dict[str, str]:
        return {"text": text, "side": side_of(text, side)}

    facts = {
        "lang": lang,
        "side": side,
        "firm": words(sheet.firm),
        "title": words(sheet.title),
        "kicker": _("Dossier"),
        "page": _("Page %(n)s of %(all)s", n="{n}", all="{all}"),
        "sections": [
            {
                "title": section.title,
                "blocks": [
                    {
                        "title": words(block.title),
                        "facts": [(name, [words(line) for line in text.splitlines()]) for name, text in block.facts],
                        "lines": [words(line) for line in block.lines],
                    }
                    for block in section.blocks
                ],
            }
            for section in sheet.sections
        ],
        "files_title": _("Files"),
        "files": [(words(one.path or one.name), words(one.told)) for one in sheet.files],
    }
    return print_paper("dossier", facts, at=now(), to_keep=True)


def _glance(dossier: Dossier) -> Block:
    project, closing = dossier.project, dossier.closing
    facts = [(_("Client"), dossier.client.name), (_("Looked after by"), f"{dossier.name(project.lead_id)}, {the_firm().name}")]
    if project.starts_on:
        facts.append((_("Began"), i18n.iso_day(project.starts_on.isoformat())))
    if closing:
        facts.append((_("Closed"), i18n.stamp(closing.at)))
    facts += [(one.title(i18n.language(), dossier.client.language), _days(one.starts_on, one.ends_on)) for one in dossier.milestones]
    facts.append((_("As of"), i18n.stamp(now())))
    return Block(project.name, facts)


def _ending(dossier: Dossier) -> Iterator[Block]:
    closing = dossier.closing
    if closing is None:
        return
    yield Block(_("Thank you"), lines=lines(closing.thanks))
    if closing.made:
        yield Block(_("What was made"), lines=lines(closing.made))
    if closing.next:
        yield Block(_("What happens next"), lines=lines(closing.next))
    if closing.again_on:
        yield Block(_("When we get in touch again"), lines=[f"{i18n.iso_day(closing.again_on.isoformat())}: {closing.again_why}"])


def _agreed(dossier: Dossier) -> Iterator[Block]:
    agreed = dossier.agreed
    facts = [(_("In"), "\n".join(agreed.inside)), (_("Not in"), "\n".join(agreed.outside))]
    facts.append((_("Budget with all changes"), "\n".join(i18n.money(one.amount, one.currency) for one in agreed.costs)))
    facts.append((_("Ready"), i18n.iso_day(agreed.ends_now.isoformat()) if agreed.ends_now else ""))
    facts = [fact for fact in facts if fact[1]]
    if facts:
        yield Block(_("As it stands"), facts)
    for paper in agreed.changes:
        if paper.shown:
            yield Block(paper.shown.title, version_facts(paper.shown))


def _decided(dossier: Dossier) -> Iterator[Block]:
    for one in dossier.asked:
        for version in one.versions:
            yield _version(version, one, dossier)


def _version(version: ApprovalVersion, one: Asked, dossier: Dossier) -> Block:
    shown = version.shown
    facts = [(_("Presented"), by(dossier.name(version.by_id), i18n.stamp(version.presented_at)))]
    if shown.statement:
        facts.append((_("We assume"), "\n".join(filter(None, (shown.statement.assume, shown.statement.because, shown.statement.cost)))))
    facts += [(_("Text"), shown.plain)] if shown.plain else []
    facts += [(_("What changed"), "\n".join(shown.changes))] if shown.changes else []
    facts += version_facts(shown)
    facts += [(_("Files"), "\n".join(file.name for file in shown.files))] if shown.files else []
    facts += [(_("Answer"), _decision(each)) for each in one.decided_on(version)] or [(_("Answer"), _("None"))]
    facts.append((_("Fingerprint (SHA-256)"), in_groups(version.sha256)))
    return Block(_("%(title)s, version %(n)s", title=shown.title, n=version.n), facts)


def _decision(one: Decision) -> str:
    chosen = macro("components/version.html", "choice_words", one.choice.value)
    who = _("%(name)s in place of %(other)s", name=one.who, other=one.behalf) if one.behalf else one.who
    back = _("taken back %(when)s", when=i18n.stamp(one.taken_back_at)) if one.taken_back_at else ""
    return "\n".join(filter(None, (", ".join(filter(None, (chosen, who, i18n.stamp(one.at)))), one.words, back)))


def _sent(dossier: Dossier) -> Iterator[Block]:
    for one in dossier.asked:
        for handed in one.rounds:
            yield _round(handed, one, dossier, last=handed is one.rounds[-1])


def _round(handed: HandOver, one: Asked, dossier: Dossier, *, last: bool) -> Block:
    """What was handed over in one round; answers in full where no newer ones took their place, and all of them in the data."""
    content = cast("Content", json.loads(handed.content))
    facts = [(_("Sent"), by(dossier.name(handed.by_id), i18n.stamp(handed.at)))]
    facts += [(_("Note"), handed.note)] if handed.note else []
    if handed.verdict:
        facts.append((_("Our answer"), handed.reason or _("Accepted")))
    files = cast("list[Content]", content.get("files") or [])
    facts += [(_("Files"), "\n".join(str(file["name"]) for file in files))] if files else []
    if last and one.item.kind is ItemKind.QUESTIONNAIRE:
        for section in cast("list[Content]", content.get("sections") or []):
            facts += [_answer(told) for told in cast("list[Content]", section["answers"])]
    facts.append((_("Fingerprint (SHA-256)"), in_groups(handed.sha256)))
    title = one.item.text("title", i18n.language(), dossier.client.language)
    return Block(title if len(one.rounds) == 1 else _("%(title)s, round %(n)s", title=title, n=handed.round), facts)


def _answer(told: Content) -> tuple[str, str]:
    """A question and its answer, line by line; the rows of a table one after the other."""
    label = str(told["label"])
    if told.get("rows"):
        return label, "\n".join(" · ".join(row) for row in answers.frozen_rows(told))
    if told.get("chosen"):
        chosen = [str(one) for one in cast("list[object]", told["chosen"])]
        ranked = told["type"] == Type.RANKING
        return label, "\n".join(f"{i18n.number(n)}. {one}" for n, one in enumerate(chosen, start=1)) if ranked else "\n".join(chosen)
    if told.get("files"):
        return label, "\n".join(str(file["name"]) for file in cast("list[Content]", told["files"]))
    return label, answers.told_frozen(told) if told.get("value") else _("Not answered")


def _others(dossier: Dossier) -> Iterator[Block]:
    """What was asked and neither sent nor presented: every other thing stands above."""
    words = {ItemState.WAIVED: _("Not needed any more"), ItemState.NOT_AVAILABLE: _("You told us that you do not have it")}
    for one in dossier.asked:
        if not one.rounds and not one.versions:
            title = one.item.text("title", i18n.language(), dossier.client.language)
            yield Block(title, lines=[words.get(one.item.state, _("Open")), *lines(one.item.reason)])


def _file(one: Entry, paths: Mapping[UUID, str]) -> FileLine:
    held = i18n.translated(one.held) if one.held else ""
    told = ", ".join(filter(None, (i18n.size(one.upload.bytes), one.by.name, i18n.day(one.at), held)))
    return FileLine(paths.get(one.upload.id, ""), one.upload.name, told, one.upload.sha256)


def _days(first: object, last: object) -> str:
    return " – ".join(i18n.iso_day(str(one)) for one in (first, last) if one) or "–"
