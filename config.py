"""The configuration: read from the environment once, checked whole, and refused in words when it is incomplete or unsafe."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

MODES = ("production", "demo")


class Unsafe(SystemExit):
    """The portal does not start like this; the sentences say what to change."""


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
    redis_url: str
    trusted_proxies: int
    max_file_bytes: int

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

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Config:
        """Read and check the environment; raises Unsafe with one sentence per problem."""
        mode = env.get("PORTAL_MODE", "production")
        demo = mode == "demo"
        data_dir = Path(env.get("DATA_DIR") or (".data/demo" if demo else ".data")).resolve()
        port = int(env.get("PORT") or 8000)
        host = env.get("HOST") or "127.0.0.1"
        config = cls(
            mode=mode,
            secret_key=_secret(env, data_dir, make=demo),
            base_url=(env.get("BASE_URL") or (f"http://127.0.0.1:{port}" if demo else "")).rstrip("/"),
            data_dir=data_dir,
            database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'portal.sqlite3'}",
            mail_url=env.get("MAIL_URL") or (f"file:{data_dir / 'mail'}" if demo else ""),
            host=host,
            port=port,
            redis_url=env.get("REDIS_URL", ""),
            trusted_proxies=int(env.get("TRUSTED_PROXIES") or 0),
            max_file_bytes=int(env.get("MAX_FILE_MB") or 100) * 1_000_000,
        )
        problems = list(config.problems(env))
        if problems:
            raise Unsafe("The portal does not start:\n" + "\n".join(f"- {problem}" for problem in problems))
        return config

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
        if self.is_demo:
            return found + self._demo_problems()
        parts = urlsplit(self.base_url)
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.path:
            found.append(f"BASE_URL is {self.base_url!r}. Set it to the https address people use, such as https://portal.example.com.")
        if not self.mail_url:
            found.append("MAIL_URL is missing. Set it to smtp://user:password@host:587, or to file:/folder to try things out.")
        return found

    def _demo_problems(self) -> list[str]:
        return [
            f"PORTAL_MODE=demo works on this machine only, but {name} is {value!r}. Use 127.0.0.1, or PORTAL_MODE=production."
            for name, value in (("HOST", self.host), ("BASE_URL", urlsplit(self.base_url).hostname or ""))
            if not _is_loopback(value)
        ]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _secret(env: Mapping[str, str], data_dir: Path, *, make: bool) -> str:
    if env.get("SECRET_KEY"):
        return env["SECRET_KEY"]
    path = data_dir / "secret-key"
    if make and not path.exists():
        make_secret(data_dir)
    return path.read_text().strip() if path.exists() else ""


def make_secret(data_dir: Path) -> Path:
    """Write a new random secret key that only this user can read; an existing one is kept."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "secret-key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
    return path
