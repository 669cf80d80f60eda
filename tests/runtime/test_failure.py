"""What made env.py fail, told from the exception that was really raised."""

from __future__ import annotations

import configparser
import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine, engine_from_config

from alembic_guard.runtime.failure import EnvironmentFailed, NoMigrationsRun
from alembic_guard.runtime.failure_kinds import kind_of


def raised(work: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whichever it is, is the question
        work()
    return caught.value


def configure_nothing() -> None:
    script = ScriptDirectory(".")
    with EnvironmentContext(Config(), script) as environment:
        environment.configure(connection=None)


def interpolate() -> str:
    config = configparser.ConfigParser()
    config.read_string("[alembic]\nsqlalchemy.url = postgresql://u:p%40ss@h/d\n")
    return config.get("alembic", "sqlalchemy.url")


def fail(error: Exception) -> Callable[[], object]:
    def work() -> object:
        raise error

    return work


def connect(url: str) -> Callable[[], object]:
    return lambda: create_engine(url).connect()


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (lambda: importlib.import_module("backend.models"), "env-import-error"),
        (fail(ImportError("cannot import name 'Base' from 'models'")), "env-import-error"),
        (lambda: engine_from_config({}, prefix="sqlalchemy."), "no-database-url"),
        (lambda: {}["DATABASE_URL"], "no-database-url"),
        (lambda: create_engine(None), "no-database-url"),  # type: ignore[arg-type]
        (lambda: Config().set_main_option("sqlalchemy.url", None), "no-database-url"),  # type: ignore[arg-type]
        (connect("not-a-url"), "bad-database-url"),
        (connect(""), "no-database-url"),
        (connect("driver://user:pass@localhost/dbname"), "bad-database-url"),
        (connect("postgres://u@h/d"), "bad-database-url"),
        (interpolate, "bad-database-url"),
        (
            lambda: Config().set_main_option("sqlalchemy.url", "postgresql://u:p%40ss@h/d"),
            "bad-database-url",
        ),
        (connect("mysql+mysqlconnector://u@h/d"), "missing-driver"),
        (connect("sqlite:////no/such/folder/app.db"), "database-unreachable"),
        (connect("postgresql+psycopg://u@127.0.0.1:1/d"), "database-unreachable"),
        (fail(ConnectionRefusedError("Connect call failed")), "database-unreachable"),
        (configure_nothing, "connection-not-configured"),
        (lambda: None.connect(), "connection-not-configured"),  # type: ignore[attr-defined]
        (fail(CommandError("Can't locate revision identified by 'x'")), "missing-revision"),
        (fail(ZeroDivisionError("division by zero")), "env-error"),
        (fail(KeyError("models")), "env-error"),
    ],
)
def test_a_failure_has_the_name_of_its_guard(work: Callable[[], object], kind: str) -> None:
    assert kind_of(raised(work)) == kind


def test_the_frame_is_the_innermost_of_the_projects_own(tmp_path: Path) -> None:
    env_py = tmp_path / "env.py"
    env_py.write_text("import json\n\njson.loads('{')\n")
    code = compile(env_py.read_text(), str(env_py), "exec")
    error = raised(lambda: exec(code, {}))
    failed = EnvironmentFailed(error, str(env_py), "loading")
    assert (failed.kind, failed.frame) == ("env-error", (str(env_py), 3))


def test_the_frame_is_env_py_where_no_other_is_known() -> None:
    failed = EnvironmentFailed(ValueError("no"), "migrations/env.py", "loading")
    assert failed.frame == ("migrations/env.py", 0)


def test_an_env_py_that_never_migrates_configures_no_connection() -> None:
    failed = NoMigrationsRun("migrations/env.py")
    assert (failed.kind, str(failed)) == (
        "connection-not-configured",
        "env.py never called context.run_migrations() on a connection",
    )
