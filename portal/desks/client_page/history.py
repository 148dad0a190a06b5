"""What happened, in words: events of a client's chain as sentences."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext, ngettext
from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, or_, select

from portal.kernel.db import db
from portal.kernel.record import Audience, Event, EventDetail, Kind
from portal.kernel.refusal import N_
from portal.models.approvals import Choice
from portal.models.item_states import WaitingOn
from portal.models.items import Item, Turn
from portal.models.people import Person
from portal.web.i18n import day, language

PAGE = 40
K = Kind
TOLD: dict[Kind, str] = {
    K.CLIENT_CREATED: N_("%(who)s created this client"),
    K.CLIENT_CHANGED: N_("%(who)s changed the client’s details"),
    K.CLIENT_ARCHIVED: N_("%(who)s archived this client"),
    K.CLIENT_RESTORED: N_("%(who)s restored this client"),
    K.CLIENT_SEEN_AS: N_("%(who)s looked at the page as the client sees it"),
    K.CONTACT_ADDED: N_("%(who)s added %(name)s"),
    K.CONTACT_CHANGED: N_("%(who)s changed what we know of %(name)s"),
    K.CONTACT_ENDED: N_("%(who)s ended the access of %(name)s"),
    K.CONTACT_INVITED: N_("%(who)s invited %(name)s"),
    K.PROJECT_CREATED: N_("%(who)s began the project “%(name)s”"),
    K.PROJECT_CHANGED: N_("%(who)s changed the project"),
    K.PROJECT_SENT: N_("%(who)s sent the list"),
    K.PROJECT_PAUSED: N_("%(who)s paused the project"),
    K.PROJECT_RESUMED: N_("%(who)s resumed the project"),
    K.PROJECT_CLOSED: N_("%(who)s closed the project"),
    K.PROJECT_REOPENED: N_("%(who)s opened the project again"),
    K.PROJECT_ARCHIVED: N_("%(who)s archived the project"),
    K.PROJECT_RESTORED: N_("%(who)s restored the project"),
    K.MILESTONES_CHANGED: N_("%(who)s changed the milestones"),
    K.ITEM_CREATED: N_("%(who)s wrote down “%(thing)s”"),
    K.ITEM_CHANGED: N_("%(who)s changed “%(thing)s”"),
    K.ITEM_REMOVED: N_("%(who)s removed the draft “%(thing)s”"),
    K.ITEM_SENT: N_("%(who)s asked for “%(thing)s”"),
    K.ITEM_OPENED: N_("“%(thing)s” opened"),
    K.ITEM_STARTED: N_("%(who)s began “%(thing)s”"),
    K.ITEM_HANDED_OVER: N_("%(who)s sent “%(thing)s”"),
    K.ITEM_TAKEN_BACK: N_("%(who)s took “%(thing)s” back"),
    K.ITEM_ACCEPTED: N_("%(who)s accepted “%(thing)s”"),
    K.ITEM_ACCEPT_UNDONE: N_("%(who)s took back accepting “%(thing)s”"),
    K.ITEM_SENT_BACK: N_("%(who)s sent “%(thing)s” back"),
    K.ITEM_SEND_BACK_UNDONE: N_("%(who)s took back sending “%(thing)s” back"),
    K.ITEM_REASON_CHANGED: N_("%(who)s changed the words about “%(thing)s”"),
    K.ITEM_NOT_AVAILABLE: N_("%(who)s does not have “%(thing)s”"),
    K.ITEM_INSISTED: N_("%(who)s asked for “%(thing)s” all the same"),
    K.ITEM_WAIVED: N_("%(who)s waived “%(thing)s”"),
    K.ITEM_SET_ASIDE: N_("“%(thing)s” was set aside: the answers say that it is not needed"),
    K.ITEM_NEEDED_AGAIN: N_("“%(thing)s” may be needed after all: an answer it waits for is open again"),
    K.ITEM_RESTORED: N_("%(who)s asked for “%(thing)s” again"),
    K.PART_ASKED: N_("%(who)s asked a colleague to help with “%(thing)s”"),
    K.PART_DONE: N_("%(who)s said that all is there for “%(thing)s”"),
    K.PART_TAKEN_BACK: N_("%(who)s took a part of “%(thing)s” back from a colleague"),
    K.ITEM_PROMISED: N_("%(who)s named a day for “%(thing)s”: %(day)s"),
    K.SNAG_TOLD: N_("%(who)s told us that something is in the way of “%(thing)s”"),
    K.SNAG_SETTLED: N_("%(who)s settled what was in the way of “%(thing)s”"),
    K.ANSWER_ASKED_AGAIN: N_("%(who)s asked again in “%(thing)s” for: %(name)s"),
    K.ANSWER_CORRECTED: N_("%(who)s proposed another answer in “%(thing)s” to: %(name)s"),
    K.ANSWER_CONFIRMED: N_("%(who)s confirmed what we proposed in “%(thing)s” to: %(name)s"),
    K.ANSWER_KEPT: N_("%(who)s kept their own answer in “%(thing)s” to: %(name)s"),
    K.ANSWER_PREFILLED: N_("%(who)s took over earlier answers in “%(thing)s”"),
    K.FEEDBACK_GIVEN: N_("%(who)s said how it was: %(number)s of 5"),
    K.MET_AGAIN: N_("%(who)s noted when we get in touch again"),
    K.LESSON_NOTED: N_("%(who)s noted what we learned"),
    K.DOSSIER_TAKEN: N_("%(who)s downloaded the dossier"),
    K.RECORD_TAKEN: N_("%(who)s downloaded the record"),
    K.ANSWERS_EXPORTED: N_("%(who)s exported answers"),
    K.FILE_ADDED: N_("%(who)s added a file to “%(thing)s”"),
    K.FILE_LOCKED: N_("A virus was found in a file of “%(thing)s”, and the file was locked"),
    K.FILE_NOT_SCANNED: N_("A file of “%(thing)s” could not be checked for viruses"),
    K.FILE_PURGED: N_("A file of “%(thing)s” is no longer kept"),
    K.FILE_RELEASED: N_("%(who)s released a locked file of “%(thing)s”"),
    K.FILE_REMOVED: N_("%(who)s removed a file from “%(thing)s”"),
    K.SECRET_SHOWN: N_("%(who)s looked at a secret of “%(thing)s”"),
    K.SECRET_DELETED: N_("A secret of “%(thing)s” was deleted"),
    K.FILES_GIVEN: N_("%(who)s sent files"),
    K.FILES_TAKEN_BACK: N_("%(who)s took back files that were sent"),
    K.VERSION_PRESENTED: N_("%(who)s presented version %(version)s of “%(thing)s”"),
    K.VERSION_EXPIRED: N_("The time to decide on version %(version)s of “%(thing)s” is over"),
    K.DEPUTY_NAMED: N_("%(who)s lets %(name)s decide in their place"),
    K.DEPUTY_ENDED: N_("%(who)s lets %(name)s decide no longer"),
    K.DECISION_MADE: N_("%(who)s decided on “%(thing)s”"),
    K.DECISION_TAKEN_BACK: N_("%(who)s took the decision on “%(thing)s” back"),
    K.DECISION_HEARD: N_("%(who)s noted what %(name)s said elsewhere about “%(thing)s”; it counts once confirmed"),
    K.DECISION_DENIED: N_("%(who)s did not confirm what we had noted about “%(thing)s”"),
    K.DECISION_DEEMED: N_("Version %(version)s of “%(thing)s” counts as agreed by silence; nobody approved it"),
    K.SILENCE_SWITCHED: N_("%(who)s changed whether silence may count as agreement"),
    K.SILENCE_AGREED: N_("%(who)s agreed that silence may count as agreement"),
    K.SILENCE_WITHDRAWN: N_("%(who)s ended the agreement about silence"),
    K.SILENCE_BEGAN: N_("Silence on version %(version)s of “%(thing)s” counts from here, once it is announced"),
    K.SILENCE_STOPPED: N_("Silence on “%(thing)s” counts no more"),
    K.DECISION_UNHEARD: N_("%(who)s took back what was noted about “%(thing)s”"),
    K.PIN_SET: N_("%(who)s commented on “%(thing)s”"),
    K.PIN_ANSWERED: N_("%(who)s replied to a comment on “%(thing)s”"),
    K.PIN_SETTLED: N_("%(who)s said what became of a comment on “%(thing)s”"),
    K.PIN_REOPENED: N_("%(who)s opened a comment on “%(thing)s” again"),
    K.PIN_REWORDED: N_("%(who)s wrote a comment on “%(thing)s” anew"),
    K.PIN_REMOVED: N_("%(who)s removed a comment on “%(thing)s”"),
    K.RECEIPT_HANDED_OUT: N_("A receipt for “%(thing)s” was written"),
    K.CHANGE_ASKED: N_("%(who)s asked for a change: “%(thing)s”"),
    K.CHANGE_CLOSED: N_("%(who)s closed the change request “%(thing)s”"),
    K.UPDATE_SENT: N_("%(who)s sent the weekly update"),
    K.UPDATE_ANSWERED: N_("%(who)s answered a weekly update"),
    K.MESSAGE_SENT: N_("%(who)s wrote a message"),
    K.MESSAGE_CHANGED: N_("%(who)s changed what they had just written"),
    K.MESSAGE_TAKEN_BACK: N_("%(who)s took a message back"),
    K.NOTE_WRITTEN: N_("%(who)s wrote a note that only we read"),
    K.NEWS_SENT: N_("%(who)s sent bad news: %(name)s"),
    K.NEWS_READ: N_("%(who)s read the bad news: %(name)s"),
    K.GOAL_PROPOSED: N_("%(who)s proposed the goal: %(name)s"),
    K.GOAL_CHANGED: N_("%(who)s wrote the goal otherwise: %(name)s"),
    K.GOAL_AGREED: N_("%(who)s agreed to the goal: %(name)s"),
    K.GOALS_RANKED: N_("%(who)s put the goals in order"),
    K.GOAL_REVIEW_ASKED: N_("%(who)s asked whether the goal was reached: %(name)s"),
    K.GOAL_REVIEWED: N_("%(who)s said whether the goal was reached: %(name)s"),
    K.GOAL_ENDED: N_("%(who)s gave up the goal: %(name)s"),
    K.ASSUMPTION_STATED: N_("%(who)s said what we assume: %(name)s"),
    K.ASSUMPTION_CHANGED: N_("%(who)s changed what we assume: %(name)s"),
    K.ASSUMPTION_ANSWERED: N_("%(who)s said whether we assume rightly: %(name)s"),
    K.ASSUMPTION_ENDED: N_("%(who)s noted that we go by this no more: %(name)s"),
    K.BASIS_CHANGED: N_("%(who)s said what is built on: %(name)s"),
    K.BASIS_CHECKED: N_("%(who)s looked again at what rests on: %(name)s"),
    K.TEMPLATE_STARTED: N_("The project began from the template “%(name)s”"),
    K.TEMPLATE_PULLED: N_("%(who)s took changes over from the template “%(name)s”"),
    K.DATES_MOVED: N_("Dates moved, because “%(thing)s” came later than the plan could wait"),
    K.DAY_SET: N_("The day of “%(thing)s” is %(day)s"),
    K.DELIVERY_FINISHED: N_("%(who)s finished checking delivery %(number)s"),
    K.NUDGED: N_("%(who)s wrote a reminder"),
    K.NUDGE_CALLED_OFF: N_("%(who)s called the reminder off"),
    K.REMINDERS_STEERED: N_("%(who)s changed the reminders that go out by themselves"),
    K.CALL_NOTED: N_("%(who)s noted a call"),
    K.CALL_ASKED: N_("%(who)s asked for a call"),
    K.CALL_FIXED: N_("%(who)s chose a time for the call"),
    K.CALL_ENDED: N_("%(who)s ended the wish for a call"),
    K.CALL_SUMMED: N_("%(who)s wrote down what was said in a call"),
    K.CALL_CONFIRMED: N_("%(who)s confirmed what was said in a call"),
    K.CALL_CORRECTED: N_("%(who)s corrected what was said in a call"),
}
CHOSEN: dict[str, str] = {
    Choice.APPROVED: N_("%(who)s approved version %(version)s of “%(thing)s”"),
    Choice.NOTED: N_("%(who)s approved version %(version)s of “%(thing)s”, with a note"),
    Choice.CHANGES: N_("%(who)s asked for changes to version %(version)s of “%(thing)s”"),
    Choice.RIGHT: N_("%(who)s said that “%(thing)s” is right"),
    Choice.WRONG: N_("%(who)s said that “%(thing)s” is wrong"),
    Choice.UNKNOWN: N_("%(who)s does not know about “%(thing)s”"),
}

LAID = {
    K.FILE_ADDED: N_("%(who)s laid a file ready for the client"),
    K.FILE_REMOVED: N_("%(who)s removed a file that lay ready"),
    K.FILE_PURGED: N_("A file that was removed is no longer kept"),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened: the sentence, the words that were said with it, when, and the item it is about."""

    said: Markup
    quote: str
    at: datetime
    item_id: UUID | None


@dataclass(frozen=True)
class Page:
    """One page of what happened, the latest first."""

    lines: list[Line]
    n: int
    has_next: bool


def events(client_id: UUID, *, item_id: UUID | None = None, most: int = PAGE, n: int = 1, kinds: Iterable[Kind] = TOLD) -> Page:
    """What happened with a client, or with one of its items."""
    own = and_(EventDetail.chain_id == Event.chain_id, EventDetail.seq == Event.seq)
    query = select(Event, EventDetail.data).outerjoin(EventDetail, own)
    query = query.where(Event.client_id == client_id, Event.kind.in_([kind.value for kind in kinds]))
    if item_id:
        query = query.where(or_(Event.item_id == item_id, _asked_meanwhile(item_id)))
    rows = [(row[0], row[1]) for row in db.session.execute(query.order_by(Event.seq.desc()).limit(most + 1).offset((n - 1) * most))]
    found = [event for event, _data in rows]
    people, items = _people(found), _titles(found)
    lines = [_line(same, json.loads(data) if data else {}, people, items) for same, data in _folded(rows[:most])]
    return Page(lines, n, len(rows) > most)


def _asked_meanwhile(item_id: UUID) -> ColumnElement[bool]:
    """The nudges and calls of the item's project while the item was with the client: it was among what they asked for."""
    mine = (Item.id == item_id, Turn.item_id == item_id, Event.project_id == Item.project_id, Turn.side == WaitingOn.CLIENT)
    then = (Turn.began_at <= Event.at, or_(Turn.ended_at.is_(None), Turn.ended_at >= Event.at))
    asked = (K.NUDGED.value, K.NUDGE_CALLED_OFF.value, K.CALL_NOTED.value)
    return and_(Event.kind.in_(asked), select(Turn.n).join(Item, Item.id == Turn.item_id).where(*mine, *then).exists())


def latest(client_id: UUID, *, lines: int) -> list[Line]:
    """The last few things that happened with a client; that a receipt was written says no more than the answer before it."""
    return events(client_id, most=lines * 4, kinds=[kind for kind in TOLD if kind is not K.RECEIPT_HANDED_OUT]).lines[:lines]


def _folded(rows: Iterable[tuple[Event, str | None]]) -> list[tuple[list[Event], str | None]]:
    """Files that one person added to one item, one after the other, become one line."""
    folded: list[tuple[list[Event], str | None]] = []
    for event, data in rows:
        last = folded[-1][0][-1] if folded else None
        if last and event.kind == K.FILE_ADDED and (last.kind, last.actor_id, last.item_id) == (event.kind, event.actor_id, event.item_id):
            folded[-1][0].append(event)
        else:
            folded.append(([event], data))
    return folded


def _line(same: list[Event], detail: Mapping[str, object], people: Mapping[UUID, str], items: Mapping[UUID, str]) -> Line:
    event = same[0]
    facts: dict[str, object] = json.loads(event.facts)
    about = items.get(event.item_id) if event.item_id else None
    who = people.get(event.actor_id, "") if event.actor_id else gettext("The portal")
    values = {
        "who": Markup("<b><bdi>{}</bdi></b>").format(who),
        "thing": Markup("<bdi>{}</bdi>").format(about or detail.get("title") or gettext("something that was removed since")),
        "name": Markup("<bdi>{}</bdi>").format(detail.get("name") or gettext("somebody")),
        "day": day(date.fromisoformat(str(facts["day"]))) if facts.get("day") else "",
        "version": facts.get("n") or "",
        "number": facts.get("number") or facts.get("stars") or "",
    }
    quote = str(detail.get("reason") or detail.get("words") or "")
    said = _sentence(Kind(event.kind), facts, len(same), about=event.item_id is not None) % values
    if event.audience == Audience.INTERNAL and event.kind.startswith("pin."):
        said = said + Markup(" ({})").format(gettext("only we see it"))
    return Line(said, quote, event.at, event.item_id if about else None)


def _sentence(kind: Kind, facts: Mapping[str, object], times: int, *, about: bool) -> Markup:
    """The sentence of a kind, ready for its values; ours, so it may stand as mark-up."""
    if kind is K.PROJECT_SENT and facts.get("items"):
        text = ngettext("%%(who)s sent the list with one item", "%%(who)s sent the list with %(num)s items", int(str(facts["items"])))
        ours = int(str(facts.get("ours") or 0))
        more = ngettext("One decision had to be presented first.", "%(num)s decisions had to be presented first.", ours) if ours else ""
        return Markup(f"{text}. {more}" if more else text)  # noqa: S704
    if kind is K.FILE_ADDED and facts.get("message"):
        return Markup(ngettext("%%(who)s put a file into a message", "%%(who)s put %(num)s files into a message", times))  # noqa: S704
    if kind in LAID and not about:
        return Markup(gettext(LAID[kind]))  # noqa: S704
    if kind is K.FILE_ADDED:
        return Markup(ngettext("%%(who)s added a file to “%%(thing)s”", "%%(who)s added %(num)s files to “%%(thing)s”", times))  # noqa: S704
    if kind is K.DECISION_MADE and facts.get("choice") in CHOSEN:
        return Markup(gettext(CHOSEN[str(facts["choice"])]))  # noqa: S704
    return Markup(gettext(TOLD[kind]))  # noqa: S704


def _people(found: Iterable[Event]) -> dict[UUID, str]:
    ids = sorted({event.actor_id for event in found if event.actor_id})
    return {one.id: one.name for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))}


def _titles(found: Iterable[Event]) -> dict[UUID, str]:
    ids = sorted({event.item_id for event in found if event.item_id})
    return {item.id: item.text("title", language()) for item in db.session.scalars(select(Item).where(Item.id.in_(ids)))}
