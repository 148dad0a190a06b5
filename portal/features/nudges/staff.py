"""Nudging: in the row of the list with htmx, on a page of its own without."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.features.nudges import actions, queries
from portal.features.nudges.forms import CallForm, NudgeForm, SeveralForm
from portal.features.nudges.preview import Block, blocks
from portal.features.nudges.queries import LETTER
from portal.kernel.clock import now
from portal.kinds.calls import noting
from portal.kinds.hours import leaves
from portal.models.clients import Client
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.reminders import Tone
from portal.web.buttons import press, say_with_undo
from portal.web.doors import find, viewer
from portal.web.forms import said, wants_fragment
from portal.web.i18n import LANGUAGES, moment, spoken
from portal.web.letters import compose
from portal.web.next import HOME, safe_next
from portal.web.places import id_of

pages = Blueprint("nudges", __name__)
MOST = 50


@dataclass(frozen=True)
class Shown:
    """The letter that the first of the recipients would get, the language it is written in, and the one they wished for."""

    person: Person
    subject: str
    body: list[Block]
    language: str
    wished: str


@dataclass(frozen=True)
class Planned:
    """One of several nudges before it leaves: who gets it and when, or why nobody does."""

    project: Project
    client: Client
    people: list[Person]
    no: str
    leaves: str
    parked: int


@pages.route("/projects/<uuid:project_id>/nudge", methods=["GET", "POST"])
def nudge(project_id: UUID) -> ResponseReturnValue:
    """Show the real letter, let staff change it, and send it."""
    project = find(Project, project_id)
    form = NudgeForm() if request.method == "POST" else _prefilled(project)
    people: list[Person] = []
    anyway = request.form.get("act") == "anyway"
    if form.submitted(lambda: people.extend(_send(project, form, anyway=anyway))):
        _say_sent(project, people, anyway=anyway)
        return redirect(_back(), 303)
    page = "nudge" if not wants_fragment() else "_letter" if request.args.get("part") == "letter" else "_panel"
    return render_template(f"staff/nudges/{page}.html", **_facts(project, form))


@pages.post("/projects/<uuid:project_id>/nudge/undo")
def undo(project_id: UUID) -> ResponseReturnValue:
    """Take a nudge back while it waits."""
    done = _("The nudge is called off. Nothing was sent.")
    return press(lambda: actions.call_off(find(Project, project_id), by=viewer()), done, to=_back())


@pages.route("/projects/<uuid:project_id>/call", methods=["GET", "POST"])
def call(project_id: UUID) -> ResponseReturnValue:
    """Show whom to call, and note what was said."""
    project = find(Project, project_id)
    client = find(Client, project.client_id)
    speakers = queries.speakers([client.id]).get(client.id, [])
    form = CallForm(back=_back())
    form.offer([one.person for one in speakers])
    if form.submitted(
        lambda: noting.note(project, form.note.data or "", summary=form.summary.data or "", with_id=form.with_whom, by=viewer())
    ):
        flash(_("Noted."), "done")
        return redirect(_back(), 303)
    touch = queries.touches([project], {client.id: speakers}).get(project.id)
    return render_template(
        "staff/nudges/call.html", form=form, project=project, client=client, speakers=speakers, touch=touch, back=_back()
    )


@pages.route("/nudges", methods=["GET", "POST"])
def several() -> ResponseReturnValue:
    """Name everybody who would be nudged, then nudge them all."""
    projects = [find(Project, project_id) for project_id in _chosen()]
    form = SeveralForm(back=_back())
    reached: list[tuple[Project, int]] = []
    if form.submitted(lambda: reached.extend(actions.nudge_several(projects, by=viewer()))):
        _say_several(reached)
        return redirect(_back(), 303)
    rows = [_several_facts(project) for project in projects]
    return render_template("staff/nudges/several.html", form=form, rows=rows, back=_back(), count=sum(not row.no for row in rows))


@pages.post("/nudges/undo")
def undo_several() -> ResponseReturnValue:
    """Take several nudges back, as far as they still wait."""
    stopped = actions.call_off_several([find(Project, project_id) for project_id in _chosen()], by=viewer())
    if stopped:
        flash(ngettext("%(num)s nudge is called off.", "%(num)s nudges are called off.", stopped), "done")
    else:
        flash(_("They are on their way already and cannot be taken back."), "warn")
    return redirect(_back(), 303)


def _send(project: Project, form: NudgeForm, *, anyway: bool) -> list[Person]:
    return actions.nudge(project, Tone(form.tone.data), words=form.words.data or "", again=form.again.data, anyway=anyway, by=viewer())


def _say_sent(project: Project, people: list[Person], *, anyway: bool) -> None:
    client = find(Client, project.client_id)
    at = leaves(client.calendar, now())
    names = ", ".join(person.name for person in people)
    text = (
        _("The nudge to %(names)s leaves %(moment)s, their time.", names=names, moment=moment(at, zone=client.zone))
        if at > now() and not anyway
        else _("Nudge to %(names)s sent.", names=names)
    )
    say_with_undo(text, undo=url_for("staff.nudges.undo", project_id=project.id, back=_back()))


def _prefilled(project: Project) -> NudgeForm:
    """The form as history suggests it, or as the person has changed it for another look at the letter."""
    asked = request.args.get("tone", "")
    tone = asked if asked in [each.value for each in Tone] else queries.tone_for(_touch(project)).value
    return NudgeForm(formdata=None, tone=tone, words=request.args.get("words", "")[:1000], back=_back())


def _touch(project: Project) -> queries.Touch | None:
    return queries.touches([project], queries.speakers([project.client_id])).get(project.id)


def _facts(project: Project, form: NudgeForm) -> dict[str, object]:
    client = find(Client, project.client_id)
    people = [person for person, _items in queries.recipients(project)]
    no = actions.why_not(project, client, people)
    return {
        "form": form,
        "project": project,
        "client": client,
        "people": people,
        "lead": find(Person, project.lead_id),
        "is_lead": project.lead_id == viewer().person_id,
        "bounced": [person for person in people if person.mail_bounced_at],
        "shown": _shown(project, people, form) if no is None else None,
        "no": said(no) if no else "",
        "touch": _touch(project),
        "way": queries.on_their_way([project.id]).get(project.id),
        "leaves": _leaving(client),
        "nudged_today": no is None and actions.nudged_today(project, client),
        "back": _back(),
    }


def _shown(project: Project, people: list[Person], form: NudgeForm) -> Shown | None:
    tone = form.tone.data if form.tone.data in [each.value for each in Tone] else Tone.FRIENDLY.value
    letter = compose(LETTER, people[0], {"project": str(project.id), "tone": tone, "words": (form.words.data or "").strip()})
    if letter is None:
        return None
    written, wished = LANGUAGES[spoken(people[0].language)], LANGUAGES.get(people[0].language, people[0].language)
    return Shown(people[0], letter.subject, blocks(letter), written, wished)


def _several_facts(project: Project) -> Planned:
    """Who would get it and when, or why nobody would."""
    client = find(Client, project.client_id)
    people = [person for person, _items in queries.recipients(project)]
    refused = actions.why_not(project, client, people)
    no = said(refused) if refused else _("Nudged today already.") if actions.nudged_today(project, client) else ""
    way = queries.on_their_way([project.id]).get(project.id)
    return Planned(project, client, people, no, _leaving(client), way.parked if way else 0)


def _leaving(client: Client) -> str:
    """When a letter sent now leaves, by the clock of those who get it; nothing when it leaves at once."""
    at = leaves(client.calendar, now())
    return moment(at, zone=client.zone) if at > now() else ""


def _say_several(reached: list[tuple[Project, int]]) -> None:
    """Say how many letters leave, and when; the message offers to undo it."""
    if not reached:
        flash(_("Nobody could be nudged."), "warn")
        return
    letters: dict[str, int] = {}
    for project, number in reached:
        when = _leaving(find(Client, project.client_id))
        letters[when] = letters.get(when, 0) + number
    told = [
        ngettext("%(num)s letter leaves %(moment)s, their time.", "%(num)s letters leave %(moment)s, their time.", number, moment=when)
        if when
        else ngettext("%(num)s letter leaves now.", "%(num)s letters leave now.", number)
        for when, number in letters.items()
    ]
    ids = [project.id for project, _number in reached]
    undo_url = url_for("staff.nudges.undo_several", project=ids, back=_back())
    say_with_undo(" ".join(told), undo=undo_url)


def _chosen() -> list[UUID]:
    return list(dict.fromkeys(id_of(text) for text in request.values.getlist("project")[:MOST]))


def _back() -> str:
    """Where the person came from, if that is a page of ours; else the list."""
    wanted = safe_next(request.values.get("back"))
    return url_for("staff.owed.board") if wanted == HOME else wanted
