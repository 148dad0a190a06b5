"""Reads about the record: every decision with its version, what was noted of others, and where the chain ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.kernel.db import db
from portal.kernel.record import ChainHead
from portal.kernel.viewer import Viewer
from portal.kinds.approvals import consents
from portal.kinds.approvals.consents import Consent
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.clients import Client
from portal.models.heard import Heard
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.silence import Agreement

AT_ONCE = 50


@dataclass(frozen=True)
class Line:
    """A decision as it stands in the list."""

    decision: Decision
    version: ApprovalVersion
    title: str
    project: Project


@dataclass(frozen=True)
class Noted:
    """What somebody is said to have decided elsewhere, as it stands in the list."""

    heard: Heard
    version: ApprovalVersion
    title: str
    project: Project
    decider: str
    by: str


@dataclass(frozen=True)
class Quiet:
    """Who agreed that silence may count in a project, and to which text, as it stands in the list."""

    agreement: Agreement
    project: Project
    by: str
    text: Consent | None


@dataclass(frozen=True)
class Page:
    """Some of the decisions, the newest first, what was noted of decisions made elsewhere, and what was agreed about silence."""

    lines: list[Line]
    noted: list[Noted]
    quiet: list[Quiet]
    n: int
    total: int

    @property
    def has_next(self) -> bool:
        """Whether there are older ones."""
        return self.n * AT_ONCE < self.total


def decisions(client_ids: Collection[UUID], *, n: int, guest_of: Collection[UUID] = ()) -> Page:
    """Every decision of these clients the viewer may see, so many at once; guests do not read what was agreed for whole projects."""
    mine = Decision.client_id.in_(client_ids)
    query = select(Decision, ApprovalVersion, Project).join(Item, Item.id == Decision.item_id)
    query = query.join(ApprovalVersion, ApprovalVersion.id == Decision.version_id).join(Project, Project.id == Item.project_id)
    newest = query.where(mine).order_by(Decision.at.desc(), Decision.id)
    rows = db.session.execute(newest.limit(AT_ONCE).offset((n - 1) * AT_ONCE)).all()
    joined = select(func.count()).select_from(Decision).join(Item, Item.id == Decision.item_id)
    total = db.session.scalar(joined.join(Project, Project.id == Item.project_id).where(mine)) or 0
    lines = [Line(decision, version, version.shown.title, project) for decision, version, project in rows]
    if n > 1:
        return Page(lines, [], [], n, total)
    return Page(lines, _noted(client_ids), _quiet([one for one in client_ids if one not in guest_of]), n, total)


def _quiet(client_ids: Collection[UUID]) -> list[Quiet]:
    """Every time somebody agreed that silence may count, the newest first, ended or not."""
    query = select(Agreement, Project, Person.name).join(Project, Project.id == Agreement.project_id)
    query = query.join(Person, Person.id == Agreement.by_id).where(Agreement.client_id.in_(client_ids))
    rows = db.session.execute(query.order_by(Agreement.at.desc(), Agreement.id).limit(AT_ONCE))
    return [Quiet(agreement, project, name, consents.agreed(agreement.consent)) for agreement, project, name in rows]


def _noted(client_ids: Collection[UUID]) -> list[Noted]:
    """What staff noted of decisions made elsewhere, the newest first; most of it is answered, and then stands among the decisions too."""
    decider, by = aliased(Person), aliased(Person)
    query = select(Heard, ApprovalVersion, Project, decider.name, by.name).join(Item, Item.id == Heard.item_id)
    query = query.join(ApprovalVersion, ApprovalVersion.id == Heard.version_id).join(Project, Project.id == Item.project_id)
    query = query.join(decider, decider.id == Heard.person_id).join(by, by.id == Heard.by_id).where(Heard.client_id.in_(client_ids))
    rows = db.session.execute(query.order_by(Heard.at.desc(), Heard.id).limit(AT_ONCE)).all()
    return [Noted(heard, version, version.shown.title, project, who, noter) for heard, version, project, who, noter in rows]


def ends(clients: Collection[Client]) -> dict[UUID, ChainHead]:
    """Where the chain of each client ends."""
    found = db.session.scalars(select(ChainHead).where(ChainHead.chain_id.in_([client.id for client in clients])))
    return {head.chain_id: head for head in found}


def clients_of(viewer: Viewer) -> list[Client]:
    """The clients a contact belongs to."""
    return list(db.session.scalars(select(Client).where(Client.id.in_(viewer.roles)).order_by(Client.name)))
