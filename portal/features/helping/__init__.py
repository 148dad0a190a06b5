"""Handing a part of a questionnaire, or an item that asks for files, to a colleague, and taking it back."""
