"""`alembic guard-revision` looks at env.py's models and at the database before it compares them."""

from __future__ import annotations

from pathlib import Path

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


WHY = "    Without the MetaData of your models there is nothing to compare the database with.\n"
TARGET = "target_metadata = Base.metadata"
PASTE = f"instead of line 23: from models import Base; {TARGET}\n"


@pytest.mark.parametrize("said", ["target_metadata = None", "target_metadata = Base"])
def test_env_py_without_metadata(users: Project, said: str) -> None:
    edit(users, "migrations/env.py", TARGET, said)
    assert refused(users) == (
        "error: no-target-metadata (migrations/env.py:23): "
        f"migrations/env.py gives Alembic no MetaData: line 23 says {said}.\n"
        f"{WHY}"
        "    models.py:7 has Base.\n"
        f"    next: in migrations/env.py, {PASTE}"
    )


def test_metadata_that_env_py_does_not_hand_on(users: Project) -> None:
    given = "connection=connection, target_metadata=target_metadata"
    edit(users, "migrations/env.py", given, "connection=connection")
    assert refused(users) == (
        "error: no-target-metadata (migrations/env.py:23): "
        "migrations/env.py hands no target_metadata to context.configure().\n"
        f"{WHY}"
        "    next: in migrations/env.py: context.configure(…, target_metadata=target_metadata)\n"
    )


def test_multidb_without_metadata_says_it_once_and_for_each_database(
    project_path: Path, sqlite_url: str
) -> None:
    with Project.create(project_path, sqlite_url, "multidb") as project:
        both = '{"engine1": Base.metadata, "engine2": Base.metadata}'
        edit(project, "migrations/env.py", f"target_metadata = {both}", "target_metadata = {}")
        assert refused(project) == (
            "error: no-target-metadata (migrations/env.py:40): "
            "migrations/env.py gives Alembic no MetaData: line 40 says target_metadata = {}.\n"
            f"{WHY}"
            "    models.py:7 has Base.\n"
            "    next: in migrations/env.py, instead of line 40: "
            f"from models import Base; target_metadata = {both}  "
            "# leave out a database that has other models\n"
        )


def test_metadata_without_tables(users: Project) -> None:
    made = "target_metadata = __import__('sqlalchemy').MetaData()"
    edit(users, "migrations/env.py", TARGET, made)
    assert refused(users) == (
        "error: empty-metadata (migrations/env.py:23): "
        "The target_metadata of migrations/env.py holds no table.\n"
        f"    Every table in {users.url} (1) would be dropped.\n"
        "    migrations/env.py:23 makes a MetaData of its own. "
        "The models are on Base (models.py:7), which has 1 table.\n"
        f"    next: in migrations/env.py, {PASTE}"
    )


def test_metadata_without_tables_before_the_first_table(sqlite_project: Project) -> None:
    made = "from sqlalchemy import MetaData; target_metadata = MetaData()"
    edit(sqlite_project, "migrations/env.py", "from models import Base\n", "\n")
    edit(sqlite_project, "migrations/env.py", TARGET, made)
    assert refused(sqlite_project) == (
        "error: empty-metadata (migrations/env.py:23): "
        "The target_metadata of migrations/env.py holds no table.\n"
        "    The migration would be empty.\n"
        "    migrations/env.py:23 makes a MetaData of its own, "
        "and never imports Base (models.py:7).\n"
        f"    next: in migrations/env.py, {PASTE}"
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
        "    next: in migrations/env.py, above line 23 (target_metadata = …): import orders\n"
    )


def test_a_model_of_a_package_that_forgets_it(users: Project) -> None:
    users.write("shop/__init__.py", "from . import kept\n")
    users.write("shop/kept.py", "from models import Base\n")
    order = 'from models import Base\n\nclass Order(Base):\n    __tablename__ = "orders"\n'
    users.write("shop/order.py", order)
    edit(users, "migrations/env.py", TARGET, f"import shop; {TARGET}")
    assert refused(users) == (
        "error: models-not-imported (shop/order.py:3): "
        "shop/order.py declares orders, and shop/__init__.py never imports it.\n"
        "    Autogenerate would leave it out.\n"
        "    next: in shop/__init__.py: from . import order\n"
    )


def test_models_in_src_are_imported_from_there(users: Project) -> None:
    edit(users, "alembic.ini", "prepend_sys_path = .\n", "prepend_sys_path = .:src\n")
    edit(users, "alembic.ini", "path_separator = os\n", "path_separator = :\n")
    order = 'from models import Base\n\nclass Order(Base):\n    __tablename__ = "orders"\n'
    users.write("src/shop/kept.py", "from models import Base\n")
    users.write("src/shop/order.py", order)
    edit(users, "migrations/env.py", TARGET, f"import shop.kept; {TARGET}")
    assert refused(users).endswith(
        "    next: in migrations/env.py, above line 23 (target_metadata = …): import shop.order\n"
    )


def test_tables_that_no_revision_made_match_one_of_them(users: Project) -> None:
    sql(users, "DELETE FROM alembic_version")
    users.write("app.py", "from models import Base\nBase.metadata.create_all\n")
    assert refused(users) == (
        f"error: tables-without-history: {users.url} has 1 of the models' tables (users), "
        "and no revision is recorded.\n"
        "    Something other than Alembic made them; create_all() is called at app.py:2. "
        "Their columns are those of revision 0001.\n"
        "    next: alembic stamp 0001\n"
    )


def test_a_head_whose_tables_are_not_there(users: Project) -> None:
    sql(users, "DROP TABLE users")
    assert refused(users) == (
        f"error: head-without-tables: {users.url} is at head (0001) "
        "and does not have the table users.\n"
        "    The revisions create it. This database has alembic_version and not the tables.\n"
        "    next: check that the URL names the database that you mean\n"
        "    next: alembic stamp base  # if the tables are gone\n"
        "    next: alembic safe-upgrade  # makes them again\n"
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
