"""The mail server keeps what it said yes to, and answers as it was told."""

import smtplib
from email.message import EmailMessage

import pytest

from tests.support.smtp import MailServer


@pytest.fixture
def server():
    with MailServer() as running:
        yield running


def send(server, subject="Hallo, Zoë"):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "firm@example.test", "bea@example.test", subject
    mail.set_content("Grüße")
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        client.send_message(mail)


def test_it_keeps_what_it_took(server):
    send(server)
    (mail,) = server.taken
    assert (mail.sender, mail.recipients, mail.subject, mail.text().strip()) == (
        "firm@example.test",
        ("bea@example.test",),
        "Hallo, Zoë",
        "Grüße",
    )


@pytest.mark.parametrize(("answer", "error"), [("later", smtplib.SMTPDataError), ("never", smtplib.SMTPDataError)])
def test_it_refuses_as_told_and_is_kind_again(server, answer, error):
    server.will(answer)
    with pytest.raises(error):
        send(server)
    send(server, "second")
    assert server.subjects() == ["second"]
    assert server.tries == 2


def test_it_knows_no_such_person(server):
    server.will("no such person")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(server)
    assert server.taken == []


def test_it_hangs_up_in_the_middle(server):
    server.will("drop")
    with pytest.raises(smtplib.SMTPException):
        send(server)
    assert server.taken == []


def test_it_is_not_there_and_comes_back_on_the_same_port(server):
    server.down()
    with pytest.raises(ConnectionRefusedError):
        send(server)
    server.up()
    send(server)
    assert len(server.taken) == 1


def test_it_can_refuse_everything_until_told_otherwise(server):
    server.will_always("later")
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError):
            send(server)
    server.will_always("ok")
    send(server)
    assert server.tries == 3
