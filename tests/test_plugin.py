"""The plugin inside Alembic: its commands are there, and Alembic is as it was without it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from alembic_guard import COMMANDS
from tests.interpreter import running, without_plugin
from tests.project import Project, Result, environment

# Written once a version and a database: what no plugin can keep out of Alembic's own log.
OWN_LINE = (
    "INFO  [alembic.runtime.plugins] setting up autogenerate plugin alembic.autogenerate.guard\n"
)
NAMES = "".join(f",{name}" for name in COMMANDS)  # in Alembic's line of usage
DATE = re.compile(rb"Create Date: .*")


def python(project: Project, program: str, *options: str) -> Result:
    """Run a program beside the project, as a user's own script would."""
    done = subprocess.run(
        [sys.executable, *options, "-c", dedent(program)],
        cwd=project.path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def history(sqlite_project: Project) -> Project:
    """Two revisions, the database at the first, and a column that the database lacks."""
    sqlite_project.add_revision(
        "a1",
        None,
        "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))",
        "op.drop_table('users')",
    )
    assert sqlite_project.alembic("upgrade", "head").returncode == 0
    sqlite_project.add_revision("b2", "a1", "op.execute('SELECT 1')")
    return sqlite_project


# --- Alembic as it was ---------------------------------------------------------------------------


def test_alembics_help_is_its_own_with_a_line_for_each_command_of_ours(
    sqlite_project: Project, tmp_path: Path
) -> None:
    wide = {"COLUMNS": "1000"}
    plain = sqlite_project.alembic("--help", env={**wide, **without_plugin(tmp_path / "site")})
    ours = sqlite_project.alembic("--help", env=wide)
    lines = "".join(f"    {name:<20}{text}\n" for name, text in COMMANDS.items())
    expected = plain.stdout.replace(",upgrade}", f",upgrade{NAMES}}}")
    expected = re.sub(r"(\n    upgrade .*\n)", rf"\g<1>{lines}", expected)
    assert (ours.returncode, ours.stderr, ours.stdout) == (0, "", expected)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--version"],
        ["branches"],
        ["check"],
        ["current", "--verbose"],
        ["downgrade", "-1"],
        ["heads", "--verbose"],
        ["history", "--indicate-current"],
        ["merge", "heads", "-m", "m", "--rev-id", "c3"],
        ["revision", "--autogenerate", "-m", "x", "--rev-id", "c3"],
        ["revision", "--head", "a1", "-m", "x", "--rev-id", "c3"],
        ["revision", "-m", "x", "--rev-id", "c3"],
        ["stamp", "head"],
        ["upgrade"],
        ["upgrade", "--help"],
        ["upgrade", "--sql", "a1:b2"],
        ["upgrade", "head"],
        ["upgrade", "nowhere"],
        ["-q", "upgrade", "nowhere"],
        ["-c", "nowhere.ini", "upgrade", "head"],
    ],
    ids=" ".join,
)
def test_a_stock_command_says_does_and_ends_as_without_the_plugin(
    history: Project, tmp_path: Path, words: list[str]
) -> None:
    plain, files, rows = done_and_undone(history, words, without_plugin(tmp_path / "site"))
    result, files_of_ours, rows_of_ours = done_and_undone(history, words, {})
    stderr = result.stderr.replace(OWN_LINE, "").replace(NAMES, "")
    assert Result(result.returncode, result.stdout, stderr) == plain
    assert (files_of_ours, rows_of_ours) == (files, rows)


def done_and_undone(
    project: Project, words: list[str], env: dict[str, str]
) -> tuple[Result, dict[str, bytes], tuple[object, ...]]:
    """Run a command, and put everything back as it was before."""
    before = project.path.with_name("before")
    shutil.copytree(project.path, before)
    result = project.alembic(*words, env={"COLUMNS": "1000", **env})
    files = {name: DATE.sub(b"", text) for name, text in project.snapshot().items()}
    rows = (project.tables(), project.heads_in_database())
    shutil.rmtree(project.path)
    before.rename(project.path)
    return result, files, rows


@pytest.mark.parametrize("words", [["--raiseerr", "upgrade", "nowhere"], ["upgrade", "head"]])
def test_a_traceback_of_a_stock_command_ends_in_the_same_line_and_status(
    history: Project, tmp_path: Path, words: list[str]
) -> None:
    history.add_revision("c3", "b2", "raise RuntimeError('mine')")
    plain, *_ = done_and_undone(history, words, without_plugin(tmp_path / "site"))
    ours, *_ = done_and_undone(history, words, {})
    assert ours.returncode == plain.returncode == 1
    assert ours.stderr.splitlines()[-1] == plain.stderr.splitlines()[-1]


def test_env_py_finds_the_function_of_a_stock_command_in_cmd_opts(history: Project) -> None:
    env_py = history.read("migrations/env.py")
    history.write("migrations/env.py", env_py + "\nprint(config.cmd_opts.cmd[0].__name__)\n")
    result = history.alembic("-q", "current")
    assert result.stdout.splitlines()[-1] == "current"


def test_a_refusal_that_a_program_caught_and_replaced_stays_replaced(history: Project) -> None:
    history.add_revision(
        "c3",
        "b2",
        "mine()",
        extra=dedent("""
        from alembic.util import CommandError
        from alembic_guard import Refused

        def mine():
            try:
                raise Refused.one("empty-revision", "hidden on purpose")
            except Refused:
                raise CommandError("said instead")
    """),
    )
    result = history.alembic("upgrade", "head")
    assert (result.returncode, result.stdout) == (255, "FAILED: said instead\n")


# --- Nothing of ours stops Alembic ---------------------------------------------------------------


def test_alembic_is_imported_and_runs_where_every_warning_is_an_error(history: Project) -> None:
    result = python(
        history,
        """
        import alembic.config
        alembic.config.main(argv=["heads"])
        """,
        "-W",
        "error",
    )
    assert result == Result(0, "b2 (head)\n", "")


@pytest.mark.parametrize(
    "sabotage",
    [
        'import alembic_guard; alembic_guard.COMMANDS = {"guard-init": None}',
        'import alembic_guard.plugin as plugin; plugin.COMPARATORS = {"nowhere": "NEVER"}',
        'import alembic_guard.plugin as plugin; plugin.COMPARATORS = {"nowhere": "LAST"}',
        "import alembic_guard.plugin as plugin; plugin._mount = None",
        "import alembic_guard.plugin as plugin; plugin._note_commands = None",
    ],
    ids=["commands", "priority", "comparator", "mount", "watch"],
)
def test_a_broken_part_of_ours_is_logged_and_alembic_goes_on(
    history: Project, tmp_path: Path, sabotage: str
) -> None:
    history.alembic("upgrade", "head")
    result = history.alembic("check", env=running(tmp_path / "site", sabotage))
    assert result.stdout.startswith("FAILED: New upgrade operations detected: [('add_column'")
    assert result.returncode == 255
    assert "failed; Alembic goes on without" in result.stderr


def test_a_comparator_that_fails_is_named_with_its_traceback(
    history: Project, tmp_path: Path
) -> None:
    history.alembic("upgrade", "head")
    sabotage = 'import alembic_guard.plugin as plugin; plugin.COMPARATORS = {"nowhere": "LAST"}'
    result = history.alembic("check", env=running(tmp_path / "site", sabotage))
    assert "WARNI [alembic_guard] alembic_guard: nowhere failed; Alembic goes on without\n" in (
        result.stderr
    )
    assert "\nModuleNotFoundError: No module named 'nowhere'\n" in result.stderr


def test_a_second_setup_changes_nothing(history: Project) -> None:
    result = python(
        history,
        """
        import alembic
        import alembic_guard.plugin
        from alembic.runtime.plugins import Plugin

        Plugin.setup_plugin_from_module(alembic_guard.plugin, "again")
        import alembic.config
        Plugin.setup_plugin_from_module(alembic_guard.plugin, "and_again")
        alembic.config.main(argv=["guard-log"])
        """,
    )
    assert result.returncode == 0, result.output
    assert "alembic_guard is not active" not in result.stderr
    assert "Alembic goes on without" not in result.stderr
    assert result.stdout.startswith("Journal of sqlite:///")


@pytest.mark.parametrize("order", ["before us", "after us"])
def test_another_plugin_may_watch_the_package_too(history: Project, order: str) -> None:
    watch = """
        import sys

        def watch():
            alembic = sys.modules["alembic"]
            before = type(alembic)

            class Other(before):
                def __setattr__(self, name, value):
                    super().__setattr__(name, value)
                    if name == "config":
                        seen.append(name)

            alembic.__class__ = Other

        seen = []
    """
    program = dedent(watch) + dedent(
        {
            "after us": """
                import alembic
                watch()
            """,
            "before us": """
                import alembic_guard.plugin
                note = alembic_guard.plugin._note_commands
                def both(alembic):
                    watch()
                    note(alembic)
                alembic_guard.plugin._note_commands = both
                import alembic
            """,
        }[order]
    )
    program += "import alembic.config\nalembic.config.main(argv=['guard-log'])\nprint(seen)\n"
    result = python(history, program)
    assert result.returncode == 0, result.output
    assert result.stdout.splitlines()[-1] == "['config']"


def test_the_watch_on_the_package_leaves_no_trace(history: Project) -> None:
    result = python(history, "import alembic.config; print(type(alembic) is type(alembic.op))")
    assert result.stdout == "True\n"


def test_a_command_line_without_subparsers_is_left_alone(history: Project) -> None:
    result = python(
        history,
        """
        import alembic.config

        class Bare(alembic.config.CommandLine):
            def _generate_args(self, prog=None):
                pass

        Bare()
        print("made")
        """,
    )
    assert (result.returncode, result.stdout) == (0, "made\n")


# --- Our commands --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        "import runpy, sys; sys.argv = ['alembic', *{words}]; "
        "runpy.run_module('alembic', run_name='__main__')",
        "import alembic.config; alembic.config.main(argv={words})",
        "import alembic.config; alembic.config.main(argv={words}, prog='alembic')",
        "import alembic.config\n"
        "class Mine(alembic.config.CommandLine): pass\n"
        "Mine(prog='alembic').main(argv={words})",
    ],
    ids=["python -m alembic", "main(argv)", "main(argv, prog)", "a subclass"],
)
def test_every_way_into_alembic_has_the_commands(history: Project, program: str) -> None:
    expected = history.alembic("-q", "guard-log", "--format", "json")
    words = ["-q", "guard-log", "--format", "json"]
    result = python(history, program.format(words=words))
    assert (result.returncode, result.stdout) == (0, expected.stdout)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_is_clicks_and_needs_no_project(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path, "sqlite://")
    result = project.alembic(name, "--help")
    named = {
        "safe-downgrade": " REVISION",
        "safe-upgrade": " [REVISION]",
        "guard-lint": " [REVISIONS]...",
    }
    arguments = named.get(name, "")
    assert (result.returncode, result.stderr) == (0, "")
    head, _, options = result.stdout.partition("\n\nOptions:\n")
    assert " ".join(head.split()) == f"Usage: alembic {name} [OPTIONS]{arguments} {COMMANDS[name]}"
    assert options.endswith("Show this message and exit.\n")


def test_cmd_opts_says_what_recipes_in_env_py_ask_for(history: Project) -> None:
    env_py = history.read("migrations/env.py")
    told = "import sys\nprint(config.cmd_opts.autogenerate, config.cmd_opts.sql, file=sys.stderr)\n"
    history.write("migrations/env.py", env_py + told)
    revision = history.alembic("guard-revision", "-m", "x")
    upgrade = history.alembic("safe-upgrade")
    assert "\nTrue False\n" in f"\n{revision.stderr}"
    assert "\nFalse False\n" in f"\n{upgrade.stderr}"


# --- Global options ------------------------------------------------------------------------------


def test_c_names_the_config_file(history: Project) -> None:
    (history.path / "alembic.ini").rename(history.path / "other.ini")
    assert history.alembic("-c", "other.ini", "guard-log").returncode == 0
    missing = history.alembic("guard-log")
    assert missing.returncode == 1
    assert missing.stdout.startswith("error: no-config: ")


def test_n_names_the_section(history: Project) -> None:
    ini = history.read("alembic.ini").replace("[alembic]", "[second]")
    history.write("alembic.ini", ini)
    assert history.alembic("-n", "second", "guard-log").returncode == 0
    assert history.alembic("guard-log").returncode == 1


def test_x_reaches_env_py(history: Project) -> None:
    env_py = history.read("migrations/env.py")
    told = "import sys\nprint(context.get_x_argument(as_dictionary=True), file=sys.stderr)\n"
    history.write("migrations/env.py", env_py + told)
    result = history.alembic("-x", "tenant=a", "guard-log")
    assert "{'tenant': 'a'}\n" in result.stderr


def test_q_is_silent_but_for_failures(history: Project) -> None:
    silent = history.alembic("-q", "guard-log")
    failed = history.alembic("-q", "guard-revision", "-m", "x")
    assert (silent.returncode, silent.stdout) == (0, "")
    assert failed.returncode == 1
    assert failed.stdout.startswith("error: database-behind: ")


def test_raiseerr_adds_the_traceback_and_keeps_the_status(history: Project) -> None:
    plain = history.alembic("guard-revision", "-m", "x")
    raised = history.alembic("--raiseerr", "guard-revision", "-m", "x")
    assert (raised.returncode, raised.stdout) == (1, plain.stdout)
    assert "Traceback (most recent call last):\n" in raised.stderr
    assert "Traceback" not in plain.stderr
