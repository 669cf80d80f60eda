"""What the files around env.py say: read as text, never run."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.config import Config

from alembic_guard.runtime.env_text import (
    Line,
    call_line,
    dotenv_line,
    folders_up,
    option_line,
    options,
    sections,
    unawaited_call,
    variables_read,
)

READS = """
import os
from os import environ, getenv

one = os.environ["ONE"]
two = environ["TWO"]
three = os.getenv("THREE", "default")
four = getenv("FOUR")
five = os.environ.get("FIVE")
six = other["SIX"]
seven = os.environ[computed]
"""
INI = """\
[DEFAULT]
shared = 1
[alembic]
# sqlalchemy.url = commented
sqlalchemy.url = %(here)s/app.db
[other]
SQLALCHEMY.URL: x
"""


def test_the_variables_that_a_file_asks_for_and_where(tmp_path: Path) -> None:
    (tmp_path / "env.py").write_text(READS)
    assert variables_read(tmp_path / "env.py") == [
        ("ONE", 5), ("TWO", 6), ("THREE", 7), ("FOUR", 8), ("FIVE", 9)
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["import os\nos.environ['X'\n", "\0", None])
def test_a_file_that_does_not_parse_or_exist_says_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "env.py").write_text(text)
    assert variables_read(tmp_path / "env.py") == []
    assert call_line(tmp_path / "env.py", "load_dotenv") is None


def test_no_file_that_is_read_is_run(tmp_path: Path) -> None:
    (tmp_path / "env.py").write_text("raise SystemExit('it was run')\nload_dotenv()\n")
    assert call_line(tmp_path / "env.py", "load_dotenv") == 2


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("DATABASE_URL=sqlite:///a.db", "sqlite:///a.db"),
        ("  export DATABASE_URL = 'sqlite:///a.db'", "sqlite:///a.db"),
        ('DATABASE_URL="sqlite:///a.db"', "sqlite:///a.db"),
        ("# DATABASE_URL=sqlite:///a.db", None),
        ("DATABASE_URL=", None),
        ("OTHER_DATABASE_URL=sqlite:///a.db", None),
    ],
)
def test_a_dotenv_defines_a_variable(tmp_path: Path, line: str, value: str | None) -> None:
    file = tmp_path / ".env"
    file.write_text(f"A=1\n{line}\n")
    expected = None if value is None else Line(str(file), 2, value)
    assert dotenv_line("DATABASE_URL", tmp_path) == expected


def test_a_dotenv_is_found_above_up_to_the_top_of_the_repository(tmp_path: Path) -> None:
    inner = tmp_path / "repository" / "backend"
    inner.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    (tmp_path / ".env").write_text("X=1\n")
    assert list(folders_up(inner)) == [inner, inner.parent]
    assert dotenv_line("X", inner) is None


def test_the_lines_and_sections_of_an_ini_file(tmp_path: Path) -> None:
    file = tmp_path / "alembic.ini"
    file.write_text(INI)
    path = str(file)
    assert sections(path) == ("DEFAULT", "alembic", "other")
    found = option_line(path, "alembic", "sqlalchemy.url")
    assert found == Line(path, 5, "sqlalchemy.url = %(here)s/app.db")
    assert option_line(path, "other", "sqlalchemy.url") == Line(path, 7, "SQLALCHEMY.URL: x")
    assert option_line(path, "alembic", "shared") == Line(path, 2, "shared = 1")
    assert option_line(path, "alembic", "absent") is None
    assert option_line(None, "alembic", "shared") is None


def test_an_option_has_the_value_of_the_file_whatever_env_py_set_since(tmp_path: Path) -> None:
    file = tmp_path / "alembic.ini"
    file.write_text(INI)
    config = Config(str(file))
    config.set_main_option("sqlalchemy.url", "changed")
    found = {(section, option): value for section, option, value in options(config)}
    assert found["alembic", "sqlalchemy.url"] == f"{tmp_path}/app.db"


def test_a_coroutine_that_is_called_as_a_statement(tmp_path: Path) -> None:
    file = tmp_path / "env.py"
    file.write_text("async def run():\n    pass\n\n\nrun()\n")
    assert unawaited_call(file) == ("run", 5)
    file.write_text("import asyncio\n\n\nasync def run():\n    pass\n\n\nasyncio.run(run())\n")
    assert unawaited_call(file) is None
