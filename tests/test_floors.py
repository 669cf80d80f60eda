"""The house of DESIGN section 5: who may import whom, and who may know what.

Every import counts: at the top of a module, inside a function, and under TYPE_CHECKING.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

PACKAGE = "alembic_guard"
ROOT = Path(__file__).parent.parent / PACKAGE

FLOORS = {
    "__init__": 0,
    "catalogue": 0,
    "errors": 0,
    "finding": 0,
    "masking": 0,
    "schema": 0,
    "sql_types": 0,
    "config_files": 0,
    "setting_values": 0,
    "settings": 0,
    "ddl": 1,
    "runtime": 1,
    "apply": 2,
    "autogenerate": 2,
    "guards": 2,
    "reports": 2,
    "rules": 2,
    "script": 2,
    "commands": 3,
    "templates": 3,
    "flask_plugin": 4,
    "mako": 4,
    "plugin": 4,
    "pytest_plugin": 4,
}
CRAFTS = {part for part, floor in FLOORS.items() if floor == 2}
# A name that only the lazy face offers leads to the commands, whoever imports it.
FACE = "commands"

MAY_TOUCH_PRIVATE_NAMES = {"runtime", "plugin"}
# Names that begin with an underscore and are documented all the same: named tuples, Row, sys, os.
DOCUMENTED = {"_asdict", "_exit", "_fields", "_getframe", "_make", "_mapping", "_replace", "_tuple"}

NOT_FOR_CRAFTS = {"argparse", "click"}
CALLS_NOT_FOR_CRAFTS = {"exit", "os._exit", "print", "quit", "sys.exit", "SystemExit"}

MODULES = sorted(path for path in ROOT.rglob("*.py") if "templates" not in path.parts)


@dataclass(frozen=True)
class Module:
    """A module of the package: its dotted name, and what is written in it."""

    name: str
    source: str

    @property
    def part(self) -> str:
        """The folder or top-level module that it belongs to, which is what has a floor."""
        return part_of(self.name)

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def package(self) -> str:
        """What a relative import starts from; the tests write packages with their `__init__`."""
        return self.name.rpartition(".")[0]


def read(path: Path) -> Module:
    return Module(".".join(path.relative_to(ROOT.parent).with_suffix("").parts), path.read_text())


def part_of(dotted: str) -> str:
    """`alembic_guard.guards.x` -> `guards`; the package itself is `__init__`."""
    words = dotted.split(".")
    return words[1] if len(words) > 1 else "__init__"


def imports_of(module: Module) -> Iterator[tuple[int, str]]:
    """Every import as (line, dotted name), whichever way it is written."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(node, module.package)
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in {"import_module", "__import__"}:
            yield from ((node.lineno, text) for text in constants(node.args[:1]))


def absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that `from … import` names, its leading dots resolved."""
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def called(node: ast.Call) -> str:
    """What a call calls; `importlib.import_module` is known by its last word alone."""
    return ast.unparse(node.func).removeprefix("importlib.")


def constants(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def wrong_directions(module: Module) -> list[str]:
    """Imports that lead up, or sideways into another folder."""
    if module.part == "__init__":
        return []  # the lazy face: it names what it offers, and imports it when asked
    return [
        f"{module.name}:{line} imports {name}"
        for line, name in imports_of(module)
        if name.split(".")[0] == PACKAGE and not may_import(module.part, target_of(name))
    ]


def target_of(dotted: str) -> str:
    """The part that an import leads to."""
    part = part_of(dotted)
    return part if part in FLOORS or part.startswith("__") else FACE


def may_import(part: str, target: str) -> bool:
    """Down is free; level is free among top-level modules, and within a folder."""
    own, other = FLOORS[part], FLOORS.get(target, 0)
    level = own in (0, 4) or part == target
    return other < own or (other == own and level)


def private_names(module: Module) -> list[str]:
    """Names of others that begin with an underscore: imported, or reached through an object."""
    if module.part in MAY_TOUCH_PRIVATE_NAMES:
        return []
    imported = [
        (line, name)
        for line, name in imports_of(module)
        if name.split(".")[0] in {"alembic", "sqlalchemy"}
        and any(is_private(word) for word in name.split("."))
    ]
    reached = [
        (line, text)
        for node in ast.walk(module.tree)
        for line, text in reach(node)
        if text.rpartition(".")[2] not in defined_in(module)
    ]
    return [f"{module.name}:{line} touches {name}" for line, name in sorted(imported + reached)]


def reach(node: ast.AST) -> Iterator[tuple[int, str]]:
    """`thing._name`, and `getattr(thing, "_name")`, each with its line."""
    if isinstance(node, ast.Attribute) and is_private(node.attr):
        owner = ast.unparse(node.value)
        if owner not in {"self", "cls", "super()"}:
            yield node.lineno, f"{owner}.{node.attr}"
    elif isinstance(node, ast.Call) and called(node) in {"getattr", "setattr", "hasattr"}:
        yield from ((node.lineno, name) for name in constants(node.args[1:2]) if is_private(name))


def defined_in(module: Module) -> set[str]:
    """What a module defines is its own, also when it is reached through another of its objects."""
    nodes = list(ast.walk(module.tree))
    functions = {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    stored = [n for n in nodes if isinstance(getattr(n, "ctx", None), ast.Store)]
    fields = {n.id for n in stored if isinstance(n, ast.Name)}
    attributes = {
        n.attr
        for n in stored
        if isinstance(n, ast.Attribute) and ast.unparse(n.value) in {"self", "cls"}
    }
    return functions | fields | attributes


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in DOCUMENTED


def worldly_knowledge(module: Module) -> list[str]:
    """Where a craft knows of the command line, of printing, or of exit status."""
    if module.part not in CRAFTS:
        return []
    imported = [
        f"{module.name}:{line} imports {name}"
        for line, name in imports_of(module)
        if name.split(".")[0] in NOT_FOR_CRAFTS
    ]
    calls = [
        f"{module.name}:{node.lineno} calls {called(node)}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called(node) in CALLS_NOT_FOR_CRAFTS
    ]
    return imported + calls


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_keeps_to_its_floor(path: Path) -> None:
    module = read(path)
    assert module.part in FLOORS, f"{module.part} has no floor: give it one in DESIGN section 5"
    assert wrong_directions(module) == []
    assert private_names(module) == []
    assert worldly_knowledge(module) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("errors", "from alembic_guard.runtime import database"),
        ("errors", "from alembic_guard import plugin"),
        ("runtime.source", "import alembic_guard.guards.empty_revision"),
        ("runtime.source", "from alembic_guard.ddl import locks"),
        ("guards.x", "from alembic_guard.rules import y"),
        ("guards.x", "from ..rules import y"),
        ("guards.x", "from alembic_guard import safe_upgrade"),
        ("guards.x", "def f():\n    from alembic_guard.commands import y"),
        ("guards.x", "if TYPE_CHECKING:\n    from alembic_guard.commands.y import z"),
        ("guards.x", "importlib.import_module('alembic_guard.commands.y')"),
        ("commands.x", "from alembic_guard import mako"),
    ],
)
def test_an_import_that_leads_up_or_sideways_is_seen(name: str, source: str) -> None:
    assert len(wrong_directions(Module(f"{PACKAGE}.{name}", source))) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("errors", "from alembic_guard.finding import Finding"),
        ("guards.x", "from .y import z\nfrom . import y\nfrom ..errors import Refused"),
        ("guards.__init__", "from .y import z"),
        ("guards.x", "from alembic_guard import __version__, errors"),
        ("autogenerate.compare.x", "from alembic_guard.autogenerate import rewrite"),
        ("commands.x", "from alembic_guard.guards import y\nfrom alembic_guard.rules import z"),
        ("mako", "from alembic_guard import plugin, commands"),
        ("__init__", "from alembic_guard.commands.safe_upgrade import safe_upgrade"),
        ("guards.x", "import alembic_guardian"),
    ],
)
def test_an_import_that_leads_down_or_stays_is_allowed(name: str, source: str) -> None:
    assert wrong_directions(Module(f"{PACKAGE}.{name}", source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "from alembic.script.revision import _is_real_revision",
        "import sqlalchemy.sql._typing",
        "from sqlalchemy.sql._typing import Thing",
        "script.revision_map._revision_map",
        "getattr(script, '_revision_map')",
    ],
)
def test_a_private_name_is_seen_outside_of_runtime(source: str) -> None:
    assert len(private_names(Module(f"{PACKAGE}.guards.x", source))) == 1
    assert private_names(Module(f"{PACKAGE}.runtime.x", source)) == []


def test_own_and_documented_names_are_not_private_names_of_others() -> None:
    source = """
        self._x, cls._y, super()._z                        # one's own
        row._mapping, place._replace(line=1), x.__doc__    # documented
        self._seen = set(); other._seen                    # defined here
    """
    assert private_names(Module(f"{PACKAGE}.guards.x", dedent(source))) == []


@pytest.mark.parametrize(
    "source",
    ["import click", "from click import echo", "print('x')", "sys.exit(1)", "raise SystemExit(1)"],
)
def test_worldly_knowledge_is_seen_in_a_craft(source: str) -> None:
    assert len(worldly_knowledge(Module(f"{PACKAGE}.reports.text", source))) == 1
    assert worldly_knowledge(Module(f"{PACKAGE}.commands.x", source)) == []
