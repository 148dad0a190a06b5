"""What has to be true after all: nothing that was acknowledged is lost, nothing else is there, and the doctor can mend the rest."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator

from portal.models.item_states import ItemState
from tests.crash import killer
from tests.crash.people import Told
from tests.crash.place import Place
from tests.crash.points import DOCTOR, of

LATER = 40  # days: longer than any upload may wait to be gone on with, and than removed files are kept


def lost(place: Place, told: Told) -> list[str]:
    """Files that were acknowledged and are not there as they were sent."""
    rows = {(row.name, row.sha256): row for row in place.rows()}
    found = []
    for name, (_, sha256) in told.kept.items():
        row = rows.get((name, sha256))
        if row is not None and row.purged_at and name in told.removed:
            continue  # they removed it themselves, and its time was over
        if row is None or not place.bytes_are_those_of(row):
            found.append(name)
    return found


def complaints(place: Place, told: Told) -> Iterator[str]:
    """Everything else that is not as people were told."""
    times = Counter(row.name for row in place.rows())
    removed = {row.name for row in place.rows() if row.removed_at}
    for row in place.rows():
        if not place.bytes_are_those_of(row):
            yield f"{row.name} has a row and not its bytes"
        if row.name in told.never:
            yield f"{row.name} was refused or given up and is there"
    yield from (f"{name} is there {count} times" for name, count in times.items() if count > 1 and name not in told.plain)
    yield from (f"{name} was removed and is there" for name in told.removed - removed)
    yield from (f"{name} was not removed and is gone" for name in removed - told.removed)
    stands = place.stands(told.handed_over)
    yield from (f"{thing} was handed over and is {state}" for thing, state in stands.items() if state is not ItemState.SENT)
    is_counted, should_be = place.room()
    if is_counted != should_be:
        yield f"{is_counted} bytes are counted as used and reserved, {should_be} should be"


def treated(place: Place, kills: Counter[str], *, short: bool = False) -> Iterator[str]:
    """Let the doctor look, mend after a while although it is killed at each of its points, and look again."""
    code, said = killer.once(place, "doctor")
    if code != 0:
        yield f"the doctor finds something right after: {said}"
    for point in of(DOCTOR, place.store_name, short=short):
        code, said = killer.once(place, "doctor", "--mend", point=point.name, days=LATER)
        if code not in (0, -signal.SIGKILL):
            yield f"mending, killed {point.name}, ended with {code}: {said}"
        kills[point.name] += code == -signal.SIGKILL
    for words in (("doctor", "--mend"), ("doctor",), ("audit", "verify")):
        code, said = killer.once(place, *words, days=LATER)
        if code != 0:
            yield f"`flask {' '.join(words)}` ended with {code}: {said}"
    yield from (f"{row.name} was removed and is kept for ever" for row in place.rows() if row.removed_at and place.keeps(row))
    is_counted, should_be = place.room()
    if is_counted != should_be:
        yield f"{is_counted} bytes are counted after the purge, {should_be} should be"
