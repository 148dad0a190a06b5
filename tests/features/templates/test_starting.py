"""A project starts whole from a template: milestones, items in the languages they speak, working days, roles, and what waits for what."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa

from portal.features.questionnaires import actions as answering
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.kernel.refusal import Refused
from portal.kinds import life
from portal.kinds.plans import planning
from portal.kinds.plans.starting import Start, start
from portal.models.clients import Client
from portal.models.definition.shape import Condition, Definition, Match, Rule, Section
from portal.models.definition.shape import Is as Equals
from portal.models.item_states import ItemState, WaitingOn
from portal.models.items import Item
from portal.models.people import Firm, Person
from portal.models.projects import Milestone, Project
from portal.models.template.shape import Need, Piece, Template
from portal.models.templates import ItemNeed, LaterDay, refuse_circles
from portal.models.turns import ItemPerson
from tests.support.cast import act, as_viewer, fresh, make_item, make_upload, reading
from tests.support.cast import present as lay_before
from tests.support.templates import LOGO, WEBSITE, make_version, words

MONDAY = date(2026, 3, 30)


def begin(app, cast, version=None, *, send=True, people=None, on=MONDAY):
    ada, version = as_viewer(app, cast.ada), version or make_version(app)
    wish = Start(version=version, name="Website for Birch", lead_id=cast.ada.id, starts_on=on, people=people or {})
    return act(app, lambda: start(db.session.get_one(Client, cast.birch.id), wish, send=send, by=ada), by=ada)


def items(app, project):
    with reading(app) as session:
        found = session.scalars(sa.select(Item).where(Item.project_id == project.id).order_by(Item.position))
        return {item.template_key: item for item in found}


def stages(app, project):
    with reading(app) as session:
        return {m.template_key: m for m in session.scalars(sa.select(Milestone).where(Milestone.project_id == project.id))}


def do(app, who, work, item):
    viewer = as_viewer(app, who)
    return act(app, lambda: work(db.session.get_one(Item, item.id), viewer), by=viewer)


def answer_brand(app, cast, item, value):
    do(app, cast.bea, lambda it, bea: answering.save_answer(it, "logo", [value], rev=0, language="en", by=bea), item)
    do(app, cast.bea, lambda it, bea: life.hand_over(it, by=bea), item)


def send_photos(app, cast, item):
    make_upload(app, item, by=cast.bea)
    do(app, cast.bea, lambda it, bea: life.hand_over(it, by=bea), item)


def accept(app, cast, item):
    do(app, cast.ada, lambda it, ada: life.accept(it, by=ada), item)


@pytest.mark.sqlite_only
def test_everything_of_the_template_is_there_and_remembers_where_it_came_from(app, cast):
    version = make_version(app)
    project = begin(app, cast, version, send=False)
    made = items(app, project)
    assert list(made) == ["brand", "logo", "photos", "home"]
    assert {item.state for item in made.values()} == {ItemState.DRAFT}
    assert (project.template_version_id, project.reminders) == (version.id, "standard")
    assert made["logo"].text("why", "de") == "Es bestimmt die Farben."
    assert set(made["brand"].words) == {"en", "de"}
    assert made["brand"].holds_up_id == stages(app, project)["design"].id
    assert made["brand"].questionnaire_version_id is not None
    with reading(app) as session:
        told = session.scalars(sa.select(Event).where(Event.kind == "template.started")).one()
        assert version.sha256 in told.facts
        assert session.scalar(sa.select(sa.func.count()).select_from(ItemNeed)) == 2


@pytest.mark.sqlite_only
def test_an_item_is_offered_only_in_languages_in_which_all_of_it_is_said(app, cast):
    pieces = tuple(replace(p, why={"en": "Only English."}) if p.key == "logo" else p for p in WEBSITE.items)
    made = items(app, begin(app, cast, make_version(app, replace(WEBSITE, items=pieces))))
    assert set(made["logo"].words) == {"en"}
    assert set(made["photos"].words) == {"en", "de"}
    assert made["logo"].text("title", "de") == "Your logo"


@pytest.mark.sqlite_only
def test_staff_who_read_another_language_see_what_the_client_sees(app, cast, ada, monkeypatch):
    monkeypatch.setitem(app.config, "LANGUAGES_SPOKEN", ("en", "tr"))
    act(app, lambda: setattr(db.session.get_one(Person, cast.ada.id), "language", "tr"))
    act(app, lambda: setattr(db.session.get_one(Client, cast.birch.id), "language", "de"))
    begin(app, cast)
    assert "Fotos" in ada.get("/staff/").text and "Start" in ada.get("/staff/clients").text


@pytest.mark.sqlite_only
def test_days_are_counted_in_the_clients_working_week_and_public_holidays(app, cast):
    act(app, lambda: db.session.query(Firm).one().__setattr__("region", "DE"))
    project = begin(app, cast, on=MONDAY)  # Good Friday is 3 April, Easter Monday 6 April 2026
    made, line = items(app, project), stages(app, project)
    assert made["brand"].due_on == date(2026, 4, 2)
    assert made["photos"].due_on == date(2026, 4, 8)
    assert (line["start"].starts_on, line["start"].ends_on) == (MONDAY, date(2026, 4, 8))
    assert (line["design"].starts_on, line["design"].ends_on) == (date(2026, 4, 9), None)
    act(app, lambda: db.session.get_one(Client, cast.birch.id).__setattr__("region", ""))  # holidays of nowhere
    assert items(app, begin(app, cast, on=MONDAY))["photos"].due_on == date(2026, 4, 6)


@pytest.mark.sqlite_only
def test_roles_become_the_contacts_behind_them(app, cast):
    project = begin(app, cast, people={"boss": (cast.bea.id,)})
    made = items(app, project)
    with reading(app) as session:
        named = {row.item_id: (row.person_id, row.part) for row in session.scalars(sa.select(ItemPerson))}
    assert named == {made["home"].id: (cast.bea.id, "decide")}  # nobody stands behind "helper": everybody may
    with pytest.raises(Refused, match="does not speak for the client"):
        begin(app, cast, make_version(app, name="Again"), people={"boss": (cast.cal.id,)})


@pytest.mark.sqlite_only
def test_a_decision_is_made_the_way_the_template_says(app, cast, ada):
    spec = {"rule": "order", "rounds": 2, "decide_days": 3}
    home = replace(WEBSITE.item("home"), needs=(), roles=("helper", "boss"), spec=spec)
    version = make_version(app, replace(WEBSITE, items=(*WEBSITE.items[:-1], home)))
    item = items(app, begin(app, cast, version, people={"boss": (cast.bea.id,), "helper": (cast.ben.id,)}))["home"]
    page = ada.get(f"/staff/items/{item.id}/present")
    assert "one after the other: Ben Moss, Bea Birch." in page.text and "0 of 2 agreed rounds" in page.text
    calendar = cast.birch.calendar
    assert page.value("until_on") == calendar.shift(calendar.today(), 3).isoformat()


@pytest.mark.sqlite_only
def test_what_waits_for_something_is_sent_closed_and_is_nobodys_turn(app, cast, send_mail):
    project = begin(app, cast)
    made = items(app, project)
    assert {key: item.state for key, item in made.items()} == {
        "brand": ItemState.TO_DO, "logo": ItemState.LOCKED, "photos": ItemState.TO_DO, "home": ItemState.LOCKED
    }  # fmt: skip
    assert made["logo"].waiting_on is WaitingOn.NOBODY
    row = fresh(app, project)
    assert (row.waits_client, row.waits_us, row.lane) == (2, 0, "clients")


def test_an_item_opens_in_the_commit_in_which_the_answer_comes(app, cast, clock, send_mail):
    project = begin(app, cast)
    made = items(app, project)
    clock.advance(minutes=5)
    send_mail()
    do(app, cast.bea, lambda it, bea: answering.save_answer(it, "logo", ["yes"], rev=0, language="en", by=bea), made["brand"])
    assert fresh(app, made["logo"]).state is ItemState.LOCKED  # typed, not sent
    do(app, cast.bea, lambda it, bea: life.hand_over(it, by=bea), made["brand"])
    assert fresh(app, made["logo"]).state is ItemState.TO_DO
    assert fresh(app, project).waits_client == 2
    with reading(app) as session:
        assert [e.item_id for e in session.scalars(sa.select(Event).where(Event.kind == "item.opened"))] == [made["logo"].id]
    clock.advance(minutes=1)
    told = [mail for mail in send_mail() if "Your logo" in mail.text]
    assert [mail.to for mail in told if "receipt" not in mail.subject.lower()]


def test_an_answer_that_says_no_sets_the_item_aside_at_once_and_an_opened_answer_brings_it_back(app, cast):
    project = begin(app, cast)
    made = items(app, project)
    answer_brand(app, cast, made["brand"], "no")
    assert fresh(app, made["logo"]).state is ItemState.WAIVED
    accept(app, cast, made["brand"])
    assert fresh(app, made["logo"]).state is ItemState.WAIVED
    do(app, cast.ada, lambda it, ada: life.send_back(it, "Please look again.", by=ada), made["brand"])
    assert fresh(app, made["logo"]).state is ItemState.LOCKED
    do(app, cast.bea, lambda it, bea: answering.save_answer(it, "logo", ["yes"], rev=1, language="en", by=bea), made["brand"])
    do(app, cast.bea, lambda it, bea: life.hand_over(it, by=bea), made["brand"])
    assert fresh(app, made["logo"]).state is ItemState.TO_DO
    with reading(app) as session:
        told = session.scalars(sa.select(Event.kind).where(Event.item_id == made["logo"].id).order_by(Event.seq)).all()
    assert told[-3:] == ["item.set_aside", "item.needed_again", "item.opened"]


@pytest.mark.sqlite_only
def test_what_an_answer_set_aside_comes_back_when_the_client_takes_it_back_and_staff_can_still_waive_it(app, cast):
    made = items(app, begin(app, cast))
    answer_brand(app, cast, made["brand"], "no")
    do(app, cast.bea, lambda it, bea: life.take_back(it, by=bea), made["brand"])
    assert fresh(app, made["logo"]).state is ItemState.LOCKED
    do(app, cast.ada, lambda it, ada: life.waive(it, by=ada), made["logo"])
    assert fresh(app, made["logo"]).state is ItemState.WAIVED


@pytest.mark.sqlite_only
def test_only_what_was_sent_opens_something(app, cast):
    shop = replace(LOGO, key="shop", label=words("Do you have a shop?"))
    logo = replace(LOGO, show=Rule(match=Match.ALL, conditions=(Condition(question="shop", is_=Equals.EQUALS, value="yes"),)))
    asked = Definition(sections=(Section(key="s1", title=words("Your brand"), questions=(shop, logo)),))
    made = items(app, begin(app, cast, make_version(app, replace(WEBSITE, languages=("en",), questionnaires={"brand": asked}))))
    for key, value, rev in (("shop", "yes", 0), ("logo", "yes", 0), ("shop", "no", 1)):
        save = lambda it, bea, k=key, v=value, r=rev: answering.save_answer(it, k, [v], rev=r, language="en", by=bea)  # noqa: E731
        do(app, cast.bea, save, made["brand"])
    do(app, cast.bea, lambda it, bea: life.hand_over(it, by=bea), made["brand"])
    assert fresh(app, made["logo"]).state is ItemState.WAIVED  # “yes” is kept, hidden, and was not sent


@pytest.mark.sqlite_only
def test_what_waits_for_an_answer_nobody_will_be_asked_for_is_set_aside_too(app, cast):
    more = Piece(key="more", kind="questionnaire", title=words("More", "Mehr"), questionnaire="brand", needs=WEBSITE.item("logo").needs)
    last = Piece(
        key="last", kind="files", title=words("Last", "Zuletzt"), needs=(Need(item="more", is_="answer", question="logo", value="yes"),)
    )
    made = items(app, begin(app, cast, make_version(app, replace(WEBSITE, items=(*WEBSITE.items, more, last)))))
    answer_brand(app, cast, made["brand"], "no")
    assert {fresh(app, made[key]).state for key in ("logo", "more", "last")} == {ItemState.WAIVED}
    do(app, cast.bea, lambda it, bea: life.take_back(it, by=bea), made["brand"])
    assert {fresh(app, made[key]).state for key in ("logo", "more", "last")} == {ItemState.LOCKED}


@pytest.mark.sqlite_only
def test_staff_read_why_something_is_not_needed_and_the_client_is_not_shown_it(app, cast, bea, ada):
    made = items(app, begin(app, cast))
    answer_brand(app, cast, made["brand"], "no")
    sentence = "Not needed: “Do you have a logo?” was answered “No”."
    assert sentence in ada.get(f"/staff/items/{made['logo'].id}").text
    assert sentence in ada.get(f"/staff/clients/{cast.birch.id}?project={made['logo'].project_id}").text
    assert "Your logo" not in bea.get(f"/projects/{made['logo'].project_id}").text
    assert "is not needed from you now" in bea.get(f"/items/{made['logo'].id}/sent").text


@pytest.mark.sqlite_only
def test_what_staff_set_aside_stays_aside(app, cast):
    made = items(app, begin(app, cast))
    do(app, cast.ada, lambda it, ada: life.waive(it, by=ada), made["logo"])
    answer_brand(app, cast, made["brand"], "yes")
    assert fresh(app, made["logo"]).state is ItemState.WAIVED


@pytest.mark.sqlite_only
def test_going_on_without_it_opens_what_waited_for_it(app, cast):
    made = items(app, begin(app, cast))
    do(app, cast.bea, lambda it, bea: life.not_available(it, "We have none.", by=bea), made["photos"])
    assert fresh(app, made["home"]).state is ItemState.LOCKED  # we may still ask all the same
    do(app, cast.ada, lambda it, ada: life.waive(it, by=ada), made["photos"])
    assert fresh(app, made["home"]).state is ItemState.PREPARING


@pytest.mark.sqlite_only
def test_what_we_went_on_without_gets_no_day_any_more(app, cast):
    made = items(app, begin(app, cast))
    for name in ("home", "photos"):
        do(app, cast.ada, lambda it, ada: life.waive(it, by=ada), made[name])
    assert fresh(app, made["home"]).due_on is None


def test_a_day_counted_from_an_acceptance_is_set_when_it_happens(app, cast, clock):
    project = begin(app, cast)
    made = items(app, project)
    assert made["home"].due_on is None
    send_photos(app, cast, made["photos"])
    accept(app, cast, made["photos"])
    with reading(app) as session:
        calendar = session.get_one(Client, cast.birch.id).calendar
        assert fresh(app, made["home"]).due_on == calendar.shift(calendar.today(), 3)
    do(app, cast.ada, lambda it, ada: lay_before(it, by=ada), made["home"])
    assert fresh(app, made["home"]).state is ItemState.TO_DO
    assert stages(app, project)["design"].ends_on is None


@pytest.mark.sqlite_only
def test_a_day_somebody_wrote_down_meanwhile_stays(app, cast):
    made = items(app, begin(app, cast))
    act(app, lambda: db.session.get_one(Item, made["home"].id).__setattr__("due_on", date(2030, 1, 2)))
    send_photos(app, cast, made["photos"])
    accept(app, cast, made["photos"])
    assert fresh(app, made["home"]).due_on == date(2030, 1, 2)
    with reading(app) as session:
        assert session.scalars(sa.select(LaterDay).where(LaterDay.item_id == made["home"].id)).one().set_on == date(2030, 1, 2)


@pytest.mark.sqlite_only
def test_what_opens_in_a_paused_project_waits_for_nobody(app, cast):
    project = begin(app, cast)
    made = items(app, project)
    send_photos(app, cast, made["photos"])
    act(app, lambda: (db.session.get_one(Project, project.id).pause(), planning.rest(planning.with_items(project.id)[1], running=False)))
    accept(app, cast, made["photos"])
    opened = fresh(app, made["home"])
    assert (opened.state, opened.waiting_on) == (ItemState.PREPARING, WaitingOn.NOBODY)


@pytest.mark.sqlite_only
def test_a_chain_opens_as_far_as_it_can_at_once(app, cast):
    chain = Template(
        name=words("Chain"),
        items=(
            Piece(key="a", kind="confirmation", title=words("A")),
            Piece(key="b", kind="files", title=words("B"), needs=(Need(item="a"),)),
            Piece(key="c", kind="files", title=words("C"), needs=(Need(item="b"),)),
        ),
    )
    made = items(app, begin(app, cast, make_version(app, chain)))
    do(app, cast.ada, lambda it, ada: life.waive(it, by=ada), made["b"])
    assert fresh(app, made["c"]).state is ItemState.TO_DO


@pytest.mark.sqlite_only
def test_a_circle_is_refused():
    a, b, c = uuid4(), uuid4(), uuid4()
    line = [ItemNeed(item_id=b, needs_item_id=a), ItemNeed(item_id=c, needs_item_id=b)]
    refuse_circles(line)
    with pytest.raises(Refused, match="wait for each other"):
        refuse_circles([*line, ItemNeed(item_id=a, needs_item_id=c)])


@pytest.mark.sqlite_only
def test_starting_asks_the_database_little_more_for_many_items_than_for_few(app, cast, count_queries):
    def many(n):
        pieces = tuple(Piece(key=f"i{i}", kind="files", title=words(f"Item {i}")) for i in range(n))
        return make_version(app, Template(name=words("Many"), items=pieces), name=f"Many {n}")

    few, lots = many(2), many(20)
    begin(app, cast, few, send=False)  # warm
    with count_queries() as two:
        begin(app, cast, few, send=False)
    with count_queries() as twenty:
        begin(app, cast, lots, send=False)
    assert len(twenty) == len(two)


@pytest.mark.sqlite_only
def test_clients_read_why_it_is_closed_and_staff_too(app, cast, bea, ada):
    made = items(app, begin(app, cast))
    page = bea.get(f"/projects/{made['logo'].project_id}")
    assert "Opens if you answer “Do you have a logo?” with “Yes”." in page.text
    assert "Opens when “Photos” is done. We design around your photos." in page.text
    assert "opens later" in bea.get(f"/items/{made['home'].id}/sent").text
    staff = ada.get(f"/staff/items/{made['logo'].id}")
    assert "Opens if the client answers “Do you have a logo?” with “Yes”." in staff.text
    ada.post(f"/staff/items/{made['logo'].id}/open", {})
    assert fresh(app, made["logo"]).state is ItemState.TO_DO


@pytest.mark.sqlite_only
def test_what_is_closed_yet_shows_nothing_of_what_lies_in_it_and_takes_nothing(app, cast, bea, nothing_changed):
    item = make_item(app, cast.project, "Later", kind="questionnaire", state="draft")
    files = make_item(app, cast.project, "Photos", state="draft")
    decision = make_item(app, cast.project, "The plan", kind="approval", state="draft")
    for one in (item, files, decision):
        do(app, cast.ada, lambda it, ada: life.send(it, closed=True, by=ada), one)
    with nothing_changed():
        for way in ("sections/1", "check", "ask"):
            assert bea.get(f"/items/{item.id}/{way}", 303).location.endswith(f"/items/{item.id}/sent"), way
            page = bea.post(f"/items/{item.id}/{way}", {"rev.q1": "0", "q1": "x"}, 409)
            assert "not open yet" in page.text and "What is its name" not in page.text, way
        assert "not open yet" in bea.post(f"/items/{files.id}/files", {"act": "send"}, 409).text
        for one, way in ((files, "cannot"), (files, "promise"), (decision, "decision")):
            assert bea.get(f"/items/{one.id}/{way}", 303).location.endswith(f"/items/{one.id}/sent"), way
            assert "opens later" in bea.follow().text
            assert "not open yet" in bea.post(f"/items/{one.id}/{way}", {"reason": "x"}, 409).text, way
