"""What is frozen reads back as it was, has one spelling, and any changed letter shows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.kernel.evidence import canonical
from portal.models.approvals import ApprovalVersion
from portal.models.snapshots import Change, Link, Money, Moved, Scope, Snapshot
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


def test_what_was_frozen_before_stays_readable_letter_by_letter(version):
    told = json.loads(version.snapshot)
    asked = told["deciders"]
    first = {k: v for k, v in told.items() if k not in ("links", "cost", "moved")}
    first |= {"format": 1, "markup": "plain", "text": "*as typed*", "deciders": {"rule": asked["rule"], "people": asked["people"]}}
    text = canonical(first)
    read = Snapshot.read(text)
    assert read.written() == text
    assert (read.markup, read.plain, read.links, read.cost) == ("plain", "*as typed*", (), None)


def test_links_and_effects_read_back(version):
    more = {"links": (Link("Draft", "https://draft.example"),), "cost": Money("450.00", "EUR"), "moved": Moved("2026-09-28", "2026-10-05")}
    shown = replace(version.shown, text="*stressed*", **more)
    assert Snapshot.read(shown.written()) == shown
    assert (shown.markup, shown.plain) == ("markdown", "stressed")


def test_a_format_nobody_knows_is_not_read(version):
    with pytest.raises(ValueError, match="format 3"):
        Snapshot.read(version.snapshot.replace('"format":2', '"format":3'))


def test_a_scope_and_a_change_are_frozen_with_all_they_say_and_change_no_other_version(version):
    shown = version.shown
    assert not {"scope", "change"} & set(json.loads(shown.written()))
    agreed = Scope(("Five pages",), ("Texts",), 2, Money("12000.00", "EUR"), "2027-01-11", "2027-03-01")
    for told in (replace(shown, scope=agreed), replace(shown, scope=Scope()), replace(shown, change=Change("Why", ("In",), ("Out",), -3))):
        assert Snapshot.read(told.written()) == told
        assert told.written() != shown.written()
