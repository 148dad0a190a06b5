"""The WSGI entry: `app`, configured from the environment."""

import os

from config import Config
from portal import create_app

app = create_app(Config.from_env(os.environ))
