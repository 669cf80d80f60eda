"""A full-text or spatial index is built while writes wait, on MariaDB and MySQL."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Table
from tests.rules.judging import found

RULE = "index-build-blocks-writes"
KINDS = pytest.mark.parametrize("kind", ["mariadb", "mysql"])


def finding(what: str, method: str, line: str) -> Finding:
    return Finding(
        RULE,
        f"Building {what} makes every write to orders wait until it is done.",
        f"A {method} index is built under LOCK=SHARED. There is no other way in place: do it when "
        "nobody writes.\n"
        "No database was asked how large orders is: it is judged as a large table.",
        (f'op.execute("{line}")  # guard: allow({RULE}) done when nobody writes',),
        revision="a1",
        place=Place("a1.py", 1),
    )


@KINDS
def test_both_kinds_are_found_and_have_no_other_way(kind: str) -> None:
    create = "CREATE FULLTEXT INDEX `i x` ON orders (note, `Note`)"
    line = "CREATE FULLTEXT INDEX `i x` ON orders (note, `Note`)"
    assert found(create, kind=kind, only=RULE) == [finding("i x", "fulltext", line)]
    line = "CREATE SPATIAL INDEX ix_orders_note ON orders (note)"
    assert found("ALTER TABLE orders ADD SPATIAL INDEX (note)", kind=kind, only=RULE) == [
        finding("an index on note", "spatial", line)
    ]


@KINDS
def test_nothing_is_found_of_other_indexes_or_without_rows(kind: str) -> None:
    create = "CREATE FULLTEXT INDEX ix ON orders (note)"
    assert found("CREATE INDEX ix ON orders (note)", kind=kind, only=RULE) == []
    assert found("CREATE TABLE orders (note text)", create, kind=kind, only=RULE) == []
    assert found(create, kind=kind, tables=[Table("orders", rows=0)], only=RULE) == []


def test_what_the_statement_asks_for_has_another_rule() -> None:
    create = "CREATE FULLTEXT INDEX ix ON orders (note) LOCK=SHARED"
    assert found(create, kind="mariadb", only=RULE) == []
    assert found(create, kind="mariadb", only="copy-algorithm") != []
