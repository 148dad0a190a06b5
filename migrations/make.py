"""Writes the first migration anew from the models: `make migration`. After the first release, add migrations instead: `flask db revision`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext

import portal.models  # noqa: F401 - defines every table
from portal.kernel.db import Base, Instant

PLACE = Path(__file__).parent / "versions" / "0001_first.py"
HEAD = '''"""Every table of the first release. Written by `make migration`; the triggers of `event` are made by env.py."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.kernel.db import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {down}
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS event_append_only()")
'''


def render_item(kind: str, thing: Any, context: AutogenContext) -> str | Literal[False]:
    """Write our own types by their names, and enums as the plain strings they are in the database."""
    if kind == "type" and isinstance(thing, Instant):
        return "Instant()"
    if kind == "type" and isinstance(thing, sa.Enum):
        return f"sa.String(length={thing.length})"
    return False


def written() -> str:
    """The migration's text."""
    with sa.create_engine("sqlite://").connect() as nothing:
        options = {"target_metadata": Base.metadata, "render_item": render_item}
        found = produce_migrations(MigrationContext.configure(nothing, opts=options), Base.metadata)
    up, down = (render_python_code(ops, render_item=render_item) for ops in (found.upgrade_ops, found.downgrade_ops) if ops)
    text = HEAD.format(up=_without_remarks(up), down=_without_remarks(down))
    shaped = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(PLACE), "-"],
        input=text,
        text=True,
        capture_output=True,
        check=True,
    )
    return shaped.stdout


def _without_remarks(code: str) -> str:
    return "\n".join(line for line in code.splitlines() if not line.strip().startswith("# ###")).strip()


if __name__ == "__main__":
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text(written())
    print(f"{PLACE.relative_to(Path.cwd())} is as the models are now.")
