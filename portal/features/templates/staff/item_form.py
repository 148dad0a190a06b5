"""Everything staff type about one item of a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Subform
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from portal.features.templates.needs import need_code, need_of, possible
from portal.features.templates.staff.when_form import WhenForm, show_when, with_kept
from portal.kernel.words import best
from portal.models.approvals import Rule
from portal.models.item_states import ItemKind
from portal.models.template import editing
from portal.models.template.shape import Need, Piece, Template
from portal.models.template.specs import DECIDING
from portal.storage.checks import FAMILY_LABELS, Family
from portal.web import template_words
from portal.web.deciding import DecidingFields, typed_deciding
from portal.web.forms import Form
from portal.web.limits import LARGEST, MEGABYTE, size_choices
from portal.web.schedule_choices import offer_schedules

STATEMENT = ("assume", "because", "cost")
COUNTS = ("min_count", "max_count", "min_width", "min_pages", "max_pages")


class NeedForm(Subform):  # type: ignore[misc]
    """One thing an item waits for."""

    on = SelectField(_l("Opens"))
    why = StringField(_l("What the client reads"), [Length(max=300)])


class ItemForm(DecidingFields, Form):
    """Everything about an item, its texts in the template's first language."""

    named_in = "roles"

    title = StringField(_l("What we need"), [DataRequired(_l("Write what you need, like “Your logo”.")), Length(max=120)])
    why = TextAreaField(_l("Why we need it"), [Length(max=2000)])
    help = TextAreaField(_l("What helps them"), [Length(max=4000)])
    assume = TextAreaField(_l("We assume that"), [Length(max=2000)])
    because = TextAreaField(_l("Because"), [Length(max=2000)])
    cost = TextAreaField(_l("If this is wrong"), [Length(max=2000)])
    types = SelectMultipleField(_l("Which files fit"))
    min_count = IntegerField(_l("Files, at least"), [Optional(), NumberRange(1, 200, _l("Between 1 and 200."))])
    max_count = IntegerField(_l("Files, at most"), [Optional(), NumberRange(1, 200, _l("Between 1 and 200."))])
    min_width = IntegerField(_l("Pictures, px wide at least"), [Optional(), NumberRange(1, 20_000, _l("Between 1 and 20,000."))])
    min_pages = IntegerField(_l("Pages, at least"), [Optional(), NumberRange(1, 9999, _l("Between 1 and 9999."))])
    max_pages = IntegerField(_l("Pages, at most"), [Optional(), NumberRange(1, 9999, _l("Between 1 and 9999."))])
    min_size = SelectField(_l("Smallest file"))
    max_mb = IntegerField(_l("Largest file, in MB"), [Optional(), NumberRange(1, LARGEST, _l("Between 1 and 50,000."))])
    due = FormField(WhenForm, _l("Due"))
    needs = FieldList(FormField(NeedForm))
    stage = SelectField(_l("Milestone"))
    holds_up = SelectField(_l("Holds up"))
    roles = SelectMultipleField(_l("Who may do it"))
    required = BooleanField(_l("We cannot go on without it"))
    needs_review = BooleanField(_l("We look at it before it counts as done"))
    one_by_one = BooleanField(_l("We look at every answer by itself, and ask again only for those that need it"))
    minutes = IntegerField(_l("Minutes it takes"), [Optional(), NumberRange(1, 600, _l("Between 1 and 600."))])
    lead_days = IntegerField(_l("Working days we need"), [Optional(), NumberRange(0, 60, _l("Between 0 and 60."))])
    reminders = SelectField(_l("Reminders"))
    saw = HiddenField()

    def offer(self, draft: Template, piece: Piece, *, language: str) -> None:
        """Fill the lists people choose from."""
        stages = [SelectChoice(stage.key, best(stage.name, language)) for stage in draft.milestones]
        nothing = SelectChoice("", _("None"))
        self.stage.choices = with_kept([nothing, *stages], piece.stage)
        self.holds_up.choices = with_kept([SelectChoice("", _("Nothing in particular")), *stages], piece.holds_up)
        roles = [SelectChoice(role.key, best(role.name, language) or role.key) for role in draft.roles]
        self.roles.choices = roles + [SelectChoice(key, key) for key in piece.roles if draft.role(key) is None]
        self.types.choices = [SelectChoice(family.value, _(label)) for family, label in FAMILY_LABELS.items() if family is not Family.ANY]
        self.min_size.choices = size_choices(self.min_size.data if self.is_submitted() else piece.spec.get("min_bytes"))
        if piece.kind is not ItemKind.FILES:
            self.min_size.data = ""
        if not piece.kind.is_decision:
            self.rule.data = Rule.ANY.value
        offer_schedules(self.reminders, kept=piece.reminders, above=_("As the project"))
        self.due.form.offer(draft, language=language, but=piece.key)
        if not self.is_submitted():
            for one in (*piece.needs, None):
                self.needs.append_entry({"on": need_code(one), "why": one.why.get(language, "")} if one else {"on": ""})
        offered = _need_choices(draft, piece, language)
        for entry in self.needs:
            entry.form.on.choices = _with_need(offered, entry.form.on.data, draft, piece, language)

    def fill(self, piece: Piece, language: str) -> None:
        """Show the item as it stands."""
        for name in ("title", "why", "help"):
            self[name].data = getattr(piece, name).get(language, "")
        for name in ("required", "needs_review", "minutes", "lead_days", "stage", "holds_up", "reminders"):
            self[name].data = getattr(piece, name)
        spec = piece.spec
        for name in STATEMENT:
            words = spec.get(name)
            self[name].data = str(words.get(language, "")) if isinstance(words, Mapping) else ""
        for name in COUNTS:
            self[name].data = spec.get(name)
        self.min_size.data, self.max_mb.data = str(spec.get("min_bytes") or ""), _megabytes(spec)
        types = spec.get("types")
        self.types.data = list(types) if isinstance(types, (list, tuple)) else []
        self.one_by_one.data = spec.get("one_by_one") is not False
        self.roles.data = list(piece.roles)
        for name, value in typed_deciding(spec).items():
            self[name].data = value
        show_when(self.due, piece.due)

    def piece(self, was: Piece, language: str) -> Piece:
        """The item as typed. Reasons keep their other languages."""
        typed = replace(
            editing.say_piece(was, {name: self[name].data or "" for name in ("title", "why", "help")}, language=language),
            due=self.due.form.when(),
            minutes=self.minutes.data or was.minutes,
            lead_days=was.lead_days if self.lead_days.data is None else self.lead_days.data,
            stage=self.stage.data or "",
            holds_up=self.holds_up.data or "",
            roles=self.in_places(),
            reminders=self.reminders.data or "",
            required=bool(self.required.data),
            needs_review=was.needs_review if was.kind.is_decision else bool(self.needs_review.data),
        )
        return replace(typed, spec=self._spec(was, language), needs=self._needs(was, language))

    def _needs(self, was: Piece, language: str) -> tuple[Need, ...]:
        typed: list[Need] = []
        for entry in self.needs:
            need = need_of(entry.form.on.data or "", why=editing.said({}, language=language, text=entry.form.why.data or ""))
            if need and need not in typed:
                typed.append(need)
        others = [replace(need, why={tongue: said for tongue, said in need.why.items() if tongue != language}) for need in was.needs]
        return editing.keep_whys(typed, others)

    def _spec(self, was: Piece, language: str) -> dict[str, object]:
        spec = dict(was.spec)
        if was.kind is ItemKind.FILES:
            chosen: dict[str, object] = {"types": list(self.types.data or ()), **{name: self[name].data for name in COUNTS}}
            chosen["min_bytes"] = int(self.min_size.data or 0)
            if self.max_mb.data != _megabytes(was.spec):
                chosen["max_bytes"] = (self.max_mb.data or 0) * MEGABYTE
            spec = {name: value for name, value in {**spec, **chosen}.items() if value}
        if was.kind is ItemKind.QUESTIONNAIRE:
            spec.pop("one_by_one", None)
            spec |= {} if self.one_by_one.data else {"one_by_one": False}
        if was.kind.is_decision:
            spec = {name: value for name, value in spec.items() if name not in (*DECIDING, "important")} | self.deciding()
            if self.rule.data == Rule.ANY and "rule" not in was.spec:
                del spec["rule"]
        for name in STATEMENT if was.kind is ItemKind.CONFIRMATION else ():
            known = spec.pop(name, {})
            words = editing.said(dict(known) if isinstance(known, Mapping) else {}, language=language, text=self[name].data or "")
            spec |= {name: words} if words else {}
        return spec


def _megabytes(spec: Mapping[str, object]) -> int | None:
    most = spec.get("max_bytes")
    return max(most // MEGABYTE, 1) if isinstance(most, int) and most else None


def _need_choices(draft: Template, piece: Piece, language: str) -> dict[str, list[SelectChoice]]:
    """What an item can wait for, in groups by the other item."""
    offered = {_("At once"): [SelectChoice("", _("It is open from the start"))]}
    for other, needs in possible(draft, piece):
        name = f"{best(other.title, language) or other.key}"
        group = offered.setdefault(name, [])
        group += [
            SelectChoice(need_code(need), _("When %(what)s", what=template_words.need_words(draft, need, language))) for need in needs
        ]
    return offered


def _with_need(
    offered: Mapping[str, list[SelectChoice]], kept: str | None, draft: Template, piece: Piece, language: str
) -> dict[str, list[SelectChoice]]:
    values = {choice.value for group in offered.values() for choice in group}
    need = need_of(kept or "", why={})
    if need is None or kept in values:
        return dict(offered)
    return {**offered, _("As it is"): [SelectChoice(kept, template_words.need_words(draft, need, language))]}
