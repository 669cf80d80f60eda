"""A revision file that cannot be loaded, or that refers to one that is not there."""

from __future__ import annotations

import pytest

from alembic_guard.guards import broken_revision_file
from tests.commands.revising import refused, settled
from tests.guards.histories import stopped, text, told
from tests.project import Project
from tests.repositories import git, repository

PATH = "migrations/versions/broken.py"
LOADED = "Alembic loads every file of a version location for every command"

AGAIN = "grep -rn --include='*.py' '^revision' migrations/versions"


def of(source: str, **others: str) -> str:
    texts = {f"migrations/versions/{name}.py": each for name, each in others.items()}
    return told(broken_revision_file, {**texts, PATH: source})


# --- What Alembic stumbles over, by real commands ----------------------------------------


@pytest.mark.parametrize("command", [("safe-upgrade",), ("guard-revision", "-m", "change")])
def test_a_file_that_does_not_compile(sqlite_project: Project, command: tuple[str, ...]) -> None:
    sqlite_project.write(PATH, 'revision = "0001"\ndown_revision = None\ndef upgrade(:\n')
    assert stopped(sqlite_project, *command) == (
        f"error: broken-revision-file ({PATH}:3): {PATH}:3 is no Python: invalid syntax.\n"
        "    def upgrade(:\n"
        f"    next: python -m py_compile {PATH}\n"
    )


def test_a_file_that_imports_what_is_not_there(sqlite_project: Project) -> None:
    sqlite_project.write(PATH, 'revision = "0001"\nimport nowhere.at_all\ndown_revision = None\n')
    assert refused(sqlite_project) == (
        f"error: broken-revision-file ({PATH}:2): "
        f"{PATH}:2 raises ModuleNotFoundError: No module named 'nowhere'.\n"
        f"    {LOADED}.\n"
        "    next: python -c 'import nowhere'\n"
    )


def test_a_file_that_raises(sqlite_project: Project) -> None:
    sqlite_project.write(PATH, text("0001") + "if True:\n    op.execute('x')\n")
    printed = refused(sqlite_project)
    assert printed.startswith(
        f"error: broken-revision-file ({PATH}:7): "
        f"{PATH}:7 raises NameError: Can't invoke function 'execute', as the proxy object"
    )
    assert printed.endswith(
        f"    {LOADED}.\n    next: alembic history  # again, when {PATH} is mended\n"
    )


@pytest.mark.parametrize("command", [("safe-upgrade",), ("guard-check", "--no-database")])
def test_a_file_in_the_middle_that_was_deleted(
    sqlite_project: Project, command: tuple[str, ...]
) -> None:
    settled(sqlite_project).add_revision("0003", "0002", "pass", message="last")
    path = "migrations/versions/0003_last.py"
    assert stopped(sqlite_project, *command) == (
        f"error: broken-revision-file ({path}:13): {path}:13 has 0002 as its `down_revision`, "
        "and no file defines that revision.\n"
        "    Its file was deleted or renamed, or is on a branch that is not checked out here.\n"
        f"    next: {AGAIN}  # what {path}:13 could name instead\n"
    )


def test_a_deleted_file_that_git_has_is_restored(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    lost = project.add_revision("0002", "0001", "pass", message="lost")
    project.add_revision("0003", "0002", "pass", message="last")
    repository(project.path)
    lost.unlink()
    id = git(project.path, "rev-parse", "--short", "HEAD")
    path = "migrations/versions/0003_last.py"
    assert stopped(project, "guard-check", "--no-database") == (
        f"error: broken-revision-file ({path}:13): {path}:13 has 0002 as its `down_revision`, "
        "and no file defines that revision.\n"
        "    migrations/versions/0002_lost.py was deleted here, and that is not committed: git has "
        f"it, written in {id} by Ann on 2026-03-01 (begin).\n"
        "    next: git restore --source=HEAD -- migrations/versions/0002_lost.py\n"
    )
    git(project.path, "restore", "--source=HEAD", "--", "migrations/versions/0002_lost.py")
    assert project.alembic("guard-check", "--no-database").returncode == 0


def test_a_file_that_git_never_had(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    project.add_revision("0003", "0002", "pass", message="last")
    repository(project.path)
    path = "migrations/versions/0003_last.py"
    assert stopped(project, "guard-check", "--no-database") == (
        f"error: broken-revision-file ({path}:13): {path}:13 has 0002 as its `down_revision`, "
        "and no file defines that revision.\n"
        "    git knows no file of it anywhere: it was never committed, or is not fetched yet.\n"
        f"    next: {AGAIN}  # what {path}:13 could name instead\n"
    )


def test_two_broken_files_are_both_told(sqlite_project: Project) -> None:
    settled(sqlite_project).add_revision("0003", "0002", "pass", message="lost")
    sqlite_project.write(PATH, "LIMIT = 3\n")
    assert refused(sqlite_project) == (
        f"error: broken-revision-file ({PATH}): "
        f"{PATH} is in a version location, and is no revision: it has no `revision`.\n"
        f"    {LOADED}, and stops at the first that is none.\n"
        f"    next: mv {PATH} migrations/broken.py\n"
        "error: broken-revision-file (migrations/versions/0003_lost.py:13): "
        "migrations/versions/0003_lost.py:13 has 0002 as its `down_revision`, "
        "and no file defines that revision.\n"
        "    Its file was deleted or renamed, or is on a branch that is not checked out here.\n"
        f"    next: {AGAIN}  # what migrations/versions/0003_lost.py:13 could name instead\n"
    )


def test_a_file_without_a_down_revision(sqlite_project: Project) -> None:
    sqlite_project.write(PATH, '\nrevision = "0001"\n')
    assert refused(sqlite_project) == (
        f"error: broken-revision-file ({PATH}:1): "
        f"{PATH} is revision 0001, and has no `down_revision`.\n"
        "    Nobody knows which revision it follows.\n"
        f"    next: down_revision = None  # below {PATH}:1; or the id that it follows\n"
    )


def test_what_syntax_does_not_explain_is_told_in_the_words_of_alembic(
    sqlite_project: Project,
) -> None:
    sqlite_project.write(PATH, text("a") + "locals()['down' + '_revision'] = 'b'\n")
    assert refused(sqlite_project) == (
        "error: broken-revision-file: The revision files make no history: "
        "Revision b referenced from b -> a (head),  is not present.\n"
        "    next: alembic history --verbose\n"
    )


def test_a_file_that_cannot_be_opened(sqlite_project: Project) -> None:
    (sqlite_project.path / PATH).symlink_to(sqlite_project.path / PATH)
    assert refused(sqlite_project) == (
        f"error: broken-revision-file ({PATH}): {PATH} cannot be read: "
        "Too many levels of symbolic links.\n"
        f"    {LOADED}.\n"
        f"    next: ls -l {PATH}\n"
    )


# --- What is read from syntax ---------------------------------------------------------------------


def test_a_call_of_op_outside_of_the_functions() -> None:
    assert of(text("0001") + 'op.create_table("t")\n') == (
        f"error: broken-revision-file ({PATH}:6): "
        f"{PATH}:6 calls op.create_table() outside of upgrade() and downgrade().\n"
        f"    {LOADED}, and `op` is there only while a migration runs.\n"
        f"    next: move line 6 of {PATH} into upgrade()\n"
    )


def test_an_identifier_that_is_no_text() -> None:
    assert of("revision = 1\ndown_revision = None\n") == (
        f"error: broken-revision-file ({PATH}:1): {PATH}:1 has 1 as its `revision`, "
        "which is no text.\n"
        "    An identifier is a text.\n"
        f"    next: put the identifier of {PATH}:1 in quotes\n"
    )


def test_an_identifier_that_is_computed_is_a_note() -> None:
    assert of("revision = make()\ndown_revision = None\n") == (
        f"note: broken-revision-file ({PATH}:1): {PATH}:1 computes its `revision`.\n"
        "    What the files make of the history is not judged: heads, duplicates, cycles.\n"
    )


def test_a_dependency_on_what_is_not_there() -> None:
    assert of(text("b", depends_on=("a b",))) == (
        f"error: broken-revision-file ({PATH}:4): {PATH}:4 has a b as its `depends_on`, "
        "and no file defines that revision.\n"
        "    Its file was deleted or renamed, or is on a branch that is not checked out here.\n"
        f"    next: {AGAIN}  # what {PATH}:4 could name instead\n"
    )


@pytest.mark.parametrize(
    ("label", "owner"), [("a", "it is the id of"), ("jobs", "it is a label of")]
)
def test_a_branch_label_that_is_taken(label: str, owner: str) -> None:
    first = "migrations/versions/a.py"
    assert of(text("b", "a", branch_labels=label), a=text("a", branch_labels="jobs")) == (
        f"error: broken-revision-file ({PATH}:4): "
        f"{PATH}:4 has the branch label {label}, and {owner} {first}.\n"
        "    Alembic could not tell the two apart.\n"
        f"    next: branch_labels = None  # {PATH}:4; or another label\n"
    )


def test_a_history_that_is_whole_is_not_broken() -> None:
    assert of(text("0002", "0001"), first=text("0001")) == ""
