"""Files that Alembic has loaded are found to be what parsing them finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from alembic_guard.runtime import loaded_files as loaded
from alembic_guard.runtime.history import load
from alembic_guard.runtime.loaded_files import loaded_files, read_loaded
from alembic_guard.runtime.revision_folder import read_revision_files
from alembic_guard.runtime.revision_syntax import Harm, RevisionFile, read_text
from tests.project import Project

HEAD = '''"""add the e-mail

Revision ID: 0002
Create Date: 2026-01-02 03:04:05

"""
from typing import Union

from alembic import op

revision: str = "0002"
down_revision: Union[str, None] = '0001'
branch_labels = None
depends_on = None


'''
BODY = "def upgrade() -> None:\n    op.drop_table('users')\n"
PLAIN = [
    HEAD + BODY,
    (HEAD + BODY).replace("\n", "\r\n"),
    HEAD.replace("0001", "überzogen"),
    "revision = 'a'\ndown_revision = None\n",
    "revision = 'a'\ndown_revision = ''\n" + BODY,
    "revision = 'a'\ndown_revision = 'z'\nbranch_labels = 'jobs'\ndepends_on = 'y'\n",
]
DOUBTFUL = [
    "def new_id():\n    return 'a'\nrevision = new_id()\ndown_revision = None\n",
    "new_id = str\nrevision = new_id('a')\ndown_revision = None\n",
    "parent = 'z'\nrevision = 'a'\ndown_revision = parent\n",
    "revision = 'a'\ndown_revision = ('y', 'z')\n",
    "revision = 'a'\ndown_revision = (\n    'z'\n)\n",
    "revision = 'a'  # short\ndown_revision = None\n",
    "revision = 'a\\x62'\ndown_revision = None\n",
    "revision = 'a'\ndown_revision = 'y'\ndown_revision = 'z'\n",
    "revision, down_revision = 'a', None\n",
    "revision = 'a'\ndown_revision = None\nif True:\n    depends_on = 'z'\n",
    "revision = 7\ndown_revision = None\n",
    "revision = 'a'\ndown_revision = None\nbranch_labels = ['jobs']\n",
    "# coding: latin-1\nrevision = 'a'\ndown_revision = '\xfc'\n",
    "from contextlib import suppress\nfrom alembic import op\n"
    "revision = 'a'\ndown_revision = None\n"
    # What it raises without a context depends on whether one was there before in this process.
    "with suppress(Exception):\n    op.execute('SELECT 1')\n",
]


def both(source: str) -> tuple[RevisionFile, RevisionFile]:
    """The file as it is read when it was loaded, and by its syntax."""
    text, module = source.encode(), {"__name__": "revision"}
    exec(compile(text, "0002.py", "exec"), module)  # as loading it does
    return read_loaded("0002.py", text, module), read_text("0002.py", text)


@pytest.mark.parametrize("source", [*PLAIN, *DOUBTFUL])
def test_a_loaded_file_is_what_its_syntax_says(source: str) -> None:
    by_loading, by_syntax = both(source)
    assert by_loading == by_syntax


@pytest.mark.parametrize("source", PLAIN)
def test_a_plain_file_is_not_parsed(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(loaded, "read_text")
    assert both(source)[0].problem is None


def open_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> ScriptDirectory:
    monkeypatch.chdir(project.path)
    return ScriptDirectory.from_config(Config("alembic.ini"))


def test_a_loaded_history_has_the_files_that_reading_finds_in_the_same_order(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = "migrations/versions"
    sqlite_project.write(f"{versions}/b.py", "revision = 'b'\ndown_revision = None\n")
    sqlite_project.write(
        f"{versions}/a.py", "revision = 'a'\ndown_revision = 'b'\nbranch_labels = ('x', 'y')\n"
    )
    sqlite_project.write(f"{versions}/c.py", "revision = str('c')\ndown_revision = 'b'\n")
    sqlite_project.write(f"{versions}/__init__.py", "")
    script = open_project(sqlite_project, monkeypatch)
    load(script)
    found = loaded_files(script)
    assert found == read_revision_files(script)
    assert [(file.path, file.problem and file.problem.harm) for file in found.files] == [
        (f"{versions}/a.py", None),
        (f"{versions}/b.py", None),
        (f"{versions}/c.py", Harm.COMPUTED),
    ]


def test_a_file_that_went_away_since_it_was_loaded_is_unreadable(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "migrations/versions/a.py"
    sqlite_project.write(name, "revision = 'a'\ndown_revision = None\n")
    script = open_project(sqlite_project, monkeypatch)
    load(script)
    Path(name).unlink()
    (file,) = loaded_files(script).files
    assert file.problem is not None
    assert (file.path, file.problem.harm) == (name, Harm.UNREADABLE)
