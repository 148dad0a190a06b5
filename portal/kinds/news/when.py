"""When mail about updates and bad news may reach somebody: by day, on the client's working days, in the reader's own zone."""

from __future__ import annotations

from datetime import datetime

from portal.kernel.clock import Calendar, now
from portal.kinds.hours import leaves
from portal.models.clients import Client
from portal.models.people import Person

AT_ANY_TIME = "news_at_any_time"
"""The mail rule of a person whom bad news may reach at night and on days off."""


def leaves_for(person: Person, client: Client, *, urgent: bool = False) -> datetime:
    """The moment a mail to a person leaves; what is urgent leaves at once where they allow it."""
    if urgent and person.mail_rules.get(AT_ANY_TIME):
        return now()
    days = client.calendar
    return leaves(Calendar(person.zone, days.working_days, days.holidays), now())
