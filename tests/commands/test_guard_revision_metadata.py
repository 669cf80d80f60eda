"""`alembic guard-revision` looks at env.py's models and at the database before it compares them."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.commands.revising import add_attribute, applied, edit, refused, settled
from tests.project import Project


@pytest.fixture
def users(sqlite_project: Project) -> Project:
    return settled(sqlite_project)


def sql(project: Project, *statements: str) -> None:
    with project.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


# --- The metadata --------------------------------------------------------------------------------


def test_env_py_without_metadata(users: Project) -> None:
    edit(users, "migrations/env.py", "target_metadata = Base.metadata", "target_metadata = None")
    assert refused(users) == (
        "error: no-target-metadata (migrations/env.py): "
        "migrations/env.py gives Alembic no target_metadata.\n"
        "    Without the MetaData of your models there is nothing to compare the database with.\n"
        "    next: in migrations/env.py: "
        "from yourapp.models import Base; target_metadata = Base.metadata\n"
    )


def test_metadata_without_tables(users: Project) -> None:
    edit(
        users,
        "migrations/env.py",
        "target_metadata = Base.metadata",
        "target_metadata = __import__('sqlalchemy').MetaData()",
    )
    assert refused(users) == (
        "error: empty-metadata (migrations/env.py): "
        "The target_metadata of migrations/env.py holds no table.\n"
        f"    Every one of the 1 tables in {users.url} would be dropped. "
        "No module that defines models on this MetaData has been imported.\n"
        "    next: in migrations/env.py: "
        "import the modules that define your models, and use their metadata\n"
    )


def test_a_model_that_nobody_imports(users: Project) -> None:
    users.write(
        "orders.py",
        """
        from models import Base
        from sqlalchemy.orm import Mapped, mapped_column

        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
        """,
    )
    assert refused(users) == (
        "error: models-not-imported (orders.py:4): "
        "orders.py declares orders, and migrations/env.py never imports it.\n"
        "    Autogenerate would leave it out.\n"
        "    next: in migrations/env.py: import orders\n"
    )


def test_tables_that_no_revision_made_match_one_of_them(users: Project) -> None:
    sql(users, "DELETE FROM alembic_version")
    assert refused(users).startswith(
        f"error: tables-without-history: {users.url} has 1 of the models' tables (users), "
        "and no revision is recorded.\n"
        "    Something other than Alembic made them, such as create_all(). "
        "They are what the files make up to revision 0001.\n"
        "    next: alembic stamp 0001\n"
    )


def test_tables_before_the_first_revision(sqlite_project: Project) -> None:
    sql(sqlite_project, "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL)")
    assert refused(sqlite_project) == (
        f"error: tables-without-history: {sqlite_project.url} has 1 of the models' tables (users), "
        "and no revision is recorded.\n"
        "    Something other than Alembic made them, such as create_all(). "
        "There is no revision file yet.\n"
        "    next: point the URL at an empty database and run: "
        "alembic guard-revision -m baseline\n"
        "    next: then, on this database: alembic stamp head\n"
    )


# --- The database --------------------------------------------------------------------------------


def test_a_database_that_never_saw_a_revision(sqlite_project: Project) -> None:
    sqlite_project.add_revision("0001", None, "pass", message="users")
    sqlite_project.add_revision("0002", "0001", "pass", message="more")
    assert refused(sqlite_project) == (
        f"error: database-behind: {sqlite_project.url} is at no revision, and head is 0002.\n"
        "    2 revisions are not applied, so autogenerate would write what they already do.\n"
        "    pending: 0001 users\n"
        "    pending: 0002 more\n"
        "    next: alembic safe-upgrade head\n"
    )
    assert sqlite_project.tables() == []


def test_upgrade_applies_what_is_pending_first(users: Project) -> None:
    users.add_revision("0002", "0001", "pass", message="more")
    add_attribute(users)
    result = users.alembic("guard-revision", "-m", "change", "--upgrade", "--rev-id", "0003")
    applied(result)
    assert result.stdout.endswith("Generated migrations/versions/0003_change.py\n")
    assert users.heads_in_database() == ("0002",)


def test_a_revision_that_has_no_file(users: Project) -> None:
    sql(users, "UPDATE alembic_version SET version_num = 'gone'")
    assert refused(users).startswith(
        f"error: missing-revision: {users.url} is at gone, and no revision file here defines it.\n"
    )
