"""A sealed text opens at its own place with its own key, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import keys
from portal.kernel.refusal import Refused
from portal.kernel.sealing import seal, unseal


@pytest.fixture(autouse=True)
def root_key() -> Iterator[None]:
    before = keys._root
    keys.use("a key for this test of thirty-two signs")
    yield
    keys._root = before


@given(st.text(max_size=60), st.text(max_size=20))
def test_what_is_sealed_comes_back(text: str, place: str) -> None:
    assert unseal(seal(text, place=place), place=place) == text


def test_nothing_of_the_text_can_be_seen_and_no_two_seals_are_alike() -> None:
    one, other = seal("swordfish", place="here"), seal("swordfish", place="here")
    assert b"swordfish" not in one and one != other


@pytest.mark.parametrize(
    "spoil", [lambda raw: raw[:-1], lambda raw: b"\x02" + raw[1:], lambda raw: raw[:20] + b"x" + raw[21:], lambda _raw: b""]
)
def test_a_spoiled_seal_does_not_open(spoil) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused):
        unseal(spoil(seal("swordfish", place="here")), place="here")


def test_a_seal_opens_neither_elsewhere_nor_with_another_key() -> None:
    sealed = seal("swordfish", place="here")
    with pytest.raises(Refused):
        unseal(sealed, place="there")
    keys.use("another key for this test, thirty-two")
    with pytest.raises(Refused):
        unseal(sealed, place="here")
