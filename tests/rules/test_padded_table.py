"""The order of the columns of a new table."""

from __future__ import annotations

import pytest
from sqlalchemy import URL

from alembic_guard.ddl.actions import CreateTable
from alembic_guard.ddl.reading import read_sql
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.rules.padded_table import row_bytes
from tests import servers
from tests.rules.judging import found
from tests.rules.linting import connected

NAME = "padded-table"
HEADER = 24  # bytes of a row before its columns, where none is NULL; manual 73.6.1


def judge(sql: str) -> list[Finding]:
    return found(sql, enable=[NAME], only=NAME)


def test_a_row_with_gaps_is_found_and_the_fix_has_the_shortest_order() -> None:
    sql = (
        "CREATE TABLE visits (id bigserial PRIMARY KEY, seen boolean, user_id bigint, note text, "
        "paid boolean, price integer)"
    )
    assert judge(sql) == [
        Finding(
            NAME,
            "The order of its columns makes each row of visits 8 bytes longer.",
            "Values are aligned to 2, 4 or 8 bytes. The shortest order is "
            "id, user_id, price, seen, paid, note.",
            (
                'op.create_table("visits", sa.Column("id", sa.BigInteger(), nullable=False), '
                'sa.Column("user_id", sa.BigInteger()), sa.Column("price", sa.Integer()), '
                'sa.Column("seen", sa.Boolean()), sa.Column("paid", sa.Boolean()), '
                'sa.Column("note", sa.Text()), sa.PrimaryKeyConstraint("id"))',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_it_is_judged_only_where_it_is_enabled() -> None:
    assert found("CREATE TABLE v (a boolean, b bigint, c boolean, d bigint)", only=NAME) == []


@pytest.mark.parametrize(
    "columns",
    [
        "a bigint, b bigint, c boolean, d boolean",
        "a boolean, b bigint",
        "a text, b bigint, c varchar(5), d bigint",
        "a integer, b integer, c bigint",
        "a boolean[], b bigint, c mood, d bigint",
    ],
)
def test_an_order_that_none_is_shorter_than_is_silent(columns: str) -> None:
    assert judge(f"CREATE TABLE visits ({columns})") == []


def test_a_table_that_does_not_last_is_silent() -> None:
    assert judge("CREATE TEMPORARY TABLE v (a boolean, b bigint, c boolean, d bigint)") == []


@pytest.mark.parametrize(
    "columns",
    [
        "a boolean, b bigint, c boolean, d bigint",
        "a bigint, b bigint, c boolean, d boolean",
        "a timetz, b bigint, c smallint",
        "a bigint, b timetz, c smallint",
        "a uuid, b integer, c interval, d date",
        "a smallint, b real, c boolean, d point, e money",
    ],
)
def test_rows_are_as_long_as_the_server_has_them(columns: str, postgresql_server: URL) -> None:
    values = {
        "boolean": "true", "bigint": "1", "timetz": "'10:00'", "smallint": "1", "integer": "1",
        "uuid": "gen_random_uuid()", "interval": "'1 day'", "date": "'2026-01-01'", "real": "1",
        "point": "'(1, 2)'", "money": "1",
    }  # fmt: skip
    (table,) = read_sql(sql := f"CREATE TABLE v ({columns})", "postgresql")
    assert isinstance(table, CreateTable)
    row = ", ".join(values[str(each.type)] for each in table.columns)
    with servers.postgresql_database(postgresql_server) as url, connected(str(url)) as connection:
        connection.exec_driver_sql(sql)
        connection.exec_driver_sql(f"INSERT INTO v VALUES ({row})")
        size = connection.exec_driver_sql("SELECT pg_column_size(v.*) FROM v").scalar_one()
    assert row_bytes(table.columns) == (size + -size % 8) - HEADER
