"""Which files can be shown in a page, how far their previews are, and ordering them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.kernel import chores
from portal.kernel.action import action
from portal.kernel.db import db
from portal.models.files import Scan, Upload
from portal.models.previews import EDGES, Preview
from portal.storage.painting import KINDS

CHORE = "preview"
FIRST_PAGES = 3  # of a PDF, made when it arrives; the others when somebody turns to them
MORE_PAGES = 6
MOST_PAGES = 100


@dataclass(frozen=True)
class Look:
    """What a page can show of a file: `waits`, `ready`, or `none`, then with the reason if there is one."""

    state: str
    trouble: str = ""
    width: int = 0
    height: int = 0
    pages: int = 0
    film: bool = False
    sizes: tuple[tuple[str, int, int], ...] = ()

    @property
    def ready(self) -> bool:
        """Whether there is something to see."""
        return self.state == "ready"

    @property
    def waits(self) -> bool:
        """Whether there will be, in a moment."""
        return self.state == "waits"

    @property
    def leaves(self) -> int:
        """How many pages can be turned here; 0 for what has none."""
        return min(self.pages, MOST_PAGES)

    def fit(self, size: str) -> tuple[int, int]:
        """Width and height of the copy shown at a size, so that a page keeps its place free."""
        found = next(((w, h) for name, w, h in self.sizes if name == size), None)
        return found or (self.sizes[0][1:] if self.sizes else (0, 0))


NOTHING, WAITS = Look("none"), Look("waits")


def order(upload: Upload, *, page: int = 1) -> None:
    """Have the previews of a file made, or, when it may not be looked at any more, removed. Part of the action that changed the file."""
    if upload.type in KINDS:
        facts: dict[str, object] = {"upload": str(upload.id), "page": page}
        chores.order(CHORE, client_id=upload.client_id, project_id=upload.project_id, facts=facts, dedupe=f"preview:{upload.id}:{page}")


@action
def order_pages(upload: Upload, page: int) -> None:
    """Have the pages around one made that somebody turned to, always the same few at a time."""
    order(upload, page=page - (page - FIRST_PAGES - 1) % MORE_PAGES if page > FIRST_PAGES else 1)


def of_page(upload: Upload, page: int) -> Preview | None:
    """The preview of one page, once it is made."""
    return db.session.scalar(select(Preview).where(Preview.upload_id == upload.id, Preview.page == page))


def looks_of(uploads: Iterable[Upload]) -> dict[str, Look]:
    """What can be shown of each of these files, by its id as text, in one question."""
    uploads = list(uploads)
    shown = [upload.id for upload in uploads if upload.type in KINDS]
    made = {}
    if shown:
        made = {row.upload_id: row for row in db.session.scalars(select(Preview).where(Preview.upload_id.in_(shown), Preview.page == 1))}
    return {str(upload.id): look(upload, made.get(upload.id)) for upload in uploads}


def looks_of_ids(ids: Iterable[UUID]) -> dict[str, Look]:
    """What can be shown of files of which only the ids are at hand, such as those of frozen versions."""
    ids = set(ids)
    return looks_of(db.session.scalars(select(Upload).where(Upload.id.in_(ids)))) if ids else {}


def look(upload: Upload, row: Preview | None) -> Look:
    """What can be shown of one page of a file, given its preview if there is one."""
    if upload.type not in KINDS or upload.is_gone:
        return NOTHING
    if not upload.may_be_shown:
        return WAITS if upload.scan is Scan.WAITING else NOTHING
    if row is None:
        return WAITS
    copies = row.copies
    if not copies:
        return Look("none", row.trouble, pages=row.pages)
    sizes: dict[str, tuple[int, int]] = {}
    for name in EDGES:
        copy = row.copy(name)
        if copy and (copy.width, copy.height) not in sizes.values():
            sizes[name] = (copy.width, copy.height)
    film = upload.type.startswith("video/")
    return Look("ready", "", row.width, row.height, row.pages, film, tuple((name, *size) for name, size in sizes.items()))
