"""What is frozen reads back as it was, has one spelling, and any changed letter shows."""

from __future__ import annotations

import hashlib
import json

import pytest
import sqlalchemy as sa

from portal.kernel.evidence import canonical
from portal.models.approvals import ApprovalVersion
from portal.models.snapshots import Snapshot
from tests.support.cast import make_item, reading


@pytest.fixture(params=["approval", "confirmation"])
def version(app, cast, request):
    item = make_item(app, cast.project, "Überschrift 日本", kind=request.param)
    with reading(app) as session:
        found = session.scalars(sa.select(ApprovalVersion).where(ApprovalVersion.item_id == item.id)).one()
        session.expunge(found)
    return found


def test_the_kept_text_hashes_to_the_kept_fingerprint(version):
    assert hashlib.sha256(b"courtside.approval.v1\0" + version.snapshot.encode()).hexdigest() == version.sha256
    assert version.is_intact


def test_it_is_written_in_the_one_spelling_and_reads_back(version):
    assert canonical(json.loads(version.snapshot)) == version.snapshot
    assert Snapshot.read(version.snapshot).written() == version.snapshot
    assert version.shown.title == "Überschrift 日本"


def test_any_changed_letter_shows(version):
    version.snapshot = version.snapshot.replace('"n":1', '"n":2')
    assert not version.is_intact
