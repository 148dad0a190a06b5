"""Writes about the morning letter: people of the firm choose for themselves."""

from __future__ import annotations

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.viewer import Viewer
from portal.kinds.reminders.mornings import HOUR, SWITCH
from portal.models.people import Person


@action
def choose(person: Person, *, on: bool, hour: int, by: Viewer) -> None:
    """Get it at this hour, or not at all."""
    require(by.person_id == person.id and person.is_staff and by.seen_as is None)
    rules = {**person.mail_rules, SWITCH: on, HOUR: hour}
    if rules != person.mail_rules:
        person.mail_rules = rules
        record(Kind.PERSON_CHANGED, person, by=by, audience=Audience.INTERNAL, mails=SWITCH, on=on, hour=hour)
