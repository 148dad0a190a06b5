"""What waits for itself: by what it needs, or by what its day is counted from."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

from portal.models.template.shape import Template, When

Node = TypeVar("Node", bound=Hashable)


def circles(template: Template) -> list[str]:
    """The items and milestones ("items.logo") that wait for themselves, in reading order."""
    waits: dict[str, set[str]] = {}
    for stage in template.milestones:
        waits[f"milestones.{stage.key}"] = _reach(stage.starts) | _reach(stage.ends)
    for piece in template.items:
        waits[f"items.{piece.key}"] = {f"items.{need.item}" for need in piece.needs} | _reach(piece.due)
    return in_circles(waits)


def in_circles(waits: Mapping[Node, Collection[Node]]) -> list[Node]:
    """Those that come back to themselves by following what each one waits for."""
    found = []
    for start in waits:
        reached: set[Node] = set()
        ahead = set(waits[start])
        while ahead:
            reached |= ahead
            ahead = {further for node in ahead for further in waits.get(node, ())} - reached
        if start in reached:
            found.append(start)
    return found


def _reach(when: When | None) -> set[str]:
    if when is None or not when.after:
        return set()
    return {f"items.{when.item}"} if when.item else {f"milestones.{when.stage}"}
