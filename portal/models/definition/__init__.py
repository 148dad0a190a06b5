"""Questionnaires as values: their definition, rules, answers and edits; no database, no web."""
