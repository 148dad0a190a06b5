"""The shape of a template: milestones, the items asked for, their questionnaires, roles instead of people, days instead of dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.kernel.words import Words
from portal.models.definition.minutes import minutes_left
from portal.models.definition.shape import Definition
from portal.models.item_states import ItemKind
from portal.models.turns import Part

FORMAT = 1
MOST_LANGUAGES = 6
ITEM, STAGE = "item:", "stage:"


class Is(StrEnum):
    """What must be true of another item before one opens."""

    ACCEPTED = "accepted"
    SENT = "sent"
    ANSWER = "answer"


@dataclass(frozen=True, kw_only=True)
class When:
    """A day counted in the client's working days: after the start (""), after "item:key" is accepted, after "stage:key" ends.

    Negative days lie before.
    """

    days: int
    after: str = ""

    @property
    def item(self) -> str:
        """The key of the item it is counted from, if it is."""
        return self.after.removeprefix(ITEM) if self.after.startswith(ITEM) else ""

    @property
    def stage(self) -> str:
        """The key of the milestone it is counted from, if it is."""
        return self.after.removeprefix(STAGE) if self.after.startswith(STAGE) else ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A milestone."""

    key: str
    name: Words
    starts: When | None = None
    ends: When | None = None


@dataclass(frozen=True, kw_only=True)
class Need:
    """What another item must have come to before one opens; `is_` because `is` is Python's. `why` is said to the client."""

    item: str
    is_: Is = Is.ACCEPTED
    question: str = ""
    value: str = ""
    why: Words = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Role:
    """Somebody the client names when a project starts, and what their part is."""

    key: str
    name: Words
    part: Part = Part.DO


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One item as the template asks for it; `questionnaire` names one of the template's own."""

    key: str
    kind: ItemKind
    title: Words
    why: Words = field(default_factory=dict)
    help: Words = field(default_factory=dict)
    stage: str = ""
    holds_up: str = ""
    due: When | None = None
    minutes: int = 5
    lead_days: int = 1
    required: bool = True
    needs_review: bool = True
    spec: Mapping[str, object] = field(default_factory=dict)
    questionnaire: str = ""
    roles: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    reminders: str = ""


@dataclass(frozen=True, kw_only=True)
class Template:
    """A whole project as the firm repeats it; immutable, and equal templates have equal fingerprints."""

    name: Words = field(default_factory=dict)
    summary: Words = field(default_factory=dict)
    languages: tuple[str, ...] = ("en",)
    milestones: tuple[Stage, ...] = ()
    items: tuple[Piece, ...] = ()
    questionnaires: Mapping[str, Definition] = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    reminders: str = ""
    format: int = FORMAT

    def stage(self, key: str) -> Stage | None:
        """The milestone with this key, if there is one."""
        return next((stage for stage in self.milestones if stage.key == key), None)

    def item(self, key: str) -> Piece | None:
        """The item with this key, if there is one."""
        return next((piece for piece in self.items if piece.key == key), None)

    def role(self, key: str) -> Role | None:
        """The role with this key, if there is one."""
        return next((role for role in self.roles if role.key == key), None)

    def definition(self, piece: Piece) -> Definition | None:
        """The questions an item asks, if it asks any."""
        return self.questionnaires.get(piece.questionnaire) if piece.questionnaire else None

    def minutes(self, piece: Piece) -> int:
        """About how long an item takes: of a questionnaire as long as its questions do."""
        asked = self.definition(piece)
        return max(minutes_left(asked, {}), 1) if asked else piece.minutes
