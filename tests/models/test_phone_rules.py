"""When a call fits: by the rule somebody gave, and the clock where they are."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from portal.models.people import Person
from portal.models.phone_rules import Calls, Phone, PhoneRules, rules_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NIGHT = PhoneRules(Calls.HOURS, time(20), time(2))


@pytest.mark.parametrize(
    ("rules", "zone", "bad_news", "fits"),
    [
        (PhoneRules(), "UTC", False, True),
        (PhoneRules(Calls.NEVER), "UTC", True, False),
        (PhoneRules(Calls.BAD_NEWS), "UTC", False, False),
        (PhoneRules(Calls.BAD_NEWS), "UTC", True, True),
        (PhoneRules(Calls.HOURS), "UTC", False, True),
        (PhoneRules(Calls.HOURS), "Asia/Tokyo", True, False),
        (PhoneRules(Calls.HOURS, zone="Europe/Berlin"), "Asia/Tokyo", False, True),
        (PhoneRules(Calls.HOURS, time(8), time(12)), "UTC", False, False),
        (NIGHT, "Asia/Tokyo", False, True),
        (NIGHT, "UTC", False, False),
    ],
)
def test_whether_a_call_fits(rules, zone, bad_news, fits):
    who = Person(name="Bea", zone=zone, language="en", phone_rules=rules.written())
    assert rules_of(who) == rules
    assert Phone(who, rules, NOON, bad_news).fits is fits
