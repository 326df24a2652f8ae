"""The rules of the design as tests: who may import whom, how long a file may be, what no file may contain."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "kcnacrawl"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LAYERS = {
    1: (
        *("items", "urls", "derive", "checks", "assemble", "arguments", "listings", "outcome", "causes", "counted"),
        *("text", "pages"),
    ),
    2: ("archive", "catalog"),
    4: ("browse", "replica", "distributed", "demo"),
}
"""Parts of the package by layer; whatever is not named is layer 3, where Scrapy is at home."""

IO = frozenset({"logging", "socket", "ssl", "http", "urllib.request", "asyncio", "threading", "subprocess", "sqlite3"})
CLOCK = frozenset({"time", "random", "secrets", "uuid"})
FRAMEWORK = frozenset({"scrapy", "twisted", "itemadapter", "itemloaders", "uvloop"})
PARSEL = frozenset({"parsel", "lxml"})
WARC = frozenset({"warcio", "fastwarc"})

FORBIDDEN = {
    1: IO | CLOCK | FRAMEWORK | PARSEL | WARC | {"rich", "os", "pathlib", "requests", "aiohttp"},
    2: FRAMEWORK | PARSEL | {"rich", "ssl", "http", "urllib.request", "asyncio"},
}
"""What a layer must not import, as module names; a name forbids everything below it."""

CLOCK_CALLS = frozenset({"now", "utcnow", "today"})
VAGUE = frozenset({"utils", "util", "helpers", "helper", "manager", "misc", "common", "data"})
MAX_LINES = 300


def layer_of(part: str) -> int:
    return next((layer for layer, parts in LAYERS.items() if part in parts), 3)


def part_of(path: Path) -> str:
    """The part a file belongs to; the command that starts an application (``commands/replica.py``) belongs to it."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[-1] if parts[0] == "commands" and parts[-1] in LAYERS[4] else parts[0]


def imported(tree: ast.AST, package: str) -> Iterator[tuple[str, int]]:
    """Every module a file imports, with its line; imports under ``if TYPE_CHECKING`` and in functions count too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            yield module, node.lineno
            # "from kcnacrawl import pages" imports kcnacrawl.pages; a class name added here matches nothing.
            yield from ((f"{module}.{name.name}", node.lineno) for name in node.names)


def wrong_imports(source: str, part: str, package: str = "kcnacrawl") -> list[str]:
    """Imports of a file in *part* of the package that its layer does not allow, as ``line: module``."""
    own = layer_of(part)
    wrong = []
    for module, line in imported(ast.parse(source), package):
        top, _, rest = module.partition(".")
        if top == "kcnacrawl":
            if rest and layer_of(rest.split(".")[0]) > own:
                wrong.append(f"{line}: {module}")
        elif any(module == name or module.startswith(f"{name}.") for name in FORBIDDEN.get(own, ())):
            wrong.append(f"{line}: {module}")
    return wrong


def clock_calls(source: str) -> list[str]:
    """Calls such as ``datetime.now()`` or ``date.today()``, as ``line: call``."""
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS
    ]


def swallowed(source: str) -> list[str]:
    """Handlers for everything, and handlers that do nothing with what they caught, as ``line: why``.

    A trial with a fallback (``try: return …``, the fallback below) may catch a named error and go on.
    """
    found = []
    for trial in ast.walk(ast.parse(source)):
        if not isinstance(trial, ast.Try):
            continue
        for handler in trial.handlers:
            if handler.type is None:
                found.append(f"{handler.lineno}: bare except")
            elif all(isinstance(statement, ast.Pass) or is_ellipsis(statement) for statement in handler.body):
                broad = ast.unparse(handler.type) in ("Exception", "BaseException")
                if broad or not isinstance(trial.body[-1], ast.Return):
                    found.append(f"{handler.lineno}: nothing is done with the exception")
    return found


def is_ellipsis(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and statement.value.value is Ellipsis
    )


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def package_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).parent.parts)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path: Path) -> None:
    assert wrong_imports(path.read_text("utf-8"), part_of(path), package_of(path)) == []


@pytest.mark.parametrize("path", [path for path in MODULES if layer_of(part_of(path)) == 1], ids=name_of)
def test_pure_layer_reads_no_clock(path: Path) -> None:
    assert clock_calls(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", MODULES + TESTS, ids=name_of)
def test_file_is_short_named_and_described(path: Path) -> None:
    source = path.read_text("utf-8")
    assert source.count("\n") <= MAX_LINES
    assert not VAGUE & set(path.stem.split("_"))
    assert ast.get_docstring(ast.parse(source)) or not source.strip()


@pytest.mark.parametrize("path", MODULES + TESTS, ids=name_of)
def test_no_exception_is_swallowed(path: Path) -> None:
    assert swallowed(path.read_text("utf-8")) == []


def test_spiders_hold_no_selectors() -> None:
    for path in (PACKAGE / "spiders").glob("*.py"):
        calls = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
        assert not calls & {"css", "xpath", "css_first", "jmespath"}, path


def test_every_layer_has_files() -> None:
    found = {layer_of(part_of(path)) for path in MODULES}
    assert found == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("source", "part", "wrong"),
    [
        ("from kcnacrawl.archive import writer", "pages", ["1: kcnacrawl.archive", "1: kcnacrawl.archive.writer"]),
        ("from kcnacrawl import spiders", "archive", ["1: kcnacrawl.spiders"]),
        ("from ..capture import http", "text", ["1: kcnacrawl.capture", "1: kcnacrawl.capture.http"]),
        ("def f():\n    import twisted.web", "archive", ["2: twisted.web"]),
        ("import urllib.request", "urls", ["1: urllib.request"]),
        ("import urllib.parse\nfrom kcnacrawl.items import Article", "urls", []),
        ("from kcnacrawl.replica import Replica", "commands", ["1: kcnacrawl.replica", "1: kcnacrawl.replica.Replica"]),
        ("import scrapy\nimport time", "capture", []),
    ],
)
def test_rule_on_imports_sees_what_it_should(source: str, part: str, wrong: list[str]) -> None:
    package = "kcnacrawl.text" if part == "text" else "kcnacrawl"
    assert wrong_imports(source, part, package) == wrong


def test_rules_on_clocks_and_exceptions_see_what_they_should() -> None:
    assert clock_calls("from datetime import date\nx = date.today()") == ["2: date.today()"]
    assert swallowed("try:\n    f()\nexcept:\n    raise") == ["3: bare except"]
    assert swallowed("try:\n    f()\nexcept OSError:\n    pass") == ["3: nothing is done with the exception"]
    assert swallowed("def g():\n    try:\n        return f()\n    except Exception:\n        pass") != []
    assert swallowed("def g():\n    try:\n        return f()\n    except OSError:\n        pass\n    return 1") == []
    assert swallowed("try:\n    f()\nexcept OSError:\n    count += 1") == []
