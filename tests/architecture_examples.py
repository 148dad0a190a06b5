"""Lines that break a house rule, and lines that look alike but keep it."""

LONG_FUNCTION = "def long():\n" + "    pass\n" * 40
FITTING_FUNCTION = "def fitting():\n" + "    pass\n" * 39

BREAKS = {
    "lower_rooms_do_not_know_higher_ones": [
        ("portal/kernel/record.py", "from portal.models.items import Item"),
        ("portal/kernel/record.py", "def late():\n    from portal.models import items"),
        ("portal/models/items.py", "import portal.kinds.files.kind"),
        ("portal/models/items.py", "from portal.storage import disk"),
        ("portal/kinds/files/kind.py", "from portal.web.doors import find"),
        ("portal/web/doors.py", "from ..features.items import queries"),
        ("portal/features/items/client.py", "from portal.desks import home"),
        ("portal/desks/home.py", "from portal.edges.mail import send"),
        ("portal/edges/cli.py", "from portal.app import create_app"),
        ("portal/features/items/client.py", "from portal.demo import firm"),
        ("portal/storage/disk.py", "from portal.kernel.clock import now"),
        ("portal/attic/old.py", "x = 1"),
    ],
    "the_kernel_keeps_its_order": [
        ("portal/kernel/db.py", "from portal.kernel.scope import find"),
        ("portal/kernel/notices.py", "from portal.kernel import record"),
    ],
    "features_do_not_know_each_other": [
        ("portal/features/items/client.py", "from portal.features.clients.queries import one"),
        ("portal/features/items/client.py", "from portal.features import clients"),
        ("portal/features/items/client.py", "from ..clients import queries"),
    ],
    "desks_only_read": [
        ("portal/desks/home.py", "from portal.features.items import actions"),
        ("portal/desks/home.py", "from portal.features.items.actions import accept"),
        ("portal/desks/home.py", "from portal.desks.owed import rows"),
    ],
    "flask_stays_at_the_pages": [
        ("portal/kernel/action.py", "from flask import g"),
        ("portal/kernel/record.py", "from flask_sqlalchemy import SQLAlchemy"),
        ("portal/models/items.py", "import flask_babel"),
        ("portal/features/items/actions.py", "from flask import request"),
        ("portal/features/items/queries.py", "from wtforms import Form"),
    ],
    "actions_and_queries_run_without_a_page": [("portal/features/items/actions.py", "from portal.web.doors import viewer")],
    "some_libraries_have_one_home": [
        ("portal/storage/disk.py", "import boto3"),
        ("portal/features/items/client.py", "from flask_login import current_user"),
        ("portal/features/items/forms.py", "from flask_wtf import FlaskForm"),
        ("portal/models/items.py", "from huey import SqliteHuey"),
        ("portal/web/letters.py", "import smtplib"),
    ],
    "the_environment_is_read_once": [
        ("portal/edges/cli.py", "import os\nport = os.environ['PORT']"),
        ("portal/edges/cli.py", "import os\nport = os.getenv('PORT')"),
        ("portal/edges/cli.py", "from os import environ"),
    ],
    "there_is_one_clock": [
        ("portal/models/items.py", "at = datetime.now(UTC)"),
        ("portal/models/items.py", "at = datetime.datetime.now()"),
        ("portal/models/items.py", "default = datetime.utcnow"),
        ("portal/models/items.py", "day = date.today()"),
        ("portal/models/items.py", "at = time.time()"),
        ("portal/models/items.py", "from time import time"),
    ],
    "there_is_one_commit": [
        ("portal/features/items/actions.py", "db.session.commit()"),
        ("portal/edges/cli.py", "def go(connection):\n    connection.commit()"),
    ],
    "sql_text_is_for_migrations": [
        ("portal/models/items.py", "from sqlalchemy import select, text"),
        ("portal/models/items.py", "import sqlalchemy as sa\nx = sa.text('select 1')"),
        ("portal/models/items.py", "from sqlalchemy.sql import text"),
    ],
    "files_and_functions_stay_short": [
        ("portal/models/items.py", LONG_FUNCTION),
        ("portal/models/items.py", "class Thing:\n    " + LONG_FUNCTION.replace("\n", "\n    ")),
        ("portal/models/items.py", "x = 1\n" * 301),
    ],
    "names_say_something": [
        ("portal/utils.py", ""),
        ("portal/features/items/helpers.py", ""),
        ("portal/kernel/common/clock.py", ""),
        ("portal/edges/mail_manager.py", ""),
    ],
    "translators_see_whole_sentences": [
        ("portal/web/letters.py", "gettext(f'Hello {name}')"),
        ("portal/web/letters.py", "_('Hello ' + name)"),
        ("portal/web/letters.py", "_('Hello %s' % name)"),
        ("portal/web/letters.py", "ngettext('one file', '{} files'.format(n), n)"),
        ("portal/web/letters.py", "flask_babel.gettext(f'Hello {name}')"),
        ("portal/models/items.py", "raise Refused(N_(f'{name} is done'))"),
    ],
}

KEEPS = {
    "lower_rooms_do_not_know_higher_ones": [
        ("portal/kernel/record.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from portal.models.items import Item"),
        ("portal/kinds/files/kind.py", "from portal.storage import disk\nfrom portal.models.items import Item"),
        ("portal/demo/firm.py", "from portal.app import create_app"),
        ("portal/edges/cli.py", "from portal.demo import firm"),
        ("portal/app.py", "from portal.edges import cli"),
    ],
    "features_do_not_know_each_other": [
        ("portal/features/items/client.py", "from portal.features.items import actions\nfrom . import queries")
    ],
    "desks_only_read": [
        ("portal/desks/home.py", "from portal.features.items.queries import open_items\nfrom portal.features.clients import queries")
    ],
    "flask_stays_at_the_pages": [
        ("portal/kernel/db.py", "from flask_sqlalchemy import SQLAlchemy"),
        ("portal/features/items/client.py", "from flask import redirect\nfrom flask_babel import gettext"),
        ("portal/desks/home.py", "from flask import render_template"),
    ],
    "some_libraries_have_one_home": [("portal/storage/s3.py", "import boto3\nfrom botocore.config import Config")],
    "the_environment_is_read_once": [("portal/storage/disk.py", "import os\nos.fsync(1)")],
    "there_is_one_clock": [
        ("portal/kernel/clock.py", "at = datetime.now(UTC)"),
        ("portal/edges/worker.py", "import time\nstart = time.monotonic()\nat = clock.now()"),
    ],
    "there_is_one_commit": [("portal/kernel/action.py", "db.session.commit()")],
    "sql_text_is_for_migrations": [("portal/models/items.py", "from sqlalchemy import Text\nx = text('hello')")],
    "files_and_functions_stay_short": [("portal/models/items.py", FITTING_FUNCTION)],
    "names_say_something": [("portal/models/communes.py", "")],
    "translators_see_whole_sentences": [
        ("portal/web/letters.py", "_('Hello %(name)s', name=f'{first} {last}')\nngettext('a', 'b', n + 1)")
    ],
}
