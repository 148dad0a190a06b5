"""What staff type about clients, the people who speak for them, and a first project."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, FieldList, FormField, IntegerField, SelectField, StringField, TelField, TextAreaField
from wtforms import Form as Rows
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation

from portal.features.clients import actions
from portal.kernel.viewer import Role
from portal.kinds import reading
from portal.kinds.plans import planning
from portal.kinds.questionnaires.kind import published
from portal.models.item_states import ItemKind
from portal.models.people import Person
from portal.web.choices import language_choices, zone_choices
from portal.web.forms import DayField, Form
from portal.web.i18n import day
from portal.web.working_days import AS_THE_FIRM, CalendarForm

MOST_STAGES, MOST_ASKS = 6, 20
KINDS = {ItemKind.FILES: _l("Files"), ItemKind.APPROVAL: _l("Approval"), ItemKind.CONFIRMATION: _l("Confirmation")}
ROLES = {
    Role.DECIDE: _l("Sends things and decides"),
    Role.CONTRIBUTE: _l("Sends things"),
    Role.WATCH: _l("Only reads along"),
    Role.GUEST: _l("Sees only what is asked of them by name"),
}


class CompanyForm(Form):
    """A client."""

    company = StringField(_l("Company or person"), [InputRequired(_l("Write the client's name.")), Length(max=120)])
    language = SelectField(_l("Language"))
    zone = SelectField(_l("Time zone"))
    lead = SelectField(_l("Who looks after them"))

    def offer(self) -> None:
        """Fill the lists people choose from."""
        self.language.choices = language_choices()
        self.zone.choices = zone_choices()
        self._leads: list[Person] = reading.leads()
        self.lead.choices = [SelectChoice(str(one.id), one.name) for one in self._leads]

    def client(self) -> actions.Company:
        """The client as typed."""
        lead = next(one for one in self._leads if str(one.id) == self.lead.data)
        return actions.Company((self.company.data or "").strip(), self.language.data, self.zone.data, lead)


class KnownClientForm(CompanyForm, CalendarForm):
    """A client, and the days they work on."""

    def days(self) -> actions.Days:
        """The days as typed."""
        region = self.region.data
        return actions.Days(tuple(self.working_days.data or ()), tuple(self.days_off), None if region == AS_THE_FIRM else region)


class PersonForm(Form):
    """Somebody who speaks for a client."""

    name = StringField(_l("Name"), [InputRequired(_l("Write the person's name.")), Length(max=120)])
    email = EmailField(_l("Email address"), [InputRequired(_l("Write an email address, like name@example.com.")), Length(max=254)])
    role = SelectField(_l("What they may do"), default=Role.DECIDE.value)
    language = SelectField(_l("Language"))
    zone = SelectField(_l("Time zone"))
    phone = TelField(_l("Phone"), [Length(max=40)])

    def offer(self) -> None:
        """Fill the lists people choose from."""
        self.language.choices = language_choices()
        self.zone.choices = zone_choices()
        self.role.choices = [SelectChoice(role.value, str(said)) for role, said in ROLES.items()]

    def contact(self) -> actions.Contact:
        """The contact as typed."""
        return actions.Contact(
            name=self.name.data or "",
            email=self.email.data or "" if self.email else "",
            language=self.language.data,
            zone=self.zone.data,
            role=Role(self.role.data),
            phone=self.phone.data or "",
        )


class KnownPersonForm(PersonForm):
    """A contact we know: the address is how they sign in, so it stays."""

    email = None
    called = StringField(_l("How we greet them"), [Length(max=80)])

    def contact(self) -> actions.Contact:
        """The contact as typed."""
        return replace(super().contact(), called=self.called.data or "")


def _named(form: Rows, field: StringField) -> None:
    """Want a name as soon as anything else in the row is filled in; leave an empty row alone."""
    if not (field.data or "").strip():
        if any(f.data for f in form if f.type in ("DayField", "TextAreaField")):
            raise StopValidation(str(_l("Give this a name.")))
        raise StopValidation


class StageRow(Rows):  # type: ignore[misc]
    """One milestone."""

    name = StringField(_l("Milestone"), [_named, Length(max=120)])
    starts_on = DayField(_l("Starts on"), [Optional()])


class AskRow(Rows):  # type: ignore[misc]
    """One thing to ask for."""

    kind = SelectField(_l("Kind"), default=ItemKind.FILES.value)
    title = StringField(_l("What we need"), [_named, Length(max=120)])
    why = TextAreaField(_l("Why we need it"), [Length(max=2000)])
    due_on = DayField(_l("By when"), [Optional()])
    minutes = IntegerField(_l("Minutes"), [Optional(), NumberRange(1, 600, _l("Between 1 and 600."))], default=5)

    def ask(self) -> planning.Ask:
        """The thing as typed; a preview may ask before the kind was checked."""
        offered = {choice.value for choice in self.kind.choices}
        kind, _colon, version = (self.kind.data if self.kind.data in offered else ItemKind.FILES.value).partition(":")
        return planning.Ask(
            kind=ItemKind(kind),
            title=self.title.data or "",
            why=self.why.data or "",
            due_on=self.due_on.data,
            minutes=self.minutes.data or 5,
            questionnaire_version_id=UUID(version) if version else None,
        )


class NewClientForm(CompanyForm):
    """A client, its contact and its first project, on one page."""

    name = StringField(_l("Contact person"), [InputRequired(_l("Write the name of the person we write to.")), Length(max=120)])
    email = EmailField(_l("Email address"), [InputRequired(_l("Write an email address, like name@example.com.")), Length(max=254)])
    project = StringField(_l("Project"), [InputRequired(_l("Give the project a name, like “New website”.")), Length(max=120)])
    starts_on = DayField(_l("Starts on"), [Optional()])
    stages = FieldList(FormField(StageRow), min_entries=3, max_entries=MOST_STAGES)
    asks = FieldList(FormField(AskRow), min_entries=3, max_entries=MOST_ASKS)

    def offer(self) -> None:
        """Fill the lists people choose from, in every row."""
        super().offer()
        kinds = [SelectChoice(kind.value, str(said)) for kind, said in KINDS.items()]
        group = str(_l("Questionnaires"))
        asked = [SelectChoice(f"{ItemKind.QUESTIONNAIRE}:{version.id}", name, optgroup=group) for name, version in published()]
        for row in self.asks:
            row.form.kind.choices = [*kinds, *asked]

    def add_row(self, name: str) -> None:
        """One more row of a list, while there is room."""
        rows: FieldList = self[name]
        if len(rows.entries) < (rows.max_entries or 0):
            rows.append_entry()

    def contact(self) -> actions.Contact:
        """The contact as typed."""
        return actions.Contact(name=self.name.data or "", email=self.email.data or "", language=self.language.data, zone=self.zone.data)

    def plan(self) -> actions.Plan:
        """The first project as typed, without the rows left empty."""
        stages = (row.form for row in self.stages if (row.form.name.data or "").strip())
        asks = (row.form for row in self.asks if (row.form.title.data or "").strip())
        return actions.Plan(
            name=self.project.data or "",
            starts_on=self.starts_on.data,
            stages=tuple(planning.Stage(row.name.data, row.starts_on.data) for row in stages),
            asks=tuple(row.ask() for row in asks),
        )

    def preview(self) -> dict[str, object]:
        """What the client will read on their page, as far as it is typed."""
        plan = self.plan()
        things = [wish for wish in plan.asks if not wish.kind.is_decision]
        steps = [
            {"title": stage.name, "text": day(stage.starts_on), "state": "next" if n else "now"} for n, stage in enumerate(plan.stages)
        ]
        return {
            "first": next(iter((self.name.data or "").split()), ""),
            "project": plan.name,
            "things": things,
            "minutes": sum(wish.minutes for wish in things),
            "later": len(plan.asks) - len(things),
            "steps": steps,
        }

    @property
    def problem_links(self) -> list[tuple[str, str]]:
        """Everything that needs a look, as (id of the field, sentence), in the order of the page."""
        own = [(field.id, str(field.errors[0])) for field in self if field.errors and not isinstance(field.errors[0], dict)]
        rows = [row.form for rows in (self.stages, self.asks) for row in rows]
        return own + [(field.id, str(field.errors[0])) for row in rows for field in row if field.errors]
