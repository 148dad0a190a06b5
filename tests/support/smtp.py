"""A mail server that keeps what it gets and answers as told: ok, not now (451), never (550), hangs up, or is not there at all.

with MailServer() as server:
    server.will("later", "drop")        # the next two mails; afterwards it is kind again
    …send to server.url…
    assert server.subjects() == ["Your link"]
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Literal, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port

Answer = Literal["ok", "later", "never", "drop", "silence", "no such person"]

SILENCE = 1.0  # seconds in which a server says nothing, before it hangs up
REPLIES = {
    "ok": "250 2.0.0 taken",
    "later": "451 4.3.0 not now, please try again",
    "never": "550 5.7.1 we do not want this mail",
}


@dataclass(frozen=True)
class Taken:
    """One mail the server said yes to: the envelope and what was inside."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        """Return the subject in plain text."""
        return str(self.message["Subject"])

    def text(self, kind: str = "plain") -> str:
        """Return the body of this kind (plain or html), or an empty string."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


class MailServer:
    """An SMTP server in a thread; `taken` holds the mails in the order they came, `tries` counts refused ones too."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[Taken] = []
        self.tries = 0
        self._script: deque[Answer] = deque()
        self._always: Answer = "ok"
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """Return the address for a mail transport setting."""
        return f"smtp://127.0.0.1:{self.port}"

    def will(self, *answers: Answer) -> None:
        """Answer the next mails like this, one after the other."""
        self._script.extend(answers)

    def will_always(self, answer: Answer) -> None:
        """Answer every mail without a script like this from now on."""
        self._always = answer

    def subjects(self) -> list[str]:
        """Return the subjects of the mails taken so far."""
        return [mail.subject for mail in self.taken]

    def up(self) -> None:
        """Listen (again) on the same port."""
        if self._controller is None:
            self._controller = Controller(_Handler(self), hostname="127.0.0.1", port=self.port, ready_timeout=10)
            self._controller.start()

    def down(self) -> None:
        """Stop listening: connections are refused, what was taken stays."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def next_answer(self) -> Answer:
        """Return how to answer the mail that is being sent right now."""
        return self._script.popleft() if self._script else self._always

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.down()


class _Handler:
    """What aiosmtpd calls for every command."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_RCPT(self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        script = self.server._script
        if (script[0] if script else self.server._always) == "no such person":
            self.server.next_answer()
            self.server.tries += 1
            return "550 5.1.1 no such person here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(self, smtp: SMTP, session: Session, envelope: Envelope) -> str | bytes:  # noqa: N802
        self.server.tries += 1
        answer = self.server.next_answer()
        if answer == "silence":
            await asyncio.sleep(SILENCE)
        if answer in ("drop", "silence"):
            if smtp.transport is not None:
                smtp.transport.abort()
            return "421 4.3.2 bye"
        if answer == "ok":
            message = cast(EmailMessage, message_from_bytes(envelope.content or b"", policy=default))
            self.server.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        return REPLIES[answer]
