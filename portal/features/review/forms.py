"""What staff say of what was sent, and the reasons they say most often."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from portal.features.review.checks import Check
from portal.kernel.refusal import N_
from portal.models.item_states import ItemKind
from portal.web.forms import Form, revision_seen
from portal.web.receiving import told

Reasons = dict[str, tuple[str, str]]
FILES: Reasons = {
    "small": (N_("Too small"), N_("This picture is a little small for what we plan. Do you have a larger one, or the original file?")),
    "type": (N_("Other file type"), N_("We need this as another kind of file. Do you have it as the original?")),
    "unreadable": (N_("Not readable"), N_("We could not open this file. Could you send it once more, or in another format?")),
    "incomplete": (N_("Incomplete"), N_("Thank you for what is here. Something is still missing:")),
    "wrong": (N_("Another one"), N_("This seems to be another file than the one we need. Could you have a look?")),
}
ANSWERS: Reasons = {
    "unclear": (N_("Unclear"), N_("We did not quite understand this answer. Could you tell us a little more?")),
    "incomplete": (N_("Incomplete"), N_("Thank you for your answers. Something is still missing:")),
    "example": (N_("An example, please"), N_("Could you give us an example?")),
    "contradiction": (N_("Does not fit together"), N_("Two of your answers do not fit together. Which one is right?")),
}
INSIST: Reasons = {
    "needed": (
        N_("We cannot go on without it"),
        N_("We cannot go on without this. Could you have another look, or ask somebody who may have it?"),
    ),
    "part": (N_("A part is enough"), N_("A part of it is enough for now. What do you have?")),
}


def reasons_for(kind: ItemKind, *, lacking: bool = False) -> Reasons:
    """The reasons offered for a kind of item."""
    if lacking:
        return INSIST
    return FILES if kind is ItemKind.FILES else ANSWERS


class VerdictForm(Form):
    """Accepting needs nothing but the revision that was looked at."""

    seen = HiddenField()

    @property
    def revision(self) -> int:
        """The revision the page showed; -1 fits none."""
        return revision_seen("seen")

    @property
    def looked_at(self) -> int | None:
        """The revision the page showed, where it says one: a message that passes by does not."""
        return self.revision if self.seen.data else None


class WordsForm(VerdictForm):
    """The message of an item that was sent back, before its email leaves."""

    reason = TextAreaField(_l("Your message"), [Length(max=2000)])


class AskAgainForm(VerdictForm):
    """A message the client reads. Without scripts the ticked reasons are written in front of it."""

    why = SelectMultipleField(_l("What is missing?"), option_widget=CheckboxInput(), validate_choice=False)
    reason = TextAreaField(_l("Your message"), [Length(max=2000)])

    def offer(self, reasons: Reasons) -> None:
        """Offer these reasons."""
        self.reasons = reasons
        if reasons is INSIST:
            self.why.label.text = _("Why do you ask all the same?")
        self.why.choices = [SelectChoice(key, _(label)) for key, (label, _sentence) in reasons.items()]

    @property
    def message(self) -> str:
        """What the client reads."""
        typed = (self.reason.data or "").strip()
        ticked = [_(self.reasons[key][1]) for key in self.why.data or () if key in self.reasons]
        return " ".join([*(sentence for sentence in ticked if sentence not in typed), typed]).strip()


class FinishForm(VerdictForm):
    """A word of ours above what is asked, and what had been said when the page was drawn."""

    told = HiddenField()
    reason = TextAreaField(_l("A word to go with it"), [Length(max=2000)])


class SnippetForm(Form):
    """What a sentence of the firm is called; its texts come one per language."""

    name = StringField(_l("Name"), [InputRequired(_l("Give it a short name.")), Length(max=60)])


def line(check: Check) -> str:
    """One of our own checks as a sentence."""
    return told(check.message, check.values)
