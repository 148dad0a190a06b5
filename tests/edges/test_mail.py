"""A mail reaches exactly the person it is for, or says why not, and never tells a secret."""

import contextlib
import email
import email.policy
import traceback
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as KeepsMessages
from aiosmtpd.smtp import AuthResult

from portal.edges.mail import Parcel, TryAgain, Undeliverable, build, transport_for
from tests.support.ports import free_port
from tests.support.smtp import MailServer
from tests.support.tls import temp_certificate

NOON = datetime(2026, 9, 18, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse/battery@staple"
IN_URL = "correct%20horse%2Fbattery%40staple"


def parcel(**changes):
    facts = {
        "to_address": "bea@birch.example",
        "to_name": "Bea Birch",
        "from_address": "projects@halden.example",
        "from_name": "Ada Voss, Studio Halden",
        "reply_to": "ada@halden.example",
        "subject": "What we need for Website",
        "text": "Hello Bea,\n\nthe first thing takes 5 minutes. Grüße\n",
        "html": "<p>Hello Bea, the first thing takes 5 minutes.</p>",
        "message_id": "<item.1@portal.halden.example>",
        "dated": NOON,
    }
    return Parcel(**(facts | changes))


def reread(message):
    return email.message_from_bytes(message.as_bytes(), policy=email.policy.default)


def recipients(message):
    return [one.addr_spec for name in ("To", "Cc", "Bcc") for header in message.get_all(name, []) for one in header.addresses]


@pytest.fixture
def server():
    with MailServer() as running:
        yield running


@pytest.fixture
def post(server):
    transport = transport_for(server.url)
    yield transport
    transport.close()


class TestBuilding:
    def test_it_says_who_wrote_to_whom_about_what(self):
        mail = reread(build(parcel()))
        assert mail["From"].addresses[0].display_name == "Ada Voss, Studio Halden"
        assert (mail["To"], mail["Reply-To"]) == ("Bea Birch <bea@birch.example>", "ada@halden.example")
        assert (mail["Subject"], mail["Date"].datetime) == ("What we need for Website", NOON)
        assert mail["Message-ID"] == "<item.1@portal.halden.example>"
        assert mail.get_body(("plain",)).get_content().startswith("Hello Bea,")
        assert "<p>Hello Bea" in mail.get_body(("html",)).get_content()

    def test_it_asks_robots_not_to_answer(self):
        mail = build(parcel())
        assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")

    @pytest.mark.parametrize(
        "address",
        [
            "bea@birch.example, eve@evil.example",
            "bea@birch.example;eve@evil.example",
            "friends: bea@birch.example, eve@evil.example;",
            "bea@birch.example\r\nBcc: eve@evil.example",
            "bea@birch.example\n",
            "bea@birch.example\0",
            "Bea <bea@birch.example>",
            '"bea, eve"@birch.example',
            "bea@eve@birch.example",
            "bea (eve@evil.example)@birch.example",
            ".bea@birch.example",
            "bea@birch..example",
            "bea@-birch.example",
            "bea@[127.0.0.1]",
            "bea@",
            "@birch.example",
            "",
            "bea" * 100 + "@birch.example",
        ],
    )
    def test_anything_but_one_recipient_is_refused(self, address):
        with pytest.raises(Undeliverable) as refusal:
            build(parcel(to_address=address))
        assert refusal.value.bad_address

    @pytest.mark.parametrize("field", ["subject", "to_name", "from_name"])
    @pytest.mark.parametrize(
        "text",
        [
            "Hello\r\nBcc: eve@evil.example\r\n\r\nBody",
            "Hello\u2028Bcc: eve@evil.example",
            "Hello\x00\x0b\x0c\x85 there",
            "=?utf-8?q?Hello=0D=0ABcc:_eve@evil.example?=",
            'Hello" <eve@evil.example>, "',
            "Hello, eve@evil.example; Größe ,;<>" * 9,
            "\ud800 half a character",
        ],
    )
    def test_text_people_wrote_never_becomes_a_header_or_a_recipient(self, field, text):
        raw = build(parcel(**{field: text}))
        mail = reread(raw)
        assert recipients(mail) == ["bea@birch.example"]
        assert [one.addr_spec for one in mail["From"].addresses] == ["projects@halden.example"]
        assert "Bcc" not in mail
        assert not set(str(mail["Subject"]) + str(mail["To"])) & set("\r\n\0\u2028")

    def test_direction_tricks_are_taken_out_and_real_joiners_stay(self):
        mail = reread(build(parcel(subject="invoice\u202efdp.exe می\u200cخواهم")))
        assert mail["Subject"] == "invoicefdp.exe می\u200cخواهم"

    def test_a_long_subject_is_shortened(self):
        assert len(build(parcel(subject="word " * 100))["Subject"]) <= 200

    def test_names_in_any_writing_arrive_whole(self):
        for name in ("Müller, Anna & Söhne", "ليلى النخلة", "株式会社さくら設計、東京", 'O\'Neil "Bob" (CEO)'):
            assert reread(build(parcel(to_name=name)))["To"].addresses[0].display_name == name

    def test_a_foreign_domain_is_written_in_its_ascii_spelling(self):
        assert build(parcel(to_address="bea@Bäckerei.example"))["To"].addresses[0].addr_spec == "bea@xn--bckerei-5wa.example"

    def test_long_ids_and_links_reach_the_wire_unbroken(self):
        ids = tuple(f"<{letter * 90}@portal.halden.example>" for letter in "abc")
        link = f"<https://portal.halden.example/stop/{'x' * 120}>"
        raw = build(parcel(references=ids, in_reply_to=ids[-1], headers={"List-Unsubscribe": link})).as_bytes().decode()
        assert f"\r\nReferences: {' '.join(ids)}\r\n" in raw
        assert f"\r\nIn-Reply-To: {ids[-1]}\r\n" in raw
        assert f"\r\nList-Unsubscribe: {link}\r\n" in raw

    @pytest.mark.parametrize(
        "headers",
        [
            {"Bcc": "eve@evil.example"},
            {"to": "eve@evil.example"},
            {"Subject": "x"},
            {"X-A\r\nBcc": "x"},
            {"X-Ok": "a\r\nBcc: eve@evil.example"},
        ],
    )
    def test_extra_headers_cannot_add_people(self, headers):
        with pytest.raises(ValueError, match="extra header"):
            build(parcel(headers=headers))

    @pytest.mark.parametrize(
        "changes",
        [
            {"dated": datetime(2026, 9, 18)},
            {"message_id": "no brackets"},
            {"references": ("<a@b>\r\nBcc: x",)},
            {"from_address": "a@b, c@d"},
            {"reply_to": "a@b, c@d"},
        ],
    )
    def test_our_own_mistakes_are_not_blamed_on_the_recipient(self, changes):
        with pytest.raises(ValueError):
            build(parcel(**changes))

    def test_printing_a_parcel_does_not_show_the_letter(self):
        assert repr(parcel(text="https://portal.halden.example/l/secret")) == "<Parcel <item.1@portal.halden.example>>"

    def test_every_line_fits_any_server(self):
        raw = build(parcel(text="ü" * 5000, html="<p>" + "a" * 5000)).as_bytes()
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998
        assert raw.isascii()


class TestSmtp:
    def test_a_mail_arrives_at_the_one_address(self, server, post):
        post.send(parcel())
        (mail,) = server.taken
        assert (mail.sender, mail.recipients, mail.subject) == (
            "projects@halden.example",
            ("bea@birch.example",),
            "What we need for Website",
        )
        assert "Grüße" in mail.text()
        assert "<p>" in mail.text("html")

    def test_a_batch_uses_one_connection(self):
        box = _Box()
        with _listening(box) as port:
            post = transport_for(f"smtp://127.0.0.1:{port}?tls=none")
            for number in range(5):
                post.send(parcel(message_id=f"<{number}@x.example>"))
            post.close()
            post.send(parcel())
            post.close()
        assert len(box.connections) == 6
        assert len(set(box.connections)) == 2

    def test_a_connection_gone_stale_is_opened_again(self, server, post):
        post.send(parcel())
        server.down()
        server.up()
        post.send(parcel(subject="second"))
        assert server.subjects() == ["What we need for Website", "second"]

    def test_not_now_means_try_this_mail_again(self, server, post):
        server.will("later")
        with pytest.raises(TryAgain, match="451") as trouble:
            post.send(parcel())
        assert not trouble.value.whole_lane
        post.send(parcel())
        assert len(server.taken) == 1

    def test_never_means_never(self, server, post):
        server.will("never")
        with pytest.raises(Undeliverable, match="550") as refusal:
            post.send(parcel())
        assert (refusal.value.code, refusal.value.bad_address) == (550, False)
        post.send(parcel(subject="the next one goes on"))
        assert server.subjects() == ["the next one goes on"]

    def test_an_unknown_person_is_a_bad_address(self, server, post):
        server.will("no such person")
        with pytest.raises(Undeliverable, match="no such person") as refusal:
            post.send(parcel())
        assert (refusal.value.code, refusal.value.bad_address) == (550, True)
        post.send(parcel())
        assert len(server.taken) == 1

    def test_a_line_cut_in_the_middle_concerns_this_mail_only(self, server, post):
        server.will("drop")
        with pytest.raises(TryAgain) as trouble:
            post.send(parcel())
        assert not trouble.value.whole_lane
        post.send(parcel())
        assert len(server.taken) == 1

    def test_a_server_that_is_down_stops_the_lane_and_loses_nothing(self, server, post):
        server.down()
        with pytest.raises(TryAgain) as trouble:
            post.send(parcel())
        assert trouble.value.whole_lane
        server.up()
        post.send(parcel())
        assert len(server.taken) == 1

    def test_an_international_address_goes_to_a_server_that_knows_them(self, server, post):
        post.send(parcel(to_address="zoë@birch.example"))
        assert server.taken[0].recipients == ("zoë@birch.example",)

    def test_a_server_that_does_not_know_them_keeps_the_lane_going(self):
        box = _Box()
        with _listening(box, enable_SMTPUTF8=False) as port:
            post = transport_for(f"smtp://127.0.0.1:{port}")
            with pytest.raises(Undeliverable, match="outside ASCII"):
                post.send(parcel(to_address="zoë@birch.example"))
            post.send(parcel())
            post.close()
        assert box.recipients == ["bea@birch.example"]


class TestSecrets:
    @pytest.fixture
    def certificate(self):
        with temp_certificate() as made:
            yield made

    @pytest.fixture
    def guarded(self, certificate):
        """A server that insists on encryption and a password."""
        box = _Box()
        rules = {"require_starttls": True, "auth_required": True, "authenticator": _knows_ada}
        with _listening(box, tls_context=certificate.server_context(), **rules) as box.port:
            yield box

    def test_it_signs_in_over_starttls(self, guarded, certificate):
        post = transport_for(f"smtp://ada:{IN_URL}@localhost:{guarded.port}?tls=starttls", tls=certificate.client_context())
        post.send(parcel())
        post.close()
        assert guarded.recipients == ["bea@birch.example"]

    def test_it_speaks_tls_from_the_first_byte(self, certificate):
        box = _Box()
        with _listening(box, ssl_context=certificate.server_context()) as port:
            post = transport_for(f"smtps://localhost:{port}", tls=certificate.client_context())
            post.send(parcel())
            post.close()
        assert box.recipients == ["bea@birch.example"]

    def test_a_wrong_password_stops_the_lane_and_stays_secret(self, guarded, certificate):
        post = transport_for(f"smtp://ada:wrong{IN_URL}@localhost:{guarded.port}?tls=starttls", tls=certificate.client_context())
        with pytest.raises(TryAgain, match="did not accept the user name and password") as trouble:
            post.send(parcel())
        assert trouble.value.whole_lane
        told = "".join(traceback.format_exception(trouble.value)) + repr(vars(post))
        assert "horse" not in told

    def test_a_stranger_certificate_stops_the_lane(self, guarded):
        post = transport_for(f"smtp://ada:{IN_URL}@localhost:{guarded.port}?tls=starttls")
        with pytest.raises(TryAgain, match="certificate") as trouble:
            post.send(parcel())
        assert trouble.value.whole_lane
        assert guarded.recipients == []

    def test_encryption_asked_for_is_never_skipped(self, server):
        with pytest.raises(TryAgain, match="does not offer STARTTLS"):
            transport_for(f"{server.url}?tls=starttls").send(parcel())
        assert server.taken == []

    def test_other_machines_are_spoken_to_encrypted_unless_asked(self):
        assert "tls='starttls'" in repr(vars(transport_for(f"smtp://ada:{IN_URL}@mail.example")))

    @pytest.mark.parametrize(
        "url",
        [
            f"smtp://ada:{PASSWORD}@mail.example",
            "smtp://ada:horse@mail.example:port",
            "smtp://ada:horse@mail.example?tls=maybe",
            "smtp://ada:horse@",
            "smtp://ada:[horse@mail.example",
            "horse://mail.example",
            "file://host/folder",
            "",
        ],
    )
    def test_a_wrong_url_is_refused_without_repeating_it(self, url):
        with pytest.raises(ValueError, match="mail URL") as refusal:
            transport_for(url)
        assert "horse" not in "".join(traceback.format_exception(refusal.value)).replace(url, "")


class TestFolder:
    def test_each_mail_is_one_file_in_order_of_time(self, tmp_path):
        folder = tmp_path / "mail folder"
        post = transport_for(f"file:{folder}")
        for minutes in (2, 0, 1):
            post.send(parcel(message_id=f"<{minutes}@x.example>", dated=NOON + timedelta(minutes=minutes), subject=f"No. {minutes}"))
        files = sorted(folder.iterdir())
        assert [path.suffix for path in files] == [".eml"] * 3
        assert [email.message_from_bytes(path.read_bytes())["Subject"] for path in files] == ["No. 0", "No. 1", "No. 2"]

    def test_a_retry_overwrites_instead_of_doubling(self, tmp_path):
        post = transport_for(f"file:{tmp_path}")
        post.send(parcel(subject="first try"))
        post.send(parcel(subject="second try", dated=NOON + timedelta(hours=1)))
        (path,) = tmp_path.iterdir()
        assert b"second try" in path.read_bytes()

    def test_a_folder_that_cannot_be_written_stops_the_lane(self, tmp_path):
        (tmp_path / "in the way").write_text("a file")
        with pytest.raises(TryAgain) as trouble:
            transport_for(f"file:{tmp_path / 'in the way'}").send(parcel())
        assert trouble.value.whole_lane

    def test_a_failed_write_leaves_nothing_half_done(self, tmp_path):
        post = transport_for(f"file:{tmp_path}")
        post.send(parcel())
        (path,) = tmp_path.iterdir()
        path.unlink()
        path.mkdir()
        with pytest.raises(TryAgain):
            post.send(parcel())
        assert list(tmp_path.iterdir()) == [path]


def test_the_console_shows_the_words(capsys):
    transport_for("console:").send(parcel())
    shown = capsys.readouterr().out
    assert "To: Bea Birch <bea@birch.example>" in shown
    assert "the first thing takes 5 minutes" in shown


class _Box(KeepsMessages):
    """Keeps whom each mail was for and which connection it came on."""

    def __init__(self):
        super().__init__()
        self.recipients = []
        self.connections = []

    def handle_message(self, message):
        self.recipients.append(message["X-RcptTo"])
        self.connections.append(message["X-Peer"])


@contextlib.contextmanager
def _listening(box, **rules):
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **rules)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _knows_ada(server, session, envelope, mechanism, auth_data):
    return AuthResult(success=(auth_data.login, auth_data.password) == (b"ada", PASSWORD.encode()), handled=False)
