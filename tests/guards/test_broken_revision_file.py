"""A revision file that cannot be loaded, or that refers to one that is not there."""

from __future__ import annotations

from tests.commands.revising import refused, settled
from tests.project import Project

PATH = "migrations/versions/broken.py"


def test_a_file_that_does_not_compile(sqlite_project: Project) -> None:
    sqlite_project.write(PATH, 'revision = "0001"\ndown_revision = None\ndef upgrade(:\n')
    assert refused(sqlite_project) == (
        f"error: broken-revision-file ({PATH}:3): The history cannot be loaded: "
        f"{PATH} raises SyntaxError: invalid syntax (broken.py, line 3).\n"
        f"    next: python {PATH}\n"
    )


def test_a_file_that_raises(sqlite_project: Project) -> None:
    sqlite_project.write(PATH, 'revision = "0001"\nimport nowhere\ndown_revision = None\n')
    assert refused(sqlite_project) == (
        f"error: broken-revision-file ({PATH}:2): The history cannot be loaded: "
        f"{PATH} raises ModuleNotFoundError: No module named 'nowhere'.\n"
        f"    next: python {PATH}\n"
    )


def test_a_file_without_a_down_revision(sqlite_project: Project) -> None:
    sqlite_project.write(PATH, 'revision = "0001"\n')
    assert refused(sqlite_project) == (
        f"error: broken-revision-file ({PATH}): The history cannot be loaded: "
        f"{PATH} raises AttributeError: module 'broken_py' has no attribute 'down_revision'.\n"
        f"    next: python {PATH}\n"
    )


def test_a_file_that_refers_to_none(sqlite_project: Project) -> None:
    settled(sqlite_project).add_revision("0003", "0002", "pass")
    assert refused(sqlite_project) == (
        "error: broken-revision-file: The history cannot be loaded: "
        "Revision 0002 referenced from 0002 -> 0003 (head), revision 0003 is not present.\n"
        "    next: alembic history\n"
    )


def test_a_file_that_is_no_revision(sqlite_project: Project) -> None:
    sqlite_project.write("migrations/versions/helper.py", "LIMIT = 3\n")
    assert refused(sqlite_project).startswith(
        "error: broken-revision-file: The history cannot be loaded: "
        "Could not determine revision id from filename helper.py. "
    )
