"""The queue that wakes the worker: huey only distributes and keeps the minute, the outbox rows are the truth."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

from flask import Flask
from huey import Huey, SqliteHuey, crontab
from huey.consumer import Consumer, ConsumerStopped

from portal.edges.mail import transport_for
from portal.edges.worker import drain
from portal.kernel import jobs

SLOWEST_LOOK = 0.5  # seconds between two looks into the queue; a sign-in mail waits no longer than that
LONGEST_GOODBYE = 25.0  # seconds a mail on its way may still take when the process is asked to end


def queue_for(app: Flask) -> Huey:
    """The queue of this installation; from now on commits of this process wake whoever runs the worker."""
    queue = SqliteHuey("portal", filename=str(Path(app.config["DATA_DIR"]) / "queue.sqlite3"), results=False, fsync=False)

    @queue.task()  # type: ignore[untyped-decorator]
    def send_due() -> None:
        send_all(app)

    @queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def sweep() -> None:
        send_all(app)

    def wake(delays: tuple[float, ...]) -> None:
        try:
            for delay in delays:
                send_due.schedule(delay=delay) if delay else send_due()
        except Exception:  # the commit has happened and stands; the minute's sweep finds its rows
            app.logger.exception("the worker could not be woken")

    jobs.on_wake(wake)
    app.extensions["queue"] = queue
    return queue


def send_all(app: Flask) -> int:
    """Send what is due with the configured transport."""
    return drain(app, transport_for(app.config["MAIL_URL"]))


class Worker:
    """The worker's threads in this process; signal handlers stay those of the process."""

    def __init__(self, app: Flask) -> None:
        self._consumer: Consumer = app.extensions["queue"].create_consumer(
            workers=1, periodic=True, initial_delay=0.1, max_delay=SLOWEST_LOOK, shutdown_timeout=LONGEST_GOODBYE
        )
        self._watch = threading.Thread(target=self._keep_alive, name="worker-watch", daemon=True)

    def start(self) -> None:
        """Begin to work. Call it in the main thread."""
        kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        self._consumer.start()
        for number, handler in kept.items():
            signal.signal(number, handler)
        self._watch.start()

    def stop(self) -> None:
        """Finish the mail on its way and end."""
        self._consumer.stop(graceful=True)

    def _keep_alive(self) -> None:
        """Put a new thread in the place of one that died."""
        looked_at: float | None = None
        while True:
            try:
                looked_at = self._consumer.loop(looked_at or 1.0)
            except ConsumerStopped:
                return
