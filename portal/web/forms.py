"""The base of every form: it runs the page's action, and turns a refusal into the same form with its text kept and one sentence on top."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from flask import Flask, after_this_request, request
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_babel import gettext
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import DateField
from wtforms.validators import StopValidation

from portal.kernel.refusal import N_, Refused

YEARS = (2000, 2099)
NOT_NEAR = N_("Choose a day between 2000 and 2099.")


_protect = CSRFProtect()
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def init(app: Flask) -> None:
    """Check CSRF for every POST of the app."""
    _protect.init_app(app)


def without_token(view: View) -> View:
    """Take a page's POST without our token: a mail program sends it, and the address itself is the secret."""
    _protect.exempt(view)
    return view


class DayField(DateField):  # type: ignore[misc]
    """A day within a working life. What lies further away is a slip of the finger, and nobody can be late for it."""

    def pre_validate(self, form: object) -> None:
        """Refuse a day that nobody can mean."""
        if self.data and not is_near(self.data):
            raise StopValidation(gettext(NOT_NEAR))


def is_near(day: date) -> bool:
    """Whether somebody who plans work can mean this day."""
    return YEARS[0] <= day.year <= YEARS[1]


class Form(FlaskForm):  # type: ignore[misc]
    """A form of ours. CSRF is checked for the whole app at once, so the form carries no field for it."""

    class Meta:
        csrf = False

    def submitted(self, act: Callable[[], object]) -> bool:
        """Whether the form came in, was right, and its action was done."""
        if not self.is_submitted():
            return False
        if not self.validate():
            answer_with(422)
            return False
        try:
            act()
        except Refused as refused:
            self.refuse(refused)
            return False
        return True

    def refuse(self, refused: Refused) -> None:
        """Show why the action was refused, at its field when it names one."""
        sentence = said(refused)
        field = self._fields.get(refused.field or "")
        if field is None:
            self.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]
        answer_with(refused.status)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Every problem as (id of the field or "", sentence), in the order of the page."""
        own = [("", sentence) for sentence in self.form_errors]
        return own + [(field.id, str(sentence)) for field in self for sentence in field.errors if isinstance(sentence, str)]


def fresh_token() -> str:
    """The token forms of this session carry."""
    return str(generate_csrf())


def said(refused: Refused) -> str:
    """A refusal in the reader's language."""
    return str(gettext(refused.message, **refused.values)) if refused.values else str(gettext(refused.message))


def answer_with(status: int) -> None:
    """Send the page that follows with this status."""

    @after_this_request
    def _status(response: Response) -> Response:
        if response.status_code == 200:
            response.status_code = status
        return response


def revision_seen(field: str = "rev") -> int:
    """The revision that the page showed; -1 fits none."""
    text = request.form.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page only."""
    return request.headers.get("HX-Request") == "true"
