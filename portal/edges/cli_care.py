"""Commands that look after an installation: setting it up, checking it, copying it."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from config import Config, make_secret
from portal.edges import audit, backup, doctor, queue, schema, setting_up
from portal.edges.cli_storage import storage_commands
from portal.kernel import keys
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.refusal import Refused
from portal.kernel.viewer import SYSTEM


def config() -> Config:
    """The configuration this process was started with."""
    found: Config = current_app.config["CONFIG"]
    return found


@click.command()
@click.option("--firm", prompt="What is the firm called", help="The firm's name, as clients read it.")
@click.option("--language", prompt="Its language (two letters)", default="en", show_default=True, help="The language of new people.")
@click.option("--zone", prompt="Its time zone", default="Europe/Berlin", show_default=True, help="An IANA name such as Europe/Berlin.")
@click.option("--mail-address", prompt="The address its mails come from", help="Such as projects@example.com.")
@click.option("--mail-name", default="", help="The name beside it; without it the firm's name.")
@click.option("--name", prompt="Your own name", help="The first member of staff, who may do everything.")
@click.option("--email", prompt="Your own email address", help="You will sign in with it.")
def setup(firm: str, language: str, zone: str, mail_address: str, mail_name: str, name: str, email: str) -> None:
    """Name the firm and its first member of staff; makes the secret key and the tables."""
    if not config().secret_key:
        path = make_secret(config().data_dir)
        keys.use(path.read_text().strip())
        click.echo(f"The secret key lies in {path}. Keep it: without it nobody stays signed in.")
    schema.migrate()
    beginning = setting_up.Beginning(
        firm=firm, language=language, zone=zone, mail_name=mail_name, mail_address=mail_address, staff_name=name, staff_email=email
    )
    try:
        person = setting_up.set_up(beginning)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{firm} is set up, and {name} runs it.")
    setting_up.invite(person)
    _say_what_comes_next(email)


def _say_what_comes_next(email: str) -> None:
    left = config().still_to_do
    if left:
        click.echo("Before `flask serve`:\n" + "\n".join(f"- {problem}" for problem in left))
        click.echo(f"As soon as it runs, an invitation with a link and a code goes to {email}.")
        return
    queue.send_all(current_app._get_current_object())  # type: ignore[attr-defined]
    open_session(SYSTEM, writes=False)
    waiting = db.session.scalar(select(Outbox.error).where(Outbox.state != Stand.SENT))
    if waiting:
        click.echo(f"The invitation to {email} has not left yet: {waiting}. It will be tried again while `flask serve` runs.")
    else:
        click.echo(f"An invitation with a link and a code is on its way to {email}. Now run `flask serve`.")


@click.group("audit")
def audit_commands() -> None:
    """The record of what happened."""


@audit_commands.command()
def verify() -> None:
    """Walk every chain and everything it speaks of; exit code 1 when something was changed."""
    open_session(SYSTEM, writes=False)
    first = next(audit.troubles(), None)
    if first:
        click.echo(f"TAMPERED: {first}")
        sys.exit(1)
    chains, entries = audit.count()
    click.echo(f"Whole: {entries} entries in {chains} chains.")


@click.command("doctor")
@click.option("--mend", is_flag=True, help="Mend what can be mended without losing anything.")
def doctor_command(mend: bool) -> None:
    """Look for what a crash or a lost disk left; exit code 1 when something needs a person."""
    left = 0
    for finding in list(doctor.look()):
        if mend and finding.mend:
            open_session(SYSTEM, writes=True)
            finding.mend()
            db.session.rollback()
            click.echo(f"mended: {finding.words}")
        else:
            left += 1
            click.echo(f"found: {finding.words}{' (--mend mends it)' if finding.mend else ''}")
    click.echo("All is well." if not left else f"{left} left.")
    sys.exit(1 if left else 0)


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup_command(folder: Path) -> None:
    """Copy everything into FOLDER while people work; run it again to add what is new."""
    try:
        backup.back_up(config(), folder.resolve(), say=click.echo)
    except (backup.CannotCopy, OSError) as trouble:
        raise click.ClickException(str(trouble)) from None


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore_command(folder: Path) -> None:
    """Put the backup in FOLDER into an empty DATA_DIR, and check it."""
    try:
        backup.restore(config(), folder.resolve())
    except (backup.CannotCopy, OSError) as trouble:
        raise click.ClickException(str(trouble)) from None
    schema.migrate()
    open_session(SYSTEM, writes=False)
    first = next(audit.troubles(), None)
    if first:
        raise click.ClickException(f"The record is not whole: {first}")
    missing = [finding.words for finding in doctor.look() if "bytes" in finding.words and not finding.mend]
    if missing:
        raise click.ClickException("\n".join(missing))
    chains, entries = audit.count()
    click.echo(f"Restored and checked: {entries} entries in {chains} chains.")


COMMANDS = (setup, audit_commands, doctor_command, backup_command, restore_command, storage_commands)
