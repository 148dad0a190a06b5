"""Writes about questionnaires in the making. Parts are found by key, so two people may work on different parts at once; whoever
saves a part that somebody else changed in between is told, and nothing is overwritten.

What is recorded: publishing, putting away and bringing back, because these change what clients can be asked from then on.
Edits of the draft are not: like autosaves they change what nobody owes or knows, and the version that comes of them is kept
word for word under the hash that publishing records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from portal.features.questionnaires import library
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.plans import embedding
from portal.kinds.questionnaires import note_pictures
from portal.models import may
from portal.models.definition import editing, publishing
from portal.models.definition.canonical import Problem, dump, parse, sha256
from portal.models.definition.shape import Definition, Limits, Question, Rule, Section, Type
from portal.models.questionnaires import Questionnaire, QuestionnaireVersion

ALWAYS, AS_IT_IS = "", "as it is"


class Changed(Refused):
    """Somebody else changed this part in between; what they wrote stands in the draft."""

    def __init__(self) -> None:
        super().__init__(N_("Somebody else changed this in the meantime. What you wrote is still here: save again to keep yours."))


class NotReady(Refused):
    """The draft cannot go out yet; carries everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(N_("This cannot be published yet."), status=422)
        self.problems = list(problems)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants a question to be; `follows` is "", AS_IT_IS or "key of an earlier question=its answer".

    AS_IT_IS is the rule `show`, and without one the rule it has; `parts` is what only some types have."""

    label: str
    short: str
    help: str
    type: Type
    required: bool | Rule
    options: str
    limits: Limits
    follows: str
    show: Rule | None = None
    parts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Typed:
    """What stands in the fields for something new: questions as (section, label, type), and the title of a section."""

    questions: tuple[tuple[str, str, Type], ...] = ()
    section: str = ""


def seen(part: Section | Question) -> str:
    """A mark of a part as somebody saw it, to notice when it changed since."""
    section = replace(part, questions=()) if isinstance(part, Section) else Section(key="s", title={}, questions=(part,))
    return sha256(Definition(sections=(section,)))


@action
def create(questionnaire_id: UUID, name: str, *, section: str, language: str, by: Viewer) -> None:
    """A new questionnaire with one empty section."""
    require(may.write_questionnaires(by))
    draft = editing.add_section(Definition(), title=section, language=language)
    db.session.add(Questionnaire(id=questionnaire_id, key=editing.new_key("n"), name=name.strip(), draft=dump(draft), rev=1))


@action
def rename(questionnaire: Questionnaire, name: str, *, by: Viewer) -> None:
    """Another name for the firm's own lists; clients never read it."""
    require(may.write_questionnaires(by))
    questionnaire.name = name.strip()


@action
def add_section(questionnaire: Questionnaire, title: str, *, language: str, by: Viewer) -> str:
    """A new section at the end; its key."""
    key = editing.new_key("s")
    _write(questionnaire, editing.add_section(parse(questionnaire.draft), title=title, language=language, key=key), by=by)
    return key


@action
def edit_section(
    questionnaire: Questionnaire, key: str, *, title: str, intro: str, minutes: int, saw: str, language: str, by: Viewer
) -> None:
    """Another title and introduction, and how long it takes; raises Changed."""
    draft = parse(questionnaire.draft)
    if seen(part(draft, key)) != saw:
        raise Changed
    _write(questionnaire, editing.rename_section(draft, key, title=title, intro=intro, minutes=minutes, language=language), by=by)


@action
def add_question(questionnaire: Questionnaire, section: str, *, label: str, type: Type, language: str, by: Viewer) -> str:
    """A new question at the end of a section; its key."""
    draft, key = parse(questionnaire.draft), editing.new_key("q")
    part(draft, section)
    _write(questionnaire, editing.add_question(draft, section, type=type, label=label, language=language, key=key), by=by)
    return key


@action
def take_in(questionnaire: Questionnaire, typed: Typed, *, language: str, by: Viewer) -> int:
    """Put what was typed but not added yet into the draft, because another button was pressed; how many changes that made.

    A question whose section somebody removed goes to the end, so that nothing typed is lost."""
    before = questionnaire.rev
    for section, label, type in typed.questions:
        draft = parse(questionnaire.draft)
        there = [each.key for each in draft.sections]
        if there:
            add_question(questionnaire, section if section in there else there[-1], label=label, type=type, language=language, by=by)
    if typed.section:
        add_section(questionnaire, typed.section, language=language, by=by)
    return questionnaire.rev - before


@action
def edit_question(questionnaire: Questionnaire, key: str, wish: Wish, *, saw: str, language: str, by: Viewer) -> None:
    """The question as somebody wants it; raises Changed."""
    draft = parse(questionnaire.draft)
    question = part(draft, key)
    if seen(question) != saw:
        raise Changed
    draft = editing.edit_question(draft, key, language=language, label=wish.label, short=wish.short, help=wish.help, type=wish.type)
    draft = editing.edit_question(draft, key, language=language, required=wish.required, limits=wish.limits)
    draft = editing.set_parts(draft, key, wish.parts)
    if wish.type.has_options:
        draft = editing.set_options(draft, key, lines=wish.options, language=language)
    if wish.follows != AS_IT_IS:
        asked, _, answer = wish.follows.partition("=")
        draft = editing.follow_up(draft, key, on=asked or None, value=answer)
    elif wish.show:
        draft = editing.set_parts(draft, key, {"show": wish.show})
    _write(questionnaire, draft, by=by)


@action
def set_picture(
    questionnaire: Questionnaire, key: str, picture: str | tuple[bytes, int, int], *, alt: str, language: str, by: Viewer
) -> None:
    """Another picture for a note: none, the one it has, or one just drawn; and in words what it shows."""
    draft = parse(questionnaire.draft)
    note = part(draft, key)
    if not isinstance(note, Question) or note.type is not Type.NOTE:
        raise Refused(N_("Somebody removed this in the meantime."))
    kept = str(note_pictures.keep(*picture, by=by)) if isinstance(picture, tuple) else picture and note.picture
    said = editing.said(note.alt, language=language, text=alt) if kept else {}
    _write(questionnaire, editing.set_parts(draft, key, {"picture": kept, "alt": said}), by=by)


@action
def move(questionnaire: Questionnaire, key: str, *, steps: int, by: Viewer) -> None:
    """A section or a question some places down, or up when negative."""
    draft = parse(questionnaire.draft)
    moved = editing.move_section if isinstance(part(draft, key), Section) else editing.move_question
    _write(questionnaire, moved(draft, key, by=steps), by=by)


@action
def remove(questionnaire: Questionnaire, key: str, *, rev: int, by: Viewer) -> None:
    """Without this section (and its questions) or this question; can be undone until the next change."""
    _same(questionnaire, rev)
    draft, before = parse(questionnaire.draft), questionnaire.draft
    gone = editing.remove_section if isinstance(part(draft, key), Section) else editing.remove_question
    _write(questionnaire, gone(draft, key), by=by)
    questionnaire.before = before


@action
def undo(questionnaire: Questionnaire, *, rev: int, by: Viewer) -> None:
    """Bring back what was removed, unless something was changed since."""
    if questionnaire.before is None or questionnaire.rev != rev:
        raise Refused(N_("Something was changed since, so this cannot be undone any more."))
    _write(questionnaire, parse(questionnaire.before), by=by)


@action
def publish(questionnaire: Questionnaire, *, rev: int, language: str, by: Viewer) -> int:
    """Make the draft the version clients get from now on; its number. Raises NotReady."""
    require(may.write_questionnaires(by))
    if questionnaire.template_id:
        raise Refused(N_("These questions belong to a template and are published with it."))
    if questionnaire.archived_at:
        raise Refused(N_("This questionnaire is archived. Bring it back first."))
    _same(questionnaire, rev)
    draft = parse(questionnaire.draft)
    problems = publishing.problems(draft, languages=(language,))
    if problems:
        raise NotReady(problems)
    latest, digest = library.SHELF.latest(questionnaire.id), sha256(draft)
    if latest and latest.sha256 == digest:
        raise Refused(N_("Nothing has changed since version %(n)s."), n=latest.n)
    version = QuestionnaireVersion(id=uuid4(), questionnaire_id=questionnaire.id, n=latest.n + 1 if latest else 1)
    version.definition, version.sha256, version.published_at = dump(draft), digest, now()
    db.session.add(version)
    detail = {"name": questionnaire.name}
    facts = {"questionnaire": questionnaire.id, "n": version.n, "sha256": digest}
    record(Kind.QUESTIONNAIRE_PUBLISHED, version, by=by, audience=Audience.INTERNAL, detail=detail, **facts)
    return version.n


@action
def archive(questionnaire: Questionnaire, *, by: Viewer) -> None:
    """Offer it no longer; items that use it go on."""
    require(may.write_questionnaires(by))
    if questionnaire.archived_at is None:
        questionnaire.archived_at = now()
        _put_down(Kind.QUESTIONNAIRE_ARCHIVED, questionnaire, by=by)


@action
def restore(questionnaire: Questionnaire, *, by: Viewer) -> None:
    """Offer it again."""
    require(may.write_questionnaires(by))
    if questionnaire.archived_at:
        questionnaire.archived_at = None
        _put_down(Kind.QUESTIONNAIRE_RESTORED, questionnaire, by=by)


def _put_down(kind: Kind, questionnaire: Questionnaire, *, by: Viewer) -> None:
    record(kind, questionnaire, by=by, audience=Audience.INTERNAL, detail={"name": questionnaire.name})


def part(draft: Definition, key: str) -> Section | Question:
    """The section or question with this key; raises Refused when somebody removed it."""
    found = draft.question(key) or next((section for section in draft.sections if section.key == key), None)
    if found is None:
        raise Refused(N_("Somebody removed this in the meantime."))
    return found


def _same(questionnaire: Questionnaire, rev: int) -> None:
    if questionnaire.rev != rev:
        raise Refused(N_("Somebody else changed this questionnaire in the meantime. Look at it as it is now, then try again."))


def _write(questionnaire: Questionnaire, draft: Definition, *, by: Viewer) -> None:
    require(may.write_questionnaires(by))
    questionnaire.draft, questionnaire.before = dump(draft), None
    questionnaire.rev += 1
    embedding.carry_back(questionnaire, draft)
