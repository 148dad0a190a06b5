"""What staff type when they ask for something."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.features.asking import queries
from portal.kernel.refusal import N_, Refused
from portal.kinds import reading
from portal.kinds.files import room
from portal.kinds.plans import planning
from portal.kinds.questionnaires.kind import published
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.projects import Project
from portal.storage.checks import FAMILY_LABELS, Family
from portal.web.deciding import DecidingFields, typed_deciding
from portal.web.forms import DayField, Form
from portal.web.i18n import number
from portal.web.limits import LARGEST, MEGABYTE, size_choices, width_choices

KINDS = {
    ItemKind.FILES: (_l("Files"), _l("They send documents or pictures.")),
    ItemKind.QUESTIONNAIRE: (_l("Questionnaire"), _l("They answer questions you published.")),
    ItemKind.APPROVAL: (_l("Approval"), _l("You present a version, they approve it or ask for changes.")),
    ItemKind.CONFIRMATION: (_l("Confirmation"), _l("You state something, they say whether it is right.")),
}


def usual_mb() -> int:
    """How large a file may be where nobody says less."""
    return max(room.most_per_file() // MEGABYTE, 1)


class ReasonForm(Form):
    """Why we need something all the same."""

    reason = TextAreaField(_l("Why do we need it all the same?"), [Length(max=2000)])


class AskForm(DecidingFields, Form):
    """One thing to ask for, with everything that can be said about it."""

    kind = RadioField(_l("What kind of item is it?"), default=ItemKind.FILES.value)
    title = StringField(
        _l("What we need"), [InputRequired(_l("Give it a name the client understands, like “Your logo”.")), Length(max=120)]
    )
    why = TextAreaField(_l("Why we need it"), [Length(max=2000)])
    help = TextAreaField(_l("What helps them"), [Length(max=4000)])
    due_on = DayField(_l("By when"), [Optional()])
    minutes = IntegerField(_l("Minutes it takes"), [Optional(), NumberRange(1, 600, _l("Between 1 and 600."))], default=5)
    lead_days = IntegerField(_l("Working days we need"), [Optional(), NumberRange(0, 60, _l("Between 0 and 60."))], default=1)
    milestone = SelectField(_l("Belongs to"))
    holds_up = SelectField(_l("Holds up"))
    people = SelectMultipleField(_l("Who may do it"))
    required = BooleanField(_l("We cannot go on without it"), default=True)
    needs_review = BooleanField(_l("We look at it before it counts as done"), default=True)
    one_by_one = BooleanField(_l("We look at every answer by itself, and ask again only for those that need it"), default=True)
    types = SelectMultipleField(_l("Which files fit"))
    min_count = IntegerField(_l("At least"), [Optional(), NumberRange(1, 200, _l("Between 1 and 200."))], default=1)
    max_count = IntegerField(_l("At most"), [Optional(), NumberRange(1, 200, _l("Between 1 and 200."))])
    min_width = SelectField(_l("Pictures at least"), default="", choices=[])
    min_size = SelectField(_l("Smallest file"), default="", choices=[])
    min_pages = IntegerField(_l("Pages, at least"), [Optional(), NumberRange(1, 9999, _l("Between 1 and 9999."))])
    max_pages = IntegerField(_l("Pages, at most"), [Optional(), NumberRange(1, 9999, _l("Between 1 and 9999."))])
    max_mb = IntegerField(_l("Largest file, in MB"), [Optional(), NumberRange(1, LARGEST, _l("Between 1 and 50,000."))], default=usual_mb)
    questionnaire = SelectField(_l("Which questionnaire"))

    def offer(self, project: Project, *, client_language: str, kept: UUID | None = None) -> None:
        """Fill the lists people choose from; `kept` is a questionnaire version that may be an older one."""
        stages = [SelectChoice(str(m.id), m.title(client_language)) for m in reading.milestones_of(project.id)]
        self.milestone.choices = self.holds_up.choices = [SelectChoice("", _("Nothing in particular")), *stages]
        self.people.choices = [SelectChoice(str(one.id), one.name) for one in queries.speakers(project.client_id)]
        self.kind.choices = [SelectChoice(kind.value, str(words[0])) for kind, words in KINDS.items()]
        self.types.choices = [SelectChoice(f.value, _(label)) for f, label in FAMILY_LABELS.items() if f is not Family.ANY]
        self.min_width.choices = width_choices(self.min_width.data)
        self.min_size.choices = size_choices(self.min_size.data)
        known = [(str(version.id), name) for name, version in published()]
        if kept and str(kept) not in dict(known):
            known.append((str(kept), _("The one it has now")))
        self.questionnaire.choices = [SelectChoice("", _("Choose one")), *(SelectChoice(v, name) for v, name in known)]

    def keep_kind(self, kind: ItemKind) -> None:
        """What was asked for once does not become something else."""
        self.kind.data = kind.value

    @property
    def hints(self) -> dict[str, str]:
        """One line under each kind."""
        return {kind.value: str(words[1]) for kind, words in KINDS.items()}

    def ask(self) -> planning.Ask:
        """The thing as typed. Refuses counts that contradict each other."""
        kind = ItemKind(self.kind.data)
        return planning.Ask(
            kind=kind,
            title=self.title.data or "",
            why=self.why.data or "",
            help=self.help.data or "",
            due_on=self.due_on.data,
            minutes=self.minutes.data or 5,
            lead_days=1 if self.lead_days.data is None else self.lead_days.data,
            required=bool(self.required.data),
            needs_review=bool(self.needs_review.data),
            milestone_id=_id(self.milestone.data),
            holds_up_id=_id(self.holds_up.data),
            questionnaire_version_id=_id(self.questionnaire.data) if kind is ItemKind.QUESTIONNAIRE else None,
            spec=self._spec(kind),
            people=self._people(),
        )

    def _spec(self, kind: ItemKind) -> dict[str, object]:
        if kind.is_decision:
            return self.deciding(named=len(self.people.data or ()))
        if kind is ItemKind.QUESTIONNAIRE:
            return {} if self.one_by_one.data else {"one_by_one": False}
        return self._file_spec()

    def _people(self) -> tuple[UUID, ...]:
        return tuple(UUID(one) for one in self.in_places())

    def _file_spec(self) -> dict[str, object]:
        least, most = self.min_count.data or 1, self.max_count.data
        if most and most < least:
            raise Refused(N_("“At most” is less than “at least”."), field="max_count", status=422)
        first, last = self.min_pages.data, self.max_pages.data
        if first and last and last < first:
            raise Refused(N_("“At most” is less than “at least”."), field="max_pages", status=422)
        largest = (self.max_mb.data or usual_mb()) * MEGABYTE
        if self.max_mb.data and largest > room.most_per_file():
            too_much = N_("Your portal takes files of up to %(most)s MB. Admins can change that in the settings.")
            raise Refused(too_much, field="max_mb", status=422, most=number(usual_mb()))
        more = {
            "max_count": most,
            "min_pages": first,
            "max_pages": last,
            "min_width": _whole(self.min_width),
            "min_bytes": _whole(self.min_size),
        }
        spec: dict[str, object] = {
            "types": list(self.types.data or ()),
            "min_count": least,
            "max_bytes": largest,
        }
        return spec | {name: value for name, value in more.items() if value}


def typed(item: Item, people: list[UUID], language: str) -> dict[str, object]:
    """An item as the form shows it."""
    spec = item.spec
    return {
        "kind": item.kind.value,
        **{name: item.text(name, language) for name in ("title", "why", "help")},
        **{name: getattr(item, name) for name in ("due_on", "minutes", "lead_days", "required", "needs_review")},
        "milestone": str(item.milestone_id or ""),
        "holds_up": str(item.holds_up_id or ""),
        "people": [str(one) for one in people],
        "one_by_one": spec.get("one_by_one") is not False,
        "types": list(cast("list[str]", spec.get("types") or [])),
        "min_count": spec.get("min_count") or 1,
        "max_count": spec.get("max_count"),
        "max_mb": min(int(cast("int", spec.get("max_bytes") or room.most_per_file())) // MEGABYTE, usual_mb()) or 1,
        "min_width": str(spec.get("min_width") or ""),
        "min_size": str(spec.get("min_bytes") or ""),
        "min_pages": spec.get("min_pages"),
        "max_pages": spec.get("max_pages"),
        "questionnaire": str(item.questionnaire_version_id or ""),
        **typed_deciding(spec),
    }


def _whole(field: SelectField) -> int:
    return int(field.data or 0)


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None
