"""A foreign key between two types."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.actions import OnColumn
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.rules._altering import beside
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column, Constraint, Table, Target
from alembic_guard.sql_types import parse_type
from tests.rules.judging import found

NAME = "foreign-key-type-mismatch"
NEVER = "Once shops has keys beyond {}, nothing can refer to them."
CONVERTS = "Each check converts one type to the other."
REFUSED = "The statement fails: PostgreSQL has no operator to compare them."
UNEQUAL = "The statement fails: both need the same type and sign."
FIX = (
    "with op.get_context().autocommit_block():\n"
    '    op.create_index("ix_orders_{0}", "orders", ["{0}"], postgresql_concurrently=True)',
    'op.create_foreign_key("f", "orders", "shops", ["{0}"], ["id"], postgresql_not_valid=True)',
    'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT f")',
)


def table(key: str, kind: str = "postgresql", **types: str) -> Table:
    return Table(
        key,
        {name: Column(name, parse_type(type_, kind)) for name, type_ in types.items()},
        {f"{key}_pkey": Constraint("primary key", f"{key}_pkey", ("id",))},
        complete=True,
        rows=5,
    )


def judged(own: str, other: str, kind: str = "postgresql", sql: str = "") -> list[Finding]:
    sql = sql or "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (shop_id) REFERENCES shops (id)"
    tables = [table("shops", kind, id=other), table("orders", kind, id="bigint", shop_id=own)]
    return found(sql, kind=kind, tables=tables, only=NAME)


def test_a_narrower_column_overflows_and_the_fix_makes_another_beside_it() -> None:
    orders = table("orders", id="bigint", shop_id="integer")
    assert judged("integer", "bigint") == [
        Finding(
            NAME,
            "orders.shop_id is integer, and shops.id that it refers to is bigint.",
            NEVER.format("integer"),
            (
                *beside(
                    Run(Target(), {"orders": orders}),
                    OnColumn("orders", "shop_id"),
                    "shop_id_as_bigint",
                    parse_type("bigint"),
                    "CAST(shop_id AS bigint)",
                ),
                *(each.format("shop_id_as_bigint") for each in FIX),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    ("own", "other", "why", "severity"),
    [
        ("smallint", "integer", NEVER.format("smallint"), Severity.WARNING),
        ("integer", "numeric", CONVERTS, Severity.WARNING),
        ("date", "timestamptz", CONVERTS, Severity.WARNING),
        ("numeric(10, 2)", "integer", REFUSED, Severity.ERROR),
        ("text", "uuid", REFUSED, Severity.ERROR),
    ],
)
def test_what_comes_of_it_depends_on_both_types(
    own: str, other: str, why: str, severity: Severity
) -> None:
    assert [(each.why, each.severity) for each in judged(own, other)] == [(why, severity)]


@pytest.mark.parametrize(
    ("kind", "own", "other"),
    [
        ("mariadb", "integer", "bigint"),
        ("mysql", "bigint", "integer"),
        ("mysql", "integer", "integer unsigned"),
        ("mariadb", "date", "datetime"),
    ],
)
def test_mariadb_and_mysql_refuse_types_that_are_not_alike(kind: str, own: str, other: str) -> None:
    assert [(each.why, each.severity) for each in judged(own, other, kind)] == [
        (UNEQUAL, Severity.ERROR)
    ]


@pytest.mark.parametrize(
    ("kind", "own", "other"),
    [
        ("postgresql", "bigint", "integer"),
        ("postgresql", "serial", "integer"),
        ("postgresql", "varchar(5)", "text"),
        ("postgresql", "real", "float8"),
        ("postgresql", "amount", "numeric"),
        ("postgresql", "uuid", "uuid"),
        ("mariadb", "int(5)", "int(11)"),
        ("mysql", "varchar(5)", "char(20)"),
        ("mariadb", "datetime", "timestamp"),
        ("mariadb", "decimal(10,2)", "decimal(12,4)"),
    ],
)
def test_what_does_no_harm_is_silent(kind: str, own: str, other: str) -> None:
    assert judged(own, other, kind) == []


def test_a_table_that_is_not_known_is_not_guessed() -> None:
    sql = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (shop_id) REFERENCES shops (id)"
    assert found(sql, only=NAME) == []


def test_a_column_of_the_same_run_is_made_with_the_right_type() -> None:
    new = "ALTER TABLE orders ADD COLUMN seller_id integer"
    sql = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (seller_id) REFERENCES shops (id)"
    tables = [table("shops", id="bigint"), table("orders", id="bigint")]
    assert [each.next for each in found(new, sql, tables=tables, only=NAME)] == [
        (
            'op.add_column("orders", sa.Column("seller_id", sa.BigInteger()))',
            *(each.format("seller_id") for each in FIX),
        )
    ]


def test_a_reference_behind_a_new_column_counts_too() -> None:
    sql = "ALTER TABLE orders ADD COLUMN seller_id integer CONSTRAINT f REFERENCES shops"
    assert [each.next for each in judged("bigint", "bigint", sql=sql)] == [
        (
            'op.add_column("orders", sa.Column("seller_id", sa.BigInteger()))',
            *(each.format("seller_id") for each in FIX),
        )
    ]
    assert [each.next for each in judged("bigint", "bigint", "mariadb", sql=sql)] == [
        ('op.add_column("orders", sa.Column("seller_id", sa.BigInteger()))',)
    ]


def test_a_new_table_is_created_with_the_right_types() -> None:
    sql = (
        "CREATE TABLE visits (shop_id integer REFERENCES shops (id), other_id smallint, "
        "FOREIGN KEY (other_id) REFERENCES shops (id))"
    )
    findings = judged("bigint", "bigint", sql=sql)
    assert [each.message for each in findings] == [
        "visits.other_id is smallint, and shops.id that it refers to is bigint.",
        "visits.shop_id is integer, and shops.id that it refers to is bigint.",
    ]
    assert {each.next for each in findings} == {
        (
            'op.create_table("visits", sa.Column("shop_id", sa.BigInteger()), '
            'sa.Column("other_id", sa.BigInteger()), '
            'sa.ForeignKeyConstraint(["other_id"], ["shops.id"]), '
            'sa.ForeignKeyConstraint(["shop_id"], ["shops.id"]))\n'
            'op.create_index("ix_visits_other_id", "visits", ["other_id"])\n'
            'op.create_index("ix_visits_shop_id", "visits", ["shop_id"])',
        )
    }


def test_values_that_can_not_be_converted_have_no_fix() -> None:
    assert [each.next for each in judged("text", "uuid")] == [()]
