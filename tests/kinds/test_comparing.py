"""Two versions beside each other: every word is shown, changed ones are told, and files are known by their bytes."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kinds.approvals.comparing import lines, pairs
from portal.models.snapshots import FrozenFile


def told(before, after):
    """Every line as two texts, changed words in brackets."""

    def said(parts):
        return "".join(f"[{part.text}]" if part.changed else part.text for part in parts)

    return [(said(line.before), said(line.after)) for line in lines(before, after)]


def a_file(name, sha256):
    return FrozenFile(uuid4(), name, 1, sha256, "image/png")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("The loaf is warm", "The loaf is very warm", [("The loaf is warm", "The loaf is [very ]warm")]),
        ("One\nTwo", "One\nTwo\nThree", [("One", "One"), ("Two", "Two"), ("", "[Three]")]),
        ("One\nTwo", "Two", [("[One]", ""), ("Two", "Two")]),
        ("Red", "Completely different", [("[Red]", "[Completely different]")]),
        ("Price: 450 €", "Price: 480 €", [("Price: [450] €", "Price: [480] €")]),
        ("色は赤です", "色は青です", [("色は[赤]です", "色は[青]です")]),
        ("المخبز مفتوح يوم الأحد", "المخبز مفتوح يوم السبت", [("المخبز مفتوح يوم [الأحد]", "المخبز مفتوح يوم [السبت]")]),
        ("", "", []),
    ],
)
def test_words_that_changed_are_told(before, after, expected):
    assert told(before, after) == expected


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_word_is_lost_on_either_side(before, after):
    shown = list(lines(before, after))
    for side, text in (("before", before), ("after", after)):
        rows = ["".join(part.text for part in getattr(line, side)) for line in shown]
        assert [row for row in rows if row] == [line for line in text.splitlines() if line.strip()]
    assert all(not part.changed for line in shown if line.same for part in line.before) or before != after


def test_files_are_known_by_their_bytes_then_by_their_name():
    before = [a_file("same.png", "a"), a_file("plan.pdf", "b"), a_file("old name.png", "c"), a_file("gone.png", "d")]
    after = [a_file("new name.png", "c"), a_file("PLAN.pdf", "e"), a_file("same.png", "a"), a_file("new.png", "f")]
    found = [(pair.how, pair.newest.name) for pair in pairs(before, after)]
    assert found == [
        ("renamed", "new name.png"),
        ("changed", "PLAN.pdf"),
        ("same", "same.png"),
        ("added", "new.png"),
        ("removed", "gone.png"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        (["Home 2.png", "Menu.png"], ["Menu.png", "Home 3.png"], ["same", "changed"]),
        (["First idea.png"], ["Second idea.png"], ["changed"]),
        (["First idea.png", "Plan.png"], ["Second idea.png"], ["added", "removed", "removed"]),
    ],
)
def test_a_draft_that_is_called_otherwise_stands_beside_the_one_before(before, after, how):
    old, new = [a_file(name, name) for name in before], [a_file(name, name) for name in after]
    assert [pair.how for pair in pairs(old, new)] == how


def test_the_same_bytes_twice_are_two_files():
    before, after = [a_file("a.png", "x")], [a_file("a.png", "x"), a_file("b.png", "x")]
    assert [pair.how for pair in pairs(before, after)] == ["same", "added"]
