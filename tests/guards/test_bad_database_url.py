"""A URL that cannot be read: what is wrong with it, and what to write; never its password."""

from __future__ import annotations

import pytest

from tests.guards.failing import failing, in_env_py, with_real_url, with_url
from tests.project import Project

WHERE = "alembic.ini:89"
CANNOT = "The database URL that migrations/env.py uses can't be read: "
EXAMPLE = "postgresql+psycopg://USER@HOST/DATABASE"
ENCODE = (
    'python -c "from getpass import getpass; from urllib.parse import quote; '
    "print(quote(getpass(), safe=''))\"  # a password as a URL takes it"
)


@pytest.mark.parametrize(
    ("url", "reason", "remedies"),
    [
        ("secret-word", "it is no URL", [EXAMPLE]),
        (
            '"postgresql://user:secret-word@host/database"',
            "the quotes around it are taken for a part of it",
            ["postgresql://user:***@host/database"],
        ),
        ("jdbc:postgresql://host/database", "'jdbc:' is Java's", [EXAMPLE]),
        (
            "postgresql+psycopg://user:secret-word@host:port/database",
            "what stands for the port is no number from 1 to 65535",
            ["postgresql+psycopg://USER@HOST:5432/DATABASE", ENCODE],
        ),
    ],
)
def test_a_url_that_sqlalchemy_cannot_parse(
    sqlite_project: Project, url: str, reason: str, remedies: list[str]
) -> None:
    lines = [
        f"    next: {text if ' ' in text else f'in {WHERE}: sqlalchemy.url = {text}'}\n"
        for text in remedies
    ]
    assert failing(with_url(sqlite_project, url)) == (
        f"error: bad-database-url ({WHERE}): {CANNOT}{reason}.\n{''.join(lines)}"
    )


@pytest.mark.parametrize(
    ("url", "reason", "remedies"),
    [
        (
            "driver://user:pass@localhost/dbname",
            "it is still the template's placeholder",
            ["sqlite:///app.db", EXAMPLE],
        ),
        (
            "postgres://user:secret-word@host/database",
            "there is no dialect 'postgres'",
            ["postgresql+psycopg://user:***@host/database"],
        ),
        (
            "postgresq://user:secret-word@host/database",
            "there is no dialect 'postgresq'",
            ["postgresql://user:***@host/database"],
        ),
        (
            "postgresql+psycop://user:secret-word@host/database",
            "postgresql has no driver 'psycop'",
            ["postgresql+psycopg://user:***@host/database"],
        ),
        (
            "sqlite://app.db",
            "after sqlite:// a third slash comes before the file",
            ["sqlite:///app.db"],
        ),
        (
            "postgresql+psycopg://user:secret-word@127.0.0.1:99999/database",
            "what stands for the port is no number from 1 to 65535",
            ["postgresql+psycopg://user:***@127.0.0.1:5432/database"],
        ),
        (
            "postgresql+psycopg://user:secret-word@127.0.0.1/database?colour=red",
            "psycopg has no option 'colour'",
            ["postgresql+psycopg://user:***@127.0.0.1/database"],
        ),
        (
            "mysql+pymysql://user:secret-word@127.0.0.1/database?colour=red",
            "pymysql has no option 'colour'",
            ["mysql+pymysql://user:***@127.0.0.1/database"],
        ),
    ],
)
def test_a_url_that_means_nothing(
    sqlite_project: Project, url: str, reason: str, remedies: list[str]
) -> None:
    shown = url.replace("secret-word", "***").replace(":pass@", ":***@")
    lines = [f"    next: in {WHERE}: sqlalchemy.url = {text}\n" for text in remedies]
    assert failing(with_url(sqlite_project, url)) == (
        f"error: bad-database-url ({WHERE}): {CANNOT}{reason}.\n"
        f"    The URL is {shown}, from {WHERE}.\n{''.join(lines)}"
    )


@pytest.mark.parametrize(
    ("dialect", "package"),
    [("duckdb", "duckdb-engine"), ("nonsense", "PACKAGE  # of that dialect")],
)
def test_a_dialect_of_a_package_that_is_not_installed(
    sqlite_project: Project, dialect: str, package: str
) -> None:
    assert failing(with_url(sqlite_project, f"{dialect}://user:secret-word@host/database")) == (
        f"error: bad-database-url ({WHERE}): {CANNOT}there is no dialect '{dialect}'.\n"
        f"    The URL is {dialect}://user:***@host/database, from {WHERE}.\n"
        f"    next: pip install {package}\n"
    )


def test_a_variable_that_a_platform_sets_to_postgres_is_mended_where_it_is_read(
    sqlite_project: Project,
) -> None:
    read = 'config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"])'
    url = "postgres://user:secret-word@host/database"
    said = failing(in_env_py(sqlite_project, "import os", read), env={"DATABASE_URL": url})
    assert said == (
        f"error: bad-database-url (migrations/env.py:22): {CANNOT}there is no dialect 'postgres'.\n"
        "    The URL is postgres://user:***@host/database, "
        "from the variable DATABASE_URL (migrations/env.py:22).\n"
        "    next: export DATABASE_URL='postgresql+psycopg://user:***@host/database'\n"
        '    next: in migrations/env.py:22: os.environ["DATABASE_URL"]'
        '.replace("postgres://", "postgresql+psycopg://", 1)  # instead\n'
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://postgres:p@Zq@127.0.0.1/database",
        "postgresql+psycopg://postgres:p@Zq/Zq9@127.0.0.1/database",
        "mysql+pymysql://root:Zq@secret-word@127.0.0.1:3306/database",
    ],
)
def test_an_at_sign_in_the_password_gives_no_part_of_it_away(
    sqlite_project: Project, url: str
) -> None:
    scheme, user = url.partition(":")[0], url.split("//")[1].partition(":")[0]
    host = url.rpartition("@")[2]
    project = with_url(sqlite_project, url)
    assert failing(project) == (
        f"error: bad-database-url ({WHERE}): {CANNOT}"
        "the password holds '@': write it %40 (in an ini file %%40).\n"
        f"    The URL is {scheme}://{user}:***@{host}, from {WHERE}.\n"
        f"    next: in {WHERE}, write %%40 for each @ of the password\n    next: {ENCODE}\n"
    )
    for words in (["guard-doctor"], ["guard-check", "--format", "json"]):
        assert "Zq" not in failing(project, *words)
    assert "Zq" not in project.alembic("--raiseerr", "safe-upgrade").output


def test_an_at_sign_in_a_password_before_a_colon_is_no_wrong_port(sqlite_project: Project) -> None:
    url = "postgresql+psycopg://postgres:p@secret-word:Zq9@127.0.0.1/database"
    project = with_url(sqlite_project, url)
    assert failing(project) == (
        f"error: bad-database-url ({WHERE}): {CANNOT}"
        "the password holds '@': write it %40 (in an ini file %%40).\n"
        f"    next: in {WHERE}, write %%40 for each @ of the password\n    next: {ENCODE}\n"
    )
    assert "Zq" not in project.alembic("--raiseerr", "safe-upgrade").output


@pytest.mark.parametrize(
    "query",
    [
        "DRIVER%3Dx%3BUID%3Du%3BPWD%3Dsecret-word",
        "DRIVER%3Dx%3BPWD%3D%7Bsecret-word+Zq%7D%3BUID%3Du",
        "DRIVER=x;UID=u;PWD=secret-word;",
    ],
)
def test_the_password_of_an_odbc_string_is_shown_nowhere(
    sqlite_project: Project, query: str
) -> None:
    project = with_real_url(sqlite_project, f"mssql+pyodbc:///?odbc_connect={query}")
    for words in (["safe-upgrade"], ["guard-doctor"], ["guard-check", "--format", "json"]):
        said = failing(project, *words)
        assert ("missing-driver" in said, "***" in said, "Zq" in said) == (True, True, False)
    output = project.alembic("--raiseerr", "safe-upgrade").output
    assert ("Traceback" in output, "secret-word" in output, "Zq" in output) == (True, False, False)


def test_an_option_of_libpq_that_asyncpg_calls_otherwise(
    sqlite_url: str, project_path: object
) -> None:
    project = Project.create(project_path, sqlite_url, "async")  # type: ignore[arg-type]
    url = "postgresql+asyncpg://user:secret-word@127.0.0.1/database"
    assert failing(with_url(project, f"{url}?sslmode=require")) == (
        f"error: bad-database-url ({WHERE}): {CANNOT}asyncpg has no option 'sslmode'.\n"
        "    The URL is postgresql+asyncpg://user:***@127.0.0.1/database?sslmode=require, "
        f"from {WHERE}.\n"
        f"    next: in {WHERE}: sqlalchemy.url = "
        "postgresql+asyncpg://user:***@127.0.0.1/database?ssl=require\n"
    )


def test_a_percent_sign_in_the_ini_file_that_is_not_doubled(sqlite_project: Project) -> None:
    url = "postgresql+psycopg://user:secret%40word@host/database"
    said = failing(with_url(sqlite_project, url))
    assert said == (
        f"error: bad-database-url ({WHERE}): "
        f"The database URL in {WHERE} holds a '%' that is not doubled.\n"
        "    sqlalchemy.url = postgresql+psycopg://user:***@host/database\n"
        f"    next: in {WHERE}, write every % twice: %%40 for %40\n"
    )


def test_a_percent_sign_that_env_py_puts_into_the_config(sqlite_project: Project) -> None:
    url = "postgresql+psycopg://user:secret%40word@host/database"
    put = f'config.set_main_option("sqlalchemy.url", "{url}")'
    said = failing(in_env_py(sqlite_project, put))
    assert said == (
        "error: bad-database-url (migrations/env.py:21): migrations/env.py puts a database URL "
        "into the config with a '%' that is not doubled.\n"
        "    set_main_option() takes '%' for the beginning of an interpolation.\n"
        '    next: in migrations/env.py:21, put .replace("%", "%%") '
        "behind the URL that set_main_option() is given\n"
    )
    assert "word" not in said


def test_a_variable_of_the_environment_is_no_option_of_the_ini_file(
    sqlite_project: Project,
) -> None:
    url = "postgresql+psycopg://user:%(DB_PASSWORD)s@host/database"
    assert failing(with_url(sqlite_project, url)) == (
        f"error: bad-database-url ({WHERE}): "
        f"The database URL in {WHERE} refers to %(db_password)s, and no option is called so.\n"
        "    sqlalchemy.url = postgresql+psycopg://user:***@host/database\n"
        "    next: in migrations/env.py, take it from the environment: "
        "import os; config.set_main_option("
        '"sqlalchemy.url", os.environ["DATABASE_URL"].replace("%", "%%"))\n'
    )


def test_a_url_that_is_an_object_of_another_library(sqlite_project: Project) -> None:
    put = 'config.set_main_option("sqlalchemy.url", Dsn())'
    assert failing(in_env_py(sqlite_project, "class Dsn: ...", put)) == (
        f"error: bad-database-url (migrations/env.py:22): {CANNOT}it is no string.\n"
        "    next: in migrations/env.py:22, give str(url) instead\n"
    )


def test_raiseerr_shows_the_traceback_of_a_wrong_url_without_its_password(
    sqlite_project: Project,
) -> None:
    for url, raised in [
        ("postgres://user:secret-word@host/database", "NoSuchModuleError"),
        ("postgresql+psycopg://user:secret%40word@host/database", "InterpolationSyntaxError"),
        ("postgresql+psycopg://user:secret-word@127.0.0.1:1/database", "OperationalError"),
        ("postgresql+psycopg://user:secret-word@host:port/database", "ValueError"),
    ]:
        result = with_url(sqlite_project, url).alembic("--raiseerr", "safe-upgrade")
        assert result.returncode == 1
        assert (raised in result.stderr, "Traceback" in result.stderr) == (True, True)
        assert ("secret" in result.output, "word@" in result.output) == (False, False)
