"""env.py has no URL to connect to: the option, or the variable that it reads, and its `.env`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.commands.revising import edit
from tests.guards.failing import SECRET, failing, in_env_py, with_url
from tests.project import Project

URL = "postgresql+psycopg://USER@HOST/DATABASE"
FINDS_NONE = "migrations/env.py finds no database URL: "


def variable(name: str, line: int = 21, why: str = "No .env of the project defines it.") -> str:
    """What is said of a variable that is not set, up to the remedies."""
    return (
        f"error: no-database-url (migrations/env.py:{line}): {FINDS_NONE}"
        f"it reads the variable {name}, which is not set.\n    {why}\n"
    )


def test_the_option_is_missing(sqlite_project: Project) -> None:
    edit(sqlite_project, "alembic.ini", "sqlalchemy.url =", "was.url =")
    assert failing(sqlite_project) == (
        f"error: no-database-url (migrations/env.py:62): {FINDS_NONE}"
        "[alembic] of alembic.ini has no sqlalchemy.url.\n"
        f"    next: in alembic.ini, under [alembic]: sqlalchemy.url = {URL}\n"
    )


def test_the_option_is_empty(sqlite_project: Project) -> None:
    assert failing(with_url(sqlite_project, "")) == (
        f"error: no-database-url (alembic.ini:89): {FINDS_NONE}"
        "sqlalchemy.url in alembic.ini:89 is empty.\n"
        f"    next: in alembic.ini:89, instead of sqlalchemy.url =: sqlalchemy.url = {URL}\n"
    )


def test_one_of_several_databases_has_none(sqlite_url: str, project_path: Path) -> None:
    project = Project.create(project_path, sqlite_url, "multidb")
    edit(project, "alembic.ini", "[engine2]\nsqlalchemy.url =", "[engine2]\nwas.url =")
    said = failing(project)
    assert said.partition("): ")[2] == (
        f"{FINDS_NONE}[engine2] of alembic.ini has no sqlalchemy.url.\n"
        f"    next: in alembic.ini, under [engine2]: sqlalchemy.url = {URL}\n"
    )


def test_a_pyproject_project_has_no_section_in_its_ini_file(
    sqlite_url: str, project_path: Path
) -> None:
    project = Project.create(project_path, sqlite_url, "pyproject")
    said = failing(project, "-n", "staging", "safe-upgrade")
    assert said.partition("): ")[2] == (
        f"{FINDS_NONE}alembic.ini has no section [staging].\n"
        "    It has [alembic], [loggers], [handlers], [formatters], [logger_root], "
        "[logger_sqlalchemy], [logger_alembic], [handler_console], [formatter_generic].\n"
        f"    next: in alembic.ini, under [staging]: sqlalchemy.url = {URL}\n"
    )


@pytest.mark.parametrize(
    ("read", "name"),
    [
        ('os.environ["DATABASE_URL"]', "DATABASE_URL"),
        ('os.environ["APP_DSN"]', "APP_DSN"),
        ('create_engine(os.getenv("DATABASE_URL"))', "DATABASE_URL"),
        ('config.set_main_option("sqlalchemy.url", os.getenv("DATABASE_URL"))', "DATABASE_URL"),
        ('os.environ.get("DATABASE_URL").replace("%", "%%")', "DATABASE_URL"),
        ("create_engine(f\"postgresql+psycopg://u@{os.getenv('DB_URL')}/d\").connect()", "DB_URL"),
    ],
)
def test_the_variable_is_not_set(sqlite_project: Project, read: str, name: str) -> None:
    line = f"import os; from sqlalchemy import create_engine; {read}"
    said = failing(in_env_py(sqlite_project, line))
    assert said == variable(name) + f"    next: export {name}={URL}\n"


def test_the_variable_is_read_in_a_module_that_env_py_imports(sqlite_project: Project) -> None:
    sqlite_project.write("settings.py", "import os\n\nURL = os.environ['DATABASE_URL']\n")
    said = failing(in_env_py(sqlite_project, "import settings"))
    assert said == variable("DATABASE_URL", 3).replace("migrations/env.py", "settings.py") + (
        f"    next: export DATABASE_URL={URL}\n"
    )


@pytest.mark.parametrize(
    ("imported", "handed"),
    [("import settings", "settings.dsn"), ("from settings import dsn as url", "url")],
)
def test_a_variable_of_any_name_is_found_in_a_module_that_env_py_imports(
    sqlite_project: Project, imported: str, handed: str
) -> None:
    sqlite_project.write(
        "settings.py",
        """
        import os

        level = os.environ.get("LOG_LEVEL", "info")
        dsn = os.environ.get("SHOP_CONN")
        """,
    )
    sqlite_project.write(".env", f"SHOP_CONN=postgresql://u:{SECRET}@h/d\n")
    put = f'{imported}; config.set_main_option("sqlalchemy.url", {handed})'
    said = failing(in_env_py(sqlite_project, put)).replace(
        "    next: pip install python-dotenv\n", ""
    )
    why = ".env:1 defines it, and nothing loads that file."
    load = "from dotenv import load_dotenv; load_dotenv()"
    assert said == variable("SHOP_CONN", 4, why).replace("migrations/env.py", "settings.py") + (
        f"    next: in settings.py, above line 4: {load}\n"
        "    next: set -a; . ./.env; set +a  # or for this shell alone\n"
    )


def test_the_variable_that_is_handed_over_is_told_from_others(sqlite_project: Project) -> None:
    lines = [
        "import os; from sqlalchemy import create_engine",
        'sentry = os.getenv("SENTRY_DSN"); level = os.getenv("LOG_LEVEL")',
        'target = os.getenv("APP_CONN")',
        "create_engine(target)",
    ]
    said = failing(in_env_py(sqlite_project, *lines))
    assert said == variable("APP_CONN", 23) + "    next: export APP_CONN=VALUE\n"


def test_a_url_in_the_ini_file_is_not_called_empty_where_env_py_hands_over_none(
    sqlite_project: Project,
) -> None:
    put = 'config.set_main_option("sqlalchemy.url", {}.get("x"))'
    assert failing(in_env_py(sqlite_project, put)) == (
        f"error: no-database-url (migrations/env.py:21): {FINDS_NONE}"
        "what migrations/env.py:21 hands over is none.\n"
        "    alembic.ini:89 has one, which is not what is used.\n"
        "    next: in migrations/env.py:21, hand over a URL, or take the line out to use that of "
        "the file\n"
    )


def test_one_of_several_variables_that_make_a_url_is_not_set(sqlite_project: Project) -> None:
    url = "f\"postgresql+psycopg://u:{os.getenv('DB_PASSWORD')}@{os.getenv('DB_HOST')}/d\""
    lines = ["import os", "from sqlalchemy import create_engine", f"create_engine({url}).connect()"]
    said = failing(in_env_py(sqlite_project, *lines), env={"DB_PASSWORD": SECRET})
    assert said == variable("DB_HOST", 23) + "    next: export DB_HOST=VALUE\n"


def test_a_dotenv_defines_it_and_nothing_loads_that_file(sqlite_project: Project) -> None:
    sqlite_project.write(".env", f"DEBUG=1\nexport DATABASE_URL='postgresql://u:{SECRET}@h/d'\n")
    read = "import os; os.environ['DATABASE_URL']"
    said = failing(in_env_py(sqlite_project, read))
    load = "from dotenv import load_dotenv; load_dotenv()"
    without_install = said.replace("    next: pip install python-dotenv\n", "")
    assert without_install == (
        variable("DATABASE_URL", why=".env:2 defines it, and nothing loads that file.")
        + f"    next: in migrations/env.py, above line 21: {load}\n"
        "    next: set -a; . ./.env; set +a  # or for this shell alone\n"
    )


def test_the_shell_line_that_is_proposed_works(sqlite_project: Project) -> None:
    project = sqlite_project
    project.write(".env", f"DATABASE_URL={project.url}\n")
    in_env_py(project, "import os; os.environ['DATABASE_URL']")
    line = failing(project).splitlines()[-1].removeprefix("    next: ").partition("  #")[0]
    value = {"DATABASE_URL": shell(project, f'{line}; printf %s "$DATABASE_URL"')}
    assert project.alembic("safe-upgrade", env=value).returncode == 0


def shell(project: Project, line: str) -> str:
    done = subprocess.run(["sh", "-c", line], cwd=project.path, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize(
    ("lines", "line", "how"),
    [
        (["os.environ['DATABASE_URL']", "load_dotenv()"], 24, "25 comes too late"),
        (["load_dotenv()", "os.environ['DATABASE_URL']"], 25, "24 does not load that file"),
    ],
)
def test_a_dotenv_is_loaded_too_late_or_from_elsewhere(
    sqlite_project: Project, lines: list[str], line: int, how: str
) -> None:
    sqlite_project.write(".env", f"DATABASE_URL=postgresql://u:{SECRET}@h/d\n")
    own = ["import os", "def load_dotenv():", "    pass", *lines]
    why = f".env:1 defines it, and load_dotenv() in migrations/env.py:{how}."
    assert failing(in_env_py(sqlite_project, *own)).startswith(variable("DATABASE_URL", line, why))


@pytest.mark.parametrize("command", [["guard-revision", "-m", "x"], ["guard-log"]])
def test_every_command_says_so(sqlite_project: Project, command: list[str]) -> None:
    said = failing(in_env_py(sqlite_project, "import os; os.environ['DATABASE_URL']"), *command)
    assert said.startswith(variable("DATABASE_URL"))
