"""Foreign keys on columns that may be NULL."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.adding import not_null
from tests.rules.constraining import ORDERS, USERS, validate
from tests.rules.judging import found

NAME = "nullable-foreign-key"
SQL = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (shop_id) REFERENCES users (id) NOT VALID"
TABLE = "CREATE TABLE t (a bigint PRIMARY KEY, b bigint REFERENCES users (id))"


def enabled(sql: str) -> list[Finding]:
    return found(sql, tables=[ORDERS, USERS], enable=[NAME], only=NAME)


def test_rows_may_refer_to_nothing_and_the_fix_makes_the_column_not_null() -> None:
    assert enabled(SQL) == [
        Finding(
            NAME,
            "Rows of orders may refer to no row of users: shop_id may be NULL.",
            "A NULL satisfies a foreign key.",
            (*not_null("shop_id"), f'op.execute("{SQL}")', validate("f")),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_new_table_is_created_without_null() -> None:
    (one,) = enabled(TABLE)
    assert one.message == "Rows of t may refer to no row of users: b may be NULL."
    assert one.next == (
        'op.create_table("t", sa.Column("a", sa.BigInteger(), nullable=False, '
        'autoincrement=False), sa.Column("b", sa.BigInteger(), nullable=False), '
        'sa.PrimaryKeyConstraint("a"), '
        'sa.ForeignKeyConstraint(["b"], ["users.id"]))',
    )


def test_columns_that_are_not_null_and_those_of_a_key_are_silent() -> None:
    assert enabled(SQL.replace("shop_id", "user_id")) == []
    assert enabled("CREATE TABLE t (a bigint NOT NULL REFERENCES users (id))") == []
    assert enabled("CREATE TABLE t (a bigint PRIMARY KEY REFERENCES users (id))") == []
    assert enabled("CREATE TABLE t (a bigint REFERENCES users (id), PRIMARY KEY (a))") == []


def test_what_is_not_known_is_silent() -> None:
    assert found(SQL, enable=[NAME], only=NAME) == []


def test_it_is_judged_only_where_somebody_asks() -> None:
    assert found(SQL, tables=[ORDERS], only=NAME) == []
