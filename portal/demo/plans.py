"""The firm's template for small websites, in English and German: what most of its projects begin with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import uuid4

from portal.features.templates import actions
from portal.kernel.scope import find
from portal.kernel.viewer import Viewer
from portal.kernel.words import Words
from portal.models.definition.shape import Definition, Option, Question, Section, Type
from portal.models.item_states import ItemKind
from portal.models.template.shape import Is, Need, Piece, Role, Stage, Template, When
from portal.models.templates import ProjectTemplate
from portal.models.turns import Part

NAME = "Small website"


def say(en: str, de: str) -> Words:
    """The same in both languages."""
    return {"en": en, "de": de}


YES_NO = (Option(key="yes", label=say("Yes", "Ja")), Option(key="no", label=say("No, please make one", "Nein, bitte gestalten")))
BASICS = Definition(
    sections=(
        Section(
            key="basics",
            title=say("The basics", "Das Wichtigste"),
            intro=say("Three questions, about two minutes.", "Drei Fragen, etwa zwei Minuten."),
            questions=(
                Question(
                    key="visitors",
                    type=Type.LONG_TEXT,
                    label=say("Who should find you, and what should they do then?", "Wer soll Sie finden, und was soll man dann tun?"),
                    short=say("Who should find you", "Wer Sie finden soll"),
                    required=True,
                ),
                Question(
                    key="logo",
                    type=Type.ONE_CHOICE,
                    label=say("Do you have a logo?", "Haben Sie ein Logo?"),
                    required=True,
                    options=YES_NO,
                ),
                Question(
                    key="like",
                    type=Type.URL,
                    label=say("A website you like", "Eine Website, die Ihnen gefällt"),
                    help=say("It need not be from your trade.", "Sie muss nicht aus Ihrer Branche sein."),
                ),
            ),
        ),
    )
)
SMALL_WEBSITE = Template(
    name=say("New website", "Neue Website"),
    summary=say("Five pages, from the first questions to the launch in six weeks.", "Fünf Seiten, in sechs Wochen bis zum Start."),
    languages=("en", "de"),
    milestones=(
        Stage(key="start", name=say("Getting started", "Auftakt"), starts=When(days=0), ends=When(days=8)),
        Stage(key="design", name=say("Design", "Gestaltung"), starts=When(after="stage:start", days=1), ends=When(days=18)),
        Stage(key="launch", name=say("Launch", "Start"), starts=When(after="stage:design", days=10), ends=When(days=30)),
    ),
    items=(
        Piece(
            key="basics",
            kind=ItemKind.QUESTIONNAIRE,
            title=say("Three questions to begin with", "Drei Fragen zum Anfang"),
            why=say("So that we plan for your customers, not for ours.", "Damit wir für Ihre Kundschaft planen."),
            stage="start",
            holds_up="design",
            questionnaire="basics",
            due=When(days=3),
            minutes=3,
        ),
        Piece(
            key="logo",
            kind=ItemKind.FILES,
            title=say("Your logo", "Ihr Logo"),
            why=say("It sets the colours of everything.", "Es gibt die Farben vor."),
            help=say("The original file, if you have it: SVG, AI or PDF.", "Am besten die Originaldatei: SVG, AI oder PDF."),
            stage="start",
            holds_up="design",
            due=When(after="item:basics", days=4),
            minutes=2,
            spec={"min_count": 1},
            needs=(Need(item="basics", is_=Is.ANSWER, question="logo", value="yes"),),
        ),
        Piece(
            key="photos",
            kind=ItemKind.FILES,
            title=say("Pictures of your rooms and people", "Bilder von Ihren Räumen und Menschen"),
            why=say("Real pictures work better than any we could buy.", "Echte Bilder wirken besser als gekaufte."),
            stage="start",
            holds_up="design",
            due=When(days=7),
            minutes=15,
            spec={"min_count": 3},
            roles=("collects",),
        ),
        Piece(
            key="home",
            kind=ItemKind.APPROVAL,
            title=say("Homepage design", "Entwurf der Startseite"),
            stage="design",
            holds_up="launch",
            due=When(after="item:photos", days=6),
            roles=("decides",),
            needs=(Need(item="photos", why=say("We design around your pictures.", "Wir gestalten um Ihre Bilder herum.")),),
        ),
        Piece(
            key="texts",
            kind=ItemKind.FILES,
            title=say("The texts of the pages", "Die Texte der Seiten"),
            stage="design",
            holds_up="launch",
            due=When(after="item:home", days=5),
            minutes=60,
            needs=(Need(item="home", why=say("Then you know how much room there is.", "Dann sehen Sie, wie viel Platz da ist.")),),
        ),
    ),
    questionnaires={"basics": BASICS},
    roles=(
        Role(key="decides", name=say("Decides about the design", "Entscheidet über die Gestaltung"), part=Part.DECIDE),
        Role(key="collects", name=say("Collects the material", "Stellt das Material zusammen")),
    ),
    reminders="standard",
)


def publish_all(acting: Callable[[], AbstractContextManager[Viewer]]) -> None:
    """Publish the firm's own template."""
    new = uuid4()
    with acting() as viewer:
        actions.create(new, NAME, language="en", draft=SMALL_WEBSITE, key="small_website", by=viewer)
    with acting() as viewer:
        actions.publish(find(ProjectTemplate, new), rev=1, by=viewer)
