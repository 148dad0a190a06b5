"""Commands about the store of received files."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
from flask import current_app

from portal.storage import StorageError
from portal.storage.care import Trouble, look_at_disk
from portal.storage.current import store
from portal.storage.disk import DiskStorage


@click.group("storage")
def storage_commands() -> None:
    """The place where received files lie."""


@storage_commands.command()
@click.option("--mend", is_flag=True, help="Set right what can be set right from here.")
def check(mend: bool) -> None:
    """Look whether the folder or bucket is set up as it must be; exit code 1 when something is left to do."""
    left = 0
    for trouble in list(_troubles()):
        if mend and trouble.mend and _mended(trouble):
            continue
        left += 1
        click.echo(f"found: {trouble.words}{' (--mend sets it right)' if trouble.mend and not mend else ''}")
    click.echo("The store is set up as it must be." if not left else f"{left} left.")
    sys.exit(1 if left else 0)


def _mended(trouble: Trouble) -> bool:
    try:
        if trouble.mend:
            trouble.mend()
    except (StorageError, OSError) as error:
        click.echo(f"could not be set right: {error}")
        return False
    click.echo(f"mended: {trouble.words}")
    return True


def _troubles() -> Iterator[Trouble]:
    here = store()
    if isinstance(here, DiskStorage):
        return look_at_disk(here)
    from portal.storage.s3_care import look_at_bucket
    from portal.storage.s3_storage import S3Storage

    if not isinstance(here, S3Storage):
        raise click.ClickException("This store cannot be checked.")
    return look_at_bucket(here.bucket, page=current_app.config["BASE_URL"], direct=here.direct is not None)
