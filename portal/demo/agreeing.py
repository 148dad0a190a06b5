"""What was agreed with Lindner Bakery, and what they wanted to be different later."""

from __future__ import annotations

from portal.demo.tale import Tale
from portal.features.approvals import presenting
from portal.features.approvals.presenting import Draft
from portal.kinds.agreed import asking
from portal.kinds.agreed.asking import Wish
from portal.models.snapshots import LATE_MOVES, Change, Money, Scope

EURO = "EUR"
INSIDE = (
    "A website with five pages, in English and German",
    "Design of the homepage, and of the other pages after it",
    "Texts edited from what you send",
    "Photos you send, cut and corrected",
)
HOTEL = ("A website with five pages, like those of your other houses", "Pictures you send, cut and corrected")
OUTSIDE = ("Taking new photos", "Writing texts from nothing", "A shop with payment")


def agree(tale: Tale) -> None:
    """Lay before Rosa what is in, what it costs, and when it is ready."""
    days = {"dates": LATE_MOVES, "starts_on": tale.days.on(-15).isoformat(), "ends_on": tale.days.on(29).isoformat()}
    tale.begins("mara", asking.write_scope, "scope", "What we agree on")
    tale.does("mara", presenting.present, "scope", Draft(scope=Scope(INSIDE, OUTSIDE, 3, Money("6400.00", EURO), **days)))
    tale.decides("rosa", "scope", "approved")


def agree_on_days(tale: Tale, staff: str, contact: str) -> None:
    """Lay before a client what is in, and that what comes late from them moves the days after it."""
    tale.begins(staff, asking.write_scope, "scope", "What we agree on")
    tale.does(staff, presenting.present, "scope", Draft(scope=Scope(HOTEL, rounds=2, budget=Money("2900.00", EURO), dates=LATE_MOVES)))
    tale.decides(contact, "scope", "approved")


def order_form(tale: Tale) -> None:
    """Rosa would like people to order, and agrees to what that costs."""
    why = "People keep calling us about cakes while we serve. A form they can send would help so much."
    tale.begins("rosa", asking.ask_for_change, "order", Wish("A form for ordering cakes", why))
    change = Change(why, adds=("A form for ordering cakes, sent to you by email",), days=2)
    tale.does(
        "mara",
        presenting.present,
        "order",
        Draft("You answer each order yourself; nothing is paid online.", change=change, cost=Money("480.00", EURO)),
    )
    tale.decides("rosa", "order", "approved")


def french(tale: Tale) -> None:
    """And something we have not answered yet."""
    tale.begins(
        "rosa", asking.ask_for_change, "french", Wish("The pages in French, too", "My cousin in Strasbourg would send people our way.")
    )
