"""Signing in: ask for a mail, then go on by its link or its code. Opening a link changes nothing; only a press of the button does."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.accounts import actions, queries
from portal.features.accounts.forms import CodeForm, ContinueForm, SignInForm
from portal.kernel import keys
from portal.kernel.addresses import canonical_address
from portal.kernel.refusal import N_, Refused
from portal.models.people import Purpose, SignInRequest
from portal.models.sign_in import still_leads_in
from portal.web import login
from portal.web.asking import device, network
from portal.web.doors import viewer
from portal.web.forms import answer_with
from portal.web.next import hinted_address, safe_next

pages = Blueprint("accounts", __name__)
WRONG_CODE = N_("That code does not fit. Check the newest email.")
OUT_OF_TRIES = N_("That code does not fit. After five tries a code is used up: please ask for a new email.")


@pages.route("/login", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for the address we write to."""
    wanted = safe_next(request.values.get("next"))
    if viewer().person_id:
        return redirect(wanted, 303)
    form = SignInForm(next=wanted, email=hinted_address(wanted))
    if form.submitted(lambda: _ask(canonical_address(form.email.data), wanted)):
        session["login_address"] = form.email.data.strip()[:254]
        return redirect(url_for("public.accounts.check_mail"), 303)
    return render_template("public/accounts/sign_in.html", form=form)


@pages.route("/login/sent", methods=["GET", "POST"])
def check_mail() -> ResponseReturnValue:
    """Say that a mail is on its way, and take its code from whoever reads it on another device."""
    address = session.get("login_address")
    if not address:
        return redirect(url_for("public.accounts.sign_in"), 303)
    form = CodeForm()
    entered: list[actions.Entry] = []
    if form.submitted(lambda: entered.append(_by_code(_asked_here(), form.code.data or "", keep=True))):
        return _enter(entered[0])
    return render_template("public/accounts/check_mail.html", form=form, address=address)


@pages.route("/login/again", methods=["POST"])
def ask_again() -> ResponseReturnValue:
    """Send a new mail: to the address asked for here, or to the one an old link was made for."""
    asked = queries.sign_in_request(keys.read_link_token(request.form.get("token", "")))
    address = asked.email_canon if asked else session.get("login_address")
    if address:
        try:
            _ask(canonical_address(address), asked.next_path if asked else session.get("login_next", "/"))
        except Refused:
            return redirect(url_for("public.accounts.sign_in"), 303)
    session.setdefault("login_address", "")
    return redirect(url_for("public.accounts.check_mail" if session["login_address"] else "public.accounts.on_its_way"), 303)


@pages.get("/login/on-its-way")
def on_its_way() -> ResponseReturnValue:
    """The same page after every request for a new link, whatever the old one was."""
    return render_template("public/accounts/check_mail.html", form=CodeForm(), address="")


@pages.route("/login/code", methods=["POST"])
def type_code() -> ResponseReturnValue:
    """Take the code of a mail whose address this browser does not show."""
    form = CodeForm()
    entered: list[actions.Entry] = []
    if form.submitted(lambda: entered.append(_by_code(_asked_here(), form.code.data or "", keep=True))):
        return _enter(entered[0])
    return render_template("public/accounts/check_mail.html", form=form, address=session.get("login_address", ""))


@pages.route("/l/<token>", methods=["GET", "POST"])
def follow_link(token: str) -> ResponseReturnValue:
    """Open a link: a button in the browser that asked, a code field in any other, one and the same page when it leads nowhere."""
    asked = queries.sign_in_request(keys.read_link_token(token))
    if asked and viewer().person_id and viewer().person_id == asked.person_id:
        return redirect(asked.next_path, 303)
    here = asked is not None and (asked.purpose is Purpose.OPERATOR or _is_mine(asked))
    replay = here and request.method == "POST"
    if asked is None or not (still_leads_in(asked) or replay):
        return _leads_nowhere(token)
    form = ContinueForm()
    entered: list[actions.Entry | None] = []
    if form.submitted(lambda: entered.append(_follow(asked, form, here=here))):
        return _enter(entered[0]) if entered[0] else _leads_nowhere(token)
    return render_template("public/accounts/continue.html", form=form, asked=asked, here=here, invite=asked.purpose is Purpose.INVITE)


@pages.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End this session, here and on the server."""
    actions.sign_out(by=viewer())
    login.leave()
    flash(_("You are signed out."))
    return redirect(url_for("public.accounts.sign_in"), 303)


def _ask(address: str, wanted: str) -> None:
    request_id = actions.ask_to_sign_in(address, binding=_binding(make=True), next_path=safe_next(wanted), ua=device(), ip_net=network())
    session["login_requests"] = [str(request_id), *session.get("login_requests", [])][:5]
    session["login_next"] = wanted
    session.permanent = True


def _asked_here() -> list[SignInRequest]:
    found = (queries.sign_in_request(UUID(text)) for text in session.get("login_requests", []))
    return [asked for asked in found if asked is not None]


def _by_code(asked_here: list[SignInRequest], typed: str, *, keep: bool) -> actions.Entry:
    """Try a code against every mail this browser asked for; the try is counted before anything is compared."""
    if not typed.strip():
        raise Refused(N_("Type the code from the email."), field="code", status=422)
    left = [asked for asked in asked_here if actions.count_try(asked.id)]
    for asked in left:
        fits = actions.code_fits(asked, typed) and asked.person_id is not None
        entry = actions.claim(asked, binding=None, code_ok=True, keep=keep, ua=device(), ip_net=network()) if fits else None
        if entry:
            return entry
    raise Refused(WRONG_CODE if left else OUT_OF_TRIES, field="code", status=422)


def _follow(asked: SignInRequest, form: ContinueForm, *, here: bool) -> actions.Entry | None:
    keep = bool(form.keep.data)
    if not here:
        return _by_code([asked], form.code.data or "", keep=keep)
    return actions.claim(asked, binding=_binding(), code_ok=False, keep=keep, ua=device(), ip_net=network())


def _enter(entry: actions.Entry) -> ResponseReturnValue:
    login.enter(entry.token, entry.session)
    return redirect(safe_next(entry.next_path), 303)


def _leads_nowhere(token: str) -> ResponseReturnValue:
    answer_with(410)
    return render_template("public/accounts/expired.html", token=token)


def _binding(*, make: bool = False) -> str | None:
    if make and "login_browser" not in session:
        session["login_browser"] = secrets.token_urlsafe(32)
    browser = session.get("login_browser")
    return keys.mac("binding", browser).hex() if browser else None


def _is_mine(asked: SignInRequest) -> bool:
    mine = _binding()
    return bool(mine and asked.binding_hash and keys.same(mine, asked.binding_hash))
