"""A day counted in working days from something, as three fields."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from portal.kernel.words import best
from portal.models.template.shape import Template, When

AFTER, BEFORE, START = "after", "before", ""


class WhenForm(Form):  # type: ignore[misc]
    """A day counted in working days from something."""

    days = IntegerField(_l("Working days"), [Optional(), NumberRange(0, 2000, _l("Between 0 and 2,000."))])
    way = SelectField(_l("Before or after"))
    since = SelectField(_l("Counted from"))

    def offer(self, draft: Template, *, language: str, but: str) -> None:
        """Offer everything a day can be counted from; a place that is gone stays until another is chosen."""
        self.way.choices = [SelectChoice(AFTER, _("after")), SelectChoice(BEFORE, _("before"))]
        places = [SelectChoice(START, _("the start"))]
        for stage in draft.milestones:
            if stage.key != but:
                places.append(SelectChoice(f"stage:{stage.key}", _("“%(name)s” ends", name=best(stage.name, language))))
        for piece in draft.items:
            if piece.key != but:
                places.append(SelectChoice(f"item:{piece.key}", _("“%(name)s” is accepted", name=best(piece.title, language))))
        self.since.choices = with_kept(places, self.since.data or START)

    def when(self) -> When | None:
        """What was typed; no number means no day."""
        if self.days.data is None:
            return None
        return When(days=-self.days.data if self.way.data == BEFORE else self.days.data, after=self.since.data or START)


def show_when(field: FormField, when: When | None) -> None:
    """Show a day as it stands."""
    form = field.form
    form.days.data = abs(when.days) if when else None
    form.way.data = BEFORE if when and when.days < 0 else AFTER
    form.since.data = when.after if when else START


def with_kept(choices: Iterable[SelectChoice], kept: str) -> list[SelectChoice]:
    """The choices, and what was chosen before though it is there no longer."""
    offered = list(choices)
    gone = kept and all(choice.value != kept for choice in offered)
    return [*offered, SelectChoice(kept, _("Something that was removed"))] if gone else offered
