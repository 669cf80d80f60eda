"""Which heads belong together; the commands show the same on real projects."""

from __future__ import annotations

from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from alembic_guard.runtime.heads import Heads
from alembic_guard.script.heads import group_heads, merge_message
from tests.project import Project


def heads_of(project: Project) -> Heads[Script]:
    config = Config(str(project.path / "alembic.ini"))
    script = ScriptDirectory.from_config(config)
    return group_heads(script, [script.get_revision(name) for name in sorted(script.get_heads())])


def groups(heads: Heads) -> list[list[str]]:
    return [[head.revision for head in group] for group in heads.groups]


def test_one_head_is_alone_and_nothing_is_joined(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a", None, "pass")
    found = heads_of(sqlite_project)
    assert (groups(found), found.joinable, found.reasons) == ([["a"]], (), ())


def test_an_empty_history_has_no_head(sqlite_project: Project) -> None:
    assert heads_of(sqlite_project) == Heads(())


def test_work_on_the_same_base_belongs_together(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a", None, "pass")
    for name in ("b", "c", "d"):
        sqlite_project.add_revision(name, "a", "pass")
    found = heads_of(sqlite_project)
    assert (groups(found), found.reasons) == ([["b", "c", "d"]], ())
    assert found.joinable == found.groups[0]


def test_what_a_merge_joined_belongs_together_with_each_part(sqlite_project: Project) -> None:
    project = sqlite_project
    project.add_revision("a", None, "pass")
    project.add_revision("b", None, "pass")
    project.add_revision("a1", "a", "pass")
    project.add_revision("b1", "b", "pass")
    project.add_revision("m", ("a", "b"), "pass")
    assert groups(heads_of(project)) == [["a1", "b1", "m"]]


def test_folders_inside_of_a_version_location_keep_nothing_apart(sqlite_project: Project) -> None:
    ini = sqlite_project.read("alembic.ini")
    setting = "recursive_version_locations = true\nscript_location ="
    sqlite_project.write("alembic.ini", ini.replace("script_location =", setting, 1))
    sqlite_project.add_revision("a", None, "pass")
    for name in ("2025/b", "2026/c"):
        source = f'revision = "{name[-1]}"\ndown_revision = "a"\n'
        sqlite_project.write(f"migrations/versions/{name}.py", source)
    assert groups(heads_of(sqlite_project)) == [["b", "c"]]


def test_a_branch_of_its_own_is_named_with_what_it_has(sqlite_project: Project) -> None:
    project = sqlite_project
    project.add_revision("a", None, "pass")
    project.add_revision("b", "a", "pass")
    project.add_revision("c", "a", "pass")
    project.add_revision("x", None, "pass", branch_labels=("jobs", "batch"), depends_on="a")
    found = heads_of(project)
    assert (groups(found), found.joinable) == ([["b", "c"], ["x"]], ())
    assert found.reasons == (
        "b (from base a)",
        "c (from base a)",
        "x (branch batch, jobs; depends on a; from base x)",
    )


def test_the_message_of_a_merge_names_each_head(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a", None, "pass")
    sqlite_project.add_revision("b", "a", "pass", message="work of bob")
    sqlite_project.add_revision("c", "a", "pass", message="work of ann")
    expected = "merge b (work of bob) and c (work of ann)"
    assert merge_message(heads_of(sqlite_project).joinable) == expected


def test_a_head_without_a_message_is_named_too(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a", None, "pass")
    for name in ("b", "c"):
        source = f'revision = "{name}"\ndown_revision = "a"\n'
        sqlite_project.write(f"migrations/versions/{name}.py", source)
    expected = "merge b (no message) and c (no message)"
    assert merge_message(heads_of(sqlite_project).joinable) == expected
