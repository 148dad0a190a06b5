"""Writes that begin work from a template: a client with its contact and project in one act, or many clients, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.features.clients import actions
from portal.kernel.action import action
from portal.kernel.viewer import Viewer
from portal.kinds.plans.starting import Start, start
from portal.kinds.plans.templates import read_template
from portal.models.projects import Project
from portal.models.templates import TemplateVersion


@dataclass(frozen=True)
class Beginning:
    """A new client as typed, and what its first project begins from."""

    company: actions.Company
    contact: actions.Contact
    version: TemplateVersion
    project: str
    starts_on: date


@action
def begin(wish: Beginning, *, send: bool, by: Viewer) -> Project:
    """Create a client, its contact and its project, and send the list, all in one act. The contact stands behind every role."""
    client = actions.create_client(wish.company, by=by)
    contact = actions.add_contact(client, wish.contact, by=by)
    roles = {role.key: (contact.person_id,) for role in read_template(wish.version.document).roles}
    told = Start(wish.version, wish.project, wish.company.lead.id, wish.starts_on, roles)
    return start(client, told, send=send, by=by)


@action
def begin_many(wishes: Sequence[Beginning], *, send: bool, by: Viewer) -> list[Project]:
    """Begin with all of these clients, or with none when one of them is refused."""
    return [begin(wish, send=send, by=by) for wish in wishes]
