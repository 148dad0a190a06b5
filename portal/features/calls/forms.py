"""What people say about calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.kernel.refusal import Refused
from portal.kinds.calls.asking import Wish
from portal.models.people import Person
from portal.models.phone_rules import Calls, PhoneRules, rules_of
from portal.web.choices import language_choices, zone_choices
from portal.web.forms import NOT_NEAR, Form, is_near

HOW = [
    SelectChoice(Calls.ANY.value, _l("Any time you need me")),
    SelectChoice(Calls.HOURS.value, _l("Between these hours")),
    SelectChoice(Calls.BAD_NEWS.value, _l("Only if something goes wrong")),
    SelectChoice(Calls.NEVER.value, _l("Never, please write")),
]
NO_TIME = _l("Write a time, like 09:00.")


class RulesForm(Form):
    """How somebody wants to be called."""

    phone = StringField(_l("Number"), [Length(max=40)])
    calls = RadioField(_l("When may we call?"), [InputRequired(_l("Choose one."))], choices=HOW)
    start = TimeField(_l("From"), [InputRequired(NO_TIME)])
    end = TimeField(_l("Until"), [InputRequired(NO_TIME)])
    zone = SelectField(_l("Time zone"), choices=zone_choices)
    language = SelectField(_l("Language"), choices=language_choices)

    @classmethod
    def of(cls, person: Person) -> RulesForm:
        """The form as it is kept."""
        rules = rules_of(person)
        kept = {"phone": person.phone, "calls": rules.calls.value, "start": rules.start, "end": rules.end}
        form: RulesForm = cls(data={**kept, "zone": rules.zone or person.zone, "language": rules.language or person.language})
        return form

    def rules(self, person: Person) -> PhoneRules:
        """The rules as typed; a zone or language that is the person's own follows theirs."""
        zone = "" if self.zone.data == person.zone else self.zone.data
        language = "" if self.language.data == person.language else self.language.data
        return PhoneRules(Calls(self.calls.data), self.start.data, self.end.data, zone, language)


class AskForm(Form):
    """Asking to be called: what about, and when it would suit."""

    about = TextAreaField(_l("What is it about?"), [Length(max=1000)])
    slot_1 = DateTimeLocalField(_l("First choice"), [Optional()])
    slot_2 = DateTimeLocalField(_l("Second choice"), [Optional()])
    slot_3 = DateTimeLocalField(_l("Third choice"), [Optional()])
    phone = StringField(_l("Number"), [Length(max=40)])

    def wish(self, zone: str) -> Wish:
        """What was asked for, with times as the clocks of a zone show them."""
        here = ZoneInfo(zone)
        typed = [slot.data for slot in (self.slot_1, self.slot_2, self.slot_3) if slot.data]
        if not all(is_near(slot) for slot in typed):
            raise Refused(NOT_NEAR, field="slot_1", status=422)
        slots = [slot.replace(tzinfo=here).astimezone(UTC) for slot in typed]
        return Wish(self.about.data or "", slots, self.phone.data or "")


class FixForm(Form):
    """Which of the proposed times one of us takes."""

    slot = RadioField(_l("Which time do you take?"), [InputRequired(_l("Choose a time."))], validate_choice=False)

    def offer(self, slots: Sequence[tuple[datetime, str]]) -> None:
        """Fill the list of times."""
        self.slot.choices = [SelectChoice(slot.isoformat(), words) for slot, words in slots]

    @property
    def chosen(self) -> datetime:
        """The time that was chosen; nonsense is a time nobody proposed."""
        try:
            return datetime.fromisoformat(self.slot.data or "")
        except ValueError:
            return datetime.min.replace(tzinfo=UTC)


class DeclineForm(Form):
    """Why there is no call."""

    answer = TextAreaField(_l("Your answer"), [Length(max=2000)])


class NoteForm(Form):
    """What was said."""

    summary = TextAreaField(_l("What did you agree on?"), [Length(max=4000)])
    note = TextAreaField(_l("Only for us"), [Length(max=1000)])


class SettleForm(Form):
    """Whether a summary is right."""

    words = TextAreaField(_l("What was different?"), [Length(max=4000)])
