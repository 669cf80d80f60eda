"""There is no Alembic configuration, or what it names is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tests.commands.revising import edit
from tests.guards.failing import failing
from tests.project import Project, environment

NEW = "    next: alembic init migrations  # for a new project\n"
HERE = "%(here)s"


def nowhere(project: Project, name: str = "alembic.ini") -> str:
    """Where was looked in vain."""
    return (
        f"    There is no {name} in {project.path}, "
        "and no [tool.alembic] in a pyproject.toml there.\n"
    )


def test_there_is_no_file(sqlite_project: Project) -> None:
    (sqlite_project.path / "alembic.ini").unlink()
    for command in (["safe-upgrade"], ["guard-revision", "-m", "x"], ["guard-log"]):
        assert failing(sqlite_project, *command) == (
            "error: no-config: There is no Alembic configuration in this folder.\n"
            f"{nowhere(sqlite_project)}"
            '    next: (cd "$(mktemp -d)" && alembic init migrations '
            '&& cp alembic.ini "$OLDPWD")\n'
        )


def test_there_is_nothing_at_all(sqlite_project: Project) -> None:
    shutil.rmtree(sqlite_project.path / "migrations")
    (sqlite_project.path / "alembic.ini").unlink()
    assert failing(sqlite_project) == (
        "error: no-config: There is no Alembic configuration in this folder.\n"
        f"{nowhere(sqlite_project)}{NEW}"
    )


def test_a_deleted_file_comes_back_by_the_command_that_is_proposed(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    file, path = project.path / "alembic.ini", f"{Path(sys.executable).parent}:{os.defpath}"
    file.unlink()
    shell(project, proposed(project), {"PATH": path})
    assert "script_location = %(here)s/migrations" in project.read("alembic.ini")
    shell(project, "git init -q && git add .")
    file.unlink()
    assert proposed(project) == "git checkout -- alembic.ini"
    shell(project, proposed(project))
    assert file.exists()


def proposed(project: Project) -> str:
    return failing(project).splitlines()[-1].removeprefix("    next: ")


def shell(project: Project, line: str, env: dict[str, str] | None = None) -> None:
    subprocess.run(["sh", "-c", line], cwd=project.path, env=environment(env), check=True)


def test_the_file_is_in_a_folder_below(sqlite_project: Project) -> None:
    (sqlite_project.path / "backend").mkdir()
    (sqlite_project.path / "alembic.ini").rename(sqlite_project.path / "backend" / "alembic.ini")
    assert failing(sqlite_project) == (
        "error: no-config: There is no Alembic configuration in this folder.\n"
        f"{nowhere(sqlite_project)}"
        "    next: cd backend  # which has alembic.ini\n"
    )


def test_the_file_is_in_the_folder_above(sqlite_project: Project) -> None:
    inner = replace(sqlite_project, path=sqlite_project.path / "migrations")
    assert failing(inner) == (
        "error: no-config: There is no Alembic configuration in this folder.\n"
        f"{nowhere(inner)}"
        "    next: cd ..  # which has alembic.ini\n"
    )


def test_another_file_was_named(sqlite_project: Project) -> None:
    assert failing(sqlite_project, "-c", "deploy.ini", "safe-upgrade") == (
        "error: no-config: There is no deploy.ini.\n"
        f"{nowhere(sqlite_project, 'deploy.ini')}"
        "    next: -c alembic.ini  # instead of -c deploy.ini\n"
    )


def test_a_folder_was_named(sqlite_project: Project) -> None:
    (sqlite_project.path / "deploy").mkdir()
    (sqlite_project.path / "alembic.ini").rename(sqlite_project.path / "deploy" / "alembic.ini")
    assert failing(sqlite_project, "-c", "deploy", "safe-upgrade") == (
        "error: no-config: deploy is a folder, and -c takes a file.\n"
        "    next: -c deploy/alembic.ini  # instead of -c deploy\n"
    )


def test_a_section_was_named_that_is_not_there(sqlite_project: Project) -> None:
    assert failing(sqlite_project, "-n", "staging", "safe-upgrade") == (
        "error: no-config (alembic.ini): alembic.ini has no section [staging].\n"
        "    It has [alembic].\n"
        "    next: -n alembic  # instead of -n staging\n"
    )


def test_the_file_has_no_section(sqlite_project: Project) -> None:
    sqlite_project.write("alembic.ini", "# nothing\n")
    assert failing(sqlite_project) == (
        "error: no-config (alembic.ini): alembic.ini has no section [alembic].\n"
        "    It has none that Alembic reads.\n"
        f"    next: in alembic.ini, under [alembic]: script_location = {HERE}/migrations\n"
    )


def test_the_section_does_not_name_the_folder(sqlite_project: Project) -> None:
    edit(sqlite_project, "alembic.ini", "script_location =", "was_location =")
    assert failing(sqlite_project) == (
        "error: no-config (alembic.ini): [alembic] of alembic.ini has no script_location.\n"
        f"    next: in alembic.ini, under [alembic]: script_location = {HERE}/migrations\n"
    )


def test_the_folder_that_it_names_is_not_there(sqlite_project: Project) -> None:
    edit(sqlite_project, "alembic.ini", f"= {HERE}/migrations", f"= {HERE}/nowhere")
    assert failing(sqlite_project) == (
        "error: no-config (alembic.ini:8): "
        f"script_location in alembic.ini:8 is {HERE}/nowhere, and there is no such folder.\n"
        f"    next: in alembic.ini:8, instead of script_location = {HERE}/nowhere: "
        f"script_location = {HERE}/migrations\n"
    )


def test_the_package_that_it_names_is_not_installed(sqlite_project: Project) -> None:
    edit(sqlite_project, "alembic.ini", f"= {HERE}/migrations", "= nowhere:migrations")
    said = failing(sqlite_project).splitlines()[0]
    assert said == (
        "error: no-config (alembic.ini:8): script_location in alembic.ini:8 is "
        "nowhere:migrations: ModuleNotFoundError: No module named 'nowhere'."
    )


def test_an_ini_file_without_sections_for_logging(sqlite_project: Project) -> None:
    ini = sqlite_project.read("alembic.ini")
    sqlite_project.write("alembic.ini", ini[: ini.index("# Logging configuration")])
    sections = (
        r"printf '\n[loggers]\nkeys = root\n[handlers]\nkeys =\n[formatters]\nkeys =\n"
        r"[logger_root]\nhandlers =\n' >> alembic.ini"
    )
    assert failing(sqlite_project) == (
        "error: no-config (migrations/env.py:15): migrations/env.py sets up logging from "
        "alembic.ini, which has no sections [loggers], [handlers], [formatters].\n"
        "    fileConfig() wants [loggers], [handlers], [formatters] and the sections they name.\n"
        "    next: in migrations/env.py, line 15, write pass instead of fileConfig(…)\n"
        f"    next: {sections}  # instead\n"
    )


def test_the_sections_that_are_proposed_work(sqlite_project: Project) -> None:
    ini = sqlite_project.read("alembic.ini")
    sqlite_project.write("alembic.ini", ini[: ini.index("# Logging configuration")])
    command = failing(sqlite_project).splitlines()[-1].partition("next: ")[2]
    added = command.partition("'")[2].partition("'")[0].replace(r"\n", "\n")
    sqlite_project.write("alembic.ini", sqlite_project.read("alembic.ini") + added)
    assert sqlite_project.alembic("safe-upgrade").returncode == 0


def test_a_handler_that_has_no_section(sqlite_project: Project) -> None:
    edit(sqlite_project, "alembic.ini", "[handler_console]", "[handler_other]")
    assert failing(sqlite_project) == (
        "error: no-config (migrations/env.py:15): migrations/env.py sets up logging from "
        "alembic.ini, which has no section [handler_console].\n"
        "    fileConfig() wants [loggers], [handlers], [formatters] and the sections they name.\n"
        "    next: in migrations/env.py, line 15, write pass instead of fileConfig(…)\n"
    )
