"""How the product says no: in a sentence that a person can act on, translated only at the edge."""

from __future__ import annotations


def N_(message: str) -> str:
    """Mark a message for translation without translating it here."""
    return message


class Refused(Exception):
    """A rule says no. Carries a message id and its values; nothing has been written."""

    def __init__(self, message: str, /, *, field: str | None = None, status: int = 409, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values
        self.field = field
        self.status = status

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class NotFound(Exception):
    """There is no such row for this viewer; whether it exists for others is not said."""


class Forbidden(Refused):
    """The viewer can see the thing but may not do this to it."""

    def __init__(self, message: str = N_("You cannot do this here. Ask the person who invited you."), /, **values: object) -> None:
        super().__init__(message, field=None, status=403, **values)
