"""What staff type about an agreement: a scope, or a change of it. The lists are one line for each thing."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms import Form as Fields
from wtforms.fields import Field
from wtforms.validators import Length, NumberRange, Optional

from portal.kernel.refusal import N_, Refused
from portal.kinds import reading
from portal.models.item_states import Subject
from portal.models.items import Item
from portal.models.snapshots import LATE_MOVES, Change, Moved, Scope
from portal.web.forms import DayField
from portal.web.money_typed import CURRENCIES, money_typed, plain

MOST_LINES = 200


class AgreementFields(Fields):  # type: ignore[misc]
    """The fields of a scope and of a change request; a version has those of its subject."""

    inside = TextAreaField(_l("What is in"), [Length(max=10_000)], filters=[plain])
    outside = TextAreaField(_l("What is not in"), [Length(max=10_000)], filters=[plain])
    rounds = IntegerField(_l("Rounds of changes, for each thing you present"), [Optional(), NumberRange(0, 50, _l("Between 0 and 50."))])
    budget = StringField(_l("Budget"), [Length(max=20)], filters=[plain])
    budget_in = SelectField(_l("Currency"), choices=CURRENCIES, default=CURRENCIES[0])
    starts_on = DayField(_l("Starts on"), [Optional()])
    ends_on = DayField(_l("Ready on"), [Optional()])
    dates = BooleanField(_l("What comes late from the client moves the dates after it"))
    adds = TextAreaField(_l("What comes in"), [Length(max=10_000)], filters=[plain])
    drops = TextAreaField(_l("What goes out"), [Length(max=10_000)], filters=[plain])
    days = IntegerField(_l("Working days later"), [Optional(), NumberRange(-250, 250, _l("Between -250 and 250."))])
    ready_on = DayField(_l("Or a new day"), [Optional()])

    def scope(self) -> Scope:
        """The scope as typed."""
        budget = money_typed(self.budget, self.budget_in)
        if budget and budget.amount.startswith("-"):
            raise Refused(N_("A budget is not less than nothing."), field="budget", status=422)
        starts, ends = self.starts_on.data, self.ends_on.data
        days = {"starts_on": starts.isoformat() if starts else "", "ends_on": ends.isoformat() if ends else ""}
        rule = LATE_MOVES if self.dates.data else ""
        return Scope(_lines(self.inside), _lines(self.outside), self.rounds.data, budget, **days, dates=rule)

    def change(self, item: Item) -> Change:
        """The change as typed; why it is asked for stands on the item."""
        return Change(item.text("why", reading.client_language(item)), _lines(self.adds), _lines(self.drops), self.days.data or 0)

    def moved_from(self, ends: date | None) -> Moved | None:
        """The new day on which it is all ready, against the one agreed so far."""
        new = self.ready_on.data
        if new is None:
            return None
        if self.days.data:
            raise Refused(N_("Write working days or a new day, not both."), field="ready_on", status=422)
        if ends is None:
            raise Refused(N_("No day was agreed yet that could be moved. Write working days instead."), field="ready_on", status=422)
        if new == ends:
            raise Refused(N_("This is the day that was agreed already."), field="ready_on", status=422)
        return Moved(ends.isoformat(), new.isoformat())

    def begin_with_scope(self, scope: Scope | None, subject: Subject) -> None:
        """Start a new scope from the one that counts, and a change request with its currency."""
        if subject is Subject.SCOPE:
            self.begin_with_agreement(scope, None)
        elif scope and scope.budget and isinstance(self._fields.get("currency"), SelectField):
            self._fields["currency"].data = scope.budget.currency

    def begin_with_agreement(self, scope: Scope | None, change: Change | None, moved: Moved | None = None) -> None:
        """Start from the words of the version before."""
        if scope:
            self.inside.data, self.outside.data = "\n".join(scope.inside), "\n".join(scope.outside)
            self.rounds.data = scope.rounds
            self.dates.data = bool(scope.dates)
            self.budget.data = scope.budget.amount if scope.budget else ""
            self.budget_in.data = scope.budget.currency if scope.budget else self.budget_in.data
            self.starts_on.data, self.ends_on.data = (date.fromisoformat(day) if day else None for day in (scope.starts_on, scope.ends_on))
        if change:
            self.adds.data, self.drops.data = "\n".join(change.adds), "\n".join(change.drops)
            self.days.data = change.days or None
            self.ready_on.data = date.fromisoformat(moved.now) if moved else None


def _lines(field: Field) -> tuple[str, ...]:
    """One thing for each line, without the marks people put before it."""
    found = tuple(line for typed in (field.data or "").splitlines() if (line := typed.strip(" -•*\t")))
    if len(found) > MOST_LINES:
        raise Refused(N_("These are more than %(most)s lines. Put some of them together."), field=field.name, status=422, most=MOST_LINES)
    return found
