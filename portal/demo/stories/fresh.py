"""A client who began from a template last week: what waits for something opens as it goes on."""

from __future__ import annotations

from portal.demo import plans
from portal.demo.days import Story
from portal.demo.tale import Tale
from portal.kinds import life


def seewald(tale: Tale) -> Story:
    """Answered at once, sent the logo that was asked for because of it, and collects pictures now."""
    yield tale.at(-5, "10:20")
    tale.client("Praxis Seewald", language="de", zone="Europe/Berlin", lead="deniz")
    tale.contact("nele", "Nele Seewald", "nele@praxis-seewald.example")
    tale.begins_from(plans.NAME, on=-5, nele=("decides", "collects"))
    yield tale.at(-4, "19:05")
    tale.signs_in("nele")
    tale.answers("nele", "basics", visitors="Familien aus dem Viertel; sie sollen online einen Termin finden.", logo="yes")
    tale.hands_in("nele", "basics")
    yield tale.at(-3, "09:10")
    tale.does("deniz", life.accept, "basics")
    yield tale.at(-1, "20:40")
    tale.hands_in("nele", "logo", "Logo Seewald.png")
    tale.gives("nele", "photos", "Empfang.jpg")
