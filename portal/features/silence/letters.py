"""Letters about silence: they say plainly what happens, and on which day."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds import reading
from portal.kinds.about import item_in, lead_of
from portal.kinds.approvals import consents
from portal.kinds.approvals.kind import version_by_id
from portal.kinds.silence import running
from portal.kinds.silence.standing import agreement_of, calendar_of, due_of, effect_day, running_on
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.silence import Agreement
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person


@letter("silence_offered")
def offered(person: Person, facts: dict[str, object]) -> Letter | None:
    """Shall silence count? Nothing if that was answered or is not asked any more."""
    project = db.session.scalar(select(Project).where(Project.id == UUID(str(facts["project"]))))
    if project is None or not project.silence or agreement_of(project.id):
        return None
    link = for_person(person, "client.silence.show", project_id=project.id)
    return print_letter("silence/offered", person, project=project, lead=reading.person(project.lead_id), link=link)


@letter("silence_agreed")
def agreed(person: Person, facts: dict[str, object]) -> Letter | None:
    """Somebody agreed: a receipt for them, news for the others."""
    return _agreement("agreed", person, facts)


@letter("silence_ended")
def ended(person: Person, facts: dict[str, object]) -> Letter | None:
    """Somebody ended what was agreed."""
    return _agreement("ended", person, facts)


@letter("silence_soon")
def soon(person: Person, facts: dict[str, object]) -> Letter | None:
    """The second announcement; nothing if it does not run any more."""
    item, version = _found(facts)
    silence = running_on(version.id) if version else None
    if item is None or version is None or silence is None or silence.first_on is None or reading.resting(item):
        return None
    calendar = calendar_of(item)
    on = effect_day(due_of(item, version), silence.first_on, calendar.today(), calendar)
    link = for_person(person, "client.approvals.decide", item_id=item.id)
    return print_letter("silence/soon", person, shown=version.shown, on=on, lead=reading.person(lead_of(item)), link=link)


@letter("silence_deemed")
def deemed(person: Person, facts: dict[str, object]) -> Letter | None:
    """It counts now, and until when it can be opened again; nothing if it is open again already."""
    item, version = _found(facts)
    decision = db.session.scalar(select(Decision).where(Decision.id == UUID(str(facts["decision"]))))
    if item is None or version is None or decision is None or not decision.is_live:
        return None
    door = "staff" if person.is_staff else "client"
    link = for_person(person, f"{door}.approvals.receipt", item_id=item.id, decision_id=decision.id)
    until = running.objects_until(item, decision)
    return print_letter("silence/deemed", person, shown=version.shown, version=version, decision=decision, until=until, link=link)


@letter("silence_stopped")
def stopped(person: Person, facts: dict[str, object]) -> Letter | None:
    """Silence counts no more on a version, and why."""
    item, version = _found(facts)
    if item is None or version is None:
        return None
    link = for_person(person, "staff.client_page.item", item_id=item.id)
    return print_letter("silence/stopped", person, shown=version.shown, why=str(facts["why"]), promised=item.promised_on, link=link)


def _agreement(name: str, person: Person, facts: dict[str, object]) -> Letter | None:
    agreement = db.session.scalar(select(Agreement).where(Agreement.id == UUID(str(facts["agreement"]))))
    project = db.session.scalar(select(Project).where(Project.id == UUID(str(facts["project"]))))
    if agreement is None or project is None:
        return None
    text, by = consents.agreed(agreement.consent), reading.person(UUID(str(facts["by"])))
    door, ids = ("staff.projects.edit" if person.is_staff else "client.silence.show"), {"project_id": project.id}
    told = {"project": project, "agreement": agreement, "text": text, "by": by, "link": for_person(person, door, **ids)}
    return print_letter(f"silence/{name}", person, mine=by is not None and by.id == person.id, **told)


def _found(facts: dict[str, object]) -> tuple[Item | None, ApprovalVersion | None]:
    item = item_in(facts)
    return item, version_by_id(item.id, UUID(str(facts["version"]))) if item else None
