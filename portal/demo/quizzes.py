"""The firm's questionnaires."""

from __future__ import annotations

from uuid import UUID, uuid4

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Kind, record
from portal.kernel.viewer import Viewer
from portal.models.definition.canonical import dump, sha256
from portal.models.definition.shape import Condition, Definition, Is, Limits, Match, Option, Question, Rule, Section, Type
from portal.models.questionnaires import Questionnaire, QuestionnaireVersion

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
    **options: str,
) -> Question:
    """A question in English; `when` names an earlier question and the answer that lets this one appear."""
    return Question(
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


def _condition(question: str, value: str) -> Condition:
    return Condition(question=question, is_=Is.EQUALS if value in ("yes", "no") else Is.CONTAINS, value=value)


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
                ask("liked", Type.URL, "A website you like", help="Of anybody, it need not be your trade."),
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
            ),
        ),
        Section(
            key="people",
            title={"en": "The people"},
            questions=(
                ask("inbox", Type.EMAIL, "Where should enquiries go?", short="The address for enquiries", required=True),
                ask("since", Type.DATE, "Since when are you open?", short="The opening day"),
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


@action
def publish_all(*, by: Viewer) -> dict[str, UUID]:
    """Publish the firm's questionnaires; returns the version to ask with, by key."""
    return {
        "website": _publish("website", "About your customers", WEBSITE, by=by),
        "hours": _publish("hours", "Opening hours and address", HOURS, by=by),
    }


def _publish(key: str, name: str, definition: Definition, *, by: Viewer) -> UUID:
    kept = Questionnaire(id=uuid4(), key=key, name=name, draft=dump(definition), rev=1)
    db.session.add(kept)
    db.session.flush()
    version = QuestionnaireVersion(
        id=uuid4(), questionnaire_id=kept.id, n=1, definition=dump(definition), sha256=sha256(definition), published_at=now()
    )
    db.session.add(version)
    db.session.flush()
    record(Kind.QUESTIONNAIRE_PUBLISHED, kept, by=by, version=version.id, hash=version.sha256, detail={"name": name})
    return version.id
