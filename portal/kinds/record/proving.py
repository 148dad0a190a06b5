"""The record as it lies in the database, row by row as `kernel/whole.py` asks for it: to be looked into here, or to be taken away.

What is taken away may be closed to a client: what they do not see in the portal then shows only its seal, its hash and its place.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Select, select

from portal.kernel.db import db, in_words
from portal.kernel.evidence import canonical, sealed
from portal.kernel.record import ChainHead, Event, EventDetail, Kind, told
from portal.kernel.whole import FIRST, HANDED, VERSION, Record
from portal.kinds.agreed.standing import told_of
from portal.kinds.approvals import consents
from portal.models.anchors import Anchor
from portal.models.approvals import ApprovalVersion, Decision, VersionFile
from portal.models.clients import Client
from portal.models.deliveries import HandOver
from portal.models.files import FromSide, Upload
from portal.models.heard import Heard
from portal.models.item_states import ItemState, Subject
from portal.models.items import Item
from portal.models.projects import Project, ProjectState
from portal.models.silence import Agreement
from portal.storage import NoSuchKey, chunks
from portal.storage.current import store

AT_ONCE = 500
THEIRS = (Kind.DECISION_MADE, Kind.DECISION_DEEMED, Kind.DECISION_HEARD, Kind.DECISION_DENIED, Kind.FILE_ADDED, Kind.ITEM_NOT_AVAILABLE)
TOLD = frozenset(kind.value for kind in (*THEIRS, Kind.SILENCE_AGREED))  # the client's own words
Row = TypeVar("Row")
Rows = Iterator[dict[str, Any]]


def steady() -> None:
    """Have the open session see one moment only, however long it reads: a record that grows meanwhile would look broken."""
    if db.engine.dialect.name == "postgresql":
        db.session.rollback()
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


class Living(Record):
    """The record in the database: all of it or one client's; `closed` as that client may have it. Needs a session for the system."""

    def __init__(self, client_id: UUID | None = None, *, closed: bool = False, bytes_too: bool = False) -> None:
        self.client_id, self.closed, self.bytes_too = client_id, closed, bytes_too
        self.is_all = client_id is None
        self._items = self._of(select(Item.id).where(Item.state != ItemState.DRAFT), Item) if closed else None
        sent = select(Project.id).where(Project.state != ProjectState.DRAFT)
        seen = (self._items, self._of(sent, Project)) if self._items is not None else ()
        self._seen = {str(id_) for query in seen for id_ in db.session.scalars(query)}

    def heads(self) -> dict[str, tuple[int, str]]:
        """The end of every chain there is, whether its head is known or not."""
        heads, chains = select(ChainHead).where(ChainHead.seq > 0), select(Event.chain_id).distinct()
        if self.client_id:
            heads, chains = heads.where(ChainHead.chain_id == self.client_id), chains.where(Event.chain_id == self.client_id)
        known = {str(head.chain_id): (head.seq, head.hash) for head in db.session.scalars(heads)}
        return {str(chain): (0, FIRST) for chain in db.session.scalars(chains)} | known

    def entries(self, chain: str) -> Rows:
        """The entries of a chain; names and sentences are inside as long as they are not erased."""
        beside = (EventDetail.chain_id == Event.chain_id) & (EventDetail.seq == Event.seq)
        words = EventDetail.salt.label("detail_salt"), EventDetail.data.label("detail_data")
        columns = [in_words(column) for column in Event.__table__.columns]  # rows cost less than objects, and text less than ids
        query = select(*columns, *words).select_from(Event).outerjoin(EventDetail, beside)
        query = query.where(Event.chain_id == UUID(chain)).order_by(Event.seq)
        for row in db.session.execute(query.execution_options(yield_per=AT_ONCE)):
            yield self._entry(row)

    def rows(self, name: str) -> Rows:
        """What lies beside the chains."""
        told = {"snapshots": self._snapshots, "files": self._files, "decisions": self._decisions}
        return (told | {"heard": self._heard, "agreed": self._agreed, "consents": self._consents})[name]()

    def anchors(self) -> list[dict[str, Any]]:
        """The ends of chains as they were written down, day by day."""
        query = select(Anchor).where(Anchor.seq > 0).order_by(Anchor.day, Anchor.chain_id)
        rows = db.session.scalars(query.where(Anchor.chain_id == self.client_id) if self.client_id else query)
        return [row.told() for row in rows]

    def bytes_differ(self, row: dict[str, Any]) -> str:
        """Why the bytes that are kept are not those that came; looked at only when asked for, for it takes its time."""
        upload = db.session.get(Upload, UUID(row["id"])) if self.bytes_too else None
        if upload is None or upload.is_gone:
            return ""
        found = hashlib.sha256()
        try:
            for piece in chunks(store().open(upload.key)):
                found.update(piece)
        except NoSuchKey:
            return "its bytes are gone"
        return "" if found.hexdigest() == row["sha256"] else "its bytes were changed"

    def uploads(self) -> Iterator[Upload]:
        """The files this record speaks of."""
        query = self._of(select(Upload), Upload).order_by(Upload.received_at, Upload.id)
        if self._items is not None:
            given = Upload.item_id.is_(None) | Upload.item_id.in_(self._items)
            sent = Upload.project_id.in_(self._of(select(Project.id).where(Project.state != ProjectState.DRAFT), Project))
            shown = select(VersionFile.upload_id).join(ApprovalVersion, ApprovalVersion.id == VersionFile.version_id)
            shown = shown.where(ApprovalVersion.item_id.in_(self._items))
            query = query.where(sa.or_(sa.and_(Upload.side == FromSide.CLIENT, given, sent), Upload.id.in_(shown)))
        return _all(query)

    def path_of(self, upload: Upload) -> str | None:
        """Where the bytes of a file lie in a download; None when they are not in it."""
        return None

    def _entry(self, event: Any) -> dict[str, Any]:
        entry: dict[str, Any] = {"seq": event.seq, "prev_hash": event.prev_hash, "hash": event.hash}
        if self.closed and self._hides(event):
            return entry | {"body": sealed(event.salt, canonical(told(event)))}
        entry |= {"salt": event.salt, "content": told(event)}
        if event.detail_data is not None and not (self.closed and event.kind not in TOLD):
            entry["detail"] = {"salt": event.detail_salt, "data": event.detail_data}
        return entry

    def _hides(self, event: Any) -> bool:
        """Whether a client does not see this: what is internal, and what is about drafts or about nobody of theirs."""
        about = {event.item_id, event.project_id} - {None}
        return event.audience != "shared" or event.client_id != str(self.client_id) or not about <= self._seen

    def _of(self, query: Select[Any], model: Any) -> Select[Any]:
        return query.where(model.client_id == self.client_id) if self.client_id else query

    def _within(self, query: Select[Any], model: Any) -> Select[Any]:
        query = self._of(query, model)
        return query.where(model.item_id.in_(self._items)) if self._items is not None else query

    def _snapshots(self) -> Rows:
        for one in _all(self._within(select(HandOver), HandOver).order_by(HandOver.at, HandOver.id)):
            yield {"what": HANDED, "item": str(one.item_id), "n": one.round, "sha256": one.sha256, "text": one.content}
        presented = self._within(select(ApprovalVersion), ApprovalVersion).order_by(ApprovalVersion.presented_at, ApprovalVersion.id)
        for version in _all(presented):
            yield {"what": VERSION, "item": str(version.item_id), "n": version.n, "sha256": version.sha256, "text": version.snapshot}

    def _files(self) -> Rows:
        for one in self.uploads():
            row = {"id": str(one.id), "name": one.name, "bytes": one.bytes, "sha256": one.sha256, "type": one.type}
            yield row | {"path": self.path_of(one)}

    def _decisions(self) -> Rows:
        for one in _all(self._within(select(Decision), Decision).order_by(Decision.at, Decision.id)):
            ids: dict[str, object] = {"id": str(one.id), "item": str(one.item_id), "version": str(one.version_id)}
            ids |= {"person": str(one.by_id), "seat": str(one.person_id)} if one.by_id else {"person": None}
            said = {"choice": one.choice.value, "words": one.words, "evidence": one.evidence, "at": one.at.isoformat()}
            said |= {"proof": one.proof} if one.proof else {}
            said |= {"consent": one.consent} if one.consent else {}
            yield ids | said | {"taken_back": one.taken_back_at is not None}

    def _agreed(self) -> Rows:
        """What the page of each project with an agreement says, worked out as the page does it."""
        papers = Item.spec["subject"].as_string().in_((Subject.SCOPE.value, Subject.CHANGE.value))
        items = self._of(select(Item), Item).where(papers).order_by(Item.project_id, Item.id)
        items = items.where(Item.id.in_(self._items)) if self._items is not None else items
        found: dict[UUID, list[Item]] = defaultdict(list)
        for item in _all(items):
            found[item.project_id].append(item)
        for project_id, theirs in found.items():
            yield {"project": str(project_id), **told_of(theirs, db.session.get_one(Client, theirs[0].client_id).calendar)}

    def _consents(self) -> Rows:
        """Who agreed that silence may count, and the text, word for word."""
        for one in _all(self._of(select(Agreement), Agreement).order_by(Agreement.at, Agreement.id)):
            text = consents.agreed(one.consent)
            told = {"n": text.n, "language": text.language, "text": text.text} if text else {}
            row = {"id": str(one.id), "project": str(one.project_id), "person": str(one.by_id), "consent": one.consent}
            yield row | told | {"at": one.at.isoformat(), "ended": one.ended_at is not None}

    def _heard(self) -> Rows:
        for one in _all(self._within(select(Heard), Heard).order_by(Heard.at, Heard.id)):
            ids = {"id": str(one.id), "item": str(one.item_id), "version": str(one.version_id)}
            ids |= {"person": str(one.person_id), "by": str(one.by_id)}
            said = {"choice": one.choice.value, "words": one.words, "way": one.way.value, "said_on": one.said_on.isoformat()}
            became = {"outcome": one.outcome.value if one.outcome else "", "answer": one.answer}
            yield ids | said | became | {"decision": str(one.decision_id) if one.decision_id else ""}


def _all(query: Select[Row]) -> Iterator[Row]:
    return iter(db.session.scalars(query.execution_options(yield_per=AT_ONCE)))
