"""What looks like a rename, and what does not; `--rename` itself is tested with the command."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.commands.revising import applied, configure, edit, refused, revise, settled
from tests.project import Project

AGAIN = "alembic guard-revision -m change"


@pytest.fixture
def users(project: Project) -> Project:
    return settled(project)


def finding(what: str, options: list[str], again: str = AGAIN) -> str:
    kind, old, new = what.split(" ", 2)
    return (
        f"error: looks-like-rename: The migration would drop the {kind} {old} "
        f"and add {new} of the same shape.\n"
        f"    If it is a rename, the data of {old} would be lost.\n"
        + "".join(f"    next: {again} --rename {option}\n" for option in options)
        + f"    next: {again} --no-rename  # it is none\n"
    )


def test_a_column_that_several_resemble_may_be_each_of_them(users: Project) -> None:
    two = "    first: Mapped[str] = mapped_column(String(50))\n    nick: "
    edit(users, "models.py", "    name: ", two)
    options = ["users.name:first", "users.name:nick"]
    assert refused(users) == finding("column users.name users.first, users.nick", options)


def test_a_type_is_the_same_as_the_database_reflects_it(users: Project) -> None:
    # MariaDB reflects INTEGER(11) and TINYINT(1).
    with users.connect() as connection:
        connection.execute(text("ALTER TABLE users ADD COLUMN active BOOLEAN"))
        connection.execute(text("ALTER TABLE users ADD COLUMN age INTEGER"))
    new = "    alive: Mapped[bool | None]\n    years: Mapped[int | None]\n    name: "
    edit(users, "models.py", "    name: ", new)
    assert refused(users) == (
        finding("column users.active users.alive", ["users.active:alive"])
        + finding("column users.age users.years", ["users.age:years"])
    )


def test_a_table_of_the_same_columns(users: Project) -> None:
    with users.connect() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER)"))
    edit(users, "models.py", '"users"', '"people"')
    configure(users, 'include_name=lambda name, *rest: name != "other"')
    words = ["--allow", "drops-everything"]
    result = revise(users, *words)
    assert result.stdout.endswith(
        finding("table users people", ["users:people"], f"{AGAIN} {' '.join(words)}")
    )


def test_one_rename_that_is_said_leaves_another_to_be_said(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    edit(project, "models.py", "    name: ", "    full_name: ")
    edit(project, "models.py", "    id: ", "    key: ")
    words = ["--rename", "users.name:full_name"]
    again = f"{AGAIN} {' '.join(words)}"
    expected = finding("column users.id users.key", ["users.id:key"], again)
    assert refused(project, *words) == expected


def test_a_column_of_another_type_or_length_does_not_look_like_it(
    sqlite_project: Project,
) -> None:
    project = settled(sqlite_project)
    old = "    name: Mapped[str] = mapped_column(String(50))"
    new = "    age: Mapped[int | None]\n    title: Mapped[str | None] = mapped_column(String(80))"
    edit(project, "models.py", old, new)
    applied(revise(project))


def test_a_table_in_another_schema_does_not_look_like_it(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    with project.connect() as connection:
        connection.execute(text("CREATE SCHEMA app"))
        connection.execute(text("CREATE TABLE other (id INTEGER)"))
    edit(
        project,
        "models.py",
        '    __tablename__ = "users"\n',
        '    __tablename__ = "users"\n    __table_args__ = {"schema": "app"}\n',
    )
    configure(project, 'include_schemas=True, include_name=lambda name, *rest: name != "other"')
    applied(revise(project, "--allow", "drops-everything"))
