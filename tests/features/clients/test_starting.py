"""A new client from a template takes three clicks and the names; the list beside the form is what the client will see, with real dates."""

from datetime import date

import pytest
from sqlalchemy import func, select

from portal.models.clients import Client
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.projects import Project, ProjectState
from portal.models.turns import ItemPerson
from tests.support.cast import make_contact, reading
from tests.support.templates import WEBSITE, make_version

pytestmark = pytest.mark.sqlite_only
NEW = "/staff/new"


@pytest.fixture
def maple(app, cast):
    """The names of a new client, as typed; everything else as the page offers it."""
    version = make_version(app)
    return {"company": "Maple", "name": "Mia Maple", "email": "mia@maple.example", "template": str(version.template_id)} | {
        "language": "", "zone": "Europe/Berlin", "lead": str(cast.ada.id), "starts_on": "2026-03-30", "project": "", "act": "send"
    }  # fmt: skip


def one(app, query):
    with reading(app) as session:
        return session.scalars(query).one_or_none()


def test_without_a_template_the_button_leads_to_the_blank_page(ada):
    assert ada.get(NEW, 303).location.endswith("/staff/clients/new")


def test_it_is_offered_with_the_template_used_last_and_today(app, ada, maple):
    make_version(app, WEBSITE, name="Zebra")
    page = ada.get(NEW)
    assert "New website" in page.text
    ada.post(NEW, maple | {"template": maple["template"]})
    assert f'value="{maple["template"]}" selected' in ada.get(NEW).html or f'selected value="{maple["template"]}"' in ada.get(NEW).html


def test_the_names_are_enough_and_the_list_goes_out(app, ada, maple, send_mail):
    ada.post(NEW, maple)
    client = one(app, select(Client).where(Client.name == "Maple"))
    project = one(app, select(Project).where(Project.client_id == client.id))
    assert (project.name, project.state, project.starts_on) == ("New website", ProjectState.ACTIVE, date(2026, 3, 30))
    assert [mail.to for mail in send_mail()] == ["mia@maple.example"]
    with reading(app) as session:
        assert session.scalar(select(func.count(ItemPerson.id)).where(ItemPerson.client_id == client.id)) == 2


def test_the_language_follows_the_address_unless_it_is_chosen(app, ada, maple):
    ada.post(NEW, maple | {"email": "mia@maple.de"})
    ada.post(NEW, maple | {"company": "Oak", "email": "ole@oak.de", "language": "en"})
    assert [one(app, select(Client).where(Client.name == name)).language for name in ("Maple", "Oak")] == ["de", "en"]
    assert one(app, select(Project).join(Client, Client.id == Project.client_id).where(Client.name == "Maple")).name == "Neue Website"


def test_a_draft_is_seen_by_no_client(app, ada, maple, send_mail):
    ada.post(NEW, maple | {"act": "draft"})
    assert one(app, select(Project).where(Project.name == "New website", Project.state == ProjectState.DRAFT))
    assert send_mail() == []


def test_looking_shows_the_real_dates_and_writes_nothing(app, ada, maple, nothing_changed):
    with nothing_changed():
        page = ada.post(NEW, maple | {"act": "look"}, 200).text
    assert "2 things we need from you" in page
    assert "by Thu 2 Apr" in page  # three working days after Monday
    assert "opens later" in page
    assert "Hello Mia" in page


def test_duplicates_are_noticed_before_and_refused_after(app, cast, ada, maple, nothing_changed):
    typed = maple | {"company": cast.birch.name.upper(), "email": cast.cal.email_typed}
    with nothing_changed():
        page = ada.post(NEW, typed | {"act": "look"}, 200).text
        assert f"There is a {cast.birch.name} already." in page
        assert f"it is {cast.cal.name}, who will speak for this client too" in page
        ada.refused(NEW, typed, says=f"{cast.birch.name} is a client already.")
        ada.refused(NEW, maple | {"email": cast.abe.email_typed}, says="works here")


def test_what_is_missing_is_said_and_the_rest_kept(ada, maple, nothing_changed):
    with nothing_changed():
        page = ada.refused(NEW, maple | {"company": ""}, says="Write the client's name.")
    assert "mia@maple.example" in page.html


def test_a_client_we_know_begins_another_project_with_people_in_its_roles(app, cast, ada, maple):
    url = f"/staff/clients/{cast.birch.id}/start"
    ben = make_contact(app, cast.birch, "Bo Birch")
    assert "Who does what" in ada.get(url).text
    typed = {"template": maple["template"], "starts_on": "2026-03-30", "lead": str(cast.ada.id), "role-boss": str(ben.id), "act": "draft"}
    ada.post(url, typed)
    home = one(app, select(Item).where(Item.client_id == cast.birch.id, Item.template_key == "home"))
    assert home.state is ItemState.DRAFT
    assert one(app, select(ItemPerson).where(ItemPerson.item_id == home.id)).person_id == ben.id


def test_people_chosen_for_the_roles_of_another_template_are_asked_for_again(app, cast, ada, maple, nothing_changed):
    make_contact(app, cast.birch, "Bo Birch")
    typed = {
        "template": maple["template"],
        "starts_on": "2026-03-30",
        "lead": str(cast.ada.id),
        "role-gone": str(cast.bea.id),
        "act": "send",
    }
    with nothing_changed():
        page = ada.post(f"/staff/clients/{cast.birch.id}/start", typed, 422)
    assert "This template has other roles." in page.text and page.soup.find(id="role-boss")


def test_contacts_begin_nothing(cast, bea, maple, nothing_changed):
    with nothing_changed():
        for url in (NEW, "/staff/new/many", f"/staff/clients/{cast.birch.id}/start"):
            bea.get(url, 404)
            bea.post(url, maple, 404)


def test_the_page_asks_the_same_of_the_database_for_two_templates_and_for_ten(app, ada, maple, count_queries):
    ada.get(NEW)
    with count_queries() as one_template:
        ada.get(NEW)
    for n in range(6):
        make_version(app, name=f"T{n}")
    with count_queries() as seven:
        ada.get(NEW)
    assert len(one_template) == len(seven)
