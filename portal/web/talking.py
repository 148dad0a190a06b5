"""Taking in what somebody wrote, on either side of the door: the words and the files they chose, or why not."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, request

from portal.kernel.refusal import Refused
from portal.kinds.talk import saying
from portal.kinds.talk.landing import WithMessage
from portal.kinds.talk.saying import Writing
from portal.kinds.talk.subject import Subject
from portal.models.files import FromSide
from portal.models.talk import Message
from portal.web.doors import begin_writing, viewer
from portal.web.forms import Form, answer_with
from portal.web.receiving import sentence, take_all

Finder = Callable[[], Subject]


def take(form: Form, find: Finder, writing: Writing, *, files: str) -> Message | None:
    """Say what a form brought; nothing where it was refused, and the form then says why. Files that could not be taken are named.

    `files` is the name of the field of the files.
    """
    if not form.validate():
        answer_with(422)
        return None
    try:
        return _say(find, writing, files)
    except Refused as refused:
        form.refuse(refused)
        return None


def _say(find: Finder, writing: Writing, name: str) -> Message:
    files = [file for file in request.files.getlist(name) if file.filename]
    if not files:
        begin_writing()
        return saying.say(find(), writing, by=viewer())
    made: list[Message] = []
    side = FromSide.CLIENT if viewer().is_client else FromSide.FIRM
    for turned in take_all(files, to=lambda: WithMessage(find(), writing, side, made)):
        flash(sentence(turned.finding), "warn")
    return made[0]
