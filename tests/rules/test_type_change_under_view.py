"""The type of a column that a view reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from alembic_guard.schema import Table
from tests.rules.altering import ORDERS, beside, finding
from tests.rules.judging import found
from tests.rules.linting import Shop, connected, shop

NAME = "type-change-under-view"
WIDER = "ALTER TABLE orders ALTER note TYPE varchar"
VIEWED = replace(ORDERS, views=("open_orders",), used_by_views=frozenset({"note"}))
VIEW = Table("open_orders", kind="view")
REFUSED = "PostgreSQL refuses to alter the type of a column used by a view, "


@pytest.fixture
def there(tmp_path: Path, postgresql_server: Any) -> Iterator[Shop]:
    with shop("postgresql", tmp_path / "shop", postgresql_server) as made:
        yield made


def test_it_fails_and_the_fix_creates_the_view_again() -> None:
    assert found(WIDER, tables=[VIEWED, VIEW], only=NAME) == [
        finding(
            NAME,
            "Changing orders.note to varchar fails: open_orders reads orders.",
            f"{REFUSED}as orders.note is.",
            "open_orders_query = op.get_bind().scalar("
            "sa.text(\"SELECT pg_get_viewdef('open_orders'::regclass)\"))\n"
            'op.execute("DROP VIEW open_orders")\n'
            'op.alter_column("orders", "note", type_=sa.String())\n'
            'op.execute(sa.text("CREATE VIEW open_orders AS " + '
            'open_orders_query.replace(":", "\\\\:")))',
        )
    ]


def test_beside_a_materialized_view_the_fix_is_a_new_column() -> None:
    table = replace(VIEWED, views=("open_orders", "totals"))
    totals = Table("totals", kind="materialized view")
    assert found(WIDER, tables=[table, VIEW, totals], only=NAME) == [
        finding(
            NAME,
            "Changing orders.note to varchar fails: open_orders and totals read orders.",
            f"{REFUSED}and one of them uses note.",
            *beside("note", "note_as_varchar", "sa.String()", "CAST(note AS varchar)"),
        )
    ]


def test_what_fails_is_not_said_to_cost_anything_too() -> None:
    sql = "ALTER TABLE orders ALTER note TYPE integer USING 1"
    assert [each.name for each in found(sql, tables=[VIEWED, VIEW])] == [NAME]


def test_a_view_that_was_dropped_before_and_one_of_other_columns_are_in_nobodys_way() -> None:
    assert found("DROP VIEW open_orders", WIDER, tables=[VIEWED, VIEW], only=NAME) == []
    other = replace(VIEWED, used_by_views=frozenset({"status"}))
    assert found(WIDER, tables=[other, VIEW], only=NAME) == []


def test_one_of_several_views_that_was_dropped_may_have_been_the_one() -> None:
    table = replace(VIEWED, views=("open_orders", "totals"))
    totals = Table("totals", kind="materialized view")
    tables = [table, VIEW, totals]
    assert found("DROP VIEW open_orders", WIDER, tables=tables, only=NAME) == []
    assert len(found(["DROP VIEW open_orders"], [WIDER], tables=tables, only=NAME)) == 1


def test_the_view_is_the_same_after_the_fix_also_with_a_colon_in_it(there: Shop) -> None:
    create = "CREATE VIEW cities AS SELECT city || ' :a %' AS place FROM shops"
    read = text("SELECT pg_get_viewdef('cities'::regclass)")
    with connected(there.project.url) as connection:
        connection.exec_driver_sql(create.replace("%", "%%"))
        connection.commit()
        before = connection.scalar(read)
    widen = 'op.alter_column("shops", "city", existing_type=sa.String(30), type_=sa.Text())'
    (one,) = [each for each in there.lint(widen) if each.name == NAME]
    assert [each.name for each in there.lint(*one.next)] == []
    there.upgrade(*one.next)
    with connected(there.project.url) as connection:
        assert str(connection.scalar(read)) == str(before).replace(
            "(shops.city)::text", "shops.city"
        )
