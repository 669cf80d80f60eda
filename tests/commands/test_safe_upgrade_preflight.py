"""``safe-upgrade`` asks the database before anything is applied, and a refusal leaves no trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tests.commands.revising import settled
from tests.commands.upgrading import USERS, history, journal, masked_url
from tests.project import Project, Result
from tests.repositories import commit, quiet, repository

LONG = "2026_01_01_add_the_number_of_the_invoice"
FIRST = "migrations/versions/0001_step_1.py"
SECOND = "migrations/versions/0002_step_2.py"

EACH_COMMITS_BY_ITSELF = """
    from alembic import context
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    for url in ({0!r}, {1!r}):
        with create_engine(url, poolclass=NullPool).connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
"""


def sql(url: str, *statements: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def findings(output: str) -> str:
    """A report without the lines about the plan."""
    lines = output.splitlines(keepends=True)
    heads = ("error: ", "warning: ", "note: ", "allowed: ")
    first = next(number for number, line in enumerate(lines) if line.startswith(heads))
    return "".join(lines[first:])


def refused(project: Project, *words: str) -> str:
    """What is found with ``--plan`` and without, having seen that neither left a trace."""
    before = project.snapshot(), project.tables(), project.heads_in_database()
    said = []
    for plan in (("--plan",), ()):
        result = project.alembic("safe-upgrade", *plan, *words)
        assert result.returncode == 1, result.output
        assert "Traceback" not in result.output
        said.append(findings(result.stdout))
    assert (project.snapshot(), project.tables(), project.heads_in_database()) == before
    assert said[0] == said[1]
    return said[0]


def test_tables_that_create_all_made(project: Project) -> None:
    history(project)
    project.write(
        "app.py", "from models import Base\n\ndef start(e): Base.metadata.create_all(e)\n"
    )
    sql(project.url, "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50))")

    assert refused(project) == (
        f"error: tables-without-history ({FIRST}): {masked_url(project)} has users already, and no "
        "revision is recorded in alembic_version.\n"
        "    Revision 0001 step 1 would fail, for it creates users. Something other than Alembic "
        "made them; create_all() is called at app.py:3. Their columns are those of "
        "revision 0001.\n"
        "    next: alembic stamp 0001\n"
    )
    assert project.tables() == ["users"]
    assert project.alembic("stamp", "0001").returncode == 0
    assert project.alembic("safe-upgrade").returncode == 0


def test_a_database_at_head_that_has_no_tables(project: Project) -> None:
    settled(project)
    sql(project.url, "DROP TABLE users")
    kind = project.url.partition("+")[0].partition(":")[0]
    schema = {"postgresql": "public", "mariadb": make_url(project.url).database}.get(kind)
    where = f" in the schema {schema}" if schema else ""

    said = refused(project)

    assert said.startswith(
        f"error: head-without-tables: {masked_url(project)} is at head (0001) and does not have "
        f"the table users{where}.\n    The revisions create it. "
    )
    allowed = project.alembic("safe-upgrade", "--allow", "head-without-tables")
    assert (allowed.returncode, project.tables()) == (0, ["alembic_version"]), allowed.output
    assert "Done: nothing to apply.\nallowed: head-without-tables: " in allowed.stdout


def test_an_identifier_that_the_version_table_would_not_take(postgresql_project: Project) -> None:
    project = postgresql_project
    project.add_revision(LONG, None, USERS, message="step")
    path = f"migrations/versions/{LONG}_step.py"

    assert refused(project) == (
        f"error: long-revision-id ({path}): The identifier {LONG} has 40 characters, and "
        "alembic_version.version_num will take 32.\n"
        f"    The migration would run, and fail when it is recorded in {masked_url(project)}.\n"
        f'    next: in {path}: revision = "{LONG[:32]}"\n'
        "    next: CREATE TABLE alembic_version (version_num VARCHAR(64) NOT NULL PRIMARY KEY);  "
        "# before the first upgrade\n"
    )


def test_a_database_that_is_set_to_read_only(postgresql_project: Project) -> None:
    project = postgresql_project
    history(project)
    name = make_url(project.url).database
    sql(project.url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

    assert refused(project) == (
        f"error: read-only-database: Nothing can be written to {masked_url(project)}.\n"
        "    default_transaction_read_only is on; that comes from: database.\n"
        f'    next: ALTER DATABASE "{name}" RESET default_transaction_read_only;\n'
    )


def test_a_file_that_the_url_opens_for_reading(sqlite_project: Project) -> None:
    project = sqlite_project
    history(project)
    sql(project.url, "CREATE TABLE other (id INTEGER)")
    file = make_url(project.url).database
    read_only = f"sqlite:///file:{file}?mode=ro&uri=true"
    ini = project.read("alembic.ini")
    project.write("alembic.ini", ini.replace(project.url, read_only))

    assert refused(project) == (
        f"error: read-only-database: Nothing can be written to {make_url(read_only)}.\n"
        "    The URL opens it with mode=ro.\n"
        "    next: in the URL: take out mode=ro\n"
    )


@pytest.fixture
def uncommitted(sqlite_project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Revision 0001 is committed to git, and 0002 is not."""
    quiet(monkeypatch)
    history(sqlite_project)
    repository(sqlite_project.path)
    sqlite_project.add_revision("0002", "0001", "pass", message="step 2")
    return sqlite_project


def require_committed(project: Project) -> None:
    ini = project.read("alembic.ini")
    project.write("alembic.ini", f"{ini}\n[alembic_guard]\nrequire_committed = true\n")


def test_a_revision_that_is_not_in_git(uncommitted: Project) -> None:
    require_committed(uncommitted)

    assert refused(uncommitted) == (
        f"error: revision-not-in-git ({SECOND}): {SECOND} is pending, and git does not know it.\n"
        "    require_committed = true: once it is applied, a checkout without it cannot go on from "
        "this database.\n"
        f"    next: git add {SECOND}\n"
        f"    next: git commit -m MESSAGE -- {SECOND}\n"
    )
    commit(uncommitted.path, "add it")
    assert uncommitted.alembic("safe-upgrade").returncode == 0


def test_nobody_has_to_commit_without_the_setting(uncommitted: Project) -> None:
    result = uncommitted.alembic("safe-upgrade")
    assert (result.returncode, "git" in result.stdout) == (0, False), result.output


def test_what_was_allowed_is_printed_and_on_record(uncommitted: Project) -> None:
    require_committed(uncommitted)

    result = uncommitted.alembic("safe-upgrade", "--allow", "revision-not-in-git")

    assert (result.returncode, findings(result.stdout)) == (
        0,
        f"allowed: revision-not-in-git ({SECOND}): {SECOND} is pending, and git does not know it.\n"
        "    require_committed = true: once it is applied, a checkout without it cannot go on from "
        "this database.\n"
        "    allowed: --allow or the setting allow\n",
    )
    assert journal(uncommitted, "revision", "allowed") == [
        ("0001", "revision-not-in-git"),
        ("0002", "revision-not-in-git"),
    ]


def test_a_warning_is_printed_also_when_the_upgrade_then_fails(sqlite_project: Project) -> None:
    project = sqlite_project
    project.add_revision(LONG, None, "op.execute('SELECT * FROM nowhere')", message="step")
    path = f"migrations/versions/{LONG}_step.py"

    result = project.alembic("safe-upgrade")

    assert (result.returncode, findings(result.stdout)) == (
        1,
        f"error: migration-failed ({path}:19): Revision {LONG} step failed: no such table: nowhere "
        "[SQL: SELECT * FROM nowhere]\n"
        "    Its transaction was rolled back.\n"
        "    next: alembic safe-upgrade  # when the migration is mended\n"
        f"warning: long-revision-id ({path}): The identifier {LONG} has 40 characters, and "
        "alembic_version.version_num will take 32.\n"
        "    SQLite takes it; most other databases fail at the end of the migration.\n"
        f'    next: in {path}: revision = "{LONG[:32]}"\n',
    )


# --- Several databases ---------------------------------------------------------------------------


def second_has_tables(project: Project, path: Path) -> str:
    """The URL of another database, in which somebody made the table already."""
    url = f"sqlite:///{(path / 'second.db').as_posix()}"
    sql(url, "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50))")
    return url


def test_a_refusal_at_the_second_database_says_what_stays_in_the_first(
    project: Project, tmp_path: Path
) -> None:
    history(project)
    second = second_has_tables(project, tmp_path)
    project.write("migrations/env.py", EACH_COMMITS_BY_ITSELF.format(project.url, second))

    result = project.alembic("safe-upgrade")

    assert (result.returncode, findings(result.stdout)) == (
        3,
        f"error: tables-without-history ({FIRST}): {second} has users already, and no revision is "
        "recorded in alembic_version.\n"
        "    Revision 0001 step 1 would fail, for it creates users. Something other than Alembic "
        "made them, such as create_all(). Their columns are those of revision 0001.\n"
        "    Applied before, and staying: 0001 step 1.\n"
        "    next: alembic stamp 0001\n",
    )
    assert project.heads_in_database() == ("0001",)
    assert journal(project, "revision", "status") == [("0001", "applied")]


def test_what_refuses_comes_before_a_warning_about_the_first_database(
    sqlite_project: Project, tmp_path: Path
) -> None:
    project = sqlite_project
    project.add_revision(LONG, None, USERS, message="step")
    second = second_has_tables(project, tmp_path)
    project.write("migrations/env.py", EACH_COMMITS_BY_ITSELF.format(project.url, second))

    said = project.alembic("safe-upgrade").stdout

    assert findings(said).startswith("error: tables-without-history ")
    assert said.index(f"Applied before, and staying: {LONG}") < said.index("warning: long-revision")


def test_where_env_py_rolls_the_first_database_back_nothing_stays(
    postgresql_project: Project, project_path: Path
) -> None:
    result = multidb(postgresql_project.url, project_path)

    assert (result.returncode, "staying" in result.stdout) == (1, False)
    assert postgresql_project.heads_in_database() == ()


def test_where_the_first_database_cannot_roll_back_its_part_is_listed(
    mariadb_project: Project, project_path: Path
) -> None:
    result = multidb(mariadb_project.url, project_path)

    assert result.returncode == 3
    assert "users" in mariadb_project.tables()
    assert findings(result.stdout).endswith(
        f"error: partly-applied ({FIRST}): A part of revision 0001 step 1 stays in the database, "
        "and is not recorded.\n"
        "    done: CREATE TABLE users ( id INTEGER NOT NULL AUTO_INCREMENT, name VARCHAR(50), "
        "PRIMARY KEY (id) )\n"
        "    next: alembic safe-upgrade  # goes on with the next statement, if the file stays as "
        "it is\n"
        "    next: alembic safe-upgrade --restart  # when these are undone by hand: it begins "
        "anew\n"
        "    next: alembic stamp 0001  # or this, when the revision is finished by hand\n"
    )


def multidb(url: str, path: Path) -> Result:
    """Upgrade a project of that template, whose env.py has one transaction around all."""
    with Project.create(path / "multidb", url, "multidb") as project:
        history(project)
        sql(project.second_url, "CREATE TABLE users (id INTEGER PRIMARY KEY)")
        return project.alembic("safe-upgrade")
