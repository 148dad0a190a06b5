"""Buttons: press one, say so or say why not, go back to where it was; and offer to undo."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from portal.kernel.refusal import Forbidden, Refused
from portal.web.forms import said


def press(act: Callable[[], object], done: str, *, to: str) -> ResponseReturnValue:
    """Do what the button says; a refusal becomes a sentence on the page we go to, what is forbidden a page of its own."""
    try:
        act()
    except Forbidden:
        raise
    except Refused as refused:
        flash(said(refused), "warn")
        return redirect(to, 303)
    if done:
        flash(done, "done")
    return redirect(to, 303)


def say_with_undo(text: str, *, undo: str) -> None:
    """Say what was done, with a button beside it that takes it back."""
    flash({"text": text, "undo": undo}, "done")  # type: ignore[arg-type]  # our toast reads both
