"""A large firm in bulk: clients in portfolios, one or two projects each, items in every state."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.models.clients import Client, Membership
from portal.models.item_states import WAITS_FOR, ItemKind, ItemState, WaitingOn
from portal.models.items import Item
from portal.models.people import Firm, Person, StaffRole
from portal.models.projects import Lane, Milestone, Project, ProjectState

STATES = [ItemState.TO_DO] * 4 + [ItemState.STARTED, ItemState.RETURNED, ItemState.SENT] + [ItemState.ACCEPTED] * 5
NOW = datetime.now(UTC)
TODAY = NOW.date()


def seed(clients: int, *, items_each: int = 10) -> tuple[Person, Person, Project]:
    """Fill an empty database; returns a staff member, a contact, and that contact's project."""
    chance = random.Random(7)
    rows: dict[type, list[dict[str, object]]] = {kind: [] for kind in (Person, Client, Membership, Project, Milestone, Item)}
    staff = [_person(f"Staff {n}", staff_role=StaffRole.MEMBER) for n in range(20)]
    rows[Person] += staff
    for n in range(clients):
        _client(n, staff[n % 20]["id"], rows, chance, items_each)
    with Session(db.engine) as session:
        session.info.update(viewer=None, writes=True)
        session.connection(execution_options={"writes": True})
        session.add(Firm(name="Halden", zone="Europe/Berlin"))
        for model, values in rows.items():
            for start in range(0, len(values), 5000):
                session.connection().execute(sa.insert(model.__table__), values[start : start + 5000])
        session.commit()
    first = rows[Project][0]
    contact = next(person for person in rows[Person] if person.get("staff_role") is None)
    return Person(**staff[0]), Person(**contact), Project(**first)


def _person(name: str, **more: object) -> dict[str, object]:
    address = f"{name.lower().replace(' ', '.')}@example.com"
    return {
        "id": uuid.uuid4(),
        "email_typed": address,
        "email_canon": address,
        "name": name,
        "language": "en",
        "zone": "Europe/Berlin",
        "staff_role": None,
        "title": "",
        "phone": "",
        "phone_rules": {},
        "mail_rules": {},
    } | more


def _client(n: int, lead: object, rows: dict[type, list[dict[str, object]]], chance: random.Random, items_each: int) -> None:
    client_id, project_id, person = uuid.uuid4(), uuid.uuid4(), _person(f"Contact {n}")
    stages = [uuid.uuid4() for _ in range(3)]
    rows[Person].append(person)
    rows[Client].append(
        {
            "id": client_id,
            "name": f"Client {n:05d}",
            "sort_key": f"client {n:05d}",
            "language": "en",
            "zone": "Europe/Berlin",
            "working_days": [0, 1, 2, 3, 4],
            "holidays": [],
            "lead_id": lead,
            "created_at": NOW,
            "bytes_used": 0,
            "bytes_reserved": 0,
        }
    )
    rows[Membership].append({"client_id": client_id, "person_id": person["id"], "role": Role.DECIDE, "invited_at": NOW, "joined_at": NOW})
    starts = [TODAY + timedelta(days=chance.randrange(-10, 60)) for _ in stages]
    rows[Milestone] += [
        {
            "id": stage,
            "client_id": client_id,
            "project_id": project_id,
            "position": k,
            "name": {"en": f"Stage {k}"},
            "starts_on": day,
            "ends_on": day,
        }
        for k, (stage, day) in enumerate(zip(stages, starts, strict=True))
    ]
    items = [_item(client_id, project_id, stages, starts, k, chance) for k in range(items_each)]
    rows[Item] += items
    ours = [i for i in items if i["waiting_on"] is WaitingOn.FIRM]
    theirs = [i for i in items if i["waiting_on"] is WaitingOn.CLIENT]
    shown = theirs or ours
    rows[Project].append(
        {
            "id": project_id,
            "client_id": client_id,
            "name": "New website",
            "number": 1,
            "lead_id": lead,
            "state": ProjectState.ACTIVE,
            "created_at": NOW,
            "lane": Lane.CLIENTS if theirs else Lane.US if ours else Lane.NOTHING,
            "waits_client": len(theirs),
            "waits_us": len(ours),
            "rev": 0,
            "slips_on": min((i["slips_on"] for i in shown), default=None),
            "waiting_since": min((i["waiting_since"] for i in shown), default=None),
        }
    )


def _item(
    client_id: object, project_id: object, stages: list[uuid.UUID], starts: list[object], k: int, chance: random.Random
) -> dict[str, object]:
    state = chance.choice(STATES)
    since = NOW - timedelta(days=chance.randrange(1, 40))
    held = chance.randrange(3)
    side = WAITS_FOR[state]
    return {
        "id": uuid.uuid4(),
        "client_id": client_id,
        "project_id": project_id,
        "milestone_id": stages[0],
        "holds_up_id": stages[held],
        "kind": ItemKind.FILES,
        "position": k,
        "words": {"en": {"title": f"Thing {k}", "why": "We need it to begin.", "help": ""}},
        "spec": {},
        "minutes": 5,
        "lead_days": 1,
        "required": True,
        "needs_review": True,
        "due_on": TODAY + timedelta(days=chance.randrange(-20, 40)),
        "slips_on": starts[held],
        "state": state,
        "state_since": since,
        "waiting_on": side,
        "waiting_since": since if side is not WaitingOn.NOBODY else None,
        "round": 0,
        "reason": "",
        "sent_at": since,
        "rev": 1,
    }
