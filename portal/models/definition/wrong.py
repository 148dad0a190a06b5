"""How a reader of answers says no: in words, about one question."""

from __future__ import annotations

from portal.kernel.refusal import Refused
from portal.models.definition.publishing import called
from portal.models.definition.shape import Question


class Wrong(Refused):
    """An answer we cannot take as it is; the typed text goes back with this sentence. In a table, `row` and `cell` say where."""

    row = cell = ""

    def __init__(self, message: str, question: Question, /, *, language: str, **values: object) -> None:
        super().__init__(message, field=question.key, status=422, name=called(question, language), **values)
