"""Passwords never leave, whatever shape they are written in, and wherever they are repeated."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from alembic_guard.masking import STARS, Mask
from tests.project import Project, Result, escaped

# What people put into passwords, the signs of URLs, quotes and ini files before all.
PASSWORDS = st.text(string.ascii_letters + string.digits + "@:/%+#?&='\"\\!$ é", min_size=4)
# No password that the text around it says anyway.
SECRETS = PASSWORDS.map(lambda text: f"Zq{text}9X")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://me:secret@db/app", "postgresql://me:***@db/app"),
        ("postgresql://me:p@ss:w/rd@db/app", "postgresql://me:***@db/app"),
        ("postgresql://me:p%40ss@db/app", "postgresql://me:***@db/app"),
        ("postgresql://me:it's@db/app", "postgresql://me:***@db/app"),
        ("redis://:secret@cache", "redis://:***@cache"),
        ("'mysql+pymysql://me:secret@db'", "'mysql+pymysql://me:***@db'"),
        ("a postgresql://db:5432/app here", "a postgresql://db:5432/app here"),
        ("sqlite:////tmp/app.db", "sqlite:////tmp/app.db"),
        ("host=db password=secret dbname=app", "host=db password=*** dbname=app"),
        (r"host=db password='it\'s secret' x=1", "host=db password=*** x=1"),
        (
            "postgresql:///app?host=db&password=secret&x=1",
            "postgresql:///app?host=db&password=***&x=1",
        ),
        ('{"password": "secret", "x": 1}', '{"password": *** "x": 1}'.replace("***", "***,")),
        (
            "mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3Dse%2Bcret%3BUID%3Du",
            "mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3D***%3BUID%3Du",
        ),
        (
            "odbc_connect = DRIVER%%3Dx%%3BPWD%%3D%%7Bse;cret%%7D&x=1",
            "odbc_connect = DRIVER%%3Dx%%3BPWD%%3D***&x=1",
        ),
        ("DRIVER=x;PWD={sec ret;1};UID=u", "DRIVER=x;PWD=***;UID=u"),
        ("PGPASSWORD=secret psql", "PGPASSWORD=*** psql"),
        ("DB_PASSWORD=secret psql", "DB_PASSWORD=*** psql"),
        ("ALTER ROLE me PASSWORD 'it''s'", "ALTER ROLE me PASSWORD '***'"),
        ("create user me identified by 'secret'", "create user me identified by '***'"),
        (
            "Can't locate revision identified by 'a1b2'",
            "Can't locate revision identified by 'a1b2'",
        ),
        (
            "'%' must be followed by '%' or '(', found: '%40ss@db/app'",
            "'%' must be followed by '%' or '(', found: ***",
        ),
        (
            "invalid interpolation syntax in 'postgresql://me:p%40ss@db/app' at position 18",
            "invalid interpolation syntax in 'postgresql://me:***@db/app' at position 18",
        ),
    ],
)
def test_the_shapes_of_a_password_are_known(text: str, masked: str) -> None:
    assert Mask()(text) == masked


@given(SECRETS)
def test_a_learned_password_is_masked_in_every_form(secret: str) -> None:
    mask = Mask()
    mask.learn(secret)
    for form in (secret, quote(secret, safe=""), escaped(secret), escaped(quote(secret))):
        assert form not in mask(f"a driver says {form}, and more")
        assert form not in mask(f"a driver says {form!r}, and more")
    assert repr(secret)[1:-1] not in mask(repr(RuntimeError(secret)))


@given(SECRETS)
def test_a_password_learned_from_a_url_is_masked_wherever_it_is_repeated(secret: str) -> None:
    url = make_url("postgresql://me@db/app").set(password=secret)
    mask = Mask([url.render_as_string(hide_password=False)])
    assert secret not in mask(f"login failed for {secret}")
    assert secret not in mask(f"{url!r} {url.render_as_string(hide_password=False)}")


@given(SECRETS)
def test_a_password_learned_from_an_ini_file_is_masked_wherever_it_is_repeated(
    secret: str,
) -> None:
    url = f"postgresql://me:{quote(secret, safe='')}@db/app"
    mask = Mask([f"[alembic]\nscript_location = migrations\nsqlalchemy.url = {escaped(url)}\n"])
    assert secret not in mask(f"login failed for {secret}")


@given(st.text(string.ascii_letters + string.digits + string.punctuation, min_size=1))
def test_a_password_in_a_url_is_masked_without_being_known(password: str) -> None:
    assert Mask()(f"a://me:{password}@db/x") == f"a://me:{STARS}@db/x"


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    mask = Mask(["postgresql://me:Zq-secret@db/app"])
    assert mask(mask(text)) == mask(text)


@given(st.lists(st.text(string.ascii_letters + string.digits + ",.;!?()- ", max_size=20)))
def test_text_without_a_password_stays_as_it_is(words: list[str]) -> None:
    text = " ".join(words)
    assert Mask()(text) == text


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres:postgres@localhost/postgres",
        "mysql://root:mysql@localhost/app",
        "postgresql://me:localhost@localhost/app",
        "driver://user:pass@localhost/dbname",
    ],
)
def test_a_word_that_the_url_says_openly_is_masked_in_its_place_only(url: str) -> None:
    mask = Mask([url])
    text = "postgres, mysql and localhost pass"
    assert mask(text) == text
    user = url.partition("://")[2].partition(":")[0]
    assert f"{user}:***@" in mask(url)


def test_a_short_password_does_not_blot_out_ordinary_text() -> None:
    mask = Mask(["postgresql://me:a1@db/app"])
    assert mask("revision a1 of postgresql://me:a1@db/app") == (
        "revision a1 of postgresql://me:***@db/app"
    )


# --- End to end: a secret in the project, and everything that can go wrong -----------------------

SECRET = "s3cr%et/p@ss'word"
ENCODED = quote(SECRET, safe="")


def secrets(text: str) -> list[str]:
    """The forms of the secret that a text gives away."""
    tails = ("et/p@ss", "et%2Fp", "ss'word", "ss%27word", "s3cr")
    return [form for form in (SECRET, ENCODED, *tails) if form in text]


def assert_nothing_leaks(project: Project, *results: Result, own: tuple[str, ...] = ()) -> None:
    """Neither in what was said nor in what was written, the files that hold it anyway apart."""
    for result in results:
        assert secrets(result.output) == []
    written = {name: text for name, text in project.snapshot().items() if name not in own}
    for name, content in written.items():
        assert secrets(content.decode("utf-8", "replace")) == [], name


def with_url(project: Project, url: str) -> Project:
    ini = project.read("alembic.ini")
    old = next(line for line in ini.splitlines() if line.startswith("sqlalchemy.url = "))
    project.write("alembic.ini", ini.replace(old, f"sqlalchemy.url = {url}"))
    return project


COMMANDS = (
    ("guard-revision", "-m", "x"),
    ("safe-upgrade",),
    ("guard-log",),
    ("guard-doctor",),
    ("guard-check",),
    ("--raiseerr", "guard-revision", "-m", "x"),
    ("--raiseerr", "safe-upgrade", "--format", "json"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://me:{escaped(ENCODED)}@127.0.0.1:1/app",
        f"mariadb+pymysql://me:{escaped(ENCODED)}@127.0.0.1:1/app",
        f"postgresql+psycopg://me:{ENCODED}@127.0.0.1:1/app",
        f"postgres://me:{escaped(ENCODED)}@127.0.0.1:1/app",
        f"nonsense:me:{escaped(SECRET)}@127.0.0.1:1/app",
        f"postgresql+psycopg:///app?host=127.0.0.1&port=1&password={escaped(ENCODED)}",
        f"postgresql+psycopg://me:{escaped(ENCODED)}@127.0.0.1:port/app",
    ],
    ids=["postgresql", "mariadb", "percent", "postgres", "unparsable", "query", "port"],
)
def test_a_url_that_does_not_work_never_shows_its_password(
    sqlite_project: Project, url: str, words: tuple[str, ...]
) -> None:
    project = with_url(sqlite_project, url)
    before = project.snapshot()
    result = project.alembic(*words)
    assert result.returncode == 1, result.output
    assert_nothing_leaks(project, result, own=("alembic.ini",))
    assert project.snapshot() == before


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_password_from_the_environment_never_shows(
    sqlite_project: Project, words: tuple[str, ...]
) -> None:
    env_py = sqlite_project.read("migrations/env.py")
    failing = "import os\nraise RuntimeError('cannot use ' + os.environ['DB_PASSWORD'])\n"
    sqlite_project.write("migrations/env.py", env_py + failing)
    result = sqlite_project.alembic(*words, env={"DB_PASSWORD": SECRET})
    assert result.returncode != 0
    assert_nothing_leaks(sqlite_project, result)


@pytest.fixture(params=["postgresql", "mariadb"])
def login(request: pytest.FixtureRequest) -> Iterator[URL]:
    """A login of its own that has the secret for its password, on an empty database."""
    admin = make_url(request.getfixturevalue(f"{request.param}_url"))
    name = f"guard_{uuid4().hex[:12]}"
    quoted = SECRET.replace("'", "''")
    grants = {
        "postgresql": [
            f"CREATE ROLE {name} LOGIN PASSWORD '{quoted}'",
            f"GRANT ALL ON SCHEMA public TO {name}",
        ],
        "mariadb": [
            f"CREATE USER {name} IDENTIFIED BY '{quoted}'",
            f"GRANT ALL ON {admin.database}.* TO {name}",
        ],
    }
    removal = {
        "postgresql": [f"DROP OWNED BY {name}", f"DROP ROLE {name}"],
        "mariadb": [f"DROP USER {name}"],
    }
    engine = create_engine(admin, poolclass=NullPool)
    execute(engine, grants[request.param])
    yield admin.set(username=name, password=SECRET)
    execute(engine, removal[request.param])


def execute(engine: Engine, statements: list[str]) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))


def test_a_password_that_a_migration_repeats_reaches_no_output_and_no_journal(
    login: URL, project_path: Path
) -> None:
    project = Project.create(project_path, login.render_as_string(hide_password=False))
    project.add_revision(
        "a1",
        None,
        f"""
        url = op.get_bind().engine.url
        op.execute("SELECT nonsense -- " + url.password + " " + url.render_as_string(False))
        op.execute("ALTER ROLE nobody PASSWORD '" + {SECRET!r} + "'")
        """,
    )
    failed = project.alembic("safe-upgrade")
    raised = project.alembic("--raiseerr", "safe-upgrade", "--format", "json")
    logged = project.alembic("guard-log", "--format", "json")
    assert (failed.returncode, raised.returncode, logged.returncode) == (1, 1, 0), failed.output
    files = ("alembic.ini", "migrations/versions/a1_revision_a1.py")
    assert_nothing_leaks(project, failed, raised, logged, own=files)
    assert "SELECT nonsense -- ***" in logged.stdout
    with project.connect() as connection:
        rows = connection.execute(text("SELECT * FROM alembic_guard_journal")).all()
    assert (len(rows), secrets(repr(rows))) == (2, [])


def test_a_login_that_fails_never_shows_the_password(login: URL, project_path: Path) -> None:
    wrong = login.set(username=f"{login.username}x")
    project = Project.create(project_path, wrong.render_as_string(hide_password=False))
    for words in COMMANDS:
        result = project.alembic(*words)
        assert result.returncode == 1, result.output
        assert_nothing_leaks(project, result, own=("alembic.ini",))
        assert "database-unreachable" in result.stdout


def test_a_password_that_is_the_users_name_does_not_blot_out_the_report(
    postgresql_url: str, project_path: Path
) -> None:
    # The login of many a development database; a server that trusts takes any password.
    url = make_url(postgresql_url)
    url = url if url.password else url.set(password=url.username)
    project = Project.create(project_path, url.render_as_string(hide_password=False))
    name = f"{url.username}_table"
    project.add_revision("a1b2", None, f"op.create_table('{name}', sa.Column('id', sa.Integer))")
    result = project.alembic("safe-upgrade")
    assert result.stdout.startswith(f"Database  postgresql+psycopg://{url.username}:***@{url.host}")
    assert f"{url.username}:{url.username}@" not in result.output


def test_what_guard_init_shows_of_a_config_file_is_masked(sqlite_project: Project) -> None:
    ini = sqlite_project.read("alembic.ini").rstrip()
    ini += f"\n# sqlalchemy.url = postgresql://me:{escaped(ENCODED)}@db/app\n"
    sqlite_project.write("alembic.ini", ini)
    result = sqlite_project.alembic("guard-init")
    assert result.returncode == 0
    assert "postgresql://me:***@db/app" in result.stdout
    assert_nothing_leaks(sqlite_project, result, own=("alembic.ini",))


def test_the_end_of_a_password_that_is_taken_for_a_host_is_known() -> None:
    mask = Mask(["postgresql://me:p@s:w/d@db.example/app"])
    said = "no host 's:w', not 's:w/d@db.example', port 'w/d@db.example', file 'd@db.example'"
    assert mask(f'{said}, host "s"') == "no host 's:w', not '***', port '***', file '***', host ***"
