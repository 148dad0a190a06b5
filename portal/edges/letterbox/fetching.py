"""Takes mails out of an IMAP mailbox: each unread one is filed first and marked as read then, so that none is lost in between."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote, urlsplit

from flask import Flask

from portal.edges.letterbox.filing import MOST_BYTES, Fate, file_mail
from portal.kernel.db import db

SECONDS_TO_WAIT = 20.0
MOST_AT_ONCE = 50
MOST_TRIED = 500  # those that cannot be filed stay unread, and must not stand before all others for ever
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def fetch_mail(app: Flask) -> dict[Fate, int]:
    """File what is unread; how many mails came to what. Trouble with one never stops the others."""
    done: dict[Fate, int] = {}
    url = app.config["IMAP_URL"]
    if not url:
        return done
    with app.app_context():
        try:
            with _mailbox(url) as box:
                for number in _unread(box)[:MOST_TRIED]:
                    if sum(done.values()) == MOST_AT_ONCE:
                        break
                    fate = _take(app, box, number)
                    if fate:
                        done[fate] = done.get(fate, 0) + 1
        except (imaplib.IMAP4.error, OSError) as trouble:
            app.logger.warning("the mailbox cannot be read: %s; the next minute tries again", trouble)
        finally:
            db.session.remove()
    return done


def _take(app: Flask, box: imaplib.IMAP4, number: str) -> Fate | None:
    raw = _bytes_of(box, number)
    if raw is None:
        return None
    try:
        fate = file_mail(raw)
    except Exception:  # it stays unread, and comes again
        app.logger.exception("a mail could not be filed; the next minute tries again")
        return None
    box.uid("STORE", number, "+FLAGS", r"(\Seen)")
    return fate


def _unread(box: imaplib.IMAP4) -> list[str]:
    _, found = box.uid("SEARCH", "UNSEEN")
    return [number.decode() for number in (found[0] or b"").split()] if found else []


def _bytes_of(box: imaplib.IMAP4, number: str) -> bytes | None:
    """The mail, or only its beginning where it is too large to be taken in."""
    _, parts = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)")
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


@contextmanager
def _mailbox(url: str) -> Iterator[imaplib.IMAP4]:
    """A mailbox that is open: imaps://user:password@host:993/folder; only this very machine is spoken to in the clear unasked."""
    parts = urlsplit(url)
    host, tls = parts.hostname or "", parse_qs(parts.query).get("tls", [""])[0]
    box: imaplib.IMAP4
    if parts.scheme == "imaps":
        box = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=ssl.create_default_context(), timeout=SECONDS_TO_WAIT)
    else:
        box = imaplib.IMAP4(host, parts.port or 143, timeout=SECONDS_TO_WAIT)
    try:
        if parts.scheme == "imap" and tls != "none" and host not in _THIS_MACHINE:
            box.starttls(ssl.create_default_context())
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.lstrip("/")) or "INBOX"
        status, _ = box.select(f'"{folder}"')
        if status != "OK":
            raise imaplib.IMAP4.error(f"there is no folder {folder}")
        yield box
    finally:
        try:
            box.logout()
        except (imaplib.IMAP4.error, OSError):
            box.shutdown()
