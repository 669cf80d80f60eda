"""Revisions are rendered where nobody sees them; signals and refusals are tested with commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from alembic_guard.runtime.staging import Staging
from tests.project import Project


def let_through(path: Path, text: str) -> None:
    """The judge who has nothing against it."""


@pytest.fixture
def script(sqlite_project: Project) -> ScriptDirectory:
    return ScriptDirectory.from_config(Config(str(sqlite_project.path / "alembic.ini")))


def generate(script: ScriptDirectory, revision: str, head: str = "head") -> None:
    script.generate_revision(revision, "change", head=head, refresh=True)


def test_nothing_is_written_before_it_is_placed(
    script: ScriptDirectory, sqlite_project: Project
) -> None:
    staging = Staging(script, let_through)
    with staging.open():
        generate(script, "0001")
        generate(script, "0002")
        assert sqlite_project.revisions() == []
        staging.place()
    names = [path.name for path in sqlite_project.revisions()]
    assert names == ["0001_change.py", "0002_change.py"]


def test_the_judge_sees_the_text_and_where_it_would_be_written(
    script: ScriptDirectory, sqlite_project: Project
) -> None:
    seen: list[tuple[Path, str]] = []
    with Staging(script, lambda path, text: seen.append((path, text))).open():
        generate(script, "0001")
    ((path, text),) = seen
    assert path == sqlite_project.path / "migrations" / "versions" / "0001_change.py"
    assert "revision: str = '0001'" in text


def test_a_judge_who_refuses_stops_it(script: ScriptDirectory, sqlite_project: Project) -> None:
    def refuse(path: Path, text: str) -> None:
        raise ValueError(path.name)

    staging = Staging(script, refuse)
    with pytest.raises(ValueError, match=r"0001_change\.py"), staging.open():
        generate(script, "0001")
    assert sqlite_project.revisions() == []


def test_a_script_directory_is_afterwards_what_it_was(script: ScriptDirectory) -> None:
    before = dict(vars(script))
    memoized = {"_version_locations", "_singular_version_location"}
    with Staging(script, let_through).open():
        generate(script, "0001")
        folder = Path(script.get_revision("0001").module.__file__ or "").parent
        assert folder.is_dir()
    after = {name: value for name, value in vars(script).items() if name not in memoized}
    assert after == before
    assert not folder.exists()


def test_all_are_placed_or_none(script: ScriptDirectory, sqlite_project: Project) -> None:
    staging = Staging(script, let_through)
    with staging.open():
        generate(script, "0001")
        generate(script, "0002")
        sqlite_project.write("migrations/versions/0002_change.py", "# mine\n")
        with pytest.raises(FileExistsError) as caught:
            staging.place()
    file = sqlite_project.path / "migrations" / "versions" / "0002_change.py"
    assert caught.value.filename == str(file)
    assert sqlite_project.revisions() == [file]
    assert file.read_text() == "# mine\n"


@pytest.mark.parametrize("put", [lambda folder: None, lambda folder: (folder / "x").touch()])
def test_a_folder_that_was_made_is_taken_back_unless_somebody_uses_it(
    script: ScriptDirectory, sqlite_project: Project, put: Callable[[Path], None]
) -> None:
    folder = sqlite_project.path / "migrations" / "versions"
    folder.rmdir()
    staging = Staging(script, let_through)
    with staging.open():
        generate(script, "0001")
        staging.place()
    put(folder)
    used = any(path.suffix != ".py" for path in folder.iterdir())
    staging.take_back()
    assert folder.exists() == used
    assert sqlite_project.revisions() == []
