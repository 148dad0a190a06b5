"""An item is read in one language throughout: the reader's when all of it is written in that one, else the next that is whole."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from portal.kernel.db import db
from portal.kinds.plans.starting import Start, start
from portal.models.clients import Client
from portal.models.definition.shape import Question, Type
from portal.models.item_states import ItemKind
from portal.models.items import Item
from tests.support.cast import act, as_viewer, make_item, make_upload, reading
from tests.support.templates import LOGO, WEBSITE, make_version, speak, words

pytestmark = pytest.mark.sqlite_only
HALF = Question(key="since", type=Type.SHORT_TEXT, label=words("Since when?"), required=True)


def brand(app, cast, template):
    ada = as_viewer(app, cast.ada)
    wish = Start(version=make_version(app, template), name="Website", lead_id=cast.ada.id, starts_on=date(2026, 3, 30))
    act(app, lambda: start(db.session.get_one(Client, cast.birch.id), wish, send=True, by=ada), by=ada)
    with reading(app) as session:
        return session.scalars(sa.select(Item).where(Item.kind == ItemKind.QUESTIONNAIRE)).one()


def with_gap(template):
    definition = template.questionnaires["brand"]
    section = definition.sections[0]
    gappy = replace(definition, sections=(replace(section, questions=(LOGO, HALF)),))
    return replace(template, questionnaires={"brand": gappy}, languages=("en", "de"))


def test_a_german_reader_reads_all_of_it_in_german(app, cast, bea):
    item = brand(app, cast, WEBSITE)
    speak(app, cast, "de")
    page = bea.get(f"/items/{item.id}/sections/1").text
    assert "Haben Sie ein Logo?" in page and "Über Ihre Marke" in page
    assert "Do you have a logo?" not in page


def test_where_one_text_is_missing_all_of_it_stays_in_the_language_that_is_whole(app, cast, bea):
    item = brand(app, cast, with_gap(WEBSITE))
    speak(app, cast, "de")
    page = bea.get(f"/items/{item.id}/sections/1").text
    assert "Do you have a logo?" in page and "Since when?" in page and "About your brand" in page
    assert "Haben Sie ein Logo?" not in page and "Über Ihre Marke" not in page


def test_a_language_nobody_wrote_gets_one_that_is_whole(app, cast, bea):
    item = brand(app, cast, WEBSITE)
    speak(app, cast, "vi")
    page = bea.get(f"/items/{item.id}/sections/1").text
    assert "Do you have a logo?" in page and "About your brand" in page


def test_where_the_readers_language_is_missing_item_pages_and_mails_take_the_clients(app, cast, bea, send_mail, clock):
    def say():
        db.session.get_one(Client, cast.birch.id).language = "de"
        for item in db.session.scalars(sa.select(Item).where(Item.id.in_([files.id, later.id]))):
            item.words = {"fr": {"title": "Le logo", "why": "Pourquoi"}, "de": {"title": "Ihr Logo", "why": "Darum", "help": "Als SVG"}}

    files, later = make_item(app, cast.project), make_item(app, cast.project, kind="approval", state="preparing")
    act(app, say)
    for way in (f"{files.id}/files", f"{files.id}/cannot", f"{files.id}/promise", f"{later.id}/decision"):
        page = bea.get(f"/items/{way}").text
        assert "Ihr Logo" in page and "Le logo" not in page and "Pourquoi" not in page, way
    assert "Darum" in bea.get(f"/items/{files.id}/files").text and "Als SVG" in bea.page.text
    make_upload(app, files)
    bea.post(f"/items/{files.id}/files", {"act": "send"})
    clock.advance(hours=1)
    mails = [mail for mail in send_mail() if mail.to == cast.bea.email_typed]
    assert mails and all("Ihr Logo" in mail.text and "Le logo" not in mail.text for mail in mails)
