"""Studio Halden itself: its name, its mark, and the three people who work there."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from portal.demo import papers
from portal.demo.coming_in import acting_as, come_in
from portal.demo.days import Days, Story
from portal.edges.setting_up import Beginning, set_up
from portal.features.accounts import actions as accounts
from portal.features.firm import actions as firm
from portal.features.team import actions as team
from portal.kernel.db import db
from portal.models.people import Firm, Person, StaffRole, named_firm

STAFF, CLIENT = "mara@studio-halden.example", "rosa@lindner-bakery.example"
ZONE, PHONE = "Europe/Berlin", "+49 30 5550 1470"
BEGINNING = Beginning(
    firm="Studio Halden",
    language="en",
    zone=ZONE,
    mail_name="Studio Halden",
    mail_address="hello@studio-halden.example",
    staff_name="Mara Voss",
    staff_email=STAFF,
)


def found() -> dict[str, UUID]:
    """Set the firm up; Mara furnishes it and invites her colleagues. Returns who works here, by first name."""
    mara = set_up(BEGINNING).id
    staff = {"mara": mara}
    with acting_as(mara) as viewer:
        firm.keep_mark(_firm(), papers.content_of("mark-halden.png"), by=viewer)
    with acting_as(mara) as viewer:
        address = "Studio Halden, Kanalstraße 12, 10999 Berlin"
        firm.describe(_firm(), name="Studio Halden", address=address, phone=PHONE, language="en", zone=ZONE, by=viewer)
    for key, name in (("deniz", "Deniz Aksoy"), ("jonas", "Jonas Reuter")):
        with acting_as(mara) as viewer:
            staff[key] = team.invite(name=name, email=f"{key}@studio-halden.example", role=StaffRole.MEMBER, by=viewer).id
    for key, title in (("mara", "Project lead"), ("deniz", "Design"), ("jonas", "Development")):
        with acting_as(staff[key]) as viewer:
            accounts.change_myself(db.session.get_one(Person, staff[key]), {"title": title, "phone": PHONE}, by=viewer)
    return staff


def at_work(days: Days, staff: Mapping[str, UUID]) -> Story:
    """Each of them comes in when they begin here, and again these days."""
    for who, day, clock in (
        ("mara", -89, "08:40"),
        ("deniz", -89, "09:05"),
        ("jonas", -88, "09:30"),
        ("deniz", -1, "08:55"),
        ("jonas", -1, "09:20"),
    ):
        yield days.at(day, clock)
        come_in(staff[who])


def _firm() -> Firm:
    there = named_firm()
    if there is None:
        raise LookupError("the firm was not set up")
    return there
