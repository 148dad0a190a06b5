"""What must be true at the end of a client's journey, however they walked it."""

from __future__ import annotations

import json

from sqlalchemy import select

from portal.models.approvals import ApprovalVersion, Choice, Decision
from portal.models.deliveries import HandOver
from portal.models.files import Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import Person
from portal.storage.current import store
from tests.journeys.listening import Live
from tests.support.cast import fresh, reading


def file_arrived(live: Live, item: Item, *, name: str, content: bytes, sender: str) -> None:
    """Exactly this file of this person is in the firm's court, whole, with its fingerprint."""
    assert fresh(live.app, item).state is ItemState.SENT
    with reading(live.app) as session:
        (upload,) = session.scalars(select(Upload).where(Upload.item_id == item.id))
        (handed,) = session.scalars(select(HandOver).where(HandOver.item_id == item.id))
        assert (upload.name, upload.bytes) == (name, len(content))
        assert session.get_one(Person, handed.by_id).name == sender
        with store().open(upload.key) as kept:
            assert kept.read() == content
    assert [file["sha256"] for file in json.loads(handed.content)["files"]] == [upload.sha256]


def answers_arrived(live: Live, item: Item, *, sender: Person, **expected: object) -> None:
    """Exactly these answers are in the firm's court."""
    assert fresh(live.app, item).state is ItemState.SENT
    with reading(live.app) as session:
        (handed,) = session.scalars(select(HandOver).where(HandOver.item_id == item.id))
    told = {answer["key"]: answer.get("value") for section in json.loads(handed.content)["sections"] for answer in section["answers"]}
    assert told == expected, told
    assert handed.by_id == sender.id


def decided(live: Live, item: Item, choice: Choice, *, decider: Person, words: str = "") -> None:
    """There is one decision, on the version that stood."""
    with reading(live.app) as session:
        (decision,) = session.scalars(select(Decision).where(Decision.item_id == item.id))
        version = session.get_one(ApprovalVersion, decision.version_id)
    assert (decision.choice, decision.words, decision.person_id, version.n) == (choice, words, decider.id, 1)
    assert fresh(live.app, item).state is (ItemState.ACCEPTED if choice is Choice.APPROVED else ItemState.PREPARING)


def receipt_arrived(live: Live, address: str, *says: str) -> None:
    """One receipt reaches this address, and it says this in text and in HTML."""
    found = [mail for mail in live.mails(to=address) if "eceipt" in mail.text]
    assert len(found) == 1, [mail.subject for mail in found]
    plain, rich = " ".join(found[0].text.split()), found[0].words
    assert not [said for said in says if said not in plain or said not in rich], plain
