"""What people type about assumptions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from portal.kernel.refusal import N_, Refused
from portal.models.ground.assumptions import Assumption, Belief, Verdict
from portal.web.forms import Form
from portal.web.money_typed import CURRENCIES, money_typed, plain

VERDICTS = [
    SelectChoice(Verdict.RIGHT.value, _l("Yes, that is right")),
    SelectChoice(Verdict.WRONG.value, _l("No, it is otherwise")),
    SelectChoice(Verdict.UNKNOWN.value, _l("I do not know")),
]


class BeliefForm(Form):
    """What we assume, why, and what it costs if it is wrong."""

    assume = TextAreaField(
        _l("We assume that"), [DataRequired(_l("Write what you assume, so that the client can say whether it is right.")), Length(max=500)]
    )
    because = TextAreaField(_l("Because"), [Length(max=500)])
    cost = TextAreaField(_l("What happens if this is wrong"), [Length(max=500)])
    amount = StringField(_l("It costs"), [Length(max=20)], filters=[plain])
    currency = SelectField(_l("Currency"), choices=CURRENCIES, default=CURRENCIES[0])
    days = IntegerField(_l("Working days later"), [Optional(), NumberRange(0, 250, _l("Between 0 and 250."))])
    n = IntegerField(widget=HiddenInput(), default=0)

    def show(self, one: Assumption) -> None:
        """Fill the form with an assumption as it stands."""
        self.assume.data, self.because.data, self.cost.data = one.assume, one.because, one.cost
        self.amount.data, self.currency.data = one.amount, one.currency or self.currency.data
        self.days.data, self.n.data = one.days or None, one.n

    def belief(self) -> Belief:
        """The assumption as typed."""
        money = money_typed(self.amount, self.currency)
        if money and money.amount.startswith("-"):
            raise Refused(N_("It does not cost less than nothing."), field="amount", status=422)
        return Belief(plain(self.assume.data), plain(self.because.data), plain(self.cost.data), money, self.days.data or 0)


class AnswerForm(Form):
    """Whether it is right, and what is true instead."""

    verdict = RadioField(_l("Is this right?"), [DataRequired(_l("Choose an answer first."))], choices=VERDICTS)
    words = TextAreaField(_l("What is true instead, or who would know?"), [Length(max=2000)])
    n = IntegerField(widget=HiddenInput(), default=0)


class LetGoForm(Form):
    """Why we go by it no more."""

    why = TextAreaField(_l("Why do we go by it no more?"), [Length(max=1000)])
