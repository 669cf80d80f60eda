"""Another storage engine."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "engine-change-copies"
SQL = "ALTER TABLE shops ENGINE={}"


def test_it_copies() -> None:
    assert found(SQL.format("MyISAM"), kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "Making shops a table of MyISAM copies all of it, and every write waits.",
            (
                "All rows are written by the other engine, with ALGORITHM=COPY.\n"
                "No database was asked how large shops is: it is judged as a large table."
            ),
            (
                (
                    'op.execute("ALTER TABLE shops ENGINE=MyISAM")  # guard: '
                    "allow(engine-change-copies) nobody writes at that hour"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_innodb_and_new_and_empty_tables_are_silent() -> None:
    assert found(SQL.format("InnoDB"), kind="mariadb", only=NAME) == []
    assert (
        found("CREATE TABLE shops (id integer)", SQL.format("MyISAM"), kind="mysql", only=NAME)
        == []
    )
    assert (
        found(SQL.format("MyISAM"), kind="mysql", tables=[Table("shops", rows=0)], only=NAME) == []
    )
