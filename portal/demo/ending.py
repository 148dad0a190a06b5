"""How a project of Möwe Hotels ended: closed with thanks, found good, and a day to come back that is today."""

from __future__ import annotations

from portal.demo.tale import Tale
from portal.features.closing import actions
from portal.features.closing.actions import Ending
from portal.kernel.scope import find
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.projects import Project

MADE = "A website with five pages for Haus Kompass\nA page for enquiries, with the days people want\nPictures cut and corrected"
NEXT = "The pages are yours to change; we watch that they stay up.\nThe winter prices go in as soon as you send them."
LESSON = "Pictures come last and late. Ask for them on the first day, and call Inken: she reads no mail before noon."


def close(tale: Tale, who: str) -> None:
    """Close the project, and say of what was never sent why we went on without it."""
    thanks = "Dear Inken, five houses in four months: thank you for your patience with us and for the sea views. It was a pleasure."
    ending = Ending(thanks, MADE, NEXT, tale.days.on(0), "how many enquiries came through the new page", LESSON)
    with tale.acting(who) as viewer:
        actions.close(tale.project_id, ending, _reason, by=viewer)


def says(tale: Tale, who: str, stars: int, words: str) -> None:
    """Let somebody say how it was."""
    with tale.acting(who) as viewer:
        actions.give_feedback(find(Project, tale.project_id), stars, words, by=viewer)


def _reason(item: Item) -> str:
    return "It went live as it was shown in our call." if item.kind is ItemKind.APPROVAL else "The house wrote it itself."
