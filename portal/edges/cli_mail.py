"""Commands about mail that comes in."""

from __future__ import annotations

import sys

import click
from flask import current_app

from portal.edges.letterbox.fetching import fetch_mail
from portal.edges.letterbox.filing import MOST_BYTES, file_mail

TRY_AGAIN = 75  # what mail servers read as: keep it, and give it to us once more


@click.group("mail")
def mail_commands() -> None:
    """Mail that comes in."""


@mail_commands.command()
def receive() -> None:
    """File one mail given on standard input, as a mail server pipes it."""
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        fate = file_mail(raw)
    except Exception:
        current_app.logger.exception("a mail could not be filed")
        sys.exit(TRY_AGAIN)
    click.echo(fate.value)


@mail_commands.command()
def fetch() -> None:
    """File what is unread in the mailbox of IMAP_URL, as the worker does every minute."""
    if not current_app.config["IMAP_URL"]:
        raise click.ClickException("IMAP_URL is not set.")
    done = fetch_mail(current_app._get_current_object())  # type: ignore[attr-defined]
    click.echo(", ".join(f"{count} {fate.value}" for fate, count in done.items()) or "Nothing is unread.")
