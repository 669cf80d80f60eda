"""Every task of the project, by name; `pip install nox` is all that they need.

    nox -s demo      the main job, in a new project on SQLite
    nox -s tests     the tests; words after `--` go to pytest
    nox -s lint      ruff and mypy
    nox -s package   the wheel, tried in an environment that holds nothing else
    nox -s bench     what guarding costs, as ratios
    nox -s majors    what the comparators write, on the PostgreSQLs that come in a wheel
    nox -s matrix    the tests on every Alembic, SQLAlchemy and Python; some of them with
                     nox -s matrix -k "python_3_10 and sqlalchemy_2_0 and alembic_newest"

`nox` alone runs tests, lint and package. All but `matrix` use the Python that runs nox.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import nox

nox.needs_version = ">=2025.2.9"  # the first with nox.project.dependency_groups and python_versions
nox.options.sessions = ["tests", "lint", "package"]
nox.options.default_venv_backend = "virtualenv"  # comes with nox; uv would have to be there
# A Python of the matrix that is not on the machine is skipped, and named; also where CI=true.
nox.options.error_on_missing_interpreters = False

ROOT = Path(__file__).parent
DEMO = ROOT / "examples" / "demo.py"
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
BIN = "Scripts" if os.name == "nt" else "bin"


def group(name: str) -> tuple[str, ...]:
    """The requirements of a dependency group of pyproject.toml."""
    return nox.project.dependency_groups(PROJECT, name)


def interpreter(version: str) -> str:
    """Where Python `version` ("3.12") is, or the bare version, which nox skips with a reason.

    pyenv puts a `python3.12` on PATH that only fails unless the version is switched on,
    so its real ones are looked for first, and what PATH offers has to run.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for python in sorted(pyenv.glob(f"{version}.*/{BIN}/python")):
        return str(python)
    found = shutil.which(f"python{version}")
    if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
        return found
    return version


@nox.session
def demo(session: nox.Session) -> None:
    """The main job on SQLite: a guarded revision, a refusal, a safe upgrade, the journal."""
    session.install(".")
    session.run("python", str(DEMO), *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """The tests, on real servers, a process for each core; `-- -n 0` for one process."""
    session.install("-e", ".[lint]", *group("test"))
    # pip compiles no editable sources, and where PYTHONDONTWRITEBYTECODE is set nobody does: each
    # of some thousand commands would compile three hundred modules anew.
    session.run("python", "-m", "compileall", "-q", "alembic_guard")
    # A file at a time: the tests of a file share example shops, which are slow to open.
    session.run("pytest", "-n", "auto", "--dist", "loadfile", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Format, rules and types."""
    # The test group is there for mypy, which reads the types of flask and pytest from it.
    session.install("-e", ".[lint]", *group("dev"))
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("mypy")


@nox.session
def bench(session: nox.Session) -> None:
    """What guarding costs, each as a ratio of plain Alembic within one run."""
    session.install("-e", ".[lint]", *group("test"))
    session.run("python", "tests/bench/run.py", *session.posargs)


@nox.session
def majors(session: nox.Session) -> None:
    """Every change and no-change of the comparators, on the PostgreSQLs that come in a wheel."""
    session.install("-e", ".[lint]", *group("test"))
    session.run(
        "python", "-m", "tests.majors", "-n", "auto", "--dist", "loadfile", *session.posargs
    )


@nox.session
def package(session: nox.Session) -> None:
    """The wheel is whole, and does the main job where nothing but itself is installed."""
    session.install("build")
    # Outside of the source tree, so that neither Python nor git can find the sources.
    with tempfile.TemporaryDirectory() as directory:
        wheel = build_wheel(session, Path(directory, "dist"))
        check_contents(session, wheel)
        run_demo_from(session, wheel, Path(directory))


def build_wheel(session: nox.Session, dist: Path) -> Path:
    """The wheel, built from the source distribution as a packager would."""
    session.run("python", "-m", "build", "--outdir", str(dist), silent=True)
    (wheel,) = dist.glob("*.whl")
    return wheel


def check_contents(session: nox.Session, wheel: Path) -> None:
    """Every file of the package is in the wheel, the typing mark among them."""
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "alembic_guard").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    if sources != packed:
        session.error(f"the wheel differs from the sources in {sorted(sources ^ packed)}")
    if "alembic_guard/py.typed" not in packed:
        session.error("the wheel has no alembic_guard/py.typed")


def run_demo_from(session: nox.Session, wheel: Path, directory: Path) -> None:
    """Run the demo with nothing installed but the wheel and what it asks for."""
    empty = directory / "empty"
    # nox always has virtualenv; the `venv` of some systems lacks ensurepip.
    session.run(sys.executable, "-m", "virtualenv", "--quiet", str(empty), external=True)
    env = {"PATH": f"{empty / BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": None}
    python = str(empty / BIN / "python")

    def run(*words: str) -> None:
        session.run(python, *words, env=env, external=True)

    with session.chdir(directory):
        run("-m", "pip", "install", "--quiet", str(wheel))
        run("-m", "pip", "check")
        run(str(DEMO))


def versions(library: str, *choices: str) -> list[Any]:
    """Versions of a library, named so that `-k` can choose among them."""
    return [nox.param(v, id=f"{library}_{v.replace('.', '_')}") for v in choices]


def pythons() -> list[Any]:
    """The Pythons that the classifiers promise, found or not."""
    promised = nox.project.python_versions(PROJECT)
    return [nox.param(interpreter(v), id=f"python_{v.replace('.', '_')}") for v in promised]


@nox.session
@nox.parametrize("alembic", versions("alembic", "1.18.4", "1.19.1", "1.20.0", "newest"))
@nox.parametrize("sqlalchemy", versions("sqlalchemy", "2.0", "2.1"))
@nox.parametrize("python", pythons())
def matrix(session: nox.Session, alembic: str, sqlalchemy: str) -> None:
    """The tests on the versions that are promised to work."""
    alembic_wanted = "alembic" if alembic == "newest" else f"alembic=={alembic}"
    session.install("-e", ".[lint]", alembic_wanted, f"sqlalchemy=={sqlalchemy}.*", *group("test"))
    # Each command from nothing, and not forked from one that has loaded Alembic: see tests/forking.
    session.run("pytest", *session.posargs, env={"ALEMBIC_GUARD_TEST_FORK": "false"})
    # 40 environments of 200 MB; that of a failure stays, to be looked into.
    shutil.rmtree(session.virtualenv.location)
