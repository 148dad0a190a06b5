"""What staff write when they present a version, and what a client answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, MultipleFileField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.features.approvals.actions import Given
from portal.features.approvals.forms.agreeing import AgreementFields
from portal.features.approvals.heard import Note
from portal.features.approvals.presenting import NEWER, Draft
from portal.kernel.db import read_id
from portal.kernel.refusal import N_, Refused
from portal.kinds.approvals import pins
from portal.kinds.approvals.pinning import Answer
from portal.kinds.approvals.pins import Pinned
from portal.kinds.approvals.proofs import Typed
from portal.models.approvals import CHOICES, ApprovalVersion, Choice
from portal.models.files import Upload
from portal.models.heard import Way
from portal.models.item_states import ItemKind, Subject
from portal.models.items import Item
from portal.models.people import Person
from portal.models.pins import Fate, Pin
from portal.models.snapshots import Link, Moved, Snapshot, Statement
from portal.web.forms import DayField, Form, answer_with, said
from portal.web.money_typed import CURRENCIES, money_typed, plain

MOST_LINKS = 20
LATER = "later"


class PresentForm(AgreementFields, Form):
    """A version to present. The descriptions of pictures are fields of their own, named after their file."""

    text = TextAreaField(_l("Text"), [Length(max=20_000)], filters=[plain])
    assume = TextAreaField(_l("We assume that"), [Length(max=2000)], filters=[plain])
    because = TextAreaField(_l("Because"), [Length(max=2000)], filters=[plain])
    cost = TextAreaField(_l("If this is wrong"), [Length(max=2000)], filters=[plain])
    changed = TextAreaField(_l("What changed since the version before"), [Length(max=4000)], filters=[plain])
    links = TextAreaField(_l("Links"), [Length(max=8000)], filters=[plain])
    amount = StringField(_l("Costs more"), [Length(max=20)], filters=[plain])
    currency = SelectField(_l("Currency"), choices=CURRENCIES, default=CURRENCIES[0])
    was_on = DayField(_l("Planned day so far"), [Optional()])
    now_on = DayField(_l("New planned day"), [Optional()])
    until_on = DayField(_l("Decide by"), [Optional()])
    until_at = TimeField(_l("At what time"), [Optional()])
    files = MultipleFileField(_l("Add files"))
    after = HiddenField()

    wrong_alt: tuple[str, str] | None = None
    asks = False  # whether pictures came that wait for their sentence

    def refuse(self, refused: Refused) -> None:
        """Show why publishing was refused; a missing description is pointed out at its own file, a missing reason at its comment."""
        if refused.message == NEWER:
            self.after.data = ""  # they have read it now: what they publish next comes after what stands
        if not (refused.field or "").startswith(("alt-", "because-")):
            super().refuse(refused)
            return
        self.wrong_alt = (str(refused.field), said(refused))
        answer_with(refused.status)

    def draft(self, item: Item, files: list[Upload], *, zone: str, ends: date | None = None) -> Draft:
        """What was written, as the action takes it; `ends` is the day agreed so far, which a change request moves."""
        statement = Statement(self.assume.data, self.because.data, self.cost.data) if item.kind is ItemKind.CONFIRMATION else None
        alts = {file.id: alt_of(file) for file in files}
        return Draft(
            self.text.data,
            self.changed.data,
            statement,
            alts,
            links=_links(self.links.data),
            cost=money_typed(self.amount, self.currency),
            moved=self.moved_from(ends) if item.subject is Subject.CHANGE else self._moved(),
            until=self._until(zone),
            answers=answers_to(pins.open_of_client(item.id)),
            scope=self.scope() if item.subject is Subject.SCOPE else None,
            change=self.change(item) if item.subject is Subject.CHANGE else None,
            after=int(self.after.data) if (self.after.data or "").isdecimal() and len(self.after.data) < 7 else None,
        )

    def _until(self, zone: str) -> datetime | None:
        """The last moment, as clocks show it where the client sits; without a time the end of the day."""
        if self.until_on.data is None and self.until_at.data:
            raise Refused(N_("Name the day too, or leave the time empty."), field="until_on", status=422)
        if self.until_on.data is None:
            return None
        last = datetime.combine(self.until_on.data, self.until_at.data or time(23, 59, 59), ZoneInfo(zone))
        return last.astimezone(UTC)

    def _moved(self) -> Moved | None:
        was, new = self.was_on.data, self.now_on.data
        if was is None and new is None:
            return None
        if was is None or new is None or was == new:
            raise Refused(N_("Name both days, the one until now and the new one, or leave both empty."), field="now_on", status=422)
        return Moved(was.isoformat(), new.isoformat())

    def begin_with(self, shown: Snapshot) -> None:
        """Start from the words of the version before, and from what a yes to it would have changed: nobody said yes."""
        self.text.data = shown.text
        self.links.data = "\n".join(f"{link.label} {link.address}" for link in shown.links)
        self.currency.data = shown.cost.currency if shown.cost else self.currency.data
        self.begin_with_statement(shown.statement)
        self.begin_with_agreement(shown.scope, shown.change, shown.moved)
        if shown.cost:
            self.amount.data = shown.cost.amount
        if shown.moved and not shown.change:
            self.was_on.data, self.now_on.data = date.fromisoformat(shown.moved.was), date.fromisoformat(shown.moved.now)

    def begin_with_statement(self, told: Statement | None) -> None:
        """Start from what is assumed already, as a template says it."""
        if told:
            self.assume.data, self.because.data, self.cost.data = told.assume, told.because, told.cost


def _links(typed: str) -> tuple[Link, ...]:
    """One link for each line: what it is, and its address at the end."""
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if len(lines) > MOST_LINKS:
        raise Refused(N_("These are more than %(most)s links. Put some of them into the text."), field="links", status=422, most=MOST_LINKS)
    return tuple(_link(line) for line in lines)


def _link(line: str) -> Link:
    label, _space, address = line.rpartition(" ")
    try:
        host = urlsplit(address).hostname if address.startswith("https://") else None
    except ValueError:
        host = None
    if not host or "@" in urlsplit(address).netloc:
        sentence = N_("“%(line)s” does not end with an address that begins with https://.")
        raise Refused(sentence, field="links", status=422, line=line[:80])
    return Link(label.strip(" :–-") or host, address)


def alt_of(file: Upload) -> str:
    """What was written about one picture."""
    return plain(request.form.get(f"alt-{file.id}", ""))[:300]


def chosen_for(pin: Pin) -> tuple[str, str]:
    """What was chosen and written about one open comment."""
    return request.form.get(f"fate-{pin.id}", ""), plain(request.form.get(f"because-{pin.id}", ""))[:500]


def answers_to(open_pins: list[Pinned]) -> dict[UUID, Answer]:
    """What became of the open comments, as far as somebody said so."""
    said = {told.pin.id: chosen_for(told.pin) for told in open_pins}
    return {pin_id: Answer(Fate(fate), because) for pin_id, (fate, because) in said.items() if fate in list(Fate)}


WAYS = [
    SelectChoice(Way.PHONE.value, _l("By phone")),
    SelectChoice(Way.MEETING.value, _l("In a meeting")),
    SelectChoice(Way.EMAIL.value, _l("By email")),
    SelectChoice(Way.LETTER.value, _l("By letter")),
]


class HeardForm(Form):
    """What somebody decided elsewhere, as staff note it."""

    person = RadioField(_l("Who decided?"), [InputRequired(_l("Choose who decided."))])
    choice = RadioField(_l("What did they say?"), [InputRequired(_l("Choose an answer first."))])
    words = TextAreaField(_l("In their words"), [Length(max=4000)], filters=[plain])
    way = RadioField(_l("How?"), [InputRequired(_l("Choose how they said it."))], choices=WAYS)
    said_on = DayField(_l("On which day?"), [InputRequired(_l("Choose the day."))])

    @classmethod
    def on(cls, item: Item, deciders: Sequence[Person], *, today: date) -> HeardForm:
        """The form with the people who decide and the answers that fit; the day begins as today."""
        form = cls()
        form.said_on.data = form.said_on.data or (None if form.is_submitted() else today)
        form.person.choices = [SelectChoice(str(person.id), person.name) for person in deciders]
        form.choice.choices = [option for option in DecisionForm.on(item).choice.choices or () if option.value != LATER]
        return form

    def note(self) -> Note:
        """What was noted, as the action takes it."""
        return Note(read_id(self.person.data), Choice(self.choice.data), Way(self.way.data), self.said_on.data, self.words.data)


class DecisionForm(Form):
    """A client's answer to the version they see, or the day by which they can give one."""

    choice = RadioField(_l("Your answer"), [InputRequired(_l("Choose an answer first."))])
    words = TextAreaField(_l("What should be different?"), [Length(max=4000)], filters=[plain])
    later_on = DayField(_l("By when can you decide?"), [Optional()])
    full_name = StringField(_l("Your full name"), [Length(max=200)])
    code = StringField(_l("Code from the email"), [Length(max=20)])
    consent = HiddenField()
    seat = HiddenField()
    version = HiddenField()
    key = HiddenField()

    must_prove: ApprovalVersion | None = None  # the version for which the page asks for a fresh proof

    @classmethod
    def on(cls, item: Item) -> DecisionForm:
        """The form with the answers that fit this kind of item; none is chosen beforehand."""
        form = cls()
        labels = {
            Choice.APPROVED: _("Yes, I approve it"),
            Choice.NOTED: _("Yes, with a note"),
            Choice.CHANGES: _("Not yet, please change it"),
            Choice.RIGHT: _("Yes, that is right"),
            Choice.WRONG: _("No, please correct it"),
            Choice.UNKNOWN: _("I do not know"),
        }
        if item.subject is Subject.CHANGE:
            labels[Choice.CHANGES] = _("No, or not like this")
        form.choice.choices = [SelectChoice(choice.value, labels[choice]) for choice in CHOICES[item.kind]]
        if item.kind is ItemKind.APPROVAL:
            form.choice.choices.append(SelectChoice(LATER, _("I cannot decide yet")))
        return form

    @property
    def is_later(self) -> bool:
        """Whether they only say when they can decide."""
        return bool(self.choice.data == LATER)

    def given(self) -> Given:
        """The answer, as the action takes it."""
        choice = Choice.UNKNOWN if self.is_later else Choice(self.choice.data)
        return Given(choice, self.words.data, read_id(self.version.data), (self.key.data or "")[:64], read_id(self.seat.data))

    def typed(self) -> Typed:
        """What was typed to prove who answers."""
        return Typed(self.code.data or "", self.full_name.data or "", (self.consent.data or "")[:64])

    def ask_about(self, version_id: UUID) -> None:
        """Ask about the version shown now: what was chosen for another one is not carried over, what was typed is."""
        if read_id(self.version.data) != version_id:
            self.choice.data = None
            for option in self.choice.choices or ():
                option.selected = False
        self.version.data = str(version_id)
        self.key.data = uuid4().hex


class DeputyForm(Form):
    """Who decides in one's place, from when until when."""

    deputy = SelectField(_l("Who decides in your place?"), [InputRequired(_l("Choose a colleague who works with us here."))])
    begins_on = DayField(_l("From"), [InputRequired(_l("Choose a day."))])
    ends_on = DayField(_l("To, that day included"), [InputRequired(_l("Choose a day."))])

    def offer(self, people: list[Person]) -> None:
        """Fill in who can be named."""
        self.deputy.choices = [SelectChoice("", _("Choose one")), *(SelectChoice(str(one.id), one.name) for one in people)]

    def named(self) -> tuple[UUID | None, date, date]:
        """What was chosen, as the action takes it."""
        return read_id(self.deputy.data), self.begins_on.data, self.ends_on.data
