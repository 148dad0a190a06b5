"""Is this record whole? Checks a downloaded record with nothing but Python (3.8 or newer), and without asking anybody.

    python3 verify.py RECORD.zip [--anchors FILE] [--key KEY] [--receipt PDF]

RECORD.zip may also be a folder with what was in it; without a name it is the folder this file lies in. FILE holds anchors, one a line,
as the firm writes them down every day, or is its mail with them (.eml), or an older download. KEY is the public key that somebody told you.
PDF is a receipt of a decision: is it one that the portal handed out, to the last byte? It may be named more than once.
It ends with 0: whole, 1: something was changed, 2: the end of it was cut off, 3: it cannot be read.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import hashlib
import io
import json
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from portal.kernel.ed25519 import is_signed
from portal.kernel.whole import CHANGED, CUT, EVENTS, UNREADABLE, WHOLE, Record, Trouble, Unreadable, troubles

MANIFEST, SIGNATURE, AT_ONCE, MOST_SAID = "manifest.json", "manifest.sig", 1 << 20, 20
YOUNGER = frozenset({"agreed", "consents"})
DAMAGED = (ValueError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile)


class Download(Record):
    """A record in a zip or in a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = None if path.is_dir() else zipfile.ZipFile(path)
            self.raw = self.read(MANIFEST)
            self.told = json.loads(self.raw)
            self.is_all = bool(self.told["all"])
            self._heads = {chain: (head["seq"], head["hash"]) for chain, head in self.told["heads"].items()}
            self.members: dict[str, dict[str, Any]] = dict(self.told["members"])
            ends, parts = self.told["heads"].values(), self.members.values()
            texts = [self.told["made_at"], self.told["public_key"], *(end["hash"] for end in ends), *(part["sha256"] for part in parts)]
            numbers = [*(end["seq"] for end in ends), *(part["bytes"] for part in parts)]
            if not all(isinstance(text, str) for text in texts) or not all(isinstance(number, int) for number in numbers):
                raise ValueError("it is not what a list of parts should be")
        except (OSError, KeyError, TypeError, AttributeError, *DAMAGED) as trouble:
            raise Unreadable(f"{path} is no record whose {MANIFEST} can be read ({trouble})") from None

    def names(self) -> list[str]:
        """Everything that is in it."""
        if self._zip:
            return [name for name in self._zip.namelist() if not name.endswith("/")]
        found = [place.relative_to(self.path) for place in self.path.rglob("*") if place.is_file()]
        return sorted(place.as_posix() for place in found if not place.name.startswith("."))

    def open(self, name: str) -> Any:
        """The bytes of one part."""
        return self._zip.open(name) if self._zip else (self.path / name).open("rb")

    def read(self, name: str) -> bytes:
        """All bytes of a small part."""
        with self.open(name) as stream:
            return bytes(stream.read())

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a part; raises Unreadable where one is none."""
        n = 1
        try:
            with io.BufferedReader(self.open(name), AT_ONCE) as stream:
                for line in stream:
                    yield json.loads(line)
                    n += 1
        except (KeyError, OSError):
            raise Unreadable(f"{name} is not here") from None
        except DAMAGED:
            raise Unreadable(f"line {n} of {name} cannot be read: it was changed") from None

    def heads(self) -> dict[str, tuple[int, str]]:
        """The ends of the chains, as the signed list of parts has them."""
        return self._heads

    def entries(self, chain: str) -> Iterator[dict[str, Any]]:
        """The entries of a chain in their order."""
        return self.lines(f"{EVENTS}{chain}.jsonl")

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows beside the chains."""
        return self.lines(f"{name}.jsonl")

    def lacks(self, name: str) -> bool:
        """Older downloads say nothing of what is agreed."""
        return name in YOUNGER and f"{name}.jsonl" not in self.members

    def anchors(self) -> list[dict[str, Any]]:
        """What the firm had written down elsewhere when this was downloaded."""
        return checked_anchors(self.lines("anchors.jsonl"))

    def bytes_differ(self, row: dict[str, Any]) -> str:
        """Why the bytes of a file are not those of its row."""
        path = row["path"]
        if not path:
            return ""
        found = self.members.get(path)
        return "" if found and found["sha256"] == row["sha256"] and found["bytes"] == row["bytes"] else f"{path} is another file"

    def parts(self, blamed: set[str]) -> Iterator[Trouble]:
        """Whether every part is there as it was signed for, and no other. What was blamed already is not named twice."""
        names = self.names()
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Trouble(CHANGED, f"{name} is in it twice.")
        for name in sorted(set(names) - set(self.members) - {MANIFEST, SIGNATURE}):
            yield Trouble(CHANGED, f"{name} was put in afterwards.")
        for name, told in sorted(self.members.items()):
            if name not in names:
                yield Trouble(CHANGED, f"{name} is missing.")
            elif name not in blamed and self.sum_of(name) != told["sha256"]:
                yield Trouble(CHANGED, f"{name} was changed.")

    def sum_of(self, name: str) -> str:
        """The SHA-256 of a part; empty when it is damaged."""
        found = hashlib.sha256()
        try:
            with self.open(name) as stream:
                for piece in iter(lambda: stream.read(AT_ONCE), b""):
                    found.update(piece)
        except (OSError, *DAMAGED):
            return ""
        return found.hexdigest()

    def signature(self, key: str) -> Iterator[Trouble]:
        """Whether the list of parts is signed, and with the key that was told."""
        public = str(self.told.get("public_key"))
        try:
            text = self.read(SIGNATURE).decode()
            signed = is_signed(self.raw, text[:-1] if text.endswith("\n") else text, public)
        except (KeyError, OSError, *DAMAGED):
            signed = False
        if not signed:
            yield Trouble(CHANGED, f"{MANIFEST} was changed: the signature in {SIGNATURE} is not for it.")
        if key and key.lower() != public:
            yield Trouble(CHANGED, f"It is signed with another key, {public}.")


def checked_anchors(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Anchors that are what anchors should be; raises Unreadable."""
    found = list(lines)
    try:
        if all(isinstance(line["seq"], int) and isinstance(line["chain"] + line["hash"] + line["day"], str) for line in found):
            return found
    except (KeyError, TypeError):
        pass
    raise Unreadable("the anchors are not what anchors should be")


def read_anchors(path: Path) -> list[dict[str, Any]]:
    """Anchors from a file with one a line, or from an older download, whose ends are anchors too."""
    if path.is_dir() or zipfile.is_zipfile(path):
        older = Download(path)
        day = older.told["made_at"][:10]
        return [{"chain": chain, "seq": seq, "hash": end, "day": day} for chain, (seq, end) in older.heads().items() if seq]
    try:
        lines = [line[line.index("{") :] for line in _text(path).splitlines() if "{" in line]
        return checked_anchors(json.loads(line) for line in lines)
    except (OSError, ValueError):
        raise Unreadable(f"{path} cannot be read as anchors") from None


def _text(path: Path) -> str:
    """What a file says: as it is, or, of a mail that was saved, its plain words."""
    if path.suffix.lower() != ".eml":
        return path.read_text("utf-8")
    words = email.message_from_bytes(path.read_bytes(), policy=email.policy.default).get_body(("plain",))
    return str(words.get_content()) if words else ""


def look(path: Path, anchors: Path | None = None, key: str = "", receipts: Sequence[Path] = ()) -> tuple[list[Trouble], Download]:
    """Everything that is wrong with a download, the first broken entry first; raises Unreadable."""
    download = Download(path)
    found = list(troubles(download, read_anchors(anchors) if anchors else (), read_receipts(receipts)))
    found += download.parts({trouble.about for trouble in found})
    found += download.signature(key)
    return found, download


def read_receipts(paths: Iterable[Path]) -> list[tuple[str, str]]:
    """The name and the SHA-256 of each paper; raises Unreadable."""
    try:
        return [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths]
    except OSError as trouble:
        raise Unreadable(f"{trouble.filename} cannot be read") from None


def verdict(found: Sequence[Trouble]) -> int:
    """The number to end with."""
    codes = {trouble.code for trouble in found}
    return CHANGED if CHANGED in codes else CUT if CUT in codes else WHOLE


def _compared(download: Download, elsewhere: Path | None) -> str:
    """With which ends it was compared, and what this program cannot say of them."""
    own = f"Compared with the ends written down day by day: {len(download.anchors())} in it"
    if elsewhere is None:
        return f"{own}, none from elsewhere; without --anchors nobody can say that it was not all written anew.\n"
    stamps = "Whether a time-stamp (.tsr) is for such a file, and who signed it, says: openssl ts -verify -data FILE -in TSR -CAfile CA"
    return f"{own}, {len(read_anchors(elsewhere))} in {elsewhere.name}.\n{stamps}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Look, and say in words what was found."""
    here = Path(sys.argv[0]).resolve().parent
    asked = argparse.ArgumentParser(description="Is this record whole?")
    asked.add_argument("record", nargs="?", type=Path, default=here, help="the zip, or a folder with its parts")
    asked.add_argument("--anchors", type=Path, help="ends of chains that were written down elsewhere, or an older download")
    asked.add_argument("--key", default="", help="the public key that the signature has to be made with")
    asked.add_argument("--receipt", type=Path, action="append", default=[], help="a receipt (PDF) that was handed out")
    given = asked.parse_args(arguments)
    try:
        found, download = look(given.record, given.anchors, given.key, given.receipt)
    except Unreadable as why:
        sys.stdout.write(f"UNREADABLE: {why}.\n")
        return UNREADABLE
    code = verdict(found)
    for trouble in found[:MOST_SAID]:
        sys.stdout.write(f"{'CUT OFF' if trouble.code == CUT else 'CHANGED'}: {trouble.words}\n")
    if len(found) > MOST_SAID:
        sys.stdout.write(f"… and {len(found) - MOST_SAID} more.\n")
    if not found:
        ends = [seq for seq, _ in download.heads().values()]
        chains = f"{len(ends)} chains" if len(ends) > 1 else "one chain"
        sys.stdout.write(f"WHOLE: {sum(ends)} entries in {chains}, as they were written down.\n")
        if given.receipt:
            sys.stdout.write(f"Receipts that were handed out just like that: {len(given.receipt)} of {len(given.receipt)}.\n")
        sys.stdout.write(_compared(download, given.anchors))
        sys.stdout.write(f"It was made at {download.told['made_at']} and signed with the key {download.told['public_key']}.\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
