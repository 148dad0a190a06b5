"""Laying a version before the client. Callers hold the item's lock (`find` in a writing session), so no two overlap on one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.evidence import fingerprint
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.agreed.papers import scope_in_force
from portal.kinds.agreed.standing import agreed_of
from portal.kinds.approvals import expiring
from portal.kinds.approvals.kind import live_decisions, need_of, ready_files, rounds_of, rule_of, standing_version
from portal.kinds.approvals.pinning import Answer, settle_all
from portal.kinds.approvals.seats import deciders_of
from portal.kinds.plans import planning
from portal.kinds.silence import running
from portal.models import may
from portal.models.approvals import FINGERPRINT, ApprovalVersion, Rule, VersionFile
from portal.models.clients import Client
from portal.models.files import Scan, Upload
from portal.models.item_states import ItemKind, Subject
from portal.models.items import Item
from portal.models.silence import Ending
from portal.models.snapshots import Change, Deciding, FrozenFile, Link, Money, Moved, Scope, Snapshot, Statement

NEWER = N_("Version %(n)s was published in the meantime. Nothing was published now: look at it first, then publish if you still want to.")
BY_SILENCE = N_("This counts as agreed by silence. Open it again on its page first, or make a new item.")


@dataclass(frozen=True)
class Draft:
    """What staff want to present; `alts` says by upload what each picture shows, `answers` what became of the client's comments.

    `after` is the number of the version that stood when they wrote it, 0 for none; None where nobody looked."""

    text: str = ""
    changed: str = ""
    statement: Statement | None = None
    alts: Mapping[UUID, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    cost: Money | None = None
    moved: Moved | None = None
    until: datetime | None = None
    answers: Mapping[UUID, Answer] = field(default_factory=dict)
    scope: Scope | None = None
    change: Change | None = None
    after: int | None = None


@action
def present(item: Item, draft: Draft, *, by: Viewer) -> ApprovalVersion:
    """Freeze a version and lay it before the client; it takes the place of the one before."""
    require(may.run_clients(by))
    moment = now()
    before = standing_version(item.id)
    files = ready_files(item.id)
    _check_before(before, draft)
    _check_draft(item, draft, files, first=before is None)
    if item.is_draft and item.subject is not Subject.THING:  # nobody plans these in a list: presenting is sending
        planning.send_drafts(item.project_id, only=item.id, by=by)
    _ask_by(item, draft, before)
    item.present(at=moment)
    settle_all(item, draft.answers, by=by)
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
        expires_at=draft.until,
    )
    db.session.add(version)
    db.session.flush()
    for position, file in enumerate(shown.files):
        ids = {"client_id": item.client_id, "version_id": version.id, "upload_id": file.id}
        db.session.add(VersionFile(**ids, position=position, alt={shown.language: file.alt}))
    expiring.order(version)
    record(Kind.VERSION_PRESENTED, item, by=by, version=version.id, n=n, hash=version.sha256)
    running.interrupt(item, Ending.REPLACED, by=by)
    running.begin(item, version, by=by)
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


def _ask_by(item: Item, draft: Draft, before: ApprovalVersion | None) -> None:
    """Ask for it by the last moment of this version, unless an earlier day was asked for; the day a version before brought goes with it."""
    calendar = db.session.get_one(Client, item.client_id).calendar
    if before and before.expires_at and item.due_on == calendar.day_of(before.expires_at):
        item.due_on = None
    if draft.until:
        last = calendar.day_of(draft.until)
        item.due_on = min(item.due_on or last, last)


def _check_before(before: ApprovalVersion | None, draft: Draft) -> None:
    if before and any(decision.is_deemed for decision in live_decisions(before.id)):
        raise Refused(BY_SILENCE)
    if before and draft.after not in (None, before.n):
        raise Refused(NEWER, n=before.n)


def _check_draft(item: Item, draft: Draft, files: list[Upload], *, first: bool) -> None:
    if item.kind is ItemKind.CONFIRMATION:
        if not (draft.statement and draft.statement.assume):
            raise Refused(N_("Write what you assume, so that the client can say whether it is right."), field="assume", status=422)
    elif item.subject is Subject.SCOPE:
        _check_scope(draft.scope)
    elif item.subject is Subject.CHANGE:
        _check_change(item, draft)
    elif not (draft.text or files or draft.links):
        raise Refused(N_("Write something or add a file: the client needs something to look at."), field="text", status=422)
    if draft.until and draft.until <= now():
        raise Refused(N_("This moment is over already. Choose a later one, or leave it empty."), field="until_on", status=422)
    if not first and not draft.changed:
        raise Refused(N_("Say in a line or two what changed since the version before."), field="changed", status=422)
    for upload in files:
        if upload.scan is Scan.INFECTED:
            raise Refused(N_("A virus was found in “%(name)s”. Take it out: only clean files can be published."), name=upload.name)
        if upload.scan in (Scan.WAITING, Scan.COULD_NOT):
            raise Refused(N_("“%(name)s” has not been checked for viruses yet. Please try again in a moment."), name=upload.name)
        if _frozen_file(upload, "").is_picture and not draft.alts.get(upload.id):
            sentence = N_("Say in a few words what “%(name)s” shows, for people who cannot see it.")
            raise Refused(sentence, field=f"alt-{upload.id}", status=422, name=upload.name)


def _check_scope(scope: Scope | None) -> None:
    if not (scope and scope.inside):
        raise Refused(N_("Write what is in, one line for each thing."), field="inside", status=422)
    if scope.starts_on and scope.ends_on and scope.ends_on < scope.starts_on:
        raise Refused(N_("The end lies before the start. Choose a later day."), field="ends_on", status=422)


def _check_change(item: Item, draft: Draft) -> None:
    change = draft.change
    if not (draft.text or draft.cost or draft.moved or (change and (change.adds or change.drops or change.days))):
        raise Refused(N_("Write what changes: what comes in or goes out, what it costs, or when it is ready."), field="adds", status=422)
    agreed = scope_in_force(item.project_id) if draft.cost else None
    budget = agreed.budget if agreed else None
    if budget and draft.cost and draft.cost.currency != budget.currency:
        sentence = N_("The budget was agreed in %(currency)s. Write this in the same.")
        raise Refused(sentence, field="currency", status=422, currency=budget.currency)


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
        deciding=_deciding(item, draft),
        links=draft.links,
        cost=draft.cost,
        moved=draft.moved,
        scope=draft.scope,
        change=_comes_to(item, draft, client),
    )


def _comes_to(item: Item, draft: Draft, client: Client) -> Change | None:
    """A change with the budget and the end it leads to, by what is agreed now."""
    if draft.change is None:
        return None
    agreed, cost = agreed_of(reading.items_of(item.project_id), (), client.calendar), draft.cost
    now = next((one for one in agreed.costs if cost and one.currency == cost.currency), None)
    budget = Money(str(Decimal(now.amount) + Decimal(cost.amount)), cost.currency) if now and cost and Decimal(cost.amount) else None
    ends = client.calendar.shift(agreed.ends_now, draft.change.days) if agreed.ends_now and draft.change.days and not draft.moved else None
    return replace(draft.change, budget=budget, ends_on=ends.isoformat() if ends else "")


def _deciding(item: Item, draft: Draft) -> Deciding:
    rule, people = rule_of(item), tuple(person.id for person in deciders_of(item))
    until = draft.until.isoformat(timespec="seconds") if draft.until else ""
    return Deciding(
        rule.value,
        people if rule is Rule.ORDER else tuple(sorted(people)),
        need_of(item),
        until=until,
        rounds=rounds_of(item).agreed,
        important=item.spec.get("important") is True,
    )


def _frozen_file(upload: Upload, alt: str) -> FrozenFile:
    return FrozenFile(id=upload.id, name=upload.name, bytes=upload.bytes, sha256=upload.sha256, type=upload.type, alt=alt)
