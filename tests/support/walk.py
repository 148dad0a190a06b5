"""Every address of the portal, with the ids of somebody's rows in it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.routing import Rule

from portal.features.accounts import actions as accounts
from portal.features.approvals import heard
from portal.features.assumptions import actions as assuming
from portal.features.goals import actions as goals
from portal.features.news import actions as news
from portal.features.news import badly
from portal.kernel import keys, outbox
from portal.kernel.clock import now
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds.agreed import asking
from portal.kinds.calls import asking as calling
from portal.kinds.calls import noting
from portal.kinds.files.incoming import Coming, expect, for_item
from portal.kinds.reminders.schedules import kept
from portal.kinds.reminders.steps import SHIPPED
from portal.kinds.talk import saying, strays, subject
from portal.kinds.talk.saying import Writing
from portal.models.approvals import Choice
from portal.models.calls import Call, CallSummary
from portal.models.clients import Client
from portal.models.definition.shape import Definition, Question, Section, Type
from portal.models.deliveries import Delivery, HandOver
from portal.models.files import FromSide
from portal.models.ground.assumptions import Belief
from portal.models.ground.goals import Aim, Goal
from portal.models.heard import Way
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item
from portal.models.news import PARTS, BadNews, UpdateReply
from portal.models.people import Person, Purpose
from portal.models.projects import Project
from portal.models.questionnaires import ReasonSnippet
from portal.models.reminders import ReminderSchedule
from portal.models.talk import StrayMail
from tests.support import cast as make
from tests.support.cast import Cast, reading
from tests.support.pins import put
from tests.support.templates import make_template

DAY = date(2026, 3, 2)
MARK = "Quincetree"  # a word in everything of Birch's that nobody else may ever read
ADD_IT = (
    "The address {rule} has a part {name!r} that the walk does not know. "
    "Add it to World in tests/support/walk.py, with the ids of Birch's rows that belong there."
)
TOKEN = re.compile(r'(name="csrf_token"[^>]*value=")[^"]*')


@dataclass
class World:
    """What can stand in an address, by the name of the part: ids of one client's rows, and a rich client they belong to."""

    parts: dict[str, list[str]]
    people: dict[str, Person] = field(default_factory=dict)

    def fill(self, rule: Rule) -> Iterator[str]:
        """The addresses of a rule, one for each row that could stand in it."""
        names = sorted(rule.arguments, key=lambda name: rule.rule.index(f"{name}>"))
        parts = self.parts | choices(rule)
        for name in names:
            assert name in parts, ADD_IT.format(rule=rule.rule, name=name)
        if {"delivery_id", "item_id"} <= rule.arguments or {"pin_id", "item_id"} <= rule.arguments:
            names.remove("item_id")
        for values in itertools.product(*(parts[name] for name in names)):
            chosen = dict(zip(names, values, strict=True))
            if "item_id" in rule.arguments:
                usual = "answered_item" if "key" in rule.arguments else "shown_item" if "pin_id" in rule.arguments else "delivered_item"
                chosen.setdefault("item_id", self.parts[usual][0])
            yield address(rule, chosen)


def pages(app: Flask, door: str = "") -> list[Rule]:
    """The rules behind a door (or all), in a fixed order; styles and scripts are nobody's secret."""
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static" and rule.endpoint.startswith(door)]
    return sorted(found, key=lambda rule: (rule.rule, rule.endpoint))


def address(rule: Rule, values: dict[str, str]) -> str:
    """The rule's address with these values in its parts."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda part: values[part[1]], rule.rule)


def choices(rule: Rule) -> dict[str, list[str]]:
    """Parts that must be one of a few words, with these words."""
    return {name: words.split(", ") for words, name in re.findall(r"<any\(([^)]+)\):([^<>]+)>", rule.rule)}


def strange(rule: Rule) -> str:
    """An address of the rule that leads to nobody's rows."""
    words = {name: said[0] for name, said in choices(rule).items()}
    return address(rule, {name: "1" if f"int:{name}" in rule.rule else str(uuid4()) for name in rule.arguments} | words)


def has_ids(rule: Rule) -> bool:
    """Whether rows of somebody are named in the rule."""
    return "uuid:" in rule.rule


def plain(html: str, *urls: str) -> str:
    """A page without what differs from one request to the next: form tokens, and the address itself."""
    for url in urls:
        html = html.replace(url, "…")
    return TOKEN.sub(r"\1", html)


def birch(app: Flask, cast: Cast) -> World:
    """Fill Birch with something of every kind, all of it marked, and name its rows."""
    return _world(app, cast.birch, cast.project, cast.bea, mark=MARK)


def cedar(app: Flask, cast: Cast) -> World:
    """The same for Cedar, unmarked."""
    return _world(app, cast.cedar, cast.cedar_project, cast.cal, mark="Cedar")


def _world(app: Flask, client: Client, project: Project, contact: Person, *, mark: str) -> World:
    def item(kind: ItemKind, state: ItemState) -> str:
        return str(make.make_item(app, project, f"{mark} {kind.value} {state.value}", kind=kind, state=state, why=f"{mark} why").id)

    open_files, sent = item(ItemKind.FILES, ItemState.STARTED), item(ItemKind.FILES, ItemState.SENT)
    items = [open_files, sent, item(ItemKind.QUESTIONNAIRE, ItemState.STARTED), item(ItemKind.QUESTIONNAIRE, ItemState.SENT)]
    items += [item(ItemKind.APPROVAL, ItemState.TO_DO), item(ItemKind.CONFIRMATION, ItemState.TO_DO)]
    shown = make.make_item(app, project, f"{mark} design", kind="approval", state="preparing", why=f"{mark} why")
    picture = make.lay_ready(app, shown, name=f"{mark} design.png")
    decided = _decided(app, shown, contact, mark=mark)
    pinned = [
        put(app, shown, picture, f"{mark} comment", by=contact),
        put(app, shown, picture, f"{mark} inside", by=make.first_staff(app), inside=True),
    ]
    items.append(str(shown.id))
    items.append(item(ItemKind.FILES, ItemState.NOT_AVAILABLE))
    items.append(_wished(app, project, contact, mark=mark))
    items.append(_with_secret(app, project, contact, mark=mark))
    hidden = item(ItemKind.FILES, ItemState.DRAFT)
    with reading(app) as session:
        waiting = session.get_one(make.Item, UUID(open_files))
    files = {f"{mark}.pdf": make.PDF, f"{mark}.png": make.PNG}
    uploads = [make.make_upload(app, waiting, name=name, content=content, by=contact) for name, content in files.items()]
    with reading(app) as session:
        deliveries = list(session.scalars(make.sa.select(Delivery.id).where(Delivery.client_id == client.id)))
        delivered = list(session.scalars(make.sa.select(HandOver.item_id).where(HandOver.delivery_id == deliveries[0])))
    link = make.act(app, lambda: accounts.make_link(contact, Purpose.INVITE, next_path=f"/items/{open_files}"))
    milestones = [str(m.id) for m in make.milestones_of(app, project)]
    browser = make.act(app, lambda: make.sessions.begin(contact, mark, method="login", keep=True, ua=mark, ip_net="").id)
    parts = {
        "item_id": [*items, hidden],
        "delivered_item": [str(i) for i in delivered],
        "answered_item": [items[3]],
        "shown_item": [str(shown.id)],
        "project_id": [str(project.id)],
        "client_id": [str(client.id)],
        "person_id": [str(contact.id), str(_member(app).id)],
        "upload_id": [str(upload.id) for upload in [*uploads, picture]],
        "incoming_id": [str(_begun(app, waiting, by, mark=mark)) for by in (contact, make.first_staff(app))],
        "share_id": [str(make.give_files(app, project, f"{mark} plan.pdf", note=f"{mark} note").id)],
        "decision_id": [decided],
        "heard_id": [_heard(app, items[4], contact, mark=mark)],
        "delivery_id": [str(d) for d in deliveries],
        "milestone_id": milestones[:1],
        "session_id": [str(browser)],
        "shipped_key": ["new_website"],
        "token": [keys.link_token(link)],
        "pin_id": [str(one.id) for one in pinned],
        "n": ["1"],
        "rev": ["0"],
        "key": ["s1", "q1", "start", "brand", "boss"],
        "questionnaire_id": [str(make.make_questionnaire(app, _with_note(app, mark=mark), f"{mark} questions").questionnaire_id)],
        "template_id": [str(make_template(app, name=f"{mark} template").id)],
        "row_id": [str(_parked(app, contact))],
        "snippet_id": [_snippet(app)],
        "schedule_id": [_schedule(app)],
        **_news(app, project, contact, mark=mark),
        **_ground(app, project, contact, mark=mark),
        "mail_id": [_stray(app, project, mark=mark)],
        "message_id": _messages(app, project, contact, mark=mark),
        **_called(app, project, contact, mark=mark),
        "ending": [keys.link_token(link)],
    }
    return World(parts)


def _news(app: Flask, project: Project, contact: Person, *, mark: str) -> dict[str, list[str]]:
    """An update that was sent and answered, and bad news."""
    ada, bea = make.as_viewer(app, make.first_staff(app)), make.as_viewer(app, contact)
    here, said = project.id, {"done": f"{mark} done"}
    update = make.act(app, lambda: news.send(make.db.session.get_one(Project, here), DAY, said, by=ada), by=ada)
    place = {"client_id": project.client_id, "project_id": here, "update_id": update.id, "person_id": contact.id}
    reply_id = uuid4()
    make.act(app, lambda: make.db.session.add(UpdateReply(id=reply_id, words=f"{mark} thanks", at=now(), **place)), by=bea)
    parts = dict.fromkeys(PARTS, f"{mark} part")
    told = badly.Written(parts, decider_id=contact.id, decide_by=DAY)
    draft = make.act(app, lambda: badly.keep(make.db.session.get_one(Project, here), told, by=ada), by=ada)
    bad = make.act(app, lambda: badly.send(make.db.session.get_one(BadNews, draft.id), by=ada), by=ada)
    return {"update_id": [str(update.id)], "reply_id": [str(reply_id)], "news_id": [str(bad.id)]}


def _ground(app: Flask, project: Project, contact: Person, *, mark: str) -> dict[str, list[str]]:
    """A goal both agreed to, and one that is still a draft."""
    ada, bea = make.as_viewer(app, make.first_staff(app)), make.as_viewer(app, contact)

    def here() -> Project:
        return make.db.session.get_one(Project, project.id)

    goal = make.act(app, lambda: goals.propose(here(), Aim(f"{mark} goal", f"{mark} measure"), by=ada), by=ada)
    make.act(app, lambda: goals.agree(make.db.session.get_one(Goal, goal.id), seen=1, by=bea), by=bea)
    draft = make.act(app, lambda: goals.propose(here(), Aim(f"{mark} draft"), draft=True, by=ada), by=ada)
    told = [
        make.act(app, lambda n=n: assuming.state(here(), Belief(f"{mark} {n}", f"{mark} because"), draft=n == "draft", by=ada), by=ada)
        for n in ("belief", "draft")
    ]
    return {"goal_id": [str(goal.id), str(draft.id)], "assumption_id": [str(one.id) for one in told]}


def _stray(app: Flask, project: Project, *, mark: str) -> str:
    """A mail that could not be filed."""
    found = strays.Found(mark, "who@elsewhere.example", f"{mark} title", f"{mark} words", (), "stranger", project.id)
    make.act(app, lambda: strays.hold(found, by=SYSTEM))
    with reading(app) as session:
        return str(session.scalars(make.sa.select(StrayMail.id).where(StrayMail.source == mark)).one())


def _messages(app: Flask, project: Project, contact: Person, *, mark: str) -> list[str]:
    """A message of the contact, one of ours, and a draft."""
    ada, bea = make.as_viewer(app, make.first_staff(app)), make.as_viewer(app, contact)

    def say(words: str, by: Viewer, *, draft: bool = False) -> str:
        return str(make.act(app, lambda: saying.say(subject.of_project(project.id), Writing(words, draft=draft), by=by).id, by=by))

    return [say(f"{mark} question", bea), say(f"{mark} answer", ada), say(f"{mark} draft", ada, draft=True)]


def _called(app: Flask, project: Project, contact: Person, *, mark: str) -> dict[str, list[str]]:
    """A call that was asked for and has a time, and what was said in another one."""
    ada, bea = make.as_viewer(app, make.first_staff(app)), make.as_viewer(app, contact)
    here, soon = project.id, now() + timedelta(days=1)
    wish = calling.Wish(f"{mark} about", [soon], "+49 30 1")
    call = make.act(app, lambda: calling.ask(make.db.session.get_one(Project, here), wish, by=bea), by=bea)
    make.act(app, lambda: calling.fix(make.db.session.get_one(Call, call.id), soon, by=ada), by=ada)
    said = {"summary": f"{mark} summary", "with_id": contact.id}
    make.act(app, lambda: noting.note(make.db.session.get_one(Project, here), f"{mark} inside", **said, by=ada), by=ada)
    with reading(app) as session:
        summary = session.scalars(make.sa.select(CallSummary.id).where(CallSummary.project_id == here)).one()
    return {"call_id": [str(call.id)], "summary_id": [str(summary)]}


def _member(app: Flask) -> Person:
    """Somebody of the firm."""
    with reading(app) as session:
        return session.scalars(make.sa.select(Person).where(Person.name == "Abe Lund")).one()


def _begun(app: Flask, item: Item, by: Person, *, mark: str) -> UUID:
    """A file somebody began to send and has not finished."""
    viewer = make.as_viewer(app, by)
    coming = Coming(name=f"{mark} film.mov", bytes=20 * 1024 * 1024, fingerprint="0" * 64, key=f"{mark} key of {by.name}")
    to = for_item(item, side=FromSide.FIRM if by.is_staff else FromSide.CLIENT)
    return make.act(app, lambda: expect(to, [coming], by=viewer)[0].id, by=viewer)


def _parked(app: Flask, contact: Person) -> UUID:
    """A mail that could not be sent."""

    def post() -> UUID:
        facts: dict[str, object] = {"request": str(uuid4())}
        row_id = outbox.post("sign_in", lane=outbox.Lane.AUTH, person_id=contact.id, facts=facts)
        row = make.db.session.get_one(outbox.Outbox, row_id)
        row.state, row.error = outbox.Stand.PARKED, "550 no such person here"
        return row_id

    return make.act(app, post)


def _wished(app: Flask, project: Project, contact: Person, *, mark: str) -> str:
    """Something the contact would like instead."""
    viewer = make.as_viewer(app, contact)
    wish = asking.Wish(f"{mark} wish", f"{mark} why")
    return str(make.act(app, lambda: asking.ask_for_change(make.db.session.get_one(Project, project.id), wish, by=viewer).id, by=viewer))


def _with_secret(app: Flask, project: Project, contact: Person, *, mark: str) -> str:
    """A questionnaire that was answered with a secret, and asks for files."""
    secret = Question(key="q1", type=Type.SECRET, label={"en": f"{mark} password?"})
    files = Question(key="start", type=Type.FILE, label={"en": f"{mark} photos?"})
    asks = (secret, files, _note(app, "brand", mark=mark))
    version = make.make_questionnaire(app, Definition(sections=(Section(key="s1", title={"en": "All"}, questions=asks),)))
    asked = make.make_item(app, project, f"{mark} access", kind=ItemKind.QUESTIONNAIRE, questionnaire_version_id=version.id)
    make.answer(app, asked, "q1", f"text={mark}", by=contact)
    return str(asked.id)


def _with_note(app: Flask, *, mark: str) -> Definition:
    """A questionnaire of a question and a note."""
    name = Question(key="q1", type=Type.SHORT_TEXT, label={"en": f"{mark} name?"})
    return Definition(sections=(Section(key="s1", title={"en": "All"}, questions=(name, _note(app, "brand", mark=mark))),))


def _note(app: Flask, key: str, *, mark: str) -> Question:
    """A note with a picture."""
    picture = make.make_note_picture(app)
    return Question(key=key, type=Type.NOTE, label={"en": f"{mark} note"}, picture=picture, alt={"en": f"{mark} picture"})


def _snippet(app: Flask) -> str:
    """A sentence the firm asks again with."""
    row = ReasonSnippet(id=uuid4(), name="Unclear", words={"en": "What do you mean?"})
    make.act(app, lambda: make.db.session.add(row))
    return str(row.id)


def _schedule(app: Flask) -> str:
    """A schedule for reminders beside the standard one."""
    row = ReminderSchedule(id=uuid4(), name=f"Gentle {uuid4().hex[:8]}", steps=kept(SHIPPED[:1]))
    make.act(app, lambda: make.db.session.add(row))
    return str(row.id)


def _decided(app: Flask, shown: Item, contact: Person, *, mark: str) -> str:
    """Present a version and let the contact ask for changes."""
    ada = make.as_viewer(app, make.first_staff(app))
    bea = make.as_viewer(app, contact)
    make.act(app, lambda: make.present(make.db.session.get_one(Item, shown.id), by=ada, text=f"{mark} text"), by=ada)
    asked = make.act(app, lambda: make.decide(make.db.session.get_one(Item, shown.id), "changes", words=f"{mark} words", by=bea), by=bea)
    return str(asked.id)


def _heard(app: Flask, item_id: str, contact: Person, *, mark: str) -> str:
    """Note what the contact said by phone."""
    ada = make.as_viewer(app, make.first_staff(app))
    told = heard.Note(contact.id, Choice.CHANGES, Way.PHONE, now().date(), words=f"{mark} words")
    return str(make.act(app, lambda: heard.note(make.db.session.get_one(Item, UUID(item_id)), told, by=ada), by=ada).id)
