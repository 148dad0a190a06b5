"""A free port is free, and somebody who listens is noticed."""

import socket

import pytest

from tests.support.ports import answers, free_port, wait_until_it_answers


def test_a_free_port_can_be_bound_and_then_answers():
    port = free_port()
    assert not answers(port)
    with socket.create_server(("127.0.0.1", port)):
        wait_until_it_answers(port)
        assert answers(port)


def test_waiting_for_nobody_ends():
    with pytest.raises(TimeoutError, match="Nobody answered"):
        wait_until_it_answers(free_port(), seconds=0.1)
