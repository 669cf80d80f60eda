"""The project keeps its own rules: what one place lists, every other place has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from alembic_guard import COMMANDS, __version__, guards, rules
from alembic_guard.commands.invoke import load_command
from alembic_guard.plugin import COMPARATORS, KINDS
from alembic_guard.settings import PREFIX, describe

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "alembic_guard"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "templates" not in path.parts)
GUARDS = guards.catalogue()
RULES = rules.catalogue()

# Names for life: DESIGN section 8, those that are built, and those that were added since.
FOR_LIFE = {
    # environment
    "no-config", "env-import-error", "env-error", "no-database-url", "bad-database-url",
    "missing-driver", "database-unreachable", "connection-not-configured", "autobegun-connection",
    "async-driver-in-sync-env", "autocommit-connection", "pooled-connection",
    "read-only-database", "password-in-config", "conflicting-distribution",
    "unsupported-versions", "loggers-disabled", "root-without-venv",
    # metadata
    "no-target-metadata", "empty-metadata", "models-not-imported", "tables-without-history",
    "foreign-history", "head-without-tables",
    # history
    "several-heads", "missing-revision", "broken-revision-file", "duplicate-revision",
    "revision-cycle", "long-revision-id", "reserved-revision-id", "revision-below-database",
    "edited-after-applied", "revision-not-in-git", "useless-merge", "conflicting-branches",
    # writing
    "database-behind", "empty-revision", "drops-unowned-table", "drops-everything",
    "looks-like-rename", "removes-enum-value", "unnamed-constraint", "undefined-name",
    "write-hook-failed",
    # judging
    "not-recorded", "not-renderable", "unused-allowance", "does-not-converge", "not-proved",
    # applying
    "wrong-migration-url",
    "precheck-failed", "postcheck-failed", "lock-not-granted", "another-deployer",
    "upgrade-rolled-back", "partly-applied", "constraint-not-validated", "drift",
    # not in the design
    "bad-setting", "defect", "deployer-lock-lost", "interrupted", "journal-not-writable",
    "migration-failed", "moved-meanwhile", "running-event-loop", "no-scratch-database",
    "not-editable", "not-installed",
    "refused-by-alembic", "unknown-setting", "table-not-readable",
    # before a downgrade
    "loses-data", "missing-downgrade", "wrong-downgrade-target",
}  # fmt: skip


def dotted(path: Path) -> str:
    """The name that a module is imported by."""
    words = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


# --- Commands ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_a_click_command_of_its_own_module_with_the_help_of_the_list(
    name: str,
) -> None:
    command = load_command(name)
    assert isinstance(command, click.Command)
    assert (command.name, command.help) == (name, COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_and_argument_of_a_command_has_help(name: str) -> None:
    options = [param for param in load_command(name).params if isinstance(param, click.Option)]
    assert [
        option.name for option in options if not (option.help or "").endswith((".", "]", ")"))
    ] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_page_and_is_named_in_the_readme(name: str) -> None:
    assert (ROOT / "docs" / "commands" / f"{name}.md").read_text("utf-8").strip()
    assert f"alembic {name}" in (ROOT / "README.md").read_text("utf-8")


def test_a_module_with_a_command_is_listed() -> None:
    commands = {
        path.stem.replace("_", "-")
        for path in (PACKAGE / "commands").glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == "command"
    }
    assert commands == set(COMMANDS)


# --- Guards --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_is_whole(name: str) -> None:
    entry = GUARDS[name]
    assert (bool(entry.title), bool(entry.why), bool(entry.fix)) == (True, True, True)
    assert entry.title.endswith(".")
    assert hasattr(entry.load(), "JUDGES")


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_has_a_page(name: str) -> None:
    assert (ROOT / "docs" / "guards" / f"{name}.md").exists()


def test_the_names_that_were_promised_for_life_are_kept() -> None:
    assert FOR_LIFE - set(GUARDS) == set()


def test_every_name_that_is_said_has_its_page() -> None:
    said = {name for path in MODULES for name in names_said(ast.parse(path.read_text("utf-8")))}
    assert said - set(GUARDS) == set()


def names_said(tree: ast.Module) -> Iterator[str]:
    """The names of findings: the first argument of `Finding(…)` and of an error's `one(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func)
            first = node.args[0]
            if (called == "Finding" or called.endswith(".one")) and isinstance(first, ast.Constant):
                yield str(first.value)


def test_every_name_that_a_guard_says_is_its_own() -> None:
    strangers = {
        (name, said)
        for name, entry in GUARDS.items()
        for said in names_said(ast.parse(Path(entry.load().__file__ or "").read_text("utf-8")))
        if said != name
    }
    assert strangers == set()


# --- Rules ---------------------------------------------------------------------------------------

# Theirs is a trace, and a line of env.py: each has a test of its own, beside the others.
WITHOUT_EXAMPLES = {"measured-harm", "revisions-share-transaction"}
SERVERS = {"postgresql", "mariadb", "mysql", "sqlite"}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_whole(name: str) -> None:
    entry, module = RULES[name], RULES[name].load()
    examples = name not in WITHOUT_EXAMPLES
    parts = (entry.title, entry.why, entry.fix, entry.bad, entry.good)
    assert [bool(part) for part in parts] == [True, True, True, examples, examples]
    assert entry.title.endswith(".")
    assert hasattr(module, "JUDGES")
    assert set(module.DATABASES) <= SERVERS
    assert module.DATABASES


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_a_page_and_tests_and_is_short(name: str) -> None:
    file = f"{name.replace('-', '_')}.py"
    assert (ROOT / "docs" / "rules" / f"{name}.md").exists()
    assert (ROOT / "tests" / "rules" / f"test_{file}").exists()
    assert len((PACKAGE / "rules" / file).read_text("utf-8").splitlines()) <= 120


def test_a_name_is_of_a_guard_or_of_a_rule() -> None:
    assert set(GUARDS) & set(RULES) == set()


# --- Comparators, settings, modules --------------------------------------------------------------


@pytest.mark.parametrize("home", COMPARATORS)
def test_a_comparator_exists(home: str) -> None:
    assert callable(import_module(home).compare)


def test_every_module_of_compare_is_a_comparator_that_is_registered() -> None:
    modules = {dotted(path) for path in (PACKAGE / "autogenerate" / "compare").glob("*.py")}
    kinds = {f"alembic_guard.autogenerate.compare.{kind}" for kind in KINDS}
    assert modules - {"alembic_guard.autogenerate.compare"} <= {*COMPARATORS, *kinds}


@pytest.mark.parametrize("setting", [*describe()], ids=lambda setting: setting[0])
def test_a_setting_is_documented_with_its_default_its_variable_and_its_help(
    setting: tuple[str, str, str],
) -> None:
    name, default, text = setting
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    row = f"| `{name}` | `{default or '(none)'}` | `{PREFIX}{name.upper()}` | {text} |"
    assert row in page.splitlines()


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        dotted(path)
        for path in MODULES
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_module_and_no_function_has_grown_too_long() -> None:
    long = [dotted(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) > 300]
    long += [
        f"{dotted(path)}.{node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and body_length(node) > 40
    ]
    assert long == []


def body_length(node: ast.FunctionDef) -> int:
    """Lines of a function without its docstring and its signature."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


def test_the_version_is_in_the_changelog() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
