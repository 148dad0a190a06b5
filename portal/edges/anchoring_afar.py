"""The ends of the record, kept by others: in a bucket that lets nobody delete them, and under a time-stamp of a service (RFC 3161).

The lines of a day are one text, `anchors/DAY.jsonl`: the bucket keeps it, the time-stamp `anchors/DAY.tsr` beside ANCHOR_FILE is for it.
Whether the service's own signature is good is for whoever trusts it to say: `openssl ts -verify -data DAY.jsonl -in DAY.tsr -CAfile …`.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from flask import current_app
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response
from sqlalchemy import select

from config import Config
from portal.edges.stores import bucket_of
from portal.kernel import chores
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.evidence import canonical
from portal.models.anchors import Anchor
from portal.storage import StorageError

LOCK, STAMP, WAIT, MOST_OF_AN_ANSWER = "anchor_lock", "anchor_stamp", 20, 1 << 20
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


def wanted() -> Iterator[str]:
    """The chores that the settings ask for."""
    config = _config()
    yield from [LOCK] if config.anchors_locked else []
    yield from [STAMP] if config.anchor_tsa else []


def lines_of(day: date) -> list[str]:
    """The ends that were written down on a day; no connection is held afterwards."""
    rows = db.session.scalars(select(Anchor).where(Anchor.day == day, Anchor.seq > 0).order_by(Anchor.chain_id))
    lines = [canonical(row.told()) for row in rows]
    db.session.rollback()
    return lines


@chores.chore(LOCK)
def lock(facts: chores.Facts) -> None:
    """Lay the lines of a day into the bucket, locked until their time is over: not even its owner can delete them before."""
    locked, day = _config().anchors_locked, _day(facts)
    if locked is None:
        return
    at, days = locked
    until = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": now() + timedelta(days=days)}
    try:
        bucket_of(at).call("put_object", Key=f"anchors/{day}.jsonl", Body=_text(day), ChecksumAlgorithm="SHA256", **until)
    except StorageError as trouble:
        raise chores.Later(f"The bucket {at.name} did not take the ends of the record: {trouble}", blameless=True) from None


@chores.chore(STAMP)
def stamp(facts: chores.Facts) -> None:
    """Have the lines of a day time-stamped, and keep the answer beside them."""
    service, day = _config().anchor_tsa, _day(facts)
    kept = Path(current_app.config["ANCHOR_FILE"]).parent / "anchors" / f"{day}.jsonl"
    if not service or kept.with_suffix(".tsr").exists():
        return
    text = _text(day)
    try:
        answer = time_stamp(service, text)
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        kept.write_bytes(text)
        kept.with_suffix(".tsr").write_bytes(answer)
    except (OSError, ValueError) as trouble:
        raise chores.Later(f"No time-stamp from {service}: {trouble}", blameless=True) from None


def time_stamp(service: str, text: bytes) -> bytes:
    """The answer of a service; raises ValueError when it is not for this text, or not for this question."""
    asked = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    request = urllib.request.Request(service, data=asked.as_bytes(), headers=HEADERS, method="POST")  # noqa: S310 - http or https, by config
    with urllib.request.urlopen(request, timeout=WAIT) as response:  # noqa: S310
        answer: bytes = response.read(MOST_OF_AN_ANSWER)
    told = decode_timestamp_response(answer)
    if told.status != 0:
        raise ValueError("; ".join(told.status_string) or f"it answered with status {told.status}")
    if told.tst_info.nonce != asked.nonce or told.tst_info.message_imprint.message != asked.message_imprint.message:
        raise ValueError("it answered another question")
    return answer


def _text(day: date) -> bytes:
    return "".join(f"{line}\n" for line in lines_of(day)).encode()


def _day(facts: chores.Facts) -> date:
    return date.fromisoformat(str(facts["day"]))


def _config() -> Config:
    found: Config = current_app.config["CONFIG"]
    return found
