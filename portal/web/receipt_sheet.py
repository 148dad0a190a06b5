"""A receipt as a sheet of paper to keep: who decided what on which version, in the client's language and the decider's zone."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from babel import Locale
from flask import get_template_attribute
from flask_babel import gettext as _
from markupsafe import Markup

from portal.kinds.approvals.kind import Receipt
from portal.models.people import the_firm
from portal.web import i18n
from portal.web.letterpress import reading_as
from portal.web.paper import print_paper, side_of
from portal.web.version_facts import version_facts

WORDS, PINS = "components/version.html", "components/pins.txt"  # what says the same on the page


def receipt_sheet(told: Receipt) -> bytes:
    """The receipt as a PDF/A."""
    lang = i18n.spoken(told.shown.language)
    zone = ZoneInfo(str(told.decision.evidence.get("zone") or told.client.zone))
    with reading_as(lang, zone):
        return print_paper("receipt", _facts(told, lang), at=told.decision.taken_back_at or told.decision.at, to_keep=True)


def _facts(told: Receipt, lang: str) -> dict[str, object]:
    firm, side = the_firm(), Locale.parse(lang).text_direction
    files = [(_words(file.name, side), i18n.size(file.bytes), file.sha256) for file in told.shown.files]
    return {
        "lang": lang,
        "side": side,
        "firm": firm.name,
        "client": told.client.name,
        "project": told.project.name,
        "head": _("Receipt"),
        "title": _words(_("%(title)s, version %(n)s", title=told.shown.title, n=told.version.n), side),
        "lines": [(label, _words(text, side)) for label, text in _lines(told)],
        "files_head": _("Files"),
        "files": files,
        "prints": [(label, text) for label, text in _prints(told, firm.name)],
        "page": _("Page %(n)s of %(all)s", n="{n}", all="{all}"),
    }


def _lines(told: Receipt) -> Iterator[tuple[str, str]]:
    decision, version = told.decision, told.version
    evidence = {name: str(value) for name, value in decision.evidence.items()}
    yield _("Answer"), _macro(WORDS, "choice_words", decision.choice.value) if decision.is_live else _("Taken back")
    if decision.is_deemed:
        yield _("What happened"), _macro("components/silence.txt", "deemed", decision.days)
        yield from _silence(told)
        return
    behalf = _("on behalf of %(name)s", name=decision.behalf) if decision.behalf else ""
    yield _("Answered by"), ", ".join(filter(None, (decision.who or _("Somebody"), evidence.get("email", ""), behalf)))
    yield _("Role"), _macro(WORDS, "role_words", evidence.get("role", ""), decision.behalf)
    yield _("When"), i18n.stamp(decision.at)
    if evidence.get("method"):
        ways = (_macro(WORDS, "signed_in_words", evidence["method"]), evidence.get("device", ""))
        yield _("Signed in"), ", ".join(filter(None, ways))
    if decision.proof:
        name = _("and the full name, typed as “%(name)s”", name=evidence["typed_name"]) if evidence.get("typed_name") else ""
        yield _("Proven by"), ", ".join(filter(None, (_macro(WORDS, "proof_words", decision), name)))
    if decision.taken_back_at:
        yield _("Taken back"), i18n.stamp(decision.taken_back_at)
    if told.heard:
        how = _macro("components/heard.txt", "how", told.heard.heard, told.heard.by.name)
        yield _("Said before"), f"{how} {_('It counts since it was confirmed here.')}"
    yield _("Presented"), i18n.stamp(version.presented_at)
    if told.seen_at:
        yield _("First opened by them"), i18n.stamp(told.seen_at)
    if decision.words:
        yield _("In their words"), decision.words
    if decision.pins:
        yield _("Comments"), _macro(PINS, "lines", decision)
    yield from version_facts(told.shown)
    counts = _macro(WORDS, "meaning", decision.choice.value, version.n, told.yeses, decision.beyond)
    if told.consent:
        yield _macro(WORDS, "consent_label", told.consent), told.consent.text
    yield _("What it means"), counts if decision.is_live else _("This answer was taken back and counts no more.")


def _silence(told: Receipt) -> Iterator[tuple[str, str]]:
    """What there is to say where nobody answered."""
    decision = told.decision
    yield _("Answered by"), _("nobody")
    people = decision.evidence.get("told")
    days = [i18n.iso_day(on) for on in decision.announced_on]
    if isinstance(people, list):
        yield _("Told by email"), ", ".join([*(str(one) for one in people), *days])
    if decision.evidence.get("until"):
        yield _("Day announced"), i18n.iso_day(str(decision.evidence["until"]))
    yield _("When"), i18n.stamp(decision.at)
    if decision.taken_back_at:
        yield _("Taken back"), i18n.stamp(decision.taken_back_at)
    yield _("Presented"), i18n.stamp(told.version.presented_at)
    if told.consent:
        yield _macro(WORDS, "consent_label", told.consent), told.consent.text
    counts = _macro(WORDS, "meaning", decision.choice.value, told.version.n)
    yield _("What it means"), counts if decision.is_live else _("This was objected to and counts no more.")


def _prints(told: Receipt, firm: str) -> Iterator[tuple[str, str]]:
    yield _("Fingerprint of the version (SHA-256)"), told.version.sha256
    if told.consent:
        yield _("Fingerprint of the text agreed to (SHA-256)"), told.consent.sha256
    if told.entry:
        yield _("Entry %(number)s in the record of %(firm)s", number=told.entry.seq, firm=firm), told.entry.hash


def _words(text: str, side: str) -> dict[str, str]:
    """A text with the side it begins on."""
    return {"text": text, "side": side_of(text, side)}


def _macro(template: str, name: str, *said: object) -> str:
    """What a macro of the page says, as plain text."""
    return str(Markup(get_template_attribute(template, name)(*said)).striptags())  # noqa: S704 - words of ours, which leave as text
