"""What a template file holds: the one description behind reading, writing and the published JSON schema."""

from __future__ import annotations

from portal.models.definition.plain import KEY as KEY_SHAPE
from portal.models.definition.shape import Is, Match, Type
from portal.models.definition.types import COLUMN_TYPES
from portal.models.item_states import ItemKind
from portal.models.template import shape
from portal.models.template.file.parts import Either, Group, Listed, Named, OneOf, Part, Text, Whole, Words, YesNo
from portal.models.template.reading import AFTER, MOST_DAYS
from portal.models.template.specs import COUNTS, DECIDING, RULES
from portal.models.turns import Part as Does

LANGUAGES = ("en", "de", "tr", "vi", "ja", "ar")
FILE_TYPES = (
    "image",
    "pdf",
    "document",
    "spreadsheet",
    "presentation",
    "video",
    "audio",
    "archive",
    "text",
    "vector",
    "design",
    "font",
    "any",
)


def _key(about: str) -> Text:
    return Text(about=about, pattern=KEY_SHAPE.pattern, like="opening_hours")


def _text(about: str) -> Text:
    return Text(about=about)


def _number(about: str, name: str) -> Whole:
    least, most = DECIDING[name]
    return Whole(about=about, least=least, most=most)


KEY = _key("Its name for other parts of this file. Keep it when you change the texts: running projects know the part by it.")
WHEN = Group(
    about="A day, counted in the client's working days. A number alone counts from the start of the project.",
    parts={
        "days": Whole(about="How many working days later; below 0, earlier.", least=-MOST_DAYS, most=MOST_DAYS),
        "after": Text(
            about="What it is counted from: item:KEY (once it is accepted) or stage:KEY (once it ends); without it the start.",
            pattern=AFTER.pattern,
            like="item:logo",
        ),
    },
    must=frozenset({"days"}),
    short="days",
    inline=True,
)
CONDITION = Group(
    parts={
        "question": _key("The key of an earlier question."),
        "is": OneOf(about="How to look at its answer.", known=tuple(Is)),
        "value": _text("What to compare with: an answer's key, yes or no, a number, a day."),
    },
    must=frozenset({"question", "is"}),
    inline=True,
)
RULE = Group(
    about="Conditions on earlier answers, of which any or all must hold.",
    parts={str(match): Listed(each=CONDITION) for match in Match},
)
OPTION = Group(parts={"key": KEY, "label": Words(about="What the client picks.")}, must=frozenset({"key"}))
LIMITS = Group(
    about="Bounds: characters of a text, ticks, rows or files, else the value itself.",
    parts={"min": _text("At least."), "max": _text("At most."), "places": _text("Digits after the point.")},
    inline=True,
)
_ASKED: dict[str, Part] = {
    "label": Words(about="The question itself."),
    "short": Words(about="What messages call it, like “Opening hours”."),
    "help": Words(about="A sentence below it, when the question alone could be misread."),
    "options": Listed(about="The answers to choose from.", each=OPTION),
    "other": YesNo(about="Whether the client may write an answer of their own beside the options."),
    "limits": LIMITS,
    "text": Words(about="The statement to agree to, or what a note says. Pictures of notes are left out here; add them in the portal."),
    "unit": Words(about="What a number counts, like “pages”."),
    "currency": Text(about="The currency of an amount.", pattern="[A-Z]{3}", like="EUR"),
    "country": Text(about="Where a phone number without + belongs.", pattern="[A-Z]{2}", like="DE"),
    "most": Whole(about="The highest rating.", least=2, most=10),
    "prefill_key": _text("Under which name earlier answers are offered to clients who come back."),
    "keep_days": Whole(about="How many days a secret is kept.", least=1, most=3650),
}
COLUMN = Group(
    parts={
        "key": KEY,
        "type": OneOf(about="The kind of answer.", known=tuple(COLUMN_TYPES)),
        "required": YesNo(about="Whether every row needs it."),
        **_ASKED,
    },
    must=frozenset({"key", "type"}),
)
QUESTION = Group(
    parts={
        "key": KEY,
        "type": OneOf(about="The kind of answer.", known=tuple(Type)),
        "required": Either(about="Whether it must be answered, or when.", group=RULE),
        "show": Group(about="When it is shown; without it, always.", parts=RULE.parts),
        **_ASKED,
        "columns": Listed(about="The columns of a table the client adds rows to.", each=COLUMN),
    },
    must=frozenset({"key", "type"}),
)
SECTION = Group(
    parts={
        "key": KEY,
        "title": Words(about="The title of the page."),
        "intro": Words(about="One or two sentences on top of the page."),
        "minutes": Whole(about="How long all of it takes; estimated without it.", least=1, most=600),
        "questions": Listed(about="Its questions, in order.", each=QUESTION),
    },
    must=frozenset({"key"}),
)
QUESTIONNAIRE = Group(parts={"sections": Listed(about="Its pages, in order.", each=SECTION)}, always={"format": 1})
NEED = Group(
    about="What another item must have come to before this one opens. A key alone means: accepted.",
    parts={
        "item": _key("The key of the other item."),
        "is": OneOf(
            about="accepted (the usual), sent, or answer for one answer of a questionnaire.", known=tuple(shape.Is), usual="accepted"
        ),
        "question": _text("Of which question the answer counts."),
        "value": _text("Which answer opens it; without it, any."),
        "why": Words(about="What the client reads while it is closed."),
    },
    must=frozenset({"item"}),
    short="item",
)
SPEC = Group(
    about="What an item of its kind wants: which files and how many, how answers are looked at, who decides, or the statement to confirm.",
    parts={
        "types": Listed(about="Which files are welcome.", each=OneOf(known=FILE_TYPES), inline=True),
        **{name: Whole(about="A limit for files.", least=1, most=10**12) for name in COUNTS},
        "one_by_one": YesNo(about="Whether every answer of a questionnaire is looked at by itself; true without it."),
        "rule": OneOf(
            about="Whose yes it takes: of any one, of some (then need says how many), of all, or of all in the order of the roles.",
            known=RULES,
        ),
        "important": YesNo(about="Whether who answers proves afresh who they are; false without it."),
        "need": _number("How many are enough, where the rule is some.", "need"),
        "rounds": _number("How many rounds of changes are agreed; without it nobody counts.", "rounds"),
        "decide_days": _number("Working days to decide once a version is presented; without it the time is open.", "decide_days"),
        "assume": Words(about="What we assume, for the client to confirm."),
        "because": Words(about="Why we assume it."),
        "cost": Words(about="What changes if it is not so."),
    },
)
ROLE = Group(
    parts={
        "key": KEY,
        "name": Words(about="Who this is, like “Whoever knows the numbers”."),
        "part": OneOf(about="What they do: do (the usual), decide, or deputy.", known=tuple(Does), usual="do"),
    },
    must=frozenset({"key"}),
)
STAGE = Group(
    parts={
        "key": KEY,
        "name": Words(about="What clients read."),
        "starts": Group(about="Its first day. " + WHEN.about, parts=WHEN.parts, must=WHEN.must, short="days", inline=True),
        "ends": Group(about="Its last day. " + WHEN.about, parts=WHEN.parts, must=WHEN.must, short="days", inline=True),
    },
    must=frozenset({"key"}),
)
ITEM = Group(
    parts={
        "key": KEY,
        "kind": OneOf(about="What is asked for.", known=tuple(ItemKind)),
        "title": Words(about="The item's name, as the client reads it."),
        "why": Words(about="Why we need it, in a sentence."),
        "help": Words(about="What good looks like, and what to do without it."),
        "stage": _text("The milestone it belongs to."),
        "holds_up": _text("The milestone that cannot begin without it."),
        "due": Group(about="When it should be here. " + WHEN.about, parts=WHEN.parts, must=WHEN.must, short="days", inline=True),
        "minutes": Whole(about="How long it takes the client; 5 without it.", least=1, most=600),
        "lead_days": Whole(about="How many working days before the date we need it; 1 without it.", least=0, most=60),
        "required": YesNo(about="Whether it must come; true without it."),
        "needs_review": YesNo(about="Whether we look at it before it counts as done; true without it."),
        "spec": SPEC,
        "questionnaire": _text("Which of the questionnaires below it asks."),
        "roles": Listed(about="Who does it; without roles everybody who may.", each=_text("The key of a role."), inline=True),
        "needs": Listed(about="It opens when all of these hold.", each=NEED),
        "reminders": _text("The name of the schedule it is reminded by; without it, that of the project."),
    },
    must=frozenset({"key", "kind"}),
)
TEMPLATE = Group(
    about="A template of projects: milestones, what is asked of the client, questionnaires, roles.",
    parts={
        "format": Whole(about="The format of this file.", least=shape.FORMAT, most=shape.FORMAT),
        "name": Words(about="What the template is called."),
        "summary": Words(about="One sentence for those who choose among templates."),
        "languages": Listed(
            about=f"The languages of its texts, at most {shape.MOST_LANGUAGES}; text without a language is in the first.",
            each=OneOf(known=LANGUAGES),
            inline=True,
        ),
        "reminders": _text("The name of the schedule projects are reminded by; without it, the standard one."),
        "roles": Listed(about="Who does what, until people are named.", each=ROLE),
        "milestones": Listed(about="The stages of the project, in order.", each=STAGE),
        "items": Listed(about="What is asked of the client, in order.", each=ITEM),
        "questionnaires": Named(about="The questions that items ask, by key.", each=QUESTIONNAIRE),
    },
    always={"format": shape.FORMAT},
)
