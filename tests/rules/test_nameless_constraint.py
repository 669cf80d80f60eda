"""Constraints without a name."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import NEW, validate
from tests.rules.judging import found

NAME = "nameless-constraint"
WHY = "The database makes one up, which op.drop_constraint() would have to know."
TABLE = "CREATE TABLE t (a integer REFERENCES users (id), CONSTRAINT k PRIMARY KEY (a), UNIQUE (a))"
CODE = (
    'op.create_table("t", sa.Column("a", sa.Integer(), nullable=False, autoincrement=False), '
    'sa.PrimaryKeyConstraint("a", name="k"), sa.UniqueConstraint("a", name="t_a_key"), '
    'sa.ForeignKeyConstraint(["a"], ["users.id"], name="t_a_fkey"))'
)


def enabled(*statements: str, kind: str = "postgresql") -> list[Finding]:
    return found(*statements, kind=kind, enable=[NAME], only=NAME)


def test_each_of_a_new_table_is_found_and_the_fix_names_them_all() -> None:
    assert enabled(TABLE) == [
        Finding(
            NAME,
            f"The {kind} constraint of t (a) has no name.",
            WHY,
            (CODE,),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
        for kind in ("unique", "foreign key")
    ]


def test_one_that_is_added_to_a_table_in_use_is_added_online_with_its_name() -> None:
    (one,) = enabled("ALTER TABLE orders ADD CHECK (a > 0)")
    assert one.next == (
        'op.create_check_constraint("orders_a_check", "orders", "a > 0", '
        "postgresql_not_valid=True)",
        validate("orders_a_check"),
    )


def test_one_that_is_added_to_a_new_table_gets_its_name() -> None:
    (one,) = enabled(NEW, "ALTER TABLE orders ADD UNIQUE (a)")
    assert one.next == ('op.create_unique_constraint("orders_a_key", "orders", ["a"])',)


def test_one_behind_a_new_column_gets_its_name() -> None:
    (one,) = enabled("ALTER TABLE orders ADD COLUMN a integer CHECK (a > 0)")
    assert one.next[:2] == (
        'op.add_column("orders", sa.Column("a", sa.Integer()))',
        'op.create_check_constraint("orders_a_check", "orders", "a > 0", '
        "postgresql_not_valid=True)",
    )


@pytest.mark.parametrize("kind", ["mariadb", "sqlite"])
def test_other_databases_make_names_up_too(kind: str) -> None:
    (one,) = enabled("CREATE TABLE t (a integer, UNIQUE (a))", kind=kind)
    assert one.message == "The unique constraint of t (a) has no name."


def test_names_and_primary_keys_are_silent() -> None:
    assert enabled("CREATE TABLE t (a integer PRIMARY KEY, CONSTRAINT u UNIQUE (a))") == []


def test_it_is_judged_only_where_somebody_asks() -> None:
    assert found(TABLE, only=NAME) == []
