"""Staff take down a client, its contact and its first list on one page; the list goes out in one act and one mail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from portal.features.clients import actions
from portal.kernel.outbox import Outbox
from portal.kernel.refusal import Refused
from portal.models.clients import Client, Membership
from portal.models.item_states import ItemState, WaitingOn
from portal.models.items import Item
from portal.models.projects import Milestone, Project, ProjectState
from tests.support.cast import act, as_viewer, fresh, make_client, make_contact, make_item, make_project, reading

LIST, NEW = "/staff/clients", "/staff/clients/new"


@pytest.fixture
def maple(cast):
    """A whole new client, as typed."""
    return {
        "company": "Maple & Söhne",
        "name": "Mia Maple",
        "email": "Mia@Maple.example",
        "language": "en",
        "zone": "Europe/Berlin",
        "lead": str(cast.abe.id),
        "project": "New website",
        "starts_on": "2030-01-07",
        "stages-0-name": "Kick-off",
        "stages-0-starts_on": "2030-01-07",
        "stages-1-name": "Launch",
        "stages-1-starts_on": "2030-03-01",
        "stages-2-name": "",
        "asks-0-kind": "files",
        "asks-0-title": "Your logo",
        "asks-0-why": "It stands on every page.",
        "asks-0-due_on": "2030-01-14",
        "asks-0-minutes": "2",
        "asks-1-kind": "files",
        "asks-1-title": "Photos",
        "asks-1-minutes": "5",
        "asks-2-kind": "files",
        "asks-2-title": "",
        "asks-2-minutes": "5",
        "act": "send",
    }


def one(app, query):
    with reading(app) as session:
        return session.scalars(query).one_or_none()


def count(app, model):
    with reading(app) as session:
        return session.scalar(select(func.count()).select_from(model))


# --- new ----------------------------------------------------------------------------------------------------------------


def test_a_new_client_is_created_and_sent_in_one_act_and_one_mail(app, cast, ada, browse, maple, send_mail):
    ada.get(NEW)
    ada.post(NEW, maple)
    client = one(app, select(Client).where(Client.name == "Maple & Söhne"))
    project = one(app, select(Project).where(Project.client_id == client.id))
    assert project.state is ProjectState.ACTIVE and project.lead_id == cast.abe.id and project.waits_client == 2
    with reading(app) as session:
        names = [
            m.name["en"] for m in session.scalars(select(Milestone).where(Milestone.client_id == client.id).order_by(Milestone.position))
        ]
        items = {i.text("title"): i for i in session.scalars(select(Item).where(Item.client_id == client.id))}
    assert names == ["Kick-off", "Launch"] and set(items) == {"Your logo", "Photos"}
    assert items["Your logo"].state is ItemState.TO_DO and items["Your logo"].due_on.isoformat() == "2030-01-14"
    (mail,) = send_mail()
    assert "Mia@maple.example" in mail.to and mail.subject == "What we need to begin"
    assert "Your logo" in mail.words and "Photos" in mail.words and mail.reply_to == cast.abe.email_typed
    page = ada.follow()
    assert page.h1 == "Maple & Söhne" and "has the next move" in page.text and "Created and sent." in page.text
    mia = browse()
    mia.get(mail.path)
    mia.post(mail.path, {"code": mail.code, "keep": "y"})
    assert "Your logo" in mia.follow().text
    assert one(app, select(Membership).where(Membership.client_id == client.id)).joined_at is not None


def test_a_draft_is_seen_by_nobody_and_writes_no_mail(app, ada, maple, send_mail):
    ada.post(NEW, maple | {"act": "draft"})
    client = one(app, select(Client).where(Client.name == "Maple & Söhne"))
    project = one(app, select(Project).where(Project.client_id == client.id))
    assert project.state is ProjectState.DRAFT and project.waits_client == 0
    assert send_mail() == [] and count(app, Outbox) == 0
    assert "This is a draft" in ada.follow().text
    ada.post(f"/staff/projects/{project.id}/send")
    (mail,) = send_mail()
    assert mail.code and "Your logo" in mail.words
    assert fresh(app, project).state is ProjectState.ACTIVE


def test_a_decision_waits_for_us_and_is_not_in_the_mail(app, ada, maple, send_mail):
    ada.post(NEW, maple | {"asks-1-kind": "approval", "asks-1-title": "Home page"})
    item = one(app, select(Item).where(Item.kind == "approval"))
    assert item.state is ItemState.PREPARING and item.waiting_on is WaitingOn.FIRM
    (mail,) = send_mail()
    assert "Home page" not in mail.words and "One thing, about 2 minutes." in mail.html
    assert "Home page" in ada.follow().text and "nothing presented yet" in ada.page.text
    assert "One decision waits for you to present it." in ada.page.text


def test_more_rows_come_without_losing_what_was_typed(app, ada, maple, nothing_changed):
    with nothing_changed():
        page = ada.post(NEW, maple | {"act": "asks"}, 200)
    assert page.soup.find(attrs={"name": "asks-3-title"}) and page.value("asks-0-why") == "It stands on every page."
    assert "2 things we need from you" in page.text
    with nothing_changed():
        page = ada.post(NEW, maple | {"act": "stages"}, 200)
    assert page.soup.find(attrs={"name": "stages-3-name"})


def test_a_kind_that_is_none_is_said_and_does_not_stop_the_preview(ada, maple, nothing_changed):
    with nothing_changed():
        ada.post(NEW, maple | {"asks-0-kind": "gold", "act": "send"}, 422)
        ada.post(NEW, maple | {"asks-0-kind": "questionnaire:none", "act": "preview"}, None)
    assert ada.page.status < 500


def test_a_name_that_is_taken_leads_to_the_one_that_has_it(app, cast, ada, maple, nothing_changed):
    with nothing_changed():
        page = ada.refused(NEW, maple | {"company": "  BIRCH "}, says="Birch is a client already.", status=422)
    assert f"/staff/clients/{cast.birch.id}" in page.links


def test_a_staff_address_cannot_be_a_contact(app, cast, ada, maple, nothing_changed):
    with nothing_changed():
        ada.refused(NEW, maple | {"email": cast.abe.email_typed}, says="A staff address cannot be a contact", status=422)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"company": ""}, "Write the client's name."),
        ({"email": "mia at maple"}, "Write an email address"),
        ({"asks-0-title": "", "asks-1-title": ""}, "Give this a name."),
        ({"asks-0-title": "", "asks-0-why": "", "asks-0-due_on": "", "asks-1-title": ""}, "Write down at least one item"),
        ({"asks-0-minutes": "9999"}, "Between 1 and 600."),
        ({"stages-0-starts_on": "soon"}, "Not a valid date"),
        ({"stages-0-starts_on": "2030-04-01"}, "“Launch” begins before “Kick-off”, which stands above it."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(ada, maple, wrong, says, nothing_changed):
    with nothing_changed():
        page = ada.refused(NEW, maple | wrong, says=says, status=422)
    summary = page.soup.select_one("[data-error-summary]")
    assert says in summary.text
    for link in summary.select("a"):
        assert page.soup.find(id=link["href"].removeprefix("#")), link


def test_a_known_contact_stays_one_person_and_needs_no_invitation(app, cast, ada, maple, send_mail, clock):
    ada.post(NEW, maple | {"email": cast.cal.email_typed.upper()})
    client = one(app, select(Client).where(Client.name == "Maple & Söhne"))
    row = one(app, select(Membership).where(Membership.client_id == client.id))
    assert row.person_id == cast.cal.id and row.joined_at
    assert send_mail() == []
    clock.advance(seconds=20)
    (mail,) = send_mail()
    assert mail.subject == "What we need for New website" and mail.codes == [] and "Your logo" in mail.words


def test_contacts_do_not_come_in_here(bea, maple, nothing_changed):
    with nothing_changed():
        bea.get(NEW, 404)
        bea.post(NEW, maple, 404)


# --- the list -----------------------------------------------------------------------------------------------------------


def test_the_list_is_found_by_name_project_and_person(app, cast, ada):
    make_client(app, "Été Films")
    assert [a for a in ("Birch", "Cedar", "Été Films") if a in ada.get(LIST).text] == ["Birch", "Cedar", "Été Films"]
    assert "Été Films" in ada.get(LIST + "?q=ete").text
    assert "Birch" not in ada.get(LIST + "?q=ete").text.replace("Birch already", "")
    assert "Birch" in ada.get(LIST + "?q=bea").text
    assert "No client matches" in ada.get(LIST + "?q=%25").text
    assert "Nothing is archived" in ada.get(LIST + "?archived=1").text


def test_the_list_asks_as_much_for_two_clients_as_for_twenty(app, cast, ada, count_queries):
    ada.get(LIST)
    with count_queries() as few:
        ada.get(LIST)
    for _ in range(18):
        client = make_client(app)
        make_contact(app, client)
        make_item(app, make_project(app, client), "Logo")
    with count_queries() as many:
        ada.get(LIST)
    assert len(few) == len(many), f"{few}\n{many}"


# --- people and the end ---------------------------------------------------------------------------------------------------


def test_somebody_more_may_speak_for_a_client(app, cast, ada, send_mail):
    people = f"/staff/clients/{cast.birch.id}/people/new"
    form = {"name": "Bob Birch", "email": "bob@birch.example", "role": "watch", "language": "en", "zone": "UTC"}
    ada.post(people, form | {"act": "now"})
    (mail,) = send_mail()
    assert mail.subject == "Your page with us" and mail.code
    ada.refused(people, form | {"act": "now"}, says="Bob Birch speaks for this client already.", status=422)
    ada.refused(people, form | {"email": cast.ada.email_typed}, says="A staff address cannot be a contact", status=422)
    ada.post(people, form | {"email": "bo@birch.example", "name": "Bo", "act": "later"})
    assert send_mail() == [] and "not invited yet" in ada.follow().text


def test_a_new_invitation_puts_an_end_to_the_one_before(app, cast, ada, browse, send_mail):
    ned = make_contact(app, cast.birch, "Ned New", joined=False)
    again = f"/staff/clients/{cast.birch.id}/people/{ned.id}/invite"
    ada.post(again)
    (first,) = send_mail()
    ada.post(again)
    (second,) = send_mail()
    browse().get(first.path, 410)
    browse().get(second.path)
    assert first.code != second.code


@pytest.mark.both
def test_two_invitations_at_once_are_one_mail(app, cast, ada, send_mail):
    ned = make_contact(app, cast.birch, "Ned New", joined=False)
    for _ in range(2):
        ada.post(f"/staff/clients/{cast.birch.id}/people/{ned.id}/invite")
    (only,) = send_mail()
    assert only.code


def test_a_contact_changes_and_then_loses_access_at_once(app, cast, ada, ben):
    here = f"/staff/clients/{cast.birch.id}/people/{cast.ben.id}"
    assert cast.ben.email_typed in ada.get(here).text
    ada.post(here, {"name": "Benno", "role": "watch", "language": "de", "zone": "UTC", "phone": "1"}, None)
    item = make_item(app, cast.project, "Your logo")
    ben.get(f"/items/{item.id}", 303)
    ada.post(f"{here}/end")
    ben.get(f"/items/{item.id}", 404)
    ada.post(f"{here}/end", follow=True)
    assert "has ended already" in ada.page.text
    ada.get(f"/staff/clients/{cast.cedar.id}/people/{cast.ben.id}", 404)


def test_an_archived_client_waits_for_nobody_and_comes_back(app, cast, ada, bea):
    item = make_item(app, cast.project, "Your logo")
    draft = make_item(app, cast.project, "Draft", state=ItemState.DRAFT)
    ada.get(f"/staff/clients/{cast.birch.id}/edit")
    ada.post(f"/staff/clients/{cast.birch.id}/archive", follow=True)
    assert "This client is archived." in ada.page.text
    assert fresh(app, item).waiting_on is WaitingOn.NOBODY and fresh(app, cast.project).waits_client == 0
    bea.get(f"/items/{item.id}", 404)
    ada.post(f"/staff/projects/{cast.project.id}/send", follow=True)
    assert "This client is archived. Restore it first." in ada.page.text
    assert "Birch" not in ada.get(LIST).text and "Birch" in ada.get(LIST + "?archived=1").text
    ada.post(f"/staff/clients/{cast.birch.id}/restore")
    assert fresh(app, item).waiting_on is WaitingOn.CLIENT and fresh(app, cast.project).waits_client == 1
    assert fresh(app, draft).waiting_on is WaitingOn.NOBODY
    bea.get(f"/items/{item.id}", 303)


def test_a_client_is_renamed_but_not_onto_another(app, cast, ada):
    form = {"company": "Birch & Co", "language": "en", "zone": "UTC", "lead": str(cast.ada.id), "working_days": ["0"]}
    ada.post(f"/staff/clients/{cast.birch.id}/edit", form)
    assert fresh(app, cast.birch).sort_key == "birch & co"
    ada.refused(f"/staff/clients/{cast.birch.id}/edit", form | {"company": "cedar"}, says="Cedar is a client already.", status=422)


def test_late_is_counted_in_the_clients_own_days(app, cast, ada, clock, nothing_changed):
    clock.to(datetime(2026, 11, 22, 9, tzinfo=UTC))  # a Sunday
    make_item(app, cast.project, "Your logo", due_on=date(2026, 11, 18))
    edit, board = f"/staff/clients/{cast.birch.id}/edit", "/staff/"
    assert "2 working days late" in ada.get(board).text
    page = ada.get(edit)
    assert page.value("working_days") == "0,1,2,3,4"
    form = {"company": "Birch", "language": "en", "zone": "UTC", "lead": str(cast.ada.id)}
    ada.post(edit, form | {"working_days": ["6", "0", "1", "2", "3"], "holidays": "2026-11-19"})
    assert fresh(app, cast.birch).working_days == [0, 1, 2, 3, 6] and fresh(app, cast.birch).holidays == ["2026-11-19"]
    assert "1 working day late" in ada.get(board).text
    with nothing_changed():
        ada.refused(edit, form | {"holidays": "2026-11-20"}, says="Choose at least one working day.", status=422)
        page = ada.refused(edit, form | {"working_days": ["0"], "holidays": "Eid"}, says="Line 1 is not a day", status=422)
    assert page.value("holidays") == "Eid"


@pytest.mark.both
def test_two_who_create_the_same_client_at_once_make_one(app, cast):
    ada = as_viewer(app, cast.ada)
    company = actions.Company("Twice", "en", "UTC", cast.ada)

    def create(_n):
        try:
            return act(app, lambda: actions.create_client(company, by=ada), by=ada)
        except Refused as refused:
            return str(refused)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(create, range(4)))
    assert made.count("Twice is a client already.") == 3
    assert one(app, select(Client).where(Client.name == "Twice")) is not None
