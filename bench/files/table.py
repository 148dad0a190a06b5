"""The results: rounds side by side, medians of ratios, and what was measured beside them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field


@dataclass
class Row:
    """One way of doing one thing, a number a round."""

    unit: str
    rates: list[float | None] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


@dataclass
class Table:
    """One piece of work, done in several ways in every round."""

    title: str
    anchor: str
    rows: dict[str, Row] = field(default_factory=dict)
    aims: dict[str, float] = field(default_factory=dict)

    def add(self, way: str, rate: float, *, unit: str = "MiB/s", cpu: float | None = None, memory: float | None = None) -> None:
        """Note one round; memory is what came on top of rest."""
        row = self.rows.setdefault(way, Row(unit))
        row.rates.append(rate)
        if cpu is not None:
            row.cpu.append(cpu)
        if memory is not None:
            row.memory.append(memory)

    def lines(self) -> list[str]:
        """The table as text."""
        found = [f"\n{self.title}", f"  {'':<44}{'median':>10} {'':<8}{'x anchor':>9}  {'rounds':<22}{'CPU':>7}{'memory':>9}  aim"]
        base = self.rows.get(self.anchor)
        for way, row in self.rows.items():
            ratios = [mine / limit for mine, limit in zip(row.rates, base.rates, strict=False) if mine and limit] if base else []
            median = statistics.median(rate for rate in row.rates if rate)
            ratio = f"{statistics.median(ratios):.2f}" if ratios else "-"
            rounds = " ".join(f"{one:.2f}" for one in ratios)
            cpu = f"{statistics.median(row.cpu):.2f}" if row.cpu else ""
            memory = f"+{max(0, *row.memory):.0f} MiB" if row.memory else ""
            aim = self.aims.get(way)
            said = "" if aim is None or not ratios else f"{aim:.2f} {'met' if statistics.median(ratios) >= aim else 'MISSED'}"
            found.append(f"  {way:<44}{median:>10.1f} {row.unit:<8}{ratio:>9}  {rounds:<22}{cpu:>7}{memory:>9}  {said}".rstrip())
        return found
