"""Commands about templates of projects as files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import select

from portal.features.templates import actions, bringing, queries
from portal.features.templates.shipped import shipped
from portal.kernel.db import db, open_session
from portal.kernel.refusal import Refused
from portal.kernel.viewer import SYSTEM
from portal.models.template.file.faults import Fault
from portal.models.template.file.schema import schema_text
from portal.models.template.file.writing import write
from portal.models.templates import ProjectTemplate

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("templates")
def template_commands() -> None:
    """Templates of projects, as files."""


@template_commands.command("list")
def list_command() -> None:
    """Show the firm's templates, and those that come with the portal."""
    open_session(SYSTEM, writes=False)
    for row in queries.SHELF.all():
        click.echo(f"{row.thing.key}  {row.thing.name}  {f'version {row.latest.n}' if row.latest else 'draft'}")
    for book in shipped():
        click.echo(f"{book.key}  {book.template.name.get('en', book.key)}  comes with the portal")


@template_commands.command("import")
@click.argument("file", type=FILE)
@click.option("--into", metavar="KEY", default="", help="Make it the new draft of this template instead of a new one.")
@click.option("--publish", is_flag=True, help="Publish it too.")
def import_command(file: Path, into: str, publish: bool) -> None:
    """Keep the template in FILE as a draft."""
    open_session(SYSTEM, writes=True)
    looked = bringing.look(_text(file))
    if looked.template is None:
        _tell(file, looked.faults)
        sys.exit(1)
    if publish and looked.lacks:
        _tell(file, looked.lacks)
        sys.exit(1)
    try:
        row = bringing.bring(looked.template, into=_known(into) if into else None, by=SYSTEM)
        if publish:
            actions.publish(row, rev=row.rev, by=SYSTEM)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{row.key}  {row.name}  {'published' if publish else 'draft'}")


@template_commands.command("export")
@click.argument("key")
def export_command(key: str) -> None:
    """Print the draft of the template KEY as one file."""
    open_session(SYSTEM, writes=False)
    click.echo(write(queries.SHELF.one(_known(key)).draft), nl=False)


@template_commands.command("check")
@click.argument("files", type=FILE, nargs=-1, required=True)
def check_command(files: tuple[Path, ...]) -> None:
    """Look whether FILES can be imported and published; exit code 1 when something is left to mend."""
    open_session(SYSTEM, writes=False)
    left = 0
    for file in files:
        looked = bringing.look(_text(file))
        found = [*looked.faults, *looked.lacks]
        left += len(found)
        _tell(file, found)
    click.echo("All is well." if not left else f"{left} left.")
    sys.exit(1 if left else 0)


@template_commands.command("schema")
def schema_command() -> None:
    """Print the JSON schema of template files."""
    click.echo(schema_text(), nl=False)


def _tell(file: Path, faults: Sequence[Fault]) -> None:
    for fault in faults:
        click.echo(f"{file}:{fault.line}: {fault.field + ': ' if fault.field else ''}{fault.message % fault.values}")


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", errors="replace")


def _known(key: str) -> ProjectTemplate:
    row = db.session.scalar(select(ProjectTemplate).where(ProjectTemplate.key == key))
    if row is None:
        raise click.ClickException(f"There is no template with the key {key}. `flask templates list` shows them.")
    return row
