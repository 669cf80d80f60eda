"""NOT NULL in a session that is not strict."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Column, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "nonstrict-not-null"
SQL = "ALTER TABLE shops MODIFY city varchar(30) NOT NULL"
CITY = Column("city", SqlType("varchar", ("30",)))
SHOPS = Table("shops", {"city": CITY}, complete=True, rows=5)
LOOSE = {"strict": False}


def test_nulls_become_empty_values_and_the_fix_is_strict() -> None:
    assert found(SQL, kind="mariadb", tables=[SHOPS], target=LOOSE, only=NAME) == [
        Finding(
            NAME,
            "The NULLs of shops.city silently become a value that nobody chose.",
            ("The SQL mode is not strict: NOT NULL turns them into '' or 0 instead of failing."),
            (
                (
                    "batch = sa.text(\"UPDATE shops SET city = '' WHERE city IS NULL "
                    'LIMIT 10000")\n'
                    "with op.get_context().autocommit_block():\n"
                    "    while op.get_bind().execute(batch).rowcount:\n"
                    "        pass"
                ),
                (
                    'op.execute("SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, '
                    "',STRICT_TRANS_TABLES')\")\n"
                    'op.execute("ALTER TABLE shops MODIFY city varchar(30) NOT NULL")'
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_type_without_a_plain_value_is_only_made_strict() -> None:
    assert found(
        "ALTER TABLE shops MODIFY map geometry NOT NULL", kind="mariadb", target=LOOSE, only=NAME
    ) == [
        Finding(
            NAME,
            "The NULLs of shops.map silently become a value that nobody chose.",
            ("The SQL mode is not strict: NOT NULL turns them into '' or 0 instead of failing."),
            (
                (
                    'op.execute("SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, '
                    "',STRICT_TRANS_TABLES')\")\n"
                    'op.execute("ALTER TABLE shops MODIFY map geometry NOT NULL")'
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_run_itself_may_set_the_mode() -> None:
    assert [
        each.name for each in found("SET SESSION sql_mode = ''", SQL, kind="mysql", only=NAME)
    ] == ["nonstrict-not-null"]
    assert (
        found("SET sql_mode = 'STRICT_ALL_TABLES'", SQL, kind="mysql", target=LOOSE, only=NAME)
        == []
    )


def test_a_strict_session_and_a_column_without_nulls_are_silent() -> None:
    assert found(SQL, kind="mariadb", target={"strict": True}, only=NAME) == []
    assert found(SQL, kind="mariadb", only=NAME) == []
    assert (
        found(
            SQL,
            kind="mariadb",
            tables=[Table("shops", {"city": Column("city", nullable=False)})],
            target=LOOSE,
            only=NAME,
        )
        == []
    )
    assert found(SQL.replace("NOT ", ""), kind="mariadb", target=LOOSE, only=NAME) == []
    assert (
        found("CREATE TABLE shops (city text)", SQL, kind="mariadb", target=LOOSE, only=NAME) == []
    )
