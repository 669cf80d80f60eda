"""Alembic passes by tables that the database has to the last word; what is written is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.runtime.plugins import Plugin
from sqlalchemy import Connection, MetaData, create_engine

from alembic_guard.runtime.comparing.postgresql import making
from tests.autogenerate.changes import PLUGINS, Written, metadata_of, written
from tests.autogenerate.compare.rows import both, column, table


def orders(metadata: MetaData) -> None:
    """Tables of which some are as they were, in two schemas."""
    key = column("id", sa.Integer, primary_key=True)
    both(
        table("kept", key, column("n", sa.Integer, server_default="1"), comment="as it was"),
        table("kept", key, schema="other"),
        table("pointing", key, lambda: sa.Column("k", sa.ForeignKey("kept.id"))),
        table("changed", key, column("more", sa.Text, index=True)),
        table("new", key, lambda: sa.Column("k", sa.ForeignKey("other.kept.id"))),
    )(metadata)


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[Connection]:
    """A database that lacks a table and a column, and has a table too many."""
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA other")
        metadata_of(orders).create_all(connection)
        connection.exec_driver_sql("DROP TABLE new")
        connection.exec_driver_sql("ALTER TABLE changed DROP more")
        connection.exec_driver_sql("CREATE TABLE gone (id integer)")
        yield connection


@pytest.fixture
def looked_at(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Written, set[str]]]:
    """Autogenerates; returns what is written, and the tables that Alembic has reflected."""

    def look(few: int, **options: Any) -> tuple[Written, set[str]]:
        monkeypatch.setattr(making, "FEW", few)
        seen: set[str] = set()

        def include(item: Any, name: str, kind: str, _: bool, other: Any) -> bool:
            if kind == "table" and isinstance(item, sa.Table) and other is not None:
                seen.add(str(item))
            return True

        options = {"include_object": include, "include_schemas": True, **options}
        return written(connection, metadata_of(orders), **options), seen

    return look


ALL = {"kept", "other.kept", "pointing", "changed"}


def test_what_is_written_is_the_same_with_them_and_without(
    looked_at: Callable[..., tuple[Written, set[str]]],
) -> None:
    plain, all_ = looked_at(1000)
    short, few = looked_at(0)
    assert (all_, few) == (ALL, {"changed"})
    assert short == plain
    assert "op.create_table('new'" in short.upgrade
    assert "op.drop_table('gone'" in short.upgrade
    assert "op.add_column('changed'" in short.upgrade


@pytest.mark.parametrize("option", ["compare_type", "compare_server_default"])
def test_a_function_of_env_py_is_asked_about_every_table(
    looked_at: Callable[..., tuple[Written, set[str]]], option: str
) -> None:
    _, seen = looked_at(0, **{option: lambda *_: None})
    assert seen == ALL


def test_a_comparator_of_others_sees_every_table(
    looked_at: Callable[..., tuple[Written, set[str]]],
) -> None:
    plugin = Plugin("guardtest.settled")
    called: list[str] = []

    def compare(_context: Any, _ops: Any, _schema: Any, name: str, *_: Any) -> Any:
        called.append(name)

    plugin.add_autogenerate_comparator(compare, "table", "guardtest")
    try:
        _, seen = looked_at(0, plugins=(*PLUGINS, "guardtest.settled"))
    finally:
        plugin.remove()
    assert seen == ALL
    assert {"kept", "pointing", "changed", "new", "gone"} == set(called)


@pytest.mark.parametrize("server", ["sqlite", "mariadb"])
def test_alembic_passes_by_tables_of_others(server: str, request: pytest.FixtureRequest) -> None:
    url = "sqlite://" if server == "sqlite" else request.getfixturevalue("mariadb_url")
    seen: set[str] = set()

    def state(metadata: MetaData) -> None:
        for name in ("kept", "changed"):
            sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True))
        sa.Table("new", metadata, sa.Column("id", sa.ForeignKey("kept.id")))

    def include(item: Any, name: str, kind: str, _: bool, other: Any) -> bool:
        if isinstance(item, sa.Table) and other is not None:
            seen.add(name)
        return True

    with create_engine(url).connect() as connection:
        metadata_of(state).create_all(connection)
        connection.exec_driver_sql("DROP TABLE new")
        connection.exec_driver_sql("ALTER TABLE changed ADD more text")
        found = written(connection, metadata_of(state), include_object=include)
    assert seen == {"changed"}
    assert "op.create_table('new'" in found.upgrade
    assert "drop_column(" in found.upgrade
    assert "kept" not in found.upgrade.replace("['kept.id']", "")
