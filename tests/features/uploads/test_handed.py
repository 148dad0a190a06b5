"""Bodies that an nginx in front has written to files: taken over when it says its word, and nothing else is."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import subprocess
import threading
import time
from urllib.parse import urlsplit

import pytest
from waitress import create_server

from portal.storage.current import store
from portal.storage.handed import Handed
from portal.web import handed
from tests.features.uploads.test_lines import BIG, announced, declare, kept, named, part, sign
from tests.support.cast import make_item
from tests.support.nginx import find_nginx
from tests.support.ports import free_port

SMALL = b"hello"


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Your film")


@pytest.fixture
def folder(app, tmp_path_factory, monkeypatch):
    """The folder nginx writes to, beside the files of the portal."""
    folder = store().root.parent / f"bodies-{os.urandom(4).hex()}"
    folder.mkdir()
    monkeypatch.setitem(app.config, "NGINX_BODIES", folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def lay(folder):
    """Write a body as nginx does; the headers it sends then."""

    def write(content, name="0000000001"):
        (folder / name).write_bytes(content)
        return {handed.FILE: str(folder / name), handed.WORD: handed.word()}

    return write


def bring_small(browser, item, headers, status=422):
    (told,) = declare(browser, item, announced("note.txt", SMALL))
    return browser.send("PUT", told["put"]["url"], b"", status, **headers)


def test_a_small_file_is_taken_over_as_it_lies(app, bea, item, lay, folder):
    headers = lay(SMALL)
    number = (folder / "0000000001").stat().st_ino
    assert bring_small(bea, item, headers, 200).response.json == {"state": "done"}
    assert kept(app, item) == {"note.txt": True}
    assert [path.stat().st_ino for path in store().root.rglob("blobs/*/*/*") if path.is_file()].count(number) == 1, "not copied"
    assert not list(folder.iterdir())


def test_parts_and_what_joins_them_come_this_way_too(app, bea, item, lay):
    (told,) = declare(bea, item, announced())
    put = {n: bea.send("PUT", sign(bea, told, n=n), b"", 200, **lay(part(BIG, n), f"{n:010}")) for n in (1, 2, 3)}
    etags = {n: answer.headers["ETag"].strip('"') for n, answer in put.items()}
    bea.send("POST", sign(bea, told, "POST"), b"", 200, **lay(named(etags), "0000000009"))
    assert kept(app, item) == {"film.dat": True}


def test_from_another_disk_it_is_copied(app, bea, item, lay, monkeypatch):
    monkeypatch.setattr(Handed, "also_at", lambda *_: False)
    bring_small(bea, item, lay(SMALL), 200)
    assert kept(app, item) == {"note.txt": True}


class TestForged:
    """Nothing is taken that is not a body our nginx has just written for this request."""

    @pytest.mark.parametrize("word", [None, "", "0" * 64, "ä"])
    def test_without_the_word_the_header_says_nothing(self, app, bea, item, lay, folder, word):
        headers = lay(SMALL) | {handed.WORD: word}
        bring_small(bea, item, {name: said for name, said in headers.items() if said is not None})
        assert not kept(app, item) and (folder / "0000000001").exists()

    def test_nor_where_nobody_set_it_up(self, app, bea, item, lay, monkeypatch):
        headers = lay(SMALL)
        monkeypatch.setitem(app.config, "NGINX_BODIES", None)
        bring_small(bea, item, headers)
        assert not kept(app, item)

    @pytest.mark.parametrize(
        "said", ["{folder}/../secret", "{folder}/note", "{folder}/1/2", "/etc/passwd", "0000000001", "{folder}", "%00"]
    )
    def test_a_file_elsewhere(self, app, bea, item, lay, folder, said):
        headers = lay(SMALL)
        (folder / "note").write_bytes(SMALL)
        (folder.parent / "secret").write_bytes(SMALL)
        bring_small(bea, item, headers | {handed.FILE: said.format(folder=folder)})
        assert not kept(app, item) and (folder.parent / "secret").exists()

    @pytest.mark.parametrize("how", ["symlink", "second name", "pipe", "folder", "gone"])
    def test_what_is_no_file_of_its_own(self, app, bea, item, lay, folder, how):
        headers = lay(SMALL, "0000000002")
        other, name = folder / "0000000002", folder / "0000000001"
        headers[handed.FILE] = str(name)
        make = {"symlink": name.symlink_to, "second name": name.hardlink_to, "gone": lambda _: None}
        make |= {"pipe": lambda _: os.mkfifo(name), "folder": lambda _: name.mkdir()}
        make[how](other)
        bring_small(bea, item, headers)
        assert not kept(app, item) and other.read_bytes() == SMALL

    @pytest.mark.parametrize("content", [b"", b"hell", b"hello!"])
    def test_another_length_than_was_signed(self, app, bea, item, lay, content):
        bring_small(bea, item, lay(content))
        assert not kept(app, item)


def test_a_real_nginx_hands_over_what_people_send(app, bea, item, folder, tmp_path, monkeypatch):
    portal, front = create_server(app, host="127.0.0.1", port=0, threads=2), free_port()
    threading.Thread(target=portal.run, daemon=True).start()
    monkeypatch.setitem(vars(app.config["CONFIG"]), "nginx_bodies", folder)
    monkeypatch.setitem(vars(app.config["CONFIG"]), "port", portal.effective_port)
    with app.app_context():
        location = app.test_cli_runner().invoke(args=["storage", "nginx"], catch_exceptions=False).output
    conf = f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/log; {'user root;' if os.getuid() == 0 else ''} events {{}}"
    conf += " http { access_log off;"
    conf += "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (tmp_path / "conf").write_text(f"{conf} server {{ listen 127.0.0.1:{front}; {location} }} }}")
    nginx = subprocess.Popen([find_nginx(), "-e", str(tmp_path / "log"), "-c", str(tmp_path / "conf")])
    try:
        (told,) = declare(bea, item, announced())
        etags = {n: send(bea, front, sign(bea, told, n=n), part(BIG, n)).headers["ETag"].strip('"') for n in (1, 2, 3)}
        send(bea, front, sign(bea, told, "POST"), named(etags), method="POST")
        (told,) = declare(bea, item, announced("note.txt", SMALL))
        assert send(bea, front, told["put"]["url"], b"more than announced").status == 422
        forged = {handed.FILE: "/etc/passwd", handed.WORD: "0"}
        assert send(bea, front, told["put"]["url"], SMALL, **forged).status == 200, "what the browser says of files is overwritten"
        assert kept(app, item) == {"film.dat": True, "note.txt": True}
        assert not list(folder.iterdir()), "nginx takes away what was not taken"
    finally:
        nginx.terminate()
        nginx.wait()
        portal.close()


def send(browser, port, url, body, method="PUT", **more):
    """Send bytes as the browser does, but over a real line."""
    host = str(urlsplit(browser.base).hostname)
    cookie = browser.client.get_cookie(browser.app.config["SESSION_COOKIE_NAME"], host)
    headers = {"Host": host, "Cookie": f"{cookie.key}={cookie.value}", "X-CSRFToken": browser.csrf(), **more}
    headers |= {"Accept": "application/json", "X-Forwarded-Proto": "https", "Referer": f"{browser.base}/"}
    for _try in range(50):
        try:
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as line:
                line.request(method, url, body, headers)
                answer = line.getresponse()
                answer.read()
                return answer
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("nginx does not answer")
