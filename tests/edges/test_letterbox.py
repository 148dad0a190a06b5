"""Answers by email are filed where they belong, as their authors wrote them, once; nothing else gets in, and no machine is answered."""

from __future__ import annotations

import socketserver
import threading
from pathlib import Path
from time import perf_counter

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask.cli import FlaskGroup

from portal.edges.letterbox.addresses import read_address, reply_address
from portal.edges.letterbox.cutting import own_words, text_of
from portal.edges.letterbox.fetching import MOST_AT_ONCE, fetch_mail
from portal.edges.letterbox.filing import MOST_AN_HOUR, MOST_BYTES, file_mail
from portal.edges.letterbox.opening import MOST_FILES, open_post
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds.talk.strays import MOST_A_DAY
from portal.models.files import Upload
from portal.models.talk import Message, MessageFile, StrayMail
from tests.support.cast import act, fresh, make_item, reading

MAILS = Path(__file__).parent / "mails"
BASE = "reply@portal.example"
WROTE = {
    "gmail": "Nine is fine. We bring:\n\n- the keys\n- two parking permits\n\nBea",
    "outlook": "Guten Tag Ada,\ndas Grün passt uns so.\nViele Grüße\nBea",
    "outlook_plain": "Bitte das Logo etwas größer.",
    "apple_mail": "Here is the plan of the café.",
    "iphone": "Yes please!",
    "japanese": "承知しました。金曜日にお送りします。",
    "arabic": "شكراً لكم، الموعد مناسب.",
    "below_the_quote": "I answer below, as always.",
}


@pytest.fixture(autouse=True)
def _takes_mail_in(request):
    if "app" in request.fixturenames:
        request.getfixturevalue("app").config.update(REPLY_ADDRESS=BASE, IMAP_URL="")


def mail(name, *, to=BASE, ours="<none@portal.example>"):
    """One of the mails in the folder, as it would have been written to us."""
    return (MAILS / f"{name}.eml").read_bytes().replace(b"TO>", f"{to}>".encode()).replace(b"<OURS>", ours.encode())


def file_it(app, raw):
    with app.app_context():
        return file_mail(raw).value


def plain(words, *, to, sender="bea@birch.example", number=1, more=""):
    head = f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <m{number}@birch.example>\r\nSubject: Hello\r\n{more}"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n".encode()


def told(app, model=Message):
    with reading(app) as session:
        return list(session.scalars(sa.select(model)))


@pytest.mark.parametrize("name", WROTE)
def test_the_words_of_every_program_and_language_are_found(name):
    post = open_post(mail(name))
    assert (post.words, post.sender, post.is_automatic) == (WROTE[name], "bea@birch.example", False)


@pytest.mark.parametrize("name", ["out_of_office", "bounce"])
def test_machines_are_not_heard(app, cast, name):
    assert file_it(app, mail(name, to=reply_address_in(app, cast.project.id))) == "ignored"
    assert told(app) == [] and told(app, StrayMail) == []


def test_a_mail_that_came_back_is_noted_at_its_reader_until_they_are_seen_again(app, cast, ada, bea, clock, send_mail):
    def write():
        bea.post(f"/messages/{cast.project.id}", {"words": "Are you there?"})
        clock.advance(minutes=11)
        return send_mail()[-1].message["Message-ID"]

    def returns(status, ours):
        head = "Return-Path: <>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; boundary=B\r\n\r\n"
        said = f"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: {status}\r\n"
        ours = f"\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {ours}\r\n\r\n--B--\r\n"
        return file_it(app, (head + said + ours).encode())

    first = write()
    assert (returns("5.1.1", "<nobody@portal.example>"), returns("5.7.1", first), returns("4.4.7", first)) == ("ignored",) * 3
    assert fresh(app, cast.ada).mail_bounced_at is None
    assert (returns("5.1.1", first), returns("5.1.1", first)) == ("returned", "ignored")
    write()  # the server takes it, as it took the first
    assert fresh(app, cast.ada).mail_bounced_at
    ada.sign_in(cast.ada)
    write()
    assert fresh(app, cast.ada).mail_bounced_at is None


def reply_address_in(app, project_id, item_id=None):
    with app.app_context():
        return reply_address(BASE, project_id, item_id)


def test_no_text_takes_long_to_read():
    began = perf_counter()
    for evil in ("On " * 7000, "On Mon wrote " * 1500, "_" * 32 + "\n \n" * 10_000, "From: a\n" * 2500, "> " * 10_000):
        own_words(evil)
    for head in ("To: " + "a@b.example, " * 8000, "Content-Type: text/plain; " + "a=b; " * 20_000, "Subject: " + "=?utf-8?q?a?= " * 8000):
        open_post(f"{head}\r\n\r\nHello".encode())
    for tag in ("<a ", "<!", "<!--", "</", "<?", "<a b='"):
        text_of(tag * 60_000)
    assert perf_counter() - began < 5


@pytest.mark.parametrize("evil", [b"\r\n" + b"--b\n\nx\n" * 3000, b"A:\n" * 60_000])
def test_a_mail_of_nothing_but_edges_or_heads_is_not_taken_apart(evil):
    with pytest.raises(ValueError, match="so many parts"):
        open_post(b"Content-Type: multipart/mixed; boundary=b\r\n" + evil)


@pytest.mark.parametrize(
    "head",
    [
        "From: bea@birch.example <evil@evil.example>",
        'From: "bea@birch.example" <evil@evil.example>',
        "From: <bea@birch.example> evil@evil.example",
        "From: =?utf-8?q?bea=40birch.example?= <evil@evil.example>",
        "From: bea@birch.example\r\nFrom: evil@evil.example",
        f"From: evil@evil.example{' ' * 1000}, bea@birch.example",
    ],
)
def test_nobody_is_heard_whose_address_can_be_read_in_two_ways(head):
    assert open_post(f"{head}\r\n\r\nHello".encode()).sender == ""
    assert open_post(b"From: 'O'Bea@birch.example' <o'bea@birch.example>\r\n\r\nHi").sender == "o'bea@birch.example"


@pytest.mark.parametrize(
    ("found", "forged"),
    [
        (["mx; spf=fail; dkim=none"], True),
        (["mx; spf=fail; dkim=pass"], False),
        (["mx; dkim=pass", "mx; dmarc=fail"], True),
        (["mx; spf=fail", "mx.evil; dkim=pass"], True),
        (["mx; spf=softfail; dmarc=none"], False),
    ],
)
def test_blame_counts_from_every_server_and_praise_only_from_ours(found, forged):
    heads = "".join(f"Authentication-Results: {one}\r\n" for one in found)
    assert open_post(f"{heads}From: bea@birch.example\r\n\r\nHello".encode()).is_forged is forged


@pytest.mark.parametrize("letters", ["utf-7; +2AA-", "unicode_escape; \\ud800\\x00", "utf-8; \u202e"])
def test_what_is_no_letter_keeps_no_mail_from_being_filed(app, cast, letters):
    charset, _, words = letters.partition("; ")
    raw = plain(f"Yes{words}.", to=reply_address_in(app, cast.project.id), more="In-Reply-To: <a\x00b@c>\r\n")
    assert file_it(app, raw.replace(b"utf-8", charset.encode())) == "filed"
    assert [one.words for one in told(app)] == ["Yes."]


def test_what_is_not_taken_in_is_named():
    head, file = (
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
        '--b\r\nContent-Disposition: attachment; filename="{}.txt"\r\n\r\nx\r\n',
    )
    mail_inside = "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Look\r\n\r\nHello\r\n"
    post = open_post((head + "".join(map(file.format, range(MOST_FILES + 1))) + mail_inside + "--b--\r\n").encode())
    assert len(post.files) == MOST_FILES and post.left == (f"{MOST_FILES}.txt", "mail.eml")


@pytest.mark.sqlite_only
def test_one_person_cannot_swallow_the_mail_of_another(app, cast):
    to = reply_address_in(app, cast.project.id)
    fates = [file_it(app, plain("Hello", to=to, sender=sender)) for sender in ("who@elsewhere.example", "bea@birch.example")]
    assert fates == ["held", "filed"]


def test_an_answer_to_any_mail_of_ours_lands_in_its_thread_once(app, cast, ada, browse, clock, send_mail):
    ada.post(f"/staff/messages/{cast.project.id}", {"act": "preview", "words": "Behind the house, at nine."})
    (draft,) = told(app)
    ada.post(f"/staff/messages/drafts/{draft.id}/send")
    clock.advance(days=3)
    (got,) = [one for one in send_mail() if one.to == "bea@birch.example"]
    assert got.reply_to.startswith("reply+") and "You can also just answer this email." in got.text
    raw = mail("gmail", to=got.reply_to, ours=got.message["Message-ID"])
    assert [file_it(app, raw), file_it(app, raw)] == ["filed", "twice"]
    page = browse(cast.ada).get(f"/staff/messages/{cast.project.id}").text
    assert "two parking permits" in page and "by email" in page and "On Wed, 4 Mar" not in page
    assert file_it(app, mail("iphone", ours=got.message["Message-ID"])) == "filed"  # by its references alone
    receipts = [one for one in send_mail() if one.subject == "Your email is with us"]
    assert [one.to for one in receipts] == ["bea@birch.example"] and receipts[0].message["Auto-Submitted"] == "auto-generated"


def test_files_come_along_and_ornaments_do_not(app, cast, ada):
    item = make_item(app, cast.project, "Photos")
    assert file_it(app, mail("apple_mail", to=reply_address_in(app, cast.project.id, item.id))) == "filed"
    assert "plan café.png" in ada.get(f"/staff/items/{item.id}/messages").text
    with reading(app) as session:
        assert [file.name for file in session.scalars(sa.select(Upload).join(MessageFile))] == ["plan café.png"]


def test_staff_who_answer_a_mail_only_leave_a_note(app, cast, bea):
    to = reply_address_in(app, cast.project.id)
    assert file_it(app, plain("Hushhush", to=to, sender="ada@halden.example")) == "filed"
    (note,) = told(app)
    assert note.is_internal and "Hushhush" not in bea.get(f"/messages/{cast.project.id}").text


def test_whoever_is_not_known_there_waits_for_a_look(app, cast, ada, send_mail):
    to = reply_address_in(app, cast.project.id)
    strange = {
        "stranger": plain("Let me in", to=to, sender="who@elsewhere.example", number=1),
        "not_theirs": plain("Cedar here", to=to, sender="cal@cedar.example", number=2),
        "nowhere": plain("About what?", to=BASE, number=3),
        "forged": plain("Pay here", to=to, number=4, more="Authentication-Results: mx; dmarc=fail\r\n"),
        "too_large": plain("x" * MOST_BYTES, to=to, number=5),
    }
    assert {file_it(app, raw) for raw in strange.values()} == {"held"}
    assert file_it(app, strange["stranger"]) == "twice"
    assert {one.why for one in told(app, StrayMail)} >= {"stranger", "not_theirs", "nowhere", "forged", "too_large"}
    assert send_mail() == []
    page = ada.get("/staff/messages/mail")
    assert "Let me in" in page.text and "We do not know this address." in page.text
    rows = {one.why: one for one in told(app, StrayMail)}
    ada.post(f"/staff/messages/mail/{rows['stranger'].id}", {"act": "file", "project": str(cast.project.id)})
    ada.post(f"/staff/messages/mail/{rows['forged'].id}", {"act": "drop"})
    assert fresh(app, rows["forged"]).words == ""
    note = next(one for one in told(app) if one.is_internal)
    assert "who@elsewhere.example: Hello" in note.words and "Let me in" in note.words


def test_nobody_can_flood_the_house(app, cast):
    to = reply_address_in(app, cast.project.id)
    fates = [file_it(app, plain("Again", to=to, number=n)) for n in range(MOST_AN_HOUR + 1)]
    assert fates == ["filed"] * MOST_AN_HOUR + ["held"]


@pytest.mark.sqlite_only
def test_strangers_take_no_room_from_those_we_know(app, cast):
    strange = [StrayMail(source=f"{n}", at=now(), sender="", title="", words="", files=[], why="stranger") for n in range(MOST_A_DAY)]
    act(app, lambda: db.session.add_all(strange))
    assert file_it(app, plain("Let me in", to=BASE, sender="who@elsewhere.example")) == "ignored"
    assert file_it(app, plain("About what?", to=BASE, number=2)) == "held"


def test_an_address_of_ours_cannot_be_made_up(app, cast):
    ours = reply_address_in(app, cast.project.id)
    with app.app_context():
        assert read_address(BASE, ours.upper()) == ("project", cast.project.id)
        other = ours.replace("+", "+a", 1)
        for made_up in (
            other,
            f"{ours[:8]}aaaa{ours[12:]}",
            f"reply+@{BASE}",
            BASE,
            "x+y@elsewhere.example",
            ours.replace("portal", "p"),
        ):
            assert read_address(BASE, made_up) is None


class Mailbox(socketserver.StreamRequestHandler):
    """Just enough of an IMAP server to take mails out of; what was read stays read."""

    mails: dict[int, bytes] = {}
    seen: set[int] = set()

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline().decode().strip():
            tag, _, command = line.partition(" ")
            word = command.upper()
            if word.startswith("CAPABILITY"):
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif word.startswith("SELECT"):
                self.wfile.write(f"* {len(self.mails)} EXISTS\r\n".encode())
            elif word.startswith("UID SEARCH"):
                self.wfile.write(("* SEARCH " + " ".join(str(n) for n in self.mails if n not in self.seen) + "\r\n").encode())
            elif word.startswith("UID FETCH"):
                raw = self.mails[int(command.split()[2])]
                if raw:
                    self.wfile.write(f"* 1 FETCH (UID 1 BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
            elif word.startswith("UID STORE"):
                self.seen.add(int(command.split()[2]))
            self.wfile.write(f"{tag} OK done\r\n".encode())
            if word.startswith("LOGOUT"):
                return


def test_the_mailbox_is_emptied_by_the_worker(app, cast):
    to = reply_address_in(app, cast.project.id)
    Mailbox.mails, Mailbox.seen = dict.fromkeys(range(10, 10 + MOST_AT_ONCE), b""), set()  # what cannot be had stands before no other
    Mailbox.mails |= {1: mail("gmail", to=to), 2: mail("bounce", to=to), 3: plain("Who?", to=BASE, number=9)}
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        app.config["IMAP_URL"] = f"imap://reply:secret@127.0.0.1:{server.server_address[1]}/INBOX"
        assert {fate.value: count for fate, count in fetch_mail(app).items()} == {"filed": 1, "ignored": 1, "held": 1}
        assert fetch_mail(app) == {} and Mailbox.seen == {1, 2, 3}
        server.shutdown()


def test_a_mail_server_can_pipe_mails_in(app, cast):
    to = reply_address_in(app, cast.project.id)
    done = CliRunner().invoke(FlaskGroup(create_app=lambda: app), ["mail", "receive"], input=mail("gmail", to=to))
    assert (done.exit_code, done.output.strip()) == (0, "filed")
