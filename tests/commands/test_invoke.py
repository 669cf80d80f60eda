"""From words to an exit status: the report alone on stdout, and a status for every way out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import click
import pytest

from alembic_guard.commands.defects import ISSUES
from alembic_guard.commands.invoke import GuardCommand, load_command
from tests.interpreter import running
from tests.project import Project, alembic_command, environment

# Whatever prints as a real project prints: Python, the descriptor itself, and a child process.
NOISE = """
import os, subprocess, sys
print("noise from print in " + __name__)
os.write(1, b"noise on descriptor 1\\n")
subprocess.run([sys.executable, "-c", "print('noise from a child')"], check=True)
"""

DEFECT = """
    import sys

    class Defect:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "alembic_guard.apply.journal":
                raise RuntimeError("postgresql://me:hunter2-secret@db/app went wrong")

    sys.meta_path.insert(0, Defect)
"""

INSIDE = """
    import alembic_guard.commands.guard_log as module

    def read(*_):
        raise RuntimeError("postgresql://me:hunter2-secret@db/app went wrong")

    module.guard_log = read
"""


@pytest.fixture
def noisy(sqlite_project: Project) -> Project:
    """A project in which env.py and a migration print."""
    sqlite_project.add_revision("a1", None, "noise()", extra=f"def noise():{indented(NOISE)}")
    env_py = sqlite_project.read("migrations/env.py")
    sqlite_project.write("migrations/env.py", NOISE.lstrip() + env_py)
    return sqlite_project


def indented(code: str) -> str:
    return code.replace("\n", "\n    ")


# --- stdout belongs to the report ----------------------------------------------------------------


def test_what_env_py_and_a_migration_print_never_gets_into_json(noisy: Project) -> None:
    result = noisy.alembic("safe-upgrade", "--format", "json")
    report = json.loads(result.stdout)
    assert (result.returncode, report["command"], report["exit_status"]) == (0, "safe-upgrade", 0)
    assert noisy.heads_in_database() == ("a1",)
    assert result.stderr.count("noise from print") == result.stderr.count("noise from a child")
    assert result.stderr.count("noise on descriptor 1") >= 2


def test_what_a_post_write_hook_prints_never_gets_into_json(sqlite_project: Project) -> None:
    ini = sqlite_project.read("alembic.ini")
    hook = dedent(f"""
        [post_write_hooks]
        hooks = say
        say.type = exec
        say.executable = {sys.executable}
        say.options = -c "print('noise from a hook')" REVISION_SCRIPT_FILENAME
    """)
    sqlite_project.write("alembic.ini", ini.replace("[post_write_hooks]\n", hook))
    result = sqlite_project.alembic("guard-revision", "-m", "first", "--format", "json")
    assert json.loads(result.stdout)["exit_status"] == 0
    assert "noise from a hook" in result.stderr


def test_text_on_stdout_is_ours_alone_too(noisy: Project) -> None:
    result = noisy.alembic("safe-upgrade")
    assert (result.returncode, "noise" in result.stdout) == (0, False)
    assert result.stdout.endswith("Done: 1 revision applied.\n")


def test_a_program_that_captures_stdout_gets_the_report_alone(noisy: Project) -> None:
    program = dedent("""
        import contextlib, io, json, sys
        import alembic.config

        captured = io.StringIO()
        with contextlib.redirect_stdout(captured):
            alembic.config.main(argv=["guard-log", "--format", "json"])
        print(json.loads(captured.getvalue())["command"])
    """)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=noisy.path, env=environment(), capture_output=True
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, b"guard-log")


def test_in_process_a_test_runner_captures_the_report(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from alembic.config import main

    monkeypatch.chdir(sqlite_project.path)
    main(argv=["guard-log", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["command"] == "guard-log"


def test_output_writes_the_report_to_a_file_and_leaves_stdout_empty(
    sqlite_project: Project,
) -> None:
    shown = sqlite_project.alembic("guard-log", "--format", "json")
    result = sqlite_project.alembic("guard-log", "--format", "json", "--output", "log.json")
    assert (result.returncode, result.stdout) == (0, "")
    assert sqlite_project.read("log.json") == shown.stdout


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("nowhere/log.json", "there is no folder '{path}/nowhere'."),
        ("migrations", "File 'migrations' is a directory."),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_before_any_work(
    sqlite_project: Project, output: str, problem: str
) -> None:
    sqlite_project.add_revision("a1", None, "op.execute('SELECT 1')")
    result = sqlite_project.alembic("safe-upgrade", "--output", output)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "Usage: alembic safe-upgrade [OPTIONS] [REVISION]\n"
        "Try 'alembic safe-upgrade --help' for help.\n\n"
        f"Error: Invalid value for '--output': {problem.format(path=sqlite_project.path)}\n"
    )
    assert sqlite_project.tables() == []


def test_an_output_that_fails_late_is_on_stdout_instead_with_the_same_status(
    sqlite_project: Project,
) -> None:
    sqlite_project.add_revision("a1", None, "os.mkdir('report.json')", extra="import os")
    result = sqlite_project.alembic("safe-upgrade", "--format", "json", "--output", "report.json")
    assert "warning: report.json cannot be written: Is a directory\n" in result.stderr
    assert (result.returncode, json.loads(result.stdout)["exit_status"]) == (0, 0)


def test_a_reader_that_has_seen_enough_does_not_stop_an_upgrade(sqlite_project: Project) -> None:
    for number in range(1, 4):
        sqlite_project.add_revision(
            f"a{number}",
            f"a{number - 1}" if number > 1 else None,
            f"op.create_table('t{number}', sa.Column('id', sa.Integer))",
        )
    process = sqlite_project.spawn("safe-upgrade")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    stderr = process.stderr.read()
    assert (process.wait(30), "Traceback" in stderr) == (0, False)
    assert sqlite_project.heads_in_database() == ("a3",)


def test_a_character_that_the_terminal_lacks_is_escaped(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a1", None, "pass", message="größer")
    result = sqlite_project.alembic("safe-upgrade", env={"PYTHONIOENCODING": "ascii"})
    assert result.returncode == 0, result.output
    assert "gr\\xf6\\xdfer" in result.stdout


def test_without_a_stdout_the_work_is_done(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a1", None, "pass")
    command = " ".join([*alembic_command(), "safe-upgrade", ">&-"])
    done = subprocess.run(
        ["sh", "-c", command], cwd=sqlite_project.path, env=environment(), capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert sqlite_project.heads_in_database() == ("a1",)


# --- The statuses --------------------------------------------------------------------------------


def test_status_0_is_done(sqlite_project: Project) -> None:
    assert sqlite_project.alembic("safe-upgrade").returncode == 0


def test_status_1_is_refused_and_nothing_is_changed(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a1", None, "pass")
    before = sqlite_project.snapshot()
    result = sqlite_project.alembic("guard-revision", "-m", "x", "--format", "json")
    report = json.loads(result.stdout)
    assert (result.returncode, report["exit_status"]) == (1, 1)
    assert [finding["name"] for finding in report["findings"]] == ["database-behind"]
    assert (sqlite_project.snapshot(), sqlite_project.tables()) == (before, [])


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["guard-log", "--nonsense"], "No such option"),
        (["guard-log", "--limit", "none"], "Invalid value for '-n' / '--limit'"),
        (["guard-log", "surplus"], "Got unexpected extra argument (surplus)"),
        (["guard-revision"], "Missing option '-m' / '--message'."),
        (["guard-init", "--check", "--remove"], "--check and --remove contradict each other"),
        (
            ["safe-upgrade", "--allow", "emty-revision"],
            "Invalid value for '--allow': there is no guard or rule 'emty-revision'; "
            "did you mean 'empty-revision'?",
        ),
        (
            ["safe-upgrade", "--wait", "soon"],
            "'soon' is no duration; write 200ms, 5s, 10min or 1h.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_status_2_is_wrong_usage_in_one_line(
    sqlite_project: Project, words: list[str], problem: str
) -> None:
    before = sqlite_project.snapshot()
    result = sqlite_project.alembic(*words)
    assert (result.returncode, result.stdout) == (2, "")
    usage, hint, blank, *error = result.stderr.splitlines()
    assert usage.startswith(f"Usage: alembic {words[0]} [OPTIONS]")
    assert (hint, blank) == (f"Try 'alembic {words[0]} --help' for help.", "")
    assert len(error) == 1
    assert problem in error[0]
    assert sqlite_project.snapshot() == before


@pytest.mark.parametrize("words", [["--format", "json"], ["--format=json"]], ids=len)
def test_wrong_usage_is_an_object_for_whoever_asked_for_one(
    sqlite_project: Project, words: list[str]
) -> None:
    result = sqlite_project.alembic("safe-upgrade", "--wait", "soon", *words)
    problem = "Invalid value for '--wait': 'soon' is no duration; write 200ms, 5s, 10min or 1h."
    assert (result.returncode, result.stderr.splitlines()[-1]) == (2, f"Error: {problem}")
    assert json.loads(result.stdout) == {
        "version": 1,
        "command": "safe-upgrade",
        "exit_status": 2,
        "findings": [
            {
                "name": "wrong-usage",
                "severity": "error",
                "message": problem,
                "why": "",
                "next": [],
                "revision": None,
                "path": None,
                "line": None,
                "allowed": None,
                "docs": "https://alembic-guardrails.readthedocs.io/en/stable/guards/wrong-usage/",
            }
        ],
        "data": {},
    }


def test_status_3_is_stopped_part_way(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a1", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    sqlite_project.add_revision("b2", "a1", "op.execute('nonsense')")
    result = sqlite_project.alembic("safe-upgrade", "--format", "json")
    assert (result.returncode, json.loads(result.stdout)["exit_status"]) == (3, 3)
    assert sqlite_project.heads_in_database() == ("a1",)


def test_status_4_is_gave_up_waiting(sqlite_project: Project) -> None:
    sqlite_project.add_revision(
        "a1", None, "pathlib.Path('in').touch(); time.sleep(60)", extra="import pathlib, time"
    )
    with sqlite_project:
        sqlite_project.spawn("safe-upgrade")
        until(lambda: (sqlite_project.path / "in").exists())
        result = sqlite_project.alembic("safe-upgrade", "--wait", "200ms", "--format", "json")
    assert (result.returncode, json.loads(result.stdout)["exit_status"]) == (4, 4)


def until(happened: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("format", ["text", "json"])
def test_status_70_is_a_defect_of_ours_with_a_masked_traceback_and_where_to_report_it(
    sqlite_project: Project, tmp_path: Path, format: str
) -> None:
    env = running(tmp_path / "site", INSIDE)
    result = sqlite_project.alembic("guard-log", "--format", format, env=env)
    assert result.returncode == 70
    traceback = result.stderr.splitlines()
    assert "Traceback (most recent call last):" in traceback
    assert traceback[-1] == "RuntimeError: postgresql://me:***@db/app went wrong"
    assert "hunter2" not in result.output
    message = "This is a defect of alembic_guard: RuntimeError."
    why = f"Please report it with the traceback above: {ISSUES}"
    if format == "text":
        assert result.stdout == f"error: defect: {message}\n    {why}\n"
    else:
        report = json.loads(result.stdout)
        assert (report["exit_status"], report["findings"][0]["why"]) == (70, why)


def test_status_70_also_where_a_command_cannot_even_be_loaded(
    sqlite_project: Project, tmp_path: Path
) -> None:
    result = sqlite_project.alembic("guard-log", env=running(tmp_path / "site", DEFECT))
    assert (result.returncode, result.stdout) == (70, "")
    assert "hunter2" not in result.stderr
    assert result.stderr.splitlines()[-2:] == [
        "RuntimeError: postgresql://me:***@db/app went wrong",
        "This is a defect of alembic_guard: RuntimeError. "
        f"Please report it with the traceback above: {ISSUES}",
    ]


@pytest.mark.parametrize("command", [["guard-log"], ["guard-revision", "-m", "x"]])
def test_status_130_is_interrupted(sqlite_project: Project, command: list[str]) -> None:
    env_py = sqlite_project.read("migrations/env.py")
    waiting = "import pathlib, time\npathlib.Path('in').touch()\ntime.sleep(60)\n"
    sqlite_project.write("migrations/env.py", waiting + env_py)
    before = sqlite_project.snapshot()
    with sqlite_project:
        process = sqlite_project.spawn(*command)
        until(lambda: (sqlite_project.path / "in").exists())
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout) == (130, "")
    assert stderr.splitlines()[-1] == "Interrupted; nothing was applied."
    assert "Traceback" not in stderr
    assert sqlite_project.snapshot() == {**before, "in": b""}


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-1"], ("-1", None, ())),
        (["+2"], ("+2", None, ())),
        (["heads"], ("heads", None, ())),
        (["branch@head"], ("branch@head", None, ())),
        (["branch@-1"], ("branch@-1", None, ())),
        (["--", "-1"], ("-1", None, ())),
        (["-m", "-1", "-2"], ("-2", "-1", ())),
        (["-2", "-m", "-1"], ("-2", "-1", ())),
        (["-1", "--flag", "-m", "x"], ("-1", "x", ())),
        (["--flag", "-1"], ("-1", None, ())),
        (["-1", "--", "-x"], ("-1", None, ("-x",))),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_relative_revisions_are_words_and_not_options(
    words: list[str], expected: tuple[str, str | None, tuple[str, ...]]
) -> None:
    @click.command(cls=GuardCommand)
    @click.option("-m")
    @click.option("--flag", is_flag=True)
    @click.argument("revision")
    @click.argument("rest", nargs=-1)
    def command(revision: str, m: str | None, flag: bool, rest: tuple[str, ...]) -> object:
        return revision, m, rest

    assert command.main(words, standalone_mode=False) == expected


@pytest.mark.parametrize("revision", ["+1", "heads", "side@head", "side@+1", "a1b2"])
def test_alembics_ways_to_name_a_revision_pass_through(
    sqlite_project: Project, revision: str
) -> None:
    sqlite_project.add_revision("a1b2c3", None, "pass", branch_labels="side")
    result = sqlite_project.alembic("safe-upgrade", revision)
    assert (result.returncode, sqlite_project.heads_in_database()) == (0, ("a1b2c3",))


def test_an_option_that_no_command_has_is_not_taken_for_a_revision() -> None:
    with pytest.raises(click.NoSuchOption):
        load_command("safe-upgrade").main(["-1x"], standalone_mode=False)


# --- Variables, colour, version ------------------------------------------------------------------


def test_an_unknown_variable_of_ours_only_warns(sqlite_project: Project) -> None:
    variables = {"ALEMBIC_GUARD_LOKC_TIMEOUT": "1s", "ALEMBIC_GUARD_TEST_MARIADB": "x"}
    result = sqlite_project.alembic("guard-log", env=variables)
    assert result.returncode == 0
    assert result.stderr.splitlines()[0] == (
        "warning: ALEMBIC_GUARD_LOKC_TIMEOUT is no setting of alembic_guard"
    )
    assert "MARIADB" not in result.stderr


@pytest.mark.parametrize(("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_is_for_a_terminal_only(
    sqlite_project: Project, env: dict[str, str], coloured: bool
) -> None:
    pty = pytest.importorskip("pty")
    sqlite_project.add_revision("a1", None, "pass")
    terminal, child = pty.openpty()
    process = subprocess.Popen(
        [*alembic_command(), "guard-revision", "-m", "x"],
        cwd=sqlite_project.path,
        env=environment(env),
        stdout=child,
        stderr=subprocess.DEVNULL,
    )
    os.close(child)
    shown = os.read(terminal, 100)
    process.wait(30)
    assert (b"\033[31;1merror: database-behind\033[0m: " in shown) is coloured
    assert (b"\033" in shown) is coloured
