"""Where request bodies wait: small files in memory, large ones on the data disk and not in a small /tmp."""

from __future__ import annotations

import tempfile
from typing import IO

import flask
from flask import current_app

IN_MEMORY = 512 * 1024


class Request(flask.Request):
    """A request whose uploaded files are spooled to the data disk."""

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None, content_length: int | None = None
    ) -> IO[bytes]:
        return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, mode="rb+", dir=current_app.config["SPOOL"])
