"""A dossier as data: ids, days and words as they are, for programs to read. What people read is made by web/dossier/sheet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from portal.kinds.agreed.standing import told_of
from portal.kinds.approvals.pins import Pinned
from portal.kinds.dossier.gathering import Asked, Dossier
from portal.kinds.files.shelf import Entry
from portal.kinds.ground.goals import Told as Goal
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.closings import Closing
from portal.models.deliveries import HandOver
from portal.models.ground.assumptions import Assumption
from portal.models.talk import Message

FORMAT = 1
Told = dict[str, object]


def told(dossier: Dossier, paths: Mapping[UUID, str], *, made_at: datetime) -> Told:
    """All of it; `paths` say where the bytes of a file lie, for those that are in it."""
    project = dossier.project
    return {
        "format": FORMAT,
        "made_at": made_at.isoformat(timespec="seconds"),
        "language": dossier.client.language,
        "firm": dossier.firm,
        "client": {"id": str(dossier.client.id), "name": dossier.client.name},
        "project": {"id": str(project.id), "name": project.name, "state": project.state.value, "starts_on": _day(project.starts_on)},
        "lead": dossier.name(project.lead_id),
        "closing": _ending(dossier.closing) if dossier.closing else None,
        "agreed": told_of([one.item for one in dossier.asked], dossier.client.calendar),
        "milestones": [{"name": one.name, "starts_on": _day(one.starts_on), "ends_on": _day(one.ends_on)} for one in dossier.milestones],
        "asked": [_asked(one, dossier) for one in dossier.asked],
        "updates": [
            {"id": str(one.id), "week": one.week.isoformat(), "said": one.said, "sha256": one.sha256, "by": dossier.name(one.by_id)}
            for one in dossier.updates
        ],
        "replies": [
            {"update": str(one.update_id), "by": dossier.name(one.person_id), "at": one.at.isoformat(), "words": one.words}
            for one in dossier.replies
        ],
        "bad_news": [
            {"said": one.said, "sha256": one.sha256, "sent_at": one.sent_at.isoformat() if one.sent_at else None} for one in dossier.news
        ],
        "goals": [_goal(one) for one in (*dossier.goals.open, *dossier.goals.ended)],
        "assumptions": [_assumption(one) for one in dossier.assumptions],
        "messages": [_message(one, dossier) for said in dossier.talk.values() for one in said],
        "files": [_file(entry, paths) for entry in dossier.files],
    }


def _message(one: Message, dossier: Dossier) -> Told:
    about = {"item": str(one.item_id) if one.item_id else None, "update": str(one.update_id) if one.update_id else None}
    return {**about, "by": dossier.name(one.by_id), "at": str(one.at), "words": one.words}


def _ending(closing: Closing) -> Told:
    again: Told = {"again_on": _day(closing.again_on), "again_why": closing.again_why}
    return {"at": closing.at.isoformat(), "thanks": closing.thanks, "made": closing.made, "next": closing.next, **again}


def _goal(one: Goal) -> Told:
    goal, reviews = one.goal, one.reviews.items()
    looked = {side.value: {"reached": review.reached.value, "words": review.words} for side, review in reviews}
    return {**goal.said, "sha256": goal.sha256, "agreed": goal.is_agreed, "given_up": goal.ended_why, "reviews": looked}


def _assumption(one: Assumption) -> Told:
    answer: Told = {"verdict": one.verdict.value if one.verdict else None, "words": one.words, "given_up": one.ended_why}
    return {**one.said, "sha256": one.sha256, **answer}


def _asked(one: Asked, dossier: Dossier) -> Told:
    item = one.item
    return {
        "id": str(item.id),
        "kind": item.kind.value,
        "subject": item.subject.value,
        "words": item.words,
        "state": item.state.value,
        "reason": item.reason,
        "due_on": _day(item.due_on),
        "sent": [_round(handed, dossier) for handed in one.rounds],
        "versions": [_version(version, one, dossier) for version in one.versions],
        "comments": [_comment(pinned) for pinned in one.comments],
    }


def _round(handed: HandOver, dossier: Dossier) -> Told:
    facts: Told = {"round": handed.round, "by": dossier.name(handed.by_id), "at": handed.at.isoformat(), "sha256": handed.sha256}
    return facts | {
        "verdict": handed.verdict.value if handed.verdict else None,
        "reason": handed.reason,
        "content": json.loads(handed.content),
    }


def _version(version: ApprovalVersion, one: Asked, dossier: Dossier) -> Told:
    facts: Told = {"n": version.n, "by": dossier.name(version.by_id), "at": version.presented_at.isoformat(), "sha256": version.sha256}
    return facts | {"shown": json.loads(version.snapshot), "decisions": [_decision(each) for each in one.decided_on(version)]}


def _decision(one: Decision) -> Told:
    who: Told = {"by": one.who, "in_place_of": one.behalf, "choice": one.choice.value, "words": one.words, "at": one.at.isoformat()}
    return who | {"taken_back_at": one.taken_back_at.isoformat() if one.taken_back_at else None}


def _comment(told: Pinned) -> Told:
    pin = told.pin
    said: Told = {"n": pin.n, "version": told.n, "by": told.by.name, "at": pin.at.isoformat(), "words": pin.words}
    replies = [{"by": each.by.name, "at": each.row.at.isoformat(), "words": each.row.words} for each in told.replies]
    return said | {"replies": replies, "became": pin.fate.value if pin.fate else None, "because": pin.because}


def _file(entry: Entry, paths: Mapping[UUID, str]) -> Told:
    upload = entry.upload
    facts: Told = {"id": str(upload.id), "path": paths.get(upload.id), "name": upload.name, "bytes": upload.bytes, "sha256": upload.sha256}
    return facts | {
        "type": upload.type,
        "side": upload.side.value,
        "by": entry.by.name,
        "at": entry.at.isoformat(),
        "version": upload.version,
        "item": str(upload.item_id) if upload.item_id else None,
        "held": entry.held,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
