"""From at least five cases of its own the firm reads what clients usually need, and what held projects like this one up."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.kinds import life
from portal.kinds.plans.starting import Start, start
from portal.models.clients import Client
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.template.shape import Piece, Stage, Template, When
from tests.features.reports.test_staff import done  # noqa: F401 - a fixture
from tests.support.cast import act, as_viewer, db, make_upload, reading
from tests.support.templates import make_version, words

SHOOT = Template(
    name=words("A shoot"),
    milestones=(Stage(key="prepare", name=words("Prepare")), Stage(key="shoot", name=words("Shoot"), starts=When(days=5))),
    items=(
        Piece(key="consent", kind=ItemKind.FILES, title=words("Consent forms"), due=When(days=2), holds_up="shoot", stage="prepare"),
        Piece(key="list", kind=ItemKind.FILES, title=words("A list of shots"), due=When(days=4), stage="prepare"),
    ),
)


@pytest.fixture
def shoots(app, cast, clock):
    """Projects that began on Mon 2 Nov 2026 from the same template; both things came after so many days."""
    version = make_version(app, SHOOT)
    ada, bea = as_viewer(app, cast.ada), as_viewer(app, cast.bea)

    def make(*after):
        for days in after:
            clock.to(datetime(2026, 11, 2, 9, tzinfo=UTC))
            wish = Start(version, "A shoot", cast.ada.id, date(2026, 11, 2))
            project = act(app, lambda wish=wish: start(db.session.get_one(Client, cast.birch.id), wish, send=True, by=ada), by=ada)
            with reading(app) as session:
                items = list(session.query(Item).filter(Item.project_id == project.id))
            clock.advance(days=days)
            for item in items:
                make_upload(app, item, by=cast.bea)
                act(app, lambda id=item.id: life.hand_over(db.session.get_one(Item, id), by=bea), by=bea)
                act(app, lambda id=item.id: life.accept(db.session.get_one(Item, id), by=ada), by=ada)
        clock.to(datetime(2026, 11, 30, 9, tzinfo=UTC))
        return version.template_id

    return make


def test_asking_says_from_five_cases_on_how_long_clients_need_and_leads_to_them(cast, ada, done):  # noqa: F811
    ask = f"/staff/projects/{cast.project.id}/ask"
    for _n in range(4):
        done(cast.project, cast.bea, 2)
    assert "Clients usually need" not in ada.get(ask).text
    item = done(cast.project, cast.bea, 3)
    page = ada.get(ask)
    assert "Clients usually need 2 working days for files: asked today, they are here by Tue 10 Nov. 5 cases" in page.text
    assert f"/staff/items/{item.id}" in ada.get(next(link for link in page.links if "/reports/cases" in link)).links
    assert "Clients usually need 2 working days" in ada.get(f"/staff/items/{item.id}/edit").text


def test_a_new_project_from_a_template_reads_what_held_up_those_before(cast, browse, shoots):
    new = f"/staff/clients/{cast.birch.id}/start"
    template = shoots(1, 9, 9, 9)
    ada = browse(cast.ada)
    assert "From your own projects" not in ada.get(f"{new}?template={template}").text
    shoots(1)
    page = ada.get(f"{new}?template={template}")
    assert "“Consent forms” held up 3 of 5 projects like this." in page.text and "“A list of shots” held up" not in page.text
    assert "“Consent forms”: clients usually need 7 working days, this plan gives them 2. 5 cases" in page.text
    held, usual = (link for link in dict.fromkeys(page.links) if "/reports/cases" in link and "list" not in link)
    assert "3 things" in ada.get(held).text and "5 things" in ada.get(usual).text


def test_projects_that_were_on_time_foretell_nothing(cast, browse, shoots):
    template = shoots(1, 1, 1, 1, 1)
    assert "From your own projects" not in browse(cast.ada).get(f"/staff/clients/{cast.birch.id}/start?template={template}").text
