"""Writes about decisions. Callers hold the item's lock (`find` in a writing session), so two of these never overlap on one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.evidence import fingerprint
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.approvals import deciders_of, live_decisions, outcome_on, ready_files, rule_of, standing_version
from portal.models import may
from portal.models.approvals import CHOICES, FINGERPRINT, ApprovalVersion, Choice, Decision, VersionFile
from portal.models.clients import Client
from portal.models.files import Scan, Upload
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import GONE, Item
from portal.models.people import Person
from portal.models.snapshots import Deciding, FrozenFile, Link, Money, Moved, Snapshot, Statement

NOT_YOURS = N_("Only the people who were asked to decide can answer this.")


@dataclass(frozen=True)
class Draft:
    """What staff want to present; `alts` says by upload what each picture shows."""

    text: str = ""
    changed: str = ""
    statement: Statement | None = None
    alts: Mapping[UUID, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    cost: Money | None = None
    moved: Moved | None = None


@dataclass(frozen=True)
class Given:
    """What a client answered: on which version they saw, with which words, and how often it was pressed (`key`)."""

    choice: Choice
    words: str
    version_id: UUID | None
    key: str


@dataclass(frozen=True)
class Came:
    """From where an answer came: roughly the device, and the network."""

    device: str = ""
    network: str = ""


@action
def present(item: Item, draft: Draft, *, by: Viewer) -> ApprovalVersion:
    """Freeze a version and lay it before the client; it takes the place of the one before."""
    require(may.run_clients(by))
    moment = now()
    before = standing_version(item.id)
    files = ready_files(item.id)
    _check_draft(item, draft, files, first=before is None)
    item.present(at=moment)
    n = (db.session.scalar(select(func.max(ApprovalVersion.n)).where(ApprovalVersion.item_id == item.id)) or 0) + 1
    if before:
        before.supersede(at=moment)
        db.session.flush()
    shown = _frozen(item, draft, files, n=n, at=moment.isoformat(timespec="seconds"), by=by)
    text = shown.written()
    version = ApprovalVersion(
        id=uuid4(),
        client_id=item.client_id,
        item_id=item.id,
        n=n,
        snapshot=text,
        sha256=fingerprint(FINGERPRINT, text),
        by_id=by.person_id,
        presented_at=moment,
    )
    db.session.add(version)
    db.session.flush()
    for position, file in enumerate(shown.files):
        ids = {"client_id": item.client_id, "version_id": version.id, "upload_id": file.id}
        db.session.add(VersionFile(**ids, position=position, alt={shown.language: file.alt}))
    record(Kind.VERSION_PRESENTED, item, by=by, version=version.id, n=n, hash=version.sha256)
    return version


@action
def drop_file(item: Item, upload_id: UUID, *, by: Viewer) -> str:
    """Take a file away again that lay ready for the next version."""
    require(may.run_clients(by))
    upload = next((file for file in ready_files(item.id) if file.id == upload_id), None)
    if upload is None:
        raise Refused(N_("This file has been removed already."))
    upload.removed_at = now()
    record(Kind.FILE_REMOVED, upload, by=by, audience=Audience.INTERNAL, detail={"name": upload.name})
    return upload.name


@action
def decide(item: Item, given: Given, *, by: Viewer, came: Came | None = None) -> Decision:
    """Take the client's answer on the version they saw; pressing twice gives the same one answer."""
    require(reading.can_decide(by, item), NOT_YOURS)
    key = fingerprint("decision_key", f"{by.person_id} {item.id} {given.key}")
    known = _pressed_before(key, given)
    if known:
        return known
    version = _version_seen(item, given)
    _check_answer(item, version, given, by=by)
    moment = now()
    evidence = _evidence(item, by=by, came=came or Came())
    decision = Decision(
        id=uuid4(),
        client_id=item.client_id,
        item_id=item.id,
        version_id=version.id,
        person_id=by.person_id,
        choice=given.choice,
        words=given.words.strip(),
        evidence=evidence,
        idempotency_key=key,
        at=moment,
    )
    db.session.add(decision)
    db.session.flush()
    item.decided(outcome_on(item, version), at=moment)
    detail = evidence | {"words": decision.words}
    ids = {"decision": decision.id, "version": version.id, "at": moment}
    record(
        Kind.DECISION_MADE,
        item,
        by=by,
        detail=detail,
        audience=Audience.SHARED,
        n=version.n,
        choice=given.choice,
        hash=version.sha256,
        **ids,
    )
    return decision


@action
def take_back(item: Item, decision_id: UUID, *, by: Viewer) -> Decision:
    """Open one's own answer again, for 15 minutes and while no newer version stands."""
    require(reading.can_decide(by, item), NOT_YOURS)
    reading.need_running(item)
    mine = (Decision.id == decision_id, Decision.item_id == item.id, Decision.person_id == by.person_id)
    decision = db.session.scalar(select(Decision).where(*mine).execution_options(populate_existing=True))
    if decision is None:
        raise NotFound
    version = db.session.scalars(select(ApprovalVersion).where(ApprovalVersion.id == decision.version_id)).one()
    if item.state is ItemState.WAIVED:
        raise Refused(GONE)
    decision.take_back(version, at=now())
    db.session.flush()
    if item.state is not ItemState.TO_DO and outcome_on(item, version) is not ItemState.PREPARING:
        item.take_back_decision(at=now())
    record(Kind.DECISION_TAKEN_BACK, item, by=by, decision=decision.id, version=version.id, n=version.n, choice=decision.choice)
    return decision


def _check_draft(item: Item, draft: Draft, files: list[Upload], *, first: bool) -> None:
    if item.kind is ItemKind.CONFIRMATION:
        if not (draft.statement and draft.statement.assume):
            raise Refused(N_("Write what you assume, so that the client can say whether it is right."), field="assume", status=422)
    elif not (draft.text or files or draft.links):
        raise Refused(N_("Write something or add a file: the client needs something to look at."), field="text", status=422)
    if not first and not draft.changed:
        raise Refused(N_("Say in a line or two what changed since the version before."), field="changed", status=422)
    for upload in files:
        if upload.scan in (Scan.WAITING, Scan.INFECTED, Scan.COULD_NOT):
            raise Refused(N_("“%(name)s” has not been checked for viruses yet. Please try again in a moment."), name=upload.name)
        if _frozen_file(upload, "").is_picture and not draft.alts.get(upload.id):
            sentence = N_("Say in a few words what “%(name)s” shows, for people who cannot see it.")
            raise Refused(sentence, field=f"alt-{upload.id}", status=422, name=upload.name)


def _frozen(item: Item, draft: Draft, files: list[Upload], *, n: int, at: str, by: Viewer) -> Snapshot:
    client = db.session.get_one(Client, item.client_id)
    if by.person_id is None:
        raise Refused(N_("Only a person can present a version."))
    return Snapshot(
        kind=item.kind.value,
        client=item.client_id,
        project=item.project_id,
        item=item.id,
        n=n,
        title=item.text("title", client.language),
        text=draft.text,
        changed=draft.changed if n > 1 else "",
        statement=draft.statement if item.kind is ItemKind.CONFIRMATION else None,
        files=tuple(_frozen_file(upload, draft.alts.get(upload.id, "")) for upload in files),
        presented_by=by.person_id,
        at=at,
        due_on=item.due_on.isoformat() if item.due_on else "",
        language=client.language,
        deciding=Deciding(rule_of(item).value, tuple(sorted(person.id for person in deciders_of(item)))),
        links=draft.links,
        cost=draft.cost,
        moved=draft.moved,
    )


def _frozen_file(upload: Upload, alt: str) -> FrozenFile:
    return FrozenFile(id=upload.id, name=upload.name, bytes=upload.bytes, sha256=upload.sha256, type=upload.type, alt=alt)


def _pressed_before(key: str, given: Given) -> Decision | None:
    known = db.session.scalar(select(Decision).where(Decision.idempotency_key == key))
    if known is None:
        return None
    if not known.is_live:
        raise Refused(N_("You took that answer back. Please choose again and send it once more."))
    if known.choice is not given.choice:
        raise Refused(N_("You have answered this already. Take that answer back first if you want to change it."))
    return known


def _version_seen(item: Item, given: Given) -> ApprovalVersion:
    """The version the answer is about: the one that stands, or nothing is stored."""
    reading.need_running(item)
    version = standing_version(item.id)
    if version is None:
        raise Refused(N_("There is nothing to decide on yet. Your answer was not sent."))
    if version.id != given.version_id:
        raise Refused(N_("There is a version %(n)s now. Your answer was not sent."), n=version.n)
    return version


def _check_answer(item: Item, version: ApprovalVersion, given: Given, *, by: Viewer) -> None:
    live = live_decisions(version.id)
    if any(decision.person_id == by.person_id for decision in live):
        raise Refused(N_("You have answered this already. Take that answer back first if you want to change it."))
    if item.state is not ItemState.TO_DO and live:
        raise Refused(N_("%(name)s was faster and has answered this already. Your answer was not sent."), name=live[-1].who)
    if given.choice not in CHOICES[item.kind]:
        raise Refused(N_("Choose one of the answers first."), field="choice", status=422)
    if given.choice.needs_words and not given.words.strip():
        raise Refused(N_("Tell us in one sentence what should be different."), field="words", status=422)
    if given.choice.is_yes and given.words.strip():
        sentence = N_(
            "You chose yes and also wrote what should be different. Choose the other answer to send your words, or empty the field."
        )
        raise Refused(sentence, field="words", status=422)


def _evidence(item: Item, *, by: Viewer, came: Came) -> dict[str, object]:
    """Who answered, as they were at that moment, and how they had signed in."""
    person = db.session.get_one(Person, by.person_id)
    role = by.role_for(item.client_id)
    return {
        "name": person.name,
        "email": person.email_typed,
        "role": role.value if role else "",
        "zone": person.zone,
        "language": person.language,
        "method": by.method,
        "signed_in_at": by.authenticated_at.isoformat(timespec="seconds") if by.authenticated_at else "",
        "session": str(by.session_id or ""),
        "device": came.device,
        "network": came.network,
    }
