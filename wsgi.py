"""The WSGI entry: `app`, configured from the environment."""

import os
import sys

from config import Config
from portal.app import create_app
from portal.edges.queue import queue_for


def configured() -> Config:
    """Read the environment; the two commands that come before everything is set start with what there is."""
    early = os.environ.get("FLASK_RUN_FROM_CLI") == "true" and {"setup", "restore"} & set(sys.argv[1:])
    return Config.before_setup(os.environ) if early else Config.from_env(os.environ)


os.umask(0o077)  # databases, queue, mails and backups are for the user the portal runs as, and for nobody else
app = create_app(configured())
queue_for(app)
