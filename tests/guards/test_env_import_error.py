"""env.py imports what is not there: who imports it, where Python looked, and what would find it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.commands.revising import edit
from tests.guards.failing import MODELS, failing, in_env_py
from tests.project import Project, alembic_command, environment

ENV_PY = "migrations/env.py"
OWN = f"in {ENV_PY}, write the name by which Python finds it, if it is a module of yours"
BACKEND = "from backend.models import Base"


def unsearched(said: str) -> str:
    """A report without the folders that Python looked in, which are not the same everywhere."""
    return re.sub(r"Python looked in .* and in", "Python looked in … and in", said)


LOOKED = "    Python looked in … and in the installed packages.\n"


def moved(project: Project, folder: str) -> Project:
    """The models in a package `backend` in a folder of the project."""
    project.write(f"{folder}/backend/__init__.py", "")
    project.write(f"{folder}/backend/models.py", project.read("models.py"))
    (project.path / "models.py").unlink()
    edit(project, ENV_PY, MODELS, BACKEND)
    return project


def found_in(folder: str, paste: str) -> str:
    """What is said of the package `backend` that is found in a folder."""
    return (
        f"error: env-import-error ({ENV_PY}:21): {ENV_PY} imports backend, which is in {folder}, "
        f"where Python does not look.\n{LOOKED}"
        f"    next: {paste}\n"
    )


@pytest.mark.parametrize("folder", ["src", "services/api"])
def test_a_folder_of_the_project_has_it(sqlite_project: Project, folder: str) -> None:
    line = f"prepend_sys_path = %(here)s/{folder}"
    said = failing(moved(sqlite_project, folder))
    assert unsearched(said) == found_in(
        folder, f"in alembic.ini:21, instead of prepend_sys_path = .: {line}"
    )
    edit(sqlite_project, "alembic.ini", "prepend_sys_path = .", line)
    assert sqlite_project.alembic("safe-upgrade").returncode == 0


def test_where_python_looked_is_named(sqlite_project: Project) -> None:
    assert f"Python looked in {sqlite_project.path}" in failing(moved(sqlite_project, "src"))


def test_what_was_found_before_is_found_still(sqlite_project: Project) -> None:
    sqlite_project.write("settings.py", "")
    moved(sqlite_project, "src")
    edit(sqlite_project, ENV_PY, BACKEND, f"import settings\n{BACKEND}")
    said = failing(sqlite_project)
    line = said.splitlines()[-1].partition("= .: ")[2]
    assert line == "prepend_sys_path = %(here)s:%(here)s/src"
    edit(sqlite_project, "alembic.ini", "prepend_sys_path = .", line)
    assert sqlite_project.alembic("safe-upgrade").returncode == 0


def test_a_project_that_is_configured_in_pyproject_toml(
    sqlite_url: str, project_path: Path
) -> None:
    project = moved(Project.create(project_path, sqlite_url, "pyproject"), "src")
    said = failing(project)
    line = 'prepend_sys_path = ["%(here)s/src"]'
    assert unsearched(said) == found_in(
        "src", f"in pyproject.toml, instead of the prepend_sys_path of [tool.alembic]: {line}"
    )
    toml = project.read("pyproject.toml")
    old = re.search(r"^prepend_sys_path = \[.*?\]$", toml, re.MULTILINE | re.DOTALL)
    assert old is not None
    project.write("pyproject.toml", toml.replace(old[0], line))
    assert project.alembic("safe-upgrade").returncode == 0


def test_a_command_in_another_folder(sqlite_project: Project) -> None:
    inner = sqlite_project.path / "deploy"
    inner.mkdir()
    done = subprocess.run(
        [*alembic_command(), "-c", "../alembic.ini", "safe-upgrade"],
        cwd=inner,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == (
        "    next: in ../alembic.ini:21, instead of prepend_sys_path = .: "
        "prepend_sys_path = %(here)s"
    )


def test_the_folder_above_the_config_has_it(sqlite_project: Project) -> None:
    project = moved(sqlite_project, "shop")
    (project.path / "shop" / "deploy").mkdir()
    for name in ("alembic.ini", "migrations"):
        (project.path / name).rename(project.path / "shop" / "deploy" / name)
    done = subprocess.run(
        [*alembic_command(), "safe-upgrade"],
        cwd=project.path / "shop" / "deploy",
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == (
        "    next: in alembic.ini:21, instead of prepend_sys_path = .: "
        "prepend_sys_path = %(here)s/.."
    )


def test_installed_things_are_not_searched(sqlite_project: Project) -> None:
    for folder in ("node_modules", "venv/lib", ".hidden"):
        sqlite_project.write(f"{folder}/backend/models.py", "")
    assert unsearched(failing(in_env_py(sqlite_project, "import backend.models"))) == (
        f"error: env-import-error ({ENV_PY}:21): {ENV_PY} imports backend, "
        f"which is neither installed nor in the project.\n{LOOKED}"
        f"    next: {OWN}\n"
        "    next: pip install backend  # if it is a package from PyPI\n"
    )


@pytest.mark.parametrize(
    ("module", "package"), [("jose", "python-jose"), ("no_such_thing.inner", "no-such-thing")]
)
def test_a_package_that_is_not_installed(
    sqlite_project: Project, module: str, package: str
) -> None:
    sqlite_project.write("models.py", f"import os\nimport {module}\n")
    top = module.split(".")[0]
    assert unsearched(failing(sqlite_project)) == (
        f"error: env-import-error (models.py:2): models.py imports {top}, "
        f"which is neither installed nor in the project.\n{LOOKED}"
        f"    next: {OWN.replace(ENV_PY, 'models.py')}\n"
        f"    next: pip install {package}  # if it is a package from PyPI\n"
    )


def test_a_package_that_is_installed_in_the_venv_of_the_project(sqlite_project: Project) -> None:
    sqlite_project.write(".venv/pyvenv.cfg", "")
    sqlite_project.write(".venv/lib/python3.11/site-packages/no_such_thing/__init__.py", "")
    said = failing(in_env_py(sqlite_project, "import no_such_thing"))
    assert re.sub("one is .*", "one is ….", said) == (
        f"error: env-import-error ({ENV_PY}:21): {ENV_PY} imports no_such_thing, "
        "which is installed in .venv, and this is another Python.\n"
        "    This one is ….\n"
        "    next: . .venv/bin/activate\n"
    )


def test_a_module_that_the_package_does_not_have(sqlite_project: Project) -> None:
    sqlite_project.write("backend/__init__.py", "")
    sqlite_project.write("backend/models.py", sqlite_project.read("models.py"))
    edit(sqlite_project, ENV_PY, MODELS, "from backend.modells import Base")
    assert failing(sqlite_project) == (
        f"error: env-import-error ({ENV_PY}:21): {ENV_PY} imports backend.modells, "
        "and backend has no such module.\n"
        "    backend was found in backend/__init__.py.\n"
        f"    next: in {ENV_PY}, write backend.models\n"
    )


def test_a_name_that_the_module_does_not_have(sqlite_project: Project) -> None:
    edit(sqlite_project, ENV_PY, MODELS, "from models import Bose as Base")
    assert failing(sqlite_project) == (
        f"error: env-import-error ({ENV_PY}:21): {ENV_PY} raises ImportError: "
        "cannot import name 'Bose' from 'models'.\n"
        "    It was found in models.py.\n"
        f"    next: in {ENV_PY}, write Base\n"
        "    next: python -c 'import models; print(models.__file__)'  # is it the one you mean?\n"
    )


def test_modules_that_import_each_other(sqlite_project: Project) -> None:
    sqlite_project.write("models.py", "from database import Base\n\n\nclass User(Base): ...\n")
    sqlite_project.write("database.py", "from models import User\n\nBase = object\n")
    assert failing(sqlite_project) == (
        "error: env-import-error (database.py:1): "
        "database.py imports User from a module that is itself being imported.\n"
        f"    The modules import each other: {ENV_PY}:21 -> models.py:1 -> database.py:1.\n"
        "    next: in database.py:1, import it inside of the function that needs it, "
        "or move User to a module that imports neither\n"
    )


@pytest.mark.parametrize("command", [["guard-revision", "-m", "x"], ["guard-log"]])
def test_every_command_says_so(sqlite_project: Project, command: list[str]) -> None:
    said = failing(moved(sqlite_project, "src"), *command)
    assert said.startswith(f"error: env-import-error ({ENV_PY}:21): {ENV_PY} imports backend, ")
