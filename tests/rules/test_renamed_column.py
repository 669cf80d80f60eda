"""A column that gets another name."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.actions import ModifyColumn
from alembic_guard.schema import Table
from tests.rules.altering import LAST_RELEASE, NEW, ORDERS, beside, column, finding
from tests.rules.judging import found

NAME = "renamed-column"
RENAMED = "ALTER TABLE orders RENAME COLUMN note TO remark"
MESSAGE = "Code that still uses orders.note fails once it is remark."
WHY = f"{LAST_RELEASE}name the column as it was."
BESIDE = beside("note", "remark", "sa.Text()", "note")


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_the_fix_is_a_column_of_the_new_name_beside_it(kind: str) -> None:
    assert found(RENAMED, kind=kind, tables=[ORDERS], only=NAME) == [
        finding(NAME, MESSAGE, WHY, *BESIDE)
    ]


@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
def test_change_says_the_type_itself(kind: str) -> None:
    by_key = "WHERE id IN (SELECT id FROM orders WHERE remark IS NULL AND note IS NOT NULL LIMIT"
    plain = "WHERE remark IS NULL AND note IS NOT NULL LIMIT"
    fix = [each.replace(f"{by_key} 10000)", f"{plain} 10000") for each in BESIDE]
    sql = "ALTER TABLE orders CHANGE note remark TEXT"
    assert found(sql, kind=kind, only=NAME) == [finding(NAME, MESSAGE, WHY, *fix)]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql", "sqlite"])
def test_where_its_type_is_not_known_the_fix_says_that_nobody_uses_it(kind: str) -> None:
    assert found(RENAMED, kind=kind, only=NAME) == [
        finding(
            NAME,
            MESSAGE,
            WHY,
            'op.execute("ALTER TABLE orders RENAME COLUMN note TO remark")'
            "  # guard: allow(renamed-column) no running instance uses note",
        )
    ]


def test_a_column_of_a_view_gets_no_column_beside_it() -> None:
    view = Table("orders", columns={"note": column("note", "text")}, kind="view")
    (one,) = found("ALTER VIEW orders RENAME COLUMN note TO remark", tables=[view], only=NAME)
    assert one.next == (
        'op.execute("ALTER TABLE orders RENAME COLUMN note TO remark")'
        "  # guard: allow(renamed-column) no running instance uses note",
    )


def test_columns_that_change_places_in_one_transaction_keep_both_names() -> None:
    away = "ALTER TABLE orders RENAME COLUMN note TO old_note"
    here = "ALTER TABLE orders RENAME COLUMN status TO note"
    again = "ALTER TABLE orders ADD COLUMN note text"
    assert found(away, here, only=NAME) == []
    assert found(away, again, only=NAME) == []
    names = [each.message for each in found([away], [here], only=NAME)]
    assert names == [
        "Code that still uses orders.note fails once it is old_note.",
        "Code that still uses orders.status fails once it is note.",
    ]


def test_nobody_uses_a_column_or_a_table_that_this_run_made() -> None:
    added = "ALTER TABLE orders ADD COLUMN note text"
    assert found(NEW, RENAMED, only=NAME) == []
    assert found(added, RENAMED, only=NAME) == []
    assert len(found([added], [RENAMED], only=NAME, together=False)) == 1


def test_modify_renames_nothing() -> None:
    action = ModifyColumn("orders", "note", column("note", "text"))
    assert found(action, kind="mariadb", only=NAME) == []
