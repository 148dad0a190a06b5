"""The map of the house: which pages hang behind which door, and whose notices and letters are on duty."""

from __future__ import annotations

from flask import Blueprint

from portal.desks.home import client as home
from portal.features import accounts, firm, items, uploads


def public_pages(*, demo: bool) -> list[Blueprint]:
    """Pages for everybody; the mailbox exists in the demo only."""
    return [accounts.public.pages, firm.public.pages]


def client_pages() -> list[Blueprint]:
    """Pages for contacts."""
    return [home.pages, items.client.pages, uploads.client.pages]


def staff_pages() -> list[Blueprint]:
    """Pages for staff."""
    return []
