"""What staff write when they present a version, and what a client answers."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, MultipleFileField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.features.approvals.actions import Draft, Given
from portal.kernel.db import read_id
from portal.kernel.refusal import Refused
from portal.models.approvals import CHOICES, Choice
from portal.models.files import Upload
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.snapshots import Statement
from portal.web.forms import Form, answer_with, said


def plain(text: str | None) -> str:
    """Typed text as it is kept: one kind of line end, nothing invisible, nothing around it."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or (ord(c) >= 32 and not 0x7F <= ord(c) < 0xA0)).strip()


class PresentForm(Form):
    """A version to present. The descriptions of pictures are fields of their own, named after their file."""

    text = TextAreaField(_l("Text"), [Length(max=20_000)], filters=[plain])
    assume = TextAreaField(_l("We assume that"), [Length(max=2000)], filters=[plain])
    because = TextAreaField(_l("Because"), [Length(max=2000)], filters=[plain])
    cost = TextAreaField(_l("If this is wrong"), [Length(max=2000)], filters=[plain])
    changed = TextAreaField(_l("What changed since the version before"), [Length(max=4000)], filters=[plain])
    files = MultipleFileField(_l("Add files"))

    wrong_alt: tuple[str, str] | None = None
    asks = False  # whether pictures came that wait for their sentence

    def refuse(self, refused: Refused) -> None:
        """Show why publishing was refused; a missing description is pointed out at its own file."""
        if not (refused.field or "").startswith("alt-"):
            super().refuse(refused)
            return
        self.wrong_alt = (str(refused.field), said(refused))
        answer_with(refused.status)

    def draft(self, item: Item, files: list[Upload]) -> Draft:
        """What was written, as the action takes it."""
        statement = Statement(self.assume.data, self.because.data, self.cost.data) if item.kind is ItemKind.CONFIRMATION else None
        return Draft(self.text.data, self.changed.data, statement, {file.id: alt_of(file) for file in files})


def alt_of(file: Upload) -> str:
    """What was written about one picture."""
    return plain(request.form.get(f"alt-{file.id}", ""))[:300]


class DecisionForm(Form):
    """A client's answer to the version they see."""

    choice = RadioField(_l("Your answer"), [InputRequired(_l("Choose an answer first."))])
    words = TextAreaField(_l("What should be different?"), [Length(max=4000)], filters=[plain])
    version = HiddenField()
    key = HiddenField()

    @classmethod
    def on(cls, item: Item) -> DecisionForm:
        """The form with the answers that fit this kind of item; none is chosen beforehand."""
        form = cls()
        labels = {
            Choice.APPROVED: _("Yes, I approve it"),
            Choice.CHANGES: _("Not yet, please change it"),
            Choice.RIGHT: _("Yes, that is right"),
            Choice.WRONG: _("No, please correct it"),
            Choice.UNKNOWN: _("I do not know"),
        }
        form.choice.choices = [SelectChoice(choice.value, labels[choice]) for choice in CHOICES[item.kind]]
        return form

    def given(self) -> Given:
        """The answer, as the action takes it."""
        return Given(Choice(self.choice.data), self.words.data, read_id(self.version.data), (self.key.data or "")[:64])

    def ask_about(self, version_id: UUID) -> None:
        """Ask about the version shown now: what was chosen for another one is not carried over, what was typed is."""
        if read_id(self.version.data) != version_id:
            self.choice.data = None
            for option in self.choice.choices or ():
                option.selected = False
        self.version.data = str(version_id)
        self.key.data = uuid4().hex
