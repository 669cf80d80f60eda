"""The revision files of a project, as Alembic itself resolves them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from alembic_guard.errors import WrongUsage
from alembic_guard.runtime import history
from alembic_guard.runtime.history import (
    BrokenHistory,
    NoConfiguration,
    Revision,
    SeveralHeads,
)
from alembic_guard.runtime.missing import UnknownRevision, unknown_revisions
from tests.project import Project


def script_of(project: Project) -> ScriptDirectory:
    return history.open_script(Config(str(project.path / "alembic.ini")))


@pytest.fixture
def forked(sqlite_project: Project) -> Project:
    """A base, a labelled branch and another, which depends on the first."""
    sqlite_project.add_revision("base1", None, "pass", message="start")
    sqlite_project.add_revision("left1", "base1", "pass", branch_labels="left")
    sqlite_project.add_revision("right1", "base1", "pass", depends_on="left1")
    return sqlite_project


# --- Loading --------------------------------------------------------------------------------------


def test_a_project_without_a_script_location_is_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "alembic.ini").write_text("[alembic]\n")
    with pytest.raises(NoConfiguration, match="No 'script_location' key found") as caught:
        history.open_script(Config(str(tmp_path / "alembic.ini")))
    assert caught.value.looked_for[0] == str(tmp_path / "alembic.ini")


def test_a_configuration_that_cannot_be_parsed_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "alembic.ini").write_text("no section\n")
    with pytest.raises(WrongUsage, match=r"alembic.ini:1 cannot be read"):
        history.open_script(Config(str(tmp_path / "alembic.ini")))


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("revision = '2'\ndown_revision = '1'\ndef upgrade(:\n", "SyntaxError: invalid syntax", 3),
        ("import nowhere\n", "ModuleNotFoundError: No module named 'nowhere'", 1),
        ("revision = '2'\ndown_revision = '9'\n", "Revision 9 referenced from 9 -> 2", None),
    ],
)
def test_a_file_that_cannot_be_loaded_is_named_with_its_line(
    sqlite_project: Project,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    message: str,
    line: int | None,
) -> None:
    sqlite_project.write("migrations/versions/broken.py", source)
    monkeypatch.chdir(sqlite_project.path)
    with pytest.raises(BrokenHistory) as caught:
        history.load(script_of(sqlite_project))
    assert str(caught.value).startswith(message)
    expected = "migrations/versions/broken.py" if line else None
    assert (caught.value.path, caught.value.line) == (expected, line)


def test_a_cycle_is_no_history(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a", "b", "pass")
    sqlite_project.add_revision("b", "a", "pass")
    with pytest.raises(BrokenHistory, match=r"Cycle is detected in revisions \(a, b\)"):
        history.load(script_of(sqlite_project))


def test_what_loading_warns_of_is_not_shown(sqlite_project: Project) -> None:
    lines = (
        "import warnings\nwarnings.warn('of the project')\nrevision = '1'\ndown_revision = None\n"
    )
    sqlite_project.write("migrations/versions/one.py", lines)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [found.revision for found in history.load(script_of(sqlite_project))] == ["1"]


# --- Finding --------------------------------------------------------------------------------------


def test_a_head_that_another_depends_on_is_none(forked: Project) -> None:
    assert [found.revision for found in history.heads(script_of(forked))] == ["right1"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("right", ["right1"]), ("left@head", ["left1"]), ("base", []), ("heads", ["right1"])],
)
def test_a_word_names_revisions(forked: Project, name: str, expected: list[str]) -> None:
    assert [found.revision for found in history.resolve(script_of(forked), name)] == expected


@pytest.mark.parametrize("find", [history.resolve, lambda *a: history.upgrade_steps(*a, ())])
def test_a_word_that_names_nothing(
    forked: Project, find: Callable[[ScriptDirectory, str], object]
) -> None:
    with pytest.raises(UnknownRevision) as caught:
        find(script_of(forked), "nowhere")
    assert (caught.value.revision, caught.value.lost) == ("nowhere", None)
    assert set(caught.value.known) == {"base1", "left1", "right1"}


@pytest.mark.parametrize("find", [history.resolve, lambda *a: history.upgrade_steps(*a, ())])
def test_head_where_there_are_several(
    sqlite_project: Project, find: Callable[[ScriptDirectory, str], object]
) -> None:
    sqlite_project.add_revision("a", None, "pass")
    sqlite_project.add_revision("b", None, "pass")
    with pytest.raises(SeveralHeads) as caught:
        find(script_of(sqlite_project), "head")
    assert caught.value.target == "head"
    assert [head.id for head in caught.value.heads] == ["a", "b"]


def test_a_revision_of_the_database_that_has_no_file(forked: Project) -> None:
    script = script_of(forked)
    unknown_revisions(script, ("base1", "left1"))
    with pytest.raises(UnknownRevision) as caught:
        unknown_revisions(script, ("base1", "gone"))
    assert caught.value.lost is not None
    assert (caught.value.lost.revisions, caught.value.lost.others) == (("gone",), ("base1",))


def test_steps_are_those_of_alembic_upgrade(forked: Project) -> None:
    steps = history.upgrade_steps(script_of(forked), "heads", ("base1",))
    assert [step.revision.revision for step in steps] == ["left1", "right1"]


def test_a_lineage_holds_what_is_depended_on(forked: Project) -> None:
    script = script_of(forked)
    names = [found.revision for found in history.lineage(script, ["right1"])]
    assert (names[0], set(names)) == ("right1", {"right1", "left1", "base1"})
    assert history.lineage(script, []) == []


# --- Showing --------------------------------------------------------------------------------------


def test_a_revision_is_shown_by_its_values(
    forked: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(forked.path)
    revision = history.as_revision(script_of(forked).get_revision("base1"))
    path = "migrations/versions/base1_start.py"
    assert revision == Revision("base1", "start", path)
    assert str(revision) == "base1 start"
    assert revision.as_json() == {"revision": "base1", "message": "start", "path": path}


def test_a_checksum_does_not_see_the_line_ends_of_windows(tmp_path: Path) -> None:
    unix, windows, other = tmp_path / "unix", tmp_path / "windows", tmp_path / "other"
    unix.write_bytes(b"a = 1\nb = 2\n")
    windows.write_bytes(b"a = 1\r\nb = 2\r\n")
    other.write_bytes(b"a = 1\nb = 3\n")
    assert history.checksum(unix) == history.checksum(windows) != history.checksum(other)


def test_a_path_is_relative_to_here_or_the_folder_above_and_whole_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "above" / "here"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    assert history.relative(here / "a.py") == "a.py"
    assert history.relative(here / ".." / "env" / "b.py") == "../env/b.py"
    assert history.relative(tmp_path / "x" / ".." / "c.py") == str(tmp_path / "c.py")


def test_revisions_in_a_sentence() -> None:
    assert (history.shown(["a", "b"]), history.shown([])) == ("a, b", "nothing")
