"""The configuration: read from the environment once, checked whole, and refused in words when it is incomplete or unsafe."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

MODES = ("production", "demo")
MAIL_SCHEMES = ("smtp://", "smtps://", "file:/", "console:")

SETTINGS = {
    "PORTAL_MODE": ("production", "`production`, or `demo`: a firm to try things out on, on this machine only"),
    "BASE_URL": ("", "The https address people use, such as `https://portal.example.com`"),
    "MAIL_URL": (
        "",
        "How mail leaves: `smtp://user:password@host:587`, `smtps://…:465`, `file:/folder` (none leaves) or `console:`",
    ),
    "REPLY_ADDRESS": (
        "",
        "Where answers to our mails arrive, such as `reply@portal.example.com`; `reply+anything@` has to arrive there too",
    ),
    "IMAP_URL": (
        "",
        "The mailbox they lie in, read every minute: `imaps://user:password@host:993/INBOX`; or pipe them to `flask mail receive`",
    ),
    "DATA_DIR": (".data", "Where the database, the received files and the secret key lie (`.data/demo` in the demo)"),
    "SECRET_KEY": ("", "At least 32 random characters; without it the file `secret-key` in DATA_DIR counts, which `flask setup` writes"),
    "DATABASE_URL": ("", "`postgresql://user:password@host/name`; without it SQLite in DATA_DIR"),
    "STORAGE_URL": (
        "disk:",
        "Where received files lie: `disk:` in DATA_DIR, `s3://bucket?region=…&endpoint=https://…` in a bucket (docs/operations.md)",
    ),
    "AWS_ACCESS_KEY_ID": ("", "The name of the key to the bucket"),
    "AWS_SECRET_ACCESS_KEY": ("", "The secret of the key to the bucket"),
    "HOST": ("127.0.0.1", "The address to listen on"),
    "PORT": ("8000", "The port to listen on"),
    "NGINX_FILES": ("", "Where an nginx in front hands out our files itself, such as `/_files/`: an `internal` location of its own"),
    "NGINX_BODIES": (
        "",
        "The folder into which an nginx in front writes what people send, on the disk of DATA_DIR; `flask storage nginx` prints its part",
    ),
    "CLAMD_URL": ("", "The virus scanner: `unix:/run/clamav/clamd.ctl` or `tcp://host:3310`; files wait until it has looked into them"),
    "ALLOW_UNSCANNED": ("0", "`1` takes files without a virus scanner; they are shown as not checked"),
    "ANCHOR_FILE": ("", "Where the ends of the record are written down every day (`anchors.jsonl` in DATA_DIR); best on another machine"),
    "ANCHOR_BUCKET": (
        "",
        "A bucket with object lock that keeps them too, and lets nobody take them back: `s3://bucket?region=…&endpoint=https://…&days=3650`",
    ),
    "ANCHOR_TSA": ("", "A time-stamp service (RFC 3161) that signs the ends of each day, such as `https://tsa.example.com`"),
    "ANCHOR_MAIL": ("1", "`0` sends these ends to nobody; otherwise the firm's first administrator gets them by mail"),
    "TRUSTED_PROXIES": ("0", "How many proxies of yours stand in front and add `X-Forwarded-For` and `X-Forwarded-Proto`"),
}
"""Every setting: its name, what counts without it, and what it means. The README shows this table."""


BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
BUCKET_WORDS = ("endpoint", "region", "public", "direct")


class Unsafe(SystemExit):
    """The portal does not start like this; the sentences say what to change."""


@dataclass(frozen=True)
class BucketAt:
    """A bucket of an S3 service, as STORAGE_URL names it."""

    name: str
    endpoint: str
    region: str
    public: str
    direct: bool
    key_id: str
    secret: str


@dataclass(frozen=True)
class Config:
    """Everything that differs between installations."""

    mode: str
    secret_key: str
    base_url: str
    data_dir: Path
    database_url: str
    mail_url: str
    host: str
    port: int
    trusted_proxies: int
    nginx_files: str = ""
    nginx_bodies: Path | None = None
    storage_url: str = "disk:"
    storage_key: tuple[str, str] = ("", "")
    clamd_url: str = ""
    allow_unscanned: bool = False
    anchor_file: str = ""
    anchor_mail: bool = True
    anchor_bucket: str = ""
    anchor_tsa: str = ""
    reply_address: str = ""
    imap_url: str = ""
    still_to_do: tuple[str, ...] = ()

    @property
    def is_demo(self) -> bool:
        """Whether this is the demo, which may show its own mails and make sign-in links."""
        return self.mode == "demo"

    @property
    def is_https(self) -> bool:
        """Whether people reach us over https."""
        return self.base_url.startswith("https://")

    @property
    def mail_folder(self) -> Path | None:
        """Where mails are written, when they are written and not sent."""
        return Path(self.mail_url.removeprefix("file:")) if self.mail_url.startswith("file:") else None

    @property
    def bucket(self) -> BucketAt | None:
        """The bucket that received files lie in; None when they lie in DATA_DIR."""
        return self._bucket_at(self.storage_url)

    @property
    def anchors_locked(self) -> tuple[BucketAt, int] | None:
        """The bucket that keeps the ends of the record, and for how many days nothing in it can be deleted."""
        at = self._bucket_at(self.anchor_bucket)
        return (at, int(dict(parse_qsl(urlsplit(self.anchor_bucket).query)).get("days", "3650"))) if at else None

    def _bucket_at(self, address: str) -> BucketAt | None:
        url = urlsplit(address)
        if url.scheme != "s3":
            return None
        words = dict(parse_qsl(url.query))
        return BucketAt(
            name=url.netloc,
            endpoint=words.get("endpoint", "").rstrip("/"),
            region=words.get("region", "us-east-1"),
            public=words.get("public", "").rstrip("/"),
            direct=words.get("direct", "yes") != "no",
            key_id=self.storage_key[0],
            secret=self.storage_key[1],
        )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Config:
        """Read and check the environment; raises Unsafe with one sentence per problem."""
        config = cls._read(env)
        problems = config.problems(env)
        if problems:
            raise Unsafe("The portal does not start:\n" + "\n".join(f"- {problem}" for problem in problems))
        return config

    @classmethod
    def before_setup(cls, env: Mapping[str, str]) -> Config:
        """Read the environment of a machine that is still being set up: what is missing is kept in `still_to_do`, not a reason to stop."""
        config = cls._read(env)
        if config.is_demo:
            raise Unsafe("PORTAL_MODE=demo sets itself up. Run `make demo`, or use PORTAL_MODE=production.")
        problems = tuple(problem for problem in config.problems(env) if config.secret_key or not problem.startswith("SECRET_KEY"))
        return replace(config, base_url=config.base_url or "https://portal.invalid", still_to_do=problems)

    @classmethod
    def _read(cls, env: Mapping[str, str]) -> Config:
        def setting(name: str) -> str:
            return env.get(name) or SETTINGS[name][0]

        demo = setting("PORTAL_MODE") == "demo"
        data_dir = Path(env.get("DATA_DIR") or (".data/demo" if demo else SETTINGS["DATA_DIR"][0])).resolve()
        port = _number("PORT", setting("PORT"), most=65535)
        return cls(
            mode=setting("PORTAL_MODE"),
            secret_key=_secret(setting("SECRET_KEY"), data_dir, make=demo),
            base_url=(setting("BASE_URL") or (f"http://127.0.0.1:{port}" if demo else "")).rstrip("/"),
            data_dir=data_dir,
            database_url=setting("DATABASE_URL") or f"sqlite:///{data_dir / 'portal.sqlite3'}",
            mail_url=setting("MAIL_URL") or (f"file:{data_dir / 'mail'}" if demo else ""),
            host=setting("HOST"),
            port=port,
            trusted_proxies=_number("TRUSTED_PROXIES", setting("TRUSTED_PROXIES"), most=9),
            nginx_files=setting("NGINX_FILES"),
            nginx_bodies=Path(setting("NGINX_BODIES")) if setting("NGINX_BODIES") else None,
            storage_url=setting("STORAGE_URL"),
            storage_key=(setting("AWS_ACCESS_KEY_ID"), setting("AWS_SECRET_ACCESS_KEY")),
            clamd_url=setting("CLAMD_URL"),
            allow_unscanned=setting("ALLOW_UNSCANNED") == "1",
            anchor_file=setting("ANCHOR_FILE") or str(data_dir / "anchors.jsonl"),
            anchor_mail=setting("ANCHOR_MAIL") != "0",
            anchor_bucket=setting("ANCHOR_BUCKET"),
            anchor_tsa=setting("ANCHOR_TSA"),
            reply_address=setting("REPLY_ADDRESS").lower(),
            imap_url=setting("IMAP_URL"),
        )

    def problems(self, env: Mapping[str, str]) -> list[str]:
        """What is missing or unsafe, one sentence each."""
        found = []
        if self.mode not in MODES:
            found.append(f"PORTAL_MODE is {self.mode!r}. Use production or demo.")
        if len(self.secret_key) < 32:
            found.append(
                "SECRET_KEY is missing or shorter than 32 characters. Run `flask setup` once, or set SECRET_KEY to a long random text."
            )
        if env.get("FLASK_DEBUG", "0").lower() not in ("", "0", "false", "no"):
            found.append("FLASK_DEBUG is on. Switch it off: the debugger lets visitors run code.")
        if self.mail_url and not self.mail_url.startswith(MAIL_SCHEMES):
            found.append(f"MAIL_URL does not begin with one of {', '.join(MAIL_SCHEMES)}.")
        if self.nginx_files and not re.fullmatch(r"(/[A-Za-z0-9_-]+)+/", self.nginx_files, re.ASCII):
            found.append(
                f"NGINX_FILES is {self.nginx_files!r}. Set it to the path of an internal location, such as /_files/, or leave it out."
            )
        if self.nginx_bodies and (not self.trusted_proxies or self.nginx_bodies.resolve() != self.nginx_bodies):
            found.append("NGINX_BODIES is the full path of a folder, without links on the way, and goes with TRUSTED_PROXIES of 1 or more.")
        found += self._bucket_problems() + self._anchor_problems() + self._letterbox_problems()
        if self.clamd_url and not re.fullmatch(r"unix:/.+|tcp://[^/@:]+:\d{1,5}", self.clamd_url):
            found.append(f"CLAMD_URL is {self.clamd_url!r}. Set it to unix:/run/clamav/clamd.ctl or tcp://host:3310.")
        if self.is_demo:
            return found + self._demo_problems()
        parts = urlsplit(self.base_url)
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.path:
            found.append(f"BASE_URL is {self.base_url!r}. Set it to the https address people use, such as https://portal.example.com.")
        if not self.mail_url:
            found.append("MAIL_URL is missing. Set it to smtp://user:password@host:587, or to file:/folder to try things out.")
        if not self.clamd_url and not self.allow_unscanned:
            found.append(
                "CLAMD_URL is missing: files would reach you unchecked. Set it to unix:/run/clamav/clamd.ctl or tcp://host:3310, "
                "or set ALLOW_UNSCANNED=1 to go without a virus scanner."
            )
        return found

    def _bucket_problems(self) -> list[str]:
        if self.storage_url == "disk:":
            return []
        url, bucket = urlsplit(self.storage_url), self.bucket
        if bucket is None or url.path.strip("/"):
            return [f"STORAGE_URL is {self.storage_url!r}. Use disk:, or s3://bucket?region=…&endpoint=https://…"]
        if "@" in url.netloc:
            return ["STORAGE_URL holds a key. Put it into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."]
        found = []
        if not BUCKET_NAME.fullmatch(bucket.name):
            found.append(f"STORAGE_URL names the bucket {bucket.name!r}. Names are 3 to 63 small letters, digits, dots and hyphens.")
        for word in dict(parse_qsl(url.query, keep_blank_values=True)).keys() - set(BUCKET_WORDS):
            found.append(f"STORAGE_URL says {word}=…, which means nothing here. It may say {', '.join(BUCKET_WORDS)}.")
        for name, address in (("endpoint", bucket.endpoint), ("public", bucket.public)):
            if address and not _is_origin(address):
                found.append(f"STORAGE_URL says {name}={address}. Use an address without a path, such as https://s3.example.com.")
        reached_at = urlsplit(bucket.public or bucket.endpoint or "https://amazon")
        if bucket.direct and reached_at.scheme == "http" and not _is_loopback(reached_at.hostname or ""):
            found.append(
                f"STORAGE_URL lets browsers send files to {bucket.public or bucket.endpoint}, which is not https. "
                "Add &public=https://… if there is such an address, or &direct=no to let the files pass through the portal."
            )
        if self.nginx_files:
            found.append("NGINX_FILES lets nginx hand out files from a folder, but STORAGE_URL names a bucket. Leave NGINX_FILES out.")
        if not all(self.storage_key):
            found.append("AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing. The bucket of STORAGE_URL needs both.")
        return found

    def _anchor_problems(self) -> list[str]:
        url, found = urlsplit(self.anchor_bucket), []
        days = dict(parse_qsl(url.query)).get("days", "3650")
        if self.anchor_bucket and (url.scheme != "s3" or not BUCKET_NAME.fullmatch(url.netloc) or not re.fullmatch(r"[1-9]\d{0,4}", days)):
            found.append(f"ANCHOR_BUCKET is {self.anchor_bucket!r}. Use s3://bucket?region=…&endpoint=https://…&days=3650.")
        if self.anchor_bucket and not all(self.storage_key):
            found.append("AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing. The bucket of ANCHOR_BUCKET needs both.")
        if self.anchor_tsa and urlsplit(self.anchor_tsa).scheme not in ("http", "https"):
            found.append(
                f"ANCHOR_TSA is {self.anchor_tsa!r}. Set it to the address of a time-stamp service, such as https://tsa.example.com."
            )
        return found

    def _letterbox_problems(self) -> list[str]:
        found = []
        if self.reply_address and not re.fullmatch(r"[a-z0-9._-]{1,20}@[a-z0-9-]+(\.[a-z0-9-]+)*", self.reply_address, re.ASCII):
            found.append(f"REPLY_ADDRESS is {self.reply_address!r}. Set it to a plain address, such as reply@portal.example.com.")
        if self.imap_url and (urlsplit(self.imap_url).scheme not in ("imap", "imaps") or not urlsplit(self.imap_url).hostname):
            found.append("IMAP_URL does not look like imaps://user:password@host:993/INBOX.")
        if self.imap_url and not self.reply_address:
            found.append("IMAP_URL is set, but REPLY_ADDRESS is not: nobody's answers would go there.")
        return found

    def _demo_problems(self) -> list[str]:
        return [
            f"PORTAL_MODE=demo works on this machine only, but {name} is {value!r}. Use 127.0.0.1, or PORTAL_MODE=production."
            for name, value in (("HOST", self.host), ("BASE_URL", urlsplit(self.base_url).hostname or ""))
            if not _is_loopback(value)
        ]


def _number(name: str, text: str, *, most: int) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        raise Unsafe(f"The portal does not start:\n- {name} is {text!r}. Set it to a number up to {most}.")
    return int(text)


def _is_origin(address: str) -> bool:
    """Whether this is scheme, host and perhaps port, and nothing else."""
    parts = urlsplit(address)
    return (
        parts.scheme in ("http", "https") and bool(parts.hostname) and address == f"{parts.scheme}://{parts.netloc}" and "@" not in address
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _secret(given: str, data_dir: Path, *, make: bool) -> str:
    if given:
        return given
    path = data_dir / "secret-key"
    if make and not path.exists():
        make_secret(data_dir)
    return path.read_text().strip() if path.exists() else ""


def make_secret(data_dir: Path) -> Path:
    """Write a new random secret key that only this user can read; an existing one is kept."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / "secret-key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
    return path
