"""Our commands in a real Flask application with Flask-Migrate, and a Flask that has none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from alembic_guard import COMMANDS
from tests.interpreter import without
from tests.project import Project, Result, environment

pytest.importorskip("flask_migrate")
pytest.importorskip("flask_sqlalchemy")

APPLICATION = """
    from flask import Flask
    from flask_migrate import Migrate
    from flask_sqlalchemy import SQLAlchemy

    db = SQLAlchemy()


    class User(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(50))


    def create_app():
        app = Flask(__name__)
        app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///{path}/app.db"
        db.init_app(app)
        Migrate(app, db)
        return app
"""
WITHOUT_MIGRATE = """
    from flask import Flask

    app = Flask(__name__)
"""


def flask(project: Project, *words: str, env: dict[str, str] | None = None) -> Result:
    """Run `flask WORDS`."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", *words],
        cwd=project.path,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def application(tmp_path: Path) -> Project:
    """An application after `flask db init`."""
    url = f"sqlite:///{tmp_path}/app/app.db"
    project = Project(tmp_path / "app", url, second_url=url)
    project.write("app.py", APPLICATION.replace("{path}", str(project.path)))
    assert flask(project, "db", "init").returncode == 0
    return project


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """An application that knows nothing of databases."""
    project = Project(tmp_path / "app", "sqlite://")
    project.write("app.py", WITHOUT_MIGRATE)
    return project


def test_flask_db_shows_our_commands_beside_its_own(application: Project) -> None:
    result = flask(application, "db", "--help")
    names = [line.split()[0] for line in result.stdout.partition("Commands:\n")[2].splitlines()]
    assert (result.returncode, result.stderr) == (0, "")
    assert set(names) >= {*COMMANDS, "migrate", "upgrade"}


def test_flask_guard_shows_them_too(application: Project) -> None:
    result = flask(application, "guard", "--help")
    names = [line.split()[0] for line in result.stdout.partition("Commands:\n")[2].splitlines()]
    assert (result.returncode, result.stderr, names) == (0, "", sorted(COMMANDS))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_is_whole_and_needs_no_application(bare: Project, name: str) -> None:
    result = flask(bare, "guard", name, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: python -m flask guard {name} [OPTIONS]")
    assert "--format" in result.stdout


@pytest.mark.parametrize("group", ["db", "guard"])
def test_the_main_job_is_done(application: Project, group: str) -> None:
    results = [
        flask(application, group, "guard-init"),
        flask(application, group, "guard-revision", "-m", "first", "--rev-id", "a1"),
        flask(application, group, "safe-upgrade"),
        flask(application, group, "guard-log", "--format", "json"),
    ]
    assert [result.returncode for result in results] == [0, 0, 0, 0], results[-2].output
    assert application.tables() == ["alembic_guard_journal", "alembic_version", "user"]
    (database,) = json.loads(results[-1].stdout)["data"]["databases"]
    assert [row["revision"] for row in database["rows"]] == ["a1"]


def test_a_refusal_names_the_flask_command_to_type(application: Project) -> None:
    flask(application, "db", "guard-revision", "-m", "first", "--rev-id", "a1")
    before = application.snapshot()
    result = flask(application, "db", "guard-revision", "-m", "second")
    assert result.returncode == 1
    assert result.stdout.startswith("error: database-behind: ")
    assert "    next: flask db safe-upgrade head\n" in result.stdout
    assert "alembic safe-upgrade" not in result.stdout
    assert application.snapshot() == before


def test_wrong_usage_is_status_2(application: Project) -> None:
    result = flask(application, "db", "guard-revision")
    assert (result.returncode, result.stderr.splitlines()[-1]) == (
        2,
        "Error: Missing option '-m' / '--message'.",
    )


@pytest.mark.parametrize(
    "words",
    [
        ["-d", "elsewhere", "-x", "tenant=a"],
        ["--directory", "elsewhere", "--x-arg", "tenant=a"],
        ["--directory=elsewhere", "--x-arg=tenant=a"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("position", ["before", "after"])
def test_flask_migrates_own_options_keep_their_meaning(
    application: Project, words: list[str], position: str
) -> None:
    (application.path / "migrations").rename(application.path / "elsewhere")
    env_py = application.read("elsewhere/env.py")
    told = "import sys\nprint(context.get_x_argument(as_dictionary=True), file=sys.stderr)\n"
    application.write("elsewhere/env.py", env_py + told)
    before, after = (words, []) if position == "before" else ([], words)
    result = flask(application, "db", *before, "guard-log", *after)
    assert result.returncode == 0, result.output
    assert "{'tenant': 'a'}\n" in result.stderr
    assert result.stdout.startswith("Journal of ")


def test_flask_db_migrate_is_told_the_finding_on_stderr(application: Project) -> None:
    flask(application, "db", "guard-init")
    with application.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    before = application.snapshot()
    result = flask(application, "db", "migrate", "-m", "first")
    assert result.returncode == 1
    assert "\ndrops-unowned-table: " in result.stderr
    assert "\n  next: flask db guard-revision -m first --allow drops-unowned-table" in result.stderr
    assert application.snapshot() == before


def test_without_migrate_in_the_application_it_is_said_in_one_line(bare: Project) -> None:
    result = flask(bare, "guard", "guard-log")
    assert (result.returncode, result.stdout, result.stderr) == (
        1,
        "",
        "Error: this application has no Flask-Migrate: Migrate(app, db) is missing\n",
    )


@pytest.mark.parametrize("words", [["--help"], ["routes"], ["guard", "--help"]], ids=" ".join)
def test_without_flask_migrate_flask_stays_whole(
    bare: Project, tmp_path: Path, words: list[str]
) -> None:
    result = flask(bare, *words, env=without(tmp_path / "site", "flask_migrate"))
    assert (result.returncode, result.stderr) == (0, "")
    assert "guard" in result.stdout or words == ["routes"]


@pytest.mark.parametrize("words", [["--help"], ["routes"]], ids=" ".join)
def test_flask_says_what_it_says_without_us_but_for_one_line(
    bare: Project, tmp_path: Path, words: list[str]
) -> None:
    ours = flask(bare, *words)
    plain = flask(bare, *words, env=without(tmp_path / "site", "alembic_guard"))
    line = "  guard   Guarded migrations (alembic_guard).\n"
    assert ours.stdout.replace(line, "") == plain.stdout
    assert (ours.returncode, ours.stderr) == (plain.returncode, plain.stderr) == (0, "")


def test_without_flask_migrate_a_command_of_ours_says_what_is_missing(
    bare: Project, tmp_path: Path
) -> None:
    env = without(tmp_path / "site", "flask_migrate")
    result = flask(bare, "guard", "guard-log", env=env)
    assert (result.returncode, result.stderr) == (
        1,
        "Error: this application has no Flask-Migrate: Migrate(app, db) is missing\n",
    )
