"""What a database and its metadata look like to an autogenerate, on each of the databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, MetaData, Table

from alembic_guard.runtime.observation import live_columns, observe, same_type
from tests.project import Project

JOURNAL = "alembic_guard_journal"


def observed(connection: sa.Connection, **options: Any) -> Any:
    context = MigrationContext.configure(connection, opts=options)
    return observe(context, ["0001"], JOURNAL)


@pytest.fixture
def tables(project: Project) -> Project:
    """A database with a table of the models, one of somebody else, and Alembic's and ours."""
    metadata = MetaData()
    for name in ("users", "billing", "alembic_version", JOURNAL):
        Table(name, metadata, Column("id", sa.Integer, primary_key=True))
    with project.connect() as connection:
        metadata.create_all(connection)
    return project


def test_live_tables_are_those_that_autogenerate_compares(tables: Project) -> None:
    metadata = MetaData()
    Table("users", metadata, Column("id", sa.Integer))
    Table("posts", metadata, Column("id", sa.Integer))
    with tables.connect() as connection:
        found = observed(connection, target_metadata=metadata)
        assert (found.live, found.tables) == ({"users", "billing"}, {"users", "posts"})
        assert found.metadata == (metadata,)
        assert (found.recorded, found.compares_defaults) == (("0001",), False)
        assert live_columns(connection, found.live) == {"users": {"id"}, "billing": {"id"}}


def test_what_include_name_turns_away_is_not_live(tables: Project) -> None:
    def include(name: str, type_: str, parents: dict[str, str]) -> bool:
        return (name, type_, parents["schema_qualified_table_name"]) != (
            "billing",
            "table",
            "billing",
        )

    with tables.connect() as connection:
        assert observed(connection, include_name=include).live == {"users"}


def test_env_py_may_give_several_metadata_or_none(tables: Project) -> None:
    one, other = MetaData(), MetaData()
    Table("a", one)
    Table("b", other)
    with tables.connect() as connection:
        assert observed(connection, target_metadata=[one, other]).tables == {"a", "b"}
        assert observed(connection, target_metadata=None).metadata == ()


def test_the_default_schema_is_the_same_with_and_without_its_name(tables: Project) -> None:
    with tables.connect() as connection:
        default = sa.inspect(connection).default_schema_name
        metadata = MetaData(schema=default)
        Table("users", metadata)
        found = observed(connection, target_metadata=metadata)
        assert (found.tables, found.live) == ({"users"}, {"users", "billing"})


def test_other_schemas_are_looked_at_where_models_are_in_them(postgresql_project: Project) -> None:
    with postgresql_project.connect() as connection:
        connection.execute(sa.text("CREATE SCHEMA app"))
        connection.execute(sa.text("CREATE TABLE app.users (id int)"))
        connection.execute(sa.text("CREATE TABLE app.alembic_version (id int)"))
        metadata = MetaData(schema="app")
        Table("users", metadata)
        options = {"target_metadata": metadata, "version_table_schema": "app"}
        found = observed(connection, **options)
        assert (found.tables, found.live) == ({"app.users"}, {"app.users"})


def test_partitions_and_members_of_extensions_are_nobodys(postgresql_project: Project) -> None:
    with postgresql_project.connect() as connection:
        for statement in (
            "CREATE TABLE events (at date) PARTITION BY RANGE (at)",
            "CREATE TABLE events_1 PARTITION OF events DEFAULT",
            "CREATE TABLE spatial (id int)",
            "ALTER EXTENSION plpgsql ADD TABLE spatial",
        ):
            connection.execute(sa.text(statement))
        assert observed(connection).nobodys == {
            "events_1": "a partition of events",
            "spatial": "a member of the extension plpgsql",
        }


@pytest.mark.parametrize(
    "type_",
    [
        sa.Integer(),
        sa.BigInteger(),
        sa.Boolean(),
        sa.String(50),
        sa.Text(),
        sa.Numeric(10, 2),
        sa.Float(),
        sa.Date(),
        sa.DateTime(),
        sa.LargeBinary(),
        sa.JSON(),
    ],
    ids=str,
)
def test_a_type_is_the_one_that_is_reflected(project: Project, type_: Any) -> None:
    table = Table("things", MetaData(), Column("thing", type_))
    with project.connect() as connection:
        table.create(connection)
        reflected = Table("things", MetaData(), autoload_with=connection)
        one, other = table.c.thing, reflected.c.thing
        assert same_type(one, other, connection.dialect)
        assert same_type(other, one, connection.dialect)
        assert not same_type(other, Column("thing", sa.Time()), connection.dialect)


def test_the_length_of_a_type_tells_it_from_another(project: Project) -> None:
    with project.connect() as connection:
        one, other = Column("a", sa.String(50)), Column("a", sa.String(80))
        assert not same_type(one, other, connection.dialect)


def test_a_type_that_the_database_does_not_have_is_told_by_its_repr(project: Project) -> None:
    unknown = Column[Any]("a", sa.types.NullType())  # as an unknown type is reflected
    with project.connect() as connection:
        assert same_type(unknown, unknown, connection.dialect)
        assert not same_type(unknown, Column("a", sa.Text()), connection.dialect)
