"""A questionnaire that came back for some of its answers: one page with these alone, each with what we asked."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.questionnaires import actions, client, queries, replies
from portal.features.questionnaires.client import files, pressed
from portal.features.questionnaires.queries import Asked, Page
from portal.features.questionnaires.typed_in import typed_in
from portal.kernel.refusal import Refused
from portal.kinds import reading, rules_of
from portal.kinds.questionnaires import verdicts
from portal.models.definition.shape import Question, Section
from portal.models.item_states import WITH_CLIENT, ItemKind
from portal.models.questionnaires import AnswerVerdict, Reply, Said
from portal.web import i18n
from portal.web.doors import viewer
from portal.web.forms import Form, said
from portal.web.places import find_item, item_url

pages = Blueprint("again", __name__)


@pages.route("/items/<uuid:item_id>/again", methods=["GET", "POST"])
def show(item_id: UUID) -> ResponseReturnValue:
    """Show what is open again; save it, say whether what we proposed is right, or send it."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    if item.state not in WITH_CLIENT:
        return redirect(item_url(item), 303)
    again = verdicts.again_of(item) if item_id not in viewer().parts else None
    if again is None:
        return redirect(url_for("client.questionnaires.start", item_id=item_id), 303)
    page = queries.page_of(item)
    open_again = Section(key="again", title={}, questions=_reachable(page, again))
    asked = page.asked(open_again, language=i18n.language(), more=request.args.getlist("more"))
    form, gaps = Form(), list[tuple[str, str]]()
    if request.method == "POST":
        try:
            actions.save_section(item, typed_in(open_again, request.form), language=i18n.language(), by=viewer())
            turned = files.take_files(item_id, open_again)
            return redirect(_url(item_id, anchor=files.tell(turned)) if turned else _act(item_id), 303)
        except Refused as refused:
            client.take_back_to_form(form, refused, asked)
            gaps = _gaps(item_id, form)
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    handed = reading.hand_over(item.id, item.round)
    frozen = verdicts.frozen_answers(handed)
    word = handed.reason if handed and handed.reason != item.reason else ""
    facts = (
        client.facts_of(item)
        | files.facts_on(item, asked)
        | {"said": again.said, "frozen": frozen, "word": word, "left": _left(asked, again.said, frozen), "gaps": gaps}
    )
    return render_template("client/questionnaires/again.html", item=item, page=page, asked=asked, form=form, **facts)


def _reachable(page: Page, again: verdicts.Again) -> tuple[Question, ...]:
    """The questions that are open: those that are shown, and those an answer on this page may open."""
    shown, here = page.shown_keys, dict[str, Question]()
    for one in page.definition.asked:
        hangs_on = {key for rule in one.rules for key in rule.questions}
        if again.is_open(one.key) and (one.key in shown or hangs_on & here.keys()):
            here[one.key] = one
    return tuple(here.values())


def _act(item_id: UUID) -> str:
    """Do what the pressed button says; where to go on. Raises Refused."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    verb, _dot, rest = request.form.get("act", "").partition(".")
    key = rest.partition(".")[0]
    if verb in ("yes", "mine"):
        replies.reply(item, key, Reply.CONFIRMED if verb == "yes" else Reply.KEPT, by=viewer())
        return _url(item_id, anchor=key)
    if pressed.act(item_id, 1, by=viewer()):
        return _url(item_id, more=key if verb == "more" else None, anchor=key)
    if verb == "later":
        flash(_("Saved. Come back whenever you like."), "done")
        return url_for("client.home.show")
    actions.send(item, by=viewer())
    return url_for("client.items.sent", item_id=item_id)


def _gaps(item_id: UUID, form: Form) -> list[tuple[str, str]]:
    """Where sending was refused for what is missing: all of it, as links to the questions; the form then says no more than that."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    gaps = [(gap.part, said(gap.refused())) for gap in rules_of(item.kind).missing(item)]
    if not gaps or form.form_errors != [gaps[0][1]]:
        return []
    form.form_errors = []
    return gaps


def _url(item_id: UUID, *, more: str | None = None, anchor: str = "") -> str:
    return url_for("client.again.show", item_id=item_id, more=more, _anchor=anchor or None)


def _left(asked: list[Asked], said_of: Mapping[str, AnswerVerdict], frozen: Mapping[str, verdicts.Frozen]) -> list[str]:
    """The questions we asked again and whose answers are still what they were."""
    again = [one for one in asked if (verdict := said_of.get(one.question.key)) and verdict.said is Said.ASKED_AGAIN]
    return [one.question.key for one in again if one.value == frozen.get(one.question.key, {}).get("value")]
