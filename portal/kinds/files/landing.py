"""Where files land, however they come: on an item, in the next version of a decision, among what we lay ready to give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import find
from portal.kernel.viewer import Viewer
from portal.kinds import life, reading
from portal.kinds.approvals import kind as approvals
from portal.kinds.files import incoming, laying, room
from portal.kinds.files.incoming import Arrived, Bound, for_item
from portal.kinds.files.kind import FileSpec, files_by_question, files_of, how_many, spec_of
from portal.kinds.questionnaires import verdicts
from portal.kinds.questionnaires.kind import file_spec, question_for_files
from portal.models import may
from portal.models.definition.shape import Question
from portal.models.files import FromSide, Incoming, Upload
from portal.models.helping import FILES
from portal.models.item_states import WITH_CLIENT, ItemState
from portal.models.items import SAID_YES, Item
from portal.models.projects import Project

MOST_IN_A_VERSION = 30
MOST_OF_A_VERSION = 100_000_000  # bytes, as the page says
ONE_FILE = N_("A new version is one file. Choose just one.")
REPLACED = N_("This file was removed, or has a newer version already. Nothing was changed.")


class Landing(Protocol):
    """A place for files: what it is to their rows, what fits, who may bring them, and what happens when they are here."""

    @property
    def bound(self) -> Bound:
        """What the rows of these files say."""

    @property
    def spec(self) -> FileSpec:
        """What fits here."""

    def may_add(self, count: int, *, by: Viewer) -> None:
        """Refuse before any byte is read: not theirs to do, not now, or too many."""

    def keep(self, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
        """Write the rows of files whose bytes are safe; from now on we have them."""

    def files(self) -> list[Upload]:
        """What lies here now."""


@dataclass(frozen=True)
class OnItem:
    """What a client sends for an item; with `replaces_id` the next version of one file."""

    item: Item
    replaces_id: UUID | None = None

    @property
    def bound(self) -> Bound:
        """The item, from the client's side."""
        return for_item(self.item, side=FromSide.CLIENT, replaces_id=self.replaces_id)

    @property
    def spec(self) -> FileSpec:
        """What the item asks for."""
        return spec_of(self.item)

    def may_add(self, count: int, *, by: Viewer) -> None:
        """Only those who work on it or were asked for its files, while it waits for them; a newer version takes the place of anybody's."""
        require(not self.item.kind.is_decision)
        if self.replaces_id:
            reading.need_worker(self.item, by=by)
        reading.need_answerer(self.item, (FILES,), by=by)
        if self.item.state not in WITH_CLIENT:
            raise Refused(N_("This has been sent already. Take it back first if you want to change it."))
        most = self.spec.max_count
        if self.replaces_id:
            _need_one(count, there=any(file.id == self.replaces_id for file in files_of(self.item.id)))
        elif how_many(self.item.id) + count > most:
            raise Refused(N_("At most %(max)s files fit here. Remove some first, or choose fewer."), status=422, max=most)

    def keep(self, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
        """Keep them; the item is begun."""
        return _keep_and_start(self, arrived, by=by)

    def files(self) -> list[Upload]:
        """The client's files."""
        return files_of(self.item.id)


@dataclass(frozen=True)
class OnQuestion:
    """What a client sends as the answer to a question of an item."""

    item: Item
    question: Question

    @property
    def bound(self) -> Bound:
        """The question, from the client's side."""
        return for_item(self.item, side=FromSide.CLIENT, question=self.question.key)

    @property
    def spec(self) -> FileSpec:
        """What the item asks of files, and the question of their number."""
        return file_spec(self.item, self.question)

    def may_add(self, count: int, *, by: Viewer) -> None:
        """Only those who work on it, while it waits for them."""
        reading.need_answerer(self.item, (self.question.key,), by=by)
        if self.item.state not in WITH_CLIENT:
            raise Refused(N_("This has been sent already. Take it back first if you want to change it."))
        verdicts.need_open(self.item, self.question.key)
        most = self.spec.max_count
        if len(self.files()) + count > most:
            raise Refused(N_("At most %(max)s files fit here. Remove some first, or choose fewer."), status=422, max=most)

    def keep(self, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
        """Keep them; the item is begun."""
        return _keep_and_start(self, arrived, by=by)

    def files(self) -> list[Upload]:
        """The files that answer it."""
        return files_by_question([self.item.id])[self.item.id].get(self.question.key, [])


@dataclass(frozen=True)
class InVersion:
    """What staff lay ready for the next version of a decision."""

    item: Item

    @property
    def bound(self) -> Bound:
        """The item, from our side."""
        return for_item(self.item, side=FromSide.FIRM)

    @property
    def spec(self) -> FileSpec:
        """Any kind of file, not too large to look at."""
        return FileSpec(max_bytes=MOST_OF_A_VERSION, max_count=MOST_IN_A_VERSION)

    def may_add(self, count: int, *, by: Viewer) -> None:
        """Only staff, until the client has said yes."""
        require(may.run_clients(by) and self.item.kind.is_decision)
        if self.item.state is ItemState.ACCEPTED:
            raise Refused(SAID_YES)
        if len(approvals.ready_files(self.item.id)) + count > MOST_IN_A_VERSION:
            raise Refused(
                N_("At most %(max)s files fit into a version. Remove some first, or choose fewer."), status=422, max=MOST_IN_A_VERSION
            )

    def keep(self, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
        """Keep them; nobody outside knows of them yet."""
        return _keep_checked(self, arrived, by=by)

    def files(self) -> list[Upload]:
        """What lies ready."""
        return approvals.ready_files(self.item.id)


@dataclass(frozen=True)
class ToGive:
    """What staff lay ready in a project to give it to the client; with `replaces_id` the next version of a file given before."""

    project: Project
    replaces_id: UUID | None = None

    @property
    def bound(self) -> Bound:
        """The project, from our side."""
        return Bound(self.project.client_id, self.project.id, replaces_id=self.replaces_id)

    @property
    def spec(self) -> FileSpec:
        """Anything."""
        return FileSpec(max_bytes=room.most_per_file(), max_count=laying.MOST_FILES)

    def may_add(self, count: int, *, by: Viewer) -> None:
        """Only staff, while the client sees the project."""
        laying.may_give(self.project, count, by=by)
        if self.replaces_id:
            newer = any(file.replaces_id == self.replaces_id for file in laying.ready(self.project.id))
            _need_one(count, there=not newer and laying.was_given(self.project, self.replaces_id) is not None)

    def keep(self, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
        """Keep them; nobody outside knows of them yet."""
        return _keep_checked(self, arrived, by=by)

    def files(self) -> list[Upload]:
        """What lies ready."""
        return laying.ready(self.project.id)


def of(row: Incoming) -> Landing:
    """Where a file on its way lands, as that place is now; raises NotFound when it is out of reach."""
    if row.item_id is None:
        return ToGive(find(Project, row.project_id), row.replaces_id)
    item = find(Item, row.item_id)
    if row.question_key:
        return OnQuestion(item, question_for_files(item, row.question_key))
    return InVersion(item) if item.kind.is_decision else OnItem(item, row.replaces_id)


def unfinished(landing: Landing, *, by: Viewer) -> list[tuple[Incoming, int]]:
    """What this person began to send there, and how many bytes of each are here."""
    return [(row, sum(part.bytes for part in incoming.here(row))) for row in incoming.unfinished(landing.bound, by=by)]


def unfinished_answers(item: Item, *, by: Viewer) -> dict[str, list[tuple[Incoming, int]]]:
    """What this person began to send for questions of an item, by question, with how many bytes of each are here."""
    found: dict[str, list[tuple[Incoming, int]]] = {}
    for row in incoming.unfinished_answers(item.id, by=by):
        found.setdefault(row.question_key, []).append((row, sum(part.bytes for part in incoming.here(row))))
    return found


@action
def announce(landing: Landing, names: Sequence[str], *, by: Viewer) -> list[Incoming]:
    """Note which files a plain form brings and where their bytes will lie."""
    landing.may_add(len(names), by=by)
    return incoming.announce(landing.bound, names, by=by)


@action
def _keep_checked(landing: Landing, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
    landing.may_add(len(arrived), by=by)
    return incoming.keep(landing.bound, arrived, by=by)


@action
def _keep_and_start(landing: OnItem | OnQuestion, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
    kept = _keep_checked(landing, arrived, by=by)
    if kept:
        life.start(landing.item, by=by)
    return kept


def _need_one(count: int, *, there: bool) -> None:
    """A newer version is one file, and takes the place of one that is still there and the latest."""
    if count > 1:
        raise Refused(ONE_FILE, status=422)
    if not there:
        raise Refused(REPLACED)
