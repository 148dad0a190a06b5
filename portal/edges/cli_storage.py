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
from portal.web import handed


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


NGINX = """\
# Holds a secret: for the eyes of nginx alone. nginx must run as the user the portal runs as.
location ~ ^(/staff)?/uploads/[0-9a-f-]+/bytes$ {{
    client_body_temp_path {folder};
    client_body_in_file_only clean;
    client_body_buffer_size 1m;
    client_max_body_size 8m;
    proxy_pass http://{host}:{port};
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
    proxy_set_header {file_header} $request_body_file;
    proxy_set_header {word_header} {word};
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
}}"""


@storage_commands.command()
def nginx() -> None:
    """Print what an nginx in front needs to hand over what people send (NGINX_BODIES); it goes into its `server`."""
    config = current_app.config["CONFIG"]
    if not config.nginx_bodies:
        raise click.ClickException("Set NGINX_BODIES first.")
    heads = {"file_header": handed.FILE, "word_header": handed.WORD, "word": handed.word()}
    click.echo(NGINX.format(folder=config.nginx_bodies, host=config.host, port=config.port, **heads))


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
