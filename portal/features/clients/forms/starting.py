"""What staff type to begin from a template: the names, and what may stay as it is."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.features.clients import actions
from portal.features.clients.beginning import Beginning
from portal.features.clients.forms import CompanyForm
from portal.features.clients.tongues import language_of
from portal.kernel.refusal import N_, Refused
from portal.kernel.words import best
from portal.kinds import reading
from portal.kinds.plans.templates import last_used, published_templates, read_template
from portal.models.clients import Client
from portal.models.people import Person, the_firm
from portal.models.template.shape import Template
from portal.models.templates import ProjectTemplate, TemplateVersion
from portal.web.choices import language_choices
from portal.web.forms import DayField, Form


class FromTemplate(Form):
    """From which template, and when it begins."""

    template = SelectField(_l("Template"))
    starts_on = DayField(_l("Starts on"), [InputRequired(_l("Choose the day on which it begins."))])
    project = StringField(_l("Project"), [Length(max=120)])

    def offer_templates(self) -> None:
        """Fill the list; the one used last stands first chosen."""
        self._rows: list[tuple[ProjectTemplate, TemplateVersion]] = published_templates()
        self.template.choices = [SelectChoice(str(row.id), row.name) for row, _version in self._rows]
        known = {str(row.id) for row, _version in self._rows}
        if self.template.data not in known and not self.is_submitted():
            last = str(last_used())
            self.template.data = last if last in known else str(self._rows[0][0].id) if self._rows else None

    @property
    def version(self) -> TemplateVersion:
        """The version to begin from."""
        chosen = (version for row, version in self._rows if str(row.id) == self.template.data)
        return next(chosen, self._rows[0][1])

    @property
    def drawn(self) -> Template:
        """What that version holds."""
        return read_template(self.version.document)

    @property
    def begins(self) -> date:
        """The day on which it begins, or today as long as none is typed."""
        day: date | None = self.starts_on.data
        return day or the_firm().calendar.today()

    def called(self, language: str) -> str:
        """What the project is called: as typed, else as the template is called in the client's language."""
        return (self.project.data or "").strip() or best(self.drawn.name, language, *self.drawn.languages)


class StartForm(CompanyForm, FromTemplate):
    """A new client from a template."""

    name = StringField(_l("Contact person"), [InputRequired(_l("Write the name of the person we write to.")), Length(max=120)])
    email = EmailField(_l("Email address"), [InputRequired(_l("Write an email address, like name@example.com.")), Length(max=254)])

    def offer(self) -> None:
        """Fill the lists people choose from."""
        super().offer()
        self.offer_templates()
        self.language.choices = [
            SelectChoice("", _("As the country of the email address says")),
            *language_choices(),
        ]

    @property
    def _guess(self) -> str:
        return language_of(self.email.data or "", otherwise=the_firm().language)

    @property
    def tongue(self) -> str:
        """The client's language: as chosen, else as the address says."""
        chosen: str = self.language.data or self._guess
        return chosen

    def beginning(self) -> Beginning:
        """The client as typed."""
        company = self.client()
        lead, zone = company.lead, company.zone
        contact = actions.Contact(name=self.name.data or "", email=self.email.data or "", language=self.tongue, zone=zone)
        whole = actions.Company(company.name, self.tongue, zone, lead)
        return Beginning(whole, contact, self.version, self.called(self.tongue), self.begins)


class StartProjectForm(FromTemplate):
    """Another project for a client we know."""

    lead = SelectField(_l("Who leads it"))

    def offer(self, contacts: list[Person]) -> None:
        """Fill the lists; each role of the template has one, read apart because they change with the template."""
        self.offer_templates()
        self.lead.choices = [SelectChoice(str(one.id), one.name) for one in reading.leads()]
        self._contacts = {str(one.id): one for one in contacts}

    def roles(self, client: Client) -> list[tuple[str, str, str]]:
        """The template's roles: key, name, and the contact chosen for it."""
        return [
            (r.key, best(r.name, client.language, *self.drawn.languages), request.form.get(f"role-{r.key}", "")) for r in self.drawn.roles
        ]

    def people(self, client: Client) -> dict[str, tuple[UUID, ...]]:
        """Who stands behind each role; nobody where everybody may. Refuses people chosen for roles of another template."""
        known = {f"role-{role.key}" for role in self.drawn.roles}
        if any(chosen for name, chosen in request.form.items() if name.startswith("role-") and name not in known):
            raise Refused(N_("This template has other roles. Please say again who does what."), status=422)
        return {key: (UUID(chosen),) for key, _name, chosen in self.roles(client) if chosen in self._contacts}
