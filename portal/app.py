"""Puts the portal together: `create_app` makes it from its configuration."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

import portal.models  # noqa: F401 - defines every table
from config import Config
from portal.edges import assets, cli, errors, headers, page_facts, stores
from portal.edges.gate import Sessions
from portal.edges.short_way import ShortWay
from portal.kernel import keys
from portal.kernel.db import db, prepare
from portal.map import client_pages, public_pages, staff_pages
from portal.storage import current, scanner
from portal.web import answers, doors, forms, i18n, login, version_facts
from portal.web.bodies import Request
from portal.web.standoffs import Portal

ROOT = Path(__file__).resolve().parent.parent
BODY_LIMIT = 2 * 1024 * 1024 * 1024


def create_app(config: Config) -> Flask:
    """The portal, made from its configuration."""
    app = Portal("portal", template_folder=str(ROOT / "templates"), static_folder=None, root_path=str(ROOT / "portal"))
    app.request_class = Request
    app.config.from_mapping(_settings(config))
    _prepare_folders(config)
    keys.use(config.secret_key)
    store = stores.store_of(config)
    current.use(store)
    scanner.use(config.clamd_url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    doors.limit_bodies(app)
    forms.init(app)
    Compress(app)
    i18n.init(app)
    answers.init(app)
    version_facts.init(app)
    login.init(app)
    assets.register(app)
    headers.register(app, https=config.is_https, also_to=store.direct.origin if store.direct else "")
    errors.register(app)
    page_facts.register(app)
    cli.register(app)
    for door in doors.build(public=public_pages(demo=config.is_demo), client=client_pages(), staff=staff_pages()):
        app.register_blueprint(door)
    doors.refuse_doorless(app)
    with app.app_context():
        app.extensions["portal sessions"] = Sessions(app)
        app.wsgi_app = _short_way(app, config, engine=db.engine)  # type: ignore[method-assign]
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.trusted_proxies, x_proto=1, x_host=0)  # type: ignore[method-assign]
    return app


def _short_way(app: Flask, config: Config, *, engine: Engine) -> ShortWay:
    carried = headers.carried(https=config.is_https) | {"Cache-Control": "private, no-store"}
    known: Sessions = app.extensions["portal sessions"]
    return ShortWay(app.wsgi_app, engine, token_of=known.token, bodies=lambda: app.config["NGINX_BODIES"], headers=carried)


def _settings(config: Config) -> dict[str, object]:
    base = urlsplit(config.base_url)
    return {
        "SECRET_KEY": config.secret_key,
        "BASE_URL": config.base_url,
        "SERVER_NAME": base.netloc,
        "PREFERRED_URL_SCHEME": base.scheme,
        "TRUSTED_HOSTS": [base.hostname, "localhost", "127.0.0.1"] if config.is_demo else [base.hostname],
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": 10, "pool_use_lifo": True},  # one for each thread; the warm ones first
        "MAX_CONTENT_LENGTH": BODY_LIMIT,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "SESSION_COOKIE_NAME": "__Host-portal" if config.is_https else "portal",
        "SESSION_COOKIE_SECURE": config.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "LANGUAGES_SPOKEN": ("en", *sorted(path.parent.parent.name for path in ROOT.glob("portal/translations/*/LC_MESSAGES/messages.mo"))),
        "COMPRESS_STREAMS": False,
        "DATA_DIR": str(config.data_dir),
        "SPOOL": str(config.data_dir / "tmp"),
        "MAIL_URL": config.mail_url,
        "MAIL_FOLDER": config.mail_folder,
        "REPLY_ADDRESS": config.reply_address,
        "IMAP_URL": config.imap_url,
        "NGINX_FILES": config.nginx_files,
        "NGINX_BODIES": config.nginx_bodies,
        "ANCHOR_FILE": config.anchor_file or str(config.data_dir / "anchors.jsonl"),
        "ANCHOR_MAIL": config.anchor_mail,
        "DEMO": config.is_demo,
        "CONFIG": config,
    }


def _prepare_folders(config: Config) -> None:
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (config.data_dir / "tmp", config.nginx_bodies):
        if folder:
            folder.mkdir(mode=0o700, exist_ok=True)
