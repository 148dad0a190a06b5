"""Writes about nudges: asking again by mail, calling a nudge off while it waits, and noting a call."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import uuid4

from portal.features.nudges import queries
from portal.kernel import outbox
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.hours import leaves
from portal.models import may
from portal.models.clients import Client
from portal.models.people import Person
from portal.models.projects import Project, ProjectState
from portal.models.reminders import Tone

UNDO_FOR = timedelta(seconds=10)
RESTS: dict[ProjectState, str] = {
    ProjectState.DRAFT: N_("The client does not know of this project yet. Send the list first."),
    ProjectState.PAUSED: N_("This project is paused. Resume it before you nudge."),
    ProjectState.DONE: N_("This project is done. There is nothing to nudge about."),
    ProjectState.ARCHIVED: N_("This project is archived. Bring it back before you nudge."),
}


@action
def nudge(project: Project, tone: Tone, *, words: str = "", again: bool = False, anyway: bool = False, by: Viewer) -> list[Person]:
    """Ask everybody again for whom the project waits; leaves after ten seconds, or on their next working morning unless sent anyway."""
    require(may.run_clients(by))
    client = db.session.get_one(Client, project.client_id)
    people = [person for person, _ in queries.recipients(project)]
    _refuse(project, client, people)
    if not again and nudged_today(project, client):
        raise Refused(N_("They were nudged today already. Tick “Send it all the same” if you mean it."), field="again")
    wait = UNDO_FOR if anyway else max(leaves(client.calendar, now()) - now(), UNDO_FOR)
    number = uuid4()
    for person in people:
        outbox.post(
            queries.LETTER,
            lane=outbox.Lane.ASK,
            person_id=person.id,
            facts={"project": str(project.id), "tone": tone.value, "words": words.strip(), "nudge": str(number), "by": str(by.person_id)},
            client_id=project.client_id,
            project_id=project.id,
            dedupe=queries.key(project.id, person.id),
            wait=wait,
        )
    record(Kind.NUDGED, project, by=by, audience=Audience.INTERNAL, nudge=number, tone=tone.value, people=len(people))
    return people


@action
def call_off(project: Project, *, by: Viewer) -> None:
    """Take a nudge back while it waits."""
    require(may.run_clients(by))
    number = queries.waiting_nudge(project.id)
    people = queries.speakers([project.client_id]).get(project.client_id, [])
    stopped = [outbox.cancel(queries.key(project.id, one.person.id)) for one in people]
    if not any(stopped):
        raise Refused(N_("It is on its way already and cannot be taken back."))
    record(Kind.NUDGE_CALLED_OFF, project, by=by, audience=Audience.INTERNAL, nudge=number, people=sum(stopped))


def nudged_today(project: Project, client: Client) -> bool:
    """Whether the project's people were nudged on this day of theirs."""
    touch = queries.touches([project], queries.speakers([client.id])).get(project.id)
    return bool(touch and not touch.by_call and client.calendar.day_of(touch.at) == client.calendar.today())


def why_not(project: Project, client: Client, people: Collection[Person]) -> Refused | None:
    """Why nobody can be nudged here now; None when it can be done."""
    if client.archived_at:
        return Refused(N_("This client is archived. Bring it back before you nudge."))
    if project.state in RESTS:
        return Refused(RESTS[project.state])
    if not queries.asked_of(project.id):
        return Refused(N_("Nothing waits for the client any more. There is nothing to nudge about."))
    if not people:
        return Refused(N_("There is nobody who could do what is open. Add a contact who may, or call."))
    return None


def _refuse(project: Project, client: Client, people: Collection[Person]) -> None:
    no = why_not(project, client, people)
    if no:
        raise no


def nudge_several(projects: list[Project], *, by: Viewer) -> list[tuple[Project, int]]:
    """Nudge several projects in a friendly tone; those that cannot be nudged are left out. Returns each with its number of letters."""
    tried = [(project, _letters(project, by=by)) for project in projects]
    return [(project, letters) for project, letters in tried if letters]


def _letters(project: Project, *, by: Viewer) -> int:
    try:
        return len(nudge(project, Tone.FRIENDLY, by=by))
    except Refused:
        return 0


def call_off_several(projects: list[Project], *, by: Viewer) -> int:
    """Take back the nudges of several projects that still wait. Returns how many projects it was."""
    return sum(_stopped(project, by=by) for project in projects)


def _stopped(project: Project, *, by: Viewer) -> bool:
    try:
        call_off(project, by=by)
    except Refused:
        return False
    return True
