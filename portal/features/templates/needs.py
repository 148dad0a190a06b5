"""What an item may wait for, as one word a form can carry ("accepted:logo", "answer:brand.logo=yes"), and back."""

from __future__ import annotations

from collections.abc import Iterator

from portal.kernel.words import Words
from portal.models.definition.shape import Question, Type
from portal.models.template.shape import Is, Need, Piece, Template


def need_code(need: Need) -> str:
    """A need as one word."""
    if need.is_ is Is.ANSWER:
        return f"{need.is_.value}:{need.item}.{need.question}={need.value}"
    return f"{need.is_.value}:{need.item}"


def need_of(code: str, *, why: Words) -> Need | None:
    """The need a word stands for; none for a word that stands for nothing."""
    kind, _, rest = code.partition(":")
    if not rest or kind not in list(Is):
        return None
    if Is(kind) is not Is.ANSWER:
        return Need(item=rest, is_=Is(kind), why=why)
    item, _, asked = rest.partition(".")
    question, _, value = asked.partition("=")
    return Need(item=item, is_=Is.ANSWER, question=question, value=value, why=why)


def possible(draft: Template, piece: Piece) -> Iterator[tuple[Piece, list[Need]]]:
    """Everything an item could wait for, by the other item."""
    for other in draft.items:
        if other.key == piece.key:
            continue
        needs = [Need(item=other.key), Need(item=other.key, is_=Is.SENT)]
        definition = draft.definition(other)
        for question in definition.asked if definition else ():
            needs += [Need(item=other.key, is_=Is.ANSWER, question=question.key, value=value) for value in _values(question)]
        yield other, needs


def _values(question: Question) -> list[str]:
    if question.type is Type.YES_NO:
        return ["yes", "no", ""]
    return [*(option.key for option in question.options), ""]
