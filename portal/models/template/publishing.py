"""What keeps a template from going out, each in a sentence that says where; and which texts a language lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from portal.kernel.refusal import N_
from portal.kernel.words import Words, best
from portal.models.definition import canonical
from portal.models.definition import publishing as definitions
from portal.models.item_states import ItemKind
from portal.models.template.circles import circles
from portal.models.template.problems import Problem
from portal.models.template.shape import MOST_LANGUAGES, Is, Need, Piece, Stage, Template, When
from portal.models.template.specs import spec_problems, spec_words
from portal.models.turns import Part

LONGEST_SCHEDULE = 40


def problems(template: Template, languages: Sequence[str] = ("en",), *, file_types: Collection[str] | None = None) -> list[Problem]:
    """Everything that must be mended before publishing for these languages, in reading order; `file_types` are those the house knows."""
    found = [*_languages(template), *_same_keys(template), *_schedules(template)]
    if not template.items:
        found.append(Problem(N_("The template asks for nothing yet. Add an item."), {}))
    for stage in template.milestones:
        found += _stage(template, stage)
    for piece in template.items:
        found += _piece(template, piece, file_types)
    found += [
        Problem(N_("%(place)s waits for itself. Change what it waits for, or from what its day is counted."), *at)
        for at in _circles(template)
    ]
    for key, definition in template.questionnaires.items():
        found += _within(key, (one for one in definitions.problems(definition, languages=()) if "language" not in one.values))
    for language in languages:
        found += gaps(template, language)
    return found


def _schedules(template: Template) -> Iterator[Problem]:
    named = [(template.reminders, {"place": ""}, "reminders")]
    named += [(piece.reminders, {"place": piece_place(piece, *template.languages)}, f"items.{piece.key}") for piece in template.items]
    for name, place, part in named:
        if len(name) > LONGEST_SCHEDULE:
            sentence = N_("The name of a schedule for reminders has at most %(most)s characters.")
            yield Problem(sentence, {**place, "most": str(LONGEST_SCHEDULE)}, part)


def gaps(template: Template, language: str) -> list[Problem]:
    """Every text that is written in other languages, or must be there, and is not in this one."""
    said = Problem(N_("The template has no name in %(language)s."), {"language": language, "place": ""}, "name")
    found = [] if template.name.get(language, "").strip() else [said]
    if _lacks(template.summary, language):
        found.append(Problem(N_("The template has no summary in %(language)s."), {"language": language, "place": ""}, "summary"))
    for stage in template.milestones:
        found += _gap(stage.name, "name", stage_place(stage, *template.languages), f"milestones.{stage.key}", language, must=True)
    for role in template.roles:
        found += _gap(role.name, "name", f"“{best(role.name, *template.languages) or role.key}”", f"roles.{role.key}", language, must=True)
    for piece in template.items:
        found += piece_gaps(piece, language, template.languages)
    for key, definition in template.questionnaires.items():
        found += _within(key, (one for one in definitions.problems(definition, languages=(language,)) if "language" in one.values))
    return found


def piece_gaps(piece: Piece, language: str, called_in: Sequence[str] = ()) -> list[Problem]:
    """The texts of one item that a language lacks, its questions apart; `called_in` are the languages its name is said in."""
    place, part = piece_place(piece, *called_in), f"items.{piece.key}"
    found = _gap(piece.title, "title", place, part, language, must=True)
    for name, words in (("why", piece.why), ("help", piece.help)):
        found += _gap(words, name, place, part, language)
    for need in piece.needs:
        found += _gap(need.why, "needs.why", place, part, language)
    for name, words in spec_words(piece):
        found += _gap(words, f"spec.{name}", place, part, language)
    return found


def speaks(template: Template, piece: Piece, language: str) -> bool:
    """Whether everything the client reads of an item is there in this language: only then is it offered, so that nothing mixes."""
    if piece_gaps(piece, language):
        return False
    definition = template.definition(piece)
    return definition is None or not any("language" in one.values for one in definitions.problems(definition, languages=(language,)))


def piece_place(piece: Piece, *languages: str) -> str:
    """What messages call an item."""
    return f"“{best(piece.title, *languages) or piece.key}”"


def stage_place(stage: Stage, *languages: str) -> str:
    """What messages call a milestone."""
    return f"“{best(stage.name, *languages) or stage.key}”"


def _gap(words: Words, field: str, place: str, part: str, language: str, *, must: bool = False) -> list[Problem]:
    lacks = not words.get(language, "").strip() if must else _lacks(words, language)
    values = {"place": place, "field": field, "language": language}
    return [Problem(N_("%(place)s has no “%(field)s” in %(language)s."), values, part)] if lacks else []


def _lacks(words: Words, language: str) -> bool:
    return any(text.strip() for text in words.values()) and not words.get(language, "").strip()


def _within(key: str, found: Iterable[canonical.Problem]) -> Iterator[Problem]:
    for one in found:
        values = {**one.values, "place": f"“{key}”", "problem": str(one)}
        yield Problem(N_("Questionnaire %(place)s: %(problem)s"), values, f"questionnaires.{key}", one.question)


def _languages(template: Template) -> Iterator[Problem]:
    if not 1 <= len(template.languages) <= MOST_LANGUAGES or len(set(template.languages)) < len(template.languages):
        sentence = N_("A template speaks one to %(most)s languages, each named once.")
        yield Problem(sentence, {"most": str(MOST_LANGUAGES)}, "languages")


def _same_keys(template: Template) -> Iterator[Problem]:
    for part, things in (("milestones", template.milestones), ("items", template.items), ("roles", template.roles)):
        for key, times in Counter(thing.key for thing in things).items():
            if times > 1:
                yield Problem(N_("The key “%(key)s” is used twice."), {"key": key}, f"{part}.{key}")


def _stage(template: Template, stage: Stage) -> Iterator[Problem]:
    place, part = stage_place(stage, *template.languages), f"milestones.{stage.key}"
    for when in (stage.starts, stage.ends):
        yield from _when(template, when, place, part)
    if stage.starts and stage.ends and stage.starts.after == stage.ends.after and stage.ends.days < stage.starts.days:
        yield Problem(N_("%(place)s ends before it starts."), {"place": place}, part)


def _when(template: Template, when: When | None, place: str, part: str) -> Iterator[Problem]:
    if when and ((when.item and not template.item(when.item)) or (when.stage and not template.stage(when.stage))):
        values = {"place": place, "key": when.item or when.stage}
        yield Problem(N_("%(place)s counts its day from “%(key)s”, which is not here."), values, part)
    stage = template.stage(when.stage) if when and when.stage else None
    if stage and stage.ends is None:
        values = {"place": place, "other": stage_place(stage, *template.languages)}
        yield Problem(N_("%(place)s counts its day from the end of %(other)s, which has none."), values, part)


def _piece(template: Template, piece: Piece, file_types: Collection[str] | None) -> Iterator[Problem]:
    place, part = piece_place(piece, *template.languages), f"items.{piece.key}"
    for stage in (piece.stage, piece.holds_up):
        if stage and not template.stage(stage):
            yield Problem(N_("%(place)s belongs to the milestone “%(key)s”, which is not here."), {"place": place, "key": stage}, part)
    yield from _when(template, piece.due, place, part)
    if piece.kind is ItemKind.QUESTIONNAIRE and template.definition(piece) is None:
        yield Problem(N_("%(place)s asks questions, but has no questionnaire."), {"place": place}, part)
    if piece.questionnaire and piece.kind is not ItemKind.QUESTIONNAIRE:
        yield Problem(N_("%(place)s has a questionnaire, but asks no questions."), {"place": place}, part)
    yield from _roles(template, piece, place, part)
    yield from spec_problems(piece, place, part, file_types)
    for need in piece.needs:
        yield from _need(template, need, place, part)


def _roles(template: Template, piece: Piece, place: str, part: str) -> Iterator[Problem]:
    named = [template.role(key) for key in piece.roles]
    for key, role in zip(piece.roles, named, strict=True):
        if role is None:
            yield Problem(N_("%(place)s is for the role “%(key)s”, which is not here."), {"place": place, "key": key}, part)
    here = [role for role in named if role]
    if here and piece.kind.is_decision and not any(role.part is Part.DECIDE for role in here):
        yield Problem(N_("%(place)s waits for a decision, but none of its roles decides."), {"place": place}, part)


def _need(template: Template, need: Need, place: str, part: str) -> Iterator[Problem]:
    other = template.item(need.item)
    values = {"place": place, "key": need.item, "question": need.question, "value": need.value}
    if other is None:
        yield Problem(N_("%(place)s waits for “%(key)s”, which is not here."), values, part)
        return
    values["other"] = piece_place(other, *template.languages)
    if need.is_ is not Is.ANSWER:
        if need.question or need.value:
            yield Problem(N_("%(place)s names an answer, but does not wait for one."), values, part)
        return
    definition = template.definition(other)
    question = definition.question(need.question) if definition else None
    if question is None:
        yield Problem(N_("%(place)s waits for an answer to “%(question)s”, which %(other)s does not ask."), values, part)
    elif question.options and need.value and question.option(need.value) is None:
        yield Problem(N_("%(place)s waits for the answer “%(value)s”, which %(other)s does not offer."), values, part)


def _circles(template: Template) -> Iterator[tuple[dict[str, str], str]]:
    for part in circles(template):
        kind, _, key = part.partition(".")
        stage, piece = template.stage(key), template.item(key)
        place = (
            piece_place(piece, *template.languages)
            if kind == "items" and piece
            else stage_place(stage, *template.languages)
            if stage
            else f"“{key}”"
        )
        yield {"place": place}, part
