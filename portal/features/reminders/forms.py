"""What staff choose about reminders, and the steps of a schedule as they type them."""

from __future__ import annotations

from datetime import time

from flask_babel import format_time
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, IntegerField, SelectField, StringField
from wtforms import Form as Subform
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from portal.kinds.reminders.steps import EVENING, MORNING, Step
from portal.models.reminders import Tone
from portal.web.forms import DayField, Form

NONE, BEFORE, ON, AFTER = "", "before", "on", "after"
TONES = {Tone.FRIENDLY: _l("friendly"), Tone.CLEAR: _l("clear"), Tone.LAST: _l("last call")}
MOST_STEPS, MOST_DAYS = 6, 60


class ChooseForm(Form):
    """Which schedule a project or an item follows."""

    schedule = SelectField(_l("Schedule"))


class StepForm(Subform):  # type: ignore[misc]
    """One step: so many working days before or after the day, at an hour, in a tone."""

    way = SelectField(_l("When"))
    days = IntegerField(_l("Working days"), [Optional(), NumberRange(1, MOST_DAYS, _l("Between 1 and 60."))])
    tone = SelectField(_l("Tone"))
    hour = SelectField(_l("At"), coerce=int)

    def offer(self) -> None:
        """Fill the lists."""
        ways = ((NONE, _("None")), (BEFORE, _("Before")), (ON, _("On the day")), (AFTER, _("After")))
        self.way.choices = [SelectChoice(*each) for each in ways]
        self.tone.choices = [SelectChoice(tone.value, word) for tone, word in TONES.items()]
        self.hour.choices = [SelectChoice(hour, format_time(time(hour), "short")) for hour in range(MORNING.hour, EVENING.hour)]

    @property
    def step(self) -> Step | None:
        """The step as typed, if it is one."""
        if not self.way.data:
            return None
        days = 0 if self.way.data == ON else (self.days.data or 0) * (-1 if self.way.data == BEFORE else 1)
        return Step(days, Tone(self.tone.data), self.hour.data)


class ScheduleForm(Form):
    """A schedule; `day` is only for looking at what would go out."""

    name = StringField(_l("Name"), [DataRequired(_l("Give the schedule a name, like “Gentle”.")), Length(max=40)])
    steps = FieldList(FormField(StepForm), max_entries=MOST_STEPS)
    day = DayField(_l("For something due on"), [Optional()])

    def offer(self, kept: tuple[Step, ...]) -> None:
        """Show the steps that are kept, and room for more."""
        if not self.is_submitted():
            for step in kept:
                way = BEFORE if step.days < 0 else AFTER if step.days else ON
                self.steps.append_entry({"way": way, "days": abs(step.days) or None, "tone": step.tone.value, "hour": step.hour})
        while len(self.steps) < MOST_STEPS:
            self.steps.append_entry({"way": NONE, "tone": Tone.FRIENDLY.value, "hour": 9})
        for entry in self.steps:
            entry.form.offer()

    def validate_steps(self, field: FieldList) -> None:
        """Ask for the number of days where one is needed."""
        for entry in field:
            if entry.form.way.data in (BEFORE, AFTER) and not entry.form.days.data and not entry.form.days.errors:
                entry.form.days.errors = [_("Write how many working days.")]

    def validate(self, extra_validators: object = None) -> bool:
        """Whether everything can be read, the steps too."""
        return bool(super().validate(extra_validators)) and not any(entry.form.days.errors for entry in self.steps)

    @property
    def typed(self) -> tuple[Step, ...]:
        """The steps as typed, the earliest first."""
        steps = (entry.form.step for entry in self.steps)
        return tuple(sorted((step for step in steps if step), key=lambda step: (step.days, step.hour)))

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Every problem, those of the steps with the field they belong to."""
        own = [("", sentence) for sentence in self.form_errors]
        named = [(field.id, str(said)) for field in (self.name, self.day) for said in field.errors]
        own += [(self.steps.id, str(said)) for said in self.steps.errors if isinstance(said, str)]
        return [*own, *named, *((entry.form.days.id, str(said)) for entry in self.steps for said in entry.form.days.errors)]
