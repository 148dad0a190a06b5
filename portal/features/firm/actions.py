"""Writes about the firm: its name and looks, its sender and calendar, and mail that got stuck."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from uuid import uuid4

from portal.features.firm import queries
from portal.kernel import outbox
from portal.kernel.action import action
from portal.kernel.addresses import canonical_address
from portal.kernel.outbox import Lane, Outbox
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.models import may
from portal.models.calendars import week
from portal.models.people import Firm
from portal.storage import StorageError, blob_key
from portal.storage.current import store

ADMINS_ONLY = N_("Only admins change the settings. Ask one of them.")
MARK_LIMIT = 4 * 1024 * 1024


@action
def describe(firm: Firm, *, name: str, address: str, phone: str, language: str, zone: str, by: Viewer) -> None:
    """Say who the firm is and where it sits."""
    values: dict[str, object] = {"name": name.strip(), "phone": phone.strip(), "language": language, "zone": zone}
    if address.strip() != firm.settings.get("postal_address", ""):
        values["settings"] = {**firm.settings, "postal_address": address.strip()}
    _change(firm, values, by=by)


@action
def choose_colour(firm: Firm, colour: str, *, by: Viewer) -> None:
    """Give the portal and its mails the firm's colour."""
    _change(firm, {"colour": colour}, by=by)


@action
def keep_mark(firm: Firm, picture: bytes, *, by: Viewer) -> None:
    """Show this picture as the firm's mark; its bytes are durable before the row names them."""
    require(may.run_firm(by), ADMINS_ONLY)
    key = blob_key(firm.id, uuid4())
    try:
        store().promote(store().receive(BytesIO(picture), limit=MARK_LIMIT), key)
    except StorageError:
        raise Refused(N_("We could not keep the picture this time. Please try again."), field="mark", status=503) from None
    _change(firm, {"mark_key": key}, by=by)


@action
def remove_mark(firm: Firm, *, by: Viewer) -> None:
    """Show the firm's first letter instead of a picture."""
    _change(firm, {"mark_key": None}, by=by)


@action
def change_sender(firm: Firm, *, name: str, address: str, by: Viewer) -> None:
    """Say whose name and address stand on mails; without an address the portal's own is used."""
    if address.strip():
        try:
            canonical_address(address)
        except Refused as refused:
            raise Refused(refused.message, field="mail_address", status=422) from None
    _change(firm, {"mail_name": name.strip(), "mail_address": address.strip()}, by=by)


@action
def change_calendar(firm: Firm, *, working_days: Sequence[int], holidays: Sequence[date], region: str = "", by: Viewer) -> None:
    """Say on which days the firm works; dates promised from now on are counted in these."""
    _change(firm, week(working_days, holidays, region), by=by)


@action
def limit_files(firm: Firm, *, most_per_file: int, most_per_client: int, keep_days: int, by: Viewer) -> None:
    """Say how large one file may be, how much all files of a client may take, and how long those are kept that nobody needs."""
    if most_per_file > most_per_client:
        raise Refused(N_("One file cannot be larger than the room a client has."), field="file_mb", status=422)
    fullest = queries.room_taken().fullest
    if fullest and fullest.bytes_used > most_per_client:
        said = N_("%(client)s has more than that here already. Give at least as much room.")
        raise Refused(said, field="client_gb", status=422, client=fullest.name)
    limits = {"most_bytes_per_file": most_per_file, "most_bytes_per_client": most_per_client, "keep_removed_days": keep_days}
    _change(firm, {"settings": {**firm.settings, **limits}}, by=by)


@action
def send_test_mail(*, by: Viewer) -> None:
    """Send a mail to the viewer, to see that mail goes out and how it looks."""
    require(may.run_firm(by), ADMINS_ONLY)
    outbox.post("test_mail", lane=Lane.AUTH, person_id=by.person_id, facts={}, dedupe=f"test_mail:{by.person_id}")


@action
def try_again(row: Outbox, *, by: Viewer) -> None:
    """Put a mail that got stuck on its way again, or have work that got stuck done again."""
    require(may.run_clients(by))
    work = row.lane is Lane.WORK
    if not outbox.try_again(row.id):
        too_late = N_("This email is not stuck any more, or it is too old to be of use.")
        raise Refused(N_("This work is not stuck any more.") if work else too_late)
    record(Kind.CHORE_TRIED_AGAIN if work else Kind.MAIL_TRIED_AGAIN, row, by=by, audience=Audience.INTERNAL)


@action
def drop_mail(row: Outbox, *, by: Viewer) -> None:
    """Let a mail that got stuck go."""
    require(may.run_clients(by))
    if row.lane is Lane.WORK or not outbox.drop(row.id):
        raise Refused(N_("This email is not stuck any more."))
    record(Kind.MAIL_DROPPED, row, by=by, audience=Audience.INTERNAL)


def _change(firm: Firm, values: dict[str, object], *, by: Viewer) -> None:
    require(may.run_firm(by), ADMINS_ONLY)
    changed = {name: value for name, value in values.items() if getattr(firm, name) != value}
    for name, value in changed.items():
        setattr(firm, name, value)
    if changed:
        record(Kind.FIRM_CHANGED, firm, by=by, audience=Audience.INTERNAL, detail={name: str(value) for name, value in changed.items()})
