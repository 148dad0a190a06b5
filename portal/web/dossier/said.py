"""What both sides said to each other, as a dossier tells it: goals, assumptions, messages, comments, updates."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from portal.kinds.dossier.gathering import Dossier
from portal.kinds.ground.goals import Told
from portal.models.files import FromSide
from portal.models.ground.assumptions import Verdict
from portal.models.pins import Fate
from portal.web import i18n
from portal.web.dossier.blocks import Block, by, macro, parts


def goals(dossier: Dossier) -> Iterator[Block]:
    """What both sides wanted to reach, and whether they say they did."""
    for told in (*dossier.goals.open, *dossier.goals.ended):
        yield Block(told.goal.words, list(_goal(told, dossier)))


def _goal(told: Told, dossier: Dossier) -> Iterator[tuple[str, str]]:
    goal = told.goal
    if goal.measure:
        yield _("How we see that it is reached"), goal.measure
    if goal.by_on:
        yield _("By"), i18n.iso_day(goal.by_on.isoformat())
    if goal.ended_at:
        yield _("Given up"), goal.ended_why
    else:
        yield _("Agreed by both"), i18n.stamp(goal.agreed_at) if goal.agreed_at else _("No")
    for side, review in told.reviews.items():
        who = dossier.client.name if side is FromSide.CLIENT else dossier.firm
        yield (
            _("Reached, says %(who)s", who=who),
            "\n".join((macro("components/goals.html", "reached_word", review.reached.value), review.words)),
        )


def assumptions(dossier: Dossier) -> Iterator[Block]:
    """What we took for granted, and what the client said of it."""
    words = {Verdict.RIGHT: _("Right"), Verdict.WRONG: _("Wrong"), Verdict.UNKNOWN: _("Not known")}
    for one in dossier.assumptions:
        facts = [(_("Because"), one.because), (_("If it is wrong"), one.cost)]
        facts.append((_("The answer"), "\n".join(filter(None, (words[one.verdict] if one.verdict else _("None"), one.words)))))
        facts.append((_("Not gone by any more"), one.ended_why if one.ended_at else ""))
        yield Block(one.assume, [fact for fact in facts if fact[1]])


def messages(dossier: Dossier) -> Iterator[Block]:
    """The talk about the project, and about each thing."""
    titles = {one.item.id: one.item.text("title", i18n.language(), dossier.client.language) for one in dossier.asked}
    for item_id, said in dossier.talk.items():
        facts = [(by(dossier.name(one.by_id), i18n.stamp(one.at)) if one.at else "", one.words) for one in said]
        yield Block(titles.get(item_id, "") if item_id else dossier.project.name, facts)


def comments(dossier: Dossier) -> Iterator[Block]:
    """What was pinned to pictures and pages, and what became of it."""
    for one in dossier.asked:
        for told in one.comments:
            pin, title = told.pin, one.item.text("title", i18n.language(), dossier.client.language)
            facts = [(by(told.by.name, i18n.stamp(pin.at)), pin.words)]
            facts += [(by(each.by.name, i18n.stamp(each.row.at)), each.row.words) for each in told.replies]
            if pin.fate:
                facts.append((_("What became of it"), pin.because or (_("Done") if pin.fate is Fate.DONE else _("Left as it is"))))
            yield Block(_("%(title)s, version %(n)s, comment %(mark)s", title=title, n=told.n, mark=pin.mark), facts)


def updates(dossier: Dossier) -> Iterator[Block]:
    """What we told week by week, and what came back."""
    for update in dossier.updates:
        facts = parts("update", update.parts)
        said = [one for one in dossier.replies if one.update_id == update.id]
        facts += [(by(dossier.name(one.person_id), i18n.stamp(one.at)), one.words) for one in said]
        yield Block(_("Week of %(day)s", day=i18n.iso_day(update.week.isoformat())), facts)
