"""A template for tests, published through the real actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from portal.features.templates import actions, bringing
from portal.features.templates.shipped import one
from portal.kernel.db import db
from portal.kinds.plans.starting import Start, start
from portal.kinds.plans.templates import latest_version
from portal.kinds.questionnaires.kind import definition_of
from portal.models.clients import Client
from portal.models.definition.shape import Definition, Option, Question, Section, Type
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.template.shape import Is, Need, Piece, Role, Stage, Template, When
from portal.models.templates import ProjectTemplate, TemplateVersion
from portal.models.turns import Part
from portal.web.i18n import LANGUAGES
from tests.support.cast import Cast, act, as_viewer, first_staff, reading


def words(en: str, de: str = "") -> dict[str, str]:
    """Text in English, and in German when it is given."""
    return {"en": en, "de": de} if de else {"en": en}


LOGO = Question(
    key="logo",
    type=Type.ONE_CHOICE,
    label=words("Do you have a logo?", "Haben Sie ein Logo?"),
    required=True,
    options=(Option(key="yes", label=words("Yes", "Ja")), Option(key="no", label=words("No", "Nein"))),
)
BRAND = Definition(sections=(Section(key="s1", title=words("Your brand", "Ihre Marke"), questions=(LOGO,)),))
WEBSITE = Template(
    name=words("New website", "Neue Website"),
    summary=words("From brief to launch", "Vom Briefing zum Start"),
    languages=("en", "de"),
    milestones=(
        Stage(key="start", name=words("Getting started", "Start"), starts=When(days=0), ends=When(days=5)),
        Stage(
            key="design", name=words("Design", "Gestaltung"), starts=When(after="stage:start", days=1), ends=When(after="item:home", days=2)
        ),
    ),
    items=(
        Piece(
            key="brand",
            kind=ItemKind.QUESTIONNAIRE,
            title=words("About your brand", "Über Ihre Marke"),
            stage="start",
            holds_up="design",
            questionnaire="brand",
            due=When(days=3),
        ),
        Piece(
            key="logo",
            kind=ItemKind.FILES,
            title=words("Your logo", "Ihr Logo"),
            why=words("It sets the colours.", "Es bestimmt die Farben."),
            stage="start",
            spec={"min_count": 1},
            needs=(Need(item="brand", is_=Is.ANSWER, question="logo", value="yes"),),
        ),
        Piece(key="photos", kind=ItemKind.FILES, title=words("Photos", "Fotos"), due=When(days=5), roles=("helper",)),
        Piece(
            key="home",
            kind=ItemKind.APPROVAL,
            title=words("Homepage design", "Entwurf der Startseite"),
            stage="design",
            due=When(after="item:photos", days=3),
            roles=("boss",),
            needs=(Need(item="photos", why=words("We design around your photos.", "Wir gestalten um Ihre Fotos herum.")),),
        ),
    ),
    questionnaires={"brand": BRAND},
    roles=(Role(key="boss", name=words("Decides", "Entscheidet"), part=Part.DECIDE), Role(key="helper", name=words("Collects", "Sammelt"))),
    reminders="standard",
)


def make_template(app: Flask, template: Template = WEBSITE, *, name: str = "New website") -> ProjectTemplate:
    """A template as a draft."""
    ada = as_viewer(app, first_staff(app))
    return act(app, lambda: actions.create(uuid4(), name, language="en", draft=template, by=ada), by=ada)


def publish(app: Flask, row: ProjectTemplate, draft: Template | None = None) -> TemplateVersion:
    """Its next version, of another draft when one is given."""
    ada = as_viewer(app, first_staff(app))

    def work() -> int:
        known = db.session.get_one(ProjectTemplate, row.id)
        if draft is not None:
            actions.save(known, draft, rev=known.rev, by=ada)
        return actions.publish(known, rev=known.rev, by=ada)

    n = act(app, work, by=ada)
    with reading(app) as session:
        return session.query(TemplateVersion).filter_by(template_id=row.id, n=n).one()


def make_version(app: Flask, template: Template = WEBSITE, *, name: str = "New website") -> TemplateVersion:
    """A published template."""
    return publish(app, make_template(app, template, name=name))


def without(template: Template, *keys: str) -> Template:
    """Without these items."""
    return replace(template, items=tuple(piece for piece in template.items if piece.key not in keys))


def begin_shipped(app: Flask, cast: Cast, key: str) -> Project:
    """A project of Birch's from a shipped template, its list sent."""
    ada = as_viewer(app, cast.ada)

    def work() -> Project:
        row = bringing.take(one(key), language="en", by=ada)
        version = latest_version(row.id)
        assert version is not None
        wish = Start(version=version, name=row.name, lead_id=cast.ada.id, starts_on=date(2026, 3, 30))
        return start(db.session.get_one(Client, cast.birch.id), wish, send=True, by=ada)

    return act(app, work, by=ada)


def open_everything(app: Flask, project: Project) -> None:
    """As if all that waits for something had opened."""
    mine = sa.update(Item).where(Item.project_id == project.id, Item.kind.in_([ItemKind.FILES, ItemKind.QUESTIONNAIRE]))
    act(app, lambda: db.session.execute(mine.values(state=ItemState.TO_DO)))


def speak(app: Flask, cast: Cast, language: str, content: str = "") -> None:
    """Let Bea read our pages in a language, and Birch what the firm wrote in the same or another one."""

    def work() -> None:
        db.session.execute(sa.update(Client).where(Client.id == cast.birch.id).values(language=content or language))
        db.session.execute(sa.update(Person).where(Person.id == cast.bea.id).values(language=language))

    app.config["LANGUAGES_SPOKEN"] = tuple(LANGUAGES)
    act(app, work)


def pages_of(app: Flask, project: Project) -> list[tuple[Item, list[str]]]:
    """The pages on which the client deals with each item that is not decided on."""
    with reading(app) as session:
        found = []
        for item in session.scalars(sa.select(Item).where(Item.project_id == project.id).order_by(Item.position)):
            if item.kind is ItemKind.QUESTIONNAIRE:
                found.append((item, [f"/items/{item.id}/sections/{n}" for n, _section in definition_of(item).numbered()]))
            elif item.kind is ItemKind.FILES:
                found.append((item, [f"/items/{item.id}/files"]))
        return found
