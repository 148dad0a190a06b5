"""The days a firm or a client works on, as they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from portal.kernel.refusal import N_, Refused


def week(working_days: Iterable[int], holidays: Iterable[date]) -> dict[str, object]:
    """The weekdays worked (Monday is 0) and the single days off, as columns; refuses a week without any."""
    days = sorted(set(working_days))
    if not days:
        raise Refused(N_("Choose at least one working day."), field="working_days", status=422)
    return {"working_days": days, "holidays": [day.isoformat() for day in sorted(set(holidays))]}
