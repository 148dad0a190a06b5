"""axe-core in a page: what people who see, hear or point differently would stumble over (WCAG 2.0 to 2.2, A and AA)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (tags) => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  return found.violations.flatMap((rule) => rule.nodes.map((node) => {
    const why = [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
    return `${rule.id}: ${node.target.join(" ")}: ${why}`;
  }));
}"""
UNFOLD = "document.querySelectorAll('details:not([data-menu])').forEach((each) => { each.open = true; })"


def violations(page: Page) -> list[str]:
    """Everything axe has against the open page, folded parts unfolded."""
    page.evaluate(UNFOLD)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    found: list[str] = page.evaluate(RUN, STANDARDS)
    return found


@cache
def _source() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
