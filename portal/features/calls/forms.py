"""What people say about calls."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.models.people import Person
from portal.models.phone_rules import Calls, PhoneRules, rules_of
from portal.web.choices import language_choices, zone_choices
from portal.web.forms import Form

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
