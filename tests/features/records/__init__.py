"""The record on pages."""

from __future__ import annotations

from tests.support.browser import Page


def leads_to(page: Page, words: str) -> str:
    """Where the first link with these words leads."""
    return next(str(link["href"]) for link in page.soup.find_all("a", href=True) if words in link.get_text())
