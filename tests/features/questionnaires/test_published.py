"""What the firm can ask with: the latest published version of each questionnaire, by name."""

from __future__ import annotations

from uuid import uuid4

from flask import Flask

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds.questionnaires.kind import published
from portal.models.questionnaires import Questionnaire, QuestionnaireVersion
from tests.support.cast import act, reading


def test_the_latest_version_of_each_is_offered_by_name_and_nothing_archived_or_unpublished(app: Flask) -> None:
    def write(name: str, versions: int, *, archived: bool = False) -> None:
        one = Questionnaire(id=uuid4(), key=name.lower(), name=name, draft="{}", archived_at=now() if archived else None)
        db.session.add(one)
        db.session.flush()
        db.session.add_all(
            QuestionnaireVersion(id=uuid4(), questionnaire_id=one.id, n=n, definition="{}", sha256="0" * 64, published_at=now())
            for n in range(1, versions + 1)
        )

    def write_all() -> None:
        write("website", 2)
        write("Brand", 1)
        write("Draft only", 0)
        write("Old", 3, archived=True)

    act(app, write_all)
    with reading(app):
        assert [(name, version.n) for name, version in published()] == [("Brand", 1), ("website", 2)]
