"""The firm's side of weekly updates: one card per project, written from facts, edited and sent in one sitting."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.features.news import actions, queries
from portal.features.news.forms import typed
from portal.features.news.queries import Card
from portal.kernel.clock import now
from portal.kernel.db import read_id
from portal.kernel.refusal import N_, Refused
from portal.kinds import reading
from portal.models.clients import Client
from portal.models.news import SECTIONS, UpdateReply, WeeklyUpdate
from portal.models.projects import Project
from portal.web.asking import page_number
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.forms import answer_with, said, wants_fragment
from portal.web.week_words import composed

pages = Blueprint("news", __name__)


@dataclass(frozen=True)
class Sheet:
    """A card as the page shows it: the parts as they stand, whether somebody wrote them, and why it was not sent."""

    card: Card
    parts: dict[str, str]
    kept: bool
    ticked: bool
    refused: str = ""
    theirs: tuple[str, ...] = ()

    @property
    def saw(self) -> str:
        """The mark of what is kept while this page is drawn."""
        return queries.seen(self.card.written)


@pages.route("/updates", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Show what every client would read this week, keep what was edited, and send what was ticked."""
    back = _back()
    mine = viewer().person_id if request.args.get("mine") else None
    wrong: dict[UUID, str] = {}
    if request.method == "POST":
        cards = queries.cards_of(_listed(), back=back)
        wrong, count = _take(cards)
        if wants_fragment():
            return _kept(cards, wrong)
        if not wrong:
            flash(ngettext("%(num)s update is on its way.", "%(num)s updates are on their way.", count) if count else _("Kept."), "done")
            return redirect(_address(), 303)
        answer_with(422)
    cards, more = queries.cards(mine=mine, back=back, n=page_number())
    return render_template(
        "staff/news/index.html",
        sheets=[_sheet(card, wrong) for card in cards],
        replies=queries.open_replies(),
        quiet=queries.quiet(mine),
        more=more,
        n=page_number(),
        back=back,
        mine=bool(mine),
        sections=SECTIONS,
        link=_address,
        now=now(),
    )


@pages.get("/updates/<uuid:update_id>")
def sent(update_id: UUID) -> ResponseReturnValue:
    """Show an update as it was sent, who opened it, and what they wrote."""
    update = find(WeeklyUpdate, update_id)
    if update.sent_at is None:
        return redirect(url_for("staff.news.index"), 303)
    return render_template(
        "staff/news/sent.html",
        update=update,
        by=reading.person(update.by_id),
        project=find(Project, update.project_id),
        client=find(Client, update.client_id),
        readers=queries.readers_of(update),
        below=queries.below(update.id),
    )


@pages.post("/updates/replies/<uuid:reply_id>/done")
def done_with(reply_id: UUID) -> ResponseReturnValue:
    """Take an answer off the list."""
    return press(lambda: actions.done_with(find(UpdateReply, reply_id), by=viewer()), _("Done."), to=url_for("staff.news.index"))


def _listed() -> list[UUID]:
    """The projects whose cards came in."""
    return [found for text in request.form.getlist("project")[: queries.PAGE] if (found := read_id(text))]


def _take(cards: list[Card]) -> tuple[dict[UUID, str], int]:
    """Keep what was written on these cards and send those that were ticked; why some were not sent, and how many were."""
    wrong: dict[UUID, str] = {}
    ticked = set(request.form.getlist("send")) if request.form.get("act") == "send" else set()
    count = 0
    for card in cards:
        project_id = card.told.project.id
        parts = typed(project_id)
        try:
            if parts is None or card.is_sent:
                _say_if_lost(card, parts)
                continue
            week = card.told.week.first
            if request.form.get(f"week-{project_id}") != week.isoformat():
                raise Refused(N_("A new week has begun since this page was opened. Your text is still here; look at it again."))
            actions.keep(
                find(Project, project_id),
                week,
                parts,
                composed=composed(card.told),
                saw=request.form.get(f"saw-{project_id}", ""),
                by=viewer(),
            )
            if str(project_id) in ticked:
                actions.send(find(Project, project_id), week, parts, by=viewer())
                count += 1
        except Refused as refused:
            wrong[project_id] = said(refused)
    return wrong, count


def _say_if_lost(card: Card, parts: dict[str, str] | None) -> None:
    """Tell whoever wrote on a card that somebody else has sent."""
    if parts and card.written and parts != card.written.said:
        who = card.told.client.name
        flash(_("The update for %(client)s has been sent in the meantime. What you wrote was not kept.", client=who), "warn")


def _kept(cards: list[Card], wrong: dict[UUID, str]) -> ResponseReturnValue:
    """The line beside the button of a card that saves while somebody types."""
    project_id = cards[0].told.project.id if cards else None
    refused = wrong.get(project_id, "") if project_id else ""
    saw = request.form.get(f"saw-{project_id}", "")
    if cards and not refused:
        saw = next((queries.seen(card.written) for card in queries.cards_of([cards[0].told.project.id], back=_back())), "")
    return render_template("staff/news/_kept.html", at=now(), id=project_id, saw=saw, refused=refused)


def _back() -> int:
    return 1 if request.args.get("week") == "last" else 0


def _sheet(card: Card, wrong: dict[UUID, str]) -> Sheet:
    project_id = card.told.project.id
    written = card.written
    parts = typed(project_id) if wrong else None
    parts = parts or (written.said if written else composed(card.told))
    ticked = str(project_id) in request.form.getlist("send") if wrong else not card.told.nothing_moved
    refused = wrong.get(project_id, "")
    theirs = tuple(line for _name, lines in written.parts for line in lines) if refused and written and written.said != parts else ()
    return Sheet(card, parts, bool(written), ticked and not card.is_sent, refused, theirs)


def _address(**changes: object) -> str:
    """The address of this page with something changed; the rest stays, the page begins anew."""
    said_now: dict[str, object] = {"week": request.args.get("week"), "mine": request.args.get("mine")}
    return url_for("staff.news.index", **{name: value for name, value in (said_now | changes).items() if value})  # type: ignore[arg-type]
