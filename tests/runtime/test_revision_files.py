"""All revision files, read by syntax: what is wrong among them, and the history that they make."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import Revision, RevisionMap
from hypothesis import given
from hypothesis import strategies as st

from alembic_guard.runtime.merges import needless_parents
from alembic_guard.runtime.revision_files import RevisionFiles
from alembic_guard.runtime.revision_folder import read_revision_files
from alembic_guard.runtime.revision_syntax import Harm
from tests.project import Project

IDS = "abcdef"


def source(revision: str, down: Sequence[str] = (), **more: object) -> str:
    lines = {"revision": revision, "down_revision": tuple(down) or None, **more}
    return "".join(f"{name} = {value!r}\n" for name, value in lines.items())


def files(**downs: str) -> RevisionFiles:
    """A file for each revision, with the letters of its parents."""
    return RevisionFiles.from_texts(
        {f"versions/{name}.py": source(name[0], down) for name, down in downs.items()}
    )


def ids(found: Sequence[object]) -> list[object]:
    return [getattr(file, "revision", None) for file in found]


def test_heads_are_what_nothing_follows() -> None:
    found = files(a="", b="a", c="a", m="bc", d="m", e="m")
    assert ids(found.heads) == ["d", "e"]
    assert [ids(group) for group in found.diverged] == [["d", "e"]]


def test_heads_of_different_bases_are_kept_apart() -> None:
    found = files(a="", b="a", c="a", x="")
    assert (ids(found.heads), [ids(group) for group in found.diverged]) == (
        ["b", "c", "x"],
        [["b", "c"]],
    )


def test_branches_hold_what_leads_to_one_head_and_not_to_all() -> None:
    found = files(a="", b="a", c="b", d="a")
    (heads,) = found.diverged
    assert [ids(branch) for branch in found.branches(heads)] == [["c", "b"], ["d"]]


def test_two_files_of_one_id_are_duplicates_and_make_no_history() -> None:
    found = files(a="", b="a", b2="a")
    assert [[file.path for file in group] for group in found.duplicates] == [
        ["versions/b.py", "versions/b2.py"]
    ]
    assert (found.history, found.heads, found.diverged) == (None, (), ())


def test_a_reference_to_nothing_is_missing() -> None:
    texts = {
        "a.py": source("a", "z"),
        "b.py": source("b", "a", depends_on="y", branch_labels="jobs"),
        "c.py": source("c", ("jobs",)),  # a label stands for its revision
    }
    found = RevisionFiles.from_texts(texts)
    assert [(one.file.revision, one.identifier, one.revision) for one in found.missing] == [
        ("a", "down_revision", "z"),
        ("b", "depends_on", "y"),
    ]


def test_nothing_is_missing_while_a_file_does_not_tell_its_id() -> None:
    found = RevisionFiles.from_texts({"a.py": "revision = f()\n", "b.py": source("b", "a")})
    assert (found.missing, found.heads) == ((), ())


@pytest.mark.parametrize(
    ("downs", "cycle"),
    [
        ({"a": "b", "b": "a"}, ["a", "b"]),
        ({"a": "", "b": "ad", "c": "b", "d": "c", "e": "d"}, ["b", "c", "d"]),
        ({"a": "a"}, ["a"]),
        ({"a": "", "b": "a"}, []),
    ],
)
def test_a_cycle_is_told_from_parent_to_child(downs: dict[str, str], cycle: list[str]) -> None:
    found = files(**downs)
    assert (ids(found.cycle), bool(found.history)) == (cycle, not cycle)


def test_a_cycle_by_way_of_a_dependency_is_one() -> None:
    texts = {"a.py": source("a", depends_on="b"), "b.py": source("b", "a")}
    assert ids(RevisionFiles.from_texts(texts).cycle) == ["a", "b"]


@pytest.mark.parametrize("label", ["a", "jobs"])
def test_a_label_that_is_taken_is_a_clash(label: str) -> None:
    texts = {
        "a.py": source("a", branch_labels="jobs"),
        "b.py": source("b", "a", branch_labels=label),
    }
    (clash,) = RevisionFiles.from_texts(texts).clashes
    assert (clash.label, clash.file.path, clash.other.path) == (label, "b.py", "a.py")


# --- Against Alembic ------------------------------------------------------------------------------

REFERENCES = st.lists(st.sampled_from(IDS), max_size=2, unique=True)
ANY_GRAPH = st.lists(st.tuples(st.sampled_from(IDS), REFERENCES, REFERENCES), max_size=8)


@given(ANY_GRAPH)
def test_no_graph_makes_it_raise(graph: list[tuple[str, list[str], list[str]]]) -> None:
    found = RevisionFiles.from_texts(
        {
            f"{at}.py": source(revision, down, depends_on=tuple(depends) or None)
            for at, (revision, down, depends) in enumerate(graph)
        }
    )
    told = (found.duplicates, found.missing, found.clashes, found.cycle)
    assert bool(found.history) != any(told)
    assert bool(found.heads) == (bool(found.history) and bool(graph))
    for heads in found.diverged:
        assert len(found.branches(heads)) == len(heads)
    assert all(len(file.down) > 1 for file, *_ in needless_parents(found))


@st.composite
def healthy_graph(draw: st.DrawFn) -> list[tuple[str, list[str]]]:
    """Revisions whose parents come before them."""
    names = [f"r{number}" for number in range(draw(st.integers(0, 12)))]
    return [
        (name, draw(st.lists(st.sampled_from(names[:at]), max_size=3, unique=True)) if at else [])
        for at, name in enumerate(names)
    ]


@given(healthy_graph())
def test_the_heads_of_a_healthy_history_are_those_of_alembic(
    graph: list[tuple[str, list[str]]],
) -> None:
    expected = RevisionMap(lambda: [Revision(name, tuple(down) or None) for name, down in graph])
    found = RevisionFiles.from_texts({f"{name}.py": source(name, down) for name, down in graph})
    assert ids(found.heads) == sorted(expected.heads)


# --- From disk ------------------------------------------------------------------------------------


def read(project: Project, monkeypatch: pytest.MonkeyPatch) -> RevisionFiles:
    monkeypatch.chdir(project.path)
    return read_revision_files(ScriptDirectory.from_config(Config("alembic.ini")))


def configure(project: Project, setting: str) -> None:
    ini = project.read("alembic.ini").replace("[alembic]", f"[alembic]\n{setting}", 1)
    project.write("alembic.ini", ini)


def test_files_are_listed_as_alembic_lists_them(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", ".#a.py", "__init__.py", "a.txt", "inner/b.py"):
        sqlite_project.write(f"migrations/versions/{name}", source(Path(name).stem))
    assert [file.path for file in read(sqlite_project, monkeypatch).files] == [
        "migrations/versions/a.py"
    ]
    configure(sqlite_project, "recursive_version_locations = true")
    assert [file.path for file in read(sqlite_project, monkeypatch).files] == [
        "migrations/versions/a.py",
        "migrations/versions/inner/b.py",
    ]


def test_every_version_location_is_read_once(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = ("one", "two", "one")
    configure(sqlite_project, f"version_locations = {os.pathsep.join(folders)}")
    for name in folders:
        sqlite_project.write(f"{name}/{name}.py", source(name))
    found = read(sqlite_project, monkeypatch)
    assert [file.path for file in found.files] == ["one/one.py", "two/two.py"]
    assert found.diverged == ()


def test_bytecode_without_a_source_leaves_the_history_unknown(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(sqlite_project, "sourceless = true")
    sqlite_project.write("migrations/versions/b.py", source("b", "a"))
    (sqlite_project.path / "migrations/versions/a.pyc").write_bytes(b"")
    found = read(sqlite_project, monkeypatch)
    assert [(file.path, file.problem and file.problem.harm) for file in found.files] == [
        ("migrations/versions/b.py", None),
        ("migrations/versions/a.pyc", Harm.COMPILED),
    ]
    assert (found.missing, found.heads) == ((), ())


def test_reading_does_not_show_what_python_warns_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        RevisionFiles.from_texts({"a.py": source("a") + '"\\d"\n'})
