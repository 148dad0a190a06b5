"""Handing a part of a questionnaire to a colleague, and taking it back."""
