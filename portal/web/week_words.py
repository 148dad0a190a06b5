"""A week in words: what happened and what comes next as the lines of an update, in the language that is spoken now."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.kinds.agreed.forecast import Cause
from portal.kinds.news.facts import Decided, Told
from portal.models.approvals import Choice
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.projects import Milestone
from portal.web.i18n import day, listed, speaking

MOST_NAMES = 5


def composed(told: Told) -> dict[str, str]:
    """The parts of an update as the facts alone would write them, in the client's language."""
    with speaking(told.client.language):
        parts = {
            "done": _done(told),
            "nothing": (),
            "next": _next(told),
            "risks": _risks(told),
            "theirs": _theirs(told),
            "ours": _ours(told),
            "moved": _moved(told),
            "assumed": _assumed(told),
        }
        return {name: "\n".join(lines) for name, lines in parts.items()}


def _done(told: Told) -> Iterator[str]:
    for item in told.accepted:
        yield _("“%(thing)s” is here and fine.", thing=_title(item, told))
    for one in told.decided:
        yield _decision(one)
    if told.given:
        names = told.given[:MOST_NAMES]
        more = len(told.given) - len(names)
        names += [ngettext("%(num)s more", "%(num)s more", more)] if more else []
        yield ngettext("From us: one file, %(names)s.", "From us: %(num)s files, %(names)s.", len(told.given), names=listed(names))
    for milestone in told.closed:
        yield _("“%(stage)s” is complete.", stage=_stage(milestone, told))


def _decision(one: Decided) -> str:
    said = {"thing": one.shown.title, "n": one.n}
    choice = one.decision.choice
    if choice is Choice.CHANGES:
        return str(_("You asked for changes to “%(thing)s”, version %(n)s.", **said))
    if choice is Choice.DEEMED:
        return str(_("“%(thing)s”, version %(n)s, counts as agreed by silence.", **said))
    if choice is Choice.RIGHT:
        return str(_("You confirmed “%(thing)s”.", **said))
    if choice is Choice.WRONG:
        return str(_("You told us that “%(thing)s” is not right.", **said))
    if choice is Choice.UNKNOWN:
        return str(_("You could not say whether “%(thing)s” is right.", **said))
    return str(_("You approved “%(thing)s”, version %(n)s.", **said))


def _next(told: Told) -> Iterator[str]:
    for milestone in told.coming:
        yield _("“%(stage)s” begins on %(day)s.", stage=_stage(milestone, told), day=day(milestone.starts_on))


def _risks(told: Told) -> Iterator[str]:
    causes = {one.item.id: one for one in (told.forecast.causes if told.forecast else ())}
    for item, days in told.late:
        cause = causes.get(item.id)
        said = {"thing": _title(item, told), "day": day(item.expected_on)}
        if cause:
            yield _("“%(thing)s” was expected on %(day)s; “%(stage)s” waits for it.", stage=_stage(cause.milestone, told), **said)
        elif days:
            yield _("“%(thing)s” was expected on %(day)s.", **said)


def _theirs(told: Told) -> Iterator[str]:
    for item, takes in told.theirs:
        said = {"thing": _title(item, told), "minutes": takes}
        if item.expected_on:
            yield _("%(thing)s, about %(minutes)s min, by %(day)s", day=day(item.expected_on), **said)
        else:
            yield _("%(thing)s, about %(minutes)s min", **said)


def _ours(told: Told) -> Iterator[str]:
    for item in told.ours:
        thing = _title(item, told)
        if item.state is ItemState.SENT:
            yield _("We are checking “%(thing)s”.", thing=thing)
        elif item.state is ItemState.NOT_AVAILABLE:
            yield _("We are looking for another way for “%(thing)s”.", thing=thing)
        else:
            yield _("We are preparing “%(thing)s”.", thing=thing)


def _moved(told: Told) -> Iterator[str]:
    for one in told.moved:
        said = {"stage": _stage(one.milestone, told), "was": day(one.was)}
        if one.milestone.planned_on:
            yield _("“%(stage)s” moves from %(was)s to %(day)s.", day=day(one.milestone.planned_on), **said)
        else:
            yield _("“%(stage)s” was planned for %(was)s and has no day now.", **said)
        if one.reason:
            yield _("Why: %(reason)s", reason=one.reason)
        for item, delay in one.why:
            yield ngettext(
                "“%(thing)s” came %(num)s working day after its date; the plan could take %(slack)s.",
                "“%(thing)s” came %(num)s working days after its date; the plan could take %(slack)s.",
                delay.late,
                thing=_title(item, told),
                slack=delay.slack,
            )
    for shown in (one.shown for one in told.decided if one.decision.choice.is_yes and one.shown.change and one.shown.change.days):
        days = shown.change.days if shown.change else 0
        if days > 0:
            yield ngettext("“%(thing)s” adds %(num)s working day.", "“%(thing)s” adds %(num)s working days.", days, thing=shown.title)
        else:
            yield ngettext("“%(thing)s” saves %(num)s working day.", "“%(thing)s” saves %(num)s working days.", -days, thing=shown.title)
    yield from _outlook(told)


def _assumed(told: Told) -> Iterator[str]:
    for one in told.assumed[:MOST_NAMES]:
        if one.verdict:
            yield _("We assume, and you could not say: %(assume)s", assume=one_line(one.assume))
        else:
            yield _("We assume: %(assume)s", assume=one_line(one.assume))
    more = len(told.assumed) - MOST_NAMES
    if more > 0:
        yield ngettext("And one more thing.", "And %(num)s more things.", more)


def one_line(text: str) -> str:
    """A text of several lines on one."""
    return " ".join(text.split())


def _outlook(told: Told) -> Iterator[str]:
    """The day the project ends as things stand, and what makes it that day."""
    if told.forecast is None:
        return
    if not told.forecast.causes:
        yield _("On plan for %(day)s.", day=day(told.forecast.planned))
        return
    yield _("As things stand: %(day)s instead of %(planned)s.", day=day(told.forecast.day), planned=day(told.forecast.planned))
    for cause in told.forecast.causes[:3]:
        yield _cause(cause, told)


def _cause(cause: Cause, told: Told) -> str:
    said = {"thing": _title(cause.item, told), "stage": _stage(cause.milestone, told)}
    if cause.is_ours:
        words = ngettext(
            "“%(stage)s”: %(num)s working day, because we are not done with “%(thing)s”.",
            "“%(stage)s”: %(num)s working days, because we are not done with “%(thing)s”.",
            cause.days,
            **said,
        )
        return str(words)
    words = ngettext(
        "“%(stage)s”: %(num)s working day, because “%(thing)s” is still to come.",
        "“%(stage)s”: %(num)s working days, because “%(thing)s” is still to come.",
        cause.days,
        **said,
    )
    return str(words)


def _title(item: Item, told: Told) -> str:
    return item.text("title", told.client.language)


def _stage(milestone: Milestone, told: Told) -> str:
    return milestone.title(told.client.language)
