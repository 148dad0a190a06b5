"""Commands about the record: is it whole, and a copy of it to take away."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select

from portal.edges import audit, erasing
from portal.edges.anchoring import anchor_file
from portal.kernel.addresses import canonical_address
from portal.kernel.db import db, open_session
from portal.kernel.refusal import Refused
from portal.kernel.verifying import MOST_SAID, read_anchors, read_receipts, verdict
from portal.kernel.viewer import SYSTEM
from portal.kernel.whole import CUT, Unreadable
from portal.kinds.record.bundling import Bundle, Taken
from portal.kinds.record.proving import steady
from portal.kinds.record.signing import signing_key
from portal.models.clients import Client
from portal.models.people import Person, named_firm


@click.group("audit")
def audit_commands() -> None:
    """The record of what happened."""


@audit_commands.command()
@click.option(
    "--anchors",
    type=click.Path(exists=True, path_type=Path),
    help="Written-down ends, instead of ANCHOR_FILE.",
)
@click.option("--files", is_flag=True, help="Read every file too, and compare its bytes.")
@click.option("--receipt", "receipts", multiple=True, type=click.Path(exists=True, path_type=Path), help="A receipt that was handed out.")
def verify(anchors: Path | None, files: bool, receipts: tuple[Path, ...]) -> None:
    """Walk every chain and everything it speaks of; exit code 1: something was changed, 2: an end was cut off."""
    open_session(SYSTEM, writes=False)
    place = anchors or anchor_file()
    try:
        kept, papers = read_anchors(place) if place.exists() else (), read_receipts(receipts)
        found = list(audit.troubles(kept, receipts=papers, bytes_too=files))
    except Unreadable as why:
        raise click.ClickException(str(why)) from None
    for trouble in found[:MOST_SAID]:
        click.echo(f"{'CUT OFF' if trouble.code == CUT else 'TAMPERED'}: {trouble.words}")
    if found:
        sys.exit(verdict(found))
    chains, entries = audit.count()
    click.echo(f"Whole: {entries} entries in {chains} chains.")


@audit_commands.command()
@click.option("--client", default="", help="Only this client: its id, or its name.")
@click.option("--files", is_flag=True, help="Put the files in too.")
@click.option("--closed", is_flag=True, help="As the client may have it: what they do not see in the portal shows only its seal.")
@click.argument("target", metavar="FILE.zip", type=click.Path(dir_okay=False, path_type=Path))
def export(client: str, files: bool, closed: bool, target: Path) -> None:
    """Write the record into FILE.zip, signed, with a program that checks it anywhere."""
    if closed and not client:
        raise click.ClickException("What is closed depends on the client: name one with --client.")
    open_session(SYSTEM, writes=True)
    key = signing_key()
    open_session(SYSTEM, writes=False)
    steady()
    of, firm = _client(client) if client else None, named_firm()
    record = Taken(of.id if of else None, closed=closed)
    record.with_files = files
    bundle = Bundle(record, key=key, firm=firm.name if firm else "?", client=of.name if of else "its clients")
    half = target.with_name(f"{target.name}.half")
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, pieces in bundle.parts():
                with packed.open(name, "w", force_zip64=True) as part:
                    part.writelines(pieces)
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    chains, entries = len(record.heads()), sum(seq for seq, _ in record.heads().values())
    click.echo(f"{target} holds {entries} entries in {chains} chains. Take verify.py out of it and run: python3 verify.py {target.name}")


@audit_commands.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("address", metavar="EMAIL")
def erase(address: str, yes: bool) -> None:
    """Erase somebody's names and sentences from the record, which stays whole; only of whoever has no access any more."""
    open_session(SYSTEM, writes=True)
    try:
        person = db.session.scalar(select(Person).where(Person.email_canon == canonical_address(address)))
        if person is None:
            raise click.ClickException(f"Nobody here has the address {address}.")
        if not yes:
            click.confirm(f"Erase what {person.name} said, and their name beside it, for good?", abort=True)
        entries, decisions = erasing.erase(person)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"Erased beside {entries} entries and in {decisions} decisions. The record is whole without: flask audit verify.")


def _client(named: str) -> Client:
    """The client somebody means by an id or a name."""
    try:
        query = select(Client).where(Client.id == UUID(named))
    except ValueError:
        query = select(Client).where(Client.name == named)
    found = db.session.scalars(query).all()
    if len(found) != 1:
        many = "are several clients" if found else "is no client"
        raise click.ClickException(f"There {many} {named}. The id is in the address of its page.")
    return found[0]
