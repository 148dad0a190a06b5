"""Clients of whom nothing is needed right now: all here, resting, finished, or not begun."""

from __future__ import annotations

from portal.demo import silently
from portal.demo.days import Story, together
from portal.demo.tale import Tale
from portal.demo.verdicts import finish
from portal.kinds.questionnaires import judging


def moreau(tale: Tale) -> Story:
    """Everything is here, one answer at the second go, and silence counts where it was agreed: once it did, once it runs."""
    yield tale.at(-22, "09:00")
    tale.client("Moreau Architecture", language="en", zone="Europe/Brussels", lead="jonas")
    tale.contact("ines", "Inès Moreau", "ines@moreau-architecture.example")
    tale.project("Portfolio", ("Content", -21, -6), ("Build", 4, 18), ("Launch", 24, 24))
    tale.ask("works", "files", "Twelve works, three pictures each", stage="Content", holds="Build", due=-8, minutes=40)
    tale.ask("bio", "files", "A page about you", stage="Content", due=-10, minutes=15)
    tale.ask("who", "questionnaire", "The people of your office", stage="Content", due=-9, minutes=4, quiz="who")
    why = "It decides how people walk through your page."
    tale.ask("order", "approval", "The order of the works", why, stage="Content", holds="Build", due=-13, minutes=3)
    tale.ask("captions", "approval", "How captions are written", "The same for all works.", stage="Build", holds="Launch", due=4, minutes=2)
    tale.send()
    silently.offer(tale)
    yield tale.at(-21, "19:30")
    tale.signs_in("ines")
    silently.agree(tale, "ines")
    yield tale.at(-19, "10:00")
    tale.presents("order", "Houses first, then schools, then bridges; the newest of each at the top.")
    yield from together(_handed_in(tale), _silence(tale))


def _silence(tale: Tale) -> Story:
    """The worker looks each morning: the second announcement leaves, then it counts; and begins on the next."""
    for day in (-18, -15, -14, -12):
        yield tale.at(day, "09:05")
        silently.morning(tale, "order")
    yield tale.at(-4, "11:00")
    tale.presents("captions", "Name, place and year in one line; who took the picture in small letters below.")
    for day in (-3, -1):
        yield tale.at(day, "09:05")
        silently.morning(tale, "captions")


def _handed_in(tale: Tale) -> Story:
    yield tale.at(-14, "22:10")
    tale.settles("bio", "ines", "jonas", "Inès Moreau.pdf")
    tale.writes_rows("ines", "who", "team", {"name": "Inès Moreau", "task": "Architect"}, {"name": "Tom Peeters", "task": "Building sites"})
    tale.answers("ines", "who", count="5", call="+32 2 555 01 40", visits="no", sure="5")
    tale.hands_in("ines", "who")
    yield tale.at(-13, "09:30")
    tale.does("jonas", judging.accept_answers, "who", ["team", "count"])
    tale.does("jonas", judging.ask_again, "who", "call", "This number rings in a copy shop. Is it the right one?")
    tale.does("jonas", finish, "who")
    yield tale.at(-12, "18:05")
    tale.answers("ines", "who", again=True, call="+32 2 555 01 41")
    tale.hands_in("ines", "who")
    yield tale.at(-11, "10:15")
    tale.does("jonas", judging.accept, "who")
    yield tale.at(-8, "18:30")
    tale.settles("works", "ines", "jonas", "House by the lake.jpg", "Library.jpg", "Bridge.jpg")
    tale.takes_answers_out("jonas", "xlsx")


def kiosk(tale: Tale) -> Story:
    """A small job, all done but the launch."""
    yield tale.at(-11, "16:20")
    tale.client("Kiosk Sonne", language="de", zone="Europe/Berlin", lead="deniz")
    tale.contact("ayse", "Ayşe Demir", "ayse@kiosk-sonne.example")
    tale.project("Eine Seite", ("Inhalte", -10, -2), ("Start", 6, 6))
    tale.ask("sign", "files", "Ein Foto vom Schild", stage="Inhalte", holds="Start", due=-4, minutes=2)
    tale.send()
    yield tale.at(-6, "07:00")
    tale.signs_in("ayse")
    tale.settles("sign", "ayse", "deniz", "Schild.jpg")


def kessler(tale: Tale) -> Story:
    """Rests until spring."""
    yield tale.at(-40, "09:30")
    tale.client("Kessler Metallbau", language="de", zone="Europe/Berlin", lead="jonas")
    tale.contact("uwe", "Uwe Kessler", "uwe@kessler-metallbau.example")
    tale.project("Neue Webseite", ("Inhalte", -39, 20), ("Umsetzung", 60, 80))
    tale.ask("refs", "files", "Bilder fertiger Arbeiten", stage="Inhalte", holds="Umsetzung", due=-20)
    tale.ask("about", "questionnaire", "Über Ihre Kunden", stage="Inhalte", holds="Umsetzung", due=-20, minutes=9, quiz="website")
    tale.send()
    yield tale.at(-30, "11:11")
    tale.pauses()


def tiny_oak(tale: Tale) -> Story:
    """Finished a while ago and put away."""
    yield tale.at(-70, "10:00")
    tale.client("Tiny Oak Kindergarten", language="en", zone="Europe/London")
    tale.contact("hannah", "Hannah Brook", "hannah@tiny-oak.example")
    tale.project("Summer leaflet", ("Text", -69, -60), ("Print", -55, -54))
    tale.ask("text", "files", "The text of the leaflet", stage="Text", holds="Print", due=-62, minutes=10)
    tale.send()
    yield tale.at(-64, "20:00")
    tale.signs_in("hannah")
    tale.settles("text", "hannah", "mara", "Leaflet.pdf")
    yield tale.at(-50, "15:00")
    tale.archives()


def wagner(tale: Tale) -> Story:
    """Begins next week: written down, not sent yet."""
    yield tale.at(-1, "16:30")
    tale.client("Café Wagner", language="de", zone="Europe/Vienna", lead="deniz")
    tale.contact("lena", "Lena Wagner", "lena@cafe-wagner.example")
    tale.project("Speisekarte und Reservierung", ("Inhalte", 5, 14), ("Gestaltung", 15, 25), ("Start", 35, 35))
    tale.ask("card", "files", "Ihre Speisekarte", stage="Inhalte", holds="Gestaltung", due=9)
    tale.ask("about", "questionnaire", "Über Ihre Gäste", stage="Inhalte", holds="Gestaltung", due=10, minutes=9, quiz="website")
