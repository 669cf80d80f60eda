"""A new column with a default for each row, in MariaDB and MySQL."""

from __future__ import annotations

import pytest
from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from alembic_guard.finding import Finding, Place
from tests import servers
from tests.rules.adding import ASSUMED, EMPTY, NEW
from tests.rules.judging import found

NAME = "expression-default-copies"
SQL = "ALTER TABLE orders ADD COLUMN token varchar(36) DEFAULT {}"
BATCHES = (
    'batch = sa.text("UPDATE orders SET token = DEFAULT WHERE token IS NULL LIMIT 10000")\n'
    "with op.get_context().autocommit_block():\n"
    "    while op.get_bind().execute(batch).rowcount:\n"
    "        pass"
)


@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
def test_it_copies_the_table_and_the_fix_fills_it_in_batches(kind: str) -> None:
    assert found(SQL.format("(uuid())"), kind=kind) == [
        Finding(
            NAME,
            "Adding orders.token copies all of orders, and every write waits.",
            f"The default (uuid()) is evaluated for each row, with ALGORITHM=COPY.\n{ASSUMED}",
            (
                'op.add_column("orders", sa.Column("token", sa.String(36)))',
                'op.execute("ALTER TABLE orders ALTER COLUMN token SET DEFAULT (uuid())")',
                BATCHES,
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    ("kind", "default", "names"),
    [
        ("mariadb", "uuid()", [NAME]),
        ("mariadb", "(rand())", []),
        ("mariadb", "(now())", []),
        ("mariadb", "('new')", []),
        ("mariadb", "'new'", []),
        ("mysql", "('new')", [NAME]),
        ("mysql", "'new'", []),
        ("mysql", "CURRENT_TIMESTAMP", []),
    ],
)
def test_what_is_one_value_for_all_rows_is_instant(
    kind: str, default: str, names: list[str]
) -> None:
    assert [each.name for each in found(SQL.format(default), kind=kind)] == names


def test_mariadb_11_2_lets_writes_pass() -> None:
    assert found(SQL.format("(uuid())"), kind="mariadb", version=(11, 2)) == []


def test_new_and_empty_tables_are_silent() -> None:
    assert found(NEW, SQL.format("(uuid())"), kind="mariadb", only=NAME) == []
    assert found(SQL.format("(uuid())"), kind="mariadb", tables=[EMPTY]) == []


ASKED = (
    "uuid()",
    "sys_guid()",
    "random_bytes(4)",
    "utc_timestamp()",
    "sysdate()",
    "(user_id)",
    "(id + 1)",
    "now()",
    "rand()",
    "current_user()",
    "utc_date()",
    "json_array()",
    "concat('a', 'b')",
    "1 + 1",
    "unix_timestamp()",
)


def test_mariadb_itself_is_asked_what_it_copies_for(mariadb_server: URL) -> None:
    said, seen = {}, {}
    with servers.mariadb_database(mariadb_server) as url:
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            for default in ASKED:
                connection.execute(text("CREATE OR REPLACE TABLE orders (id int, user_id int)"))
                sql = SQL.format(f"({default})")
                said[default] = bool(found(sql, kind="mariadb"))
                try:
                    connection.execute(text(f"{sql}, ALGORITHM=INSTANT"))
                    seen[default] = False
                except DBAPIError:
                    seen[default] = True
    assert said == seen
