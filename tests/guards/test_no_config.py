"""There is no Alembic configuration, or what it names is not there."""

from __future__ import annotations

from tests.commands.revising import edit, refused
from tests.project import Project

NEXT = (
    "    Looked in alembic.ini and pyproject.toml, from the current folder.\n"
    "    next: cd to the folder with alembic.ini, or: alembic -c PATH/alembic.ini …\n"
    "    next: alembic init migrations  # for a new project\n"
)


def test_there_is_no_file(sqlite_project: Project) -> None:
    (sqlite_project.path / "alembic.ini").unlink()
    assert refused(sqlite_project) == (
        "error: no-config: No usable script_location: "
        f"No 'script_location' key found in configuration.\n{NEXT}"
    )


def test_the_folder_that_it_names_is_not_there(sqlite_project: Project) -> None:
    edit(sqlite_project, "alembic.ini", "= %(here)s/migrations", "= %(here)s/nowhere")
    assert refused(sqlite_project) == (
        "error: no-config: No usable script_location: "
        f"Path doesn't exist: {sqlite_project.path}/nowhere.  "
        f"Please use the 'init' command to create a new scripts folder.\n{NEXT}"
    )
