"""What a person is called."""

from __future__ import annotations

import pytest

from portal.models.people import Person, initials


@pytest.mark.parametrize(
    ("name", "language", "greeted"),
    [
        ("Rosa Lindner", "de", "Rosa"),
        ("Dr. Chidi Okafor", "en", "Chidi"),
        ("Mag. Prof Dr. Ada Voss", "de", "Ada"),
        ("Dr. Weber", "de", "Dr. Weber"),
        ("J. R. Smith", "en", "J. R. Smith"),
        ("Lindner, Rosa", "de", "Lindner, Rosa"),
        ("森 健司", "ja", "森 健司"),
        ("森 健司", "en", "森 健司"),
        ("Nguyễn Thị Mai", "vi", "Nguyễn Thị Mai"),
        ("Nguyễn Thị Mai", "en", "Nguyễn Thị Mai"),
        ("Nguyen Thi Mai", "vi", "Nguyen Thi Mai"),
        ("Çağla Öz", "tr", "Çağla"),
        ("Madonna", "en", "Madonna"),
        ("", "en", ""),
    ],
)
def test_a_greeting_uses_a_given_name_only_where_it_surely_stands_first(name, language, greeted):
    assert Person(name=name, language=language, called="").first_name == greeted


def test_what_somebody_wants_to_be_called_goes_before_any_rule():
    assert Person(name="森 健司", language="ja", called="健司さん").first_name == "健司さん"


@pytest.mark.parametrize(
    ("name", "two"),
    [
        ("Rosa Lindner", "RL"),
        ("Dr. Rosa Lindner", "RL"),
        ("Mag. Voss", "V"),
        ("Prof. Dr", "PD"),
        ("Studio Halden GmbH", "SG"),
        ("森", "森"),
        ("", "?"),
        ("(x) !", "?"),
    ],
)
def test_initials_are_the_first_and_last_letters(name, two):
    assert initials(name) == two
