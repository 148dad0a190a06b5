"""What staff type about a template and its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FormField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portal.features.templates.drafting import Typing, Whole
from portal.features.templates.forms import NameForm
from portal.features.templates.queries import OnShelf
from portal.features.templates.staff.when_form import WhenForm, show_when
from portal.kernel.words import best
from portal.models.item_states import ItemKind
from portal.models.template import editing
from portal.models.template.shape import MOST_LANGUAGES, Role, Stage, Template
from portal.models.turns import Part
from portal.web import i18n, template_words
from portal.web.forms import Form, revision_seen
from portal.web.schedule_choices import offer_schedules

PARTS = {Part.DO: _l("does it"), Part.DECIDE: _l("decides"), Part.DEPUTY: _l("stands in")}


def kind_choices() -> list[SelectChoice]:
    """All kinds of items."""
    return [SelectChoice(kind.value, template_words.kind_word(kind)) for kind in ItemKind]


class NewForm(NameForm):
    """A new template: its name, and what it starts from."""

    start = RadioField(_l("Start with"), default="")

    def offer(self, shelf: Sequence[OnShelf]) -> None:
        """Offer a blank one, and copies of those that are there."""
        self._copies = {str(row.thing.id): row for row in shelf}
        copies = [SelectChoice(key, _("A copy of “%(name)s”", name=row.thing.name)) for key, row in self._copies.items()]
        self.start.choices = [SelectChoice("", _("Blank")), *copies]

    @property
    def hints(self) -> dict[str, str]:
        """One line under each start."""
        return {key: best(row.draft.summary, *row.draft.languages) for key, row in self._copies.items()} | {
            "": _("You add milestones and items yourself.")
        }

    def draft(self) -> Template | None:
        """What it starts from, under its new name."""
        row = self._copies.get(self.start.data or "")
        if row is None:
            return None
        copy = row.draft
        return replace(copy, name=editing.said({}, language=copy.languages[0], text=self.name.data or ""))


class AddStageForm(Form):
    """A new milestone."""

    name = StringField(_l("Milestone"), [DataRequired(_l("Write a name.")), Length(max=120)])


class AddItemForm(Form):
    """A new item."""

    title = StringField(_l("What we need"), [DataRequired(_l("Write what you need, like “Your logo”.")), Length(max=120)])
    kind = SelectField(_l("Kind"), default=ItemKind.FILES.value, choices=kind_choices)


class AddRoleForm(Form):
    """A new role."""

    name = StringField(_l("Role"), [DataRequired(_l("Write a name, like “Decides about design”.")), Length(max=120)])
    part = SelectField(_l("What they do"), default=Part.DO.value, choices=lambda: [SelectChoice(p.value, str(w)) for p, w in PARTS.items()])


class RoleForm(AddRoleForm):
    """A role's words and part."""

    saw = HiddenField()

    def fill(self, role: Role, language: str) -> None:
        """Show the role as it stands."""
        self.name.data, self.part.data = role.name.get(language, ""), role.part.value

    def role(self, was: Role, language: str) -> Role:
        """The role as typed."""
        return replace(was, name=editing.said(was.name, language=language, text=self.name.data or ""), part=Part(self.part.data))


class StageForm(AddStageForm):
    """A milestone's words and days."""

    starts = FormField(WhenForm, _l("Starts"))
    ends = FormField(WhenForm, _l("Ends"))
    saw = HiddenField()

    def offer(self, draft: Template, stage: Stage, *, language: str) -> None:
        """Offer what its days can be counted from."""
        for own in (self.starts, self.ends):
            own.form.offer(draft, language=language, but=stage.key)

    def fill(self, stage: Stage, language: str) -> None:
        """Show the milestone as it stands."""
        self.name.data = stage.name.get(language, "")
        show_when(self.starts, stage.starts)
        show_when(self.ends, stage.ends)

    def stage(self, was: Stage, language: str) -> Stage:
        """The milestone as typed."""
        name = editing.said(was.name, language=language, text=self.name.data or "")
        return replace(was, name=name, starts=self.starts.form.when(), ends=self.ends.form.when())


class WholeForm(Form):
    """What a template says about itself."""

    name = StringField(_l("Name"), [DataRequired(_l("Write a name.")), Length(max=120)])
    summary = TextAreaField(_l("What it is for"), [Length(max=600)])
    languages = SelectMultipleField(_l("Languages"), choices=[SelectChoice(*pair) for pair in i18n.LANGUAGES.items()])
    reminders = SelectField(_l("Reminders"))
    saw = HiddenField()

    def offer(self, draft: Template) -> None:
        """Offer the firm's schedules."""
        offer_schedules(self.reminders, kept=draft.reminders)

    def fill(self, draft: Template, language: str) -> None:
        """Show the template as it stands."""
        self.name.data, self.summary.data = draft.name.get(language, ""), draft.summary.get(language, "")
        self.languages.data, self.reminders.data = list(draft.languages), draft.reminders

    def whole(self, was: Template) -> Whole:
        """What was typed; the language it is written in first stays."""
        first = was.languages[:1] or ("en",)
        others = [one for one in was.languages[1:] if one in self.languages.data]
        new = [one for one in self.languages.data if one not in (*first, *others)]
        languages = (*first, *others, *new)[:MOST_LANGUAGES]
        return Whole(name=self.name.data or "", summary=self.summary.data or "", languages=languages, reminders=self.reminders.data or "")


def typing() -> Typing:
    """How the change came: by a press, or while somebody types on."""
    return Typing(revision_seen(), goes_on=request.headers.get("X-Autosave") == "again")


def is_autosave() -> bool:
    """Whether a script saves while somebody types."""
    return "X-Autosave" in request.headers


def typed_texts() -> dict[str, tuple[str, str]]:
    """The texts of a page of texts by their places, each with the mark of what stood there."""
    names = (name.removeprefix("t:") for name in request.form if name.startswith("t:"))
    return {name: (request.form[f"t:{name}"].replace("\0", ""), request.form.get(f"w:{name}", "")) for name in names}
