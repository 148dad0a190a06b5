"""Nudges: asking again, by mail or by phone, and what came of it."""
