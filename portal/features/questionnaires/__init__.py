"""Questionnaires: answering them without losing a word, and making them."""
