"""Commands on the machine the portal runs on."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Attach the commands."""
