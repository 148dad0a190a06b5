"""Who works here: admins invite, promote and shut out; one admin always remains."""

from __future__ import annotations

import pytest

from portal.models.people import Person, StaffRole
from tests.support.cast import fresh, make_staff, reading

NEW = {"name": "Ida New", "email": "Ida@Halden.example", "role": "member"}


def person_with(app, address: str) -> Person | None:
    with reading(app) as session:
        return session.query(Person).filter_by(email_canon=address).one_or_none()


def test_the_invited_come_in_by_their_mail_and_its_code(app, ada, browse, send_mail) -> None:
    ada.get("/staff/settings/people/new")
    ada.post("/staff/settings/people/new", NEW)
    assert "Ida New" in ada.follow().text
    ida = person_with(app, "ida@halden.example")
    assert ida and ida.staff_role is StaffRole.MEMBER
    assert ida.zone == "Europe/Berlin"
    (mail,) = send_mail()
    assert "Ada" in mail.text
    assert len(mail.code.replace(" ", "")) == 8
    visitor = browse()
    visitor.get(mail.path)
    visitor.post(mail.path, {"code": mail.code, "keep": "y"})
    assert visitor.get("/staff/me").value("name") == "Ida New"


def test_an_invitation_lasts_seven_days_and_a_new_one_replaces_it(app, ada, browse, send_mail, clock) -> None:
    ada.post("/staff/settings/people/new", NEW)
    (first,) = send_mail()
    ida = person_with(app, "ida@halden.example")
    ada.post(f"/staff/settings/people/{ida.id}/invite-again")
    (second,) = send_mail()
    visitor = browse()
    assert "does not open any more" in visitor.get(first.path, 410).text
    clock.advance(days=6, hours=23)
    visitor.get(second.path)
    clock.advance(hours=2)
    visitor.get(second.path, 410)


def test_one_address_is_never_both_staff_and_contact(ada, cast, nothing_changed) -> None:
    with nothing_changed():
        ada.refused("/staff/settings/people/new", NEW | {"email": cast.bea.email_typed.upper()}, says="belongs to a contact of a client")
        ada.refused("/staff/settings/people/new", NEW | {"email": cast.abe.email_typed}, says="works here already")


def test_what_is_no_address_is_refused_and_stays(ada, nothing_changed) -> None:
    with nothing_changed():
        ada.refused("/staff/settings/people/new", NEW | {"email": "ida"}, says="Write an email address", status=422)
        ada.refused("/staff/settings/people/new", NEW | {"name": ""}, says="Write their name.", status=422)


def test_a_role_counts_from_the_next_request_on(app, ada, abe, cast) -> None:
    abe.get("/staff/settings/people/new", 403)
    ada.post(f"/staff/settings/people/{cast.abe.id}", {"role": "admin"})
    abe.get("/staff/settings/people/new")
    ada.post(f"/staff/settings/people/{cast.abe.id}", {"role": "member"})
    abe.get("/staff/settings/people/new", 403)


def test_who_is_shut_out_is_out_at_once(app, ada, abe, cast, send_mail) -> None:
    abe.get("/staff/me")
    ada.post(f"/staff/settings/people/{cast.abe.id}/disable")
    assert "May not come in" in ada.follow().text
    assert abe.get("/staff/me", 303).location.startswith("/login")
    assert abe.session().revoked_at
    abe.post("/login", {"email": cast.abe.email_typed})
    assert send_mail() == []
    ada.post(f"/staff/settings/people/{cast.abe.id}/disable")
    assert "may not come in already" in ada.follow().text
    ada.post(f"/staff/settings/people/{cast.abe.id}/enable")
    assert fresh(app, cast.abe).disabled_at is None
    abe.get("/staff/me", 303)


def test_signing_somebody_out_ends_their_sessions_only(ada, abe, cast) -> None:
    ada.post(f"/staff/settings/people/{cast.abe.id}/sign-out")
    abe.get("/staff/me", 303)
    ada.get("/staff/me")


def test_nobody_shuts_themselves_out(ada, cast, nothing_changed) -> None:
    with nothing_changed():
        ada.post(f"/staff/settings/people/{cast.ada.id}/disable")
        assert "You cannot do this to yourself" in ada.follow().text
        assert "You cannot do this to yourself" in ada.post(f"/staff/settings/people/{cast.ada.id}", {"role": "member"}, 409).text


def test_the_last_admin_stays(app, ada, browse, cast) -> None:
    eve = make_staff(app, "Eve Second", admin=True)
    other = browse(eve)
    ada.post(f"/staff/settings/people/{eve.id}", {"role": "member"})
    assert fresh(app, eve).staff_role is StaffRole.MEMBER
    other.post(f"/staff/settings/people/{cast.ada.id}", {"role": "member"}, 403)
    assert fresh(app, cast.ada).staff_role is StaffRole.ADMIN


def test_the_system_cannot_remove_the_last_admin_either(app, cast) -> None:
    from portal.features.team import actions
    from portal.kernel.refusal import Refused
    from portal.kernel.scope import find
    from portal.kernel.viewer import SYSTEM
    from tests.support.cast import act

    with pytest.raises(Refused, match="last admin"):
        act(app, lambda: actions.disable(find(Person, cast.ada.id), by=SYSTEM))


@pytest.mark.parametrize("what", ["", "/disable", "/enable", "/sign-out", "/invite-again"])
def test_members_and_strangers_change_nobody(what, abe, bea, ada, cast, nothing_changed) -> None:
    url = f"/staff/settings/people/{cast.ada.id}{what}"
    with nothing_changed():
        assert "Only admins" in abe.post(url, {"role": "member"}, 403).text
        bea.post(url, {"role": "member"}, 404)
        ada.post(f"/staff/settings/people/{cast.bea.id}{what}", {"role": "admin"}, 404)


def test_members_read_the_list_and_contacts_are_not_on_it(abe, bea, cast) -> None:
    page = abe.get("/staff/settings/people")
    assert "Ada" in page.text
    assert "Bea" not in page.text
    abe.get(f"/staff/settings/people/{cast.ada.id}")
    abe.get(f"/staff/settings/people/{cast.bea.id}", 404)
    bea.get("/staff/settings/people", 404)
    bea.get(f"/staff/settings/people/{cast.ada.id}", 404)


def test_the_list_asks_as_much_for_twenty_as_for_two(app, ada, count_queries) -> None:
    with count_queries() as two:
        ada.get("/staff/settings/people")
    for n in range(18):
        make_staff(app, f"Person {n}")
    with count_queries() as twenty:
        ada.get("/staff/settings/people")
    assert len(two) == len(twenty)
