"""The passwords of a project are known before anything can repeat one."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.config import Config

from alembic_guard.commands.secrets import project_mask


@pytest.mark.parametrize(
    ("environ", "secret"),
    [
        ({"DATABASE_URL": "postgresql://me:hunter2@db/app"}, "hunter2"),
        ({"PGPASSWORD": "hunter2"}, "hunter2"),
        ({"DB_PASSWORD": "hunter2"}, "hunter2"),
        ({"MYSQL_PWD": "hunter2"}, "hunter2"),
        ({"POSTGRES_PASS": "hunter2"}, "hunter2"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_the_environment_is_learned(environ: dict[str, str], secret: str) -> None:
    assert project_mask(Config(), environ)(f"it was {secret}!") == "it was ***!"


def test_folders_of_the_shell_are_no_passwords() -> None:
    mask = project_mask(Config(), {"PWD": "/home/me", "OLDPWD": "/home/other"})
    assert mask("/home/me /home/other") == "/home/me /home/other"


@pytest.mark.parametrize("name", ["alembic.ini", "pyproject.toml"])
def test_the_config_files_are_learned(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text('url = "postgresql://me:hunter%%402@db/app"\n', "utf-8")
    config = Config(str(file)) if name == "alembic.ini" else Config(toml_file=str(file))
    mask = project_mask(config, {})
    assert mask("hunter%%402 hunter%402 hunter@2") == "*** *** ***"


def test_files_that_are_missing_or_no_text_are_nobodys_business_here(tmp_path: Path) -> None:
    file = tmp_path / "alembic.ini"
    assert project_mask(Config(str(file)), {})("text") == "text"
    file.write_bytes(b"\xff\xfe")
    assert project_mask(Config(str(file)), {})("text") == "text"
