"""The house rules, read from the code itself. Every rule is shown to catch a bad line, else it would guard nothing."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import pytest

from tests.architecture_examples import BREAKS, KEEPS

ROOT = Path(__file__).resolve().parent.parent

LADDER = ("kernel", "models", "kinds", "web", "features", "desks", "edges", "portal")  # lower never imports higher
LOWEST_READER = {"storage": "kinds", "demo": "edges"}  # rooms beside the ladder, and who may enter them from which step upwards
KERNEL_LADDERS = (("db", "scope", "policy"), ("outbox", "notices", "record", "action"))
PAGES = ("client", "staff", "public", "forms")

FLASK = ("flask", "wtforms", "jinja2_fragments")
FLASK_ROOMS = ("web", "desks", "edges", "portal", "demo")
ONLY_HERE = {  # untyped or far-reaching libraries, and the files that may import them (a folder ends with /)
    "boto3": ("portal/storage/s3.py",),
    "botocore": ("portal/storage/s3.py",),
    "filetype": ("portal/storage/",),
    "flask_compress": ("portal/edges/", "portal/app.py"),
    "flask_login": ("portal/web/", "portal/edges/"),
    "flask_migrate": ("portal/edges/", "portal/app.py"),
    "flask_sqlalchemy": ("portal/kernel/db.py",),
    "flask_wtf": ("portal/web/", "portal/edges/"),
    "huey": ("portal/kernel/jobs.py", "portal/edges/"),
    "smtplib": ("portal/edges/",),
    "waitress": ("portal/edges/",),
    "zipstream": ("portal/web/zipping.py",),
}
VAGUE_NAMES = re.compile(r"(utils?|helpers?|services?|common|managers?|misc)$")
TRANSLATES = {"_", "N_", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext", "pgettext", "npgettext", "Refused"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 40


@dataclass(frozen=True)
class Import:
    """One imported name in full, for instance portal.kernel.clock.now."""

    name: str
    line: int

    @property
    def room(self) -> str:
        """Return the room it comes from; an empty string for libraries."""
        first, *rest = self.name.split(".")
        if first != "portal":
            return ""
        return rest[0] if rest and (rest[0] in LADDER or rest[0] in LOWEST_READER) else "portal"

    @property
    def parts(self) -> list[str]:
        """Return what follows the room: the feature or desk, its file, the name."""
        return self.name.split(".")[2:]


@dataclass(frozen=True)
class Source:
    """One Python file and what the rules ask about it."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return the path below portal/ without the ending: ('features', 'items', 'client')."""
        return Path(self.path).with_suffix("").parts[1:]

    @property
    def room(self) -> str:
        return self.parts[0] if len(self.parts) > 1 else "portal"

    @property
    def is_contents(self) -> bool:
        """Tell whether this is a room's own __init__, which may list what lies in the room."""
        return len(self.parts) == 2 and self.parts[1] == "__init__"

    @cached_property
    def imports(self) -> list[Import]:
        """Return everything imported when the code runs; what is only there for types does not count."""
        return [one for node in _running(self.tree) for one in _imports_of(node, self.path)]

    @cached_property
    def everything(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in self.everything if isinstance(node, kinds))

    def lies_in(self, places: tuple[str, ...]) -> bool:
        return any(self.path == place or (place.endswith("/") and self.path.startswith(place)) for place in places)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Walk the tree, but not into `if TYPE_CHECKING:`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield from _running(other)
        else:
            yield from _running(child)


def _imports_of(node: ast.AST, path: str) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, node.lineno) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        above = Path(path).parts[: -node.level] if node.level else ()
        origin = ".".join([*above, *([node.module] if node.module else [])])
        yield from (Import(f"{origin}.{alias.name}", node.lineno) for alias in node.names)


# ── the rules ────────────────────────────────────────────────────────────────


def lower_rooms_do_not_know_higher_ones(source: Source) -> Iterator[str]:
    if source.room not in LADDER and source.room not in LOWEST_READER:
        yield "lies in no room of the house"
        return
    if source.room == "demo":
        return
    for one in source.imports:
        lowest = LOWEST_READER.get(one.room, "kernel")
        if source.room == "storage":
            allowed = one.room in ("", "storage")
        elif one.room in LADDER:
            allowed = LADDER.index(one.room) <= LADDER.index(source.room)
        else:
            allowed = LADDER.index(source.room) >= LADDER.index(lowest) or not one.room
        if not allowed:
            yield f"line {one.line}: {source.room} imports {one.name}"


def the_kernel_keeps_its_order(source: Source) -> Iterator[str]:
    for ladder in KERNEL_LADDERS:
        if source.room != "kernel" or source.parts[1] not in ladder:
            continue
        higher = ladder[ladder.index(source.parts[1]) + 1 :]
        yield from (
            f"line {one.line}: imports {one.name}"
            for one in source.imports
            if one.room == "kernel" and one.parts[:1] and one.parts[0] in higher
        )


def features_do_not_know_each_other(source: Source) -> Iterator[str]:
    if source.room == "features" and not source.is_contents:
        yield from (
            f"line {one.line}: imports {one.name}"
            for one in source.imports
            if one.room == "features" and one.parts[:1] != [source.parts[1]]
        )


def desks_only_read(source: Source) -> Iterator[str]:
    """Let desks import the queries of features, and nothing of other desks."""
    if source.room != "desks" or source.is_contents:
        return
    for one in source.imports:
        foreign_desk = one.room == "desks" and one.parts[:1] != [source.parts[1]]
        more_than_queries = one.room == "features" and one.parts[1:2] != ["queries"]
        if foreign_desk or more_than_queries:
            yield f"line {one.line}: imports {one.name}"


def flask_stays_at_the_pages(source: Source) -> Iterator[str]:
    is_page = source.room == "features" and (source.is_contents or (len(source.parts) > 2 and source.parts[2] in (*PAGES, "__init__")))
    if is_page or source.room in FLASK_ROOMS:
        return
    for one in source.imports:
        library = one.name.split(".")[0]
        if (library in FLASK or library.startswith("flask_")) and not source.lies_in(ONLY_HERE.get(library, ())):
            yield f"line {one.line}: imports {one.name}"


def actions_and_queries_run_without_a_page(source: Source) -> Iterator[str]:
    if source.room == "features" and source.parts[-1] in ("actions", "queries"):
        yield from (f"line {one.line}: imports {one.name}" for one in source.imports if one.room == "web")


def some_libraries_have_one_home(source: Source) -> Iterator[str]:
    for one in source.imports:
        homes = ONLY_HERE.get(one.name.split(".")[0])
        if homes and not source.lies_in(homes):
            yield f"line {one.line}: imports {one.name}, which belongs to {' and '.join(homes)}"


def the_environment_is_read_once(source: Source) -> Iterator[str]:
    yield from (f"line {one.line}: {one.name}" for one in source.imports if one.name in ("os.environ", "os.getenv"))
    for node in source.nodes(ast.Attribute):
        if ast.unparse(node) in ("os.environ", "os.getenv"):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def there_is_one_clock(source: Source) -> Iterator[str]:
    if source.path == "portal/kernel/clock.py":
        return
    yield from (f"line {one.line}: {one.name}" for one in source.imports if one.name in ("time.time", "time.time_ns"))
    for node in source.nodes(ast.Attribute):
        if ".".join(ast.unparse(node).split(".")[-2:]) in CLOCKS:
            yield f"line {node.lineno}: {ast.unparse(node)}"


def there_is_one_commit(source: Source) -> Iterator[str]:
    if source.path == "portal/kernel/action.py":
        return
    for node in source.nodes(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
            yield f"line {node.lineno}: {ast.unparse(node)}"


def sql_text_is_for_migrations(source: Source) -> Iterator[str]:
    yield from (f"line {one.line}: {one.name}" for one in source.imports if re.fullmatch(r"sqlalchemy(\.\w+)*\.text", one.name))
    for node in source.nodes(ast.Call):
        if ast.unparse(node.func) in ("sa.text", "sqlalchemy.text"):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def files_and_functions_stay_short(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines > MOST_LINES:
        yield f"has {lines} lines, {MOST_LINES} are allowed"
    for node in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        length = node.end_lineno - node.lineno + 1
        if length > MOST_LINES_OF_A_FUNCTION:
            yield f"line {node.lineno}: {node.name} has {length} lines, {MOST_LINES_OF_A_FUNCTION} are allowed"


def names_say_something(source: Source) -> Iterator[str]:
    yield from (f"the name {part} says nothing" for part in source.parts if VAGUE_NAMES.search(part))


def translators_see_whole_sentences(source: Source) -> Iterator[str]:
    """Refuse sentences put together before they are looked up: f"…", "…" + x, "…" % x, "…".format(x)."""
    for node in source.nodes(ast.Call):
        if ast.unparse(node.func).split(".")[-1] not in TRANSLATES:
            continue
        for argument in node.args:
            formatted = isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute) and argument.func.attr == "format"
            glued = isinstance(argument, ast.BinOp) and any(
                isinstance(side, ast.Constant | ast.JoinedStr) and not isinstance(getattr(side, "value", ""), int)
                for side in (argument.left, argument.right)
            )
            if isinstance(argument, ast.JoinedStr) or formatted or glued:
                yield f"line {node.lineno}: {ast.unparse(node)}"


RULES: tuple[Callable[[Source], Iterator[str]], ...] = (
    lower_rooms_do_not_know_higher_ones,
    the_kernel_keeps_its_order,
    features_do_not_know_each_other,
    desks_only_read,
    flask_stays_at_the_pages,
    actions_and_queries_run_without_a_page,
    some_libraries_have_one_home,
    the_environment_is_read_once,
    there_is_one_clock,
    there_is_one_commit,
    sql_text_is_for_migrations,
    files_and_functions_stay_short,
    names_say_something,
    translators_see_whole_sentences,
)


# ── the house keeps them ─────────────────────────────────────────────────────


@cache
def house() -> list[Source]:
    """The whole house, read and parsed once for all rules."""
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in sorted((ROOT / "portal").rglob("*.py"))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule):
    assert [f"{source.path}: {complaint}" for source in house() for complaint in rule(source)] == []


# ── and each rule would notice ───────────────────────────────────────────────


def test_every_rule_has_something_to_catch():
    assert set(BREAKS) == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize(("rule", "path", "code"), [(rule, *example) for rule in RULES for example in BREAKS[rule.__name__]])
def test_a_bad_line_is_caught(rule, path, code):
    assert list(rule(Source(path, code))) != []


@pytest.mark.parametrize(("rule", "path", "code"), [(rule, *example) for rule in RULES for example in KEEPS.get(rule.__name__, [])])
def test_a_good_line_is_left_alone(rule, path, code):
    assert list(rule(Source(path, code))) == []
