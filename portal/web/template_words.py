"""What a template says, in sentences for staff: days counted from something, what opens when, what is wrong, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.kernel.words import Words, best
from portal.models.approvals import Rule
from portal.models.definition.shape import Question
from portal.models.item_states import ItemKind
from portal.models.template.comparing import Change, How
from portal.models.template.file.faults import Fault
from portal.models.template.problems import Problem
from portal.models.template.shape import Is, Need, Piece, Template, When
from portal.web import i18n, opens
from portal.web.deciding import RULES
from portal.web.receiving import families

KINDS = {
    ItemKind.FILES: _l("Files"),
    ItemKind.QUESTIONNAIRE: _l("Questionnaire"),
    ItemKind.APPROVAL: _l("Approval"),
    ItemKind.CONFIRMATION: _l("Confirmation"),
}
FITS = {
    "types": _l("which files fit"),
    "min_count": _l("files, at least"),
    "max_count": _l("files, at most"),
    "min_bytes": _l("size of each, at least"),
    "max_bytes": _l("size of each, at most"),
    "min_width": _l("pictures, px wide at least"),
    "min_pages": _l("pages, at least"),
    "max_pages": _l("pages, at most"),
    "one_by_one": _l("every answer looked at by itself"),
    "rule": _l("who has to say yes"),
    "need": _l("how many of them"),
    "rounds": _l("rounds of changes agreed"),
    "important": _l("a fresh proof of who answers"),
    "decide_days": _l("working days to decide"),
    "assume": _l("we assume that"),
    "because": _l("because"),
    "cost": _l("if this is wrong"),
}
PARTS = {
    "name": _l("name"),
    "summary": _l("what it is for"),
    "languages": _l("languages"),
    "reminders": _l("reminders"),
    "title": _l("name"),
    "why": _l("why it is needed"),
    "help": _l("help"),
    "stage": _l("milestone"),
    "holds_up": _l("what it holds up"),
    "due": _l("day"),
    "starts": _l("start"),
    "ends": _l("end"),
    "minutes": _l("minutes"),
    "lead_days": _l("working days we need"),
    "required": _l("whether it must be sent"),
    "needs_review": _l("whether we check it"),
    "spec": _l("what fits"),
    "deciding": _l("how it is decided"),
    "questionnaire": _l("questions"),
    "roles": _l("who may do it"),
    "needs": _l("when it opens"),
    "part": _l("what they do"),
    "kind": _l("kind"),
    "label": _l("question"),
    "short": _l("short name"),
    "text": _l("text"),
    "unit": _l("unit"),
    "alt": _l("what the picture shows"),
    "intro": _l("introduction"),
    "options": _l("answer"),
} | {name: FITS[name] for name in ("assume", "because", "cost")}


def kind_word(kind: ItemKind) -> str:
    """What staff call a kind of item."""
    return str(KINDS[kind])


def when_words(draft: Template, when: When | None, language: str) -> str:
    """A day counted from something, such as "5 working days after the start"."""
    if when is None:
        return ""
    since = _since(draft, when, language)
    if not when.days:
        return str(_("on the day %(event)s", event=since)) if when.after else str(_("on the day it starts"))
    count = abs(when.days)
    if not when.after:
        after = ngettext("%(num)s working day after the start", "%(num)s working days after the start", count)
        return str(
            after if when.days > 0 else ngettext("%(num)s working day before the start", "%(num)s working days before the start", count)
        )
    if when.days > 0:
        return str(ngettext("%(num)s working day after %(event)s", "%(num)s working days after %(event)s", count, event=since))
    return str(ngettext("%(num)s working day before %(event)s", "%(num)s working days before %(event)s", count, event=since))


def day_words(draft: Template | None, day: date | When | None, language: str) -> str:
    """A day, or what it is counted from where that has yet to happen."""
    if isinstance(day, When):
        return when_words(draft or Template(), day, language)
    return i18n.day(day) if day else str(_("no date"))


def need_words(draft: Template, need: Need, language: str) -> str:
    """What an item waits for, such as "“Logo” is accepted"."""
    other = draft.item(need.item)
    name = best(other.title, language) if other else need.item
    if need.is_ is Is.ACCEPTED:
        return str(_("“%(name)s” is accepted", name=name))
    if need.is_ is Is.SENT:
        return str(_("“%(name)s” is sent", name=name))
    question = _question(draft, need)
    asked = best(question.label, language) if question else need.question
    if not need.value:
        return str(_("“%(question)s” is answered", question=asked))
    return str(_("“%(question)s” is “%(answer)s”", question=asked, answer=opens.answer_word(question, need.value, language)))


def opens_words(draft: Template, need: Need, language: str) -> str:
    """Why an item is closed yet, as its client reads it, with the reason the firm gives."""
    other = draft.item(need.item)
    thing, decision = (best(other.title, language), other.kind.is_decision) if other else (need.item, False)
    return opens.opens_words(need, _question(draft, need), language, thing=thing, decision=decision)


def spec_words(spec: Mapping[str, object], language: str) -> str:
    """What fits an item, part by part in the order of the form; nothing where everything does."""
    return " · ".join(
        f"{word}: {_fit(name, spec[name], language)}" for name, word in FITS.items() if spec.get(name) not in (None, "", [], {})
    )


def problem_words(draft: Template, problem: Problem) -> str:
    """What is wrong, with languages and parts by their names, the template's own in the language it is written in first."""
    values = dict(problem.values)
    name = _name_of(draft, problem.part)
    if name and "place" in values:
        values["place"] = f"“{name}”"
    if "field" in values:
        values["field"] = part_word(values["field"])
    return _with_languages(problem.message, values)


def fault_words(fault: Fault) -> str:
    """What is wrong with a file; its fields by the names they have there."""
    return _with_languages(fault.message, fault.values)


def _with_languages(message: str, values: Mapping[str, str]) -> str:
    """A sentence in which languages have their names."""
    if "language" in values:
        values = {**values, "language": i18n.LANGUAGES.get(values["language"], values["language"])}
    return str(_(message, **values)) if values else str(_(message))


def part_word(name: str) -> str:
    """What a part of an item or a question is called."""
    bits = name.split(".")
    if "needs" in bits:
        return str(_("why it opens later"))
    word = next((PARTS[bit] for bit in reversed(bits) if bit in PARTS), None)
    return str(word) if word else name


def change_words(change: Change, language: str) -> str:
    """What changed about which part."""
    name = best(change.name, language)
    if change.how is How.ADDED:
        return str(_("“%(name)s” is new", name=name))
    if change.how is How.REMOVED:
        return str(_("“%(name)s” is gone", name=name))
    if change.part in ("items", "milestones", "roles"):
        return str(
            {"items": _("The order of items"), "milestones": _("The order of milestones"), "roles": _("The order of roles")}[change.part]
        )
    if change.part.startswith("questionnaires."):
        return str(_("Questions of “%(name)s”: %(what)s", name=name, what=_counted(change.what)))
    what = i18n.listed(dict.fromkeys(part_word(one) for one in change.what))
    if not change.part:
        return str(_("The template: %(what)s", what=what))
    return str(_("“%(name)s”: %(what)s", name=name, what=what))


def piece_words(draft: Template, piece: Piece) -> str:
    """An item in the outline, in a few words: its kind and how much of it."""
    if piece.kind is ItemKind.QUESTIONNAIRE:
        definition = draft.definition(piece)
        count = len(definition.asked) if definition else 0
        return str(ngettext("Questionnaire, %(num)s question", "Questionnaire, %(num)s questions", count))
    least, most = piece.spec.get("min_count"), piece.spec.get("max_count")
    if piece.kind is ItemKind.FILES and most == 1:
        return str(_("One file"))
    if piece.kind is ItemKind.FILES and isinstance(least, int) and least > 1:
        return str(_("Files, %(least)s or more", least=least))
    return kind_word(piece.kind)


def _fit(name: str, value: object, language: str) -> str:
    if name == "types":
        return families(value)
    if name == "rule":
        return str(RULES.get(cast("Rule", value), value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int):
        return i18n.size(value) if name.endswith("bytes") else i18n.number(value)
    return f"“{best(cast('Words', value), language)}”"


def _question(draft: Template, need: Need) -> Question | None:
    other = draft.item(need.item)
    definition = draft.definition(other) if other else None
    return definition.question(need.question) if definition else None


def _name_of(draft: Template, part: str) -> str:
    kind, _dot, key = part.partition(".")
    stage, role, piece = draft.stage(key), draft.role(key), draft.item(key)
    if kind == "questionnaires":
        piece = next((one for one in draft.items if one.questionnaire == key), None)
    words = piece.title if piece and kind in ("items", "questionnaires") else {}
    words = stage.name if stage and kind == "milestones" else role.name if role and kind == "roles" else words
    return best(words, *draft.languages)


def _since(draft: Template, when: When, language: str) -> str:
    piece, stage = draft.item(when.item), draft.stage(when.stage)
    if piece:
        return str(_("“%(name)s” is accepted", name=best(piece.title, language)))
    if stage:
        return str(_("“%(name)s” ends", name=best(stage.name, language)))
    return str(_("something that was removed"))


def _counted(what: tuple[str, ...]) -> str:
    words = {"+": lambda n: ngettext("%(num)s new", "%(num)s new", n), "-": lambda n: ngettext("%(num)s gone", "%(num)s gone", n)}
    words["~"] = lambda n: ngettext("%(num)s changed", "%(num)s changed", n)
    return i18n.listed(str(words[one[0]](int(one[1:]))) for one in what) if what else str(_("their order or sections"))
