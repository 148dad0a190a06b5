"""Commands that look after an installation: setting it up, checking it, copying it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from config import Config, make_secret
from portal.edges import audit, backup, doctor, queue, schema, setting_up
from portal.edges.cli_audit import audit_commands
from portal.edges.cli_mail import mail_commands
from portal.edges.cli_storage import storage_commands
from portal.edges.cli_templates import template_commands
from portal.kernel import keys
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.refusal import Refused
from portal.kernel.viewer import SYSTEM
from portal.web.i18n import LANGUAGES


def config() -> Config:
    """The configuration this process was started with."""
    found: Config = current_app.config["CONFIG"]
    return found


def _answer(check: Callable[[str], str]) -> Callable[[click.Context, click.Parameter, str], str]:
    """Refuse a wrong answer in words as soon as it is given: a question is asked again, a flag ends the command."""

    def look(_context: click.Context, _asked: click.Parameter, typed: str) -> str:
        try:
            return check(typed.strip())
        except Refused as refused:
            raise click.BadParameter(str(refused)) from None

    return look


NAME, ADDRESS = _answer(setting_up.named), _answer(setting_up.checked)
LANGUAGE, ZONE = _answer(setting_up.known_language), _answer(setting_up.known_zone)


@click.command()
@click.option("--firm", prompt="What is the firm called", help="The firm's name, as clients read it.", callback=NAME)
@click.option(
    "--language",
    prompt="Its language (two letters)",
    default="en",
    show_default=True,
    help=f"The language of new people: {', '.join(LANGUAGES)}.",
    callback=LANGUAGE,
)
@click.option(
    "--zone", prompt="Its time zone", default="Europe/Berlin", show_default=True, help="An IANA name such as Europe/Berlin.", callback=ZONE
)
@click.option("--mail-address", prompt="The address its mails come from", help="Such as projects@example.com.", callback=ADDRESS)
@click.option("--mail-name", default="", help="The name beside it; without it the firm's name.")
@click.option("--name", prompt="Your own name", help="The first member of staff, who may do everything.", callback=NAME)
@click.option("--email", prompt="Your own email address", help="You will sign in with it.", callback=ADDRESS)
@click.option("--then", default=None, hidden=True, help="How the portal is served here, for the last line.")
def setup(firm: str, language: str, zone: str, mail_address: str, mail_name: str, name: str, email: str, then: str | None) -> None:
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
    _say_what_comes_next(email, then or _served_by())


def _served_by() -> str:
    """The command that serves the portal, as this one was called."""
    tool = Path(sys.argv[0])
    if tool.name != "flask":  # python -m flask
        return f"{_near(Path(sys.executable))} -m flask --app wsgi serve"
    return f"{_near(tool)} --app wsgi serve"


def _near(path: Path) -> str:
    """A path as it is typed from here."""
    here = Path.cwd()
    return str(path.absolute().relative_to(here)) if path.absolute().is_relative_to(here) else str(path)


def _say_what_comes_next(email: str, then: str) -> None:
    left = config().still_to_do
    if left:
        click.echo(f"Before `{then}`:\n" + "\n".join(f"- {problem}" for problem in left))
        click.echo(f"As soon as it runs, an invitation with a link and a code goes to {email}.")
        return
    queue.send_all(current_app._get_current_object())  # type: ignore[attr-defined]
    open_session(SYSTEM, writes=False)
    waiting = db.session.scalar(select(Outbox.error).where(Outbox.state != Stand.SENT))
    if waiting:
        click.echo(f"The invitation to {email} has not left yet: {waiting}. It will be tried again while `{then}` runs.")
    else:
        click.echo(f"An invitation with a link and a code is on its way to {email}. Now run `{then}`.")


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
    found = list(audit.troubles())
    if found:
        raise click.ClickException(f"The record is not whole: {found[0].words}")
    missing = [finding.words for finding in doctor.look() if "bytes" in finding.words and not finding.mend]
    if missing:
        raise click.ClickException("\n".join(missing))
    chains, entries = audit.count()
    click.echo(f"Restored and checked: {entries} entries in {chains} chains.")


COMMANDS = (setup, audit_commands, doctor_command, backup_command, restore_command, storage_commands, template_commands, mail_commands)
