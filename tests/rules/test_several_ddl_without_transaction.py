"""Several statements that commit one by one."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "several-ddl-without-transaction"
ADD = "ALTER TABLE orders ADD COLUMN memo text"
INDEX = "CREATE INDEX i ON orders (user_id)"


def test_each_statement_gets_a_revision_of_its_own() -> None:
    assert found(ADD, INDEX, "DROP TABLE shops", kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "If this fails, alembic upgrade can't apply revision a1 again: what it begins with "
            "stays.",
            "Each DDL statement commits, and Alembic has not recorded the revision then; only "
            "alembic safe-upgrade, run again, goes on with the statement that failed.",
            (
                'op.execute("ALTER TABLE orders ADD COLUMN memo text")',
                'op.execute("CREATE INDEX i ON orders (user_id)")',
                'op.execute("DROP TABLE shops")',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_the_second_statement_is_found_and_no_later_one() -> None:
    body = (ADD, INDEX, "ALTER TABLE orders DROP COLUMN note", "DROP TABLE shops")
    places = [each.place for each in found(*body, kind="mysql", only=NAME)]
    assert places == [Place("a1.py", 2)]


def test_a_new_table_with_its_indexes_raises_nothing() -> None:
    new = ("CREATE TABLE notes (id bigint PRIMARY KEY)", "CREATE INDEX i ON notes (id)")
    assert found(*new, kind="mariadb", only=NAME) == []


def test_what_can_be_repeated_and_one_statement_with_several_clauses_raise_nothing() -> None:
    first = "ALTER TABLE orders ADD COLUMN IF NOT EXISTS memo text"
    assert found(first, INDEX, kind="mariadb", only=NAME) == []
    both = "ALTER TABLE orders ADD COLUMN memo text, ADD INDEX i (user_id)"
    assert found(both, kind="mariadb", only=NAME) == []
    assert found("ALTER TABLE orders MODIFY note text", INDEX, kind="mariadb", only=NAME) == []


def test_rows_and_other_databases_raise_nothing() -> None:
    assert found(ADD, "UPDATE orders SET memo = '' WHERE id = 1", kind="mariadb", only=NAME) == []
    assert found(ADD, INDEX, only=NAME) == []
    assert found([ADD], [INDEX], kind="mariadb", only=NAME) == []
