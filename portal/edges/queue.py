"""The queue that wakes the worker: huey only distributes and keeps the minute, the outbox rows are the truth."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from huey import Huey, SqliteHuey, crontab
from huey.consumer import Consumer, ConsumerStopped

from portal.edges import anchoring, doctor
from portal.edges.chores import do_awaited, do_unawaited
from portal.edges.letterbox.fetching import fetch_mail
from portal.edges.mail import transport_for
from portal.edges.worker import drain
from portal.kernel import jobs
from portal.kernel.db import db, open_session
from portal.kernel.viewer import SYSTEM
from portal.kinds.files import purging, rescanning
from portal.kinds.questionnaires import note_pictures
from portal.kinds.reminders import mornings
from portal.kinds.reminders import running as reminding
from portal.storage import StorageError
from portal.storage.scanner import ScannerDown

SLOWEST_LOOK = 0.5  # seconds between two looks into the queue; a sign-in mail waits no longer than that
LONGEST_GOODBYE = 20.0  # seconds a mail (or a chore) on its way may still take when the process is asked to end


def queue_for(app: Flask) -> list[Huey]:
    """The queues of this installation: mails, work somebody waits for, and other work, so that a long scan holds neither of them up.

    From now on commits of this process wake whoever runs the worker.
    """
    mails, wake_mails = _queue(app, "mails", lambda: send_all(app))
    awaited, wake_awaited = _queue(app, "awaited", lambda: do_awaited(app))
    others, wake_others = _queue(app, "chores", lambda: do_unawaited(app))
    jobs.on_wake(wake_mails)
    jobs.on_wake(lambda delays: (wake_awaited(delays), wake_others(delays))[0], who=jobs.CHORES)
    queues = [mails, awaited, others]

    @queues[-1].periodic_task(crontab(minute="17"))  # type: ignore[untyped-decorator]
    def tidy() -> None:  # beside the chores: a slow store holds no mail up
        tidy_up(app)

    @queues[-1].periodic_task(crontab(minute="37"))  # type: ignore[untyped-decorator]
    def signatures() -> None:
        look_for_signatures(app)

    @queues[-1].periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def anchor() -> None:  # once a day, soon after it begins; each minute because a worker may have been away then
        write_ends_down(app)

    @queues[-1].periodic_task(crontab(minute="*/5"))  # type: ignore[untyped-decorator]
    def reminders() -> None:
        remind(app)

    @queues[-1].periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def letterbox() -> None:
        take_mail_in(app)

    app.extensions["queues"] = queues
    return queues


def _queue(app: Flask, who: str, run: Callable[[], object]) -> tuple[Huey, jobs.Waker]:
    """A queue that does one kind of work, and how to wake it."""
    queue = SqliteHuey(who, filename=str(Path(app.config["DATA_DIR"]) / "queue.sqlite3"), results=False, fsync=False)

    @queue.task()  # type: ignore[untyped-decorator]
    def run_due() -> None:
        run()

    @queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def sweep() -> None:
        run()

    def wake(delays: tuple[float, ...]) -> None:
        try:
            for delay in delays:
                run_due.schedule(delay=delay) if delay else run_due()
        except Exception:  # the commit has happened and stands; the minute's sweep finds its rows
            app.logger.exception("the worker could not be woken")

    return queue, wake


def tidy_up(app: Flask) -> None:
    """Clear away what uploads left that nobody will finish, and order the removal of what is kept long enough."""
    with app.app_context():
        try:
            doctor.tidy()
            open_session(SYSTEM, writes=True)
            purging.begin()
            open_session(SYSTEM, writes=True)
            note_pictures.let_go()
        except StorageError:
            app.logger.exception("the antechamber could not be swept; the next hour tries again")
        finally:
            db.session.remove()


def remind(app: Flask) -> int:
    """Put the reminders of clients and the morning letters of our own people on their way that are due."""
    with app.app_context():
        try:
            return reminding.run() + mornings.run()
        finally:
            db.session.remove()


def take_mail_in(app: Flask) -> None:
    """File the answers that lie in the mailbox."""
    fetch_mail(app)


def write_ends_down(app: Flask) -> None:
    """Have the ends of the record leave the database, once a day."""
    with app.app_context():
        try:
            anchoring.daily()
        finally:
            db.session.remove()


def look_for_signatures(app: Flask) -> None:
    """Have files scanned again when the virus scanner knows more than it did."""
    with app.app_context():
        try:
            rescanning.check()
        except ScannerDown as down:
            app.logger.warning("%s; the next hour asks again", down)
        finally:
            db.session.remove()


def send_all(app: Flask) -> int:
    """Send what is due with the configured transport."""
    return drain(app, transport_for(app.config["MAIL_URL"]))


class Worker:
    """The worker's threads in this process, one for each queue; signal handlers stay those of the process."""

    def __init__(self, app: Flask) -> None:
        self._consumers: list[Consumer] = [
            queue.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=SLOWEST_LOOK, shutdown_timeout=LONGEST_GOODBYE)
            for queue in app.extensions["queues"]
        ]
        self._watches = [
            threading.Thread(target=_keep_alive, args=(consumer,), name="worker-watch", daemon=True) for consumer in self._consumers
        ]

    def start(self) -> None:
        """Begin to work, first on what a worker that died may have left. Call it in the main thread."""
        for who in (jobs.MAILS, jobs.CHORES):
            jobs.wake(who=who)
        kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        for consumer in self._consumers:
            consumer.start()
        for number, handler in kept.items():
            signal.signal(number, handler)
        for watch in self._watches:
            watch.start()

    def stop(self) -> None:
        """Finish the mail and the chore on their way and end."""
        for consumer in self._consumers:
            consumer.stop_flag.set()  # all at once, so that they say goodbye side by side
        for consumer in self._consumers:
            consumer.stop(graceful=True)


def _keep_alive(consumer: Consumer) -> None:
    """Put a new thread in the place of one that died."""
    looked_at: float | None = None
    while True:
        try:
            looked_at = consumer.loop(looked_at or 1.0)
        except ConsumerStopped:
            return
