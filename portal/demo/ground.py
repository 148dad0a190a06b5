"""What Lindner Bakery and the firm want to reach, and what the firm takes for granted meanwhile."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.demo.tale import Tale
from portal.features.assumptions import actions as assuming
from portal.features.goals import actions as goals
from portal.kernel.db import db
from portal.kernel.scope import find
from portal.kinds.ground import building
from portal.models.ground.assumptions import Assumption, Belief, Verdict
from portal.models.ground.goals import Aim, Goal
from portal.models.projects import Milestone, Project
from portal.models.snapshots import Money

ORDERS = "Half of the cake orders come in by the website"
OPEN = "People see at once whether the shop is open"
HOUSES = "The families in the new houses know us"
SUNDAY = "You change the Sunday rolls yourselves, without asking us"
PHOTOS = "You may show the photos of the shop that you send"
PRICES = "The prices stay as they are until the launch"
ENGLISH = "Jakob reads the English pages before they go out"
SHOOT = "You take the photos of the bread yourselves"


def want(tale: Tale) -> None:
    """Both say what they want to reach."""
    _propose(tale, "mara", Aim(ORDERS, "You count the calls in one week now, and in one week three months later.", tale.days.on(90)))
    _propose(tale, "mara", Aim(OPEN, "Five passers-by find it within five seconds, on their own telephones."))
    _agree(tale, "rosa", ORDERS)
    _agree(tale, "rosa", OPEN)
    _propose(tale, "rosa", Aim(HOUSES, "Ten of them say so when they come in."))
    _agree(tale, "mara", HOUSES)
    for what, things in ((ORDERS, ("Launch",)), (OPEN, ("Content and design",))):
        _build(tale, Goal, what, things)


def rank(tale: Tale) -> None:
    """Each puts them in order: not in the same."""
    _rank(tale, "mara", ORDERS, OPEN, HOUSES)
    _rank(tale, "rosa", HOUSES, ORDERS, OPEN)


def one_more(tale: Tale) -> None:
    """A goal that waits for Rosa's yes."""
    _propose(tale, "mara", Aim(SUNDAY, "It takes you less than two minutes on the telephone."))
    _build(tale, Goal, SUNDAY, ("Build",))


def assume(tale: Tale) -> None:
    """The lead says aloud what is taken for granted."""
    _state(tale, Belief(PHOTOS, "Jakob took them himself.", "We would have to take them down again."))
    _state(tale, Belief(SHOOT, "You sent some for the flyer.", "A photographer comes for a day.", Money("650.00", "EUR"), 2))
    _state(tale, Belief(PRICES, "You changed them in spring.", "We draw the price page anew.", Money("180.00", "EUR"), 1))
    _state(tale, Belief(ENGLISH, "He studied in Leeds.", "Somebody else reads them.", None, 3))
    _build(tale, Assumption, SHOOT, (), items=("photos",))
    _build(tale, Assumption, PRICES, ("Build",))


def answer(tale: Tale) -> None:
    """Rosa answers two of them; one is otherwise."""
    _answer(tale, "rosa", PHOTOS, Verdict.RIGHT)
    _answer(tale, "rosa", SHOOT, Verdict.WRONG, "The telephone makes them look grey. We would rather have somebody come, on a Tuesday.")


def _propose(tale: Tale, who: str, aim: Aim) -> None:
    with tale.acting(who) as viewer:
        goals.propose(find(Project, tale.project_id), aim, by=viewer)


def _agree(tale: Tale, who: str, words: str) -> None:
    with tale.acting(who) as viewer:
        goal = find(Goal, _id(tale, Goal, words))
        goals.agree(goal, seen=goal.n, by=viewer)


def _rank(tale: Tale, who: str, *order: str) -> None:
    with tale.acting(who) as viewer:
        goals.rank(find(Project, tale.project_id), [_id(tale, Goal, words) for words in order], by=viewer)


def _state(tale: Tale, belief: Belief) -> None:
    with tale.acting("mara") as viewer:
        assuming.state(find(Project, tale.project_id), belief, by=viewer)


def _answer(tale: Tale, who: str, words: str, verdict: Verdict, said: str = "") -> None:
    with tale.acting(who) as viewer:
        one = find(Assumption, _id(tale, Assumption, words))
        assuming.answer(one, verdict, said, seen=one.n, by=viewer)


def _build(tale: Tale, kind: type[Goal] | type[Assumption], words: str, stages: tuple[str, ...], *, items: tuple[str, ...] = ()) -> None:
    with tale.acting("mara") as viewer:
        rows = db.session.scalars(select(Milestone).where(Milestone.project_id == tale.project_id))
        keys = [f"milestone-{row.id}" for row in rows if row.title(tale.language) in stages]
        keys += [f"item-{tale.ids('rosa', item)[1]}" for item in items]
        building.build(find(kind, _id(tale, kind, words)), keys, by=viewer)


def _id(tale: Tale, kind: type[Goal] | type[Assumption], words: str) -> UUID:
    said = Goal.words if kind is Goal else Assumption.assume
    return db.session.scalars(select(kind.id).where(kind.project_id == tale.project_id, said == words)).one()
