"""The kinds of answers a question takes, and how conditions may look at them."""

from __future__ import annotations

from enum import StrEnum


class Is(StrEnum):
    """How a condition looks at an earlier answer."""

    EQUALS = "equals"
    CONTAINS = "contains"
    EMPTY = "empty"
    ANSWERED = "answered"
    GREATER = "greater"
    LESS = "less"

    @property
    def needs_value(self) -> bool:
        """Whether the condition compares with something."""
        return self not in (Is.EMPTY, Is.ANSWERED)


class Type(StrEnum):
    """What kind of answer a question takes; a note takes none, it only says or shows something."""

    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    ONE_CHOICE = "one_choice"
    SEVERAL_CHOICES = "several_choices"
    YES_NO = "yes_no"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATE_RANGE = "date_range"
    TIME = "time"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    URLS = "urls"
    ADDRESS = "address"
    COLOUR = "colour"
    RATING = "rating"
    RANKING = "ranking"
    TABLE = "table"
    FILE = "file"
    SECRET = "secret"  # noqa: S105 - a kind of question
    AGREE = "agree"
    NOTE = "note"

    @property
    def has_options(self) -> bool:
        """Whether the answer is made of options the firm wrote."""
        return self in (Type.ONE_CHOICE, Type.SEVERAL_CHOICES, Type.RANKING)

    @property
    def may_have_other(self) -> bool:
        """Whether the client may be offered to write an answer of their own beside the options."""
        return self in (Type.ONE_CHOICE, Type.SEVERAL_CHOICES)

    @property
    def has_order(self) -> bool:
        """Whether one answer can be greater than another."""
        return Is.GREATER in LOOKS[self]

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to answer."""
        return self is not Type.NOTE

    @property
    def parts(self) -> tuple[str, ...]:
        """The named fields of an answer that has more than one."""
        return PARTS.get(self, ())


PARTS = {
    Type.ADDRESS: ("street", "postcode", "town", "region", "country"),
    Type.DATE_RANGE: ("from", "to"),
    Type.SECRET: ("text", "remove"),
}
OTHER = "other="  # what an answer of the client's own begins with, beside the options
_ALWAYS = frozenset({Is.EMPTY, Is.ANSWERED})
_WORDS = _ALWAYS | {Is.EQUALS, Is.CONTAINS}
_ORDER = _ALWAYS | {Is.EQUALS, Is.GREATER, Is.LESS}
LOOKS: dict[Type, frozenset[Is]] = {
    Type.SHORT_TEXT: _WORDS,
    Type.LONG_TEXT: _WORDS,
    Type.ONE_CHOICE: _ALWAYS | {Is.EQUALS},
    Type.SEVERAL_CHOICES: _WORDS,
    Type.YES_NO: _ALWAYS | {Is.EQUALS},
    Type.NUMBER: _ORDER,
    Type.MONEY: _ORDER,
    Type.DATE: _ORDER,
    Type.DATE_RANGE: _ALWAYS | {Is.GREATER, Is.LESS},
    Type.TIME: _ORDER,
    Type.EMAIL: _WORDS,
    Type.PHONE: _WORDS,
    Type.URL: _WORDS,
    Type.URLS: _WORDS,
    Type.ADDRESS: _WORDS,
    Type.COLOUR: _WORDS,
    Type.RATING: _ORDER,
    Type.RANKING: _ALWAYS | {Is.EQUALS},
    Type.TABLE: _ORDER,
    Type.FILE: _ORDER,
    Type.SECRET: _ALWAYS,
    Type.AGREE: _ALWAYS,
    Type.NOTE: frozenset(),
}
COLUMN_TYPES = (
    Type.SHORT_TEXT,
    Type.LONG_TEXT,
    Type.ONE_CHOICE,
    Type.YES_NO,
    Type.NUMBER,
    Type.MONEY,
    Type.DATE,
    Type.TIME,
    Type.EMAIL,
    Type.PHONE,
    Type.URL,
)
