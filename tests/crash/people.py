"""What people do while the portal is killed under them, and what they were told."""

from __future__ import annotations

import random
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from threading import Event, Lock, Thread

from tests.crash.browser import Browser, File, Over, Sent, at_once
from tests.crash.place import Place
from tests.crash.victim import LARGE, MEDIUM, PARTS
from tests.support.cast import PNG

SMALL = 250_000
NO_PICTURE = b"MZ\x90\0" + bytes(4000)


@dataclass
class Told:
    """What people were told, and what they saw that must not be."""

    kept: dict[str, tuple[str, str]] = field(default_factory=dict)  # by name: the thing, and the SHA-256 that was acknowledged
    removed: set[str] = field(default_factory=set)
    never: set[str] = field(default_factory=set)  # refused, or given up
    plain: set[str] = field(default_factory=set)
    handed_over: set[str] = field(default_factory=set)
    bytes: int = 0  # of files that were acknowledged
    others: int = 0  # what had to be sent of those that were refused or given up
    trouble: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


class Somebody:
    """A person who sends files for one thing after another until it is time to go home."""

    def __init__(self, place: Place, told: Told, sent: Sent, *, seed: int, home: Event, over: Event) -> None:
        self.place, self.told, self.home = place, told, home
        self.chance = random.Random(seed)
        self.browser = Browser(place, sent, over)
        self.number, self.seed = 0, seed
        self.part = PARTS[place.store_name]
        self.edges = [int(self.part * parts) for parts in (1, MEDIUM[place.store_name], LARGE[place.store_name])]
        self.thread = Thread(target=self._live, name=f"somebody-{seed}")

    def _live(self) -> None:
        try:
            while not self.home.is_set():
                self.send_for(self.place.thing())
        except Over as late:
            self._complain(f"was still waiting at the end: {late}")
        except Exception as trouble:
            self._complain(f"{type(trouble).__name__}: {trouble}"[:600])

    def _complain(self, words: str) -> None:
        with self.told.lock:
            self.told.trouble.append(f"somebody-{self.seed} {words}")

    def _file(self, ending: str, size: int) -> File:
        self.number += 1
        return File(f"{self.seed}-{self.number:04d}.{ending}", self.chance.randbytes(size))

    def _picture(self) -> File:
        """A picture like no other: one dot, and a word in its own chunk."""
        self.number += 1
        word = b"tEXt" + b"Comment\0" + self.chance.randbytes(8).hex().encode()
        chunk = struct.pack("!L", len(word) - 4) + word + struct.pack("!L", zlib.crc32(word))
        return File(f"{self.seed}-{self.number:04d}.png", PNG[:33] + chunk + PNG[33:])

    def send_for(self, thing: str) -> None:
        """Send everything a thing asks for: small files and large ones, one refused, one given up, one removed again; then hand it over."""
        files = [self._file("dat", self.chance.randrange(1, SMALL)) for _ in range(3)]
        files += [self._file("dat", self.chance.randrange(start + 1, end)) for start, end in pairwise(self.edges)]
        files.append(self._picture())
        refused, left = File(f"{self.seed}-{self.number}.jpg", NO_PICTURE + self.chance.randbytes(20)), self._file("mov", 2 * self.part + 9)
        everything = [*files, refused, left]
        rows = self.browser.announce(thing, *everything)
        with self.told.lock:
            self.told.never |= {refused.name, left.name}
            self.told.others += len(refused.content) + self.part
        works: list[Callable[[], object]] = [partial(self._bring, thing, file, row) for file, row in zip(files, rows, strict=False)]
        at_once([*works, partial(self._be_refused, refused, rows[-2]), partial(self._give_up, left, rows[-1])])
        self._plainly(thing, self._file("dat", 5000))
        self._remove(thing, files[0].name)
        self._look(thing)
        self._hand_over(thing)

    def _bring(self, thing: str, file: File, row: dict[str, object]) -> None:
        if not self.browser.bring(file, row):
            raise AssertionError(f"{file.name} was refused")
        self._kept(thing, file)

    def _kept(self, thing: str, file: File) -> None:
        with self.told.lock:
            self.told.kept[file.name] = (thing, file.sha256)
            self.told.bytes += len(file.content)

    def _be_refused(self, file: File, row: dict[str, object]) -> None:
        if self.browser.bring(file, row):
            raise AssertionError(f"{file.name} was taken")

    def _give_up(self, file: File, row: dict[str, object]) -> None:
        self.browser.bring_a_part(file, row)
        self.browser.give_up(row)

    def _plainly(self, thing: str, file: File) -> None:
        """The form without scripts: whoever gets no answer looks at the page, and sends again what is not there."""
        while True:
            answer = self.browser.post_plainly(thing, file)
            if answer and answer.status == 303:
                break
            assert answer is None or answer.status >= 500, answer
            if file.name in (self.browser.shown(thing) or {}):
                break
        self.told.plain.add(file.name)
        self._kept(thing, file)

    def _remove(self, thing: str, name: str) -> None:
        while off := (self.browser.shown(thing) or {}).get(name):
            self.browser.press(off)
        with self.told.lock:
            self.told.removed.add(name)

    def _look(self, thing: str) -> None:
        """The page shows what we were told that the portal has, and nothing else."""
        shown, wanted = set(self.browser.shown(thing) or {}), {name for name, (where, _) in self.told.kept.items() if where == thing}
        if shown != wanted - self.told.removed:
            self._complain(f"sees {sorted(shown)} and was told {sorted(wanted - self.told.removed)}")

    def _hand_over(self, thing: str) -> None:
        while self.browser.shown(thing) is not None:
            self.browser.press(f"/items/{thing}/files", act="send", note="")
        with self.told.lock:
            self.told.handed_over.add(thing)


class Onlooker:
    """A colleague who opens pages all the time: whatever they show as saved has to be there, whole.

    What killed the worker again and again is parked, which staff see; the colleague puts it on its way again.
    """

    def __init__(self, place: Place, told: Told, *, home: Event) -> None:
        self.place, self.told, self.home = place, told, home
        self.put_on_again = 0
        self._known: set[str] = set()
        self.thread = Thread(target=self._live, name="onlooker")

    def _live(self) -> None:
        while not self.home.is_set():
            time.sleep(0.3)
            self.look()
            self.put_on_again += self.place.put_on_again()

    def look(self) -> None:
        """Hash whatever is new among the rows that pages show."""
        for row in self.place.rows():
            if str(row.id) in self._known:
                continue
            self._known.add(str(row.id))
            if not self.place.bytes_are_those_of(row):
                with self.told.lock:
                    self.told.trouble.append(f"{row.name} is shown and its bytes are not there")
