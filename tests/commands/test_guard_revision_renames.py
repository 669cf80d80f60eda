"""`--rename` and `--no-rename`: what is written runs up and down on a database, with its data."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from tests.commands.revising import (
    add_attribute,
    applied,
    body,
    columns,
    configure,
    edit,
    refused,
    revise,
    settled,
    written,
)
from tests.project import Project

LIBRARY = """
    from sqlalchemy import ForeignKey, String
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


    class Base(DeclarativeBase):
        pass


    class Author(Base):
        __tablename__ = "users"

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50), index=True)


    class Book(Base):
        __tablename__ = "books"

        id: Mapped[int] = mapped_column(primary_key=True)
        author_id: Mapped[int] = mapped_column(ForeignKey("users.id", name="fk_author"))
"""


@pytest.fixture
def users(project: Project) -> Project:
    """A project with a row in `users`; on SQLite with batch mode, as its migrations need it."""
    settled(project)
    if project.url.startswith("sqlite"):
        configure(project, "render_as_batch=True")
    execute(project, "INSERT INTO users (id, name) VALUES (1, 'ann')")
    return project


@pytest.fixture
def library(users: Project) -> Project:
    """Two tables in the database, with an index and a foreign key, and a row in each."""
    users.write("models.py", LIBRARY)
    applied(revise(users))
    applied(users.alembic("upgrade", "head"))
    execute(users, "INSERT INTO books (id, author_id) VALUES (7, 1)")
    return users


def execute(project: Project, statement: str) -> list[tuple[object, ...]]:
    with project.connect() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def indexes(project: Project, table: str) -> list[tuple[str | None, list[str | None]]]:
    with project.connect() as connection:
        found = inspect(connection).get_indexes(table)
    return [(index["name"], index["column_names"]) for index in found]


def referred(project: Project, table: str) -> list[str]:
    with project.connect() as connection:
        return [key["referred_table"] for key in inspect(connection).get_foreign_keys(table)]


def nothing_differs(project: Project) -> bool:
    return refused(project).startswith("error: empty-revision: Nothing differs ")


# --- Columns -------------------------------------------------------------------------------------


def test_a_renamed_column_keeps_its_data_up_and_down(users: Project) -> None:
    edit(users, "models.py", "    name: ", "    full_name: ")
    applied(revise(users, "--rename", "users.name:full_name"))
    applied(users.alembic("upgrade", "head"))
    assert columns(users, "users") == ["id", "full_name"]
    assert execute(users, "SELECT full_name FROM users") == [("ann",)]
    assert nothing_differs(users)
    applied(users.alembic("downgrade", "0001"))
    assert columns(users, "users") == ["id", "name"]
    assert execute(users, "SELECT name FROM users") == [("ann",)]


def test_a_renamed_column_takes_its_new_type_and_its_index_along(users: Project) -> None:
    edit(
        users,
        "models.py",
        "    name: Mapped[str] = mapped_column(String(50))",
        "    title: Mapped[str | None] = mapped_column(String(80), index=True)",
    )
    applied(revise(users, "--rename", "users.name:title"))
    applied(users.alembic("upgrade", "head"))
    assert execute(users, "SELECT title FROM users") == [("ann",)]
    assert indexes(users, "users") == [("ix_users_title", ["title"])]
    assert nothing_differs(users)
    applied(users.alembic("downgrade", "0001"))
    assert columns(users, "users") == ["id", "name"]
    assert (indexes(users, "users"), execute(users, "SELECT name FROM users")) == ([], [("ann",)])


def test_the_index_of_a_renamed_column_is_renamed_with_it(library: Project) -> None:
    edit(library, "models.py", "    name: ", "    full_name: ")
    applied(revise(library, "--rename", "users.name:full_name"))
    applied(library.alembic("upgrade", "head"))
    assert execute(library, "SELECT full_name FROM users") == [("ann",)]
    assert indexes(library, "users") == [("ix_users_full_name", ["full_name"])]
    assert nothing_differs(library)
    applied(library.alembic("downgrade", "-1"))
    assert indexes(library, "users") == [("ix_users_name", ["name"])]


def test_a_column_that_others_resemble_may_be_each_of_them(sqlite_project: Project) -> None:
    settled(sqlite_project)
    add_attribute(sqlite_project, "nickname: Mapped[str] = mapped_column(String(50))")
    edit(sqlite_project, "models.py", "    name: ", "    full_name: ")
    assert refused(sqlite_project) == (
        "error: looks-like-rename: The migration would drop the column users.name "
        "and add users.nickname, users.full_name of the same shape.\n"
        "    If it is a rename, the data of users.name would be lost.\n"
        "    next: alembic guard-revision -m change --rename users.name:nickname\n"
        "    next: alembic guard-revision -m change --rename users.name:full_name\n"
        "    next: alembic guard-revision -m change --no-rename  # it is none\n"
    )


def test_a_column_of_another_type_does_not_look_like_a_rename(sqlite_project: Project) -> None:
    settled(sqlite_project)
    old = "name: Mapped[str] = mapped_column(String(50))"
    edit(sqlite_project, "models.py", old, "age: Mapped[int | None]")
    applied(revise(sqlite_project))


def test_a_renamed_key_goes_on_numbering_and_keeps_its_comment(users: Project) -> None:
    edit(
        users,
        "models.py",
        "mapped_column(primary_key=True)",
        'mapped_column(primary_key=True, comment="our own")',
    )
    edit(users, "models.py", "    id: ", "    number: ")
    if users.url.startswith("mariadb"):
        execute(users, "ALTER TABLE users MODIFY id INTEGER AUTO_INCREMENT COMMENT 'our own'")
    elif users.url.startswith("postgresql"):
        execute(users, "COMMENT ON COLUMN users.id IS 'our own'")
        execute(users, "SELECT setval('users_id_seq', 1)")
    applied(revise(users, "--rename", "users.id:number"))
    for command, key in (("upgrade", "number"), ("downgrade", "id")):
        applied(users.alembic(command, "head" if command == "upgrade" else "0001"))
        execute(users, "INSERT INTO users (name) VALUES ('bob')")
        last = execute(users, f"SELECT MAX({key}) FROM users")
        assert last == [(2 if command == "upgrade" else 3,)]
        with users.connect() as connection:
            column = inspect(connection).get_columns("users")[0]
        expected = None if users.url.startswith("sqlite") else "our own"
        assert (column["name"], column.get("comment")) == (key, expected)


# --- Tables --------------------------------------------------------------------------------------


def test_a_renamed_table_keeps_its_rows_its_index_and_its_foreign_key(library: Project) -> None:
    edit(library, "models.py", '"users"', '"authors"')
    edit(library, "models.py", '"users.id"', '"authors.id"')
    applied(revise(library, "--rename", "users:authors"))
    applied(library.alembic("upgrade", "head"))
    joined = "SELECT authors.name FROM books JOIN authors ON authors.id = books.author_id"
    assert execute(library, joined) == [("ann",)]
    assert indexes(library, "authors") == [("ix_authors_name", ["name"])]
    assert referred(library, "books") == ["authors"]
    assert "users" not in library.tables()
    assert nothing_differs(library)
    applied(library.alembic("downgrade", "-1"))
    assert execute(library, "SELECT name FROM users") == [("ann",)]
    assert indexes(library, "users") == [("ix_users_name", ["name"])]
    assert referred(library, "books") == ["users"]


def test_a_renamed_table_gains_and_loses_columns(users: Project) -> None:
    edit(users, "models.py", '"users"', '"people"')
    edit(users, "models.py", "    name: Mapped[str]", "    age: Mapped[int | None]\n    # ")
    applied(revise(users, "--rename", "users:people", "--allow", "drops-everything"))
    applied(users.alembic("upgrade", "head"))
    assert columns(users, "people") == ["id", "age"]
    assert execute(users, "SELECT id FROM people") == [(1,)]
    assert nothing_differs(users)


CHECKED = """
    from sqlalchemy import CheckConstraint, String, UniqueConstraint
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


    class Base(DeclarativeBase):
        pass


    class User(Base):
        __tablename__ = "users"
        __table_args__ = (
            CheckConstraint("age > 0", name="ck_age"),
            CheckConstraint("length(name) > 1"),
            CheckConstraint("name <> ''"),
            UniqueConstraint("name", name="uq_name"),
        )

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        age: Mapped[int | None] = mapped_column(server_default="7")
"""


@pytest.fixture
def checked(postgresql_project: Project) -> Project:
    """A table with constraints, on a PostgreSQL."""
    settled(postgresql_project)
    postgresql_project.write("models.py", CHECKED)
    applied(revise(postgresql_project))
    applied(postgresql_project.alembic("upgrade", "head"))
    return postgresql_project


def constraints(project: Project, table: str) -> dict[object, object]:
    said = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = "
    return {name: words for name, words in execute(project, f"{said}'{table}'::regclass")}


def test_a_renamed_table_changes_its_checks_and_columns_at_once(checked: Project) -> None:
    before = constraints(checked, "users")
    edit(checked, "models.py", '"users"', '"people"')
    edit(checked, "models.py", "age > 0", "age > 18")
    edit(checked, "models.py", "length(name) > 1", "length(name) > 2")
    edit(checked, "models.py", 'UniqueConstraint("name", ', 'UniqueConstraint("name", "age", ')
    edit(checked, "models.py", 'server_default="7"', 'server_default="8"')

    result = applied(
        revise(checked, "--prove", "--rename", "users:people", "--allow", "drops-everything")
    )

    assert "Proved    upgrade and downgrade on a scratch database." in result.stdout
    assert body(written(checked)[-1]) == (
        "op.rename_table('users', 'people')\n"
        "op.drop_constraint(op.f('ck_age'), 'people', type_='check')\n"
        "op.drop_constraint(op.f('users_name_check'), 'people', type_='check')\n"
        "op.drop_constraint(op.f('uq_name'), 'people', type_='unique')\n"
        "op.alter_column('people', 'age',\n"
        "server_default='8')\n"
        "op.create_unique_constraint('uq_name', 'people', ['name', 'age'])\n"
        "op.create_check_constraint('ck_age', 'people', sa.text('age > 18'))\n"
        "op.create_check_constraint(op.f('people_name_check'), 'people', "
        "sa.text('length(name) > 2'))"
    )
    applied(checked.alembic("upgrade", "head"))
    assert nothing_differs(checked)
    applied(checked.alembic("downgrade", "-1"))
    assert constraints(checked, "users") == before


def test_a_check_of_a_renamed_table_speaks_of_columns_that_come_and_go(checked: Project) -> None:
    before = constraints(checked, "users")
    edit(checked, "models.py", '"users"', '"people"')
    edit(checked, "models.py", "age > 0", "years > 18")
    edit(checked, "models.py", "age: Mapped", "years: Mapped")
    edit(checked, "models.py", 'mapped_column(server_default="7")', "mapped_column()")

    allowed = ("--allow", "drops-everything", "--no-rename")
    applied(revise(checked, "--prove", "--rename", "users:people", *allowed))

    applied(checked.alembic("upgrade", "head"))
    assert nothing_differs(checked)
    assert constraints(checked, "people")["ck_age"] == "CHECK ((years > 18))"
    applied(checked.alembic("downgrade", "-1"))
    assert constraints(checked, "users") == before


# --- Schemas -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "rename", "query"),
    [
        ('"users"', '"people"', "sales.users:people", "SELECT name FROM sales.people"),
        (
            " name:",
            " full_name:",
            "sales.users.name:full_name",
            "SELECT full_name FROM sales.users",
        ),
    ],
)
def test_what_is_in_a_schema_is_renamed_there(
    postgresql_project: Project, old: str, new: str, rename: str, query: str
) -> None:
    project = postgresql_project
    execute(project, "CREATE SCHEMA sales")
    configure(project, "include_schemas=True")
    add_attribute(project, '__table_args__ = {"schema": "sales"}')
    applied(revise(project))
    applied(project.alembic("upgrade", "head"))
    execute(project, "INSERT INTO sales.users (id, name) VALUES (1, 'ann')")
    edit(project, "models.py", old, new)
    assert f"    next: alembic guard-revision -m change --rename {rename}\n" in refused(project)
    applied(revise(project, "--rename", rename))
    applied(project.alembic("upgrade", "head"))
    assert execute(project, query) == [("ann",)]
    assert nothing_differs(project)
    applied(project.alembic("downgrade", "-1"))
    assert execute(project, "SELECT name FROM sales.users") == [("ann",)]


# --- What is none --------------------------------------------------------------------------------


def test_what_is_no_rename_is_dropped_and_added(sqlite_project: Project) -> None:
    settled(sqlite_project)
    edit(sqlite_project, "models.py", "    name: ", "    full_name: ")
    applied(revise(sqlite_project, "--no-rename"))
    (file,) = written(sqlite_project)
    assert sorted(line.partition("(")[0] for line in body(file).splitlines()) == [
        "op.add_column",
        "op.drop_column",
    ]


def test_a_rename_leaves_another_one_to_be_said(sqlite_project: Project) -> None:
    settled(sqlite_project)
    add_attribute(sqlite_project, "born: Mapped[int | None]")
    applied(revise(sqlite_project, "--rev-id", "0002"))
    applied(sqlite_project.alembic("upgrade", "head"))
    edit(sqlite_project, "models.py", "    name: ", "    full_name: ")
    edit(sqlite_project, "models.py", "    born: ", "    year: ")
    said = refused(sqlite_project, "--rename", "users.name:full_name")
    command = "alembic guard-revision -m change --rename users.name:full_name"
    assert said == (
        "error: looks-like-rename: "
        "The migration would drop the column users.born and add users.year of the same shape.\n"
        "    If it is a rename, the data of users.born would be lost.\n"
        f"    next: {command} --rename users.born:year\n"
        f"    next: {command} --no-rename  # it is none\n"
    )


@pytest.mark.parametrize("rename", ["users", "users.name", ":new", "users.name:", "a:b:c"])
def test_a_text_that_is_no_rename(sqlite_project: Project, rename: str) -> None:
    before = sqlite_project.snapshot()
    result = revise(sqlite_project, "--rename", rename)
    assert result.returncode == 2
    assert result.stdout.startswith(f"error: looks-like-rename: --rename: {rename!r} is no rename;")
    assert sqlite_project.snapshot() == before


@pytest.mark.parametrize("changed", [True, False])
def test_a_rename_that_the_migration_does_not_hold(sqlite_project: Project, changed: bool) -> None:
    settled(sqlite_project)
    if changed:
        edit(sqlite_project, "models.py", "    name: ", "    full_name: ")
    before = sqlite_project.snapshot()
    result = revise(sqlite_project, "--rename", "users.nam:full_name")
    assert result.returncode == 2
    assert result.stdout.startswith("error: looks-like-rename: --rename users.nam:full_name: ")
    assert ("It drops users.name.\n" in result.stdout) == changed
    assert sqlite_project.snapshot() == before
