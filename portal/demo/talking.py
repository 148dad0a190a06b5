"""What both sides say to each other, and what the firm notes beside it."""

from __future__ import annotations

from portal.demo.tale import Tale
from portal.kernel.action import marking
from portal.kernel.clock import now
from portal.kernel.db import insert_or_ignore
from portal.kinds.talk import saying, subject
from portal.kinds.talk.saying import Writing
from portal.kinds.talk.subject import Subject
from portal.models.marks import Seen


def writes(tale: Tale, who: str, words: str, *, about: str = "") -> None:
    """Let somebody write to the other side, about the project or one thing; whoever writes has read what stands there."""
    with tale.acting(who) as viewer:
        message = saying.say(_subject(tale, who, about), Writing(words), by=viewer)
        values = {"person_id": viewer.person_id, "kind": "thread", "object_id": message.thread_id, "first_at": now(), "last_at": now()}
        with marking() as marks:
            insert_or_ignore(Seen, values, session=marks)


def notes(tale: Tale, who: str, words: str, *, about: str = "") -> None:
    """Let somebody of the firm write a note that only the firm reads."""
    with tale.acting(who) as viewer:
        saying.say(_subject(tale, who, about), Writing(words, inside=True), by=viewer)


def _subject(tale: Tale, who: str, about: str) -> Subject:
    return subject.of_item(tale.ids(who, about)[1]) if about else subject.of_project(tale.project_id)
