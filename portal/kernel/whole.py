"""What makes a record whole. The portal asks this of its database, and `verify.py` in a download asks the very same of its files.

This file goes into every download (see portal/kinds/record/bundling.py), so it needs nothing but Python 3.8 or newer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from portal.kernel.adding_up import Agreements
from portal.kernel.spelling import fingerprint, linked, sealed, spelled, words_in

WHOLE, CHANGED, CUT, UNREADABLE = 0, 1, 2, 3
FIRST = "0" * 64
HANDED, VERSION, FILE, DECISION, TAKEN_BACK, HEARD = "hand-over", "version", "file", "decision", "taken back", "heard"
CONSENT, ENDED = "consent", "consent ended"
DOMAINS = {HANDED: "hand_over", VERSION: "approval"}
EVENTS = "events/"
PLACE = frozenset({"seq", "prev_hash", "hash"})
OPEN, CLOSED = PLACE | {"salt", "content", "detail"}, PLACE | {"body"}
CHANGES = frozenset({"item.changed", "contact.ended", "contact.changed"})
KEPT = CHANGES | frozenset(
    {"item.handed_over", "version.presented", "file.added", "receipt.handed_out", "silence.agreed", "silence.withdrawn"}
)
DECIDED = frozenset({"decision.made", "decision.deemed", "decision.taken_back", "decision.heard", "decision.denied", "decision.unheard"})


class Trouble(NamedTuple):
    """Something that is not as it was recorded, in a sentence; `about` names the part that it explains."""

    code: int
    words: str
    about: str = ""


class Unreadable(Exception):
    """This is no record, or not enough of one to look into."""


class Record:
    """What there is to look into. The portal reads it from its database, this program from a download."""

    is_all = False

    def heads(self) -> dict[str, tuple[int, str]]:
        """For every chain the number and the hash of its last entry, as they are kept apart from it."""
        raise NotImplementedError

    def entries(self, chain: str) -> Iterable[dict[str, Any]]:
        """The entries of a chain in their order."""
        raise NotImplementedError

    def rows(self, name: str) -> Iterable[dict[str, Any]]:
        """The rows beside the chains: `snapshots`, `files`, `decisions`, `heard`, `agreed` or `consents`."""
        raise NotImplementedError

    def lacks(self, name: str) -> bool:
        """Whether it is older than such rows."""
        return False

    def anchors(self) -> Iterable[dict[str, Any]]:
        """What was written down elsewhere of the ends of chains."""
        raise NotImplementedError

    def bytes_differ(self, row: dict[str, Any]) -> str:
        """Why the bytes of a file are not those of its row; empty when they are, or are not here."""
        return ""


class Memory:
    """What the chains say of things whose rows lie beside them."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], str] = {}
        self.presented: dict[str, str] = {}
        self.shown: dict[str, str] = {}
        self.receipts: dict[str, str] = {}
        self.answered: dict[str, tuple[str, str, str | None]] = {}
        self.agreements = Agreements()
        self.is_cut = False

    def keep(self, content: dict[str, Any], told: str | None) -> str:
        """Remember an entry; what is wrong with it in itself."""
        kind, item = content["kind"], content["item"]
        if kind in DECIDED:
            return self._decided(kind, content, json.loads(content["facts"]), told)
        if kind not in KEPT:
            return ""
        facts = json.loads(content["facts"])
        if kind == "item.handed_over":
            self.known[HANDED, f"{facts['round']} of item {item}"] = facts["hash"]
        elif kind == "version.presented":
            self.known[VERSION, f"{facts['n']} of item {item}"] = self.presented[facts["version"]] = facts["hash"]
            self.agreements.presented(item, facts["n"], facts["version"])
        elif kind == "silence.agreed":
            self.known[CONSENT, facts["agreement"]] = f"{content['actor']} {content['project']} {facts['consent']}"
        elif kind == "silence.withdrawn":
            self.known[ENDED, facts["agreement"]] = ""
        elif kind == "item.changed":
            self.agreements.changed(item, facts.get("others", True))
        elif kind in ("contact.ended", "contact.changed"):
            self.agreements.moved(facts["person"])
        elif kind == "receipt.handed_out":
            self.receipts[facts["hash"]] = facts["decision"]
        else:
            self.known[FILE, content["object"]] = facts["hash"]
        return ""

    def _decided(self, kind: str, content: dict[str, Any], facts: dict[str, Any], told: str | None) -> str:
        """Remember what was decided, or is said to have been, and what became of it."""
        if kind in ("decision.made", "decision.deemed"):
            self.known[DECISION, facts["decision"]] = _decision(content["actor"], facts, told)
            self.agreements.decided(facts["version"], facts["decision"], facts["choice"], str(facts.get("seat", content["actor"])))
            if "heard" in facts:
                self.answered[facts["heard"]] = ("confirmed", facts["decision"], "")
            if self.presented.get(facts["version"]) != facts["hash"]:
                return "it decides on a version that was not presented"
        elif kind == "decision.taken_back":
            self.known[TAKEN_BACK, facts["decision"]] = ""
            self.agreements.taken_back(facts["decision"])
        elif kind == "decision.heard":
            self.known[HEARD, facts["heard"]] = _heard(content["item"], content["actor"], facts, words_in(told))
            if facts["version"] not in self.presented:
                return "it speaks of a version that was not presented"
        else:
            self.answered[facts["heard"]] = ("denied", "", words_in(told)) if kind == "decision.denied" else ("withdrawn", "", "")
        return ""


def troubles(record: Record, more: Iterable[dict[str, Any]] = (), receipts: Iterable[tuple[str, str]] = ()) -> Iterator[Trouble]:
    """Everything that is not as it was recorded, chain by chain; `more` are anchors that somebody else kept, `receipts` papers: each a
    name and its SHA-256."""
    memory, heads = Memory(), record.heads()
    anchored: dict[str, dict[int, list[dict[str, Any]]]] = {}
    try:
        for anchor in [*more, *record.anchors()]:
            anchored.setdefault(anchor["chain"], {}).setdefault(anchor["seq"], []).append(anchor)
    except Unreadable as broken:
        yield Trouble(CHANGED, f"{broken}.", "anchors.jsonl")
    for chain in sorted(heads):
        try:
            yield from _chain(record.entries(chain), chain, heads[chain], memory, anchored.pop(chain, {}))
        except Unreadable as broken:
            yield Trouble(CHANGED, f"chain {chain}: {broken}", f"{EVENTS}{chain}.jsonl")
    for chain, places in anchored.items() if record.is_all else ():
        yield Trouble(CUT, f"chain {chain}: all of it is gone, and it had {max(places)} entries.")
    for name, look in LOOKS.items():
        try:
            for row in () if record.lacks(name) else record.rows(name):
                for code, words in look(row, memory, record):
                    yield Trouble(code, words, f"{name}.jsonl")
        except (Unreadable, KeyError, TypeError, ValueError) as broken:
            words = str(broken) if isinstance(broken, Unreadable) else "a row is not what it should be"
            yield Trouble(CHANGED, f"{name}: {words}.", f"{name}.jsonl")
    for name, which in memory.known:
        if name not in (TAKEN_BACK, ENDED) and not (name == CONSENT and record.lacks("consents")):
            yield Trouble(CHANGED, f"{name} {which}: it is recorded, but it is not here.")
    for name, found in receipts:
        if found not in memory.receipts:
            yield Trouble(CHANGED, f"receipt {name}: no such paper was handed out. It was changed, or is younger than this record.")


def _chain(
    entries: Iterable[dict[str, Any]], chain: str, head: tuple[int, str], memory: Memory, anchored: dict[int, list[dict[str, Any]]]
) -> Iterator[Trouble]:
    last_seq, last_hash = 0, FIRST
    for entry in entries:
        where, faults = str(last_seq + 1), ["it is not what an entry should be"]
        try:
            faults = list(_entry(entry, chain, last_seq, last_hash, memory))
            others = [anchor for anchor in anchored.get(entry["seq"], ()) if anchor["hash"] != entry["hash"]]
            faults += [f"it is not the one that was written down on {anchor['day']}" for anchor in others]
            if faults:
                where = str(entry["seq"]) + (f" ({entry['content']['kind']})" if "content" in entry else "")
            last_seq, last_hash = entry["seq"], entry["hash"]
        except (KeyError, TypeError, ValueError, AttributeError):
            last_seq += 1
        for fault in faults:
            yield Trouble(CHANGED, f"chain {chain}, entry {where}: {fault}.", f"{EVENTS}{chain}.jsonl")
    if (last_seq, last_hash) != head:
        short = f": entries up to {head[0]} are missing" if last_seq < head[0] else ""
        memory.is_cut = memory.is_cut or bool(short)
        words = f"chain {chain}: its head does not name its last entry, {last_seq}{short}."
        yield Trouble(CUT if short else CHANGED, words, f"{EVENTS}{chain}.jsonl")
    for seq in sorted(anchored):
        if seq > last_seq:
            memory.is_cut = True
            words = f"chain {chain}: it ends with entry {last_seq}, but on {anchored[seq][0]['day']} it had {seq}: its end was cut off."
            yield Trouble(CUT, words, f"{EVENTS}{chain}.jsonl")


def _entry(entry: dict[str, Any], chain: str, last_seq: int, last_hash: str, memory: Memory) -> Iterator[str]:
    """What is wrong with one entry. One that is closed to the reader shows only the seal over what it says, and still has its place."""
    content, detail, seq = entry.get("content"), entry.get("detail"), entry["seq"]
    if not isinstance(seq, int) or not isinstance(entry["hash"], str):
        raise TypeError("no place in a chain")
    if seq != last_seq + 1:
        yield f"the entries before it are missing, the last one is {last_seq}"
    elif entry["prev_hash"] != last_hash:
        yield "it does not follow the entry before it"
    body = entry["body"] if content is None else sealed(entry["salt"], spelled(content))
    known = CLOSED if content is None else OPEN
    if entry["hash"] != linked(chain, seq, entry["prev_hash"], body) or not known.issuperset(entry):
        yield "it was changed"
        return
    if content is None:
        return
    if detail and sealed(detail["salt"], detail["data"]) != content["detail_hash"]:
        yield "its names and sentences were changed"
    wrong = memory.keep(content, detail["data"] if detail else None)
    if wrong:
        yield wrong


def _frozen(row: dict[str, Any], memory: Memory, _: Record) -> Iterator[tuple[int, str]]:
    """What was frozen has to fit both its own hash and the one in the chain."""
    which = f"{row['n']} of item {row['item']}"
    if row["sha256"] != fingerprint(DOMAINS[row["what"]], row["text"]):
        yield CHANGED, f"{row['what']} {which}: its content was changed."
    elif row["what"] == VERSION:
        told = json.loads(row["text"])
        memory.shown.update({file["id"]: file["sha256"] for file in told["files"]})
        memory.agreements.frozen(told)
    recorded = memory.known.pop((row["what"], which), None)
    if recorded != row["sha256"]:
        yield _unless_cut(memory, recorded), f"{row['what']} {which}: the record knows nothing of it."


def _kept(row: dict[str, Any], memory: Memory, record: Record) -> Iterator[tuple[int, str]]:
    """A file has to be the one that came, or the one that was shown; and its bytes, where they are here, have to be its own."""
    shown = memory.shown.get(row["id"])
    recorded = memory.known.pop((FILE, row["id"]), shown)
    if recorded != row["sha256"] or shown not in (None, row["sha256"]):
        yield _unless_cut(memory, recorded), f"{FILE} {row['id']}: the record knows nothing of it."
    differs = record.bytes_differ(row)
    if differs:
        yield CHANGED, f"{FILE} {row['id']}: {differs}."


def _decided(row: dict[str, Any], memory: Memory, _: Record) -> Iterator[tuple[int, str]]:
    """Each decision has to say what the chain says; its words and evidence too, as long as they are not erased there."""
    recorded = memory.known.pop((DECISION, row["id"]), None)
    told = spelled({**row["evidence"], "words": row["words"]})
    if recorded is None:
        yield _unless_cut(memory, recorded), f"{DECISION} {row['id']}: the record knows nothing of it."
    elif recorded not in (_decision(row["person"], row, said) for said in (told, None)):
        yield CHANGED, f"{DECISION} {row['id']}: it was changed."
    taken_back = memory.known.get((TAKEN_BACK, row["id"]))
    if bool(row["taken_back"]) != (taken_back is not None):
        yield _unless_cut(memory, taken_back), f"{DECISION} {row['id']}: the record says otherwise of its being taken back."


def _noted(row: dict[str, Any], memory: Memory, _: Record) -> Iterator[tuple[int, str]]:
    """What somebody is said to have decided has to be what was noted then, and to have ended as they answered it, or to be open."""
    recorded = memory.known.pop((HEARD, row["id"]), None)
    if recorded is None:
        yield _unless_cut(memory, recorded), f"{HEARD} {row['id']}: the record knows nothing of it."
    elif recorded not in (_heard(row["item"], row["by"], row, said) for said in (row["words"], None)):
        yield CHANGED, f"{HEARD} {row['id']}: it was changed."
    answered = memory.answered.get(row["id"])
    outcome, decision, words = answered or ("", "", "")
    if (row["outcome"], row["decision"]) != (outcome, decision) or words not in (row["answer"], None):
        yield _unless_cut(memory, answered and outcome), f"{HEARD} {row['id']}: the record says otherwise of what became of it."


def _added(row: dict[str, Any], memory: Memory, _: Record) -> Iterator[tuple[int, str]]:
    """What a project's page says is agreed has to follow from what was decided."""
    for fault in memory.agreements.faults(row):
        yield CUT if memory.is_cut else CHANGED, f"agreed in project {row['project']}: {fault}."


def _consented(row: dict[str, Any], memory: Memory, _: Record) -> Iterator[tuple[int, str]]:
    """Who agreed to which text about silence, and whether it was ended, has to be what was recorded; the text has to be that one."""
    recorded, ended = memory.known.pop((CONSENT, row["id"]), None), memory.known.get((ENDED, row["id"]))
    if recorded != f"{row['person']} {row['project']} {row['consent']}" or bool(row["ended"]) != (ended is not None):
        yield _unless_cut(memory, recorded), f"{CONSENT} {row['id']}: the record says otherwise of it."
    elif "text" in row and hashlib.sha256(row["text"].encode("utf-8", "surrogatepass")).hexdigest() != row["consent"]:
        yield CHANGED, f"{CONSENT} {row['id']}: its text was changed."


LOOKS = {"snapshots": _frozen, "files": _kept, "decisions": _decided, "heard": _noted, "agreed": _added, "consents": _consented}


def _unless_cut(memory: Memory, recorded: str | None) -> int:
    """What a cut-off end leaves without an entry was not changed by anybody."""
    return CUT if memory.is_cut and recorded is None else CHANGED


def _decision(person: object, of: dict[str, Any], told: str | None) -> str:
    proven = f"{of.get('proof', '')} {of.get('consent', '')}"
    return f"{person} {of.get('seat', person)} {of['version']} {of['choice']} {of['at']} {proven} {told or ''}"


def _heard(item: object, by: object, of: dict[str, Any], words: str | None) -> str:
    return f"{item} {by} {of['version']} {of['person']} {of['choice']} {of['way']} {of['said_on']} {spelled(words)}"
