"""The browser and the server apply the same rules: over random questionnaires and answers their results are equal."""

import itertools
import json
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from portal.models.definition import typed
from portal.models.definition.canonical import to_data
from portal.models.definition.rules import outline, required, visible
from portal.models.definition.shape import Answers, Definition, Is, Question, Section, Type

from .bakery import NUMBERS, POOL, answers_to, definitions, when

Case = tuple[Definition, Answers]
ASKED = Question(key="asked", type=Type.SHORT_TEXT, label={})
FOLLOWS = Question(key="follows", type=Type.SHORT_TEXT, label={}, required=True)
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # a batch is small enough to read; shrinking it takes minutes


@st.composite
def cases(draw: st.DrawFn) -> Case:
    definition = draw(definitions())
    return definition, draw(answers_to(definition))


def in_browser(page: Page, batch: list[Case], *, whole: bool) -> list[list[list[str]]]:
    told = [[to_data(definition) if whole else outline(definition), answers] for definition, answers in batch]
    result: list[list[list[str]]] = page.evaluate("text => JSON.parse(text).map(([d, a]) => twin(d, a))", json.dumps(told))
    return result


@settings(max_examples=12, phases=QUICK, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(batch=st.lists(cases(), min_size=12, max_size=12), whole=st.booleans())
def test_browser_and_server_agree(rules_page: Page, batch: list[Case], whole: bool) -> None:
    server = [[list(visible(definition, answers)), list(required(definition, answers))] for definition, answers in batch]
    assert in_browser(rules_page, batch, whole=whole) == server


@settings(max_examples=30)
@given(
    texts=st.lists(NUMBERS | st.from_regex(r"-?[0-9]{1,3}([.,][0-9]{3}){0,2}([.,][0-9]{1,2})?", fullmatch=True), min_size=20),
    german=st.booleans(),
)
def test_the_browser_reads_numbers_as_the_server_does(rules_page: Page, texts: list[str], german: bool) -> None:
    language, decimal = ("de", ",") if german else ("en", ".")
    server = [typed.number(text, language=language) for text in texts]
    there: list[str] = rules_page.evaluate("([texts, decimal]) => texts.map((text) => readNumber(text, decimal))", [texts, decimal])
    assert [typed.number(text) for text, read in zip(there, server, strict=True) if read] == [read for read in server if read]


def test_every_look_at_every_answer_is_the_same(rules_page: Page) -> None:
    keys = ["o1", "o2", "o3"]
    lists = [list(some) for size in range(4) for some in itertools.combinations(keys, size)]
    batch = [
        (
            Definition(sections=(Section(key="s", title={}, questions=(ASKED, replace(FOLLOWS, show=when("asked", is_, value)))),)),
            {"asked": answer},
        )
        for is_, value, answer in itertools.product(Is, POOL, [None, *POOL, *lists])
    ]
    server = [[list(visible(definition, answers)), list(required(definition, answers))] for definition, answers in batch]
    assert in_browser(rules_page, batch, whole=False) == server
    assert 300 < sum(len(shown) == 2 for shown, _ in server) < len(batch) - 300
