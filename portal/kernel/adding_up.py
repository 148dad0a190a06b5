"""What the agreements that count add up to. Pages work it out from items; this does it again from what the chain says was decided.

This file goes into every download (see portal/kinds/record/bundling.py), so it needs nothing but Python 3.8 or newer.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

YES = frozenset({"approved", "noted"})


class Agreements:
    """The scopes and change requests that were presented, and what was decided on them."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[int, str]] = {}
        self._answers: dict[str, dict[str, tuple[str, str]]] = {}
        self._anew: set[str] = set()
        self._moved: set[str] = set()
        self._order: list[str] = []
        self._papers: dict[tuple[str, int], dict[str, Any]] = {}

    def presented(self, item: str, n: int, version: str) -> None:
        """A version takes the place of the one before."""
        self._newest[item] = n, version
        self._answers[version] = {}
        self._anew.discard(item)

    def changed(self, item: str, others: bool) -> None:
        """What is asked was changed, and perhaps others decide on it from here on."""
        if others:
            self._anew.add(item)

    def moved(self, person: str) -> None:
        """Somebody left, or has another part from here on: nobody has to wait for them."""
        self._moved.add(person)

    def decided(self, version: str, decision: str, choice: str, seat: str) -> None:
        """Somebody answered, in whose seat."""
        self._answers.setdefault(version, {})[decision] = choice, seat
        self._order.append(version)

    def taken_back(self, decision: str) -> None:
        """An answer counts no more."""
        for answers in self._answers.values():
            answers.pop(decision, None)

    def frozen(self, told: dict[str, Any]) -> None:
        """The words of a version; only those of agreements are kept."""
        if told.get("scope") or told.get("change"):
            self._papers[told["item"], told["n"]] = told

    def faults(self, row: dict[str, Any]) -> list[str]:
        """Why what is said to be agreed in a project does not follow from what was decided there."""
        named, counting, found = set(row["items"]), [], []
        for item, (n, version) in self._newest.items():
            told = self._papers.get((item, n))
            if told is None or told["project"] != row["project"]:
                continue
            if item in named and not self._may_count(item, version, told):
                found.append(f"item {item} is said to be agreed, and was not")
            elif item not in named and self._must_count(item, version, told):
                found.append(f"item {item} was agreed, and is left out")
            elif item in named:
                counting.append((self._when(version), item, told))
            named.discard(item)
        found += [f"item {item} is said to be agreed, and was never presented" for item in sorted(named)]
        counting.sort(key=lambda one: one[0])
        if not found and [item for _, item, _ in counting] != row["items"]:
            found.append("they were agreed in another order")
        if not found and added_up(told for _, _, told in counting) != {name: row[name] for name in ("sums", "inside", "outside", "moves")}:
            found.append("what is said to be agreed is not what they add up to")
        return found

    def _may_count(self, item: str, version: str, told: dict[str, Any]) -> bool:
        """Whether everybody who had to said yes, and nobody no. Whoever left meanwhile had to no more."""
        said = self._answers[version].values()
        seats, asked = {seat for _, seat in said}, told["deciders"]
        if not said or any(choice not in YES for choice, _ in said):
            return False
        must = set() if item in self._anew else set(asked["people"]) - self._moved
        if asked["rule"] in ("all", "order"):
            return must <= seats
        return asked["rule"] != "some" or len(seats) >= min(asked.get("need") or 1, max(len(must), 1))

    def _must_count(self, item: str, version: str, told: dict[str, Any]) -> bool:
        """Whether so many said yes that it counts whoever left or came."""
        need = {"any": 1, "some": told["deciders"].get("need") or 1}.get(told["deciders"]["rule"])
        return need is not None and self._may_count(item, version, told) and len(self._answers[version]) >= need

    def _when(self, version: str) -> int:
        return max((n for n, one in enumerate(self._order) if one == version), default=-1)


def added_up(papers: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The sums, the lists and the moves of the end that papers come to, one after the other; a newer scope begins anew."""
    sums: dict[str, Decimal] = {}
    inside: list[str] = []
    outside: list[str] = []
    moves: list[Any] = []
    for told in papers:
        scope, change, cost, moved = told.get("scope"), told.get("change") or {}, told.get("cost"), told.get("moved")
        if scope:
            sums, inside, outside, moves = {}, list(scope["inside"]), list(scope["outside"]), [scope["ends_on"]]
            cost = scope["budget"]
        else:
            adds, drops = change.get("adds", ()), change.get("drops", ())
            inside, outside = _with(inside, adds, drops), _with(outside, drops, adds)
            moves += [moved["now"]] if moved else [change["days"]] if change.get("days") else []
        if cost and (scope or Decimal(cost["amount"])):
            sums[cost["currency"]] = sums.get(cost["currency"], Decimal(0)) + Decimal(cost["amount"])
    said = {currency: str(amount) for currency, amount in sums.items()}
    return {"sums": said, "inside": inside, "outside": outside, "moves": moves}


def _with(lines: Iterable[str], came: Iterable[str], gone: Iterable[str]) -> list[str]:
    """A list of lines after some went and others came."""
    left = list(lines)
    return [line for line in left if line not in gone] + [line for line in came if line not in left]
