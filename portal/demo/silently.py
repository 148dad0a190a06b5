"""Silence in the demo: offered, agreed to, and looked at by the worker in the morning."""

from __future__ import annotations

from portal.demo.tale import Tale
from portal.features.silence import actions
from portal.kernel.scope import find
from portal.kernel.viewer import Viewer
from portal.kinds.approvals import consents
from portal.kinds.silence import running
from portal.models.items import Item
from portal.models.projects import Project


def offer(tale: Tale) -> None:
    """Let the lead ask whether silence may count."""
    with tale.acting(tale.lead) as viewer:
        actions.switch(find(Project, tale.project_id), on=True, by=viewer)


def agree(tale: Tale, who: str) -> None:
    """Let somebody read the text and agree to it."""
    with tale.acting(who) as viewer:
        text = consents.newest(consents.SILENCE, tale.language)
        actions.agree(find(Project, tale.project_id), text.sha256, by=viewer)


def morning(tale: Tale, key: str) -> None:
    """Let the worker look how far it has run."""
    tale.does(tale.lead, _look, key)


def _look(item: Item, *, by: Viewer) -> None:
    del by  # nobody does this
    running.look(item)
