"""Making previews: the worker's part. Bytes before row here too; a kill in between leaves bytes that doctor sweeps, never two previews."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from portal.kernel import chores
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, insert_or_ignore, open_session
from portal.kernel.viewer import SYSTEM
from portal.kinds.previews.ordering import CHORE, FIRST_PAGES, MORE_PAGES, MOST_PAGES
from portal.models.files import Upload
from portal.models.previews import EDGES, Preview
from portal.storage import CHUNK, Busy, NoSuchKey, StoreDown, StoreFull, preview_key, sandbox
from portal.storage.current import store
from portal.storage.painting import KINDS, LIMITS, PAINT, Sheet, sheets_of

COPIED_WHOLE = 64 * 1024 * 1024  # of files that lie elsewhere; of a larger film the beginning and the end say enough
FROM_THE_END = 16 * 1024 * 1024
MOST_COPIED = 512 * 1024 * 1024


@chores.chore(CHORE)
def make(facts: chores.Facts) -> None:
    """Make the previews of a file from a page on, as far as they are not there; take them away when it may not be looked at any more."""
    upload = db.session.get(Upload, UUID(str(facts["upload"])))
    if upload is None or upload.type not in KINDS:
        return
    db.session.expunge(upload)
    if not upload.may_be_shown:
        forget(upload)
        return
    first = int(str(facts.get("page") or 1))
    there = set(db.session.scalars(select(Preview.page).where(Preview.upload_id == upload.id)))
    db.session.rollback()
    last = min(first + (FIRST_PAGES if first == 1 else MORE_PAGES) - 1, MOST_PAGES)
    for page in range(first, last + 1):
        if page in there:
            continue
        pages = _make_page(upload, page)
        if page >= pages:
            return


def forget(upload: Upload) -> None:
    """Take the previews of a file away: first nobody can ask for them any more, then their bytes go."""
    open_session(SYSTEM, writes=True)
    for sheet in _drop(upload):
        store().delete(str(sheet["key"]))


@action
def _drop(upload: Upload) -> list[dict[str, object]]:
    rows = list(db.session.scalars(select(Preview).where(Preview.upload_id == upload.id).with_for_update()))
    db.session.execute(delete(Preview).where(Preview.id.in_([row.id for row in rows])))
    return [sheet for row in rows for sheet in row.sheets]


def _make_page(upload: Upload, page: int) -> int:
    """Paint one page and keep it; how many pages the file has."""
    try:
        values = _painted(upload, page)
    except NoSuchKey:
        return 0  # its bytes are lost: doctor says so
    except (StoreDown, StoreFull, Busy) as trouble:
        raise chores.Later(f"the store: {trouble}", blameless=isinstance(trouble, StoreDown)) from trouble
    open_session(SYSTEM, writes=True)
    if not _keep(upload.id, values | {"page": page}):
        for sheet in _sheets(values):
            store().delete(str(sheet["key"]))
    return int(str(values["pages"]))


@action
def _keep(upload_id: UUID, values: dict[str, object]) -> bool:
    """Write the row unless it is there already, or the file was locked away while we painted."""
    query = select(Upload).where(Upload.id == upload_id).with_for_update().execution_options(populate_existing=True)
    upload = db.session.scalars(query).one()
    if not upload.may_be_shown:
        return False
    return insert_or_ignore(Preview, {"id": uuid4(), "client_id": upload.client_id, "upload_id": upload_id, "made_at": now(), **values})


def _painted(upload: Upload, page: int) -> dict[str, object]:
    """Have one page painted by a child and lay what it wrote into the store; what cannot be painted is a fact too."""
    nothing: dict[str, object] = {"sheets": [], "pages": 0, "width": 0, "height": 0, "trouble": "too_hard"}
    with tempfile.TemporaryFile() as out:
        try:
            with _source(upload) as source:
                told = {"kind": KINDS[upload.type], "edges": list(EDGES.values()), "page": page}
                answer = sandbox.run(PAINT, source, out=out, told=told, limits=LIMITS)
            if "trouble_found" in answer:
                return nothing | {"trouble": str(answer["trouble_found"])[:20], "pages": _whole(answer, "pages")}
            sheets = sheets_of(answer, written=out.seek(0, 2))
            facts = {name: _whole(answer, name) for name in ("pages", "width", "height")}
        except (sandbox.Ended, ValueError, TypeError):
            return nothing
        return {**facts, "trouble": "", "sheets": [_laid_in_store(upload, sheet, out) for sheet in sheets]}


def _laid_in_store(upload: Upload, sheet: Sheet, out: BinaryIO) -> dict[str, object]:
    out.seek(sheet.start)
    key = preview_key(upload.client_id, uuid4())
    store().promote(store().receive(_Only(out, sheet.bytes), limit=sheet.bytes, expected=sheet.bytes), key)
    return {"key": key, "bytes": sheet.bytes, "width": sheet.width, "height": sheet.height, "type": sheet.type}


@contextmanager
def _source(upload: Upload) -> Iterator[BinaryIO]:
    """The bytes to look into. A large film that lies elsewhere is not fetched whole; raises ValueError for other things of that size."""
    with store().open(upload.key) as stream:
        if upload.bytes <= COPIED_WHOLE or _lies_here(stream):
            yield stream
            return
    if upload.type.startswith("video/"):
        with _ends_of(upload) as copy:
            yield copy
    elif upload.bytes <= MOST_COPIED:
        with store().open(upload.key) as stream:
            yield stream
    else:
        raise ValueError("too large to fetch for a picture")


@contextmanager
def _ends_of(upload: Upload) -> Iterator[BinaryIO]:
    """A file as long as the film with only its beginning and its end in it, where containers keep what they are about."""
    with tempfile.TemporaryFile() as copy:
        for start, end in ((0, COPIED_WHOLE), (max(COPIED_WHOLE, upload.bytes - FROM_THE_END), upload.bytes)):
            copy.seek(start)
            with store().open(upload.key, start=start, end=end) as stream:
                while piece := stream.read(CHUNK):
                    copy.write(piece)
        copy.flush()
        copy.seek(0)
        yield copy


def _lies_here(stream: BinaryIO) -> bool:
    try:
        return stream.fileno() >= 0
    except OSError:
        return False


def _whole(answer: dict[str, object], name: str) -> int:
    value = answer.get(name)
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0


def _sheets(values: dict[str, object]) -> list[dict[str, object]]:
    found = values["sheets"]
    return list(found) if isinstance(found, list) else []


class _Only:
    """So many bytes of a file from where it stands, as a stream."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes of those that are left."""
        piece = self._file.read(min(size, self._left))
        self._left -= len(piece)
        return piece
