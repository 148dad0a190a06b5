"""Texts and sums of money as people type them."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.numbers import get_currency_precision
from wtforms.fields import Field

from portal.kernel.refusal import N_, Refused
from portal.models.snapshots import Money

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "AUD", "BRL", "CAD", "CNY", "CZK", "DKK", "INR", "NOK", "NZD", "PLN", "SEK", "TRY", "VND")
GROUPED = re.compile(r"-?[0-9]{1,3}((\.[0-9]{3}){1,2}(,[0-9]{1,2})?|(,[0-9]{3}){1,2}(\.[0-9]{1,2})?)")


def plain(text: str | None) -> str:
    """Typed text as it is kept: one kind of line end, nothing invisible, nothing around it."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or (ord(c) >= 32 and not 0x7F <= ord(c) < 0xA0)).strip()


def money_typed(amount: Field, currency: Field) -> Money | None:
    """A sum as it was typed; nothing where nothing was."""
    typed = re.sub(r"[\s'\u2019]", "", amount.data or "").replace("\u2212", "-").lstrip("+")
    if not typed:
        return None
    if GROUPED.fullmatch(typed):  # "4.200,50" and "4,200.50" alike; the last one or two digits after a mark are the small change
        typed = re.sub(r"[.,](?=[0-9]{3})", "", typed)
    if not re.fullmatch(r"-?[0-9]{1,9}([.,][0-9]{1,2})?", typed):
        raise Refused(N_("Write an amount like 450 or 4,200.50."), field=amount.name, status=422)
    exact, places = Decimal(typed.replace(",", ".")), get_currency_precision(currency.data)
    if round(exact, places) != exact:
        raise Refused(
            N_("%(currency)s has no such small parts. Write a whole amount."), field=amount.name, status=422, currency=currency.data
        )
    return Money(f"{exact:.{places}f}", currency.data)
