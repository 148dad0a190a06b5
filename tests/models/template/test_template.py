"""A template has one spelling, reads back as it was, and says in words what is wrong with it and where."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.approvals import Rule
from portal.models.definition.shape import Definition, Option, Question, Section, Type
from portal.models.item_states import ItemKind
from portal.models.template import canonical
from portal.models.template.problems import BadTemplate
from portal.models.template.publishing import gaps, problems, speaks
from portal.models.template.shape import Is, Need, Piece, Role, Stage, Template, When
from portal.models.template.specs import RULES
from portal.models.turns import Part

LOGO = Question(key="logo", type=Type.ONE_CHOICE, label={"en": "Do you have a logo?"}, options=(Option(key="yes", label={"en": "Yes"}),))
BRIEF = Definition(sections=(Section(key="s1", title={"en": "Brand"}, questions=(LOGO,)),))
WEBSITE = Template(
    name={"en": "New website"},
    milestones=(Stage(key="design", name={"en": "Design"}, starts=When(days=10), ends=When(after="item:home", days=2)),),
    items=(
        Piece(key="brief", kind=ItemKind.QUESTIONNAIRE, title={"en": "Your brand"}, questionnaire="brand", due=When(days=5)),
        Piece(
            key="logo",
            kind=ItemKind.FILES,
            title={"en": "Your logo"},
            stage="design",
            spec={"types": ["picture"], "min_count": 1},
            needs=(Need(item="brief", is_=Is.ANSWER, question="logo", value="yes", why={"en": "You said you have one."}),),
        ),
        Piece(key="home", kind=ItemKind.APPROVAL, title={"en": "Homepage"}, roles=("boss",), due=When(after="item:logo", days=3)),
    ),
    questionnaires={"brand": BRIEF},
    roles=(Role(key="boss", name={"en": "Decides"}, part=Part.DECIDE),),
)


def said(template, *languages, **more):
    return [str(problem) for problem in problems(template, languages or ("en",), **more)]


def with_item(key, **changes):
    return replace(WEBSITE, items=tuple(replace(piece, **changes) if piece.key == key else piece for piece in WEBSITE.items))


def test_a_whole_template_may_go_out_and_reads_back_as_it_was():
    assert said(WEBSITE) == []
    assert canonical.parse(canonical.dump(WEBSITE)) == WEBSITE


def test_what_is_usual_is_not_written_down():
    assert set(json.loads(canonical.dump(Template()))) == {"format", "languages"}
    assert "minutes" not in canonical.dump(WEBSITE)


words = st.dictionaries(
    st.sampled_from(["en", "de", "ar"]), st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), max_size=3
)
keys = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
whens = st.none() | st.builds(When, days=st.integers(-60, 60), after=st.just("") | keys.map("item:{}".format) | keys.map("stage:{}".format))
pieces = st.builds(
    Piece,
    key=keys,
    kind=st.sampled_from(ItemKind),
    title=words,
    why=words,
    due=whens,
    minutes=st.integers(1, 600),
    lead_days=st.integers(0, 60),
    required=st.booleans(),
    needs_review=st.booleans(),
    spec=st.dictionaries(keys, st.integers() | st.text("ab") | st.lists(st.text("ab")), max_size=2),
    roles=st.lists(keys, max_size=2).map(tuple),
    needs=st.lists(st.builds(Need, item=keys, is_=st.sampled_from(Is), why=words), max_size=2).map(tuple),
)
stages = st.builds(Stage, key=keys, name=words, starts=whens, ends=whens)
templates = st.builds(
    Template,
    name=words,
    languages=st.lists(st.sampled_from(["en", "de", "ar"]), min_size=1, unique=True).map(tuple),
    milestones=st.lists(stages, max_size=2).map(tuple),
    items=st.lists(pieces, max_size=3).map(tuple),
    roles=st.lists(st.builds(Role, key=keys, name=words, part=st.sampled_from(Part)), max_size=2).map(tuple),
)


@given(templates)
def test_any_template_has_one_spelling(template):
    text = canonical.dump(template)
    assert canonical.parse(text) == template
    assert canonical.dump(canonical.parse(text)) == text


def test_everything_wrong_in_a_text_is_named_with_its_place():
    data = canonical.to_data(WEBSITE)
    data["items"][1] |= {"minutes": 0, "colour": "red", "due": {"after": "yesterday", "days": 1}, "kind": "song"}
    data["milestones"][0]["key"] = "Design!"
    data["questionnaires"]["brand"]["sections"][0]["questions"][0]["type"] = "riddle"
    with pytest.raises(BadTemplate) as bad:
        canonical.from_data(data)
    sentences = list(map(str, bad.value.problems))
    assert "Item “Your logo”: “minutes” must be a whole number from 1 to 600, not “0”." in sentences
    assert "Item “Your logo” has a part we do not know: “colour”." in sentences
    assert "Item “Your logo”: “due” counts from “item:…” or “stage:…”, not from “yesterday”." in sentences
    assert any(one.startswith("Item “Your logo”: “song” is not known here") for one in sentences)
    assert any(one.startswith("Milestone “Design”: a key is made of small letters") for one in sentences)
    assert any(one.startswith("Questionnaire “brand”: Section “Brand”, question “Do you have a logo?”: “riddle”") for one in sentences)
    assert {one.part for one in bad.value.problems} == {"items.logo", "milestones.design", "milestones.Design!", "questionnaires.brand"} - {
        "milestones.design"
    }


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (Template(name={"en": "Empty"}), "The template asks for nothing yet. Add an item."),
        (with_item("logo", stage="launch"), "“Your logo” belongs to the milestone “launch”, which is not here."),
        (with_item("home", due=When(after="item:gone", days=1)), "“Homepage” counts its day from “gone”, which is not here."),
        (with_item("home", roles=("nobody",)), "“Homepage” is for the role “nobody”, which is not here."),
        (with_item("brief", questionnaire="lost"), "“Your brand” asks questions, but has no questionnaire."),
        (with_item("logo", spec={"min_count": 3, "max_count": 2}), "“Your logo” wants at least more than at most."),
        (with_item("logo", spec={"size": 3}), "“Your logo” has a part we do not know: “spec.size”."),
        (with_item("brief", spec={"one_by_one": "no"}), "“Your brand”: “spec.one_by_one” must be true or false, not “no”."),
        (with_item("home", spec={"rule": "most"}), "“Homepage”: who has to say yes is one of any, some, all, order."),
        (with_item("home", spec={"rule": "some"}), "“Homepage”: some of those who decide are enough. Say how many."),
        (with_item("home", spec={"need": 2}), "“Homepage” says how many are enough, but not that some are."),
        (with_item("home", spec={"rounds": 51}), "“Homepage”: “spec.rounds” must be a whole number from 0 to 50, not “51”."),
        (
            with_item("home", spec={"rule": "order"}),
            "“Homepage” is decided one after the other. Name at least two roles, in their order.",
        ),
        (
            with_item("logo", needs=(Need(item="logo"),)),
            "“Your logo” waits for itself. Change what it waits for, or from what its day is counted.",
        ),
        (
            with_item("logo", needs=(Need(item="home"),)),
            "“Homepage” waits for itself. Change what it waits for, or from what its day is counted.",
        ),
        (with_item("logo", needs=(Need(item="gone"),)), "“Your logo” waits for “gone”, which is not here."),
        (
            with_item("logo", needs=(Need(item="brief", is_=Is.ANSWER, question="size"),)),
            "“Your logo” waits for an answer to “size”, which “Your brand” does not ask.",
        ),
        (
            with_item("logo", needs=(Need(item="brief", is_=Is.ANSWER, question="logo", value="never"),)),
            "“Your logo” waits for the answer “never”, which “Your brand” does not offer.",
        ),
        (replace(WEBSITE, items=(*WEBSITE.items, WEBSITE.items[0])), "The key “brief” is used twice."),
        (
            replace(WEBSITE, roles=(replace(WEBSITE.roles[0], part=Part.DO),)),
            "“Homepage” waits for a decision, but none of its roles decides.",
        ),
    ],
)
def test_what_cannot_work_is_held_back_in_words(template, sentence):
    assert sentence in said(template)


def test_a_template_knows_every_rule_an_item_can_have():
    assert tuple(map(str, Rule)) == RULES


def test_file_types_the_house_does_not_know_are_held_back():
    assert said(WEBSITE, file_types=("picture",)) == []
    assert said(WEBSITE, file_types=("document",)) == ["“Your logo”: “picture” is not known here; we know document."]


def test_every_text_a_language_lacks_is_named():
    found = gaps(WEBSITE, "de")
    assert {one.part for one in found} == {
        "name", "milestones.design", "roles.boss", "items.brief", "items.logo", "items.home", "questionnaires.brand"
    }  # fmt: skip
    assert "“Your logo” has no “needs.why” in de." in list(map(str, found))
    assert gaps(WEBSITE, "en") == []


def test_an_item_speaks_a_language_only_when_all_of_it_does():
    german = with_item("brief", title={"en": "Your brand", "de": "Ihre Marke"})
    assert speaks(german, german.items[0], "en")
    assert not speaks(german, german.items[0], "de")  # its questions are English only
