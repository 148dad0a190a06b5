"""A client who comes back: five small websites done, the last closed with thanks, a sixth begun, and pictures that take their time."""

from __future__ import annotations

from portal.demo import agreeing, ending, plans
from portal.demo.days import Story
from portal.demo.tale import Tale
from portal.features.projects import actions as projects
from portal.kinds import life

HOUSES = (("Haus Düne", 5), ("Haus Strand", 13), ("Haus Anker", 6), ("Haus Lotse", 12), ("Haus Kompass", 14))
"""The hotels whose websites are done, and on which working day their pictures came; they were due on the seventh."""
PICTURES = ("Reception.jpg", "Breakfast room.jpg", "Sea view.jpg")


def moewe(tale: Tale) -> Story:
    """One website after the other for the houses of Möwe Hotels."""
    yield tale.at(-89, "09:30")
    tale.client("Möwe Hotels", language="en", zone="Europe/Berlin", lead="jonas")
    tale.contact("inken", "Inken Brodersen", "inken@moewe-hotels.example")
    for n, (house, days) in enumerate(HOUSES):
        yield from _website(tale, house, -88 + 11 * n, days)
    yield tale.at(-26, "20:15")
    ending.says(tale, "inken", 4, "Remind me of the pictures earlier, and by phone. All else was lovely.")
    yield tale.at(-24, "09:15")
    tale.begins_from(plans.NAME, called="Website of Haus Leuchtfeuer", on=-24, inken=("decides", "collects"))
    agreeing.agree_on_days(tale, "jonas", "inken")
    yield tale.at(-22, "16:20")
    _basics(tale)
    yield tale.at(-11, "18:10")
    tale.hands_in("inken", "photos", *PICTURES, note="The sun came out at last.")
    yield tale.at(-10, "10:30")
    tale.does("jonas", life.accept, "photos")


def _website(tale: Tale, house: str, first: int, days: int) -> Story:
    yield tale.at(first, "10:00")
    tale.begins_from(plans.NAME, called=f"Website of {house}", on=first, inken=("decides", "collects"))
    yield tale.at(first + 2, "14:00")
    if not first + 88:
        tale.signs_in("inken")
    if house == HOUSES[-1][0]:
        agreeing.agree_on_days(tale, "jonas", "inken")
    _basics(tale)
    yield tale.at(first + days, "17:40")
    tale.hands_in("inken", "photos", *PICTURES)
    yield tale.at(first + days + 1, "09:50")
    tale.does("jonas", life.accept, "photos")
    yield tale.at(first + days + 2, "16:00")
    if house == HOUSES[-1][0]:
        ending.close(tale, "jonas")
        return
    with tale.acting("jonas") as viewer:
        projects.move_project(tale.project_id, "archive", by=viewer)


def _basics(tale: Tale) -> None:
    tale.answers("inken", "basics", visitors="People who look for a quiet room by the sea; they should ask for a day.", logo="no")
    tale.hands_in("inken", "basics")
    tale.does("jonas", life.accept, "basics")
