"""What a person is called."""

from __future__ import annotations

import pytest

from portal.models.people import Person, initials


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Rosa Lindner", "Rosa"),
        ("Dr. Chidi Okafor", "Chidi"),
        ("Prof. Dr. Ada Voss", "Ada"),
        ("森 健司", "森"),
        ("Madonna", "Madonna"),
        ("", ""),
    ],
)
def test_a_greeting_uses_the_first_name_and_no_title(name, first):
    assert Person(name=name).first_name == first


@pytest.mark.parametrize(("name", "two"), [("Rosa Lindner", "RL"), ("Studio Halden GmbH", "SG"), ("森", "森"), ("", "?"), ("(x) !", "?")])
def test_initials_are_the_first_and_last_letters(name, two):
    assert initials(name) == two
