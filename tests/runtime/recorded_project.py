"""A real project whose revisions are recorded in this process, for the tests of recording."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.gaps import Gap
from alembic_guard.runtime.recording import Recording, record
from alembic_guard.runtime.step import Step
from tests.own_modules import own_modules
from tests.project import Project


def recorded(project: Project, *, offline: bool = False, **options: Any) -> Recording:
    """Every revision of the project, recorded in one run of its env.py."""
    found: list[Recording] = []
    with _config(project) as config:
        script = ScriptDirectory.from_config(config)
        revisions = list(reversed(list(script.walk_revisions())))

        def migrating(call: Call, _plain: Any) -> None:
            found.append(record(call, script, revisions, **options))

        run_environment(
            config, script, lambda *_: [], migrating=migrating, read_only=True, as_sql=offline
        )
    return found[0]


@contextmanager
def _config(project: Project) -> Iterator[Config]:
    """alembic.ini without its logging, and the project on ``sys.path`` while it lasts."""
    config = Config(str(project.path / "alembic.ini"))
    assert config.file_config.sections()  # read now, as env.py must not find the file
    config.config_file_name = None
    with own_modules(project.path):
        sys.path.insert(0, str(project.path))
        yield config


def lines(project: Project, steps: tuple[Step, ...]) -> list[tuple[str, str, str]]:
    """Of each Step: its directive, the text of its line, and its SQL."""
    shown = []
    for step in steps:
        assert step.place is not None
        assert step.place.line is not None
        name = type(step.directive).__name__ if step.directive is not None else "-"
        with open(step.place.path, encoding="utf-8") as file:
            line = file.read().splitlines()[step.place.line - 1].strip()
        shown.append((name, line, "; ".join(" ".join(sql.split()) for sql in step.sql)))
    return shown


def reasons(gaps: tuple[Gap, ...]) -> list[str]:
    """Why there are gaps."""
    return [gap.reason for gap in gaps]


def contents(project: Project) -> dict[str, Any]:
    """Every table of the database with its columns, indexes and rows."""
    with project.connect() as connection:
        catalogue = inspect(connection)
        return {
            table: (
                [(each["name"], str(each["type"])) for each in catalogue.get_columns(table)],
                sorted(str(each["name"]) for each in catalogue.get_indexes(table)),
                sorted(map(tuple, connection.execute(text(f"SELECT * FROM {table}")))),
            )
            for table in catalogue.get_table_names()
        }
