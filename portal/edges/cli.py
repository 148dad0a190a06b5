"""Commands on the machine the portal runs on: `flask --app wsgi --help` lists them."""

from __future__ import annotations

import click
from flask import Flask, current_app

from portal.edges import schema, serving, ways_in
from portal.edges.cli_care import COMMANDS, config
from portal.kernel.db import open_session
from portal.kernel.viewer import SYSTEM
from portal.models.people import named_firm


def register(app: Flask) -> None:
    """Attach the commands."""
    for command in (demo, serve, work, sign_in_link, *COMMANDS):
        app.cli.add_command(command)


@click.command()
def demo() -> None:
    """Serve the demo firm with its worker and a mailbox page, until Ctrl-C."""
    from portal.demo import building

    if not config().is_demo:
        raise click.ClickException("The demo runs with PORTAL_MODE=demo only; `make demo` sets it.")
    schema.migrate()
    _build_demo()
    base = config().base_url
    lines = [
        f"staff: {ways_in.operator_link(building.STAFF, next_path='/staff/')}",
        f"client: {ways_in.operator_link(building.CLIENT, next_path='/')}",
        f"mailbox: {base}/mailbox",
        "Each sign-in link works once, for 24 hours. Ctrl-C ends the demo; the data stays.",
    ]
    _serve(serving.Serving(config().host, config().port), "\n".join(lines))


@click.command()
@click.option("--threads", default=8, show_default=True, help="How many pages are answered at once.")
@click.option("--connections", default=1000, show_default=True, help="How many connections may be open at once.")
@click.option("--worker/--no-worker", default=True, help="Run the worker in this process too.  [default: worker]")
def serve(threads: int, connections: int, worker: bool) -> None:
    """Serve the portal (waitress), until Ctrl-C or SIGTERM."""
    if config().is_demo:
        raise click.ClickException("`flask serve` is for PORTAL_MODE=production. For the demo run `flask demo`.")
    schema.migrate()
    open_session(SYSTEM, writes=False)
    if named_firm() is None:
        raise click.ClickException("There is no firm yet. Run `flask setup` first.")
    how = serving.Serving(
        config().host,
        config().port,
        threads=threads,
        connections=connections,
        worker=worker,
        behind_proxy=config().trusted_proxies > 0,
    )
    _serve(how, f"Serving {config().base_url} on {how.host}:{how.port}{'' if worker else ', without the worker'}.")


@click.command()
def work() -> None:
    """Run the worker alone, beside `flask serve --no-worker`."""
    schema.migrate()
    serving.work(_app(), ready=lambda: click.echo("The worker is at work."))


@click.command("sign-in-link")
@click.argument("email")
def sign_in_link(email: str) -> None:
    """Print a link that signs EMAIL in once, within 24 hours (demo on this machine only)."""
    if not config().is_demo:
        raise click.ClickException("Sign-in links are made for the demo only. People ask for theirs on the sign-in page.")
    click.echo(ways_in.operator_link(email, next_path="/"))


def _serve(how: serving.Serving, words: str) -> None:
    try:
        serving.serve(_app(), how, ready=lambda: click.echo(words))
    except serving.PortTaken:
        raise click.ClickException(f"Port {how.port} is taken. Choose another one with PORT=…") from None


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def _build_demo() -> None:
    from portal.demo import building

    try:
        building.build_when_empty(_app(), say=click.echo)
    except building.HalfBuilt:
        raise click.ClickException(
            f"{config().data_dir} holds something that is not a whole demo. Run `make demo-reset`, or choose another DATA_DIR."
        ) from None
