"""Making questionnaires: sections and questions, put in order, tried out as a client sees them, and published as a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.questionnaires import drafting, forms, library, queries
from portal.features.questionnaires.forms import (
    NEEDS_MORE,
    QUESTION,
    SECTION,
    TYPES,
    AddQuestionForm,
    AddSectionForm,
    NameForm,
    QuestionForm,
    SectionForm,
)
from portal.kernel.refusal import NotFound, Refused
from portal.kernel.words import best
from portal.models.definition.canonical import Problem, parse
from portal.models.definition.shape import Question, Section, Type
from portal.models.people import the_firm
from portal.models.questionnaires import Questionnaire
from portal.web import i18n
from portal.web.buttons import say_with_undo
from portal.web.doors import find, viewer
from portal.web.forms import answer_with, revision_seen, said

pages = Blueprint("questionnaires", __name__)


@pages.get("/questionnaires")
def shelf() -> ResponseReturnValue:
    """All questionnaires of the firm."""
    archived = "archived" in request.args
    rows, put_away = library.SHELF.all(archived=archived), library.SHELF.archived_count()
    return render_template("staff/questionnaires/list.html", rows=rows, archived=archived, put_away=put_away)


@pages.route("/questionnaires/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A new questionnaire: its name, then its first section waits."""
    form, own_id = NameForm(), uuid4()
    first = _("First section")
    if form.submitted(lambda: drafting.create(own_id, form.name.data or "", section=first, language=_language(), by=viewer())):
        return redirect(_url(own_id), 303)
    return render_template("staff/questionnaires/name.html", form=form, questionnaire=None)


@pages.route("/questionnaires/<uuid:questionnaire_id>/name", methods=["GET", "POST"])
def name(questionnaire_id: UUID) -> ResponseReturnValue:
    """Another name."""
    questionnaire = find(Questionnaire, questionnaire_id)
    form = NameForm(data={"name": questionnaire.name})
    if form.submitted(lambda: drafting.rename(questionnaire, form.name.data or "", by=viewer())):
        return redirect(_url(questionnaire_id), 303)
    return render_template("staff/questionnaires/name.html", form=form, questionnaire=questionnaire)


@pages.get("/questionnaires/<uuid:questionnaire_id>")
def edit(questionnaire_id: UUID) -> ResponseReturnValue:
    """The draft: sections and questions in order."""
    return _desk(find(Questionnaire, questionnaire_id))


@pages.post("/questionnaires/<uuid:questionnaire_id>/take-in")
def take_in(questionnaire_id: UUID) -> ResponseReturnValue:
    """Everything that was typed for something new, at once."""
    questionnaire = find(Questionnaire, questionnaire_id)
    return _done(questionnaire, lambda: _take_in(questionnaire))


@pages.post("/questionnaires/<uuid:questionnaire_id>/sections")
def add_section(questionnaire_id: UUID) -> ResponseReturnValue:
    """One more section."""
    questionnaire, form = find(Questionnaire, questionnaire_id), AddSectionForm(prefix=SECTION)
    _take_in(questionnaire, but=SECTION)
    if form.submitted(lambda: drafting.add_section(questionnaire, form.title.data or "", language=_language(), by=viewer())):
        last = parse(find(Questionnaire, questionnaire_id).draft).sections[-1]
        return redirect(_url(questionnaire_id, anchor=last.key), 303)
    return _desk(questionnaire, section_form=form)


@pages.route("/questionnaires/<uuid:questionnaire_id>/sections/<key>", methods=["GET", "POST"])
def section(questionnaire_id: UUID, key: str) -> ResponseReturnValue:
    """The words of one section."""
    questionnaire = find(Questionnaire, questionnaire_id)
    selected, form = _part(questionnaire, key, Section), SectionForm()

    def save() -> None:
        wish = {"title": form.title.data or "", "intro": form.intro.data or "", "saw": form.saw.data or "", "language": _language()}
        drafting.edit_section(questionnaire, key, **wish, minutes=form.minutes.data or 0, by=viewer())

    if _submitted(form, save, questionnaire, key):
        return redirect(_url(questionnaire_id, anchor=key), 303)
    if request.method == "GET":
        form.title.data, form.intro.data = best(selected.title, _language()), best(selected.intro, _language())
        form.minutes.data, form.saw.data = selected.minutes or None, drafting.seen(selected)
    return _desk(questionnaire, selected=_part(questionnaire, key, Section), form=form)


@pages.post("/questionnaires/<uuid:questionnaire_id>/sections/<key>/questions")
def add_question(questionnaire_id: UUID, key: str) -> ResponseReturnValue:
    """One more question; one with answers to choose from goes on to their page."""
    questionnaire, form, made = find(Questionnaire, questionnaire_id), AddQuestionForm(prefix=QUESTION + key), list[str]()
    _take_in(questionnaire, but=key)

    def add() -> None:
        words = {"label": form.label.data or "", "language": _language()}
        made.append(drafting.add_question(questionnaire, key, type=Type(form.type.data), **words, by=viewer()))

    if not form.submitted(add):
        return _desk(questionnaire, question_form=form, adding_to=key)
    if Type(form.type.data) in NEEDS_MORE:
        return redirect(url_for("staff.questionnaires.question", questionnaire_id=questionnaire_id, key=made[0]), 303)
    return redirect(_url(questionnaire_id, anchor=made[0]), 303)


@pages.route("/questionnaires/<uuid:questionnaire_id>/questions/<key>", methods=["GET", "POST"])
def question(questionnaire_id: UUID, key: str) -> ResponseReturnValue:
    """Everything about one question."""
    questionnaire = find(Questionnaire, questionnaire_id)
    selected, form = _part(questionnaire, key, Question), QuestionForm()
    form.offer(parse(questionnaire.draft), selected, language=_language())

    def save() -> None:
        wish = form.wish(selected)
        drafting.edit_question(questionnaire, key, wish, saw=form.saw.data or "", language=_language(), by=viewer())

    if _submitted(form, save, questionnaire, key):
        if selected.type.value != form.type.data:
            flash(_("The kind of answer has changed. Please look at the rest once more."), "done")
            return redirect(url_for("staff.questionnaires.question", questionnaire_id=questionnaire_id, key=key), 303)
        return redirect(_url(questionnaire_id, anchor=key), 303)
    if request.method == "GET":
        form.fill(selected, language=_language())
        form.saw.data = drafting.seen(selected)
    return _desk(questionnaire, selected=_part(questionnaire, key, Question), form=form)


@pages.post("/questionnaires/<uuid:questionnaire_id>/parts/<key>/<any(up, down):way>")
def move(questionnaire_id: UUID, key: str, way: str) -> ResponseReturnValue:
    """A section or question one place up or down."""
    questionnaire, steps = find(Questionnaire, questionnaire_id), 1 if way == "down" else -1
    _take_in(questionnaire)
    return _done(questionnaire, lambda: drafting.move(questionnaire, key, steps=steps, by=viewer()), anchor=key)


@pages.post("/questionnaires/<uuid:questionnaire_id>/parts/<key>/remove")
def remove(questionnaire_id: UUID, key: str) -> ResponseReturnValue:
    """Take a section or question out; the message offers to undo it."""
    questionnaire = find(Questionnaire, questionnaire_id)
    rev = revision_seen() + _take_in(questionnaire)

    def take_out() -> None:
        drafting.remove(questionnaire, key, rev=rev, by=viewer())
        undo_url = url_for("staff.questionnaires.undo", questionnaire_id=questionnaire_id, rev=rev + 1)
        say_with_undo(_("Removed from the draft."), undo=undo_url)

    return _done(questionnaire, take_out)


@pages.post("/questionnaires/<uuid:questionnaire_id>/undo/<int:rev>")
def undo(questionnaire_id: UUID, rev: int) -> ResponseReturnValue:
    """Bring back what was just removed."""
    questionnaire = find(Questionnaire, questionnaire_id)
    return _done(questionnaire, lambda: drafting.undo(questionnaire, rev=rev, by=viewer()))


@pages.get("/questionnaires/<uuid:questionnaire_id>/preview/<int:n>")
def preview(questionnaire_id: UUID, n: int) -> ResponseReturnValue:
    """One section of the draft as a client would see it; nothing is saved."""
    questionnaire = find(Questionnaire, questionnaire_id)
    page = queries.Page(parse(questionnaire.draft))
    shown = page.section(n)
    if shown is None:
        raise NotFound
    asked = page.asked(shown, language=i18n.language(), blank=True)
    return render_template("staff/questionnaires/preview.html", questionnaire=questionnaire, page=page, n=n, section=shown, asked=asked)


@pages.post("/questionnaires/<uuid:questionnaire_id>/publish")
def publish(questionnaire_id: UUID) -> ResponseReturnValue:
    """Make the draft the version clients get from now on, or say what keeps it: what was typed last is looked at first."""
    questionnaire = find(Questionnaire, questionnaire_id)
    if _take_in(questionnaire):
        flash(_("Not published yet: what you had typed was not added. It stands in the draft now. Look at it, then publish."), "warn")
        return redirect(_url(questionnaire_id), 303)
    try:
        n = drafting.publish(questionnaire, rev=revision_seen(), language=_language(), by=viewer())
    except drafting.NotReady as refused:
        answer_with(refused.status)
        return _desk(questionnaire, refused=said(refused), problems=refused.problems)
    except Refused as refused:
        answer_with(refused.status)
        return _desk(questionnaire, refused=said(refused))
    flash(_("Version %(n)s is published. You can ask clients with it now.", n=n), "done")
    return redirect(_url(questionnaire_id), 303)


@pages.post("/questionnaires/<uuid:questionnaire_id>/<any(archive, restore):verb>")
def put_away(questionnaire_id: UUID, verb: str) -> ResponseReturnValue:
    """Offer it no longer, or again."""
    questionnaire = find(Questionnaire, questionnaire_id)
    _take_in(questionnaire)
    if verb == "restore":
        return _done(questionnaire, lambda: drafting.restore(questionnaire, by=viewer()))
    drafting.archive(questionnaire, by=viewer())
    undo_url = url_for("staff.questionnaires.put_away", questionnaire_id=questionnaire_id, verb="restore")
    say_with_undo(_("Archived. Clients who have it can still answer."), undo=undo_url)
    return redirect(url_for("staff.questionnaires.shelf"), 303)


def _desk(
    questionnaire: Questionnaire,
    *,
    selected: Section | Question | None = None,
    refused: str = "",
    problems: Sequence[Problem] = (),
    **more: object,
) -> ResponseReturnValue:
    """The editor, with the part being edited at its side."""
    shelved, language = library.SHELF.one(questionnaire), _language()
    draft = shelved.draft
    lacks = {key: _in_words(problem) for key, problem in library.lacks(draft, language=language).items()}
    hindrances = [(_where(questionnaire.id, problem), _in_words(problem)) for problem in problems]
    facts = {"types": TYPES, "lacks": lacks, "problems": hindrances, "refused": refused, "language": language, "seen": drafting.seen}
    new = {"section_form": AddSectionForm(formdata=None), "question_form": AddQuestionForm(formdata=None), "adding_to": ""}
    place = {"questionnaire": questionnaire, "shelved": shelved, "draft": draft, "selected": selected}
    return render_template("staff/questionnaires/edit.html", **(facts | new | place | more), text=lambda words: best(words, language))


def _take_in(questionnaire: Questionnaire, *, but: str = "") -> int:
    """Put into the draft what was typed for something new, except the one the pressed button is about; how many changes that made."""
    typed = forms.typed_new(but=but)
    return drafting.take_in(questionnaire, typed, language=_language(), by=viewer()) if typed.questions or typed.section else 0


def _submitted(form: SectionForm | QuestionForm, save: Callable[[], None], questionnaire: Questionnaire, key: str) -> bool:
    """Whether it was saved; after a conflict the form knows what stands, so that saving again keeps the typed text."""

    def guarded() -> None:
        try:
            save()
        except drafting.Changed:
            form.saw.data = drafting.seen(drafting.part(parse(find(Questionnaire, questionnaire.id).draft), key))
            raise

    return form.submitted(guarded)


def _done(questionnaire: Questionnaire, work: Callable[[], object], *, anchor: str = "") -> ResponseReturnValue:
    own_id = questionnaire.id
    try:
        work()
    except Refused as refused:
        flash(said(refused), "warn")
    return redirect(_url(own_id, anchor=anchor), 303)


def _part(questionnaire: Questionnaire, key: str, kind: type[Section] | type[Question]):  # type: ignore[no-untyped-def]
    try:
        found = drafting.part(parse(questionnaire.draft), key)
    except Refused:
        raise NotFound from None
    if not isinstance(found, kind):
        raise NotFound
    return found


def _in_words(problem: Problem) -> str:
    values = dict(problem.values)
    if "language" in values:
        values["language"] = i18n.LANGUAGES.get(values["language"], values["language"])
    return str(_(problem.message, **values)) if values else str(_(problem.message))


def _where(questionnaire_id: UUID, problem: Problem) -> str:
    """The page on which a problem can be mended."""
    if problem.question:
        return url_for("staff.questionnaires.question", questionnaire_id=questionnaire_id, key=problem.question)
    if problem.section:
        return url_for("staff.questionnaires.section", questionnaire_id=questionnaire_id, key=problem.section)
    return ""


def _language() -> str:
    return the_firm().language


def _url(questionnaire_id: UUID, *, anchor: str = "") -> str:
    return url_for("staff.questionnaires.edit", questionnaire_id=questionnaire_id, _anchor=anchor or None)
