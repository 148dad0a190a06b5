"""Static files may be kept for a year under their hash, and only under the right one."""

import hashlib
import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.edges import assets


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "static/vendor/x-1.0").mkdir(parents=True)
    (tmp_path / "static/app.css").write_text("a {}")
    (tmp_path / "static/vendor/x-1.0/x.min.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "static"


@pytest.fixture
def app(root: Path) -> Flask:
    app = Flask("assets", static_folder=None)
    assets.register(app, root=root)
    return app


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def address(app: Flask, name: str) -> str:
    return str(app.jinja_env.globals["asset"](name))  # type: ignore[operator]


def test_a_hashed_file_may_be_kept_for_a_year(app: Flask, browser: FlaskClient) -> None:
    answer = browser.get(address(app, "app.css"), buffered=True)
    assert answer.status_code == 200
    assert answer.text == "a {}"
    assert answer.mimetype == "text/css"
    assert answer.cache_control.max_age == 31536000
    assert answer.cache_control.public
    assert answer.cache_control.immutable


def test_the_address_names_folder_stem_hash_and_endings(app: Flask, browser: FlaskClient, root: Path) -> None:
    digest = hashlib.sha256(b"1").hexdigest()[:12]
    assert address(app, "vendor/x-1.0/x.min.js") == f"/static/vendor/x-1.0/x.{digest}.min.js"
    assert browser.get(address(app, "vendor/x-1.0/x.min.js"), buffered=True).mimetype == "text/javascript"


def test_the_plain_name_and_an_old_hash_are_served_but_asked_for_again(browser: FlaskClient) -> None:
    for name in ("app.css", "app.000000000000.css"):
        answer = browser.get(f"/static/{name}", buffered=True)
        assert answer.status_code == 200
        assert not answer.cache_control.immutable
        assert not answer.cache_control.max_age


def test_a_changed_file_gets_a_new_address(app: Flask, root: Path) -> None:
    before = address(app, "app.css")
    (root / "app.css").write_text("a { color: red }")
    assert address(app, "app.css") != before


def test_what_is_not_there_is_not_found(browser: FlaskClient) -> None:
    for name in ("no.css", "no.000000000000.css", "../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "vendor", ""):
        assert browser.get(f"/static/{name}", buffered=True).status_code == 404, name


def test_a_name_that_does_not_exist_is_noticed_while_building_the_page(app: Flask) -> None:
    with pytest.raises(FileNotFoundError):
        address(app, "no.css")


def test_what_we_took_from_others_is_what_we_wrote_down() -> None:
    found = list(assets.ROOT.glob("vendor/*/vendor.json"))
    assert found
    for paper in found:
        said = json.loads(paper.read_text())
        there = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in paper.parent.iterdir() if file != paper}
        assert said["sha256"] == there
        assert said["licence"]
        assert said["version"]
