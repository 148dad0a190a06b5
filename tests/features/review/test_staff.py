"""Looking at what clients sent: the queue, one item at a time, and a verdict on each."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zipfile import ZipFile

import pytest
from PIL import Image
from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.refusal import Refused
from portal.kinds import life
from portal.models.deliveries import Delivery, HandOver, Verdict
from portal.models.item_states import ItemState
from portal.models.items import Item
from tests.support.cast import PNG, act, as_viewer, fresh, make_client, make_contact, make_item, make_project, make_upload, reading
from tests.support.vast import vast_png

QUEUE = "/staff/review"


def picture(width=40, height=30, kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, kind)
    return out.getvalue()


def handed(app, item):
    """The last hand-over of an item."""
    with reading(app) as session:
        return session.scalars(select(HandOver).where(HandOver.item_id == item.id).order_by(HandOver.round.desc())).first()


def place(app, item):
    return f"{QUEUE}/{handed(app, item).delivery_id}/{item.id}"


def as_bea(app, cast, verb, item, **values):
    """Bea does something to an item."""
    bea = as_viewer(app, cast.bea)
    return act(app, lambda: verb(db.session.get_one(Item, item.id), by=bea, **values), by=bea)


@pytest.fixture
def logo(app, cast):
    return make_item(app, cast.project, "Your logo", state="sent")


# --- the queue ----------------------------------------------------------------------------------------------------------


def test_deliveries_wait_oldest_first(app, cast, ada, clock):
    make_item(app, cast.project, "Your logo", state="sent")
    clock.advance(hours=1)
    make_item(app, cast.cedar_project, "Floor plan", state="sent")
    make_item(app, cast.project, "Photos", state="sent")
    page = ada.get(QUEUE)
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tr.owed__row")]
    assert len(rows) == 2
    assert "Birch" in rows[0] and "Your logo, Photos" in " ".join(rows[0].replace(" ,", ",").split()) and "2 things" in rows[0]
    assert "Cedar" in rows[1] and "C-0101" in rows[1]


def test_a_late_delivery_says_so(cast, browse, clock, logo):
    assert "that day is past" not in browse(cast.ada).get(QUEUE).text
    clock.advance(days=9)
    assert "that day is past" in browse(cast.ada).get(QUEUE).text


def test_the_queue_says_when_nothing_waits(app, cast, ada, logo):
    ada.post(f"{place(app, logo)}/accept", {"seen": fresh(app, logo).rev})
    page = ada.follow()
    assert "All reviewed." in page.text and "1 item this week" in page.text


def test_what_clients_do_not_have_stands_in_the_queue(app, cast, ada):
    make_item(app, cast.project, "Brand book", state="not_available")
    page = ada.get(QUEUE)
    assert "They do not have this" in page.text and "We never had this." in page.text


def nav_count(page):
    found = page.soup.select_one("nav a[href='/staff/review'] .count")
    return int(found.get_text()) if found else 0


def test_the_menu_the_queue_and_the_clients_page_count_the_same_things(app, cast, ada):
    for name in ("Your logo", "Photos", "Prices"):
        make_item(app, cast.project, name, state="sent")
    make_item(app, cast.project, "Brand book", state="not_available")
    make_item(app, cast.project, "Homepage", kind="approval", state="preparing")
    make_item(app, cast.cedar_project, "Floor plan", state="sent")
    queue = ada.get(QUEUE)
    assert nav_count(queue) == 5 and "4 things that clients sent, oldest first. 1 thing that a client does not have." in queue.text
    assert queue.soup.select_one(".section-h .count").get_text() == "1"
    page = ada.get(f"/staff/clients/{cast.birch.id}")
    heads = {row.get_text(" ", strip=True) for row in page.soup.select(".rows__h")}
    assert {"To review 4", "To present 1"} <= heads
    assert "5 items wait for us" in page.text and "4 are to review, 1 is to present." in page.text
    assert "in all: 5 things to review, 1 to present" in ada.get("/staff/").text


def test_what_was_waived_while_it_waited_for_a_look_leaves_the_queue_and_ends_its_delivery(app, cast, ada, logo):
    photos = make_item(app, cast.project, "Photos", state="sent")
    ada.get(f"/staff/items/{logo.id}")
    ada.post(f"/staff/items/{logo.id}/waive")
    page = ada.get(QUEUE)
    assert nav_count(page) == 1 and "Your logo" not in page.soup.select_one("table.deliveries").get_text()
    ada.post(f"/staff/items/{photos.id}/waive")
    page = ada.get(QUEUE)
    assert nav_count(page) == 0 and "All reviewed." in page.text
    with reading(app) as session:
        assert session.get(Delivery, handed(app, photos).delivery_id).finished_at


@pytest.mark.sqlite_only
def test_the_queue_asks_as_often_for_twenty_as_for_two(app, cast, ada, count_queries):
    def more(count):
        for _ in range(count):
            client = make_client(app)
            make_contact(app, client)
            project = make_project(app, client)
            make_item(app, project, state="sent")
            make_item(app, project, state="not_available")

    more(2)
    ada.get(QUEUE)
    with count_queries() as few:
        ada.get(QUEUE)
    more(18)
    with count_queries() as many:
        ada.get(QUEUE)
    assert len(few) == len(many)


@pytest.mark.sqlite_only
def test_an_item_page_asks_as_often_for_twenty_items_as_for_two(app, cast, ada, count_queries):
    items = [make_item(app, cast.project, state="sent") for _ in range(2)]
    ada.get(place(app, items[0]))
    with count_queries() as few:
        ada.get(place(app, items[0]))
    for _ in range(18):
        make_item(app, cast.project, state="sent")
    with count_queries() as many:
        ada.get(place(app, items[0]))
    assert len(few) == len(many)


# --- one item -----------------------------------------------------------------------------------------------------------


def test_the_item_page_shows_what_was_frozen(app, cast, ada, do_chores):
    item = make_item(app, cast.project, "Your logo", why="As an original file.")
    make_upload(app, item, name="logo_web.png", content=picture(240, 90))
    as_bea(app, cast, life.hand_over, item, note="From our old website.")
    do_chores()
    page = ada.get(f"{QUEUE}/{handed(app, item).delivery_id}", status=303, follow=True)
    assert page.h1 == "Your logo"
    for words in ("logo_web.png", "240 × 90 px", "As an original file.", "From our old website.", "Note from Bea", "B-0101"):
        assert words in page.text
    preview = ada.get(page.soup.select_one(".stage img")["src"])
    assert preview.headers["Content-Type"] == "image/png" or preview.headers["Content-Type"] == "image/jpeg"
    assert preview.headers["Content-Security-Policy"].startswith("sandbox")
    assert preview.data != picture(240, 90)
    file = ada.get(page.soup.find("a", attrs={"aria-label": "Download logo_web.png"})["href"])
    assert file.data == picture(240, 90) and file.headers["Content-Disposition"].startswith("attachment")


def test_several_pictures_are_shown_large_enough_to_judge_and_larger_on_a_press(app, cast, ada, do_chores):
    item = make_item(app, cast.project, "Photos")
    for name, wide in (("shop.png", 2000), ("oven.png", 640)):
        make_upload(app, item, name=name, content=picture(wide, 480))
    make_upload(app, item, name="notes.pdf")
    as_bea(app, cast, life.hand_over, item)
    do_chores()
    page = ada.get(place(app, item))
    tiles = {tile["data-look"]: tile for tile in page.soup.select(".sight a[data-look]")}
    assert set(tiles) == {"shop.png", "oven.png", "notes.pdf"} and "3 files" in page.text
    shop = tiles["shop.png"]
    small, large = (Image.open(io.BytesIO(ada.get(url).data)).width for url in (shop.img["src"], shop["href"]))
    assert (small, large) == (1400, 2000)
    assert page.soup.select_one("dialog[data-look-box] [data-look-step]")


def test_a_picture_that_is_none_or_too_large_to_unfold_is_not_shown(app, cast, ada, do_chores):
    item = make_item(app, cast.project)
    broken = make_upload(app, item, name="broken.png", content=picture()[:60])
    vast = make_upload(app, item, name="vast.png", content=vast_png(12_000, 12_000))
    do_chores()
    for upload in (broken, vast):
        ada.get(f"/staff/files/{upload.id}/preview", status=404)


def test_what_we_check_ourselves(app, cast, ada):
    first = make_item(app, cast.project, "Brand book")
    make_upload(app, first, name="book.pdf")
    as_bea(app, cast, life.hand_over, first)
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
        )
        archive.writestr("word/document.xml", "<w/>")
        archive.writestr("word/vbaProject.bin", b"x")
    item = make_item(app, cast.project, "Texts", spec={"min_count": 3})
    make_upload(app, item, name="again.pdf")
    make_upload(app, item, name="texts.docm", content=packed.getvalue())
    make_upload(app, item, name="more.txt", content=b"Hello")
    as_bea(app, cast, life.hand_over, item)
    page = ada.get(place(app, item))
    for words in (
        "“again.pdf” is the same file as “book.pdf”, sent before for “Brand book”.",
        "contains macros or scripts",
        "3 files, we asked for 3.",
    ):
        assert words in page.text


def test_more_files_than_asked_for_are_told_and_not_ticked(app, cast, ada):
    item = make_item(app, cast.project, "Texts", spec={"min_count": 2})
    for name in ("one", "two", "three"):
        make_upload(app, item, name=f"{name}.txt", content=name.encode())
    as_bea(app, cast, life.hand_over, item)
    told = ada.get(place(app, item)).soup.find(string=re.compile("3 files, we asked for 2.")).find_parent("li")
    assert told["class"] == ["info"]


def test_what_is_as_it_should_be_takes_one_line_and_no_limit_is_repeated(app, cast, ada):
    item = make_item(app, cast.project, "Texts", spec={"types": ["pdf", "image"]})
    make_upload(app, item, name="one.pdf")
    make_upload(app, item, name="two.png", content=PNG)
    as_bea(app, cast, life.hand_over, item)
    text = ada.get(place(app, item)).text
    assert "Kinds of files as asked for: PDF, PNG." in text
    assert "Not larger than" not in text


def test_strangers_see_nothing_of_it(app, cast, bea, nobody, logo, nothing_changed):
    upload = make_upload(app, make_item(app, cast.project))
    with nothing_changed():
        for url in (QUEUE, place(app, logo), f"/staff/files/{upload.id}", f"/staff/files/{upload.id}/preview"):
            bea.get(url, status=404)
            nobody.get(url, status=303)
        for verb in ("accept", "ask-again", "undo", "reword"):
            bea.post(f"{place(app, logo)}/{verb}", {"seen": logo.rev, "reason": "No."}, status=404)


def test_an_item_of_another_delivery_is_not_there(app, cast, ada, logo):
    other = make_item(app, cast.cedar_project, state="sent")
    ada.get(f"{QUEUE}/{handed(app, other).delivery_id}/{logo.id}", status=404)


# --- verdicts -----------------------------------------------------------------------------------------------------------


def test_accepting_leads_on_to_the_next_item_and_at_last_to_the_queue(app, cast, ada, logo):
    photos = make_item(app, cast.project, "Photos", state="sent")
    page = ada.get(place(app, logo))
    ada.post(f"{place(app, logo)}/accept", {"seen": page.value("seen")})
    page = ada.follow()
    assert page.h1 == "Photos" and "“Your logo” is accepted." in page.text and "accepted by Ada" in page.text
    ada.post(f"{place(app, photos)}/accept", {"seen": page.value("seen")})
    assert ada.follow().h1 == "To review"
    assert fresh(app, logo).state is ItemState.ACCEPTED and handed(app, photos).verdict is Verdict.ACCEPTED
    with reading(app) as session:
        assert session.scalars(select(Delivery)).one().finished_by == cast.ada.id


def test_asking_again_needs_a_word_and_keeps_it(app, cast, ada, logo, nothing_changed):
    with nothing_changed():
        ada.refused(f"{place(app, logo)}/ask-again", {"seen": logo.rev, "reason": ""}, says="Write one sentence on what is missing")
    ada.post(f"{place(app, logo)}/ask-again", {"seen": logo.rev, "reason": "Do you have it larger?"})
    item = fresh(app, logo)
    assert item.state is ItemState.RETURNED and item.reason == "Do you have it larger?"


def test_a_ticked_reason_is_enough_without_scripts(app, cast, ada, logo):
    ada.post(f"{place(app, logo)}/ask-again", {"seen": logo.rev, "why": ["small", "type"], "reason": "Thank you, Bea."})
    assert fresh(app, logo).reason.startswith("This picture is a little small") and fresh(app, logo).reason.endswith("Thank you, Bea.")


def test_an_accepted_item_can_still_be_sent_back(app, cast, ada):
    item = make_item(app, cast.project, state="accepted")
    page = ada.get(place(app, item))
    assert "Accepted by Ada" in page.text
    ada.post(f"{place(app, item)}/ask-again", {"seen": page.value("seen"), "reason": "One page is upside down."})
    assert fresh(app, item).state is ItemState.RETURNED and handed(app, item).verdict is Verdict.RETURNED


def test_earlier_rounds_keep_their_reasons(app, cast, ada):
    item = make_item(app, cast.project, state="returned")
    as_bea(app, cast, life.hand_over, item)
    page = ada.get(place(app, item))
    assert "Earlier rounds" in page.text and "The second page is missing." in page.text


def test_undo_works_for_ten_seconds_after_the_delivery_is_finished(app, cast, ada, clock, logo):
    ada.post(f"{place(app, logo)}/accept", {"seen": logo.rev})
    assert ada.follow().soup.select_one("form[action$=undo]")
    clock.advance(seconds=9)
    ada.post(f"{place(app, logo)}/undo")
    assert fresh(app, logo).state is ItemState.SENT and handed(app, logo).verdict is None
    ada.post(f"{place(app, logo)}/accept", {"seen": fresh(app, logo).rev})
    clock.advance(seconds=11)
    ada.post(f"{place(app, logo)}/undo")
    assert "too late to undo this" in ada.follow().text
    assert fresh(app, logo).state is ItemState.ACCEPTED
    for page in (ada.get(place(app, logo)), ada.get(f"/staff/items/{logo.id}")):
        assert not page.soup.select_one(".banner form[action$=undo]")


@pytest.mark.parametrize(("verb", "words"), [("accept", "Take the acceptance back"), ("ask-again", "Undo")])
def test_a_verdict_can_be_taken_back_until_the_delivery_is_finished(app, cast, ada, clock, logo, send_mail, verb, words):
    make_item(app, cast.project, "Photos", state="sent")
    ada.post(f"{place(app, logo)}/{verb}", {"seen": logo.rev, "reason": "Do you have it larger?"})
    clock.advance(minutes=20)
    send_mail()
    for url in (f"/staff/items/{logo.id}", place(app, logo)):
        page = ada.get(url)
        assert page.soup.select_one(".banner form[action$=undo] button").get_text(strip=True) == words
    ada.post(f"{place(app, logo)}/undo", {"seen": page.value("seen")})
    item = fresh(app, logo)
    assert item.state is ItemState.SENT and item.reason == "" and handed(app, logo).verdict is None
    clock.advance(hours=5)
    assert not [mail for mail in send_mail() if "look" in mail.subject or "Thank you" in mail.subject]


def test_asking_again_says_that_the_client_sees_it_and_that_the_mail_waits(app, cast, ada, logo, bea):
    make_item(app, cast.project, "Photos", state="sent")
    page = ada.get(place(app, logo))
    assert "They see it at once." in page.text
    ada.post(f"{place(app, logo)}/ask-again", {"seen": logo.rev, "reason": "Do you have it larger?"})
    page = ada.follow()
    assert "“Your logo” is open for the client again. The email goes out when this delivery is finished." in page.text
    assert page.soup.select_one("[data-toast] form[action$=undo]")
    assert "Do you have it larger?" in bea.get(f"/items/{logo.id}", status=303, follow=True).text


@pytest.mark.parametrize("acts", ["mail", "client"])
def test_what_has_left_or_was_gone_on_with_is_not_undone(app, cast, ada, clock, logo, send_mail, nothing_changed, acts):
    make_item(app, cast.project, "Photos", state="sent")
    ada.post(f"{place(app, logo)}/ask-again", {"seen": logo.rev, "reason": "Do you have it larger?"})
    clock.advance(minutes=31 if acts == "mail" else 1)
    if acts == "mail":
        assert [mail for mail in send_mail() if "One more look" in mail.subject]
    else:
        as_bea(app, cast, life.promise, logo, day=clock.now.date() + timedelta(days=1))
    page, seen = ada.get(place(app, logo)), fresh(app, logo).rev
    assert not page.soup.select_one(".banner form[action$=undo]") and "Change the message" not in page.text
    with nothing_changed():
        ada.post(f"{place(app, logo)}/undo", {"seen": seen})
        assert "too late to undo this" in ada.follow().text
        ada.refused(f"{place(app, logo)}/reword", {"seen": seen, "reason": "Any."}, says="too late to undo this", status=409)


def test_insisting_is_no_verdict_that_could_be_undone(app, cast, ada, nothing_changed):
    book = make_item(app, cast.project, "Brand book", state="returned")
    as_bea(app, cast, life.not_available, book, reason="We never had this.")
    act(app, lambda: life.insist(db.session.get_one(Item, book.id), "The printer has it.", by=as_viewer(app, cast.ada)))
    with nothing_changed():
        ada.post(f"{place(app, book)}/undo")
    assert fresh(app, book).state is ItemState.RETURNED


def test_the_message_can_be_mended_before_it_leaves(app, cast, ada, bea, clock, logo, send_mail, nothing_changed):
    make_item(app, cast.project, "Photos", state="sent")
    ada.post(f"{place(app, logo)}/ask-again", {"seen": logo.rev, "reason": "Do you have it lagrer?"})
    url, seen = f"{place(app, logo)}/reword", fresh(app, logo).rev
    with nothing_changed():
        ada.refused(url, {"seen": seen, "reason": " "}, says="Write one sentence on what is missing")
    ada.post(url, {"seen": seen, "reason": "Do you have it larger?"})
    assert "Do you have it larger?" in bea.get(f"/items/{logo.id}", status=303, follow=True).text
    assert handed(app, logo).reason == "Do you have it larger?"
    with nothing_changed():
        ada.refused(url, {"seen": seen, "reason": "Or as a vector?"}, says="in the meantime", status=409)
    clock.advance(minutes=31)
    (mail,) = [mail for mail in send_mail() if "One more look" in mail.subject]
    assert "larger?" in mail.text and "lagrer" not in mail.text
    assert "changed the words about" in ada.get(f"/staff/items/{logo.id}").text


def test_a_verdict_after_the_client_took_it_back_is_refused(app, cast, ada, logo, nothing_changed):
    url, seen = place(app, logo), logo.rev
    as_bea(app, cast, life.take_back, logo)
    assert "Your logo" not in ada.get(QUEUE).text
    with nothing_changed():
        for verb in ("accept", "ask-again"):
            ada.post(f"{url}/{verb}", {"seen": seen, "reason": "Larger, please."})
            assert "back. There is nothing to judge." in ada.follow().text


def test_nobody_judges_a_round_they_have_not_seen(app, cast, ada, logo, nothing_changed):
    url, seen = place(app, logo), logo.rev
    as_bea(app, cast, life.take_back, logo)
    as_bea(app, cast, life.hand_over, logo)
    with nothing_changed():
        page = ada.refused(f"{url}/ask-again", {"seen": seen, "reason": "Larger, please."}, says="sent again in the meantime", status=409)
        ada.refused(f"{url}/accept", {"seen": seen}, says="sent again in the meantime", status=409)
    ada.post(f"{url}/ask-again", {"seen": page.value("seen"), "reason": "Larger, please."})
    assert fresh(app, logo).state is ItemState.RETURNED


def test_the_second_of_two_reads_that_somebody_was_faster(app, cast, ada, abe, logo):
    seen = ada.get(place(app, logo)).value("seen")
    ada.post(f"{place(app, logo)}/accept", {"seen": seen})
    abe.refused(f"{place(app, logo)}/ask-again", {"seen": seen, "reason": "Larger?"}, says="Somebody else has accepted this", status=409)
    abe.refused(f"{place(app, logo)}/accept", {"seen": seen}, says="Somebody else has accepted this", status=409)
    assert fresh(app, logo).state is ItemState.ACCEPTED


def test_two_at_the_same_moment_make_one_verdict(app, cast, logo):
    ada, abe = as_viewer(app, cast.ada), as_viewer(app, cast.abe)

    def judge(by, work):
        try:
            act(app, lambda: work(db.session.scalars(select(Item).where(Item.id == logo.id).with_for_update()).one()), by=by)
        except Refused as refused:
            return str(refused)
        return ""

    with ThreadPoolExecutor(2) as both:
        told = list(
            both.map(
                judge,
                (ada, abe),
                (lambda i: life.accept(i, by=ada, seen=logo.rev), lambda i: life.send_back(i, "Larger?", by=abe, seen=logo.rev)),
            )
        )
    assert sorted(map(bool, told)) == [False, True]
    assert handed(app, logo).verdict.value == fresh(app, logo).state.value


def test_the_last_two_verdicts_at_the_same_moment_finish_the_delivery(app, cast, logo):
    photos = make_item(app, cast.project, "Photos", state="sent")
    ada = as_viewer(app, cast.ada)

    def judge(item):
        act(app, lambda: life.accept(db.session.scalars(select(Item).where(Item.id == item.id).with_for_update()).one(), by=ada), by=ada)

    with ThreadPoolExecutor(2) as both:
        list(both.map(judge, (logo, photos)))
    with reading(app) as session:
        assert session.scalars(select(Delivery)).one().finished_at


# --- what they do not have ----------------------------------------------------------------------------------------------


def test_staff_insist_or_go_on_without_it(app, cast, ada, nothing_changed):
    book = make_item(app, cast.project, "Brand book", state="not_available")
    page = ada.get(f"{QUEUE}/without/{book.id}")
    assert "We never had this." in page.text
    with nothing_changed():
        ada.refused(f"{QUEUE}/without/{book.id}/insist", {"seen": book.rev, "reason": " "}, says="Write one sentence on why we need it")
    ada.post(f"{QUEUE}/without/{book.id}/insist", {"seen": book.rev, "reason": "The printer has it."})
    assert fresh(app, book).state is ItemState.RETURNED
    other = make_item(app, cast.project, "Old site", state="not_available")
    ada.post(f"{QUEUE}/without/{other.id}/waive", {"seen": other.rev})
    assert fresh(app, other).state is ItemState.WAIVED
    ada.refused(f"{QUEUE}/without/{other.id}/waive", {"seen": other.rev}, says="go on without this", status=409)
