"""Whether, when and how somebody wants to be called; kept as they or we wrote it down, and judged by the clock where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal.kernel.clock import now
from portal.models.people import Person


class Calls(StrEnum):
    """How somebody takes calls."""

    ANY = "any"
    HOURS = "hours"
    BAD_NEWS = "bad_news"
    NEVER = "never"


FROM, UNTIL = time(9), time(17)


@dataclass(frozen=True)
class PhoneRules:
    """What somebody asked for: how, between which hours of which zone, and in which language; empty means their own."""

    calls: Calls = Calls.ANY
    start: time = FROM
    end: time = UNTIL
    zone: str = ""
    language: str = ""
    by_themselves: bool = False

    def written(self) -> dict[str, object]:
        """As it is kept."""
        hours = {"start": f"{self.start:%H:%M}", "end": f"{self.end:%H:%M}"}
        return {"calls": self.calls.value, **hours, "zone": self.zone, "language": self.language, "by_themselves": self.by_themselves}


def rules_of(person: Person) -> PhoneRules:
    """What somebody asked for; without a word from anybody, any time."""
    kept = person.phone_rules
    if not kept:
        return PhoneRules()
    start, end = (time.fromisoformat(str(kept[name])) for name in ("start", "end"))
    zone, language = (str(kept.get(name, "")) for name in ("zone", "language"))
    return PhoneRules(Calls(str(kept["calls"])), start, end, zone, language, by_themselves=bool(kept.get("by_themselves")))


@dataclass(frozen=True)
class Phone:
    """A number, what was asked of whoever calls it, and whether a call fits now."""

    person: Person
    rules: PhoneRules
    at: datetime
    bad_news: bool

    @property
    def number(self) -> str:
        """The number."""
        return self.person.phone

    @property
    def zone(self) -> str:
        """The zone the hours are meant in."""
        return self.rules.zone or self.person.zone

    @property
    def language(self) -> str:
        """The language to speak."""
        return self.rules.language or self.person.language

    @property
    def is_within(self) -> bool:
        """Whether it is between their hours where they are; hours may reach over midnight."""
        here = self.at.astimezone(ZoneInfo(self.zone)).time()
        start, end = self.rules.start, self.rules.end
        return start <= here < end if start < end else here >= start or here < end

    @property
    def fits(self) -> bool:
        """Whether a call now is as they asked."""
        calls = self.rules.calls
        if calls is Calls.HOURS:
            return self.is_within
        return calls is Calls.ANY or (calls is Calls.BAD_NEWS and self.bad_news)


def phone_of(person: Person, *, bad_news: bool = False) -> Phone:
    """How somebody is called now."""
    return Phone(person, rules_of(person), now(), bad_news)
