"""The next commands of a finding, as they have to be typed in the project at hand."""

from __future__ import annotations

from argparse import Namespace

import pytest
from alembic.config import Config

from alembic_guard import Finding
from alembic_guard.commands.typed import as_typed
from tests.project import Project


@pytest.mark.parametrize(
    ("options", "command", "expected"),
    [
        ({}, "alembic safe-upgrade", "alembic safe-upgrade"),
        ({"name": "alembic", "config": None}, "alembic current", "alembic current"),
        ({"config": ["a b.ini"]}, "alembic current", "alembic -c 'a b.ini' current"),
        (
            {"config": ["x.ini", "p/pyproject.toml"], "name": "two", "x": ["tenant=a"]},
            "alembic --raiseerr current",
            "alembic -c x.ini -c p/pyproject.toml -n two -x tenant=a --raiseerr current",
        ),
        ({"name": "two"}, "git add .", "git add ."),
    ],
)
def test_global_options_are_typed_again(
    options: dict[str, object], command: str, expected: str
) -> None:
    finding = Finding("env-error", "It fails.", next=(command,))
    config = Config(cmd_opts=Namespace(**options))
    assert [found.next for found in as_typed([finding], config)] == [(expected,)]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("alembic safe-upgrade", "flask db safe-upgrade"),
        ("alembic --raiseerr current", "alembic --raiseerr current"),
    ],
)
def test_under_flask_migrate_they_are_commands_of_flask(command: str, expected: str) -> None:
    flask_migrate = pytest.importorskip("flask_migrate")
    finding = Finding("env-error", "It fails.", next=(command,))
    assert as_typed([finding], flask_migrate.Config())[0].next == (expected,)


def test_a_refusal_can_be_followed_where_the_config_file_is_elsewhere(
    sqlite_project: Project,
) -> None:
    sqlite_project.add_revision("a1", None, "op.execute('SELECT 1')")
    (sqlite_project.path / "alembic.ini").rename(sqlite_project.path / "other.ini")
    refused = sqlite_project.alembic("-c", "other.ini", "guard-revision", "-m", "x")
    assert "    next: alembic -c other.ini safe-upgrade head\n" in refused.stdout
    followed = sqlite_project.alembic("-c", "other.ini", "safe-upgrade", "head")
    assert followed.returncode == 0
