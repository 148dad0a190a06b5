"""Choosing one of the firm's schedules for reminders: for a template, a project or an item."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from portal.kinds.reminders.schedules import schedules
from portal.kinds.reminders.steps import STANDARD


def offer_schedules(field: SelectField, *, kept: str, above: str = "") -> None:
    """The firm's schedules, first to follow whatever is `above`, if something is; a name that is none of ours stays to be seen."""
    names = [name for name in schedules() if name != STANDARD]
    first = [SelectChoice("", above), SelectChoice(STANDARD, schedule_word(STANDARD))]
    if not above:
        first = [SelectChoice(STANDARD if kept == STANDARD else "", schedule_word(STANDARD))]
    gone = kept and kept != STANDARD and kept not in names
    said = [SelectChoice(kept, _("%(name)s (not here; the standard one counts)", name=kept))] if gone else []
    field.choices = [*first, *(SelectChoice(name, name) for name in names), *said]


def schedule_word(name: str) -> str:
    """What a schedule is called."""
    return str(_("Standard")) if name in ("", STANDARD) else name
