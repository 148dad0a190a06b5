"""A questionnaire as a firm would write it, and a strategy that makes up any number of others."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from portal.models.definition.shape import Answers, Condition, Definition, Is, Limits, Match, Option, Question, Rule, Section, Type


def when(question: str, is_: Is, value: str = "") -> Rule:
    """A rule with one condition."""
    return Rule(match=Match.ALL, conditions=(Condition(question=question, is_=is_, value=value),))


def options(**labels: str) -> tuple[Option, ...]:
    """Options with English labels by key."""
    return tuple(Option(key=key, label={"en": label}) for key, label in labels.items())


CUSTOMERS = Section(
    key="customers",
    title={"en": "About your customers", "de": "Über Ihre Kunden"},
    questions=(
        Question(
            key="who",
            type=Type.SEVERAL_CHOICES,
            label={"en": "Who buys from you most?"},
            options=options(families="Families nearby", cafes="Cafés and restaurants", unsure="I’m not sure"),
        ),
        Question(key="often", type=Type.LONG_TEXT, label={"en": "What do people ask you most often?"}, required=True),
        Question(key="ahead", type=Type.YES_NO, label={"en": "Can people order ahead today?"}, required=True),
        Question(
            key="how",
            type=Type.SEVERAL_CHOICES,
            label={"en": "How do they order?"},
            options=options(phone="By phone", shop="In the shop"),
            show=when("ahead", Is.EQUALS, "yes"),
            required=True,
        ),
        Question(
            key="orders",
            type=Type.NUMBER,
            label={"en": "How many orders in a normal week?"},
            short={"en": "Orders in a week"},
            limits=Limits(min="0"),
            show=when("how", Is.CONTAINS, "phone"),
        ),
    ),
)
LOOK = Section(
    key="look",
    title={"en": "Look and feel"},
    questions=(
        Question(key="opening", type=Type.DATE, label={"en": "When do you open?"}),
        Question(key="old", type=Type.URL, label={"en": "Your website today"}, show=when("orders", Is.GREATER, "20")),
    ),
)
BAKERY = Definition(sections=(CUSTOMERS, LOOK))

COLUMNS = (
    Question(key="bread", type=Type.SHORT_TEXT, label={"en": "Bread"}, required=True),
    Question(key="price", type=Type.MONEY, label={"en": "Price"}, currency="EUR"),
    Question(key="size", type=Type.ONE_CHOICE, label={"en": "Size"}, options=options(small="Small", large="Large")),
)


def asks(key: str, type: Type, label: str, **more: object) -> Question:
    """A question in English."""
    return replace(Question(key=key, type=type, label={"en": label}), **more)  # type: ignore[arg-type]


OF_EVERY_KIND = Definition(
    sections=(
        Section(
            key="facts",
            title={"en": "Facts and figures"},
            questions=(
                asks("hello", Type.NOTE, "Before you begin", text={"en": "Have your last bill at hand.\nIt saves time."}),
                asks("motto", Type.SHORT_TEXT, "Your motto", limits=Limits(max="60")),
                asks("size", Type.NUMBER, "How large is your shop?", unit={"en": "m²"}),
                asks("budget", Type.MONEY, "Your budget", currency="EUR", short={"en": "The budget"}),
                asks("closed", Type.DATE_RANGE, "When are you on holiday?", short={"en": "The holiday"}),
                asks("opens", Type.TIME, "When do you open?"),
                asks("call", Type.PHONE, "Which number do customers call?", country="DE"),
                asks("links", Type.URLS, "Websites you like"),
                asks("home", Type.ADDRESS, "Where is your shop?"),
            ),
        ),
        Section(
            key="taste",
            title={"en": "Taste"},
            questions=(
                asks("tone", Type.COLOUR, "Your colour"),
                asks("happy", Type.RATING, "How happy are you with your website today?"),
                asks("why", Type.LONG_TEXT, "What is wrong with it?", show=when("happy", Is.LESS, "3"), required=True),
                asks("first", Type.RANKING, "What matters most?", options=options(taste="Taste", price="Price", look="Look")),
                asks("where", Type.ONE_CHOICE, "Where do people buy?", options=options(shop="In the shop", market="Market"), other=True),
                asks("more", Type.SHORT_TEXT, "Tell us where that is", show=when("where", Is.EQUALS, "other=")),
                asks("range", Type.TABLE, "What do you bake?", columns=COLUMNS, limits=Limits(max="5")),
                asks("many", Type.YES_NO, "Do you sell all of it every day?", show=when("range", Is.GREATER, "1")),
                asks("menu", Type.FILE, "Your price list", limits=Limits(max="2")),
                asks("router", Type.SECRET, "Password of your website", keep_days=7, short={"en": "The password"}),
                asks("terms", Type.AGREE, "Our terms", text={"en": "I have read the terms.", "de": "Ich habe die AGB gelesen."}),
            ),
        ),
    )
)

WORDS = st.dictionaries(
    st.sampled_from(["en", "de", "ar"]), st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8), max_size=3
)
NUMBERS = st.decimals(-(10**20), 10**20, allow_nan=False, places=2).map("{:f}".format) | st.sampled_from(
    ["0", "-0", "40", "40.0", "007", "-5"]
)
POOL = [
    "yes",
    "o1",
    "o2",
    "9.5",
    "9.49",
    "9.50",
    "-9",
    "007",
    "2026-01-01",
    "2026-10-01",
    "2026-01-01/2026-09-30",
    "09:30",
    "14:00",
    "other=Brot",
    "other=",
    "Brot",
    "brot",
    "Sauerbrot",
    "ÄİΣ",
    "äi̇ς",
    "😀",
    "",
]
SCALARS = st.sampled_from(POOL) | st.sampled_from(POOL) | st.one_of(NUMBERS, st.text("aÄßİΣς1.- 😀", max_size=4))
PARTS = st.dictionaries(st.sampled_from(["street", "postcode", "town", "region", "country", "7"]), st.sampled_from(["", "Brot", "1 Ä"]))
VALUES = (
    st.none()
    | SCALARS
    | st.lists(st.sampled_from(["o1", "o2", "o3", "other=Brot", "https://brot.example"]), unique=True, max_size=3)
    | PARTS
    | st.lists(PARTS, max_size=3)
)


def rules(keys: list[str]) -> st.SearchStrategy[Rule]:
    """Rules over these questions, sane or not."""
    condition = st.builds(Condition, question=st.sampled_from(keys), is_=st.sampled_from(Is), value=SCALARS)
    return st.builds(Rule, match=st.sampled_from(Match), conditions=st.lists(condition, min_size=1, max_size=2).map(tuple))


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Any definition that can be written down, also those that could not be published."""
    keys = [f"q{number}" for number in range(draw(st.integers(1, 7)))]
    seen = [*keys, "gone"]
    questions = [
        Question(
            key=key,
            type=draw(st.sampled_from(Type)),
            label=draw(WORDS),
            help=draw(WORDS),
            show=draw(st.none() | rules(keys[:place] or seen) | rules(seen)),
            required=draw(st.booleans() | rules(keys[:place] or seen)),
            options=tuple(Option(key=option, label=draw(WORDS)) for option in draw(st.sampled_from([[], ["o1", "o2", "o3"]]))),
            limits=draw(st.sampled_from([Limits(), Limits(min="1", max="9"), Limits(places="2")])),
            text=draw(WORDS),
            unit=draw(WORDS),
            currency=draw(st.sampled_from(["", "EUR", "???"])),
            country=draw(st.sampled_from(["", "DE", "?"])),
            other=draw(st.booleans()),
            most=draw(st.integers(0, 12)),
            keep_days=draw(st.integers(0, 9)),
            columns=draw(st.sampled_from([(), COLUMNS])),
        )
        for place, key in enumerate(keys)
    ]
    cut = draw(st.integers(0, len(keys)))
    pages = [
        Section(key="s1", title=draw(WORDS), questions=tuple(questions[:cut])),
        Section(key="s2", title={}, questions=tuple(questions[cut:])),
    ]
    return Definition(sections=tuple(pages))


def answers_to(definition: Definition) -> st.SearchStrategy[Answers]:
    """Any answers, fitting or not, to these questions and one that is gone."""
    keys = [*(question.key for question in definition.questions), "gone"]
    return st.dictionaries(st.sampled_from(keys), VALUES)
