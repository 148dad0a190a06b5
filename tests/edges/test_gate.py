"""A stranger cannot fill the disk: the web server keeps no large body of theirs, not even for a moment."""

from __future__ import annotations

import os
import select
import socket
import threading
from types import SimpleNamespace

import pytest
from waitress.adjustments import Adjustments

from portal.edges.gate import AT_ONCE, PART, parser_for
from portal.edges.intake import BLOCK, PIECE, STEP, Blocks, Channel, Stream
from tests.support.house import build, configuration

pytestmark = pytest.mark.sqlite_only
PLENTY = 300_000_000


def ask(app, cookie="", *, body=f"Content-Length: {PLENTY}"):
    """Begin to send something large."""
    parser = parser_for(app)(Adjustments(max_request_body_size=2 * PLENTY))
    parser.received(f"POST /login HTTP/1.1\r\nHost: portal.test\r\nCookie: {cookie}\r\n{body}\r\n\r\n".encode())
    return parser


def cookie_of(browser) -> str:
    held = browser.client.get_cookie("__Host-portal", domain="portal.test")
    return f"other=1; __Host-portal={held.value}"


def test_whoever_holds_a_session_may_send_large_files(app, bea):
    assert ask(app, cookie_of(bea)).error is None


def test_nobody_else_may(app, bea, nobody):
    nobody.get("/login")
    nobody.csrf()
    for cookie in ("", "__Host-portal=forged", cookie_of(nobody), cookie_of(bea)[:-3] + "AAA", "\x80=;;"):
        assert ask(app, cookie).error.code == 413, cookie


def test_a_cookie_of_something_else_that_is_no_text_is_left_out(app, bea):
    parser = parser_for(app)(Adjustments(max_request_body_size=2 * PLENTY))
    cookies = f"theirs=\xff; {cookie_of(bea)}"
    parser.received(f"POST /me HTTP/1.1\r\nHost: portal.test\r\nCookie: {cookies}\r\nContent-Length: {PLENTY}\r\n\r\n".encode("latin1"))
    assert parser.error is None


def test_a_body_of_unknown_length_is_cut_off_as_well(app):
    parser = ask(app, body="Transfer-Encoding: chunked")
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    for _ in range(8):
        if not parser.completed:
            parser.received(piece)
    parser.close()
    assert parser.error.code == 413


def test_a_small_form_of_a_stranger_comes_in(app):
    assert ask(app, body="Content-Length: 1000").error is None


def sent(parser_class, cookie, count):
    """A body that is all here."""
    parser = parser_class(Adjustments())
    parser.received(f"PUT /uploads HTTP/1.1\r\nHost: portal.test\r\nCookie: {cookie}\r\nContent-Length: {count}\r\n\r\n".encode())
    for start in range(0, count, 256 * 1024):
        parser.received(b"x" * min(256 * 1024, count - start))
    assert parser.completed
    return parser


def in_memory(parser) -> bool:
    return isinstance(parser.get_body_stream(), Stream)


def test_what_waits_in_memory_is_lent_as_it_lies_and_can_be_read_once_more(app, bea):
    body = sent(parser_for(app), cookie_of(bea), BLOCK + 7).get_body_stream()
    assert [len(body.lend(2 * BLOCK)) for _ in range(3)] == [BLOCK, 7, 0]
    body.seek(0)
    assert body.read() == b"x" * (BLOCK + 7)


def test_parts_wait_in_memory_as_long_as_there_is_room_and_then_on_the_disk(app, bea):
    parser_class, cookie, part = parser_for(app), cookie_of(bea), 8 * 1024 * 1024
    waiting = [sent(parser_class, cookie, part) for _ in range(AT_ONCE // part + 1)]
    assert [in_memory(parser) for parser in waiting] == [True] * (AT_ONCE // part) + [False]
    assert waiting[-1].get_body_stream().read() == b"x" * part
    waiting.pop().close()
    waiting.pop()
    assert in_memory(sent(parser_class, cookie, part))
    larger = sent(parser_class, cookie, PART + 1)
    assert not in_memory(larger)
    larger.close()


def test_the_file_of_a_body_whose_line_broke_is_closed(app, bea):
    parser = parser_for(app)(Adjustments(inbuf_overflow=10))
    parser.received(f"PUT /uploads HTTP/1.1\r\nCookie: {cookie_of(bea)}\r\nContent-Length: {PART + 1}\r\n\r\n".encode())
    parser.received(b"x" * 1000)
    file = parser.get_body_stream()
    del parser
    assert file.closed


def test_memory_is_given_back_when_whoever_reads_it_is_gone_and_not_before():
    memory = Blocks(3)
    body = memory.body(2 * BLOCK + 1)
    assert memory.left == 0 and memory.body(1) is None
    body.received(b"x" * (2 * BLOCK + 1))
    stream = body.getfile()
    del body
    assert memory.left == 0 and memory.body(1) is None
    assert stream.read() == b"x" * (2 * BLOCK + 1)
    del stream
    assert memory.left == 3


def test_memory_that_is_used_again_shows_nothing_of_whoever_had_it_before():
    memory = Blocks(1)
    secret = memory.body(BLOCK)
    secret.received(b"secret" * 100)
    del secret
    body = memory.body(BLOCK)
    body.received(b"short")
    assert body.getfile().read() == b"short"


def test_a_body_comes_from_the_line_as_it_was_sent_whatever_its_length_and_whatever_follows_it(app, bea):
    """Through the channel itself: in pieces, over the ends of blocks, and with the next request right behind."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = line_of(parser_for(app), ours)
        for count in (BLOCK, 2 * BLOCK + 7, 600_000):
            body = os.urandom(count)
            head = f"PUT /uploads HTTP/1.1\r\nHost: x\r\nCookie: {cookie_of(bea)}\r\nContent-Length: {count}\r\n\r\n".encode()
            sending = threading.Thread(target=theirs.sendall, args=(head + body + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",))
            sending.start()
            while len(channel.requests) < 2:
                select.select([ours], [], [], 10)
                channel.handle_read()
            sending.join()
            put, get = channel.requests
            assert put.get_body_stream().read() == body
            assert get.command == "GET"
            channel.requests.clear()


def line_of(parser_class, ours):
    """A line as the server holds it, without the server."""
    ours.setblocking(False)
    settings = Adjustments()
    server = SimpleNamespace(adj=settings, active_channels={}, add_task=lambda task: None)
    kind = type("Line", (Channel,), {"parser_class": parser_class})
    return kind(server, ours, ("127.0.0.1", 1), settings, map={})


def test_a_line_that_crawls_counts_as_silent_and_one_that_is_slow_does_not(app, bea, clock):
    """Waitress ends lines that were silent for so long; a byte now and then does not keep one open, in the head or in the body."""
    ours, theirs = socket.socketpair()
    with theirs:
        line = line_of(parser_for(app), ours)

        def bring(data):
            theirs.sendall(data)
            line.last_activity = 0.0
            line.handle_read()
            return line.last_activity > 0

        assert bring(b"PUT /uploads/1/bytes HTTP/1.1\r\n")
        assert not bring(f"Cookie: {cookie_of(bea)}\r\nContent-Length: {PART}\r\n\r\n".encode())
        assert not bring(b"x")
        assert [bring(b"x" * (STEP // 4)) for _ in range(8)] == [False, False, False, True] * 2
        line.handle_close()


def test_the_loop_gives_what_a_thread_that_answers_does_not_give_itself(app):
    """While one is at it the loop would only turn round and round; what is left of an answer, or is too much for one turn, is its work."""
    ours, theirs = socket.socketpair()
    with theirs:
        line = line_of(parser_for(app), ours)
        line.requests, line.total_outbufs_len = [object()], 10
        assert not line.writable()
        line.total_outbufs_len = PIECE
        assert line.writable()
        line.requests, line.total_outbufs_len = [], 10
        assert line.writable()
        line.handle_close()


def test_the_demo_shows_its_mails_on_this_machine_only(tmp_path):
    """A page elsewhere whose name is made to lead to this machine does not read them."""
    page = build(configuration(tmp_path, mode="demo", base_url="http://127.0.0.1:8000")).test_client()
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example"):
        assert page.get("/mailbox", headers={"Host": host}).status_code == 400
    for host in ("127.0.0.1:8000", "localhost:8000"):
        assert page.get("/no-such-style.css", headers={"Host": host, "Accept": "application/json"}).status_code == 404
