"""Where the files of a message land: they are kept in the very transaction that says it, and checked and scanned like all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.kernel.action import action
from portal.kernel.viewer import Viewer
from portal.kinds.files import incoming, room
from portal.kinds.files.incoming import Arrived, Bound
from portal.kinds.files.kind import FileSpec
from portal.kinds.talk import saying
from portal.kinds.talk.saying import MOST_FILES, Writing
from portal.kinds.talk.subject import Subject
from portal.models.files import FromSide, Upload
from portal.models.talk import Message

MOST_OF_A_FILE = 25_000_000  # bytes, as the page says


@dataclass(frozen=True)
class WithMessage:
    """What somebody sends with a message; `made` gets the message that was said."""

    subject: Subject
    writing: Writing
    side: FromSide
    made: list[Message] = field(default_factory=list)

    @property
    def bound(self) -> Bound:
        """The project: a message about an item is no answer to what the item asks for."""
        return Bound(self.subject.client_id, self.subject.project.id, side=self.side, facts={"message": 1})

    @property
    def spec(self) -> FileSpec:
        """Anything that is not too large."""
        return FileSpec(max_bytes=min(MOST_OF_A_FILE, room.most_per_file()), max_count=MOST_FILES)

    def may_add(self, count: int, *, by: Viewer) -> None:
        """Only those who may say this here."""
        saying.check(self.subject, self.writing, count, by=by)

    def keep(self, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
        """Keep them, and say what they came with."""
        return _keep_and_say(self, arrived, by=by)

    def files(self) -> list[Upload]:
        """Nothing lies here: every message brings its own."""
        return []


@action
def _keep_and_say(landing: WithMessage, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
    kept = incoming.keep(landing.bound, arrived, by=by)
    landing.made[:] = [saying.say(landing.subject, landing.writing, kept, by=by)]
    return kept
