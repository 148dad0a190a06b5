"""What every test may ask for.

    app            the real portal (production, https) on a database that is as new, once on SQLite and once on PostgreSQL;
                   mark a test `@pytest.mark.sqlite_only` (or set `pytestmark`) when the database makes no difference to its promise.
                   Of a file about a page (features, desks) only the first test, in which it works, and whatever is marked
                   `@pytest.mark.both` run on PostgreSQL; every page is opened and sent to there by test_tenancy too.
                   `make test BOTH=1` runs these files whole on both
    cast           who and what is there: cast.ada cast.abe (staff) cast.bea cast.ben (Birch) cast.cal (Cedar), cast.birch, cast.cedar,
                   cast.project, cast.cedar_project, cast.milestones; builders for more lie in tests/support/cast.py:
                   make_item(app, cast.project, kind="files", state="sent"), make_client, make_contact, make_staff, make_project,
                   make_upload, name_person, add_membership; act(app, work, by=…), reading(app), fresh(app, row), as_viewer(app, person)
    browse         browse() is a new browser; browse(cast.bea) one in which Bea is signed in; see tests/support/browser.py:
                   .get(url, status=200) .post(url, data, status=303) .refused(url, data, says="…") .follow() .page
                   Every answer is looked at: valid HTML, labels, headers, and no connection left open.
    nobody ada abe bea ben cal     such browsers, ready
    nothing_changed()   with-block: no business row and nothing in the store may change inside
    count_queries()     with-block: `as asked`, then len(asked), print(asked)
    send_mail()         lets the real worker send what is due; returns those that left (subject, to, text, html, words, link, path, code)
    do_chores()         lets the real worker do the work that is due (scans, previews); returns how many pieces it dealt with
    clock               holds time still at the present second: clock.now, clock.advance(minutes=10), clock.to(moment)

Databases are prepared once per process. A test that wants one of its own asks for `house_folder`/`postgres_server` (see tests/migrations).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache

from portal.edges import chores
from portal.kernel import clock as kernel_clock
from portal.models.people import Person
from portal.storage.s3 import Place
from tests.support import cast as people
from tests.support import mails, watching
from tests.support.browser import Browser
from tests.support.cast import Cast
from tests.support.house import House, postgres_house, running_postgres, sqlite_house
from tests.support.seaweed import running_seaweed

DATABASES = ("sqlite", "postgresql")
PAGES = {"browse", "nobody", "ada", "abe", "bea", "ben", "cal"}  # whoever asks for one of these looks at pages

# How fast a machine is says nothing. `make test HYPOTHESIS=thorough` looks at many more examples.
settings.register_profile("quick", deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=200)
settings.load_profile(os.environ.get("HYPOTHESIS", "quick"))

LONGEST_FIRST = ("crash", "journeys", "edges/test_cli.py", "races", "storage", "models", "test_doors.py", "test_tenancy.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it while the others have nothing more to do."""
    long = [Path(__file__).parent / name for name in LONGEST_FIRST]
    items.sort(key=lambda item: next((n for n, place in enumerate(long) if item.path.is_relative_to(place)), len(long)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that touches a database on both."""
    if "house" not in metafunc.fixturenames:
        return
    names = DATABASES if _depends_on_the_database(metafunc) else DATABASES[:1]
    marks = {"sqlite": (), "postgresql": (pytest.mark.postgres,)}
    metafunc.parametrize("house", [pytest.param(name, marks=marks[name], id=name) for name in names], indirect=True)


def _depends_on_the_database(metafunc: pytest.Metafunc) -> bool:
    """Whether a test is for both databases. Pages are the same on both: of these the first of each file is."""
    marked = metafunc.definition.get_closest_marker
    if marked("both"):
        return True
    if marked("sqlite_only"):
        return False
    if os.environ.get("BOTH"):
        return True
    if metafunc.module.__name__.split(".")[1] not in ("features", "desks") or not PAGES & set(metafunc.fixturenames):
        return True
    tests = [work for name, work in vars(metafunc.module).items() if name.startswith("test_") and callable(work)]
    return bool(tests) and metafunc.function is tests[0]


@pytest.fixture(scope="session", autouse=True)
def _compiled_templates(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """Every template is compiled once for all portals and all processes of a run, which is a tenth of what pages cost here."""
    ours = tmp_path_factory.getbasetemp()
    folder = (ours if worker_id == "master" else ours.parent) / "templates"
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of this process."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def seaweed_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A bucket in a real S3 service of this process."""
    with running_seaweed(tmp_path_factory.mktemp("seaweed")) as place:
        yield place


@pytest.fixture(scope="session")
def _houses(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[House, Cast]]]:
    with contextlib.ExitStack() as open_houses:
        known: dict[str, tuple[House, Cast]] = {}

        def find(name: str) -> tuple[House, Cast]:
            if name not in known:
                with kernel_clock.stopped(datetime.now(UTC)):  # not at the moment at which some first test holds the clock
                    known[name] = furnish(name)
            return known[name]

        def furnish(name: str) -> tuple[House, Cast]:
            folder = tmp_path_factory.mktemp("house")
            if name == "sqlite":
                house = open_houses.enter_context(sqlite_house(folder, people.hire))
            else:
                server = request.getfixturevalue("postgres_server")
                house = open_houses.enter_context(postgres_house(folder, people.hire, server))
            return house, people.meet(house.app)

        yield find


@pytest.fixture
def house(request: pytest.FixtureRequest, _houses: Callable[[str], tuple[House, Cast]]) -> tuple[House, Cast]:
    """One kind of database with the app on it (parametrised above)."""
    return _houses(request.param)


@pytest.fixture
def app(house: tuple[House, Cast], tmp_path: Path) -> Iterator[Flask]:
    """The portal, as new."""
    yield house[0].renew(tmp_path)
    house[0].close()


@pytest.fixture
def cast(house: tuple[House, Cast], app: Flask) -> Cast:
    """Who and what is there."""
    return house[1]


@pytest.fixture
def browse(app: Flask) -> Callable[..., Browser]:
    """Open a new browser, signed in or not."""

    def open_browser(person: Person | None = None, **how: str) -> Browser:
        browser = Browser(app, **how)
        return browser.sign_in(person) if person else browser

    return open_browser


@pytest.fixture
def nobody(browse: Callable[..., Browser]) -> Browser:
    """A browser in which nobody is signed in."""
    return browse()


@pytest.fixture
def ada(browse: Callable[..., Browser], cast: Cast) -> Browser:
    """Ada's browser: staff, admin."""
    return browse(cast.ada)


@pytest.fixture
def abe(browse: Callable[..., Browser], cast: Cast) -> Browser:
    """Abe's browser: staff."""
    return browse(cast.abe)


@pytest.fixture
def bea(browse: Callable[..., Browser], cast: Cast) -> Browser:
    """Bea's browser: decides for Birch."""
    return browse(cast.bea)


@pytest.fixture
def ben(browse: Callable[..., Browser], cast: Cast) -> Browser:
    """Ben's browser: contributes for Birch."""
    return browse(cast.ben)


@pytest.fixture
def cal(browse: Callable[..., Browser], cast: Cast) -> Browser:
    """Cal's browser: decides for Cedar, a stranger to Birch."""
    return browse(cast.cal)


@pytest.fixture
def nothing_changed(app: Flask) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """Promise that a with-block changes nothing."""
    return lambda: watching.nothing_changed(app)


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], contextlib.AbstractContextManager[watching.Questions]]:
    """Count what a with-block asks the database."""
    return lambda: watching.count_queries(app)


@pytest.fixture
def send_mail(app: Flask) -> Callable[[], list[mails.Mail]]:
    """Let the worker send what is due."""
    return lambda: mails.send_mail(app)


@pytest.fixture
def do_chores(app: Flask) -> Callable[[], int]:
    """Let the worker do what is due."""
    return lambda: chores.do_chores(app)


class Clock:
    """Time that stands still until told otherwise."""

    def __init__(self, stack: contextlib.ExitStack, moment: datetime) -> None:
        self._stack = stack
        self.to(moment)

    @property
    def now(self) -> datetime:
        """The moment at which it stands."""
        return kernel_clock.now()

    def to(self, moment: datetime) -> None:
        """Stand still at another moment."""
        self._stack.enter_context(kernel_clock.stopped(moment))

    def advance(self, **step: float) -> None:
        """Go on by so many minutes=, days=, …"""
        self.to(self.now + timedelta(**step))


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Hold time still at the present second."""
    with contextlib.ExitStack() as stack:
        yield Clock(stack, kernel_clock.now().replace(microsecond=0))
