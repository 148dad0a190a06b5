"""The README says nothing that is not true: its settings, commands, files and folders are looked up."""

import ast
import re
from pathlib import Path

import click
import pytest

from config import SETTINGS
from portal.edges import cli, cli_care

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "docs" / "operations.md"]
NOT_OURS = {"FLASK_DEBUG", "SECRET_KEY"}  # read to refuse it; read twice


def settings_table() -> str:
    """The table of settings as the README shows it."""
    lines = ["| setting | without it | what it means |", "|---|---|---|"]
    for name, (usual, meaning) in SETTINGS.items():
        lines.append(f"| `{name}` | {f'`{usual}`' if usual else ''} | {meaning} |".replace("|  |", "| |"))
    return "\n".join(lines)


def read_in_config() -> set[str]:
    """Every name that config.py reads from the environment."""
    tree = ast.parse((ROOT / "config.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)]
    named = {node.args[0].value for node in calls if ast.unparse(node.func) in ("env.get", "setting")}
    return {name for name in named if isinstance(name, str)}


def test_the_table_shows_every_setting_and_no_other():
    assert settings_table() in (ROOT / "README.md").read_text()
    assert read_in_config() - NOT_OURS == set(SETTINGS) - NOT_OURS


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_word_for_make_is_one(document):
    words = set(re.findall(r"\bmake ([a-z-]+)", document.read_text()))
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert words and words <= known, words - known


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_command_is_one(document):
    said = set(re.findall(r"flask (?:--app wsgi )?([a-z][a-z-]+)", document.read_text()))
    known = {command.name for command in (cli.demo, cli.serve, cli.work, cli.sign_in_link, *cli_care.COMMANDS)} | {"db"}  # Flask-Migrate's
    assert said and said <= known, said - known
    assert all(isinstance(command, click.Command) and command.help for command in cli_care.COMMANDS)


def test_every_command_of_the_readme_runs_as_it_is_written():
    written = re.findall(r"(\S*)flask --app wsgi", (ROOT / "README.md").read_text())
    assert written and {word.lstrip("`") for word in written} == {".venv/bin/"}


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_file_it_names_is_there(document):
    text = document.read_text()
    linked = {(document.parent / target).resolve() for target in re.findall(r"\]\((?!http)([^)#]+)", text)}
    named = {ROOT / name for name in re.findall(r"`((?:portal|tests|docs|deploy|migrations|templates|static|bench)/[\w./-]*)`", text)}
    assert [str(path) for path in sorted(linked | named) if not path.exists()] == []


def test_it_counts_the_clients_right():
    from portal.demo import stories

    numbers = {12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen"}
    assert f"a firm with {numbers[len(stories.ALL)]} clients" in (ROOT / "README.md").read_text()
