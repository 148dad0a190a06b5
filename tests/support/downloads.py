"""Downloads of the record: made as the portal makes them, taken apart, and put together again by somebody who means no good."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from flask import Flask

from portal.kernel.db import open_session
from portal.kernel.verifying import look
from portal.kernel.viewer import SYSTEM
from portal.kernel.whole import Trouble
from portal.kinds.record.bundling import Bundle, Taken
from portal.kinds.record.proving import steady
from portal.kinds.record.signing import signing_key

Parts = dict[str, bytes]


def download(app: Flask, client_id: UUID | None = None, *, closed: bool = False, files: bool = False) -> Parts:
    """The parts of a download."""
    with app.app_context():
        open_session(SYSTEM, writes=True)
        key = signing_key()
        open_session(SYSTEM, writes=False)
        steady()
        record = Taken(client_id, closed=closed)
        record.with_files = files
        return {name: b"".join(pieces) for name, pieces in Bundle(record, key=key, firm="Halden", client="Birch").parts()}


def packed(parts: Mapping[str, bytes], path: Path) -> Path:
    """Parts in a zip."""
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def checked(parts: Mapping[str, bytes], folder: Path, *, anchors: Path | None = None, key: str = "") -> list[Trouble]:
    """What the checking program finds in them."""
    return look(packed(parts, folder / "record.zip"), anchors, key)[0]
