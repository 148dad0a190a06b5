"""The record that is taken away: anyone can check it, whatever somebody changes in it is named, and it shows nothing internal."""

import json
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.edges import audit
from portal.features.approvals import heard
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Audience, ChainHead, Event, EventDetail, Kind, record
from portal.kernel.spelling import linked
from portal.kernel.verifying import MANIFEST, SIGNATURE, read_anchors, verdict
from portal.kernel.viewer import SYSTEM
from portal.kernel.whole import CHANGED, CUT, FIRST, Trouble, Unreadable
from portal.models.approvals import ApprovalVersion, Choice, Decision
from portal.models.deliveries import HandOver
from portal.models.files import Upload
from portal.models.heard import Heard, Way
from portal.models.items import Item
from tests.edges.test_audit import change, cut_out, one, unprotected
from tests.support.cast import act, as_viewer, make_item, reading
from tests.support.downloads import checked, download, packed

SECRET = "They never pay on time"


@pytest.fixture
def lived(app, cast):
    """A client of whom there is something to tell, and something that is nobody else's business."""
    make_item(app, cast.project, "Logo", kind="files", state="sent")
    make_item(app, cast.project, "Homepage", kind="approval", state="accepted")
    make_item(app, cast.project, "Their cousin", kind="files", state="draft")
    act(app, lambda: record(Kind.CALL_NOTED, cast.project, by=SYSTEM, audience=Audience.INTERNAL, detail={"note": SECRET}))
    make_item(app, cast.project, "Photos", kind="files", state="sent")
    asked, ada = make_item(app, cast.project, "Menu", kind="approval", state="to_do"), as_viewer(app, cast.ada)
    told = heard.Note(cast.bea.id, Choice.CHANGES, Way.PHONE, date(2026, 1, 2), "Larger letters")
    act(app, lambda: heard.note(db.session.get_one(Item, asked.id), told, by=ada), by=ada)
    return cast


@pytest.fixture
def parts(app, lived):
    return download(app, lived.birch.id, closed=True, files=True)


def rows(parts, name) -> list[dict]:
    return [json.loads(line) for line in parts[name].splitlines()]


def events(parts) -> str:
    return next(name for name in parts if name.startswith("events/"))


@pytest.mark.parametrize("closed", [True, False])
def test_what_nobody_touched_is_whole(app, lived, tmp_path, closed):
    parts = download(app, lived.birch.id, closed=closed, files=True)
    assert checked(parts, tmp_path) == []
    assert {"VERIFY.md", "verify.py", "snapshots.jsonl", "files.jsonl", "decisions.jsonl", "anchors.jsonl", MANIFEST, SIGNATURE} < set(
        parts
    )
    assert len(rows(parts, "files.jsonl")) == sum(name.startswith("files/") for name in parts) > 0
    assert checked(download(app), tmp_path) == []


@pytest.mark.sqlite_only
def test_it_is_checked_with_python_alone(lived, parts, tmp_path):
    (tmp_path / "verify.py").write_bytes(parts["verify.py"])

    def run(*words: str | Path) -> tuple[int, str]:
        told = subprocess.run(
            [sys.executable, "-I", "-S", "-W", "error", "verify.py", *words], cwd=tmp_path, text=True, capture_output=True, check=False
        )
        assert told.stderr == ""
        return told.returncode, told.stdout

    code, words = run(packed(parts, tmp_path / "record.zip"))
    assert code == 0 and words.startswith("WHOLE: ") and json.loads(parts[MANIFEST])["public_key"] in words
    lines = parts[events(parts)].splitlines(keepends=True)
    cut = parts | {events(parts): b"".join(lines[:-1])}
    code, words = run(packed(cut, tmp_path / "cut.zip"))
    assert code == 2 and words.startswith("CUT OFF: ") and f"entries up to {len(lines)} are missing" in words
    code, words = run(packed(parts | {"decisions.jsonl": b""}, tmp_path / "changed.zip"))
    assert code == 1 and "CHANGED: decision" in words and "it is not here" in words
    for name, content in parts.items():
        place = tmp_path / "folder" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    assert run("folder")[0] == 0


@pytest.mark.sqlite_only
def test_whatever_byte_is_flipped_it_is_noticed_and_named(parts, tmp_path):
    chance = random.Random(8785)

    def flipped(name: str, content: bytes) -> list[Trouble]:
        try:
            return checked(parts | {name: content}, tmp_path)
        except Unreadable as why:  # of the list of parts little may be left
            return [Trouble(CHANGED, str(why), name)] if name == MANIFEST and MANIFEST in str(why) else []

    for name, content in parts.items():
        for place in chance.sample(range(len(content)), min(len(content), 40 if name == events(parts) else 12)):
            other = bytearray(content)
            other[place] ^= 1 << chance.randrange(8)
            found = flipped(name, bytes(other))
            assert verdict(found) == CHANGED, (name, place)
            if name == events(parts):
                n = content.count(b"\n", 0, place) + 1
                named = (f"entry {n} ", f"entry {n}:", f"line {n} ", f"last one is {n - 1}", "afterwards", f"{name} was changed")
                assert any(words in found[0].words for words in named), (place, found[0])
            elif name not in (MANIFEST, SIGNATURE):
                assert any(trouble.about == name or name in trouble.words for trouble in found), (name, found)
    _look_at_parts(parts, tmp_path)


def _look_at_parts(parts, tmp_path) -> None:
    """Parts that are swapped, moved, put in or taken out are named."""

    def says(changed: dict[str, bytes]) -> list[str]:
        found = checked(changed, tmp_path)
        assert verdict(found) == CHANGED
        return [trouble.words for trouble in found]

    name, lines = events(parts), parts[events(parts)].splitlines(keepends=True)
    assert "entry 4" in says(parts | {name: b"".join([*lines[:2], lines[3], lines[2], *lines[4:]])})[0]
    assert "entry 4" in says(parts | {name: b"".join([*lines[:2], *lines[3:]])})[0]
    one, other, *_ = sorted(name for name in parts if name.startswith("files/"))
    assert says(parts | {one: parts["VERIFY.md"], other: parts["verify.py"]}) == [f"{one} was changed.", f"{other} was changed."]
    assert says(parts | {"more.txt": b"x"}) == ["more.txt was put in afterwards."]
    assert says({name: content for name, content in parts.items() if name != one}) == [f"{one} is missing."]
    made_anew = json.loads(parts[MANIFEST])
    made_anew["members"][one]["sha256"] = "f" * 64
    assert says(parts | {MANIFEST: json.dumps(made_anew).encode()})[-1].startswith("manifest.json was changed: the signature")
    assert verdict(checked(parts, tmp_path, key="ab" * 32)) == CHANGED
    for place, value in ((("members", one), None), (("heads", *made_anew["heads"], "seq"), "4"), (("made_at",), 1)):
        inner = bent = json.loads(parts[MANIFEST])
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value
        with pytest.raises(Unreadable):
            checked(parts | {MANIFEST: json.dumps(bent).encode()}, tmp_path)
    assert "entry 3: it is not what an entry should be" in says(parts | {name: b"".join([*lines[:2], b'{"seq":null}\n', *lines[3:]])})[0]


def _swap(app) -> None:
    with reading(app) as session:
        first, second = session.scalars(sa.select(HandOver).order_by(HandOver.at))
    change(app, one(HandOver, HandOver.id == first.id), content=second.content, sha256=second.sha256)


def _take_out(app) -> None:
    act(app, lambda: db.session.execute(sa.delete(Decision)))


TAMPERINGS = {
    "an entry": lambda app: unprotected(app, lambda on: on.execute(sa.update(Event).where(Event.seq == 3).values(kind="item.accepted"))),
    "its salt": lambda app: unprotected(app, lambda on: on.execute(sa.update(Event).where(Event.seq == 3).values(salt="ab" * 32))),
    "names": lambda app: change(app, one(EventDetail), data='{"name":"Somebody else"}'),
    "a version": lambda app: change(app, one(ApprovalVersion), snapshot="{}"),
    "a hand-over": lambda app: change(app, one(HandOver), content="{}"),
    "hand-overs swapped": _swap,
    "a file": lambda app: change(app, one(Upload), sha256="f" * 64),
    "a choice": lambda app: change(app, one(Decision), choice="changes"),
    "its date": lambda app: change(app, one(Decision), at=now() - timedelta(days=9)),
    "its words": lambda app: change(app, one(Decision), words="Looks great, build ten of them"),
    "a decision gone": _take_out,
    "what was heard": lambda app: change(app, one(Heard), choice="approved"),
    "that it is open": lambda app: change(app, one(Heard), outcome="withdrawn", ended_at=now()),
}


@pytest.mark.sqlite_only
def test_the_portal_and_the_program_say_the_same_of_every_tampering(app, lived, tmp_path):
    download(app)  # makes the key
    with app.app_context():
        place = db.engine.url.database
    with closing(sqlite3.connect(place)) as database, closing(sqlite3.connect(":memory:")) as before:
        database.backup(before)
        for name, tampering in TAMPERINGS.items():
            tampering(app)
            with reading(app):
                here = list(audit.troubles())
            found = checked(download(app), tmp_path)
            assert found == here and verdict(found) == CHANGED, name
            before.backup(database)
    assert checked(download(app), tmp_path) == []


@pytest.mark.sqlite_only
def test_a_cut_end_is_told_from_a_change_and_needs_an_anchor_when_the_head_was_moved_too(app, lived, tmp_path):
    older = packed(download(app), tmp_path / "older.zip")
    chain = lived.birch.id
    with reading(app) as session:
        last = session.scalars(sa.select(ChainHead.seq).where(ChainHead.chain_id == chain)).one()
        new_end = session.scalars(sa.select(Event.hash).where(Event.chain_id == chain, Event.seq == last - 1)).one()
    cut_out(app, chain, last)
    with reading(app):
        assert verdict(list(audit.troubles())) == CUT
    change(app, one(ChainHead, ChainHead.chain_id == chain), seq=last - 1, hash=new_end)
    with reading(app):
        here = list(audit.troubles(read_anchors(older)))
    found = checked(download(app), tmp_path, anchors=older)
    assert found == here and verdict(found) == CUT and f"had {last}: its end was cut off" in found[0].words


@pytest.mark.sqlite_only
def test_a_chain_that_was_written_anew_is_noticed_by_an_anchor(app, lived, tmp_path):
    older = packed(download(app), tmp_path / "older.zip")
    with reading(app) as session:
        entries = session.scalars(sa.select(Event).where(Event.chain_id == lived.birch.id).order_by(Event.seq)).all()
    before, rows_ = FIRST, []
    for entry in entries:
        entry.via, entry.prev_hash = "system", before
        entry.hash = before = linked(str(entry.chain_id), entry.seq, entry.prev_hash, entry.body)
        rows_.append({column.key: getattr(entry, column.key) for column in sa.inspect(Event).column_attrs})

    def rewrite(on: sa.Connection) -> None:
        for row in rows_:
            on.execute(sa.update(Event).where(Event.chain_id == row["chain_id"], Event.seq == row["seq"]).values(**row))
        on.execute(sa.update(ChainHead).where(ChainHead.chain_id == lived.birch.id).values(hash=before))

    unprotected(app, rewrite)
    parts = download(app)
    assert checked(parts, tmp_path) == []
    found = checked(parts, tmp_path, anchors=older)
    assert verdict(found) == CHANGED and "it is not the one that was written down on" in found[0].words


@pytest.mark.sqlite_only
def test_erased_names_are_not_missed(app, lived, tmp_path):
    act(app, lambda: db.session.execute(sa.delete(EventDetail)))
    parts = download(app)
    assert checked(parts, tmp_path) == [] and not any("detail" in row for row in rows(parts, events(parts)))


def test_the_clients_record_shows_nothing_internal_and_still_every_entry_is_bound(app, lived, tmp_path):
    shut, open_ = download(app, lived.birch.id, closed=True), download(app, lived.birch.id)
    told = [row for row in rows(shut, events(shut)) if "content" in row]
    assert 0 < len(told) < len(rows(shut, events(shut))) == len(rows(open_, events(open_)))
    assert all(row["content"]["audience"] == "shared" for row in told)
    everything = b"".join(shut.values()).decode()
    for word in (SECRET, "call.noted", "Their cousin", "internal", "Cedar"):
        assert word not in everything, word
    assert SECRET in b"".join(open_.values()).decode() and "Their cousin" in b"".join(open_.values()).decode()
    kept = [row for row in rows(shut, events(shut)) if "body" in row]
    kept[0]["body"] = "f" * 64
    changed = b"".join(json.dumps(row).encode() + b"\n" for row in [*rows(shut, events(shut))[: kept[0]["seq"] - 1], kept[0]])
    assert f"entry {kept[0]['seq']}: it was changed" in checked(shut | {events(shut): changed}, tmp_path)[0].words


@pytest.mark.sqlite_only
def test_swapped_bytes_in_the_store_are_found_when_files_are_read(app, lived):
    with reading(app) as session:
        upload = session.scalars(one(Upload)).one()
    path = Path(app.config["DATA_DIR"]) / "files" / upload.key
    path.chmod(0o600)
    path.write_bytes(b"x" * upload.bytes)
    with reading(app):
        assert list(audit.troubles()) == []
        assert [trouble.words for trouble in audit.troubles(bytes_too=True)] == [f"file {upload.id}: its bytes were changed."]
