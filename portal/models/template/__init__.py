"""Templates of projects: their shape, their one spelling, and what keeps one from going out. Pure: no tables, no pages."""
