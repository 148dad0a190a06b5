"""The firm's questionnaires."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from uuid import UUID, uuid4

from portal.features.questionnaires import drafting, library
from portal.kernel.action import action
from portal.kernel.scope import find
from portal.kernel.viewer import Viewer
from portal.models.definition.canonical import dump
from portal.models.definition.shape import Condition, Definition, Is, Limits, Match, Option, Question, Rule, Section, Type
from portal.models.questionnaires import Questionnaire

SEVERAL, ONE, LONG, SHORT = Type.SEVERAL_CHOICES, Type.ONE_CHOICE, Type.LONG_TEXT, Type.SHORT_TEXT


def ask(
    key: str,
    type: Type,
    label: str,
    *,
    short: str = "",
    help: str = "",
    required: bool = False,
    when: tuple[str, str] = ("", ""),
    more: Mapping[str, object] | None = None,
    **options: str,
) -> Question:
    """A question in English; `when` names an earlier question and the answer that lets this one appear, `more` what only some have."""
    question = Question(
        key=key,
        type=type,
        label={"en": label},
        short={"en": short} if short else {},
        help={"en": help} if help else {},
        required=required,
        show=Rule(match=Match.ALL, conditions=(_condition(*when),)) if when[0] else None,
        options=tuple(Option(key=option, label={"en": text}) for option, text in options.items()),
        limits=Limits(min="0") if type is Type.NUMBER else Limits(),
    )
    return replace(question, **(more or {}))  # type: ignore[arg-type]


def _condition(question: str, value: str) -> Condition:
    return Condition(question=question, is_=Is.EQUALS if value in ("yes", "no") else Is.CONTAINS, value=value)


PEOPLE = (
    Question(key="name", type=SHORT, label={"en": "Name"}, required=True),
    Question(key="task", type=SHORT, label={"en": "What they do"}),
    Question(key="mail", type=Type.EMAIL, label={"en": "Email, if it may be shown"}),
)
RIGHTS = "We may use the pictures and texts we send. Everybody who can be seen in them has agreed to it."
WEBSITE = Definition(
    sections=(
        Section(
            key="customers",
            title={"en": "Your customers"},
            intro={"en": "Two minutes. There are no wrong answers."},
            questions=(
                ask(
                    "who",
                    SEVERAL,
                    "Who buys from you most?",
                    required=True,
                    families="Families nearby",
                    offices="People on their way to work",
                    shops="Shops and cafés",
                    firms="Firms",
                    unsure="I’m not sure",
                ),
                ask(
                    "often", LONG, "What do people ask you most often?", help="As they say it, on the phone or in the shop.", required=True
                ),
                ask("far", ONE, "How far do they come?", street="From our street", town="From the whole town", farther="From farther away"),
            ),
        ),
        Section(
            key="ordering",
            title={"en": "Ordering"},
            questions=(
                ask("ahead", Type.YES_NO, "Can people order ahead today?", required=True),
                ask(
                    "how",
                    SEVERAL,
                    "How do they order?",
                    required=True,
                    when=("ahead", "yes"),
                    phone="By phone",
                    shop="In the shop",
                    mail="By email",
                ),
                ask("orders", Type.NUMBER, "How many orders in a normal week?", short="Orders in a week", when=("how", "phone")),
                ask("online", ONE, "Should they order on the website?", yes="Yes, from the first day", later="Later, perhaps", no="No"),
            ),
        ),
        Section(
            key="others",
            title={"en": "The others"},
            questions=(
                ask("liked", Type.URL, "A website you like", help="Any website you like, from any business."),
                ask("why", LONG, "What do you like about it?", when=("liked", ".")),
                ask("better", SHORT, "What do you do better than the shop next door?"),
            ),
        ),
        Section(
            key="look",
            title={"en": "Look and feel"},
            questions=(
                ask("words", SEVERAL, "Which words fit you?", calm="Calm", loud="Loud", old="Old", new="New", plain="Plain", fine="Fine"),
                ask("never", SHORT, "What should we never do?"),
                ask("colour", Type.COLOUR, "Is there a colour people know you by?"),
                ask("happy", Type.RATING, "How happy are you with your website today?"),
                ask("first", Type.RANKING, "What should people find first?", prices="Prices", hours="Opening hours", way="The way to you"),
            ),
        ),
        Section(
            key="people",
            title={"en": "The people"},
            questions=(
                ask("inbox", Type.EMAIL, "Where should enquiries go?", short="The address for enquiries", required=True),
                ask("since", Type.DATE, "Since when are you open?", short="The opening day"),
                ask("call", Type.PHONE, "Which number should the website show?", more={"country": "DE"}),
                ask("staff", Type.TABLE, "Who should be on the website?", more={"columns": PEOPLE}),
                ask("hosting", Type.SECRET, "The password of your hosting", short="The password", more={"keep_days": 30}),
                ask("rights", Type.AGREE, "Pictures and texts", more={"text": {"en": RIGHTS}}),
                ask("else", LONG, "Anything else we should know?"),
            ),
        ),
    )
)
HOURS = Definition(
    sections=(
        Section(
            key="where",
            title={"en": "Where people find you"},
            questions=(ask("street", SHORT, "Street and number", required=True), ask("town", SHORT, "Postcode and town", required=True)),
        ),
        Section(
            key="when",
            title={"en": "When you are open"},
            questions=(
                ask(
                    "days",
                    SEVERAL,
                    "On which days?",
                    required=True,
                    mon="Monday",
                    tue="Tuesday",
                    wed="Wednesday",
                    thu="Thursday",
                    fri="Friday",
                    sat="Saturday",
                    sun="Sunday",
                ),
                ask("opens", SHORT, "From when to when?", required=True),
                ask("holidays", LONG, "When are you closed this year?"),
            ),
        ),
    )
)


WHO = Definition(
    sections=(
        Section(
            key="who",
            title={"en": "The people"},
            intro={"en": "Names as they should be printed."},
            questions=(
                ask("team", Type.TABLE, "Who is who?", required=True, more={"columns": PEOPLE}),
                ask("count", Type.NUMBER, "How many people work with you in all?", short="People in all", required=True),
            ),
        ),
        Section(
            key="reach",
            title={"en": "Reaching you"},
            questions=(
                ask("call", Type.PHONE, "Which number may we print?", required=True, more={"country": "GB"}),
                ask("visits", Type.YES_NO, "May people come without an appointment?"),
                ask("sure", Type.RATING, "How sure are you that all this stays so for a year?"),
            ),
        ),
    )
)


def publish_all(acting: Callable[[], AbstractContextManager[Viewer]]) -> dict[str, UUID]:
    """Publish the firm's questionnaires; returns the version to ask with, by key."""
    return {
        "website": _publish("About your customers", WEBSITE, acting),
        "hours": _publish("Opening hours and address", HOURS, acting),
        "who": _publish("Who is who", WHO, acting),
    }


def _publish(name: str, definition: Definition, acting: Callable[[], AbstractContextManager[Viewer]]) -> UUID:
    new = uuid4()
    with acting() as viewer:
        drafting.create(new, name, section="…", language="en", by=viewer)
    with acting() as viewer:
        _write(find(Questionnaire, new), definition)
    with acting() as viewer:
        kept = find(Questionnaire, new)
        drafting.publish(kept, rev=kept.rev, language="en", by=viewer)
        version = library.SHELF.latest(new)
    if version is None:
        raise LookupError(name)
    return version.id


@action
def _write(kept: Questionnaire, definition: Definition) -> None:
    """Put a whole draft down at once, which the editor would do question by question."""
    kept.draft = dump(definition)
    kept.rev += 1
