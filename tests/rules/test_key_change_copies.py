"""A primary key that is dropped."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from tests.rules.judging import found

NAME = "key-change-copies"
DROP = "ALTER TABLE shops DROP PRIMARY KEY"
ADD = "ALTER TABLE shops ADD PRIMARY KEY (id, `Name`)"


def test_by_itself_the_line_stays() -> None:
    assert found(DROP, kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            ("Dropping the primary key of shops copies all of it, and every write waits."),
            (
                "Rows are stored in its order. With ADD PRIMARY KEY in one "
                "statement, writes pass.\n"
                "No database was asked how large shops is: it is judged as a large table."
            ),
            (
                (
                    'op.execute("ALTER TABLE shops DROP PRIMARY KEY")  # guard: '
                    "allow(key-change-copies) nobody writes at that hour"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_with_another_key_in_the_revision_the_fix_is_one_statement() -> None:
    assert found(DROP, ADD, kind="mysql", only=NAME) == [
        Finding(
            NAME,
            ("Dropping the primary key of shops copies all of it, and every write waits."),
            (
                "Rows are stored in its order. With ADD PRIMARY KEY in one "
                "statement, writes pass.\n"
                "No database was asked how large shops is: it is judged as a large table."
            ),
            (('op.execute("ALTER TABLE shops DROP PRIMARY KEY, ADD PRIMARY KEY (id, `Name`)")'),),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_one_statement_and_a_new_table_are_silent() -> None:
    assert found(f"{DROP}, ADD PRIMARY KEY (id)", kind="mariadb", only=NAME) == []
    assert found("CREATE TABLE shops (id integer)", DROP, kind="mariadb", only=NAME) == []
    assert found("ALTER TABLE shops DROP FOREIGN KEY a", kind="mariadb", only=NAME) == []
    assert found(ADD, kind="mariadb", only=NAME) == []
