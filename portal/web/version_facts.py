"""What a version says beside its text, as names and words: for letters, receipts and papers."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, get_template_attribute
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from portal.models.snapshots import Change, Scope, Snapshot
from portal.web import i18n

EFFECTS = "components/effects.txt"


def init(app: Flask) -> None:
    """Let templates ask for it."""
    app.jinja_env.filters.update(version_facts=version_facts)


def version_facts(shown: Snapshot) -> list[tuple[str, str]]:
    """The scope or the change, what a yes changes about cost and date, and the links."""
    return [*_scope(shown.scope), *_change(shown.change), *_effects(shown), *((link.label, link.address) for link in shown.links)]


def _scope(scope: Scope | None) -> Iterator[tuple[str, str]]:
    if scope is None:
        return
    yield _("In"), "\n".join(scope.inside)
    if scope.outside:
        yield _("Not in"), "\n".join(scope.outside)
    if scope.rounds is not None:
        yield _("Rounds of changes"), ngettext("%(num)s for each thing", "%(num)s for each thing", scope.rounds)
    if scope.budget:
        yield _("Budget"), i18n.money(scope.budget.amount, scope.budget.currency)
    if scope.starts_on:
        yield _("Starts"), i18n.iso_day(scope.starts_on)
    if scope.ends_on:
        yield _("Ready"), i18n.iso_day(scope.ends_on)
    if scope.dates:
        yield _("When something comes late"), _words("dates_rule", scope.dates)


def _change(change: Change | None) -> Iterator[tuple[str, str]]:
    if change is None:
        return
    if change.why:
        yield _("Asked for"), change.why
    if change.adds:
        yield _("Comes in"), "\n".join(change.adds)
    if change.drops:
        yield _("Goes out"), "\n".join(change.drops)


def _effects(shown: Snapshot) -> Iterator[tuple[str, str]]:
    if shown.cost:
        yield _("Cost"), "\n".join(filter(None, (_words("cost_words", shown.cost), _words("sum_words", shown))))
    elif shown.change:
        yield _("Cost"), _("Costs what was agreed")
    if shown.moved:
        yield _("Date"), _words("moved_words", shown.moved)
    elif shown.change:
        yield _("Date"), "\n".join(filter(None, (_words("days_words", shown.change.days), _words("end_words", shown))))


def _words(name: str, told: object) -> str:
    return str(Markup(get_template_attribute(EFFECTS, name)(told)).striptags())  # noqa: S704 - words of ours, which leave as text
