"""A sheet of clients looked through before anything is written: every row becomes a beginning, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.features.clients import actions, queries
from portal.features.clients.beginning import Beginning
from portal.features.clients.sheet import MOST_LETTERS, Flaw, Row, day_of
from portal.features.clients.tongues import language_of
from portal.kernel.addresses import canonical_address
from portal.kernel.refusal import N_, Refused
from portal.kernel.words import best
from portal.kinds.plans.templates import read_template
from portal.models.clients import Client, sort_key
from portal.models.people import Person
from portal.models.templates import ProjectTemplate, TemplateVersion

YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Usual:
    """What holds for every row that says nothing else."""

    template: str
    starts_on: date
    zone: str
    lead: Person
    language: str
    languages: Mapping[str, str]
    templates: Sequence[tuple[ProjectTemplate, TemplateVersion]]


@dataclass(frozen=True)
class Checked:
    """One row, what would begin, and what is wrong with it."""

    row: Row
    flaws: tuple[Flaw, ...]
    wish: Beginning | None = None
    template: str = ""


@dataclass
class _Looked:
    """What was seen so far, and what the database knows."""

    clients: Mapping[str, Client]
    people: Mapping[str, Person]
    lines: dict[str, int] = field(default_factory=dict)


def check(rows: Sequence[Row], usual: Usual) -> list[Checked]:
    """Every row with its problems; the database is asked twice, however many rows there are."""
    names = {sort_key(row["company"]) for row in rows if row["company"]}
    addresses = {_canonical(row["email"]) for row in rows} - {""}
    looked = _Looked(queries.clients_named(names), queries.people_at(addresses))
    return [_checked(row, usual, looked) for row in rows]


def _checked(row: Row, usual: Usual, looked: _Looked) -> Checked:
    flaws = [*_names(row, looked), *_address(row, looked)]
    language = _language(row, usual)
    if not language:
        known = ", ".join(usual.languages)
        flaws.append(
            Flaw(N_("“%(language)s” is no language we know. Write one of %(known)s."), {"language": row["language"], "known": known})
        )
    wanted = sort_key(row["template"])
    found = next(((t, v) for t, v in usual.templates if (sort_key(t.name) == wanted if wanted else str(t.id) == usual.template)), None)
    if found is None:
        flaws.append(Flaw(N_("There is no published template called “%(template)s”."), {"template": row["template"]}))
    starts_on = day_of(row["start"]) if row["start"] else usual.starts_on
    if starts_on is None or starts_on.year not in YEARS:
        flaws.append(Flaw(N_("“%(day)s” is no day we can read. Write it like 2026-10-05."), {"day": row["start"]}))
    flaws += [_too_long(name) for name, cell in row.cells.items() if len(cell) > MOST_LETTERS]
    if flaws or found is None or starts_on is None or not language:
        return Checked(row, tuple(flaws))
    company = actions.Company(row["company"], language, usual.zone, usual.lead)
    contact = actions.Contact(row["person"], row["email"], language, usual.zone, phone=row["phone"][:40])
    template = read_template(found[1].document)
    project = row["project"] or best(template.name, language, *template.languages)
    return Checked(row, (), Beginning(company, contact, found[1], project, starts_on), found[0].name)


def _names(row: Row, looked: _Looked) -> list[Flaw]:
    flaws = [Flaw(N_("The %(column)s is missing."), {"column": name}) for name in ("company", "person", "email") if not row[name]]
    key = sort_key(row["company"])
    if key in looked.clients:
        flaws.append(Flaw(N_("%(name)s is a client already."), {"name": looked.clients[key].name}))
    if key and key in looked.lines:
        flaws.append(Flaw(N_("This company stands on line %(line)s already."), {"line": looked.lines[key]}))
    looked.lines.setdefault(key, row.line)
    return flaws


def _address(row: Row, looked: _Looked) -> list[Flaw]:
    if not row["email"]:
        return []
    address = _canonical(row["email"])
    if not address:
        return [Flaw(N_("“%(email)s” is no email address."), {"email": row["email"]})]
    person = looked.people.get(address)
    if person and person.is_staff:
        return [Flaw(N_("%(name)s works here. A staff address cannot be a contact; use another one."), {"name": person.name})]
    if person and person.disabled_at:
        return [Flaw(N_("This address was closed. Use another one."))]
    return []


def _canonical(email: str) -> str:
    try:
        return canonical_address(email)
    except Refused:
        return ""


def _language(row: Row, usual: Usual) -> str:
    said = row["language"].casefold()
    if not said:
        return language_of(row["email"], otherwise=usual.language)
    return next((code for code, name in usual.languages.items() if said in (code, name.casefold())), "")


def _too_long(column: str) -> Flaw:
    return Flaw(N_("The %(column)s is too long: at most %(most)s letters."), {"column": column, "most": MOST_LETTERS})
