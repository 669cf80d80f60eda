"""A unique index is dropped, and with it the guarantee that there are no duplicates."""

from __future__ import annotations

from typing import Any

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Constraint, Index, Table
from tests.rules.judging import found

RULE = "dropped-unique-index"
UQ = Index("uq", ("number", "shop_id"), unique=True)
DROP = "DROP INDEX CONCURRENTLY uq"
ALLOWED = "# guard: allow(dropped-unique-index) duplicates are possible from now on"


def orders(*others: Index, uq: Index = UQ, **more: Any) -> Table:
    return Table("orders", rows=7, indexes={str(one.name): one for one in (uq, *others)}, **more)


def finding(why: str, fix: str) -> Finding:
    return Finding(
        RULE,
        "Without uq, nothing keeps duplicates of number, shop_id out of orders.",
        why,
        (fix,),
        severity=Severity.WARNING,
        revision="a1",
        place=Place("a1.py", 1),
    )


def test_it_is_found_and_may_be_what_is_wanted() -> None:
    fix = (
        "with op.get_context().autocommit_block():\n"
        f'    op.drop_index("uq", table_name="orders", postgresql_concurrently=True)  {ALLOWED}'
    )
    why = "INSERT … ON CONFLICT on these columns fails in code that runs."
    assert found(DROP, tables=[orders()], autocommit=True, only=RULE) == [finding(why, fix)]


@pytest.mark.parametrize("kind", ["mariadb", "mysql", "sqlite"])
def test_it_is_found_on_every_database(kind: str) -> None:
    drop = "DROP INDEX uq" if kind == "sqlite" else "DROP INDEX uq ON orders"
    fix = f'op.drop_index("uq", table_name="orders")  {ALLOWED}'
    why = "Once there are duplicates, the index can't be created again."
    assert found(drop, tables=[orders()], kind=kind, only=RULE) == [finding(why, fix)]


@pytest.mark.parametrize(
    "table",
    [
        orders(uq=Index("uq", ("number", "shop_id"))),
        orders(Index("other", ("shop_id", "number"), unique=True)),
        orders(Index("other", ("number",), unique=True)),
        orders(constraints={"u": Constraint("unique", "u", ("number",))}),
        orders(constraints={"p": Constraint("primary key", "p", ("shop_id",))}),
    ],
)
def test_nothing_is_found_where_it_kept_nothing_out_by_itself(table: Table) -> None:
    assert found(DROP, tables=[table], only=RULE) == []


@pytest.mark.parametrize(
    "other",
    [
        Index("other", ("number", "shop_id", "user_id"), unique=True),
        Index("other", ("number",), unique=True, where="a"),
        Index("other", ("number",), unique=True, valid=False),
    ],
)
def test_an_index_that_keeps_out_less_is_no_other_guarantee(other: Index) -> None:
    assert found(DROP, tables=[orders(other)], only=RULE) != []


@pytest.mark.parametrize(
    "later",
    [
        "DROP TABLE orders",
        "ALTER TABLE orders DROP COLUMN number",
        "CREATE UNIQUE INDEX uq ON orders (number)",
        "ALTER TABLE orders ADD CONSTRAINT uq UNIQUE (number, shop_id)",
    ],
)
def test_nothing_is_found_where_the_revision_goes_on_to_make_it_good(later: str) -> None:
    assert found(DROP, later, tables=[orders()], only=RULE) == []


@pytest.mark.parametrize(
    "later",
    [
        "DROP TABLE users",
        "ALTER TABLE orders DROP COLUMN note",
        "CREATE INDEX uq ON orders (number)",
        "ALTER TABLE users ADD CONSTRAINT uq UNIQUE (number, shop_id)",
    ],
)
def test_it_is_found_where_what_comes_later_is_something_else(later: str) -> None:
    assert found(DROP, later, tables=[orders()], only=RULE) != []


def test_nothing_is_found_where_the_index_is_not_known_or_its_table_is_new() -> None:
    assert found(DROP, only=RULE) == []
    new = ["CREATE TABLE orders (number text)", "CREATE UNIQUE INDEX uq ON orders (number)", DROP]
    assert found(*new, only=RULE) == []


def test_an_index_that_the_run_has_made_is_known() -> None:
    make = "CREATE UNIQUE INDEX uq ON orders (number)"
    assert [each.message for each in found([make], [DROP], only=RULE)] == [
        "Without uq, nothing keeps duplicates of number out of orders."
    ]
