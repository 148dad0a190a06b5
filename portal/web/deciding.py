"""How a decision is made, as staff type it: for one item, and for an item of a template."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from portal.kernel.refusal import N_, Refused
from portal.models.approvals import Rule
from portal.models.template.specs import DECIDING

RULES = {
    Rule.ANY: _l("One of those who decide is enough"),
    Rule.SOME: _l("Some of them are enough"),
    Rule.ALL: _l("All of those who decide"),
    Rule.ORDER: _l("All of them, one after the other"),
}
CHOICES = [SelectChoice(rule.value, words) for rule, words in RULES.items()]


def whole(name: str) -> list[object]:
    """What a number of this name has to keep to."""
    least, most = DECIDING[name]
    return [Optional(), NumberRange(least, most, _l("Between %(least)s and %(most)s.", least=least, most=most))]


class DecidingFields:
    """The fields every form about a decision has; `named_in` is the field that says who decides."""

    named_in = "people"
    rule = RadioField(_l("Who has to say yes?"), choices=CHOICES, default=Rule.ANY.value)
    need = IntegerField(_l("How many of them"), whole("need"))
    rounds = IntegerField(_l("Rounds of changes agreed"), whole("rounds"))
    important = BooleanField(_l("Important: ask for a fresh proof of who answers"))
    decide_days = IntegerField(_l("Working days to decide"), whole("decide_days"))

    def deciding(self, named: int = 0) -> dict[str, object]:
        """What was typed, as an item keeps it; `named` is how many people decide, where that is known."""
        some = self.rule.data == Rule.SOME
        if some and not self.need.data:
            raise Refused(N_("Say how many of them are enough."), field="need", status=422)
        if some and named and self.need.data > named:
            raise Refused(N_("You named fewer people than that."), field="need", status=422)
        numbers = {name: getattr(self, name).data for name in DECIDING if name != "need" or some}
        said: dict[str, object] = {"rule": self.rule.data, **{name: number for name, number in numbers.items() if number is not None}}
        return said | ({"important": True} if self.important.data else {})

    def place_of(self, one: str) -> str:
        """At which place somebody answers, where one answers after the other."""
        typed = request.form.get(f"place-{one}", "")
        if typed.isascii() and typed.isdecimal() and len(typed) <= 2:
            return typed
        named = self._deciders.data or []
        return str(named.index(one) + 1) if one in named else ""

    def in_places(self) -> tuple[str, ...]:
        """Those who were named, where it counts in their order; whoever has a place is named by it."""
        named = list(self._deciders.data or ())
        if self.rule.data == Rule.ORDER:
            named += [one.value for one in self._deciders.choices if one.value not in named and self.place_of(one.value)]
            named.sort(key=lambda one: int(self.place_of(one) or 99))
        return tuple(named)

    @property
    def _deciders(self) -> SelectMultipleField:
        return getattr(self, self.named_in)


def typed_deciding(spec: Mapping[str, object]) -> dict[str, object]:
    """How an item is decided, as the form shows it."""
    rule = spec.get("rule")
    numbers = {name: spec.get(name) for name in DECIDING}
    return {"rule": rule if rule in list(Rule) else Rule.ANY.value, "important": bool(spec.get("important")), **numbers}
