"""Writes about how people are called."""

from __future__ import annotations

from dataclasses import replace

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.models import may
from portal.models.clients import Membership
from portal.models.people import Person
from portal.models.phone_rules import Calls, PhoneRules


@action
def wish(person: Person, rules: PhoneRules, number: str, *, by: Viewer) -> None:
    """Keep how somebody wants to be called."""
    require(by.person_id == person.id and by.seen_as is None)
    if _keep(person, replace(rules, by_themselves=True), number):
        record(Kind.PERSON_CHANGED, person, by=by, detail={"calls": rules.written(), "phone": person.phone})


@action
def note_wish(contact: Membership, person: Person, rules: PhoneRules, number: str, *, by: Viewer) -> None:
    """Note how a contact told us they want to be called."""
    require(may.run_clients(by))
    if _keep(person, rules, number):
        record(Kind.CONTACT_CHANGED, contact, by=by, person=person.id, role=contact.role, detail={"name": person.name})


def _keep(person: Person, rules: PhoneRules, number: str) -> bool:
    if rules.calls is Calls.HOURS and rules.start == rules.end:
        raise Refused(N_("The hours begin and end at the same time."), field="end", status=422)
    before = person.phone, person.phone_rules
    person.phone, person.phone_rules = number.strip(), rules.written()
    return (person.phone, person.phone_rules) != before
