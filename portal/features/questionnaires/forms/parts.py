"""The rows of the question form: conditions on earlier answers, and the columns of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from portal.kernel.words import best
from portal.models.definition import editing, typed
from portal.models.definition.shape import Condition, Definition, Is, Match, Option, Question, Rule, Type
from portal.models.definition.types import COLUMN_TYPES, LOOKS, OTHER
from portal.web import i18n

SPARE = 2  # empty rows for more
HOW = {
    Is.EQUALS: _l("is"),
    Is.CONTAINS: _l("includes"),
    Is.GREATER: _l("is more than, or after"),
    Is.LESS: _l("is less than, or before"),
    Is.ANSWERED: _l("is answered"),
    Is.EMPTY: _l("has no answer"),
}
MATCH = {Match.ALL: _l("all of these hold"), Match.ANY: _l("any of these holds")}


class ConditionForm(Form):  # type: ignore[misc]
    """One look at one earlier answer; a row without a question is none."""

    question = SelectField(_l("Question"), validate_choice=False)
    how = SelectField(_l("How"), choices=[SelectChoice(is_.value, words) for is_, words in HOW.items()], validate_choice=False)
    value = StringField(_l("Answer"), [Length(max=300)])


class ColumnForm(Form):  # type: ignore[misc]
    """One column of a table; a row without a name is none."""

    key = HiddenField()
    label = StringField(_l("Column"), [Length(max=120)])
    type = SelectField(_l("Answer"), validate_choice=False)
    more = StringField(_l("Choices or currency"), [Length(max=600)])
    required = BooleanField(_l("Needed"))


def match_choices() -> list[SelectChoice]:
    """Whether all conditions must hold, or one is enough."""
    return [SelectChoice(match.value, words) for match, words in MATCH.items()]


def earlier_choices(draft: Definition, question: Question, *, language: str) -> list[SelectChoice]:
    """The questions before this one that conditions can look at."""
    found = [SelectChoice("", "–")]
    for one in draft.questions:
        if one.key == question.key:
            break
        if LOOKS[one.type]:
            found.append(SelectChoice(one.key, best(one.label, language)))
    return found


def told_conditions(rule: object, draft: Definition, *, language: str) -> list[dict[str, str]]:
    """The conditions of a rule as the form shows them, and room for more."""
    conditions = rule.conditions if isinstance(rule, Rule) else ()
    rows = [{"question": one.question, "how": one.is_.value, "value": _words(one, draft, language)} for one in conditions]
    return rows + [{"question": "", "how": Is.EQUALS.value, "value": ""} for _n in range(SPARE)]


def read_rule(rows: Iterable[dict[str, str]], match: str, draft: Definition, *, language: str) -> Rule | None:
    """The rule that was put together; None without conditions."""
    found = []
    for row in rows:
        asked = draft.question(row.get("question") or "")
        if asked is not None:
            is_ = Is(row["how"]) if row.get("how") in list(Is) else Is.ANSWERED
            value = _value(asked, (row.get("value") or "").strip(), language) if is_.needs_value else ""
            found.append(Condition(question=asked.key, is_=is_, value=value))
    return Rule(match=Match.ANY if match == Match.ANY else Match.ALL, conditions=tuple(found)) if found else None


def _words(condition: Condition, draft: Definition, language: str) -> str:
    """The answer of a condition as staff write it: the words of an option, numbers with the sign of the language."""
    asked = draft.question(condition.question)
    if asked is None:
        return condition.value
    if asked.type is Type.YES_NO:
        return str({"yes": _("Yes"), "no": _("No")}.get(condition.value, condition.value))
    if asked.type.has_options:
        option = asked.option(condition.value)
        return best(option.label, language) if option else _("Something else") if condition.value == OTHER else condition.value
    if asked.type in (Type.NUMBER, Type.MONEY):
        return condition.value.replace(".", typed.decimal_sign(i18n.language()))
    return condition.value


def _value(asked: Question, text: str, language: str) -> str:
    """What staff wrote as the rules want it; what cannot be read stays, and publishing names it."""
    known = {best(option.label, language).casefold(): option.key for option in asked.options}
    if asked.type is Type.YES_NO:
        answers: dict[str, str] = {_("Yes").casefold(): "yes", _("No").casefold(): "no"}
        return answers.get(text.casefold(), text)
    if asked.type.has_options:
        return known.get(text.casefold()) or (OTHER if asked.other and text.casefold() == _("Something else").casefold() else text)
    if asked.type in (Type.DATE, Type.DATE_RANGE):
        return typed.day(text, language=i18n.language()) or text
    if asked.type is Type.TIME:
        return typed.time(text) or text
    return typed.number(text, language=i18n.language()) or text if asked.type.has_order else text


def column_types(names: dict[Type, object]) -> list[SelectChoice]:
    """What a column can take."""
    return [SelectChoice(type_.value, names[type_]) for type_ in COLUMN_TYPES]


def told_columns(question: Question, *, language: str) -> list[dict[str, object]]:
    """The columns of a table as the form shows them, and room for more."""
    rows: list[dict[str, object]] = [
        {
            "key": column.key,
            "label": best(column.label, language),
            "type": column.type.value,
            "more": ", ".join(best(option.label, language) for option in column.options) or column.currency,
            "required": bool(column.required),
        }
        for column in question.columns
    ]
    return rows + [{"key": "", "label": "", "type": Type.SHORT_TEXT.value, "more": "", "required": False} for _n in range(SPARE)]


def read_columns(rows: Iterable[dict[str, object]], question: Question, *, language: str) -> tuple[Question, ...]:
    """The columns that were written; each keeps its key and its other languages."""
    return tuple(_column(row, question.column(str(row.get("key") or "")), language) for row in rows if str(row.get("label") or "").strip())


def _column(row: dict[str, object], before: Question | None, language: str) -> Question:
    type_ = Type(str(row["type"])) if row.get("type") in COLUMN_TYPES else Type.SHORT_TEXT
    more = str(row.get("more") or "").strip()
    return Question(
        key=before.key if before else editing.new_key("c"),
        type=type_,
        label=editing.said(before.label if before else {}, language=language, text=str(row["label"])),
        help=before.help if before else {},
        required=bool(row.get("required")),
        options=_options(more.split(","), before.options if before else (), language) if type_ is Type.ONE_CHOICE else (),
        currency=more.upper() if type_ is Type.MONEY else "",
    )


def _options(labels: Sequence[str], before: Sequence[Option], language: str) -> tuple[Option, ...]:
    known = {best(option.label, language): option for option in before}
    wanted = dict.fromkeys(label.strip() for label in labels if label.strip())
    return tuple(known.get(label) or Option(key=editing.new_key("o"), label={language: label}) for label in wanted)
