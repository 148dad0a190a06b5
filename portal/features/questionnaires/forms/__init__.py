"""What staff may say about a questionnaire and its parts."""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FileField, FormField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from portal.features.questionnaires.drafting import ALWAYS, AS_IT_IS, Typed, Wish
from portal.features.questionnaires.forms import parts
from portal.kernel.words import best
from portal.models.definition import editing, typed
from portal.models.definition.shape import Definition, Is, Limits, Match, Question, Rule, Type
from portal.web import i18n
from portal.web.forms import Form

QUESTION, SECTION = "add-", "new"
MOST_LABEL, MOST_TITLE = 300, 200
TYPES = {
    Type.SHORT_TEXT: _l("Short text"),
    Type.LONG_TEXT: _l("Long text"),
    Type.ONE_CHOICE: _l("One choice"),
    Type.SEVERAL_CHOICES: _l("Several choices"),
    Type.YES_NO: _l("Yes or no"),
    Type.NUMBER: _l("Number"),
    Type.MONEY: _l("Amount of money"),
    Type.DATE: _l("Date"),
    Type.DATE_RANGE: _l("From one day to another"),
    Type.TIME: _l("Time of day"),
    Type.EMAIL: _l("Email address"),
    Type.PHONE: _l("Phone number"),
    Type.URL: _l("Web address"),
    Type.URLS: _l("Several web addresses"),
    Type.ADDRESS: _l("Postal address"),
    Type.COLOUR: _l("Colour"),
    Type.RATING: _l("Rating"),
    Type.RANKING: _l("Order of importance"),
    Type.TABLE: _l("Table with rows"),
    Type.FILE: _l("Files"),
    Type.SECRET: _l("Secret, such as a password"),
    Type.AGREE: _l("Statement to agree to"),
    Type.NOTE: _l("Text or picture between questions"),
}
NEEDS_MORE = frozenset({type_ for type_ in Type if type_.has_options} | {Type.MONEY, Type.TABLE, Type.AGREE, Type.NOTE})


def type_choices() -> list[SelectChoice]:
    """All types of questions."""
    return [SelectChoice(type_.value, name) for type_, name in TYPES.items()]


class NameForm(Form):
    """What the firm calls a questionnaire."""

    name = StringField(_l("Name"), [DataRequired(_l("Write a name.")), Length(max=120)])


class AddSectionForm(Form):
    """A new section."""

    title = StringField(_l("Title"), [DataRequired(_l("Write a title.")), Length(max=MOST_TITLE)])


class SectionForm(AddSectionForm):
    """A section's words."""

    intro = TextAreaField(_l("Introduction"), [Length(max=2000)])
    minutes = IntegerField(_l("Minutes it takes"), [Optional(), NumberRange(1, 600, _l("Write minutes from 1 to 600."))])
    saw = HiddenField()


class AddQuestionForm(Form):
    """A new question."""

    label = StringField(_l("Question"), [DataRequired(_l("Write the question.")), Length(max=MOST_LABEL)])
    type = SelectField(_l("Answer"), choices=type_choices, default=Type.SHORT_TEXT.value)


class PictureForm(Form):
    """What a note shows, and that in words."""

    picture = FileField(_l("Picture"))
    alt = StringField(
        _l("What it shows, in words"), [DataRequired(_l("Write what it shows, for those who cannot see it.")), Length(max=300)]
    )


def typed_new(*, but: str = "") -> Typed:
    """What came along in the fields for something new, whatever button was pressed; `but` names the one that button is about."""
    questions = []
    for name, said in request.form.items():
        key = name.removeprefix(QUESTION).removesuffix("-label")
        if name == f"{QUESTION}{key}-label" and said.strip() and key != but:
            type = request.form.get(f"{QUESTION}{key}-type", "")
            questions.append((key, said.strip()[:MOST_LABEL], Type(type) if type in list(Type) else Type.SHORT_TEXT))
    title = "" if but == SECTION else request.form.get(f"{SECTION}-title", "")
    return Typed(tuple(questions), title.strip()[:MOST_TITLE])


class QuestionForm(AddQuestionForm):
    """Everything about a question."""

    help = TextAreaField(_l("Help for the client"), [Length(max=2000)])
    short = StringField(_l("Short name"), [Length(max=80)])
    options = TextAreaField(_l("Answers to choose from"), [Length(max=12_000)])
    least = StringField(_l("At least"), [Length(max=30)])
    most = StringField(_l("At most"), [Length(max=30)])
    places = StringField(_l("Digits after the point"), [Length(max=2)])
    required = BooleanField(_l("The client has to answer this"))
    follows = SelectField(_l("Show it"))
    show_match = SelectField(_l("Show it if"), choices=parts.match_choices, default=Match.ALL.value)
    show = FieldList(FormField(parts.ConditionForm))
    needs_match = SelectField(_l("Required only if"), choices=parts.match_choices, default=Match.ALL.value)
    needs = FieldList(FormField(parts.ConditionForm))
    text = TextAreaField(_l("Text"), [Length(max=20_000)])
    unit = StringField(_l("Unit"), [Length(max=40)])
    currency = StringField(_l("Currency"), [Length(max=3)])
    country = StringField(_l("Country of numbers without +"), [Length(max=2)])
    other = BooleanField(_l("Offer “Something else” with a field for own words"))
    highest = SelectField(_l("Best rating"), choices=[SelectChoice(str(n), str(n)) for n in range(2, 11)], default="5")
    columns = FieldList(FormField(parts.ColumnForm))
    keep_days = StringField(_l("Delete it after so many days"), [Length(max=4)])
    prefill_key = StringField(_l("Offer again under the name"), [Length(max=40)])
    saw = HiddenField()

    def offer(self, draft: Definition, question: Question, *, language: str) -> None:
        """Offer the answers of earlier questions to follow."""
        self.draft, self.language = draft, language
        self.follows.choices = [SelectChoice(ALWAYS, _("Always")), *_openers(draft, question, language)]
        self.follows.choices.insert(1, SelectChoice(AS_IT_IS, _("If the conditions below hold")))
        self._offer_rows(question)

    def _offer_rows(self, question: Question) -> None:
        earlier = parts.earlier_choices(self.draft, question, language=self.language)
        for row in (*self.show, *self.needs):
            row.form.question.choices = earlier
        for row in self.columns:
            row.form.type.choices = parts.column_types(TYPES)

    def fill(self, question: Question, *, language: str) -> None:
        """Show the question as it stands."""
        for field, words in ((self.label, question.label), (self.help, question.help), (self.short, question.short)):
            field.data = best(words, language)
        self.type.data, self.required.data = question.type.value, bool(question.required)
        self.options.data = editing.option_lines(question, language=language)
        self.least.data, self.most.data, self.places.data = question.limits.min, question.limits.max, question.limits.places
        self.follows.data = _as_follow_up(question)
        self._fill_parts(question, language)

    def _fill_parts(self, question: Question, language: str) -> None:
        self.text.data, self.unit.data = best(question.text, language), best(question.unit, language)
        self.currency.data, self.country.data, self.prefill_key.data = question.currency, question.country, question.prefill_key
        self.other.data, self.highest.data = question.other, str(question.highest)
        self.keep_days.data = str(question.keep_days or "")
        simple = self.follows.data != AS_IT_IS
        rules = ((self.show, self.show_match, None if simple else question.show), (self.needs, self.needs_match, question.required))
        for rows, match, rule in rules:
            match.data = rule.match.value if isinstance(rule, Rule) else Match.ALL.value
            for row in parts.told_conditions(rule, self.draft, language=language):
                rows.append_entry(row)
        for column in parts.told_columns(question, language=language) if question.type is Type.TABLE else ():
            self.columns.append_entry(column)
        self._offer_rows(question)

    def wish(self, question: Question) -> Wish:
        """What was typed; a question of another type starts without limits."""
        type_, was = Type(self.type.data), question.type
        limits = Limits(min=self.least.data or "", max=self.most.data or "", places=self.places.data or "")
        show = parts.read_rule(self.show.data, self.show_match.data, self.draft, language=self.language)
        follows = self.follows.data or ALWAYS
        if follows == ALWAYS and show and not question.show:
            follows = AS_IT_IS  # conditions were written where there were none: they are meant
        needs = parts.read_rule(self.needs.data, self.needs_match.data, self.draft, language=self.language)
        return Wish(
            label=self.label.data or "",
            short=self.short.data or "",
            help=self.help.data or "",
            type=type_,
            required=(needs or True) if self.required.data else False,
            options=self.options.data or "",
            limits=limits if type_ is was else Limits(),
            follows=follows,
            show=show,
            parts=self._parts(question) if type_ is was else {},
        )

    def _parts(self, question: Question) -> dict[str, object]:
        """What only some types have; words in the language of the form."""
        type_ = question.type
        wanted: dict[str, tuple[bool, object]] = {
            "text": (type_ in (Type.AGREE, Type.NOTE), editing.said(question.text, language=self.language, text=self.text.data or "")),
            "unit": (type_ is Type.NUMBER, editing.said(question.unit, language=self.language, text=self.unit.data or "")),
            "currency": (type_ is Type.MONEY, (self.currency.data or "").strip().upper()),
            "country": (type_ is Type.PHONE, (self.country.data or "").strip().upper()),
            "other": (type_.may_have_other, bool(self.other.data)),
            "most": (type_ is Type.RATING, int(self.highest.data) if self.highest.data != "5" else 0),
            "columns": (type_ is Type.TABLE, parts.read_columns(self.columns.data, question, language=self.language)),
            "keep_days": (type_ is Type.SECRET, int(self.keep_days.data or 0)),
            "prefill_key": (type_ is not Type.SECRET, (self.prefill_key.data or "").strip()),
        }
        return {name: value for name, (fits, value) in wanted.items() if fits}

    def validate_keep_days(self, field: StringField) -> None:
        """Take a whole number of days."""
        field.data = (field.data or "").strip()
        if field.data and not (field.data.isascii() and field.data.isdigit()):
            raise ValidationError(_("Write a whole number, like 30."))

    def validate_least(self, field: StringField) -> None:
        """Take a number or date as people write it."""
        field.data = self._limit(field.data or "")

    def validate_most(self, field: StringField) -> None:
        """Take a number or date as people write it."""
        field.data = self._limit(field.data or "")

    def validate_places(self, field: StringField) -> None:
        """Take a small whole number."""
        field.data = (field.data or "").strip()
        if field.data and not (field.data.isascii() and field.data.isdigit()):
            raise ValidationError(_("Write a whole number, like 2."))

    def _limit(self, text: str) -> str:
        language = i18n.language()
        readers: dict[str, tuple[Callable[[], str | None], str]] = {
            Type.NUMBER: (lambda: typed.number(text, language=language), _("Write a number, like 40.")),
            Type.MONEY: (lambda: typed.number(text, language=language), _("Write a number, like 40.")),
            Type.TIME: (lambda: typed.time(text), _("Write a time, like 14:30.")),
            Type.DATE_RANGE: (lambda: typed.day(text, language=language), _("Write a date, like 24.9.2026.")),
            Type.DATE: (lambda: typed.day(text, language=language), _("Write a date, like 24.9.2026.")),
        }
        read, sentence = readers.get(self.type.data, (lambda: _whole(text), _("Write a whole number, like 40.")))
        value = read() if text.strip() else ""
        if value is None:
            raise ValidationError(sentence)
        return value


def _whole(text: str) -> str | None:
    return text.strip() if text.strip().isascii() and text.strip().isdigit() else None


def _openers(draft: Definition, question: Question, language: str) -> list[SelectChoice]:
    """Each answer of each earlier question that can open a follow-up; any answer too."""
    offered: list[SelectChoice] = []
    for earlier in draft.questions:
        if earlier.key == question.key:
            break
        asked = best(earlier.label, language)
        answers = [(option.key, best(option.label, language)) for option in earlier.options]
        answers = [("yes", _("Yes")), ("no", _("No"))] if earlier.type is Type.YES_NO else answers
        sentence = (
            _("If “%(question)s” includes “%(answer)s”") if earlier.type is Type.SEVERAL_CHOICES else _("If “%(question)s” is “%(answer)s”")
        )
        offered += [SelectChoice(f"{earlier.key}={key}", sentence % {"question": asked, "answer": name}) for key, name in answers]
        offered.append(SelectChoice(f"{earlier.key}=", _("If “%(question)s” is answered", question=asked)))
    return offered


def _as_follow_up(question: Question) -> str:
    """The rule as the select field says it; AS_IT_IS when it says more than one simple thing."""
    if question.show is None:
        return ALWAYS
    if len(question.show.conditions) != 1 or question.show.conditions[0].is_ not in (Is.EQUALS, Is.CONTAINS, Is.ANSWERED):
        return AS_IT_IS
    condition = question.show.conditions[0]
    return f"{condition.question}={condition.value}"
