"""A command that only looks makes no SQLite file."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from alembic_guard.runtime.absent_file import no_new_file
from tests.project import Project


def test_a_file_that_is_not_there_is_looked_at_as_an_empty_database(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    engine = create_engine(f"sqlite:///{file}")  # made before, as a module-level engine is
    with no_new_file() as absent, engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    assert (absent, file.exists()) == ([file], False)


def test_a_file_that_is_there_is_read(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'app.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    engine.dispose()
    with no_new_file() as absent, engine.connect() as connection:
        assert (absent, inspect(connection).get_table_names()) == ([], ["t"])


@pytest.mark.parametrize(("options", "made"), [("", False), ("&mode=rwc", True)])
def test_a_uri_makes_the_file_only_where_its_mode_says_so(
    tmp_path: Path, options: str, made: bool
) -> None:
    file = tmp_path / "my app.db"
    url = f"sqlite:///file:{str(file).replace(' ', '%20')}?uri=true{options}"
    with no_new_file(), create_engine(url).connect() as connection:
        assert inspect(connection).get_table_names() == []
    assert file.exists() is made


def test_afterwards_files_are_made_again(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    with no_new_file():
        pass
    with create_engine(f"sqlite:///{file}").connect():
        pass
    assert file.exists()


@pytest.mark.parametrize("template", ["generic", "async"])
@pytest.mark.parametrize("words", [("guard-log",), ("safe-upgrade", "--plan")])
def test_commands_that_only_look_leave_no_file_behind(
    project_path: Path, template: str, words: tuple[str, ...]
) -> None:
    with Project.create(project_path, f"sqlite:///{project_path / 'app.db'}", template) as project:
        assert project.alembic(*words).returncode == 0
        assert not (project.path / "app.db").exists()
