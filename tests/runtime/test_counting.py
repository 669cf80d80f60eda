"""Rows and values are counted up to a limit, in time, and in the table that is meant."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import text

from alembic_guard.runtime import counting
from alembic_guard.runtime.counting import counted_up_to
from tests.commands.upgrading import blocking
from tests.project import Project


def test_a_table_and_a_column_are_counted_whatever_they_are_called(project: Project) -> None:
    column = "per%cent" if "mariadb" not in project.url else "other"
    table = sa.Table(
        "Odd: %s", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column(column, sa.Integer)
    )
    with project.connect() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"id": 1}, {"id": 2}])
        connection.execute(table.insert().values([3, 5]))
        rows = counted_up_to(connection, "Odd: %s")
        values = counted_up_to(connection, "Odd: %s", column)
    assert (rows, values) == (3, 1)


def test_it_stops_at_the_limit(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST", 2)
    with project.connect() as connection:
        connection.execute(text("CREATE TABLE many (id INTEGER)"))
        connection.execute(text("INSERT INTO many VALUES (1), (2), (3), (4)"))
        assert counted_up_to(connection, "many") == 3


def test_what_is_locked_is_not_known_and_the_transaction_goes_on(
    postgresql_project: Project,
) -> None:
    with postgresql_project.connect() as connection:
        connection.execute(text("CREATE TABLE busy (id INTEGER)"))
    with (
        blocking(postgresql_project, "LOCK TABLE busy IN ACCESS EXCLUSIVE MODE"),
        postgresql_project.connect() as connection,
    ):
        count = counted_up_to(connection, "busy")
        limits = connection.execute(
            text("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        ).one()
    assert (count, tuple(limits)) == (None, ("0", "0"))


def test_what_takes_too_long_is_not_known(
    mariadb_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "SECONDS", 0.000001)
    with mariadb_project.connect() as connection:
        connection.execute(text("CREATE TABLE many AS SELECT seq AS id FROM seq_1_to_300000"))
        assert counted_up_to(connection, "many") is None
