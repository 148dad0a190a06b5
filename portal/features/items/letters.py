"""The letters about items. Each reads again what is true when it leaves, and calls itself off when there is nothing to say any more."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from portal.features.items import queries
from portal.kinds import reading
from portal.kinds.inviting import speaks_for
from portal.kinds.minutes import minutes
from portal.models import sessions
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import Person
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import absolute, for_person

MOST_FILES = 30


@letter("delivery_received")
def delivery_received(person: Person, facts: dict[str, object]) -> Letter | None:
    """Tell the firm what came in; nothing when all of it was taken back."""
    sent = list({each.item.id: each for each in queries.hand_overs(_things(facts))}.values())  # the last round of each
    if not sent:
        return None
    first = sent[0]
    return print_letter(
        "items/delivery_received",
        person,
        client=first.client,
        project=first.project,
        reference=first.reference,
        senders=list({each.by.id: each.by for each in sent}.values()),
        sent=[(_title(each.item, person), each.content, each.handed.note) for each in sent],
        waiting=queries.waits_for_client(first.project.id),
        by=queries.promised_by([each for each in sent if each.handed.is_open]),
        link=absolute("staff.review.delivery", delivery_id=first.delivery.id),
    )


@letter("receipt")
def receipt(person: Person, facts: dict[str, object]) -> Letter | None:
    """What arrived from this person, with sizes and fingerprints; nothing when all of it was taken back."""
    sent = queries.hand_overs(_things(facts))
    if not sent:
        return None
    project, client, lead = queries.project_and_lead(sent[0].project.id)
    return print_letter(
        "items/receipt",
        person,
        project=project,
        client=client,
        lead=lead,
        references=list(dict.fromkeys(each.reference for each in sent)),
        sent=[(_title(each.item, person), each.content, each.handed) for each in sent],
        most=MOST_FILES,
        by=queries.promised_by([each for each in sent if each.handed.is_open]),
        link=for_person(person, "client.home.project", project_id=project.id),
    )


@letter("sent_back")
def sent_back(person: Person, facts: dict[str, object]) -> Letter | None:
    """Ask for what is still sent back; nothing when the client has sent it again meanwhile."""
    returned = queries.items_in(_things(facts), ItemState.RETURNED)
    if not returned or not speaks_for(person, returned[0].client_id):
        return None
    project, _client, lead = queries.project_and_lead(returned[0].project_id)
    fine, total = queries.judged_with(returned)
    alone = returned[0] if len(returned) == 1 else None
    link = for_person(person, "client.items.show", item_id=alone.id) if alone else ""
    takes = minutes(returned)
    return print_letter(
        "items/sent_back",
        person,
        project=project,
        lead=lead,
        fine=fine,
        total=total,
        asked=[(_title(item, person), item.reason, takes[item.id]) for item in returned],
        lacking=queries.can_be_lacking(returned),
        link=link or for_person(person, "client.home.project", project_id=project.id),
    )


@letter("accepted")
def accepted(person: Person, facts: dict[str, object]) -> Letter | None:
    """Say what is fine; nothing to somebody who has seen it already, or has just had another mail that says so."""
    fine = queries.items_in(_things(facts), ItemState.ACCEPTED)
    if not fine or not speaks_for(person, fine[0].client_id):
        return None
    since = max(item.state_since for item in fine)
    project, _client, lead = queries.project_and_lead(fine[0].project_id)
    told = queries.last_mail(person.id, project.id, "sent_back")
    if queries.was_here_since(person, since) or (told and told > since):
        return None
    following = reading.waiting_for(sessions.viewer_of(person), project.id)[:1]
    takes = minutes(following)
    return print_letter(
        "items/accepted",
        person,
        project=project,
        lead=lead,
        fine=[_title(item, person) for item in fine],
        progress=reading.progress(reading.items_of(project.id)),
        following=[(_title(item, person), takes[item.id]) for item in following],
        link=for_person(person, "client.home.project", project_id=project.id),
    )


def _things(facts: dict[str, object]) -> list[UUID]:
    return [UUID(one) for one in cast("list[str]", facts["things"])]


def _title(item: Item, person: Person) -> str:
    return item.text("title", person.language, reading.client_language(item))
