"""An index is dropped before the one that takes its place is there: when it is, and when not."""

from __future__ import annotations

from typing import Any

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Constraint, Index, Table
from tests.rules.judging import found

RULE = "index-gap"
OLD = Index("ix", ("status",))
DROP = "DROP INDEX CONCURRENTLY ix"
CREATE = "CREATE INDEX CONCURRENTLY {} ON orders (status, total)"


def orders(*others: Index, rows: int = 7, old: Index = OLD, **more: Any) -> Table:
    return Table(
        "orders", rows=rows, indexes={str(one.name): one for one in (old, *others)}, **more
    )


def finding(name: str, severity: Severity = Severity.WARNING, size: str = "") -> Finding:
    return Finding(
        RULE,
        "From the drop of ix until the next one is built, orders has no index on status.",
        f"Queries that used it read the whole table meanwhile.\norders has about 7 rows{size}.",
        (
            "with op.get_context().autocommit_block():\n"
            f'    op.create_index("{name}", "orders", ["status", "total"], '
            "postgresql_concurrently=True)",
            "with op.get_context().autocommit_block():\n"
            '    op.drop_index("ix", table_name="orders", postgresql_concurrently=True)',
        ),
        severity=severity,
        revision="a1",
        place=Place("a1.py", 1),
    )


def gaps(*statements: str, table: Table, **options: Any) -> list[Finding]:
    options = {"autocommit": True, **options}
    return found(*statements, tables=[table], only=RULE, **options)


def test_a_gap_is_found_and_the_new_index_comes_first() -> None:
    assert gaps(DROP, CREATE.format("iy"), table=orders()) == [finding("iy")]


def test_an_index_of_the_same_name_gets_another_one() -> None:
    assert gaps(DROP, CREATE.format("ix"), table=orders()) == [finding("ix_orders_status_total")]
    name = "ix_orders_status_total"
    table = orders(old=Index(name, ("status",)))
    drop = f"DROP INDEX CONCURRENTLY {name}"
    (one,) = gaps(drop, CREATE.format(name), table=table)
    assert f'op.create_index("{name}_new"' in one.next[0]


def test_a_gap_of_a_small_table_is_a_note() -> None:
    small = ", small enough (small_table_rows is 10,000)"
    assert gaps(DROP, CREATE.format("iy"), table=orders(), small=10_000) == [
        finding("iy", Severity.NOTE, small)
    ]


def test_a_gap_between_revisions_is_found() -> None:
    assert found([DROP], [CREATE.format("iy")], tables=[orders()], only=RULE) == [finding("iy")]


def test_mariadb_has_gaps_between_statements_and_none_within_one() -> None:
    drop, create = "DROP INDEX ix ON orders", "CREATE INDEX iy ON orders (status, total)"
    (one,) = gaps(drop, create, table=orders(), kind="mariadb")
    assert one.next == (
        'op.create_index("iy", "orders", ["status", "total"])',
        'op.drop_index("ix", table_name="orders")',
    )
    both = "ALTER TABLE orders DROP INDEX ix, ADD INDEX iy (status, total)"
    assert gaps(both, table=orders(), kind="mariadb") == []


def test_nobody_sees_a_gap_within_a_transaction() -> None:
    drop, create = "DROP INDEX ix", "CREATE INDEX ix ON orders (status, total)"
    assert gaps(drop, create, table=orders(), autocommit=False) == []


@pytest.mark.parametrize(
    "table",
    [
        Table("users", rows=7),
        orders(rows=0),
        orders(old=Index("ix", ("status",), valid=False)),
        orders(old=Index("ix", ("note",))),
        orders(Index("iz", ("status", "note"))),
        orders(constraints={"u": Constraint("unique", "u", ("status",))}),
    ],
)
def test_nothing_is_found_where_the_old_one_is_not_missed(table: Table) -> None:
    assert gaps(DROP, CREATE.format("iy"), table=table) == []


def test_an_index_that_serves_other_queries_stands_in_for_none() -> None:
    assert gaps(DROP, CREATE.format("iy"), table=orders(Index("iz", ("status",), where="a"))) != []
    assert gaps(DROP, CREATE.format("iy"), table=orders(Index("iz", ("note", "status")))) != []


def test_a_drop_alone_leaves_no_gap_but_an_end() -> None:
    assert gaps(DROP, table=orders()) == []
    assert gaps(CREATE.format("iy"), DROP, table=orders()) == []
