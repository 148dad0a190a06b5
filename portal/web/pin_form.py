"""A comment and where it is pinned: one of nine parts of the page, or exactly, as a press on the picture fills in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, IntegerField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from portal.kernel.refusal import N_, Refused
from portal.kinds.approvals.pinning import Spot
from portal.models.pins import WHOLE
from portal.web.forms import Form

WHERE = [
    SelectChoice("1", _l("Upper left")),
    SelectChoice("2", _l("Upper middle")),
    SelectChoice("3", _l("Upper right")),
    SelectChoice("4", _l("Left")),
    SelectChoice("5", _l("In the middle")),
    SelectChoice("6", _l("Right")),
    SelectChoice("7", _l("Lower left")),
    SelectChoice("8", _l("Lower middle")),
    SelectChoice("9", _l("Lower right")),
]
NO_NUMBER = _l("Write a number from 0 to 100.")


class PerCentField(DecimalField):  # type: ignore[misc]
    """A number from 0 to 100; what only is spelled like a number, such as "sNaN", is none."""

    def pre_validate(self, form: object) -> None:
        """Refuse it before anything is compared with it."""
        if self.data is not None and not (self.data.is_finite() and 0 <= self.data <= 100):
            raise StopValidation(str(NO_NUMBER))


class PinForm(Form):
    """A new comment."""

    page = IntegerField(_l("Page"), [Optional()])
    where = RadioField(_l("Where is it?"), [Optional()], choices=WHERE)
    x = PerCentField(_l("From the left, in per cent"), [Optional()])
    y = PerCentField(_l("From the top, in per cent"), [Optional()])
    words = TextAreaField(_l("Your comment"), [InputRequired(_l("Write your comment first.")), Length(max=2000)])
    eyes = RadioField(
        _l("Who reads it?"),
        [Optional()],
        choices=[SelectChoice("firm", _l("Only us")), SelectChoice("all", _l("The client too"))],
        default="firm",
    )

    @property
    def is_inside(self) -> bool:
        """Whether only the firm is to read it; so it is until somebody says otherwise."""
        return bool(self.eyes.data != "all")

    def spot(self, page: int) -> Spot:
        """Where it is pinned, on the page that was named or else on the one that was open."""
        if self.x.data is not None and self.y.data is not None:
            return Spot(self.page.data or page, round(self.x.data * WHOLE / 100), round(self.y.data * WHOLE / 100))
        if not self.where.data:
            raise Refused(N_("Choose where on the picture it is."), field="where", status=422)
        row, column = divmod(int(self.where.data) - 1, 3)
        return Spot(self.page.data or page, (2 * column + 1) * WHOLE // 6, (2 * row + 1) * WHOLE // 6)
