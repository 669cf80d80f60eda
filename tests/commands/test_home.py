"""Where a report says that a project lies: as the root of its repository sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.config import Config

from alembic_guard.commands.home import home
from tests.repositories import git


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, whose root is the working directory."""
    git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_root_of_a_repository_is_no_folder(root: Path) -> None:
    (root / "alembic.ini").touch()
    assert home(Config("alembic.ini")) == ("", "alembic.ini")


def test_a_project_in_a_repository_is_named_from_its_root(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = root / "services" / "shop"
    folder.mkdir(parents=True)
    (folder / "alembic.ini").touch()
    monkeypatch.chdir(folder)
    assert home(Config("alembic.ini")) == ("services/shop", "alembic.ini")


def test_a_worktree_has_a_root_of_its_own(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = root / "tree" / "shop"
    folder.mkdir(parents=True)
    (root / "tree" / ".git").write_text("gitdir: ../.git/worktrees/tree\n")
    monkeypatch.chdir(folder)
    assert home(Config()) == ("shop", None)


def test_without_a_repository_nothing_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert home(Config("nowhere.ini")) == ("", None)


def test_a_pyproject_toml_is_the_config_where_there_is_no_ini(root: Path) -> None:
    (root / "pyproject.toml").touch()
    assert home(Config("alembic.ini", toml_file="pyproject.toml")) == ("", "pyproject.toml")
