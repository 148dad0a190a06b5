"""No edit of a template loses or changes a key, or moves what it is not about."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.models.item_states import ItemKind
from portal.models.template import editing
from portal.models.template.canonical import dump, parse
from portal.models.template.shape import Template
from portal.models.turns import Part
from tests.support.templates import WEBSITE

EDITS = ("step", "place", "stage", "piece", "role", "remove", "say")


def keys(template: Template) -> Counter[str]:
    return Counter(one.key for row in (template.milestones, template.items, template.roles) for one in row)


def edited(draft: Template, data: st.DataObject) -> tuple[Template, set[str]]:
    """The draft after one random edit, and the key that may be gone."""
    edit, some = data.draw(st.sampled_from(EDITS)), sorted(keys(draft))
    moving = [one.key for one in (*draft.milestones, *draft.items)]
    if edit in ("step", "place") and moving:
        key = data.draw(st.sampled_from(moving))
        if edit == "step":
            return editing.step(draft, key, by=data.draw(st.integers(-3, 3))), set()
        stage = data.draw(st.sampled_from(["", *(one.key for one in draft.milestones)]))
        return editing.place(draft, key, stage=stage, before=data.draw(st.sampled_from(["", *moving]))), set()
    if edit == "piece":
        stage = data.draw(st.sampled_from(["", *(one.key for one in draft.milestones)]))
        return editing.add_piece(draft, kind=data.draw(st.sampled_from(ItemKind)), title="More", language="en", stage=stage), set()
    if edit == "role":
        return editing.add_role(draft, name="Helper", part=Part.DO, language="en"), set()
    if edit == "remove" and some:
        key = data.draw(st.sampled_from(some))
        return editing.remove(draft, key), {key}
    if edit == "say":
        where = data.draw(st.sampled_from(sorted(editing.texts(draft))))
        return editing.say(draft, {where: data.draw(st.sampled_from(["", "Hallo"]))}, language="de"), set()
    return editing.add_stage(draft, name="Next", language="en"), set()


@settings(max_examples=60)
@given(st.data())
def test_no_edit_loses_a_key_or_makes_one_twice(data: st.DataObject) -> None:
    draft = WEBSITE
    for _ in range(data.draw(st.integers(1, 8))):
        after, gone = edited(draft, data)
        assert set(keys(draft)) - set(keys(after)) <= gone
        assert max(keys(after).values(), default=1) == 1
        assert {p.key: p.kind for p in draft.items if p.key not in gone}.items() <= {p.key: p.kind for p in after.items}.items()
        assert {p.questionnaire for p in after.items if p.questionnaire} <= set(after.questionnaires)
        assert parse(dump(after)) == after
        draft = after


def test_an_item_steps_from_one_milestone_into_the_next_and_back() -> None:
    order = [piece.key for piece in WEBSITE.items if piece.stage == "start"]
    assert order == ["brand", "logo"]
    after = editing.step(WEBSITE, "logo", by=1)
    assert [p.key for p in editing.grouped(after)[1][1]] == ["logo", "home"]
    assert editing.step(after, "logo", by=-1) == editing.in_order(WEBSITE)


def test_an_item_steps_down_past_its_neighbour_and_out_of_the_last_milestone() -> None:
    after = editing.step(WEBSITE, "brand", by=1)
    assert [p.key for p in editing.grouped(after)[0][1]] == ["logo", "brand"]
    loose = editing.step(after, "home", by=1)
    assert [p.key for p in editing.grouped(loose)[-1][1]] == ["home", "photos"]
    assert editing.step(loose, "photos", by=1) == loose
    assert [p.key for p in editing.grouped(editing.step(loose, "photos", by=-1))[-1][1]] == ["photos", "home"]


def test_a_removed_milestone_leaves_its_items_in_the_one_before() -> None:
    after = editing.remove(WEBSITE, "design")
    assert [p.key for p in editing.grouped(after)[0][1]] == ["brand", "logo", "home"]
    bare = editing.remove(editing.remove(WEBSITE, "start"), "design")
    assert [p.key for p in editing.grouped(bare)[0][1]] == [
        "brand",
        "logo",
        "home",
        "photos",
    ]


def test_what_is_gone_is_said_to_be_gone() -> None:
    for edit in (
        lambda: editing.remove(WEBSITE, "nothing"),
        lambda: editing.step(WEBSITE, "nothing", by=1),
        lambda: editing.place(WEBSITE, "logo", stage="nothing"),
        lambda: editing.say(WEBSITE, {"items.nothing.title": "x"}, language="en"),
        lambda: editing.say(WEBSITE, {"items.logo.needs.9.why": "x"}, language="en"),
        lambda: editing.add_piece(WEBSITE, kind=ItemKind.FILES, title="x", language="en", stage="nothing"),
    ):
        with pytest.raises(editing.Gone):
            edit()
